"""BM25 with rank-bm25's statistics, served from postings.

The variant is rank-bm25's `BM25Plus` with delta 0: its idf, ln((N + 1) / n), is above zero for every
term, also for one that stands in all passages. `BM25Okapi` takes logarithms of odds there, which are
negative, and replaces them by a share of an average that is itself negative in small corpora, so that
a match can lower a score. With delta above 0, `BM25Plus` adds the same number to passages that lack
the term; that changes no ranking and would make every score non-zero.

rank-bm25 walks through all passages for each word of the question. Here the same float64 products are
prepared at build time and stored as postings; a question adds up those of its words in the same order,
so the sums are equal to the last bit.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Plus

from .tables import Numbers, load

Scores = NDArray[np.float64]
_BLOCK = 256  # passages; the best blocks are found before the best passages
# Share of the passages from which on a term is frequent. Adding up a whole row costs as much time as
# picking a tenth of it does, but 8 bytes a passage: tests/benchmarks/README.md has both.
_FREQUENT = 0.4


class Postings:
    """The BM25 model of one language, memory-mapped.

    A frequent term has a row with its weight in every passage, 0 where it is missing. Any other term has a
    list of the passages that hold it. A weight is the term's idf times a saturation that only depends on the
    frequency in the passage and on the passage's length; there are few of those, so that a list names them
    by a number, which takes a quarter of the space.
    """

    def __init__(self, folder: Path) -> None:
        self._terms = Numbers(folder / "terms")  # frequent ones first
        self._idf: Scores = load(folder / "idf.npy")
        self._frequent: Scores = load(folder / "frequent.npy")
        self._begins: NDArray[np.int64] = load(folder / "begins.npy")
        self._passages: NDArray[np.int32] = load(folder / "passages.npy")
        self._saturations: Scores = load(folder / "saturations.npy")
        self._kinds: NDArray[np.unsignedinteger[Any]] = load(folder / "kinds.npy")
        self.size = int(load(folder / "size.npy")[0])

    @staticmethod
    def write(folder: Path, tokens: Sequence[Sequence[str]]) -> None:
        """Index passages given as their tokens; passage numbers are their places in the sequence."""
        # rank-bm25 divides by the number of passages: where there are none, one without words stands for them.
        terms, arrays = _arrays(BM25Plus(tokens or [[]], delta=0))
        folder.mkdir(parents=True, exist_ok=True)
        Numbers.write(folder / "terms", ((term, place) for place, term in enumerate(terms)))
        np.save(folder / "size.npy", np.array([len(tokens)]))
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)

    def scores(self, tokens: Sequence[str], counts: Sequence[float] | None = None) -> Scores:
        """The score of every passage; `counts` says what each token counts, 1 where not given."""
        scores = np.zeros(self.size)
        for position, place in self._found(tokens):
            count = 1 if counts is None else counts[position]
            if place < len(self._frequent):
                weights = self._frequent[place]
                scores += weights if count == 1 else count * weights
            else:
                row = self._row(place)
                weights = self._idf[place] * self._saturations.take(self._kinds[row])
                np.add.at(scores, self._passages[row], weights if count == 1 else count * weights)
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
        wanted = np.int32(passage)  # of the lists' type, else numpy converts each whole list
        held = []
        for position, place in self._found(tokens):
            if place < len(self._frequent):
                is_held = self._frequent[place, passage] > 0
            else:
                passages = self._passages[self._row(place)]
                at = passages.searchsorted(wanted)
                is_held = at < len(passages) and passages[at] == wanted
            if is_held:
                held.append(tokens[position])
        return frozenset(held)

    def _found(self, tokens: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Position and place of each token that any passage holds."""
        return ((position, place) for position, place in enumerate(self._terms.find(tokens)) if place >= 0)

    def _row(self, place: int) -> slice:
        first = place - len(self._frequent)
        return slice(int(self._begins[first]), int(self._begins[first + 1]))


def _arrays(model: BM25Plus) -> tuple[list[str], dict[str, NDArray[Any]]]:
    """rank-bm25's terms, frequent ones first, and its statistics in the form in which they are stored."""
    terms = sorted(model.idf, key=model.idf.__getitem__)
    idf = np.array([model.idf[term] for term in terms], np.float64)
    places, passages, saturation = _saturation(model, terms)
    begins = places.searchsorted(np.arange(len(terms) + 1))
    count = np.count_nonzero(np.diff(begins) > _FREQUENT * model.corpus_size)
    cut = begins[count]
    frequent = np.zeros((count, model.corpus_size))
    frequent[places[:cut], passages[:cut]] = idf[places[:cut]] * saturation[:cut]
    saturations, kinds = np.unique(saturation[cut:], return_inverse=True)
    return terms, {
        "idf": idf,
        "frequent": frequent,
        "begins": begins[count:] - cut,
        "passages": passages[cut:],
        "saturations": saturations,
        "kinds": kinds.astype(np.min_scalar_type(len(saturations))),
    }


def _saturation(model: BM25Plus, terms: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int32], Scores]:
    """For each term of each passage: place of the term, number of the passage, and what is multiplied by the idf.

    In the order of the terms, then of the passages.
    """
    place = {term: number for number, term in enumerate(terms)}
    sizes = np.fromiter(map(len, model.doc_freqs), np.int64)
    places = np.fromiter(map(place.__getitem__, chain.from_iterable(model.doc_freqs)), np.int32, sizes.sum())
    counted = chain.from_iterable(frequencies.values() for frequencies in model.doc_freqs)
    frequencies = np.fromiter(counted, np.int64, sizes.sum())
    order = np.argsort(places, kind="stable")
    passages = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[order]
    frequencies = frequencies[order]
    # rank-bm25's expression, in its order of operations
    saturation = (frequencies * (model.k1 + 1)) / (
        model.k1 * (1 - model.b + model.b * np.array(model.doc_len)[passages] / model.avgdl) + frequencies
    )
    return places[order], passages, saturation


def best(scores: NDArray[np.floating], count: int) -> NDArray[np.intp]:
    """Numbers of the highest scores above zero, best first; of equal ones the lower number first.

    Sorting all scores costs more than computing them. The count-th highest block maximum bounds the
    count-th highest score from below, so only what reaches it is sorted.
    """
    if len(scores) == 0 or count < 1:
        return np.zeros(0, np.intp)
    has_blocks = len(scores) >= count * _BLOCK
    maxima = np.maximum.reduceat(scores, np.arange(0, len(scores), _BLOCK)) if has_blocks else scores
    bound = np.partition(maxima, -count)[-count] if len(maxima) >= count else 0
    places = np.flatnonzero(scores >= bound if bound > 0 else scores > 0)
    order = np.lexsort((places, -scores[places]))
    return places[order[:count]]
