"""How sure it is that the corpus answers a question: a calibrated probability.

Questions of which it is known whether the corpus answers them speak for a new one (`kernel`): those whose
vector is near, and for which as much spoke for the best passage. One more opinion is that of the question's
own words, a sum of log odds, which counts most where there are no embeddings. It takes such an effort because the
questions that must be declined share the words of the field: a border guard's salary, a football club's guardian
angel.

`confidence.npz` comes from the questions in `tests/golden/` that are meant for tuning
(`tests/benchmarks/calibrate.py` writes it); the held-back half measures the result
(tests/benchmarks/quality.md).
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .embeddings import Vectors
from .kernel import Machine, Projection, read_arrays
from .models import Evidence
from .wording import Keys, Wording

#: At this confidence the assistant begins to answer.
CONFIDENT = 0.5
#: Of a question that the corpus answers in its own language.
USUAL_COVERAGE, USUAL_KNOWN = 0.5, 0.9
# More concepts than this say no more about whether the question is of the field.
_MOST_CONCEPTS = 3


def features(evidence: Evidence) -> tuple[float, ...]:
    """The numbers that a machine weighs; without embeddings the first is left out."""
    concepts = float(min(evidence.concepts, _MOST_CONCEPTS))
    return evidence.similarity, evidence.coverage, evidence.known, concepts, evidence.words


def word_odds(keys: Keys) -> float:
    """Log odds, from the question's words alone, that it is of the field."""
    return _calibration().odds(keys)


def confidences(
    evidence: Sequence[Evidence], lang: str, vector: Vectors | None = None, model: str | None = None
) -> list[float]:
    """For each passage the probability, 0 to 1, that it belongs to an answer of the question.

    `vector` is that of the question in `lang`; one of another model than the calibrated one counts for nothing.
    """
    if not evidence:
        return []
    odds = _calibration()(np.array([features(one) for one in evidence], np.float32), lang, vector, model)
    return [float(p) for p in 1 / (1 + np.exp(-np.clip(odds, -30, 30)))]


class _Calibration:
    """The arrays as shipped."""

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._model = str(arrays["model"])
        self._wording = Wording(arrays["word_keys"], arrays["word_weights"].astype(np.float32))
        self._word_odds: Vectors = arrays["word_odds"].astype(np.float32)
        self._project = Projection(arrays)
        self._machines = {kind: Machine(arrays, kind) for kind in ("fused", "bm25")}
        self._scales = {kind: (arrays[f"{kind}_mean"], arrays[f"{kind}_scale"]) for kind in self._machines}

    def odds(self, keys: Keys) -> float:
        """The sum for the words that are known."""
        places, weights = self._wording(keys)
        return float(weights @ self._word_odds[places])

    def __call__(self, rows: Vectors, lang: str, vector: Vectors | None, model: str | None) -> Vectors:
        place = self._project(vector) if vector is not None and model == self._model else None
        kind = "bm25" if place is None else "fused"
        mean, scale = self._scales[kind]
        rows = (rows - mean) / scale
        return self._machines[kind](rows[:, 1:] if place is None else rows, place, lang)


@cache
def _calibration() -> _Calibration:
    return _Calibration(read_arrays(files(__package__) / "confidence.npz"))
