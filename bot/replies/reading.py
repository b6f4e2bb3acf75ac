"""Reading on: context, whole section, other languages, and the references that one can pass on."""

from collections.abc import Iterator

from indexer import Index, Passage

from ..answers import Answer, Citation, changes, cite
from ..i18n import Phrases
from ..reply import Block, Button, Span, plain, rows
from .citations import change_text, label, quote_hash, references, source_line


def passage_blocks(index: Index, passage: Passage, say: Phrases) -> Iterator[Block]:
    """A whole passage with its heading path, sources and what changed since."""
    citation = cite(index, passage)
    sources = index.library.sources
    yield plain("heading", " › ".join(passage.headings))
    yield Block("quote", (Span(passage.text),), passage.id)
    yield Block("citation", tuple(_citation_spans(index, passage, citation, say)))
    for source, change in changes(index, passage.text):
        yield plain("notice", "⚠ " + change_text(source, change, sources, say))


def _citation_spans(index: Index, passage: Passage, citation: Citation, say: Phrases) -> Iterator[Span]:
    line = source_line(citation, say)
    yield Span(label(citation, say), "italic")
    if line:
        yield Span(f" · {line}")
    rests_on = references(passage.references, index.library.sources, say)
    if rests_on:
        yield Span("\n" + say("Verify in:") + " ")
        yield from rests_on
    if citation.url:
        yield Span("\n")
        yield Span(say("Original"), url=citation.url)


def passage_buttons(index: Index, passage: Passage, say: Phrases) -> tuple[tuple[Button, ...], ...]:
    """Where one can go from a passage."""
    before, after = index.neighbours(passage)
    around = []
    if before:
        around.append(Button("← " + _short(before), f"ctx:{before.id}"))
    if after:
        around.append(Button(_short(after) + " →", f"ctx:{after.id}"))
    others = sorted(set(index.editions(passage)) - {passage.lang})
    more = [Button(say("Copy as reference"), f"ref:{passage.id}")]
    if others:
        more.append(Button(say("Other languages"), f"ed:{passage.id}"))
    if _has_longer_section(passage, before, after):
        more.append(Button(say("Whole section"), f"sec:{passage.id}"))
    topic = index.library.documents[passage.document].topic
    contents = [Button(say("Contents"), f"doc:{topic}")] if topic else []
    return tuple(row for row in (*rows(around, 1), tuple(more), tuple(contents)) if row)


def _has_longer_section(passage: Passage, *beside: Passage | None) -> bool:
    """Whether the section goes on in a passage beside this one."""
    return any(other is not None and other.headings == passage.headings for other in beside)


def section_blocks(index: Index, passage: Passage, say: Phrases) -> Iterator[Block]:
    """All passages of the section in which this one lies."""
    yield plain("heading", " › ".join(passage.headings))
    for other in index.passages_of(passage.document):
        if other.headings == passage.headings:
            yield Block("quote", (Span(other.text),), other.id)
    yield Block("citation", tuple(_citation_spans(index, passage, cite(index, passage), say)))


def edition_buttons(index: Index, passage: Passage, say: Phrases) -> tuple[tuple[Button, ...], ...]:
    """The passage in each language that it exists in."""
    return rows(
        [
            Button(say.language(code).capitalize(), f"ctx:{edition.id}")
            for code, edition in sorted(index.editions(passage).items())
        ],
        3,
    )


def whole_answer(index: Index, passage: Passage) -> Answer:
    """The passage as an answer that quotes all of it."""
    return Answer(
        quote=passage.text,
        marks=(),
        passage=passage,
        citation=cite(index, passage),
        confidence=1.0,
        references=passage.references,
        changes=(),
    )


def verified_blocks(index: Index, code: str, say: Phrases) -> Iterator[Block]:
    """Whether a reference code still stands for text in the corpus."""
    passage_id, _, digest = code.strip().partition("-")
    passage = index.find(passage_id) if passage_id else None
    if passage is None and "." in passage_id:
        moved = index.find(passage_id.partition(".")[0])
        if moved is not None:
            yield plain("warning", say("The passage was changed since this reference was made. This is its text now:"))
            yield from passage_blocks(index, moved, say)
            return
    if passage is None:
        yield plain(
            "warning", say("No passage of the corpus has this reference. It was withdrawn, or the code is mistyped.")
        )
        return
    quote = quote_of(passage, digest)
    if quote is None:
        yield plain("warning", say("The passage exists, but the quote was not taken from it word for word."))
    else:
        yield plain("text", "✓ " + say("The quote stands word for word in the corpus:"))
        yield Block("quote", (Span(quote),), passage.id)
        yield Block("citation", tuple(_citation_spans(index, passage, cite(index, passage), say)))


def quote_of(passage: Passage, digest: str) -> str | None:
    """The text of the passage, or run of its sentences, that has this hash; None if none has."""
    sentences = passage.sentences
    candidates = [
        passage.text[sentences[first][0] : sentences[last][1]]
        for first in range(len(sentences))
        for last in range(first, len(sentences))
    ]
    return next((text for text in [passage.text, *candidates] if quote_hash(text) == digest), None)


def _short(passage: Passage, limit: int = 40) -> str:
    """The passage's own heading, short enough for a button."""
    heading = passage.headings[-1] if passage.headings else passage.text
    return heading if len(heading) <= limit else heading[: limit - 1].rstrip() + "…"
