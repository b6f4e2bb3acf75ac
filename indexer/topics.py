"""Which topic answers: a third opinion on the order of the hits, beside BM25 and the similarity to the passages.

People do not ask in the words of the briefs. Two multinomial logistic regressions, one on the words of a question
and one on its vector, were fitted on questions of which it is known which topic answers them.
`tests/benchmarks/calibrate.py` writes `topics.npz` from `tests/golden/scope/`; tests/benchmarks/quality.md has
what it brings.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from .embeddings import Vectors
from .kernel import Arrays, read_arrays
from .wording import Keys, Wording

#: How much each of the two counts, where BM25 and similarity together count 1. Chosen by measurement.
SHARE = 0.6
#: The words alone, where BM25 alone counts 1.
SHARE_ALONE = 1.5


class Topics:
    """The two regressions."""

    def __init__(self, arrays: Arrays) -> None:
        self._names = [str(name) for name in arrays["names"]]
        self._model = str(arrays["model"])
        self._centre: Vectors = arrays["centre"].astype(np.float32)
        self._directions: Vectors = arrays["directions"].astype(np.float32)
        self._direction_biases: Vectors = arrays["direction_biases"].astype(np.float32)
        self._wording = Wording(arrays["word_keys"], arrays["word_weights"].astype(np.float32))
        self._word_odds = arrays["word_odds"]
        self._word_scale = arrays["word_scale"].astype(np.float32)
        self._word_biases: Vectors = arrays["word_biases"].astype(np.float32)

    def __call__(self, keys: Keys, vector: Vectors | None = None, model: str = "") -> Mapping[str, float]:
        """What speaks for each topic, in units of the score of a hit.

        A vector of another model than the fitted one counts for nothing. Empty when nothing is known of the
        question.
        """
        is_known = vector is not None and model == self._model
        opinions = []
        places, weights = self._wording(keys)
        if len(places):
            odds = weights @ self._word_odds[places].astype(np.float32) * self._word_scale + self._word_biases
            opinions.append((SHARE if is_known else SHARE_ALONE) * _standard(odds))
        if vector is not None and is_known:
            centred = vector - self._centre
            centred /= max(float(np.linalg.norm(centred)), 1e-9)
            opinions.append(SHARE * _standard(centred @ self._directions + self._direction_biases))
        if not opinions:
            return {}
        return dict(zip(self._names, np.sum(opinions, axis=0).tolist(), strict=True))


def _standard(odds: NDArray[np.floating]) -> Vectors:
    centred = odds - odds.mean()
    return np.asarray(centred / max(float(centred.std()), 1e-9), np.float32)


@cache
def topics() -> Topics:
    """As shipped."""
    return Topics(read_arrays(files(__package__) / "topics.npz"))
