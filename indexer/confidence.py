"""How sure it is that the corpus answers a question: a calibrated probability.

Logistic regression over facts about the question and a passage, and, where the question was embedded by
the model that ships with the project, over the question's vector itself: it tells a question about the
protection of children from one about the salary of border guards, which shares its words.

The coefficients in `confidence.json` come from the questions in `tests/golden/` that are meant for tuning
(`tests/benchmarks/calibrate.py` writes them); the held-back half measures the result
(tests/benchmarks/quality.md).
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

import numpy as np
from pydantic import BaseModel, ConfigDict

from .embeddings import Vectors

#: At this confidence the assistant begins to answer.
CONFIDENT = 0.5
#: Of a question that the corpus answers in its own language.
USUAL_COVERAGE, USUAL_KNOWN = 0.5, 0.9
# More concepts than this say no more about whether the question is of the field.
_MOST_CONCEPTS = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage as the answer to a question."""

    scope: float | None
    """Log odds, from the question's vector, that it is of the field; None without embeddings."""
    similarity: float
    """Of the question and the passage's group; 0 without embeddings."""
    coverage: float
    """Share of the question's words, by weight, that the passage holds; 0 to 1."""
    known: float
    """Share of the question's words, by weight, that the corpus knows; 0 to 1."""
    concepts: int
    """Number of glossary concepts in the question."""

    @property
    def features(self) -> tuple[float, float, float, float]:
        """The numbers that the regression weighs, in the order of its coefficients."""
        return self.similarity, self.coverage, self.known, float(min(self.concepts, _MOST_CONCEPTS))


class _Coefficients(BaseModel):
    model_config = ConfigDict(frozen=True)
    bias: float
    features: tuple[float, float, float, float]


class _Calibration(BaseModel):
    model_config = ConfigDict(frozen=True)
    model: str
    """The embedding model whose vectors `scope` weighs."""
    scope: tuple[float, ...]
    fused: _Coefficients
    bm25: _Coefficients


def scope(vector: Vectors | None, model: str | None) -> float | None:
    """Log odds that a question is of the field; None for a vector of a model that was not calibrated."""
    if vector is None or model != calibration().model:
        return None
    return float(_scope_weights() @ vector)


def confidence(evidence: Evidence) -> float:
    """Probability, 0 to 1, that the passage belongs to an answer of the question."""
    known = calibration()
    coefficients = known.bm25 if evidence.scope is None else known.fused
    total = coefficients.bias + (evidence.scope or 0.0)
    total += sum(c * value for c, value in zip(coefficients.features, evidence.features, strict=True))
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


@cache
def calibration() -> _Calibration:
    """The coefficients as shipped."""
    return _Calibration.model_validate_json((files(__package__) / "confidence.json").read_bytes())


@cache
def _scope_weights() -> Vectors:
    return np.array(calibration().scope, np.float32)
