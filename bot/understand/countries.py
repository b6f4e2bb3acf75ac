"""Countries in a message, in any grammatical case, as adjectives, as inhabitants and as abbreviations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel import Locale

from indexer import CorpusError, fold, load_mapping, word_spans, words

# Languages whose country names are looked for: those in which a question may be asked.
_LANGUAGES = ("en", "et", "fi", "lv", "lt", "ru", "sv", "da", "nb", "is", "de", "pl", "uk")
# Territories that CLDR lists and nobody means when writing the word.
_CODES_ASIDE = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
#: Shortest word, in letters, that a CLDR name may be recognised by when endings are left off.
_SHORTEST_STEM = 5
_SUFFIXES = {"lt": "s", "is": "ur"}
_ENDINGS = "aeiouyäöõüāēīōūąęėįųасяьийоуы"
#: The longest name in words.
_LONGEST = 3

#: Before a word that begins so, a country's name is the name of a language: `rootsi keel`.
_LANGUAGE_WORDS = {"en": "language", "et": "keel", "fi": "kiel", "lv": "valod", "lt": "kalb", "ru": "язык", "uk": "мов"}

#: Abbreviations of the network's countries, recognised in capitals.
_ABBREVIATIONS = frozenset({"DK", "EE", "FI", "DE", "LV", "LT", "PL", "SE", "UA"})
# In capitals these are also words said with emphasis; in a text with other abbreviations they are countries.
_DOUBTFUL = {"NO", "IS"}
_ALSO_DOUBTFUL = {"fi": {"SE"}}


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    forms: Mapping[str, str]
    """Whole words, and phrases joined by spaces, to the country's code."""
    stems: Mapping[str, str]
    """Beginnings of words to the country's code."""
    never: frozenset[str]
    """Words and phrases of the language that look like a country's name and are something else."""


class Countries:
    """Recognises countries by CLDR's names and by the corpus's own forms, `countries.yaml`."""

    def __init__(self, path: Path) -> None:
        """Raises CorpusError when the file is missing or wrong."""
        own = load_mapping(path)
        self._by_language = {lang: _vocabulary(lang, own, path) for lang in _LANGUAGES}

    def find(self, text: str, lang: str) -> tuple[str, ...]:
        """ISO codes of the countries in the text, in the order in which they are named."""
        found: dict[str, None] = {}
        spans = list(word_spans(text))
        tokens = [word for word, _, _ in spans]
        abbreviated = _abbreviations([text[begin:end] for _, begin, end in spans], lang)
        # The language of the message first: a word may be a country there and something else elsewhere.
        order = [self._by_language[code] for code in dict.fromkeys((lang, "en")) if code in self._by_language]
        at = 0
        while at < len(tokens):
            code, step = (abbreviated[at], 1) if at in abbreviated else _named(tokens, at, order)
            if code and not _is_language(tokens, at + step, lang):
                found.setdefault(code)
            at += step
        return tuple(found)


def _abbreviations(written: Sequence[str], lang: str) -> dict[int, str]:
    """Places of the abbreviations among the words as they are written."""
    if all(word == word.upper() for word in written):
        return {}  # in a text all in capitals they cannot be told from words
    doubtful = _DOUBTFUL | _ALSO_DOUBTFUL.get(lang, set())
    places = {at: word for at, word in enumerate(written) if word in _ABBREVIATIONS | _DOUBTFUL}
    is_sure = any(code not in doubtful for code in places.values())
    return places if is_sure else {}


def _is_language(tokens: Sequence[str], after: int, lang: str) -> bool:
    word = _LANGUAGE_WORDS.get(lang)
    return word is not None and after < len(tokens) and tokens[after].startswith(word)


def _named(tokens: Sequence[str], at: int, order: Sequence[_Vocabulary]) -> tuple[str, int]:
    """The country named at this place and the number of its words; no country and 1 when none is."""
    for vocabulary in order:
        match = _match(tokens, at, vocabulary)
        if match is not None:
            return match
    return "", 1


def _match(tokens: Sequence[str], at: int, vocabulary: _Vocabulary) -> tuple[str, int] | None:
    for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
        phrase = " ".join(tokens[at : at + length])
        for form in (phrase, fold(phrase)):
            if form in vocabulary.never:
                return "", length
            if form in vocabulary.forms:
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
    never: set[str] = set()
    covered = set()
    for code, by_language in own.items():
        entry = _entry(code, by_language, lang, path)
        if entry.get("stems") or entry.get("forms"):
            covered.add(code)
        for stem in entry.get("stems", ()):
            _add(stems, str(stem), code)
        for form in entry.get("forms", ()):
            _add(forms, " ".join(words(str(form))), code)
        never.update(" ".join(words(str(word))) for word in entry.get("never", ()))
    for code, name in Locale.parse(lang).territories.items():
        if len(code) != 2 or not code.isalpha() or code in _CODES_ASIDE:
            continue
        parts = words(name)
        _add(forms, " ".join(parts), code)
        # The own list decides for the countries that it covers; for others an ending may change.
        if code not in covered and len(parts) == 1:
            stem = parts[0].removesuffix(_SUFFIXES.get(lang, "")).rstrip(_ENDINGS)
            if len(stem) >= _SHORTEST_STEM:
                _add(stems, stem, code)
    return _Vocabulary(forms, stems, frozenset(never))


def _entry(code: str, by_language: object, lang: str, path: Path) -> Mapping[str, Sequence[object]]:
    entry = (by_language.get(lang) or {}) if isinstance(by_language, dict) else None
    if not isinstance(entry, dict) or not set(entry) <= {"stems", "forms", "never"}:
        raise CorpusError(f"{path}: country '{code}': expected languages with `stems`, `forms` and `never`.")
    return entry


def _add(table: dict[str, str], text: str, code: str) -> None:
    table.setdefault(text, code)
    # Bare letters too, as typed without diacritics, where that is not another country's name.
    table.setdefault(fold(text), code)
