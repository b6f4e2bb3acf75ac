"""How sure it is that the corpus answers a question: a calibrated probability.

Logistic regression over four facts about the question and its best passage. The coefficients come from
`tests/golden/` by `tests/benchmarks/calibrate.py`; only the half of the questions that is meant for
tuning is used, and the other half measures the result (tests/benchmarks/quality.md).
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

#: At this confidence the assistant begins to answer.
CONFIDENT = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage as the answer to a question."""

    similarity: float | None
    """Of the question and the passage's group; None without embeddings."""
    coverage: float
    """Share of the question's words, by weight, that the passage holds; 0 to 1."""
    known: float
    """Share of the question's words, by weight, that the corpus knows; 0 to 1."""
    concepts: int
    """Number of glossary concepts in the question."""


def confidence(evidence: Evidence, lang: str) -> float:
    """Probability, 0 to 1, that the passage belongs to an answer of the question."""
    model = _coefficients()["bm25" if evidence.similarity is None else "fused"]
    total = (
        model["bias"]
        + model["languages"].get(lang, 0.0)
        + model["similarity"] * (evidence.similarity or 0.0)
        + model["coverage"] * evidence.coverage
        + model["known"] * evidence.known
        + model["concepts"] * min(evidence.concepts, 3)
    )
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


@cache
def _coefficients():  # type: ignore[no-untyped-def]
    return json.loads((files(__package__) / "confidence.json").read_text(encoding="utf-8"))
