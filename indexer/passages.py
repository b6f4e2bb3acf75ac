"""Sections cut into passages: the unit that is indexed, found and quoted."""

from collections.abc import Iterator, Sequence
from hashlib import blake2s

from .models import Document, Passage, Reference, Section
from .text import sentence_spans

#: A section up to this length, in characters, stays whole: its sentences explain each other.
WHOLE = 1500
#: Length, in characters, at which a passage of a longer section is closed.
TARGET = 900


def cut(document: Document, number: int, sections: Sequence[Section]) -> tuple[Passage, ...]:
    """The passages of a document, in order; `number` is the document's place in the generation."""
    passages: list[Passage] = []
    offset = 0
    seen: dict[str, int] = {}
    for section in sections:
        # The same heading path may come twice in a document ("Summary"); places stay apart.
        where = section.anchor or " › ".join(section.headings)
        seen[where] = seen.get(where, -1) + 1
        # no heading holds a line break, so that no other heading makes the same key
        key = f"{where}\n{seen[where]}" if seen[where] else where
        for ordinal, spans in enumerate(_parts(section.text, document.lang)):
            passages.append(_passage(document, number, section, key, ordinal, spans, offset))
        offset += len(section.text) + 2
    return tuple(passages)


def document_text(sections: Sequence[Section]) -> str:
    """The text in which a passage's `start` counts."""
    return "\n\n".join(section.text for section in sections)


def _parts(text: str, lang: str) -> Iterator[list[tuple[int, int]]]:
    """The section's sentence spans, grouped into passages."""
    spans = list(sentence_spans(text, lang))
    if len(text) <= WHOLE:
        if spans:
            yield spans
        return
    part: list[tuple[int, int]] = []
    for begin, end in spans:
        at_paragraph = begin > 0 and text[begin - 1] == "\n"
        length = part[-1][1] - part[0][0] if part else 0
        # Prefer to end at a paragraph, once two thirds are full.
        if part and (end - part[0][0] > TARGET or (at_paragraph and length > TARGET * 2 / 3)):
            yield part
            part = []
        part.append((begin, end))
    if part:
        yield part


def _passage(
    document: Document,
    number: int,
    section: Section,
    key: str,
    ordinal: int,
    spans: list[tuple[int, int]],
    offset: int,
) -> Passage:
    begin, end = spans[0][0], spans[-1][1]
    page = section.page_at(begin)
    text = section.text[begin:end]
    home = document.topic or document.path
    place = _digest(f"{document.source}|{document.lang}|{home}|{key}|{ordinal}", 5)
    is_parallel = document.topic and section.anchor
    return Passage(
        id=f"{place}.{_digest(text, 3)}",
        document=number,
        lang=document.lang,
        headings=section.headings,
        text=text,
        start=offset + begin,
        group=f"{document.source}/{document.topic}#{key}/{ordinal}" if is_parallel else place,
        anchor=section.anchor,
        page=page.page if page else None,
        page_label=page.label if page else None,
        references=tuple(
            Reference(ref.source, ref.locator, ref.at - begin)
            for ref in section.references
            if begin < ref.at <= end + 1
        ),
        sentences=tuple((a - begin, b - begin) for a, b in spans),
    )


def _digest(text: str, size: int) -> str:
    return blake2s(text.encode(), digest_size=size).hexdigest()
