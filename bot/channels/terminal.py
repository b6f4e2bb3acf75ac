"""The assistant in a terminal: buttons are numbered choices."""

import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ..assistant import Assistant
from ..reply import Block, Button, Reply, Turn

#: All lines come from one person.
PERSON = "terminal:1"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_STYLES = {"plain": "", "bold": "bold", "mark": "bold underline", "italic": "italic"}
_BLOCK_STYLES = {"heading": "bold", "warning": "bold red", "notice": "yellow", "citation": "dim"}


async def run(assistant: Assistant, lang: str, source: TextIO | None = None, console: Console | None = None) -> None:
    """Chat until the end of the input (Ctrl+D). An empty line shows the choices again."""
    source, console = source or sys.stdin, console or Console(highlight=False)
    is_typed = source.isatty()
    turn: Turn | None = Turn(PERSON, "/start", hint=lang)
    choices: list[Button] = []
    while True:
        if turn is not None:
            reply = await assistant.handle(turn)
            for part in rendered(reply, with_urls=not console.is_terminal):
                console.print(part)
            choices = [button for row in reply.buttons for button in row]
        _show(choices, console)
        line = await _read(source, console if is_typed else None)
        if line is None:
            console.print()
            return
        turn = turn_of(line.strip(), choices, lang)


def turn_of(line: str, choices: Sequence[Button], lang: str) -> Turn | None:
    """What a line means: the number of a choice, or text; None for an empty line."""
    if not line:
        return None
    if line.isdecimal() and 1 <= int(line) <= len(choices):
        return Turn(PERSON, action=choices[int(line) - 1].action, hint=lang)
    return Turn(PERSON, line, hint=lang)


def rendered(reply: Reply, *, with_urls: bool = False) -> Iterator[Text | Padding]:
    """The blocks for the console; items of a list stand close together, a citation below its quote.

    `with_urls` writes addresses out, for where nobody can click on a link.
    """
    last = ""
    for block in reply.blocks:
        is_close = block.kind == "citation" or (block.kind == "item" and last == "item")
        if last and not is_close:
            yield Text()
        yield _rendered(block, with_urls=with_urls)
        last = block.kind
    yield Text()


def _rendered(block: Block, *, with_urls: bool) -> Text | Padding:
    text = Text(style=_BLOCK_STYLES.get(block.kind, ""))
    if block.kind == "item":
        text.append("• ")
    for span in block.spans:
        style = _STYLES[span.style]
        if span.url.startswith(("https://", "http://")):
            style = f"{style} link {span.url}".strip()
        text.append(_printable(span.text), style=style or None)
        if with_urls and span.url and span.url != span.text:
            text.append(f" <{_printable(span.url)}>")
    if block.kind == "quote":
        return Padding(Text("“") + text + Text("”"), (0, 2, 0, 4))
    return Padding(text, (0, 0, 0, 4)) if block.kind == "citation" else text


def _printable(text: str) -> str:
    """The text without control characters, with which a document could repaint the terminal."""
    return _CONTROL.sub("�", text)


def _show(choices: Sequence[Button], console: Console) -> None:
    for number, button in enumerate(choices, 1):
        console.print(Text(f"  [{number}] {_printable(button.label)}", style="cyan"))


async def _read(source: TextIO, prompt: Console | None) -> str | None:
    """The next line, read off the event loop; None at the end of the input."""
    if prompt is not None:
        prompt.print("> ", end="")
    line = await (_typed_line(source) if prompt is not None else asyncio.to_thread(source.readline))
    return line or None


async def _typed_line(source: TextIO) -> str:
    """A line from the keyboard. No thread waits for it: that would hold up the end after Ctrl+C."""
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()
    try:
        loop.add_reader(source, ready.set)
    except (NotImplementedError, OSError):  # Windows, or input that cannot be waited for
        return await asyncio.to_thread(source.readline)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(source)
    return source.readline()
