"""From text to the tokens that BM25 counts; the same for passages and questions.

Three kinds of evidence, told apart by their first character:

=========  =====================================================================================
`word`     the lemma of a word: survives inflection
`~gram`    four letters of the folded word: survives compounding, missing diacritics, typing errors
`§concept` a glossary concept: the same in every language
=========  =====================================================================================
"""

from collections.abc import Callable, Iterable, Sequence

from ..text import fold, words
from .concepts import Concepts

#: Raised when the same text would give other tokens, so that kept analyses are made anew.
VERSION = 2
GRAM, CONCEPT = "~", "§"
_GRAM_LENGTH = 4

#: What a question's token of each kind counts, relative to a lemma. Chosen by measurement:
#: tests/benchmarks/quality.md.
WEIGHTS = {GRAM: 0.3, CONCEPT: 1.0}

Lemmas = Callable[[Sequence[str]], list[str]]
"""Gives the lemma of each of the words of one language."""


def analyse(text: str, lemmas: Lemmas, concepts: Concepts) -> list[str]:
    """The tokens of a text in one language, lemmas first, in order."""
    found = words(text)
    base = lemmas(found)
    tokens = list(base)
    for word in found:
        tokens.extend(grams(word))
    tokens.extend(CONCEPT + concept for concept in concepts.find(base, [fold(word) for word in found]))
    return tokens


def grams(word: str) -> list[str]:
    """The overlapping four-letter pieces of the folded word, its edges marked."""
    edged = f"^{fold(word)}$"
    return [GRAM + edged[at : at + _GRAM_LENGTH] for at in range(max(1, len(edged) - _GRAM_LENGTH + 1))]


def weight(token: str) -> float:
    """What the token counts in a question, relative to a lemma."""
    return WEIGHTS.get(token[:1], 1.0)


def lemmas_only(tokens: Iterable[str]) -> list[str]:
    """The tokens that are whole words or concepts, without the letter pieces."""
    return [token for token in tokens if not token.startswith(GRAM)]
