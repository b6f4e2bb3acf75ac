"""Everything that one generation holds besides numbers: documents, sources and concepts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from .models import Document, Passage, Source
from .terms import Concept


@dataclass(frozen=True, slots=True)
class Library:
    """The texts of a generation and what is known about them."""

    documents: Sequence[Document]
    sources: Mapping[str, Source]
    concepts: Sequence[Concept]


_LIBRARY = TypeAdapter(Library)
_PASSAGE = TypeAdapter(Passage)


def write_library(path: Path, library: Library) -> None:
    """Store the library as JSON."""
    path.write_bytes(_LIBRARY.dump_json(library))


def read_library(path: Path) -> Library:
    """The library as stored."""
    return _LIBRARY.validate_json(path.read_bytes())


def dump_passage(passage: Passage) -> str:
    """A passage as one line of JSON."""
    return _PASSAGE.dump_json(passage).decode()


def parse_passage(line: str) -> Passage:
    """A passage from its line of JSON."""
    return _PASSAGE.validate_json(line)
