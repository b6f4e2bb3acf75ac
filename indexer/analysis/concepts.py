"""Glossary concepts in running text: the bridge between languages inside BM25."""

from collections.abc import Iterable, Iterator, Sequence


class Concepts:
    """Finds the terms of one language in sequences of lemmas.

    A term is met when its words follow each other, each as its lemma or, for text typed without
    diacritics, in folded form. The longest term at a place wins, and hides shorter ones inside it.
    """

    def __init__(self, terms: Iterable[tuple[Sequence[str], str]]) -> None:
        """Terms are (words of the term as lemmas or folded forms, concept id)."""
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for term, concept in terms:
            if term:
                self._by_first.setdefault(term[0], []).append((tuple(term), concept))
        for candidates in self._by_first.values():
            candidates.sort(key=lambda candidate: -len(candidate[0]))

    def find(self, lemmas: Sequence[str], folded: Sequence[str]) -> list[str]:
        """Ids of the concepts in the text, in order, each as often as it is met."""
        return [concept for concept, _, _ in self.spans(lemmas, folded)]

    def spans(self, lemmas: Sequence[str], folded: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """The concepts with the numbers of their first word and of the word after their last."""
        at = 0
        while at < len(lemmas):
            match = self._longest(lemmas, folded, at)
            if match is None:
                at += 1
                continue
            term, concept = match
            yield concept, at, at + len(term)
            at += len(term)

    def _longest(self, lemmas: Sequence[str], folded: Sequence[str], at: int) -> tuple[tuple[str, ...], str] | None:
        best: tuple[tuple[str, ...], str] | None = None
        for key in {lemmas[at], folded[at]}:
            for term, concept in self._by_first.get(key, ()):
                if best is not None and len(term) <= len(best[0]):
                    break
                end = at + len(term)
                if end <= len(lemmas) and all(part in {lemmas[at + i], folded[at + i]} for i, part in enumerate(term)):
                    best = (term, concept)
                    break
        return best
