"""A question as its words, which is how the models that were fitted on questions know it.

The words are weighed by the square of their inverse document frequency (K. Spärck Jones, A statistical
interpretation of term specificity, 1972), with the questions as documents, and make a vector of length 1.
"""

from collections.abc import Collection
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from .analysis import CONCEPT

Keys = NDArray[np.uint32]
Weights = NDArray[np.float32]


def word_keys(tokens: Collection[str], lang: str) -> Keys:
    """What the words of a question are known by. A concept of the glossary is the same in every language."""
    named = (token if token.startswith(CONCEPT) else f"{lang} {token}" for token in tokens)
    return np.array(sorted({crc32(name.encode()) for name in named}), np.uint32)


class Wording:
    """The words that a model knows."""

    def __init__(self, keys: Keys, weights: Weights) -> None:
        """The keys in ascending order, and the weight of each."""
        self._keys = keys
        self._weights = weights

    def __call__(self, keys: Keys) -> tuple[NDArray[np.intp], Weights]:
        """The places of those of the keys that the model knows, and their weights as a vector of length 1."""
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        places = places[self._keys[places] == keys]
        weights = self._weights[places]
        return places, weights / max(float(np.linalg.norm(weights)), 1e-9)
