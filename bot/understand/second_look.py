"""A second look at what a message wants, by its vector: for wordings that no phrase list foresaw.

Messages whose intent is known speak for a new one (`indexer.Machine`), one machine for emergencies, one for requests
for contacts and one for what is said to the assistant about itself, fitted by `tests/benchmarks/calibrate.py`. It only ever adds to what the phrases found;
without embeddings, or with those of another model, the phrases decide alone.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer import Machine, Projection, Vectors, read_arrays


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What the vector says."""

    is_emergency: bool = False
    wants_contacts: bool = False
    is_about_me: bool = False


def look(vector: Vectors | None, model: str | None) -> SecondLook:
    """What the vector of a message says; nothing without one, or for another model."""
    if vector is None or model != _known().model:
        return SecondLook()
    known = _known()
    nothing_else = np.zeros((1, 0), np.float32)
    place = known.project(vector)
    return SecondLook(*(bool(machine(nothing_else, place)[0] > 0) for machine in known.machines))


class _Known:
    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self.model = str(arrays["model"])
        self.project = Projection(arrays)
        self.machines = [Machine(arrays, name) for name in ("emergency", "contacts", "about")]


@cache
def _known() -> _Known:
    return _Known(read_arrays(files(__package__) / "second_look.npz"))
