"""A reply as Telegram messages: HTML within Telegram's limits, buttons below the last one.

A reply is first laid out as runs of styled text. Messages are cut out of the runs' text, and only then
does each piece become HTML, so that no cut can break a tag.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate, groupby

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from ...reply import Block, Reply, Span

#: UTF-16 code units of a message, entities parsed.
LIMIT = 4096
#: Formatted spans of a message; Telegram drops those beyond 100 without a word.
ENTITIES = 100
#: Characters of a button's label, buttons in a row and in a message.
_LABEL, _ROW, _BUTTONS = 64, 8, 100

_LINKS = ("https://", "http://", "tg://user?id=")
_LINE = re.compile(r"\n+")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"”»)]*\s+")
_WORD = re.compile(r"\s+")
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Style:
    """How a run of text looks."""

    is_bold: bool = False
    is_italic: bool = False
    is_quote: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Message:
    """One Telegram message."""

    html: str
    text: str
    """The same without formatting, for when Telegram does not accept it."""


@dataclass(frozen=True, slots=True)
class _Borders:
    """Where a text may be cut, best first."""

    kinds: tuple[tuple[int, ...], ...]

    def last(self, begin: int, end: int) -> int | None:
        """The best place after `begin` and not after `end`; a better kind may cost up to half a message."""
        for least in (begin + (end - begin) // 2, begin):
            for places in self.kinds:
                found = max((place for place in places if least < place <= end), default=None)
                if found is not None:
                    return found
        return None


def messages(reply: Reply) -> list[Message]:
    """The reply's text in messages; at least one, so that there is something to answer with."""
    runs = list(layout(reply.blocks))
    text = "".join(run.text for run in runs)
    borders = _borders(reply.blocks, text)
    found = []
    for begin, end in _cuts(text, runs, borders):
        piece = list(_slice(runs, begin, end))
        found.append(Message(to_html(piece), text[begin:end]))
    return found or [Message("…", "…")]


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """The reply's buttons within Telegram's limits; None when it has none."""
    left = _BUTTONS
    rows: list[list[InlineKeyboardButton]] = []
    for row in reply.buttons:
        buttons = [InlineKeyboardButton(_label(b.label), callback_data=b.action) for b in row[:left]]
        left -= len(buttons)
        rows.extend(buttons[at : at + _ROW] for at in range(0, len(buttons), _ROW))
    return InlineKeyboardMarkup(rows) if rows else None


def layout(blocks: Sequence[Block]) -> Iterator[Run]:
    """The blocks as runs whose texts together are the text of the reply."""
    is_first, last = True, ""
    for block in blocks:
        runs = list(_block_runs(block))
        if any(run.text for run in runs):
            if not is_first:
                yield Run(_gap(block, last), Style())
            yield from runs
            is_first = False
        last = block.kind


def to_html(runs: Sequence[Run]) -> str:
    """The runs as Telegram's HTML, everything escaped."""
    return "".join(
        f"<blockquote>{inner}</blockquote>" if is_quote else inner
        for is_quote, inner in (
            (is_quote, "".join(map(_run_html, group))) for is_quote, group in groupby(runs, lambda r: r.style.is_quote)
        )
    )


def units(text: str) -> int:
    """UTF-16 code units, in which Telegram counts."""
    return len(text) + sum(char > "\uffff" for char in text)


def _gap(block: Block, last: str) -> str:
    """What stands between blocks: items of a list are close together, a citation is close to its quote."""
    is_close = block.kind == "citation" or (block.kind == "item" and last == "item")
    return "\n" if is_close else "\n\n"


def _block_runs(block: Block) -> Iterator[Run]:
    base = Style(
        is_bold=block.kind in {"heading", "warning"}, is_italic=block.kind == "notice", is_quote=block.kind == "quote"
    )
    before, after = {"quote": ("“", "”"), "item": ("• ", "")}.get(block.kind, ("", ""))
    if before:
        yield Run(before, base)
    for span in block.spans:
        if span.text:
            yield Run(_clean(span.text), _styled(base, span))
    if after:
        yield Run(after, base)


def _styled(base: Style, span: Span) -> Style:
    return Style(
        is_bold=base.is_bold or span.style in {"bold", "mark"},
        is_italic=base.is_italic or span.style == "italic",
        is_quote=base.is_quote,
        url=span.url if span.url.startswith(_LINKS) else "",
    )


def _run_html(run: Run) -> str:
    html = escape(run.text, quote=False)
    if not run.text.strip():  # Telegram drops formatting of mere space
        return html
    for wanted, tag in ((run.style.is_italic, "i"), (run.style.is_bold, "b")):
        if wanted:
            html = f"<{tag}>{html}</{tag}>"
    return f'<a href="{escape(run.style.url)}">{html}</a>' if run.style.url else html


def _clean(text: str) -> str:
    """The text without halves of surrogate pairs, which no HTTP request can carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _slice(runs: Sequence[Run], begin: int, end: int) -> Iterator[Run]:
    at = 0
    for run in runs:
        first, last = max(begin - at, 0), min(end - at, len(run.text))
        if first < last:
            yield Run(run.text[first:last], run.style)
        at += len(run.text)


def _cuts(text: str, runs: Sequence[Run], borders: _Borders) -> Iterator[tuple[int, int]]:
    """Spans of the text that fit into a message each; only white space is left out between them."""
    begin = _skip_space(text, 0)
    while begin < len(text):
        end = _furthest(text, runs, begin)
        if end < len(text):
            end = borders.last(begin, end) or _whole_characters(text, begin, end)
        last = begin + len(text[begin:end].rstrip())
        yield begin, last
        begin = _skip_space(text, end)


def _skip_space(text: str, at: int) -> int:
    return at + len(text[at:]) - len(text[at:].lstrip())


def _furthest(text: str, runs: Sequence[Run], begin: int) -> int:
    """The furthest end of a message that begins here, by length and by number of formatted spans."""
    end, room = begin, LIMIT
    while end < len(text) and (room := room - units(text[end])) >= 0:
        end += 1
    at, entities, is_quote = 0, 0, False
    for run in runs:
        at += len(run.text)
        if at <= begin:
            continue
        style = run.style
        entities += style.is_bold + style.is_italic + bool(style.url) + (style.is_quote and not is_quote)
        is_quote = style.is_quote
        if entities > ENTITIES:
            return min(end, max(at - len(run.text), begin + 1))
    return end


def _borders(blocks: Sequence[Block], text: str) -> _Borders:
    """Places to cut: between blocks that do not belong together, then lines, sentences, words."""
    ends: list[int] = []
    last = ""
    lengths: list[int] = []
    for block in blocks:
        size = sum(len(run.text) for run in _block_runs(block))
        if size and lengths:
            lengths.append(len(_gap(block, last)))
            # A heading stays with what it is about, a citation with what it is of.
            if last != "heading" and block.kind != "citation":
                ends.append(len(lengths))
        if size:
            lengths.append(size)
        last = block.kind
    places = list(accumulate(lengths, initial=0))
    patterns = (_LINE, _SENTENCE, _WORD)
    return _Borders(
        (
            tuple(places[end - 1] for end in ends),
            *(tuple(m.end() for m in pattern.finditer(text)) for pattern in patterns),
        )
    )


def _whole_characters(text: str, begin: int, end: int) -> int:
    """An end that does not part a character from its accents or an emoji from its parts, if one is near."""
    for at in range(end, max(begin, end - 32), -1):
        if not _continues(text[at]) and text[at - 1] != _JOINER:
            return at
    return end


def _continues(char: str) -> bool:
    return bool(unicodedata.combining(char)) or char == _JOINER or "\ufe00" <= char <= "\ufe0f"


def _label(text: str) -> str:
    text = " ".join(_clean(text).split()) or "…"
    return text if len(text) <= _LABEL else text[: _LABEL - 1].rstrip() + "…"
