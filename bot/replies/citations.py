"""How a citation reads: honest about what the text is, and enough to find it on paper."""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256

from indexer import Change, Reference, Source

from ..answers import Answer, Citation
from ..i18n import Phrases
from ..reply import Block, Span

_PARA = re.compile(r"^paras?\s+", re.IGNORECASE)
#: Characters of the hash that a reference carries.
HASH = 8


def label(citation: Citation, say: Phrases) -> str:
    """What kind of text this is: `Official text` only for official text."""
    if citation.is_brief:
        return say("This project's brief, not official text")
    if citation.source.kind == "web":
        return say("Web text, not official")
    return say("Official text")


def source_line(citation: Citation, say: Phrases) -> str:
    """Source, edition, language and page."""
    document = citation.document
    parts = [] if citation.is_brief else [citation.source.short_in(say.lang)]
    if document.edition:
        edition = say.date(document.edition)
        parts.append(say("checked {date}", date=edition) if citation.is_brief else edition)
    if document.lang != say.lang:
        parts.append(say("in {language}", language=say.language(document.lang)))
    if citation.page:
        parts.append(say("p. {page}", page=citation.page))
    return " · ".join(parts)


def references(found: Sequence[Reference], sources: Mapping[str, Source], say: Phrases) -> list[Span]:
    """The sources that a statement rests on, with links where the register has one."""
    spans: list[Span] = []
    by_source: dict[str, list[str]] = {}
    for reference in found:
        by_source.setdefault(reference.source, []).append(reference.locator)
    for key, locators in by_source.items():
        source = sources.get(key)
        if spans:
            spans.append(Span("; "))
        name = source.short_in(say.lang) if source else key
        spans.append(Span(name, url=(source.url or "") if source else ""))
        where = [locator_text(locator, say) for locator in dict.fromkeys(locators) if locator]
        if where:
            spans.append(Span(", " + ", ".join(where)))
    return spans


def locator_text(locator: str, say: Phrases) -> str:
    """`20` as `art. 20`, `para 33` as `para. 33`, in the way of the language."""
    if _PARA.match(locator):
        return say("para. {number}", number=_PARA.sub("", locator))
    if locator[:1].isdigit():
        return say("art. {number}", number=locator)
    return locator


def citation_block(answer: Answer, sources: Mapping[str, Source], say: Phrases) -> Block:
    """The lines below a quote."""
    line = source_line(answer.citation, say)
    spans = [Span(label(answer.citation, say), "italic"), Span(f" · {line}" if line else "")]
    rests_on = references(answer.references, sources, say)
    if rests_on:
        spans.extend([Span("\n" + say("Verify in:") + " "), *rests_on])
    if answer.citation.url:
        spans.extend([Span("\n"), Span(say("Original"), url=answer.citation.url)])
    return Block("citation", tuple(span for span in spans if span.text))


def change_text(source: Source, change: Change, sources: Mapping[str, Source], say: Phrases) -> str:
    """What a reader must know about an instrument that was amended or replaced."""
    note = change.note.get(say.lang) or change.note.get("en", "")
    by = sources.get(change.by)
    if note:
        return note
    return say(
        "{old} was changed by {new}.", old=source.short_in(say.lang), new=by.short_in(say.lang) if by else change.by
    )


def reference_code(passage_id: str, quote: str) -> str:
    """What `/verify` checks: the passage with its version, and a hash of the quote."""
    return f"{passage_id}-{quote_hash(quote)}"


def quote_hash(quote: str) -> str:
    """The first digits of the quote's SHA-256, spaces folded so that copying does not change it."""
    return sha256(" ".join(quote.split()).encode()).hexdigest()[:HASH]


def reference_text(answer: Answer, sources: Mapping[str, Source], say: Phrases, today: str) -> str:
    """A citation as plain text, to be pasted into a file or an e-mail."""
    citation = answer.citation
    lines = [
        f"“{answer.quote}”",
        " › ".join(citation.headings),
        f"{label(citation, say)} · {source_line(citation, say)}".rstrip(" ·"),
    ]
    rests_on = "".join(span.text for span in references(answer.references, sources, say))
    if rests_on:
        lines.append(f"{say('Verify in:')} {rests_on}")
    if citation.url:
        lines.append(citation.url)
    code = reference_code(answer.passage.id, answer.quote)
    lines.append(say("Quoted {date} · check with /verify {code}", date=say.date(today), code=code))
    return "\n".join(lines)
