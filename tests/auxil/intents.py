"""The golden messages of each intent, with the countries and personal data in them."""

from dataclasses import dataclass

from indexer import LANGUAGES
from tests.auxil.golden import FOLDER, lines


@dataclass(frozen=True, slots=True)
class Message:
    """A message of `tests/golden/intents-<lang>.jsonl`."""

    lang: str
    text: str
    intent: str
    countries: frozenset[str]
    private: tuple[str, ...]
    """Personal data that a program can recognise: e-mail addresses, telephone numbers and codes, no names."""


def messages() -> list[Message]:
    """All messages, of all six languages."""
    return [
        Message(
            lang,
            entry["text"],
            entry["intent"],
            frozenset(entry["countries"]),
            tuple(data for data in entry.get("private", ()) if "@" in data or any(c.isdigit() for c in data)),
        )
        for lang in LANGUAGES
        for entry in lines(FOLDER / f"intents-{lang}.jsonl")
    ]
