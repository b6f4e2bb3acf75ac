"""The language of a message.

Four witnesses are heard: py3langid, langdetect, the words that the index knows in each language, and the
chat so far. On the first three words of news sentences in the six languages langdetect alone names 93%
rightly and py3langid 97%, without diacritics 85% and 93%; together with the index's words it is 97% and
95% (tests/benchmarks/quality.md). A person's short message in a hurry is no longer than that.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import log

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from indexer import LANGUAGES, Index, word_spans, words

from .script import cyrillic, is_latin

#: Languages in which a question may be asked besides the six of the interface.
FURTHER = ("sv", "da", "nb", "is", "de", "pl", "uk")
# What the detectors call a language of ours.
_DETECTED = {"no": "nb", "nn": "nb"}
# Evidence in log units; the weights are those that did best on the news sentences.
_LANGDETECT = 0.2
_WORD = 2.0
_NAME = 0.3  # a capitalised word inside a message is often a name, which belongs to no language
_FURTHER = -1.0
_CHAT = 1.0
# ... more for a message of a word or two, which may be a word of several languages.
_CHAT_SHORT = 3.0
_CHOSEN = 1.5
_FLOOR = 1e-3
_LETTER = 8.0
# `SIS?` or `GDPR BIA` belong to no language.
_ABBREVIATED = 2
_ABBREVIATION = re.compile(r"(?:[A-Z]{2,5}[\s?!.,]*)+")
# Russian in Latin letters must have so many words that the index knows, this share of all, and so many times as
# many as any language whose letters they are. Of 451 Russian questions, written in Latin letters in two ways, that
# names 85% and 83%; of 25,000 messages in other languages it takes 2 for Russian.
_FEW, _SOME, _CLEARLY = 2, 0.34, 1.5
# Letters that no other language here has; the detectors take short messages with them for Russian.
_UKRAINIAN = re.compile("[ґєії]", re.IGNORECASE)


class Languages:
    """Recognises the language of messages. Loading the models takes about half a second."""

    def __init__(self) -> None:
        self._codes = (*LANGUAGES, *FURTHER)
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        identifier.set_languages([*(code for code in self._codes if code != "nb"), "no"])
        self._identifier = identifier

    @cached_property
    def _factory(self) -> DetectorFactory:
        DetectorFactory.seed = 0
        factory = DetectorFactory()
        factory.load_profile(PROFILES_DIRECTORY)
        return factory

    def recognise(
        self, text: str, index: Index | None = None, chosen: str | None = None, before: str | None = None
    ) -> str:
        """The language code of a message.

        `chosen` is the language that the person set, `before` that of the message before. Digits, emoji,
        abbreviations or an empty text tell nothing: then it is `before`, else `chosen`, else English.
        """
        found = [(word, begin > 0 and text[begin].isupper()) for word, begin, _ in word_spans(text)]
        is_abbreviation = len(found) <= _ABBREVIATED and bool(_ABBREVIATION.fullmatch(text.strip()))
        if not any(word.isalpha() for word, _ in found) or (is_abbreviation and (before or chosen)):
            return before or chosen or "en"
        if index is not None and _is_russian_in_latin(text, index):
            return "ru"
        votes = self._detectors(text)
        if _UKRAINIAN.search(text):
            votes["uk"] += _LETTER
        if index is not None:
            for code, share in _known(found, index).items():
                votes[code] = votes.get(code, log(_FLOOR)) + _WORD * share
        chat = _CHAT + _CHAT_SHORT / len(found)
        for remembered, weight in ((before, chat), (chosen, _CHOSEN)):
            if remembered in votes:
                votes[remembered] += weight
        return max(votes, key=lambda code: votes[code])

    def _detectors(self, text: str) -> dict[str, float]:
        # In capitals, a detector trained on running text sees another language.
        plain = text.lower() if text.isupper() else text
        first = {_DETECTED.get(code, code): share for code, share in self._identifier.rank(plain)}
        second = self._langdetect(plain)
        return {
            code: log(first.get(code, 0) + _FLOOR)
            + _LANGDETECT * log(second.get(code, 0) + 0.01)
            + (_FURTHER if code in FURTHER else 0)
            for code in self._codes
        }

    def _langdetect(self, text: str) -> Mapping[str, float]:
        detector = self._factory.create()
        detector.set_prior_map(dict.fromkeys(LANGUAGES, 1.0))
        detector.append(text)
        try:
            return {found.lang: found.prob for found in detector.get_probabilities()}
        except LangDetectException:  # no letters that it knows
            return {}


def _is_russian_in_latin(text: str, index: Index) -> bool:
    """Whether the index knows clearly more of the words when they are read as Russian in Latin letters."""
    russian = index.languages.get("ru")
    if russian is None or not is_latin(text):
        return False
    read = words(cyrillic(text))
    known = sum(russian.lemmas.knows(read))
    if known < max(_FEW, _SOME * len(read)):
        return False
    typed = words(text)
    return known > _CLEARLY * max(sum(language.lemmas.knows(typed)) for language in index.languages.values())


def _known(found: Sequence[tuple[str, bool]], index: Index) -> dict[str, float]:
    """For each language of the index, how many of the words are its own."""
    spelled = [word for word, _ in found]
    counts = {}
    for code in LANGUAGES:
        language = index.languages.get(code)
        if language is None:
            continue
        known = language.lemmas.knows(spelled)
        counts[code] = sum(
            (_NAME if is_name else 1.0) for is_known, (_, is_name) in zip(known, found, strict=True) if is_known
        )
    return counts
