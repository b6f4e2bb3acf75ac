"""The permalink page: a whole document, with one passage of it, or one quote, highlighted."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from indexer import Index, Passage

from ...answers import Citation, changes, cite
from ...i18n import Phrases, own_name
from ...replies import citations
from .markup import external, is_web, joined, permalink, spans_html, template
from .pages import page

_SPAN = re.compile(r"(\d{1,7})-(\d{1,7})")


def find(index: Index, passage_id: str) -> tuple[Passage, bool] | None:
    """The passage with this id, and whether its wording changed since; None when it was withdrawn."""
    passage = index.find(passage_id)
    if passage is not None:
        return passage, False
    moved = index.find(passage_id.partition(".")[0])
    return (moved, True) if moved is not None else None


def span_of(text: str, passage: Passage) -> tuple[int, int] | None:
    """`begin-end` as a span of the passage's text; None when it is none."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    begin, end = int(match.group(1)), int(match.group(2))
    return (begin, end) if begin < end <= len(passage.text) else None


def document_page(index: Index, passage: Passage, span: tuple[int, int] | None, say: Phrases, *, changed: bool) -> str:
    """The document of a passage, scrolled to it."""
    citation = cite(index, passage)
    notice = Markup('<p class="notice" lang="{}">{}</p>').format(
        say.lang, say("This passage has changed since. This is its text now.")
    )
    body = template("document.html").format(
        skip=say("Skip to the passage"),
        back=say("Back to the chat"),
        lang=passage.lang,
        interface=say.lang,
        title=citation.document.title,
        status=citation.document.status,
        label=_label(citation, say),
        editions=_editions(index, passage, say),
        notice=notice if changed else Markup(),
        body=joined(_passages(index, passage, span, say)),
    )
    return str(page(citation.document.title, body, say, "document"))


def _label(citation: Citation, say: Phrases) -> Markup:
    """What kind of text it is, its edition, and where the original is."""
    line = " · ".join(filter(None, [citations.label(citation, say), citations.source_line(citation, say)]))
    if not is_web(citation.url):
        return escape(line)
    return Markup("{} · {}").format(line, external(citation.url, say("Original")))


def _editions(index: Index, passage: Passage, say: Phrases) -> Markup:
    """Links to the same passage in the other languages."""
    link = Markup('<a href="{0}" hreflang="{1}" lang="{1}">{2}</a>')
    links = [
        link.format(permalink(other.id), lang, own_name(lang))
        for lang, other in sorted(index.editions(passage).items())
        if lang != passage.lang
    ]
    if not links:
        return Markup()
    label = Markup('<span lang="{}">{}</span>').format(say.lang, say("This passage in other languages:"))
    return Markup('<nav class="editions">{} {}</nav>').format(label, Markup(" · ").join(links))


def _passages(index: Index, wanted: Passage, span: tuple[int, int] | None, say: Phrases) -> Iterator[Markup]:
    above: tuple[str, ...] = (index.library.documents[wanted.document].title,)
    last_page = ""
    for passage in index.passages_of(wanted.document):
        yield from _headings(above, passage.headings)
        above = passage.headings
        label = cite(index, passage).page
        if label and label != last_page:
            yield Markup('<p class="page" lang="{}">{}</p>').format(say.lang, say("p. {page}", page=label))
        last_page = label
        yield _passage(index, passage, span, say, is_wanted=passage.id == wanted.id)


def _headings(above: tuple[str, ...], path: tuple[str, ...]) -> Iterator[Markup]:
    """The headings in which a path differs from the one before it; the title has level 1."""
    same = 0
    while same < min(len(above), len(path)) and above[same] == path[same]:
        same += 1
    for level, heading in enumerate(path[same:], same + 1):
        yield Markup("<h{0}>{1}</h{0}>").format(min(max(level, 2), 6), heading)


def _passage(index: Index, passage: Passage, span: tuple[int, int] | None, say: Phrases, *, is_wanted: bool) -> Markup:
    marked = span if is_wanted and span else (0, 0)
    # The quote itself carries the anchor, so that the browser scrolls to it in a long passage.
    text = joined(_lines(passage.text, marked))
    rests_on = citations.references(passage.references, index.library.sources, say)
    sources = Markup('<p class="citation" lang="{}">{} {}</p>').format(
        say.lang, say("Verify in:"), spans_html(rests_on)
    )
    told = joined(
        Markup('<p class="notice" lang="{}">⚠ {}</p>').format(
            say.lang, citations.change_text(source, change, index.library.sources, say)
        )
        for source, change in (changes(index, passage.text) if is_wanted else ())
    )
    anchor = Markup(' id="here"') if is_wanted and marked == (0, 0) else Markup()
    current = Markup(' aria-current="true"') if is_wanted else Markup()
    link = Markup('<a class="own" href="{}" aria-label="{}" lang="{}">#</a>').format(
        permalink(passage.id), say("Link to this passage"), say.lang
    )
    return Markup('<section class="passage"{}{}>{}{}{}{}</section>').format(
        anchor, current, link, text, sources if rests_on else Markup(), told
    )


def _lines(text: str, marked: tuple[int, int]) -> Iterator[Markup]:
    """The lines as paragraphs; what lies in the marked span is marked, its first piece with the anchor."""
    at, is_first = 0, True
    for line in text.split("\n"):
        begin = min(max(marked[0] - at, 0), len(line))
        end = min(max(marked[1] - at, 0), len(line))
        if begin < end:
            mark = Markup("<mark{}>{}</mark>").format(Markup(' id="here"') if is_first else "", line[begin:end])
            yield Markup("<p>{}{}{}</p>").format(line[:begin], mark, line[end:])
            is_first = False
        else:
            yield Markup("<p>{}</p>").format(line)
        at += len(line) + 1
