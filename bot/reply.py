"""Turns and replies: what goes in and out of the middle of the bot, the same for every channel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

#: Telegram's limit for what a button may carry, in bytes; every channel keeps to it.
MAX_ACTION = 64

Style = Literal["plain", "bold", "mark", "italic"]
Kind = Literal["text", "heading", "quote", "citation", "notice", "warning", "contact", "item"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; never markup."""

    text: str
    style: Style = "plain"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a reply."""

    kind: Kind
    spans: tuple[Span, ...]
    key: str = ""
    """For a quote: the id of its passage, so that a channel can link to it."""

    @property
    def text(self) -> str:
        """The block without styles."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press; `action` comes back in a turn."""

    label: str
    action: str

    def __post_init__(self) -> None:
        if len(self.action.encode()) > MAX_ACTION:
            raise ValueError(f"action of {len(self.action.encode())} bytes: {self.action[:80]!r}")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person gets to see."""

    blocks: tuple[Block, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    """Rows of buttons."""
    facts: dict[str, object] = field(default_factory=dict)
    """The same answer as data, for `protect-bot ask --json`."""
    lang: str = ""
    """Language of the assistant's own words; the assistant fills it in."""

    @property
    def text(self) -> str:
        """The reply as plain text."""
        return "\n\n".join(_grouped(self.blocks))


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes in from a person."""

    person: str
    """Channel and number, such as `tg:123`."""
    text: str = ""
    action: str = ""
    """Of the button pressed; empty when text was typed."""
    is_private: bool = True
    """Whether nobody else reads the chat."""
    chat: str = ""
    """Where the thread of the talk is kept apart, such as a group; empty for the person's own chat."""
    hint: str = ""
    """Language of the person's app, if the channel knows it."""
    admin: int | None = None
    """The person's number, if the configuration lists it as an admin's."""


def plain(kind: Kind, text: str, key: str = "") -> Block:
    """A block of unstyled text."""
    return Block(kind, (Span(text),), key)


def rows(buttons: Sequence[Button], width: int = 2) -> tuple[tuple[Button, ...], ...]:
    """Buttons in rows of a width."""
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


def _grouped(blocks: Sequence[Block]) -> Iterator[str]:
    """Texts of the blocks; items of a list stand close together, a citation below its quote."""
    group = ""
    last = ""
    for block in blocks:
        text = {"quote": f"“{block.text}”", "item": f"• {block.text}"}.get(block.kind, block.text)
        is_close = (block.kind == "item" and last == "item") or block.kind == "citation"
        if group and is_close:
            group += "\n" + text
        else:
            if group:
                yield group
            group = text
        last = block.kind
    if group:
        yield group
