"""The golden questions, and which half of them tuning may look at."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.understand import cyrillic
from indexer import LANGUAGES, Hit

FOLDER = Path(__file__).parent.parent / "golden"


@dataclass(frozen=True, slots=True)
class Golden:
    """A question with the sections that answer it; none for a question out of scope."""

    id: str
    lang: str
    text: str
    sections: frozenset[str]
    """`topic#anchor` of each section that answers."""

    @property
    def is_in_scope(self) -> bool:
        return bool(self.sections)

    @property
    def is_held_back(self) -> bool:
        """Whether the question is for measuring only."""
        return _is_odd(self.id)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A message in a language in which there are no briefs, with the briefs that answer it in others."""

    id: str
    lang: str
    text: str
    intent: str
    topics: frozenset[str]

    @property
    def is_in_scope(self) -> bool:
        return bool(self.topics)

    @property
    def is_held_back(self) -> bool:
        """Whether the message is for measuring only."""
        return _is_odd(self.id)


def golden(lang: str) -> list[Golden]:
    """All golden questions of a language."""
    found = []
    for line in lines(FOLDER / f"{lang}.jsonl"):
        own = {f"{line['topic']}#{section}" for section in line["sections"]}
        found.append(Golden(line["id"], lang, as_heard(line["text"], lang), frozenset(own | set(line.get("also", ())))))
    return found


def all_golden() -> list[Golden]:
    """The golden questions of all languages."""
    return [question for lang in LANGUAGES for question in golden(lang)]


def neighbours() -> list[Neighbour]:
    """The messages in neighbours' languages."""
    return [
        Neighbour(
            line["id"],
            line["lang"],
            line["text"],
            line.get("intent", "question"),
            frozenset({line["topic"], *line.get("also", ())} - {None}),
        )
        for line in lines(FOLDER / "neighbours.jsonl")
    ]


def lines(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    """The objects of a file of JSON lines."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def as_heard(text: str, lang: str) -> str:
    """The text in the letters of its language, as the assistant searches it."""
    return cyrillic(text) if lang == "ru" else text


def _is_odd(id_: str) -> bool:
    return int(sha256(id_.encode()).hexdigest(), 16) % 2 == 1


def section(hit: Hit) -> str:
    """`topic#anchor` of the hit's section."""
    return hit.passage.group.partition("/")[2].rpartition("/")[0]


def topic(hit: Hit) -> str:
    """The brief of the hit."""
    return section(hit).partition("#")[0]


def rank(question: Golden, hits: Sequence[Hit]) -> int | None:
    """The rank, from 1, of the first hit that answers; None when none does."""
    return next((n for n, hit in enumerate(hits, 1) if section(hit) in question.sections), None)
