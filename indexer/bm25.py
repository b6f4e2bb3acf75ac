"""BM25 with rank-bm25's statistics, served from postings.

The variant is rank-bm25's `BM25Plus` with delta 0: its idf, ln((N + 1) / n), is above zero for every
term, also for one that stands in all passages. `BM25Okapi` takes logarithms of odds there, which are
negative, and replaces them by a share of an average that is itself negative in small corpora, so that
a match can lower a score. With delta above 0, `BM25Plus` adds the same number to passages that lack
the term; that changes no ranking and would make every score non-zero.

rank-bm25 walks through all passages for each word of the question. Here the same float64 products are
computed once, at build time, and stored as postings; a question adds up those of its words in the same
order, so the sums are equal to the last bit.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Plus

from .tables import Numbers, load

Scores = NDArray[np.float64]
_BLOCK = 256  # passages; the best blocks are found before the best passages


class Postings:
    """The BM25 model of one language, memory-mapped."""

    def __init__(self, folder: Path) -> None:
        self._terms = Numbers(folder / "terms")
        self._begins: NDArray[np.int64] = load(folder / "begins.npy")
        self._passages: NDArray[np.int32] = load(folder / "passages.npy")
        self._weights: Scores = load(folder / "weights.npy")
        self._idf: Scores = load(folder / "idf.npy")
        self.size = int(load(folder / "size.npy")[0])

    @staticmethod
    def write(folder: Path, tokens: Sequence[Sequence[str]]) -> None:
        """Index passages given as their tokens; passage numbers are their places in the sequence."""
        # rank-bm25 divides by the number of passages and by their mean length.
        has_terms = any(tokens)
        model = BM25Plus(tokens, delta=0) if has_terms else None
        rows: dict[str, list[tuple[int, int]]] = {}
        for number, frequencies in enumerate(model.doc_freqs if model else ()):
            for term, frequency in frequencies.items():
                rows.setdefault(term, []).append((number, frequency))
        begins = np.cumsum([0, *(len(row) for row in rows.values())], dtype=np.int64)
        passages = np.empty(begins[-1], np.int32)
        weights = np.empty(begins[-1], np.float64)
        idf = np.empty(len(rows), np.float64)
        if model:
            lengths = np.array(model.doc_len)
            for place, (term, row) in enumerate(rows.items()):
                numbers, frequencies = (np.array(column) for column in zip(*row, strict=True))
                part = slice(begins[place], begins[place + 1])
                idf[place] = model.idf[term]
                passages[part] = numbers
                # rank-bm25's expression, in its order of operations
                weights[part] = model.idf[term] * (
                    (frequencies * (model.k1 + 1))
                    / (model.k1 * (1 - model.b + model.b * lengths[numbers] / model.avgdl) + frequencies)
                )
        folder.mkdir(parents=True, exist_ok=True)
        Numbers.write(folder / "terms", ((term, place) for place, term in enumerate(rows)))
        for name, array in (
            ("begins", begins),
            ("passages", passages),
            ("weights", weights),
            ("idf", idf),
            ("size", np.array([len(tokens)])),
        ):
            np.save(folder / f"{name}.npy", array)

    def scores(self, tokens: Sequence[str], counts: Sequence[float] | None = None) -> Scores:
        """The score of every passage; `counts` says what each token counts, 1 where not given."""
        scores = np.zeros(self.size)
        for position, place in enumerate(self._terms.find(tokens)):
            if place < 0:
                continue
            part = slice(self._begins[place], self._begins[place + 1])
            if counts is None or counts[position] == 1:
                scores[self._passages[part]] += self._weights[part]
            else:
                scores[self._passages[part]] += counts[position] * self._weights[part]
        return scores

    def idf(self, tokens: Sequence[str]) -> list[float]:
        """The idf of each token; that of a token in no passage is the largest possible."""
        unknown = float(np.log(self.size + 1))
        return [float(self._idf[place]) if place >= 0 else unknown for place in self._terms.find(tokens)]

    def knows(self, tokens: Sequence[str]) -> list[bool]:
        """For each token, whether any passage holds it."""
        return [place >= 0 for place in self._terms.find(tokens)]

    def holding(self, tokens: Sequence[str], passage: int) -> frozenset[str]:
        """Those of the tokens that the passage holds."""
        held = []
        for token, place in zip(tokens, self._terms.find(tokens), strict=True):
            if place < 0:
                continue
            row = self._passages[self._begins[place] : self._begins[place + 1]]
            at = int(np.searchsorted(row, passage))
            if at < len(row) and row[at] == passage:
                held.append(token)
        return frozenset(held)


def best(scores: NDArray[np.floating], count: int) -> NDArray[np.intp]:
    """Numbers of the highest scores above zero, best first; of equal ones the lower number first.

    Sorting all scores costs more than computing them, since most are zero. The count-th highest block
    maximum bounds the count-th highest score from below, so only what reaches it is sorted.
    """
    size = len(scores)
    if size == 0 or count < 1:
        return np.zeros(0, np.intp)
    full = size // _BLOCK * _BLOCK
    maxima = scores[:full].reshape(-1, _BLOCK).max(axis=1)
    if full < size:
        maxima = np.append(maxima, scores[full:].max())
    if len(maxima) > count:
        bound = np.partition(maxima, len(maxima) - count)[len(maxima) - count]
        blocks = np.flatnonzero(maxima >= bound) if bound > 0 else np.flatnonzero(maxima > 0)
        places = (blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
        places = places[places < size]
        places = places[scores[places] >= max(bound, np.finfo(np.float64).tiny)]
    else:
        places = np.flatnonzero(scores > 0)
    order = np.lexsort((places, -scores[places]))
    return places[order[:count]]
