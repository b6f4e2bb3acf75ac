"""Markdown with front matter: the format of the briefs. corpus/README.md describes it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..errors import UnreadableDocument
from ..models import Section
from ..text import clean
from .outline import Outline

_FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_ANCHOR = re.compile(r"\s*\{#([a-z][a-z0-9-]*)\}\s*$")
_MARK = re.compile(r"\s*\[(@[^\[\]]+)\]")
_COMMONMARK = MarkdownIt("commonmark")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph or list item, with the line on which it begins."""

    line: int
    level: int
    """1 to 6 for a heading, 0 for text."""
    text: str
    """Text without source marks and anchors."""
    anchor: str
    references: tuple[tuple[str, str, int], ...]
    """(source, locator, offset in `text`) of each source mark."""


def read(path: Path) -> tuple[Section, ...]:
    """The sections of a Markdown file, one per heading."""
    raw = decode(path)
    meta = front_matter(raw, path)
    outline = Outline(str(meta.get("title", "")))
    for block in blocks(raw):
        if block.level:
            outline.heading(block.level, block.text, block.anchor)
        else:
            outline.block(block.text, references=block.references)
    return outline.sections()


def decode(path: Path) -> str:
    """The file's text with `\\n` line ends; UnreadableDocument if it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableDocument(
            f"{path}: not UTF-8 text (byte {error.start}); save it with encoding UTF-8."
        ) from error


def front_matter(raw: str, path: Path) -> Mapping[str, object]:
    """The YAML mapping between the `---` lines at the top; empty when there is none."""
    match = _FRONT_MATTER.match(raw)
    if match is None:
        return {}
    try:
        meta = yaml.safe_load(match.group(1))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise UnreadableDocument(f"{path}:{line}: the front matter is not valid YAML.") from error
    if not isinstance(meta, dict):
        raise UnreadableDocument(f"{path}:1: the front matter must be `key: value` lines.")
    return meta


def blocks(raw: str) -> list[Block]:
    """Headings and text blocks of a Markdown text, in order."""
    match = _FRONT_MATTER.match(raw)
    skipped = match.group().count("\n") if match else 0
    body = raw[match.end() :] if match else raw
    tokens = _COMMONMARK.parse(body)
    found = []
    level = 0
    number = ""
    # One entry for each list around the token: whether the numbers of its items belong to the text.
    counts: list[bool] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "heading_close":
            level = 0
        elif token.type in {"ordered_list_open", "bullet_list_open"}:
            # "1996. gada konvencija ..." at the start of a line is no item number 1996.
            counts.append(token.attrGet("start") not in {None, 0})
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            counts.pop()
        elif token.type == "list_item_open" and counts[-1]:
            number = f"{token.info}{token.markup} "
        elif token.type == "inline":
            found.append(_block(token, level, skipped, number))
            number = ""
        elif token.type in {"code_block", "fence"}:
            line = skipped + (token.map[0] if token.map else 0) + 1
            found.append(Block(line, 0, clean(token.content.strip()), "", ()))
    return found


def _block(token: Token, level: int, skipped: int, number: str) -> Block:
    line = skipped + (token.map[0] if token.map else 0) + 1
    text = clean(number + _plain(token)).strip()
    anchor = ""
    if level and (match := _ANCHOR.search(text)):
        anchor, text = match.group(1), text[: match.start()]
    references: list[tuple[str, str, int]] = []
    parts: list[str] = []
    at = length = 0
    for mark in _MARK.finditer(text):
        parts.append(text[at : mark.start()])
        length += mark.start() - at
        at = mark.end()
        for item in mark.group(1).split(";"):
            source, _, locator = item.strip().removeprefix("@").partition(" ")
            references.append((source, " ".join(locator.split()), length))
    parts.append(text[at:])
    return Block(line, level, "".join(parts).strip(), anchor, tuple(references))


def _plain(token: Token) -> str:
    """The text of an inline token without emphasis, links and HTML."""
    parts = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts)
