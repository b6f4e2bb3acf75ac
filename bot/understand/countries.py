"""Countries in a message, in any grammatical case, as adjectives and as inhabitants."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale

from indexer import CorpusError, fold, load_mapping, words

# Languages whose country names are looked for in every message, whatever its language.
_LANGUAGES = ("en", "et", "fi", "lv", "lt", "ru", "sv", "de", "pl", "uk")
# Territories that CLDR lists and nobody means when writing the word.
_CODES_ASIDE = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
#: Shortest word, in letters, that a CLDR name may be recognised by when endings are left off.
_SHORTEST_STEM = 5


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    forms: Mapping[str, str]
    """Whole words, and phrases joined by spaces, to the country's code."""
    stems: Mapping[str, str]
    """Beginnings of words to the country's code."""


class Countries:
    """Recognises countries by CLDR's names and by the corpus's own forms, `countries.yaml`."""

    def __init__(self, path: Path) -> None:
        """Raises CorpusError when the file is missing or wrong."""
        own = load_mapping(path)
        self._by_language = {lang: _vocabulary(lang, own, path) for lang in _LANGUAGES}

    def find(self, text: str, lang: str) -> tuple[str, ...]:
        """ISO codes of the countries in the text, in the order in which they are named."""
        found: dict[str, None] = {}
        tokens = words(text)
        # The language of the message first: a word may be a country there and something else elsewhere.
        order = [lang, "en"] if lang in self._by_language else ["en"]
        at = 0
        while at < len(tokens):
            step = 1
            for code_lang in order:
                match = self._match(tokens, at, self._by_language[code_lang])
                if match is not None:
                    code, step = match
                    found.setdefault(code)
                    break
            at += step
        return tuple(found)

    @staticmethod
    def _match(tokens: list[str], at: int, vocabulary: _Vocabulary) -> tuple[str, int] | None:
        for length in (3, 2, 1):
            phrase = " ".join(tokens[at : at + length])
            for form in (phrase, fold(phrase)):
                if form in vocabulary.forms and len(tokens) - at >= length:
                    return vocabulary.forms[form], length
        word = tokens[at]
        for form in (word, fold(word)):
            for end in range(len(form), 3, -1):
                if form[:end] in vocabulary.stems:
                    return vocabulary.stems[form[:end]], 1
        return None


def _vocabulary(lang: str, own: Mapping[str, object], path: Path) -> _Vocabulary:
    forms: dict[str, str] = {}
    stems: dict[str, str] = {}
    for code, by_language in own.items():
        if not isinstance(by_language, dict):
            raise CorpusError(f"{path}: country '{code}': expected languages with `stems` and `forms`.")
        entry = by_language.get(lang) or {}
        for stem in entry.get("stems", ()):
            _add(stems, str(stem), code)
        for form in entry.get("forms", ()):
            _add(forms, str(form), code)
    for code, name in Locale.parse(lang).territories.items():
        if len(code) != 2 or not code.isalpha() or code in _CODES_ASIDE:
            continue
        parts = words(name)
        _add(forms, " ".join(parts), code)
        # The own list decides for the countries that it covers; for others an ending may change.
        if code not in own and len(parts) == 1:
            stem = parts[0].rstrip("aeiouyäöõüāēīōūąęėįųасяьийоуы")
            if len(stem) >= _SHORTEST_STEM:
                _add(stems, stem, code)
    return _Vocabulary(forms, stems)


def _add(table: dict[str, str], text: str, code: str) -> None:
    table.setdefault(text, code)
    # Bare letters too, as typed without diacritics, where that is not another country's name.
    table.setdefault(fold(text), code)
