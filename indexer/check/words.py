"""Rules on the words of a brief: the glossary's terms and the language."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from langdetect.detector_factory import (
    PROFILES_DIRECTORY,
    DetectorFactory,
)
from langdetect.lang_detect_exception import LangDetectException

from ..analysis.concepts import Concepts
from ..analysis.lemmas import Dictionary
from ..extract.markdown import Block
from ..models import LANGUAGES
from ..terms import Concept
from ..text import fold, words
from .files import Brief, Corpus
from .places import Spot

_SHORTEST_SECTION = 200  # characters; langdetect is not reliable on less
_SURE = 0.9


def avoided_terms(corpus: Corpus) -> Iterator[Spot]:
    """A word that the glossary says to avoid, used for the very concept.

    A word under `avoid` of a concept is reported in a paragraph or list item when all of this holds:

    1. the block has the word or phrase, in any inflected form, and not as a part of a longer glossary
       term: in Finnish "ilman huoltajaa oleva lapsi", `huoltaja` is right;
    2. the English block at the same place of the same section has one of the concept's English terms, so
       that the block speaks of the concept;
    3. the block has none of the concept's terms of its own language: beside the right term, the word most
       likely means something else.

    Inflected forms are compared by stems first, which is quick and finds too many, then by lemmas, as the
    index does. English briefs cannot break the rule, since 2 and 3 exclude each other there.
    """
    concepts = corpus.concepts()
    for brief, reference in corpus.pairs():
        if reference.lang != "en" or brief.lang not in LANGUAGES:
            continue
        avoiding = [concept for concept in concepts if concept.avoid.get(brief.lang)]
        for block, english in _same_places(brief, reference) if avoiding else ():
            for concept in avoiding:
                if word := _avoided(concept, brief.lang, block.text, english.text, concepts):
                    preferred = concept.terms[brief.lang][0]
                    yield Spot(
                        brief.path,
                        block.line,
                        f"'{word}' is to be avoided for the concept {concept.id}; write '{preferred}'",
                    )


def _same_places(brief: Brief, reference: Brief) -> Iterator[tuple[Block, Block]]:
    for anchor, mine in brief.by_anchor.items():
        theirs = reference.by_anchor.get(anchor)
        if theirs is not None and len(mine.blocks) == len(theirs.blocks):
            yield from zip(mine.blocks, theirs.blocks, strict=True)


def _avoided(concept: Concept, lang: str, text: str, english: str, concepts: Sequence[Concept]) -> str | None:
    """The word to avoid that the text uses for the concept; None without one."""
    spoken = concept.terms.get(lang, ())
    for phrase in concept.avoid[lang] if spoken else ():
        if (
            _has_stems(text, [phrase])
            and not _has_stems(text, spoken)
            and _has_stems(english, concept.terms.get("en", ()))
            and concept.id in _found(english, "en", concepts, None)
            and "" in _found(text, lang, concepts, phrase)
        ):
            return phrase
    return None


def _has_stems(text: str, phrases: Sequence[str]) -> bool:
    """Whether the words of a phrase follow each other in the text, up to their last two letters."""
    found = [fold(word) for word in words(text)]
    for phrase in phrases:
        stems = [stem[: max(3, len(stem) - 2)] for stem in map(fold, words(phrase))]
        for at in range(len(found) - len(stems) + 1):
            if all(found[at + offset].startswith(stem) for offset, stem in enumerate(stems)):
                return True
    return False


def _found(text: str, lang: str, concepts: Sequence[Concept], avoid: str | None) -> set[str]:
    """Ids of the concepts in the text, by lemmas; the empty id for the phrase to avoid."""
    lemmas = _dictionary(lang)
    entries = [(lemmas(words(avoid)), "")] if avoid else []  # first: it wins over a term of equal length
    entries += [(lemmas(words(term)), it.id) for it in concepts for term in it.terms.get(lang, ())]
    found = words(text)
    return set(Concepts(entries).find(lemmas(found), [fold(word) for word in found]))


@cache
def _dictionary(lang: str) -> Dictionary:
    return Dictionary(lang)


def wrong_language(corpus: Corpus) -> Iterator[Spot]:
    """A section that reads as another language than that of its folder."""
    for brief in corpus.briefs:
        for section in brief.sections if brief.lang in LANGUAGES else ():
            text = " ".join(block.text for block in section.blocks)
            if len(text) < _SHORTEST_SECTION:
                continue
            lang, share = _recognised(text)
            if lang != brief.lang and share > _SURE:
                yield Spot(brief.path, section.line, f"the section reads as '{lang}', not '{brief.lang}'")


def _recognised(text: str) -> tuple[str, float]:
    """The most likely of the six languages and its probability; 0 when there is nothing to go by."""
    detector = _detectors().create()
    detector.n_trial = 3  # instead of 7: on so much text the trials agree, and a trial is the cost
    detector.append(text)
    try:
        best = detector.get_probabilities()[0]
    except (LangDetectException, IndexError):
        return "", 0.0
    return best.lang, best.prob


@cache
def _detectors() -> Any:
    """langdetect with the profiles of the six languages alone.

    That is what a prior of zero for the other 49 does, at a tenth of the time. The seed makes a text give the
    same answer each time.
    """
    factory = DetectorFactory()
    factory.set_seed(0)
    profiles = Path(PROFILES_DIRECTORY)
    factory.load_json_profile([(profiles / lang).read_text(encoding="utf-8") for lang in LANGUAGES])
    return factory
