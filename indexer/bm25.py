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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Plus

from .tables import Numbers, load

Scores = NDArray[np.float64]
_BLOCK = 256  # passages; the best blocks are found before the best passages
# Share of the passages from which on a term's row is complete; a complete row costs as much time as a
# third of that in picked places, and at most four times the space.
_FREQUENT = 0.25


class Postings:
    """The BM25 model of one language, memory-mapped.

    A term's row lists the passages that hold it, with the weight of the term in each. A row as long as the
    corpus is complete: it gives a weight to every passage in order, 0 to those that lack the term. Frequent
    terms are stored so, because adding up two whole arrays is several times faster than picking places.
    """

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
        model = BM25Plus(tokens, delta=0) if any(tokens) else None
        folder.mkdir(parents=True, exist_ok=True)
        Numbers.write(folder / "terms", ((term, place) for place, term in enumerate(model.idf if model else ())))
        rows = _rows(model) if model else _Rows(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0))
        for name, array in (
            ("begins", rows.begins),
            ("passages", rows.passages),
            ("weights", rows.weights),
            ("idf", np.array(list(model.idf.values()) if model else [], np.float64)),
            ("size", np.array([len(tokens)])),
        ):
            np.save(folder / f"{name}.npy", array)

    def scores(self, tokens: Sequence[str], counts: Sequence[float] | None = None) -> Scores:
        """The score of every passage; `counts` says what each token counts, 1 where not given."""
        scores = np.zeros(self.size)
        for position, row in self._found(tokens):
            weights = self._weights[row]
            if counts is not None and counts[position] != 1:
                weights = counts[position] * weights
            if len(weights) == self.size:
                scores += weights
            else:
                np.add.at(scores, self._passages[row], weights)
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
        wanted = np.int32(passage)  # of the rows' type, else numpy converts each whole row
        held = []
        for position, row in self._found(tokens):
            if row.stop - row.start == self.size:
                is_held = self._weights[row.start + passage] > 0
            else:
                passages = self._passages[row]
                at = passages.searchsorted(wanted)
                is_held = at < len(passages) and passages[at] == wanted
            if is_held:
                held.append(tokens[position])
        return frozenset(held)

    def _found(self, tokens: Sequence[str]) -> Iterator[tuple[int, slice]]:
        """Of each token that any passage holds: its position among the tokens, and its row."""
        for position, place in enumerate(self._terms.find(tokens)):
            if place >= 0:
                yield position, slice(int(self._begins[place]), int(self._begins[place + 1]))


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of all terms, one after the other."""

    begins: NDArray[np.int64]
    passages: NDArray[np.int32]
    weights: Scores


def _rows(model: BM25Plus) -> _Rows:
    """The weights that rank-bm25 gives to its terms, in the order of its terms."""
    sizes = np.fromiter(map(len, model.doc_freqs), np.int64, len(model.doc_freqs))
    count = int(sizes.sum())
    place = {term: number for number, term in enumerate(model.idf)}
    terms = np.fromiter(map(place.__getitem__, chain.from_iterable(model.doc_freqs)), np.int32, count)
    counted = chain.from_iterable(frequencies.values() for frequencies in model.doc_freqs)
    frequencies = np.fromiter(counted, np.int64, count)
    passages = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)

    # A passage's terms stand together so far; a stable sort keeps the passages of a term in order.
    order = np.argsort(terms, kind="stable")
    terms, frequencies, passages = terms[order], frequencies[order], passages[order]
    idf = np.fromiter(model.idf.values(), np.float64, len(model.idf))
    # rank-bm25's expression, in its order of operations
    weights = idf[terms] * (
        (frequencies * (model.k1 + 1))
        / (model.k1 * (1 - model.b + model.b * np.array(model.doc_len)[passages] / model.avgdl) + frequencies)
    )
    return _complete(np.bincount(terms, minlength=len(idf)), passages, weights, len(sizes))


def _complete(lengths: NDArray[np.intp], passages: NDArray[np.int32], weights: Scores, size: int) -> _Rows:
    """The rows with those of frequent terms made complete; `size` is the number of passages."""
    begins = _begins(lengths)
    is_frequent = lengths > size * _FREQUENT
    new = _begins(np.where(is_frequent, size, lengths))
    # where each posting goes: to its passage's place in a complete row, to its turn in another
    turns = np.arange(len(passages)) - np.repeat(begins[:-1], lengths)
    places = np.repeat(new[:-1], lengths) + np.where(np.repeat(is_frequent, lengths), passages, turns)
    rows = _Rows(new, np.empty(new[-1], np.int32), np.zeros(new[-1]))
    rows.passages[places] = passages
    rows.weights[places] = weights
    for term in np.flatnonzero(is_frequent):
        rows.passages[new[term] : new[term + 1]] = np.arange(size)
    return rows


def _begins(lengths: NDArray[np.intp]) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)


def best(scores: NDArray[np.floating], count: int) -> NDArray[np.intp]:
    """Numbers of the highest scores above zero, best first; of equal ones the lower number first.

    Sorting all scores costs more than computing them. The count-th highest block maximum bounds the
    count-th highest score from below, so only what reaches it is sorted.
    """
    if len(scores) == 0 or count < 1:
        return np.zeros(0, np.intp)
    maxima = np.maximum.reduceat(scores, np.arange(0, len(scores), _BLOCK))
    bound = np.partition(maxima, -count)[-count] if len(maxima) >= count else 0
    places = np.flatnonzero(scores >= bound if bound > 0 else scores > 0)
    order = np.lexsort((places, -scores[places]))
    return places[order[:count]]
