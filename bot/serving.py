"""The index that answers: opened once, taken up anew when another generation is published."""

import asyncio
import logging

import numpy as np

from indexer import Embedder, EmbeddingsUnavailable, Hit, Index, IndexerError, Settings, Vectors, current

log = logging.getLogger(__name__)


class Serving:
    """Gives the current index and searches it off the event loop."""

    def __init__(self, settings: Settings) -> None:
        """Raises IndexMissing when there is no index yet."""
        self._settings = settings
        self._index = Index(current(settings.index))
        self._embedder: Embedder | None = None
        self.without_embeddings = "" if settings.embeddings.kind != "off" else "switched off"
        self.stale = ""
        """Why the newest generation cannot be taken up; empty while the newest one serves."""

    @property
    def index(self) -> Index:
        """The generation that serves now. Whoever holds one may go on using it."""
        try:
            name = (self._settings.index / "current").read_text(encoding="utf-8").strip()
            if name != self._index.generation.name:
                self._index = Index(current(self._settings.index))
                log.info("serving generation %s", self._index.generation.name)
            self.stale = ""
        except (OSError, IndexerError) as error:  # the last good one goes on serving
            self.stale = str(error)
            log.warning("the index cannot be taken up anew: %s", error)
        return self._index

    @property
    def model(self) -> str | None:
        """The embedding model that questions use; None while BM25 answers alone."""
        semantic = self._index.semantic
        has_both = semantic is not None and self._embedder is not None and semantic.model == self._embedder.model
        return semantic.model if semantic and has_both else None

    def load_embedder(self) -> Embedder | None:
        """Load the embedding model; takes a second, so not on the event loop."""
        if self._embedder is None and not self.without_embeddings:
            try:
                self._embedder = self._settings.embeddings.open()
            except EmbeddingsUnavailable as error:
                self.without_embeddings = str(error)
                log.warning("answering on BM25 alone: %s", error)
        return self._embedder

    async def search(
        self, question: str, lang: str, top: int, vector: Vectors | None = None
    ) -> tuple[Index, list[Hit]]:
        """The index that was searched and its best hits; `vector` saves embedding the question again."""
        return await asyncio.to_thread(self.search_now, question, lang, top, vector)

    def search_now(self, question: str, lang: str, top: int, vector: Vectors | None = None) -> tuple[Index, list[Hit]]:
        """As `search`, in this thread."""
        index = self.index
        if vector is None:
            vector = self._vector(question, lang, index)
        return index, index.search(question, lang, top, vector)

    async def embed(self, question: str, lang: str) -> Vectors | None:
        """The question's vector by the model of the index; None while BM25 answers alone."""
        return await asyncio.to_thread(self._vector, question, lang, self.index)

    def _vector(self, question: str, lang: str, index: Index) -> Vectors | None:
        embedder = self.load_embedder() if index.semantic else None
        if embedder is None or index.semantic is None or index.semantic.model != embedder.model:
            return None
        try:
            vectors: Vectors = embedder.questions([index.spelled(question, lang)])
            return np.asarray(vectors[0])
        except EmbeddingsUnavailable as error:  # an endpoint that is down must not cost the answer
            log.warning("question answered on BM25 alone: %s", error)
            return None
