"""The reference card: an answer on one sheet of paper, without the question, which may tell of a child."""

from collections.abc import Iterator
from datetime import UTC, datetime

from markupsafe import Markup

from indexer import Index, Passage

from ...answers import Answer, quoted
from ...i18n import Phrases
from ...replies import citations
from .document import find, span_of
from .markup import heading_html, joined, permalink, spans_html, template
from .pages import page

#: Quotes on one card; more do not fit on a sheet.
MOST = 6


def card_page(index: Index, places: str, base: str, say: Phrases) -> str | None:
    """The card of the quotes named as `id:begin-end,…`; None when none of them is there any more.

    `base` is the address under which this chat is open, such as `http://127.0.0.1:8080`.
    """
    asked = [place for place in places.split(",") if place][:MOST]
    quotes = [quote for quote in (_quote(index, place) for place in asked) if quote]
    if not quotes:
        return None
    today = say.date(datetime.now(UTC).date().isoformat())
    body = template("card.html").format(
        back=say("Back to the chat"),
        print=say("Print"),
        name=say("PROTECT assistant"),
        subtitle=say("Quoted word for word on {date}", date=today),
        notice=_notice(asked, [answer for answer, changed in quotes if not changed], say),
        body=joined(_entry(number, answer, index, base, say) for number, (answer, _) in enumerate(quotes, 1)),
        note=say("The question is left out on purpose. Check the named article before you decide."),
    )
    return str(page(say("PROTECT assistant"), body, say, "card"))


def _quote(index: Index, place: str) -> tuple[Answer, bool] | None:
    """A quote, and whether its passage changed since; of a changed one all is quoted."""
    passage_id, _, text = place.partition(":")
    found = find(index, passage_id)
    if found is None:
        return None
    passage, changed = found
    begin, end = (None if changed else span_of(text, passage)) or (0, len(passage.text))
    return quoted(index, passage, begin, end), changed


def _notice(asked: list[str], unchanged: list[Answer], say: Phrases) -> Markup:
    if len(unchanged) == len(asked):
        return Markup()
    text = say("Passages of this answer were changed or withdrawn since. This is what the corpus holds now.")
    return Markup('<p class="notice">{}</p>').format(text)


def _entry(number: int, answer: Answer, index: Index, base: str, say: Phrases) -> Markup:
    sources = index.library.sources
    return Markup(
        '<section class="passage"><h2>{}</h2><blockquote lang="{}">{}</blockquote>'
        '<p class="citation">{}</p>{}<p class="small">{}</p></section>'
    ).format(
        heading_html(f"{number}. {' › '.join(answer.citation.headings)}"),
        answer.passage.lang,
        answer.quote,
        spans_html(citations.citation_block(answer, sources, say).spans),
        joined(_changes(answer, index, say)),
        Markup("<br>").join(_ways_to_check(answer, base, say)),
    )


def _changes(answer: Answer, index: Index, say: Phrases) -> Iterator[Markup]:
    for source, change in answer.changes:
        text = citations.change_text(source, change, index.library.sources, say)
        yield Markup('<p class="notice">⚠ {}</p>').format(text)


def _ways_to_check(answer: Answer, base: str, say: Phrases) -> Iterator[str]:
    code = citations.reference_code(answer.passage.id, answer.quote)
    yield say("Check with /verify {code}", code=code)
    yield base + permalink(_place(answer.passage, answer.quote))


def _place(passage: Passage, quote: str) -> str:
    begin = passage.text.find(quote)
    return f"{passage.id}:{begin}-{begin + len(quote)}"
