"""Telegram's HTML, read as strictly as its server reads it."""

import re
from dataclasses import dataclass
from html import unescape

#: Formatted spans of a message; the server drops those beyond.
ENTITIES = 100
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}
_TOKEN = re.compile(r"<(/?)([a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:=\"[^\"<>]*\")?)*)\s*>|<|[^<]+", re.DOTALL)
_HREF = re.compile(r'href="([^"]*)"')
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")


class CannotParse(ValueError):
    """What Telegram answers with 400 `can't parse entities`."""


@dataclass(frozen=True)
class Entity:
    """A formatted span, in UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str = ""


def parse(html: str) -> tuple[str, list[Entity]]:
    """The text and its formatted spans, in order. Raises CannotParse."""
    text, entities = "", []
    open_tags: list[tuple[str, int, str]] = []
    for token in _TOKEN.finditer(html):
        closing, tag, attributes = token.group(1), token.group(2), token.group(3)
        if token.group() == "<":
            raise CannotParse(f"Unclosed start tag at byte offset {token.start()}")
        if tag is None:
            text += _ENTITY.sub(lambda match: unescape(match.group()), token.group())
            continue
        if tag not in _TAGS:
            raise CannotParse(f'Unsupported start tag "{tag}" at byte offset {token.start()}')
        if not closing:
            url = unescape(found.group(1)) if (found := _HREF.search(attributes)) else ""
            open_tags.append((tag, units(text), url))
            continue
        if not open_tags or open_tags[-1][0] != tag:
            raise CannotParse(f'Unmatched end tag at byte offset {token.start()}, found "</{tag}>"')
        name, begin, url = open_tags.pop()
        if units(text) > begin and (name != "a" or url):
            entities.append(Entity(_TAGS[name], begin, units(text) - begin, url))
    if open_tags:
        raise CannotParse(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return text, sorted(entities, key=lambda entity: (entity.offset, -entity.length))[:ENTITIES]


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def covered(text: str, entity: Entity) -> str:
    """The words that an entity formats."""
    data = text.encode("utf-16-le")
    return data[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le")
