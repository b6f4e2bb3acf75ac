"""Rules on the head of a brief."""

from collections.abc import Iterator
from datetime import date, datetime

from ..documents import BRIEFS
from .files import FIELDS, Brief, Corpus
from .places import Spot

STEPS = ("identify", "assess", "appoint", "hear", "protect", "solve", "follow-up")


def front_matter(corpus: Corpus) -> Iterator[Spot]:
    """A head that cannot be read, lacks a key, has an unknown one, or contradicts the file's name and folder."""
    for brief in corpus.briefs:
        if brief.error is not None:
            yield brief.error
        else:
            yield from _fields(brief)


def _fields(brief: Brief) -> Iterator[Spot]:
    meta = brief.meta
    lacking = [key for key in FIELDS if meta.at(key).value in (None, "")]
    if lacking:
        yield Spot(brief.path, 1, f"the front matter lacks {', '.join(lacking)}")
    for field in meta.children():
        if field.name not in (*FIELDS, "status"):  # `status` has a rule of its own
            yield field.spot(f"unknown key '{field.name}'; allowed: {', '.join(FIELDS)}")
    for key, holds, allowed in (
        ("topic", str(meta.at("topic").value) == brief.topic, f"the file name, '{brief.topic}'"),
        ("lang", str(meta.at("lang").value) == brief.lang, f"the folder, '{brief.lang}'"),
        ("step", meta.at("step").value in STEPS, f"one of {', '.join(STEPS)}"),
        ("checked", _is_day(meta.at("checked").value), "a date such as 2026-11-24"),
    ):
        if key not in lacking and not holds:
            yield meta.at(key).spot(f"`{key}` is '{meta.at(key).value}'; it must be {allowed}")


def _is_day(value: object) -> bool:
    if isinstance(value, str) and len(value) == len("2026-11-24"):
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
        return True
    return isinstance(value, date) and not isinstance(value, datetime)


def status(corpus: Corpus) -> Iterator[Spot]:
    """A brief is never official text, whatever a file says."""
    for brief in corpus.briefs:
        kind, status = brief.meta.at("kind"), brief.meta.at("status")
        if kind.value not in (None, "", "brief"):
            yield kind.spot(f"`kind` is '{kind.value}'; that of a brief is `brief`")
        if status.value is not None:
            yield status.spot(f"`status` is '{status.value}'; a brief has none, it is never official text")
    if isinstance(corpus.sources.value, dict):
        entry = corpus.sources.at(BRIEFS)
        if entry.at("status").value != "brief":
            yield entry.at("status").spot(f"'{BRIEFS}' must be there with `status: brief`")
