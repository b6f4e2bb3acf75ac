"""From hits to answers: the sentences that answer, word for word, each with its citation."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer import Change, Document, Hit, Index, Passage, Reference, Source

#: A quote is this many consecutive sentences at most.
MAX_SENTENCES = 3
# A further sentence must bring this share of what the quote already holds.
_WORTH_ADDING = 0.25
# A later quote must hold this much more than an earlier one.
_CLEARLY_BETTER = 1.15


@dataclass(frozen=True, slots=True)
class Citation:
    """Enough for a colleague to find the sentence on paper."""

    source: Source
    document: Document
    headings: tuple[str, ...]
    page: str
    """The label printed on the page, or its number; empty where the format has no pages."""
    url: str

    @property
    def is_brief(self) -> bool:
        """Whether this is the project's own text rather than an official one."""
        return self.document.status == "brief"


@dataclass(frozen=True, slots=True)
class Answer:
    """A quote with all that must be said about it."""

    quote: str
    """A substring of the passage's text."""
    marks: tuple[tuple[int, int], ...]
    """Spans of the quote that matched the question."""
    passage: Passage
    citation: Citation
    confidence: float
    references: tuple[Reference, ...]
    """The sources that the quoted sentences rest on, in order."""
    changes: tuple[tuple[Source, Change], ...]
    """Sources that the quote names and that were amended or replaced since."""


def answer(index: Index, hit: Hit) -> Answer:
    """The answer that a hit gives."""
    return best_quote(index, hit.passage, hit.terms, hit.confidence)


def best_quote(index: Index, passage: Passage, terms: frozenset[str], confidence: float = 1.0) -> Answer:
    """The answer that quotes what of the passage speaks most of these terms."""
    begin, end = quote_span(index, passage, terms)
    marks = tuple(
        (max(a, begin) - begin, min(b, end) - begin) for a, b in index.marks(passage, terms) if a < end and b > begin
    )
    return quoted(index, passage, begin, end, marks, confidence)


def quoted(
    index: Index,
    passage: Passage,
    begin: int,
    end: int,
    marks: tuple[tuple[int, int], ...] = (),
    confidence: float = 1.0,
) -> Answer:
    """The answer that quotes this span of the passage's text."""
    quote = passage.text[begin:end]
    references = _references(passage, begin, end)
    return Answer(
        quote=quote,
        marks=marks,
        passage=passage,
        citation=cite(index, passage),
        confidence=confidence,
        references=references,
        changes=tuple(changes(index, quote, [reference.source for reference in references])),
    )


def with_addenda(index: Index, hits: Sequence[Hit], most: int) -> list[Hit]:
    """The best hits, each of an amended publication followed by its addendum's best passage.

    `hits` go deeper than `most`: an addendum speaks in other words and ranks lower.
    """
    chosen = list(hits[:most])
    for hit in hits[:most]:
        source = index.library.sources.get(_source_of(index, hit))
        later = {change.by for change in source.changes} if source else set()
        addendum = next((other for other in hits if _source_of(index, other) in later), None)
        if addendum is not None and addendum not in chosen:
            chosen.insert(chosen.index(hit) + 1, addendum)
    return chosen


def _source_of(index: Index, hit: Hit) -> str:
    return index.library.documents[hit.passage.document].source


def cite(index: Index, passage: Passage) -> Citation:
    """The citation of a passage."""
    document = index.library.documents[passage.document]
    source = index.library.sources.get(document.source) or _unregistered(document)
    page = passage.page_label or (str(passage.page) if passage.page else "")
    url = document.url
    if url and passage.page and url.lower().split("#")[0].endswith(".pdf"):
        url = f"{url.split('#')[0]}#page={passage.page}"
    return Citation(source, document, passage.headings, page, url)


def quote_span(index: Index, passage: Passage, terms: frozenset[str]) -> tuple[int, int]:
    """The span of the one to three consecutive sentences that hold most of the question's terms.

    A term counts by its idf, once. A longer quote must be worth its length.
    """
    sentences = passage.sentences or ((0, len(passage.text)),)
    weights = index.sentence_weights(passage, terms)
    best: tuple[float, int, int] = (0.0, 0, min(len(sentences), 2))
    for first in range(len(sentences)):
        held: dict[str, float] = {}
        for count in range(1, min(MAX_SENTENCES, len(sentences) - first) + 1):
            before = sum(held.values())
            held.update(weights[first + count - 1])
            gain = sum(held.values())
            if count > 1 and gain < before * (1 + _WORTH_ADDING):
                break
            # Of quotes that are about equal the shorter, and the earlier: steps are listed in the order of doing.
            if gain > best[0] * _CLEARLY_BETTER:
                best = (gain, first, first + count)
    _, first, last = best
    return sentences[first][0], sentences[last - 1][1]


def _references(passage: Passage, begin: int, end: int) -> tuple[Reference, ...]:
    """References of the quoted sentences: marks stand at the end of what they support."""
    # The quote may stop inside a paragraph whose mark comes after a later sentence: up to the next mark.
    line_end = passage.text.find("\n", end)
    limit = len(passage.text) if line_end < 0 else line_end
    last = min((reference.at for reference in passage.references if end <= reference.at <= limit + 1), default=end)
    found = [reference for reference in passage.references if begin < reference.at <= last]
    unique = {(reference.source, reference.locator): reference for reference in found}
    return tuple(unique.values())


def changes(index: Index, text: str, cited: Sequence[str] = ()) -> Iterator[tuple[Source, Change]]:
    """Sources that the text names, or rests on, and that a later act replaced or amended.

    For an instrument that a brief itself cites, only a replacement is told: the brief is newer than the
    amendments and speaks of them.
    """
    for source in index.library.sources.values():
        if not source.changes or source.kind in {"guidelines", "brief"}:
            continue
        is_named = any(_names(name).search(text) for name in source.names)
        for change in source.changes:
            if is_named or (source.id in cited and change.type == "replaced"):
                yield source, change


def _names(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)


def _unregistered(document: Document) -> Source:
    return Source(
        id=document.source,
        title=document.title,
        short={},
        publisher="",
        date=None,
        languages=(document.lang,),
        url=None,
        licence="unknown",
        kind="document",
        status=document.status,
    )
