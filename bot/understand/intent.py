"""What a message wants: decided by the phrases of `words/<lang>.yaml`, so that it works without an index.

A phrase is a sequence of words; `beat*` stands for any word that begins so, ` & ` joins phrases that must
all occur, in any order. Words are compared without diacritics and apostrophes and in lower case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from indexer import fold, words

_FOLDER = Path(__file__).parent / "words"
#: Languages with phrase lists; others are read with the list of their nearest neighbour.
_NEAREST = {"uk": "ru"}
_APOSTROPHES = str.maketrans("", "", "'’ʼ")
#: A greeting or thanks in a longer message is only its beginning or end.
_SMALLTALK_WORDS = 7


class Intent(StrEnum):
    """What the person wants."""

    QUESTION = "question"
    CONTACTS = "contacts"
    EMERGENCY = "emergency"
    PERSONAL_DATA = "personal_data"
    OUT_OF_SCOPE = "out_of_scope"
    SMALLTALK = "smalltalk"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Understood:
    """What the phrases say of a message."""

    is_emergency: bool
    wants_contacts: bool
    smalltalk: str | None
    """`greeting`, `thanks`, `farewell` or `who`; None when the message says more than that."""
    command: str | None
    """A command typed as words, without its slash."""
    is_follow_up: bool
    roles: tuple[str, ...]
    """Roles of institutions that the message names, such as `border` or `police`."""


class _Pattern(NamedTuple):
    phrases: tuple[tuple[str, ...], ...]
    words: frozenset[str]
    """All words of the phrases: most patterns fall out by these, before the order of words is looked at."""


@dataclass(frozen=True, slots=True)
class _Phrases:
    emergency: Sequence[_Pattern]
    general: Sequence[_Pattern]
    contacts: Sequence[_Pattern]
    follow_up: Sequence[_Pattern]
    smalltalk: Mapping[str, Sequence[_Pattern]]
    commands: Mapping[str, Sequence[_Pattern]]
    roles: Mapping[str, Sequence[_Pattern]]


def classify(text: str, lang: str) -> Understood:
    """What a message wants, as far as its phrases tell."""
    tokens = [_plain(word) for word in words(text)]
    phrases = _load(_NEAREST.get(lang, lang) if (_FOLDER / f"{_NEAREST.get(lang, lang)}.yaml").exists() else "en")
    is_emergency = _any(phrases.emergency, tokens) and not _any(phrases.general, tokens)
    smalltalk = command = None
    if len(tokens) <= _SMALLTALK_WORDS and not is_emergency:
        command = next((name for name, patterns in phrases.commands.items() if _whole(patterns, tokens)), None)
        smalltalk = next((kind for kind, patterns in phrases.smalltalk.items() if _any(patterns, tokens)), None)
    return Understood(
        is_emergency=is_emergency,
        wants_contacts=_any(phrases.contacts, tokens),
        smalltalk=smalltalk,
        command=command,
        is_follow_up=_begins(phrases.follow_up, tokens),
        roles=tuple(role for role, patterns in phrases.roles.items() if _any(patterns, tokens)),
    )


def _plain(word: str) -> str:
    # Phones write isn’t, people isnt: all forms must meet in one.
    return fold(word).translate(_APOSTROPHES)


def _any(patterns: Sequence[_Pattern], tokens: Sequence[str]) -> bool:
    seen = {*tokens, *(f"{token[:end]}*" for token in tokens for end in range(1, len(token) + 1))}
    return any(
        pattern.words <= seen and all(_place(phrase, tokens) is not None for phrase in pattern.phrases)
        for pattern in patterns
    )


def _whole(patterns: Sequence[_Pattern], tokens: Sequence[str]) -> bool:
    return any(
        len(phrases) == 1 and len(phrases[0]) == len(tokens) and _place(phrases[0], tokens) == 0
        for phrases, _ in patterns
    )


def _begins(patterns: Sequence[_Pattern], tokens: Sequence[str]) -> bool:
    return any(len(phrases) == 1 and _matches(phrases[0], tokens, 0) for phrases, _ in patterns)


def _place(phrase: tuple[str, ...], tokens: Sequence[str]) -> int | None:
    last = len(tokens) - len(phrase)
    return next((at for at in range(last + 1) if _matches(phrase, tokens, at)), None)


def _matches(phrase: tuple[str, ...], tokens: Sequence[str], at: int) -> bool:
    if at + len(phrase) > len(tokens):
        return False
    return all(
        tokens[at + i].startswith(word[:-1]) if word.endswith("*") else tokens[at + i] == word
        for i, word in enumerate(phrase)
    )


@cache
def _load(lang: str) -> _Phrases:
    data = yaml.safe_load((_FOLDER / f"{lang}.yaml").read_text(encoding="utf-8"))
    return _Phrases(
        emergency=_patterns(data["emergency"]),
        general=_patterns(data["general"]),
        contacts=_patterns(data["contacts"]),
        follow_up=_patterns(data["follow_up"]),
        smalltalk={kind: _patterns(lines) for kind, lines in data["smalltalk"].items()},
        commands={name: _patterns(lines) for name, lines in data["commands"].items()},
        roles={role: _patterns(lines) for role, lines in data["roles"].items()},
    )


def _patterns(lines: Sequence[str]) -> list[_Pattern]:
    return [_pattern(line) for line in map(str, lines)]


def _pattern(line: str) -> _Pattern:
    phrases = tuple(tuple(_plain(word.lower()) for word in phrase.split()) for phrase in line.split(" & "))
    return _Pattern(phrases, frozenset(word for phrase in phrases for word in phrase))
