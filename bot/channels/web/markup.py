"""Replies as HTML. Every word of a person, a document or a file is escaped: `Markup.format` does it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from indexer import Index

from ...i18n import Phrases
from ...reply import Block, Button, Reply, Span

_TEMPLATES = Path(__file__).parent / "templates"
_PHONE = re.compile(r"\+?\d[\d ()/-]{1,18}\d")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
#: Buttons for what a page in a browser cannot do: nobody can be told of news once it is closed.
_NOT_HERE = ("sub:",)
#: Numbers that a warning names in its running text.
_SHORT_NUMBER = re.compile(r"(?<![\w])1\d\d(?![\w])")
_STYLES = {"bold": Markup("<strong>{}</strong>"), "italic": Markup("<em>{}</em>"), "mark": Markup("<mark>{}</mark>")}
_TAGS = {
    "heading": Markup('<h3 class="heading">{}</h3>'),
    "notice": Markup('<p class="notice">{}</p>'),
    "warning": Markup('<p class="warning">{}</p>'),
    "contact": Markup('<p class="contact">{}</p>'),
    "citation": Markup('<p class="citation">{}</p>'),
    "item": Markup("<li>{}</li>"),
}
_PARAGRAPH = Markup('<p class="text">{}</p>')


@cache
def template(name: str) -> Markup:
    """A file of `templates/`, with `{places}` to be filled by `format`."""
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704  our own file


def joined(parts: Iterable[Markup]) -> Markup:
    """Pieces of HTML one after the other."""
    return Markup("").join(parts)


def reply_card(reply: Reply, index: Index, say: Phrases, action: str = "") -> Markup:
    """A reply as one card. `action` is what was pressed to get it."""
    quotes = tuple(quote_place(index, block) for block in reply.blocks if block.kind == "quote")
    return template("reply.html").format(
        kind=action.partition(":")[0] or "text",
        lang=reply.lang,
        label=say("Answer"),
        body=blocks_html(reply.blocks, index, say),
        tools=_tools(tuple(filter(None, quotes)), say, is_reference=action.startswith("ref:")),
        buttons=buttons_html(reply.buttons),
    )


def _tools(quotes: Sequence[str], say: Phrases, *, is_reference: bool) -> Markup:
    if is_reference:
        tool = Markup('<button type="button" data-copy data-done="{}" hidden>{}</button>')
        return Markup('<p class="tools">{}</p>').format(tool.format(say("Copied"), say("Copy")))
    if quotes:
        tool = Markup('<a href="/card?ids={}">{}</a>').format(",".join(quotes), say("Print this answer"))
        return Markup('<p class="tools">{}</p>').format(tool)
    return Markup()


def buttons_html(rows: Sequence[Sequence[Button]]) -> Markup:
    """Buttons as parts of a form, so that they work without a script too."""
    shown = [[each for each in row if not each.action.startswith(_NOT_HERE)] for row in rows]
    if not any(shown):
        return Markup()
    button = Markup('<button type="submit" name="action" value="{}">{}</button>')
    lines = [joined(button.format(each.action, each.label) for each in row) for row in shown if row]
    body = joined(Markup('<div class="row">{}</div>').format(line) for line in lines)
    return Markup('<form class="buttons" method="post" action="/">{}</form>').format(body)


# ---- blocks ---------------------------------------------------------------------------------------------


def blocks_html(blocks: Sequence[Block], index: Index, say: Phrases) -> Markup:
    """All blocks; an emergency card, a quote with its citation, and a list are kept together."""
    return joined(_part(part, index, say) for part in _parts(blocks))


def _parts(blocks: Sequence[Block]) -> Iterator[Sequence[Block]]:
    """Runs of blocks that belong together."""
    at = 0
    while at < len(blocks):
        end = at + _length(blocks[at:])
        yield blocks[at:end]
        at = end


def _length(blocks: Sequence[Block]) -> int:
    """How many of the next blocks belong together; at least one."""
    kinds = [block.kind for block in blocks]
    if _is_emergency(blocks[0]):  # ends with the sentence that says what it is not
        return kinds.index("text") + 1 if "text" in kinds else len(blocks)
    if kinds[0] == "item":
        return next((n for n, kind in enumerate(kinds) if kind != "item"), len(kinds))
    begin = 1 if kinds[:2] == ["heading", "quote"] else 0
    if kinds[begin] == "quote":
        return 2 + begin if kinds[begin + 1 : begin + 2] == ["citation"] else 1 + begin
    return 1


def _part(blocks: Sequence[Block], index: Index, say: Phrases) -> Markup:
    first = blocks[0]
    if _is_emergency(first):
        return _emergency(blocks, index, say)
    if any(block.kind == "quote" for block in blocks):
        return _passage(blocks, index, say)
    if first.kind == "item":
        return Markup("<ul>{}</ul>").format(joined(_block(block) for block in blocks))
    return _block(first)


def _is_emergency(block: Block) -> bool:
    return block.kind == "warning" and block.text.startswith("🆘")


def _emergency(blocks: Sequence[Block], index: Index, say: Phrases) -> Markup:
    """The card that must not be overlooked, with numbers large enough for a thumb."""
    body = []
    for part in _parts(blocks[1:]):
        if part[0].kind == "item":
            body.append(Markup('<ul class="numbers">{}</ul>').format(joined(map(_number, part))))
        else:
            body.append(_part(part, index, say))
    title = Markup('<h3 class="alarm">{}</h3>').format(blocks[0].text)
    return Markup('<section class="emergency">{}{}</section>').format(title, joined(body))


def _number(block: Block) -> Markup:
    """One line of an emergency card: the number to press, and what it is for."""
    number, *rest = block.spans
    about = "".join(span.text for span in rest).lstrip(" –")
    return Markup("<li>{} <span>{}</span></li>").format(_phone(number.text), about)


def _passage(blocks: Sequence[Block], index: Index, say: Phrases) -> Markup:
    """A quote with its heading above, its citation below and the link that leads to its place."""
    pieces = []
    for block in blocks:
        if block.kind == "quote":
            passage = index.find(block.key)
            lang = passage.lang if passage else ""
            pieces.append(Markup('<blockquote lang="{}">{}</blockquote>').format(lang, spans_html(block.spans)))
        elif block.kind == "heading":
            pieces.append(Markup('<h3 class="heading">{}</h3>').format(heading_html(block.text)))
        else:
            pieces.append(_block(block))
    quote = next(block for block in blocks if block.kind == "quote")
    place = quote_place(index, quote)
    if place:
        link = Markup('<p class="permalink"><a href="{}">{}</a></p>')
        pieces.append(link.format(permalink(place), say("Show in the document")))
    return Markup('<section class="passage">{}</section>').format(joined(pieces))


def heading_html(text: str) -> Markup:
    """A heading path such as `1. Guardian › Deadlines`, with what leads to its last part made smaller."""
    above, arrow, last = text.rpartition(" › ")
    return Markup('<span class="path">{}</span>{}').format(above + arrow, last) if above else escape(text)


def _block(block: Block) -> Markup:
    return _TAGS.get(block.kind, _PARAGRAPH).format(spans_html(block.spans, block.kind))


# ---- spans and links ------------------------------------------------------------------------------------


def spans_html(spans: Sequence[Span], kind: str = "text") -> Markup:
    """Runs of text with their styles and links."""
    return joined(_span(span, kind) for span in spans)


def _span(span: Span, kind: str) -> Markup:
    if span.url and is_web(span.url):
        inner = external(span.url, span.text)
    elif kind == "contact":
        inner = Markup(" · ").join(_reachable(part) for part in span.text.split(" · "))
    elif kind == "warning":
        inner = _with_numbers(span.text)
    elif kind == "item" and _PHONE.fullmatch(span.text):
        inner = _phone(span.text)
    else:
        inner = escape(span.text)
    return _STYLES[span.style].format(inner) if span.style in _STYLES else inner


def external(url: str, text: str) -> Markup:
    """A link that leaves this machine; the other side does not learn where it was pressed."""
    return Markup('<a href="{}" target="_blank" rel="noreferrer noopener">{}</a>').format(url, text)


def is_web(url: str) -> bool:
    """Whether a link may be followed: addresses of the web only, no scripts."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _reachable(text: str) -> Markup:
    """A telephone number or an e-mail address as a link, anything else as it is."""
    if _PHONE.fullmatch(text):
        return _phone(text)
    if _EMAIL.fullmatch(text):
        return Markup('<a href="mailto:{0}">{0}</a>').format(text)
    return escape(text)


def _phone(text: str) -> Markup:
    number = re.sub(r"[^\d+]", "", text)
    return Markup('<a class="tel" href="tel:{}">{}</a>').format(number, text) if number else escape(text)


def _with_numbers(text: str) -> Markup:
    at, parts = 0, []
    for match in _SHORT_NUMBER.finditer(text):
        parts.extend([escape(text[at : match.start()]), _phone(match.group())])
        at = match.end()
    return joined([*parts, escape(text[at:])])


# ---- places ---------------------------------------------------------------------------------------------


def quote_place(index: Index, block: Block) -> str:
    """`id:begin-end` of a quote; empty when its passage is gone or does not hold it."""
    passage = index.find(block.key)
    begin = passage.text.find(block.text) if passage else -1
    return f"{block.key}:{begin}-{begin + len(block.text)}" if begin >= 0 else ""


def permalink(place: str) -> str:
    """The address of a quote in its document."""
    passage_id, _, span = place.partition(":")
    return f"/passage/{percent(passage_id)}{f'?q={span}' if span else ''}#here"
