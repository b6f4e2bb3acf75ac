"""Finds counterparts between the language editions of a publication that has no anchors.

A brief names its sections; a PDF does not. But editions of one publication have the same sections in the
same order. Where the number of sections is equal, the n-th of one edition is taken as the counterpart of
the n-th of another; where it is not, nothing is guessed.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from .models import Document, Passage


def align(documents: Sequence[Document], passages: Sequence[Passage]) -> list[Passage]:
    """The passages, those of parallel editions with a group in common."""
    sections = {number: _sections(list(own)) for number, own in groupby(passages, key=lambda p: p.document)}
    editions: dict[str, list[int]] = {}
    for number, document in enumerate(documents):
        if not document.topic and number in sections:
            editions.setdefault(document.source, []).append(number)
    groups: dict[str, str] = {}
    for source, numbers in editions.items():
        langs = [documents[number].lang for number in numbers]
        counts = {len(sections[number]) for number in numbers}
        # One section says nothing, and two documents in one language are not editions of each other.
        if len(numbers) < 2 or len(counts) != 1 or counts == {1} or len(set(langs)) < len(langs):
            continue
        for place, parallel in enumerate(zip(*(sections[number] for number in numbers), strict=True)):
            if len({len(section) for section in parallel}) == 1:
                for section in parallel:
                    for ordinal, passage in enumerate(section):
                        groups[passage.id] = f"{source}/{place}/{ordinal}"
    return [replace(p, group=groups[p.id]) if p.id in groups else p for p in passages]


def _sections(passages: Sequence[Passage]) -> list[list[Passage]]:
    return [list(own) for _, own in groupby(passages, key=lambda passage: passage.headings)]
