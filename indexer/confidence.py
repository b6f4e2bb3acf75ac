"""How sure it is that the corpus answers a question: a calibrated probability.

Questions of which it is known whether the corpus answers them speak for a new one (`kernel`): those whose
vector is near, and for which as much spoke for the best passage. One more opinion is that of the question's
own words, a sum of log odds, which counts most where there are no embeddings. It takes such an effort because the questions that must be declined share the words of the field: a border guard's salary, a
football club's guardian angel.

`confidence.npz` comes from the questions in `tests/golden/` that are meant for tuning
(`tests/benchmarks/calibrate.py` writes it); the held-back half measures the result
(tests/benchmarks/quality.md).
"""

from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .analysis import CONCEPT
from .embeddings import Vectors
from .kernel import Machine, Projection, read_arrays
from .models import Evidence

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


def word_keys(tokens: Collection[str], lang: str) -> NDArray[np.uint32]:
    """What the words of a question are known by. A concept of the glossary is the same in every language."""
    named = (token if token.startswith(CONCEPT) else f"{lang} {token}" for token in tokens)
    return np.array(sorted({crc32(name.encode()) for name in named}), np.uint32)


def word_odds(tokens: Collection[str], lang: str) -> float:
    """Log odds, from the question's analysed words alone, that it is of the field."""
    keys = word_keys(tokens, lang)
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
        self._keys: NDArray[np.uint32] = arrays["word_keys"]
        self._word_odds: Vectors = arrays["word_odds"].astype(np.float32)
        self._project = Projection(arrays)
        self._machines = {kind: Machine(arrays, kind) for kind in ("fused", "bm25")}
        self._scales = {kind: (arrays[f"{kind}_mean"], arrays[f"{kind}_scale"]) for kind in self._machines}

    def odds(self, keys: NDArray[np.uint32]) -> float:
        """The sum for the words that are known, as if the question were of length 1."""
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = self._keys[places] == keys
        return float(self._word_odds[places[known]].sum() / max(len(keys), 1) ** 0.5)

    def __call__(self, rows: Vectors, lang: str, vector: Vectors | None, model: str | None) -> Vectors:
        place = self._project(vector) if vector is not None and model == self._model else None
        kind = "bm25" if place is None else "fused"
        mean, scale = self._scales[kind]
        rows = (rows - mean) / scale
        return self._machines[kind](rows[:, 1:] if place is None else rows, place, lang)


@cache
def _calibration() -> _Calibration:
    return _Calibration(read_arrays(files(__package__) / "confidence.npz"))
