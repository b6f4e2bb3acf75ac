"""Lemmas: simplemma's when an index is built, a small table of them when questions are answered.

simplemma's dictionaries for six languages take hundreds of megabytes. A question's word can only match
if its lemma occurs in the corpus or the glossary, so the build keeps just the forms of those lemmas,
and their forms without diacritics.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import simplemma
from simplemma.strategies import DefaultStrategy
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from ..tables import Numbers, Strings
from ..text import fold


class Dictionary:
    """simplemma for one language, as it comes."""

    def __init__(self, lang: str) -> None:
        """Loads the language's dictionary: up to 8 s and 400 MB; let go of it after the build."""
        factory = DefaultDictionaryFactory(cache_max_size=1)
        self._forms: Mapping[str, str] = factory.get_dictionary(lang)
        self._lemmatizer = simplemma.Lemmatizer(lemmatization_strategy=DefaultStrategy(dictionary_factory=factory))
        self._lang = lang
        self._known: dict[str, str] = {}

    def __call__(self, words: Sequence[str]) -> list[str]:
        """The lemma of each word, in lower case; a word that is not known is its own lemma."""
        return [self._lemma(word) for word in words]

    def _lemma(self, word: str) -> str:
        lemma = self._known.get(word)
        if lemma is None:
            lemma = self._lemmatizer.lemmatize(word, self._lang).lower()
            self._known[word] = lemma
        return lemma

    def forms(self, wanted: frozenset[str]) -> Iterable[tuple[str, str]]:
        """All (form, lemma) pairs whose lemma is wanted; those met in texts come first."""
        yield from ((form, lemma) for form, lemma in self._known.items() if lemma in wanted)
        for form, lemma in self._forms.items():
            if lemma.lower() in wanted:
                yield form.lower(), lemma.lower()


class LemmaTable:
    """The baked table of one language, memory-mapped."""

    def __init__(self, folder: Path) -> None:
        self._forms = Numbers(folder / "forms")
        self._lemmas = Strings(folder / "lemmas")

    @staticmethod
    def write(folder: Path, dictionary: Dictionary, wanted: frozenset[str]) -> None:
        """Bake the forms of the wanted lemmas."""
        folder.mkdir(parents=True, exist_ok=True)
        ordered = sorted(wanted)
        number = {lemma: place for place, lemma in enumerate(ordered)}
        pairs = list(dictionary.forms(wanted))
        Strings.write(folder / "lemmas", ordered)
        Numbers.write(
            folder / "forms",
            [
                *((form, number[lemma]) for form, lemma in pairs),
                # after the true forms, so that a real word is never read as another's bare form
                *((fold(form), number[lemma]) for form, lemma in pairs),
            ],
        )

    def __call__(self, words: Sequence[str]) -> list[str]:
        """The lemma of each word; a word that is not known is its own lemma."""
        return [
            word if number < 0 else self._lemmas[number]
            for word, number in zip(words, self._forms.find(words), strict=True)
        ]

    def knows(self, words: Sequence[str]) -> list[bool]:
        """For each word, whether it is a form of a lemma that occurs in the corpus."""
        return [number >= 0 for number in self._forms.find(words)]
