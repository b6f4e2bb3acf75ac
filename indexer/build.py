"""Builds a generation: corpus in, checked index out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import generations, semantic
from .documents import read_corpus
from .embeddings import Embedder, VectorCache
from .errors import CorpusError, UnreadableDocument
from .languages import ANALYSED, write_languages
from .library import Library, dump_passage, write_library
from .models import Document, Passage
from .parallel import align
from .passages import cut
from .search import Index
from .sources import load_sources
from .tables import Numbers, Strings
from .terms import load_terms

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total)."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did."""

    generation: Path
    documents: int
    passages: int
    embedded: bool
    problems: tuple[UnreadableDocument, ...]
    """Documents that could not be read; the rest is indexed."""


def build(
    corpus: Path,
    index: Path,
    embedder: Embedder | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> Report:
    """Index a corpus folder and publish the result.

    Raises CorpusError when nothing of the corpus can be indexed or its register or glossary is wrong;
    the generation that served before goes on serving.
    """
    sources = load_sources(corpus / "sources.yaml")
    concepts = load_terms(corpus / "terms.yaml")
    problems: list[UnreadableDocument] = []
    documents: list[Document] = []
    passages: list[Passage] = []
    for text in read_corpus(corpus, sources, problems):
        if text.document.lang not in ANALYSED:
            problems.append(_not_analysed(corpus / text.document.path, text.document.lang))
            continue
        passages.extend(cut(text.document, len(documents), text.sections))
        documents.append(text.document)
        progress("read", len(documents), 0)
    if not passages:
        reasons = "\n".join(map(str, problems)) or "it holds no documents."
        raise CorpusError(f"{corpus}: nothing to index: {reasons}")
    passages = align(documents, passages)
    library = Library(documents, sources, concepts)
    with generations.new(index) as draft:
        write_generation(draft, library, passages, embedder, index / "cache", progress)
        generations.verify(draft)
        _ask_itself(draft, passages)
        final = generations.publish(index, draft)
    return Report(final, len(documents), len(passages), embedder is not None, tuple(problems))


def _not_analysed(path: Path, lang: str) -> UnreadableDocument:
    return UnreadableDocument(f"{path}: no analysis for language '{lang}'; documents may be in {', '.join(ANALYSED)}.")


def write_generation(
    draft: Path,
    library: Library,
    passages: Sequence[Passage],
    embedder: Embedder | None,
    cache: Path,
    progress: Progress = lambda stage, done, total: None,
) -> None:
    """Fill an empty folder with the index of the passages and seal it."""
    write_library(draft / "library.json", library)
    Strings.write(draft / "passages", map(dump_passage, passages))
    Numbers.write(
        draft / "ids",
        [
            *((passage.id, number) for number, passage in enumerate(passages)),
            *((passage.place, number) for number, passage in enumerate(passages)),
        ],
    )
    groups = {group: place for place, group in enumerate(dict.fromkeys(p.group for p in passages))}
    np.save(draft / "groups.npy", np.array([groups[p.group] for p in passages], np.int32))
    by_language: dict[str, list[int]] = {}
    for number, passage in enumerate(passages):
        by_language.setdefault(passage.lang, []).append(number)
    write_languages(
        draft / "languages",
        cache,
        library.concepts,
        passages,
        by_language,
        lambda done, total: progress("analyse", done, total),
    )
    if embedder is not None:
        vectors = VectorCache(cache, embedder)
        semantic.write(
            draft, passages, groups, by_language, vectors, lambda done, total: progress("embed", done, total)
        )
    generations.seal(
        draft,
        {
            "documents": len(library.documents),
            "passages": len(passages),
            "languages": {lang: len(numbers) for lang, numbers in by_language.items()},
            "embeddings": embedder.model if embedder else None,
        },
    )


def _ask_itself(draft: Path, passages: Sequence[Passage]) -> None:
    """CorpusError unless a passage of the new index is found by its own words."""
    index = Index(draft)
    # The longest: one that is only a line of dots, or stands in twenty documents, proves nothing.
    passage = max(passages, key=lambda passage: len(passage.text))
    hits = index.search(passage.text[:300], passage.lang, top=10)
    if not any(hit.passage.group == passage.group or hit.passage.text == passage.text for hit in hits):
        raise CorpusError("the new index does not find its own passages; it was not published.")
