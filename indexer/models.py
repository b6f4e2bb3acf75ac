"""The values that travel between the stages. See the glossary in docs/architecture.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Status = Literal["official", "brief"]

#: Languages that the interface, the briefs and the analysis cover fully.
LANGUAGES = ("en", "et", "fi", "lv", "lt", "ru")


@dataclass(frozen=True, slots=True)
class Change:
    """A later act that amended or replaced a source."""

    by: str
    type: Literal["amended", "replaced"]
    since: str | None
    """ISO date from which the change applies; None while no person has confirmed it."""
    note: Mapping[str, str]
    """What a reader must know, per interface language."""


@dataclass(frozen=True, slots=True)
class Source:
    """One publication or legal instrument of the register, `corpus/sources.yaml`."""

    id: str
    title: str
    short: Mapping[str, str]
    """The short name that a citation shows, per interface language."""
    publisher: str
    date: str | None
    languages: tuple[str, ...]
    url: str | None
    licence: str
    kind: str
    status: Status
    names: tuple[str, ...] = ()
    """Strings by which running text names the source."""
    changes: tuple[Change, ...] = ()
    unsure: tuple[str, ...] = ()
    """Fields that no person has confirmed yet."""

    def short_in(self, lang: str) -> str:
        """The short name in a language, in English where there is none."""
        return self.short.get(lang) or self.short.get("en") or self.title


@dataclass(frozen=True, slots=True)
class Reference:
    """A source that a statement rests on."""

    source: str
    locator: str
    """Article or paragraph, as in `20`, `14(2)` or `para 33-38`; empty for the whole source."""
    at: int
    """Offset in the section's text at which the mark stood, in characters."""


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where in a section's text a page of the file begins."""

    at: int
    """Offset in the section's text, in characters."""
    page: int
    """Page of the file, counted from 1."""
    label: str | None
    """What is printed on that page, such as `iv` or `23`."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document under one heading, with the text below it."""

    headings: tuple[str, ...]
    """Heading path from the document's title down."""
    text: str
    anchor: str = ""
    """Name of the section that is the same in every language version; may be empty."""
    pages: tuple[PageStart, ...] = ()
    """The pages on which the text stands, in order; empty for a format without pages."""
    references: tuple[Reference, ...] = ()

    def page_at(self, offset: int) -> PageStart | None:
        """The page on which the character at the offset stands; None when that is not known."""
        return next((start for start in reversed(self.pages) if start.at <= offset), None)


@dataclass(frozen=True, slots=True)
class Document:
    """One file of one source in one language."""

    source: str
    lang: str
    path: str
    """Path below the corpus, with forward slashes."""
    title: str
    status: Status
    topic: str = ""
    """What makes language versions of one text counterparts; may be empty."""
    step: str = ""
    edition: str = ""
    sha256: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is indexed, found and quoted. Lies inside one section."""

    id: str
    """`<place>.<version>`: the place survives a change of wording, the version does not."""
    document: int
    """Number of its document in the generation."""
    lang: str
    headings: tuple[str, ...]
    text: str
    start: int
    """Offset of `text` in the document's text, in characters."""
    group: str
    """Key shared by the language versions of the same section."""
    anchor: str = ""
    page: int | None = None
    """Page of the file on which the text begins, counted from 1."""
    page_label: str | None = None
    """What is printed on that page, such as `iv` or `23`."""
    references: tuple[Reference, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    """Spans of the sentences of `text`, in characters."""

    @property
    def place(self) -> str:
        """The part of the id that survives a change of wording."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage as the answer to a question."""

    similarity: float
    """Cosine similarity of the question and the passage's group; 0 without embeddings."""
    coverage: float
    """Share of the question's words, by weight, that the passage holds; 0 to 1."""
    known: float
    """Share of the question's words, by weight, that the corpus knows; 0 to 1."""
    concepts: int
    """Number of glossary concepts in the question."""
    words: float
    """Log odds, from the question's own words, that it is of the field."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its score and what matched."""

    passage: Passage
    score: float
    """Fused score; comparable inside one result list only."""
    bm25: float
    """BM25 score of the passage in its own language's model."""
    evidence: Evidence
    confidence: float
    """Calibrated probability, 0 to 1, that the corpus answers the question."""
    terms: frozenset[str]
    """Analysed tokens of the question that the passage holds."""
