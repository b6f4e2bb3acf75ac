"""The chat in the terminal."""

import io
import os
import pty

import pytest
from rich.console import Console

from bot.assistant import Assistant
from bot.channels import terminal
from bot.i18n import phrases
from bot.reply import Block, Button, Reply, Span, Turn, plain

QUESTION = "Who appoints a guardian for an unaccompanied child?"


async def talk(assistant: Assistant, *lines: str, lang: str = "en") -> str:
    """What a chat with these lines prints."""
    out = io.StringIO()
    console = Console(file=out, width=200, highlight=False)
    await terminal.run(assistant, lang, io.StringIO("".join(f"{line}\n" for line in lines)), console)
    return out.getvalue()


def shown(reply: Reply, *, with_urls: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=100)
    for part in terminal.rendered(reply, with_urls=with_urls):
        console.print(part)
    return out.getvalue()


async def test_it_greets_in_the_language_asked_for_and_ends_with_the_input(assistant: Assistant) -> None:
    printed = await talk(assistant, lang="fi")
    assert phrases("fi")("PROTECT assistant") in printed
    assert f"[1] {phrases('fi')('Topics')}" in printed


async def test_a_question_is_answered_with_a_quote_and_numbered_choices(assistant: Assistant) -> None:
    printed = await talk(assistant, QUESTION)
    assert "“" in printed
    assert "not official text" in printed
    assert "[1] Read on 1" in printed


async def test_a_number_presses_the_choice(assistant: Assistant) -> None:
    printed = await talk(assistant, QUESTION, "1")
    assert "Copy as reference" in printed


async def test_an_empty_line_repeats_the_choices_and_nothing_else(assistant: Assistant) -> None:
    once, twice = await talk(assistant, QUESTION), await talk(assistant, QUESTION, "")
    assert twice.count("[1] Read on 1") == 2
    assert twice.count("not official text") == once.count("not official text")


@pytest.mark.parametrize(
    ("line", "turn"),
    [
        ("", None),
        ("2", Turn(terminal.PERSON, action="b", hint="lv")),
        ("3", Turn(terminal.PERSON, "3", hint="lv")),
        ("0", Turn(terminal.PERSON, "0", hint="lv")),
        ("²", Turn(terminal.PERSON, "²", hint="lv")),
        ("/help", Turn(terminal.PERSON, "/help", hint="lv")),
    ],
)
def test_lines_mean_choices_or_text(line: str, turn: Turn | None) -> None:
    assert terminal.turn_of(line, [Button("A", "a"), Button("B", "b")], "lv") == turn


def test_blocks_stand_as_in_the_other_channels() -> None:
    reply = Reply(
        (plain("heading", "H"), plain("quote", "q"), plain("citation", "c"), plain("item", "1"), plain("item", "2"))
    )
    assert [line.strip() for line in shown(reply).splitlines()] == ["H", "", "“q”", "c", "", "• 1", "• 2", ""]


def test_addresses_are_written_out_where_nobody_can_click() -> None:
    reply = Reply((Block("citation", (Span("Original", url="https://example.org/a"),)),))
    assert "Original <https://example.org/a>" in shown(reply, with_urls=True)
    assert "https" not in shown(reply)


def test_neither_markup_nor_control_characters_of_a_text_reach_the_terminal() -> None:
    printed = shown(Reply((plain("text", "[bold]x[/bold] \x1b[2J \x9b1m"),)))
    assert "[bold]x[/bold]" in printed
    assert "\x1b" not in printed
    assert "\x9b" not in printed


async def test_it_reads_from_a_real_terminal_line_by_line(assistant: Assistant) -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "r", encoding="utf-8") as source, os.fdopen(master, "wb", buffering=0) as keyboard:
        keyboard.write(b"/help\n\x04")
        out = io.StringIO()
        await terminal.run(assistant, "en", source, Console(file=out, width=200, highlight=False))
    assert "/topics" in out.getvalue()
    assert out.getvalue().count("> ") == 2
