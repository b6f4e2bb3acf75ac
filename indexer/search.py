"""Search in one generation: BM25, the semantic opinion, their fusion, one hit a group."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import generations
from .analysis import CONCEPT, analyse, lemmas_only, weight
from .analysis.concepts import Concepts
from .analysis.lemmas import LemmaTable
from .bm25 import Postings, best
from .confidence import USUAL_COVERAGE, USUAL_KNOWN, confidences, word_odds
from .embeddings import Vectors
from .library import Library, parse_passage, read_library
from .models import Evidence, Hit, Passage
from .semantic import Semantic
from .spelling import Spellings
from .tables import Numbers, Strings, load
from .text import fold, word_spans, words
from .topics import topics
from .wording import Keys, word_keys

#: Share of BM25 in the fused score for questions of up to 8 and from 20 words on. In a long question more
#: words match by chance. Chosen by measurement: tests/benchmarks/quality.md.
BM25_SHARE_SHORT, BM25_SHARE_LONG = 0.45, 0.3
#: The same where no passage is in the question's language: with concepts of the glossary in the question, which
#: are the same in every language, and without, when little more than names can match.
BM25_SHARE_CONCEPTS, BM25_SHARE_ABROAD = 0.2, 0.12
#: What official text gets ahead of a brief that is equally good.
OFFICIAL_BONUS = 0.02

# ln((N + 1) / n) of a term that stands in about a third of the passages.
_TELLING_IDF = 1.1
Floats = NDArray[np.float64]

#: In which languages a person reads, besides the language of the question, nearest first.
READS: Mapping[str, Sequence[str]] = {
    "uk": ("ru", "en"),
    "ru": ("en",),
    "sv": ("en", "fi"),
    "da": ("en",),
    "nb": ("en",),
    "is": ("en",),
    "de": ("en",),
    "pl": ("en",),
}


class Language:
    """The part of a generation that belongs to one language."""

    def __init__(self, folder: Path) -> None:
        self.lemmas = LemmaTable(folder)
        self.postings = Postings(folder)
        self.spelled = Spellings(folder)
        self.members: NDArray[np.int32] = load(folder / "members.npy")
        self._terms = Strings(folder / "terms-of-concepts")

    @cached_property
    def concepts(self) -> Concepts:
        """The glossary's terms in this language."""
        rows = (self._terms[number].split("\t") for number in range(len(self._terms)))
        return Concepts((row[1:], row[0]) for row in rows)

    def tokens(self, text: str) -> list[str]:
        """The analysed tokens of a text in this language."""
        return analyse(text, self.lemmas, self.concepts)


class Index:
    """One generation, opened for reading. Safe to use from several threads."""

    def __init__(self, generation: Path) -> None:
        self.generation = generation
        self.manifest = generations.read_manifest(generation)
        self._passages = Strings(generation / "passages")
        self._ids = Numbers(generation / "ids")
        self._groups: NDArray[np.int32] = load(generation / "groups.npy")
        self._group_count = int(self._groups.max()) + 1 if len(self._groups) else 0
        self.languages = {folder.name: Language(folder) for folder in sorted((generation / "languages").iterdir())}
        # Read now: the folder may be removed while this generation is still in use.
        self.library: Library = read_library(generation / "library.json")
        """Documents, sources and concepts."""
        model = self.manifest["embeddings"]
        self.semantic = Semantic(generation, model) if model else None

    def __len__(self) -> int:
        return len(self._passages)

    def passage(self, number: int) -> Passage:
        """The passage with this number."""
        return parse_passage(self._passages[number])

    def find(self, passage_id: str) -> Passage | None:
        """The passage with this id or at this place; None when this generation has none."""
        number = self._ids.find([passage_id])[0]
        return self.passage(number) if number >= 0 else None

    def editions(self, passage: Passage) -> dict[str, Passage]:
        """The language versions of the passage, itself included, by language."""
        number = self._ids.find([passage.id])[0]
        if number < 0:
            return {passage.lang: passage}
        found = map(self.passage, self._members_of(int(self._groups[number])))
        return {edition.lang: edition for edition in found}

    def neighbours(self, passage: Passage) -> tuple[Passage | None, Passage | None]:
        """The passages before and after this one in its document."""
        number = self._ids.find([passage.id])[0]
        around = []
        for other in (number - 1, number + 1):
            is_there = number >= 0 and 0 <= other < len(self)
            beside = self.passage(other) if is_there else None
            around.append(beside if beside and beside.document == passage.document else None)
        return around[0], around[1]

    def marks(self, passage: Passage, terms: frozenset[str]) -> list[tuple[int, int]]:
        """Spans of the passage's text that hold a term of the question, also as lemma or concept.

        Words that stand in most passages are left out: they match, but tell the reader nothing.
        """
        language = self.languages[passage.lang]
        telling = self._telling(language, terms)
        spans = list(word_spans(passage.text))
        lemmas = language.lemmas([word for word, _, _ in spans])
        marked = {number for number, lemma in enumerate(lemmas) if lemma in telling}
        folded = [fold(word) for word, _, _ in spans]
        for concept, first, last in language.concepts.spans(lemmas, folded):
            if CONCEPT + concept in telling:
                marked.update(range(first, last))
        return [spans[number][1:] for number in sorted(marked)]

    def sentence_weights(self, passage: Passage, terms: frozenset[str]) -> list[dict[str, float]]:
        """For each sentence of the passage, the terms that it holds with their idf."""
        language = self.languages[passage.lang]
        weights = self._telling(language, terms)
        return [
            {token: weights[token] for token in language.tokens(passage.text[a:b]) if token in weights}
            for a, b in passage.sentences or ((0, len(passage.text)),)
        ]

    @staticmethod
    def _telling(language: Language, terms: frozenset[str]) -> dict[str, float]:
        """The whole terms that say what the question is about, with their idf."""
        whole = sorted(lemmas_only(terms))
        idf = zip(whole, language.postings.idf(whole), strict=True)
        return {term: value for term, value in idf if value >= _TELLING_IDF or term[0] == CONCEPT}

    def passages_of(self, document: int) -> list[Passage]:
        """The passages of a document, in order."""
        return [self.passage(number) for number in range(*self._span(document))]

    def search(
        self,
        question: str,
        lang: str,
        top: int = 10,
        vector: Vectors | None = None,
    ) -> list[Hit]:
        """The best passages for a question, best first, one for each group of language versions.

        `lang` is the language of the question. `vector` is the embedding of the question as `spelled` by the
        model of this generation; without it BM25 decides alone.
        """
        view = self._view(question, lang)
        similarities: NDArray[np.float32] | None = None
        fused = _standard(view.scores)
        if vector is not None and self.semantic is not None:
            similarities = self.semantic.similarities(vector, lang)
            share = _bm25_share(question, view)
            fused = share * fused + (1 - share) * _standard(similarities)
        fused += self._likely(view.keys, vector)
        # above zero also for the last, which in a corpus of one passage is the first
        fused = fused - fused.min(initial=0.0) + 1e-9
        if similarities is None:
            fused[view.scores <= 0] = 0.0
        hits = []
        of_the_field = word_odds(view.keys)
        for group in best(fused, top):
            number = self._edition_for(int(group), lang)
            passage = self.passage(number)
            document = self.library.documents[passage.document]
            terms, coverage = self._match(view, number, passage)
            score = float(fused[group]) + (OFFICIAL_BONUS if document.status == "official" else 0)
            similarity = 0.0 if similarities is None else float(similarities[group])
            evidence = Evidence(similarity, coverage, view.known, len(view.concepts), of_the_field)
            if not view.is_own and similarities is not None:
                # Words of another language cannot be held or known; that speaks neither for nor against.
                evidence = replace(evidence, coverage=USUAL_COVERAGE, known=USUAL_KNOWN)
            hits.append(Hit(passage, score, float(view.scores[group]), evidence, 0.0, terms))
        model = self.semantic.model if self.semantic else None
        sure = confidences([hit.evidence for hit in hits], lang, vector, model)
        hits = [replace(hit, confidence=one) for hit, one in zip(hits, sure, strict=True)]
        return sorted(hits, key=lambda hit: -hit.score)

    def spelled(self, question: str, lang: str) -> str:
        """The question as it is to be embedded: with the diacritics that the corpus writes."""
        language = self.languages.get(lang)
        return language.spelled(question) if language else question

    def unknown_words(self, text: str, lang: str) -> tuple[str, ...]:
        """Words of the text that no passage or glossary term in the language has in any form."""
        language = self.languages.get(lang)
        if language is None:
            return tuple(words(text))
        found = words(text)
        known = language.lemmas.knows(found)
        return tuple(word for word, is_known in zip(found, known, strict=True) if not is_known)

    def _view(self, question: str, lang: str) -> "_View":
        """The question through the eyes of each language's model, its own first."""
        own = self.languages.get(lang)
        asked = own.tokens(question) if own else []
        concepts = [token for token in asked if token.startswith(CONCEPT)]
        scores = np.zeros(self._group_count)
        tokens: dict[str, list[str]] = {}
        for code, language in self.languages.items():
            if code == lang or not len(language.members):
                continue
            tokens[code] = [t for t in language.tokens(question) if t[0] != CONCEPT] + concepts
            places = self._groups[language.members]
            found = language.postings.scores(tokens[code], [weight(t) for t in tokens[code]])
            scores[places] = np.maximum(scores[places], found)
        if own is not None and len(own.members):
            tokens[lang] = asked
            # Its own language knows the question best: where a group has that edition, it decides.
            scores[self._groups[own.members]] = own.postings.scores(tokens[lang], [weight(t) for t in tokens[lang]])
        models = [lang] if lang in tokens else list(tokens)
        idf = {code: self._idf(code, own_tokens) for code, own_tokens in tokens.items()}
        known = max((self._known(code, idf[code]) for code in models), default=0.0)
        return _View(scores, idf, known, tuple(concepts), word_keys(asked, lang), lang in tokens)

    def _idf(self, code: str, tokens: Sequence[str]) -> dict[str, float]:
        """The whole terms of a question in a language's analysis, with their idf there."""
        whole = list(dict.fromkeys(lemmas_only(tokens)))
        return dict(zip(whole, self.languages[code].postings.idf(whole), strict=True))

    def _known(self, code: str, idf: Mapping[str, float]) -> float:
        """Share of the question's words, by weight, that occur in the passages of a language."""
        is_known = self.languages[code].postings.knows(list(idf))
        total = sum(idf.values())
        held = sum(value for value, known in zip(idf.values(), is_known, strict=True) if known)
        return held / total if total else 0.0

    def _match(self, view: "_View", number: int, passage: Passage) -> tuple[frozenset[str], float]:
        """The question's whole terms that the passage holds, and their share by weight."""
        idf = view.idf.get(passage.lang, {})
        language = self.languages[passage.lang]
        local = int(np.searchsorted(language.members, number))
        terms = language.postings.holding(list(idf), local)
        total = sum(idf.values())
        return terms, sum(idf[term] for term in terms) / total if total else 0.0

    def _likely(self, keys: Keys, vector: Vectors | None) -> Floats:
        """For each group, how far its topic is behind the likeliest here; a text of no known topic is not behind."""
        names, topic_of = self._topics
        likely = topics()(keys, vector, self.semantic.model if self.semantic else "")
        most = max((likely[name] for name in names if name in likely), default=0.0)
        return np.array([likely.get(name, most) - most for name in names])[topic_of]

    @cached_property
    def _topics(self) -> tuple[list[str], NDArray[np.intp]]:
        """The topics, and for each group the place of its own; the first, without a name, is that of all others."""
        names = ["", *sorted({document.topic for document in self.library.documents} - {""})]
        topic_of = np.zeros(self._group_count, np.intp)
        for number, document in enumerate(self.library.documents):
            if document.topic:
                topic_of[self._groups[slice(*self._span(number))]] = names.index(document.topic)
        return names, topic_of

    def _span(self, document: int) -> tuple[int, int]:
        """The numbers of the document's first passage and of the one after its last."""
        numbers = range(len(self))
        return (
            bisect_left(numbers, document, key=lambda number: self.passage(number).document),
            bisect_right(numbers, document, key=lambda number: self.passage(number).document),
        )

    def _edition_for(self, group: int, lang: str) -> int:
        """The number of the group's passage that a reader of `lang` reads best."""
        numbers = self._members_of(group)
        if len(numbers) == 1:
            return numbers[0]
        by_language = {self._codes[self._language_of[number]]: number for number in numbers}
        for code in (lang, *READS.get(lang, ()), "en"):
            if code in by_language:
                return by_language[code]
        return numbers[0]

    @cached_property
    def _codes(self) -> tuple[str, ...]:
        return tuple(self.languages)

    @cached_property
    def _language_of(self) -> NDArray[np.int8]:
        """For each passage, the place of its language in `_codes`."""
        places = np.zeros(len(self), np.int8)
        for place, language in enumerate(self.languages.values()):
            places[language.members] = place
        return places

    def _members_of(self, group: int) -> list[int]:
        order, begins = self._by_group
        return [int(number) for number in order[begins[group] : begins[group + 1]]]

    @cached_property
    def _by_group(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        order = np.argsort(self._groups, kind="stable")
        return order, np.searchsorted(self._groups[order], np.arange(self._group_count + 1))


@dataclass(frozen=True, slots=True)
class _View:
    """What BM25 makes of a question."""

    scores: Floats
    """Of each group."""
    idf: Mapping[str, Mapping[str, float]]
    """The question's whole terms, with their idf, in the analysis of each language that has passages."""
    known: float
    """Share of the question's words, by weight, that the corpus knows; 0 to 1."""
    concepts: tuple[str, ...]
    keys: Keys
    """What its own words are known by."""
    is_own: bool
    """Whether there are passages in the question's own language."""


def _bm25_share(question: str, view: _View) -> float:
    if not view.is_own:
        return BM25_SHARE_CONCEPTS if view.concepts else BM25_SHARE_ABROAD
    excess = min(max(len(words(question)) - 8, 0), 12) / 12
    return BM25_SHARE_SHORT + excess * (BM25_SHARE_LONG - BM25_SHARE_SHORT)


def _standard(values: NDArray[np.floating]) -> Floats:
    """The values with mean 0 and standard deviation 1, so that two opinions can be added."""
    centred = np.asarray(values, np.float64) - values.mean()
    deviation = centred.std()
    return np.asarray(centred / deviation) if deviation > 0 else centred
