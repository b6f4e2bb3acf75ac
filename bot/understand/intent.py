"""What a message wants: decided by the phrases of `words/<lang>.yaml`, so that it works without an index.

A pattern is one or more phrases joined by ` & `, which must all occur, in any order. A phrase is a sequence
of words; `beat*` is any word that begins so, `{a|b c}` one of several alternatives, and `@NAME` stands for the
alternatives that `let` gives that name. Words are compared in lower case, without diacritics and apostrophes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from indexer import fold, words

_FOLDER = Path(__file__).parent / "words"
#: Languages without a list of their own are read with that of their nearest neighbour, else with English.
_NEAREST = {"uk": "ru"}
#: A greeting or thanks in a longer message is only its beginning or end.
_SMALLTALK_WORDS = 7
_APOSTROPHES = str.maketrans("", "", "'’ʼ")
_MACRO = re.compile(r"@([A-Z]+)")
_UNIT = re.compile(r"\{([^{}]*)\}|(\S+)")


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
    asks_in_general: bool
    """Whether the message asks for a procedure or rule rather than tells what happens now."""
    is_follow_up: bool
    roles: tuple[str, ...]
    """Roles of institutions that the message names, such as `border` or `police`."""


_Pattern = tuple[re.Pattern[str], ...]
"""All must be found in the message."""


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
    message = "".join(f" {token}" for token in tokens) + " "
    phrases = _load(lang)
    asks_in_general = _any(phrases.general, message)
    is_emergency = _any(phrases.emergency, message) and not asks_in_general
    smalltalk = command = None
    if len(tokens) <= _SMALLTALK_WORDS and not is_emergency:
        command = next((name for name, patterns in phrases.commands.items() if _whole(patterns, message)), None)
        smalltalk = next((kind for kind, patterns in phrases.smalltalk.items() if _any(patterns, message)), None)
    return Understood(
        is_emergency=is_emergency,
        wants_contacts=_any(phrases.contacts, message),
        smalltalk=smalltalk,
        command=command,
        asks_in_general=asks_in_general,
        is_follow_up=any(pattern[0].match(message, 1) for pattern in phrases.follow_up),
        roles=tuple(role for role, patterns in phrases.roles.items() if _any(patterns, message)),
    )


def _plain(word: str) -> str:
    # Phones write isn’t, people isnt: all forms must meet in one.
    return fold(word.lower()).translate(_APOSTROPHES)


def _any(patterns: Sequence[_Pattern], message: str) -> bool:
    return any(all(phrase.search(message) for phrase in pattern) for pattern in patterns)


def _whole(patterns: Sequence[_Pattern], message: str) -> bool:
    return any(pattern[0].fullmatch(message, 1) for pattern in patterns)


@cache
def _load(lang: str) -> _Phrases:
    path = _FOLDER / f"{_NEAREST.get(lang, lang)}.yaml"
    data = yaml.safe_load((path if path.exists() else _FOLDER / "en.yaml").read_text(encoding="utf-8"))
    macros = data["let"]

    def patterns(lines: Sequence[str]) -> list[_Pattern]:
        return [tuple(_phrase(phrase, macros) for phrase in line.split(" & ")) for line in map(str, lines)]

    return _Phrases(
        emergency=patterns(data["emergency"]),
        general=patterns(data["general"]),
        contacts=patterns(data["contacts"]),
        follow_up=patterns(data["follow_up"]),
        smalltalk={kind: patterns(lines) for kind, lines in data["smalltalk"].items()},
        commands={name: patterns(lines) for name, lines in data["commands"].items()},
        roles={role: patterns(lines) for role, lines in data["roles"].items()},
    )


def _phrase(phrase: str, macros: Mapping[str, str]) -> re.Pattern[str]:
    """The phrase as an expression over a message in which a space follows each word."""
    while _MACRO.search(phrase):
        phrase = _MACRO.sub(lambda match: macros[match.group(1)], phrase)
    parts = []
    for alternatives, word in _UNIT.findall(phrase):
        options = [_words(option) for option in alternatives.split("|")] if not word else [_words(word)]
        parts.append(f"(?:{'|'.join(options)})")
    return re.compile(r"(?<= )" + "".join(parts))


def _words(text: str) -> str:
    plain = [_plain(word) for word in text.split()]
    return "".join(f"{re.escape(word[:-1])}[^ ]* " if word.endswith("*") else f"{re.escape(word)} " for word in plain)
