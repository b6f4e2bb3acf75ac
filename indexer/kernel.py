"""A support vector machine with a Gaussian kernel: known examples speak for a new one, the nearer the louder.

C. Cortes, V. Vapnik, Support-Vector Networks, Machine Learning 20 (1995). The examples that count and their
weights are found by `tests/benchmarks/calibrate.py` and ship as arrays; here they are only applied.
"""

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
Arrays = Mapping[str, NDArray[Any]]
#: How fast the voice of an example fades with the square of its distance.
GAMMA = 0.1
#: Length of a projected vector.
SPREAD = 4.0
#: Places are kept in 8 bits, as multiples of one part of this; features as they are, since a little more or
#: less of one counts.
FRACTIONS = 64


class Machine:
    """Log odds of an answer, from the examples around a new text."""

    def __init__(self, arrays: Arrays, name: str) -> None:
        """Of the machine that the arrays hold under this name."""
        self._rows: Rows = arrays[f"{name}_rows"]
        self._places: Rows = arrays[f"{name}_places"].astype(np.float32) / np.float32(FRACTIONS)
        self._row_squares = _squares(self._rows)
        self._place_squares = _squares(self._places)
        self._weights: Rows = arrays[f"{name}_weights"].astype(np.float32)
        biases = zip(arrays[f"{name}_languages"], arrays[f"{name}_biases"], strict=True)
        self._biases = {str(lang): float(bias) for lang, bias in biases}

    def __call__(self, rows: Rows, place: Rows | None = None, lang: str = "") -> Rows:
        """Log odds of each row of features, for a text in this language whose vector has this place."""
        # |a - b|^2 = |a|^2 + |b|^2 - 2ab, of features and place together
        distances = _squares(rows)[:, None] + self._row_squares - 2 * rows @ self._rows.T
        if place is not None:
            distances = distances + (place @ place + self._place_squares - 2 * self._places @ place)
        voices = np.exp(-GAMMA * np.maximum(distances, 0)) @ self._weights
        return np.asarray(voices + self._biases.get(lang, self._biases[""]), np.float32)


def _squares(rows: Rows) -> Rows:
    return np.asarray(np.square(rows).sum(axis=1))


class Projection:
    """Brings the vector of a text into the space of a machine's places."""

    def __init__(self, arrays: Arrays) -> None:
        self._centre: Rows = arrays["centre"].astype(np.float32)
        self._axes: Rows = arrays["axes"].astype(np.float32)

    def __call__(self, vectors: Rows) -> Rows:
        """One row for each vector, all of one length: what counts is the direction from the centre."""
        rows = (vectors - self._centre) @ self._axes
        return np.asarray(SPREAD * rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9))


def read_arrays(path: Traversable) -> dict[str, NDArray[Any]]:
    """The arrays of a file that ships with the program."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)
