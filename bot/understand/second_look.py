"""A second look at what a message wants, by its vector: for wordings that no phrase list foresaw.

Logistic regression on the question's embedding, one for emergencies and one for requests for contacts,
fitted by `tests/benchmarks/calibrate.py`. It only ever adds to what the phrases found; without embeddings, or
with those of another model, the phrases decide alone.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from pydantic import BaseModel, ConfigDict

from indexer import Vectors

# Log odds from which a look counts. At 1.5, on a language left out of the fit, 0.5% to 3% of the other messages
# are taken for an emergency, which costs a card too many, and 66% to 94% of the emergencies are seen.
_SURE = 1.5


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What the vector says."""

    is_emergency: bool = False
    wants_contacts: bool = False


class _Head(BaseModel):
    model_config = ConfigDict(frozen=True)
    bias: float
    weights: tuple[float, ...]


class _Heads(BaseModel):
    model_config = ConfigDict(frozen=True)
    model: str
    """The embedding model whose vectors the weights are for."""
    emergency: _Head
    contacts: _Head


def look(vector: Vectors | None, model: str | None) -> SecondLook:
    """What the vector of a message says; nothing without one, or for another model."""
    heads = _heads()
    if vector is None or model != heads.model:
        return SecondLook()
    return SecondLook(_odds(heads.emergency, vector) > _SURE, _odds(heads.contacts, vector) > _SURE)


def _odds(head: _Head, vector: Vectors) -> float:
    return head.bias + float(np.dot(np.asarray(head.weights, np.float32), vector))


@cache
def _heads() -> _Heads:
    return _Heads.model_validate_json((files(__package__) / "second_look.json").read_bytes())
