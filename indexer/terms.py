"""The glossary, `corpus/terms.yaml`: one idea of the field with its terms in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import CorpusError
from .sources import first_problem, load_yaml


@dataclass(frozen=True, slots=True)
class Concept:
    """One idea of the field."""

    id: str
    terms: Mapping[str, tuple[str, ...]]
    """By language: the preferred term, then synonyms."""
    unsure: frozenset[str]
    """Languages whose equivalent no native speaker of the field has confirmed."""
    avoid: Mapping[str, tuple[str, ...]]
    """By language: words that are often used for the concept but are wrong."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="allow")
    id: str
    unsure: list[str] = []
    avoid: dict[str, list[str]] = {}
    __pydantic_extra__: dict[str, list[str]]


def load_terms(path: Path) -> tuple[Concept, ...]:
    """The glossary in the order of the file.

    Raises CorpusError naming the file, the entry and the key that is wrong.
    """
    entries = load_yaml(path)
    if not isinstance(entries, list):
        raise CorpusError(f"{path}: expected a list of concepts, each with an `id`.")
    return tuple(_concept(entry, number, path) for number, entry in enumerate(entries, 1))


def _concept(entry: object, number: int, path: Path) -> Concept:
    try:
        parsed = _Entry.model_validate(entry)
    except ValidationError as error:
        raise CorpusError(f"{path}: concept number {number}: {first_problem(error)}.") from error
    for language in parsed.__pydantic_extra__:
        if len(language) != 2:
            raise CorpusError(f"{path}: concept '{parsed.id}': unknown key '{language}'.")
    return Concept(
        parsed.id,
        {lang: tuple(terms) for lang, terms in parsed.__pydantic_extra__.items()},
        frozenset(parsed.unsure),
        {lang: tuple(words) for lang, words in parsed.avoid.items()},
    )
