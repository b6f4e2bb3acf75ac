"""Fits `indexer/topics.npz`, `indexer/confidence.npz` and `bot/understand/second_look.npz`.

    uv run --group bench python -m tests.benchmarks.calibrate INDEX

INDEX is the folder of a built index with embeddings of the shipped corpus. Fitted on the half of the golden
questions that is not held back and on `tests/golden/scope/`; printed are the shares declined, of the tuning half
by cross-validation and of the held-back half.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.svm import SVC

from bot.understand import second_look
from indexer import LANGUAGES, Index, confidence, current, topics
from indexer.confidence import features
from indexer.embeddings import LocalE5, VectorCache
from indexer.kernel import FRACTIONS, GAMMA, SPREAD
from indexer.wording import Wording, word_keys
from tests.auxil.golden import FOLDER, as_heard, golden, lines, neighbours

#: Share of the in-scope questions that may be declined. With embeddings, where both kinds of error are below 5% in each
#: language by cross-validation; without, more, since it takes a stricter bar there to decline what is out of scope, and
#: no answer is better than a wrong one.
DECLINED = {"fused": 0.02, "bm25": 0.1}
#: Share of the other messages that may be taken for an emergency, for a request for contacts, or for something said
#: about the assistant. A card too many costs a glance; an emergency that is missed may cost much more; a question
#: that gets an introduction for an answer is worse than one about the assistant that is searched for in vain.
TAKEN_FOR = {"emergency": 0.02, "contacts": 0.01, "about": 0.003}
# Hits of which one must be sure; as many are shown first.
_SHOWN = 3
_AXES = 256
_FOLDS = 5
_FEATURE_SPREAD = 0.5
_PENALTY, _WORD_PENALTY = 3, 10
_TOPIC_PENALTY, _VECTOR_PENALTY = 30, 10
# Share of the questions of a language from which a word is too common to tell anything.
_COMMON = 0.1


@dataclass(frozen=True, slots=True)
class Row:
    """A question whose answer is known, and what the product sees of it."""

    lang: str
    is_in_scope: bool
    is_held_back: bool
    is_fair: bool
    """Whether the bar is set by it: a question as the day brings them, not one made to be hard."""
    keys: np.ndarray
    fused: np.ndarray
    """Features of the first hits, with embeddings; the last feature is that of the words."""
    bm25: np.ndarray
    vector: np.ndarray


def main(folder: Path) -> None:
    """Fit, print and write the files."""
    index = Index(current(folder))
    cache = VectorCache(folder / "cache", LocalE5())
    # First, since what is found, and how sure it is, rests on it.
    np.savez_compressed(Path(str(topics.__file__)).with_suffix(".npz"), **_topics(index, cache))
    confidence_file = Path(str(confidence.__file__)).with_suffix(".npz")
    np.savez_compressed(confidence_file, **_confidence(_rows(index, cache)))
    np.savez_compressed(Path(str(second_look.__file__)).with_suffix(".npz"), **_second_look(index, cache))


# ---- which topic answers --------------------------------------------------------------------------------


def _topics(index: Index, cache: VectorCache) -> dict[str, np.ndarray]:
    """Fit two regressions on the questions whose topics are known; each of two topics gets half of a question."""
    known = [line for lang in (*LANGUAGES, "neighbours") for line in _scope(lang) if line.get("topics")]
    answers = [(place, topic) for place, line in enumerate(known) for topic in line["topics"]]
    places = np.array([place for place, _ in answers])
    names = np.array([topic for _, topic in answers])
    shares = np.array([1 / len(known[place]["topics"]) for place in places])
    vectors = cache.questions([index.spelled(line["text"], line["lang"]) for line in known])
    centre = vectors.mean(axis=0)
    rows = vectors - centre
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    by_vector = LogisticRegression(C=_VECTOR_PENALTY, max_iter=300).fit(rows[places], names, shares)
    words = _Words([_keys(index, line["text"], line["lang"]) for line in known])
    matrix = words.matrix([_keys(index, line["text"], line["lang"]) for line in known])
    by_words = LogisticRegression(C=_TOPIC_PENALTY, max_iter=300).fit(matrix[places], names, shares)
    scale = np.abs(by_words.coef_).max(axis=1) / 127
    return {
        "model": np.array(LocalE5.model),
        "names": by_words.classes_,
        "centre": centre.astype(np.float32),
        "directions": by_vector.coef_.T.astype(np.float16),
        "direction_biases": by_vector.intercept_.astype(np.float32),
        "word_keys": words.keys,
        "word_weights": words.weights.astype(np.float16),
        "word_odds": np.rint(by_words.coef_ / scale[:, None]).T.astype(np.int8),
        "word_scale": scale.astype(np.float32),
        "word_biases": by_words.intercept_.astype(np.float32),
    }


def _keys(index: Index, text: str, lang: str) -> np.ndarray:
    own = index.languages.get(lang)
    return word_keys(own.tokens(text) if own else [], lang)


def _scope(name: str) -> Iterator[dict]:  # type: ignore[type-arg]
    """The lines of a file of `tests/golden/scope/`, each with its language."""
    for line in lines(FOLDER / "scope" / f"{name}.jsonl"):
        lang = line.get("lang", name)
        yield {**line, "lang": lang, "text": as_heard(line["text"], lang)}


# ---- whether the corpus answers -------------------------------------------------------------------------


def _rows(index: Index, cache: VectorCache) -> list[Row]:
    asked = [question for lang in LANGUAGES for question in golden(lang)]
    asked += [message for message in neighbours() if message.intent == "question"]
    questions = [(it.lang, it.text, it.is_in_scope, it.is_held_back, True) for it in asked]
    for name in (*LANGUAGES, "neighbours"):
        questions += [(line["lang"], line["text"], line["in_scope"], False, False) for line in _scope(name)]
    vectors = cache.questions([index.spelled(text, lang) for lang, text, *_ in questions])
    return [_row(index, *question, vector) for question, vector in zip(questions, vectors, strict=True)]


def _row(
    index: Index, lang: str, text: str, is_in_scope: bool, is_held_back: bool, is_fair: bool, vector: np.ndarray
) -> Row:
    fused, bm25 = (
        np.array([features(hit.evidence) for hit in index.search(text, lang, _SHOWN, given)] or [(0.0,) * 5])
        for given in (vector, None)
    )
    return Row(lang, is_in_scope, is_held_back, is_fair, _keys(index, text, lang), fused, bm25, vector)


class _Words:
    """The words of questions, and what weight each has."""

    def __init__(self, questions: list[np.ndarray]) -> None:
        """Each question by the keys of its words."""
        keys, counts = np.unique(np.concatenate(questions), return_counts=True)
        # A word of one question teaches nothing, and one of very many tells what is said with it, not about what.
        share = len(questions) / len(LANGUAGES)
        chosen = (counts > 1) & (counts < _COMMON * share)
        self.keys = keys[chosen]
        self.weights = np.log(share / counts[chosen] + 1) ** 2

    def matrix(self, questions: list[np.ndarray]) -> csr_matrix:
        """A row for each question."""
        wording = Wording(self.keys, self.weights)
        found = [wording(keys) for keys in questions]
        begins = np.cumsum([0, *(len(places) for places, _ in found)])
        values, places = np.concatenate([row for _, row in found]), np.concatenate([row for row, _ in found])
        return csr_matrix((values, places, begins), (len(questions), len(self.keys)))


class _WordOdds:
    """Log odds of single words: logistic regression on which words a question has."""

    def __init__(self, rows: list[Row]) -> None:
        self.words = _Words([row.keys for row in rows])
        fitted = LogisticRegression(C=_WORD_PENALTY, max_iter=1000, class_weight="balanced")
        self.odds = fitted.fit(self._matrix(rows), [row.is_in_scope for row in rows]).coef_[0]

    def __call__(self, rows: list[Row]) -> np.ndarray:
        return np.asarray(self._matrix(rows) @ self.odds)

    def _matrix(self, rows: list[Row]) -> csr_matrix:
        return self.words.matrix([row.keys for row in rows])


class _Model:
    """All that is fitted on some questions, with the words' opinion as one feature of the machine.

    What the words say of the questions that they were fitted on would be too good: the machine learns from
    opinions of words that were fitted on other questions.
    """

    def __init__(self, rows: list[Row], kind: str) -> None:
        self.kind = kind
        opinions = np.zeros(len(rows))
        for others, own in KFold(_FOLDS, shuffle=True, random_state=2).split(rows):
            opinions[own] = _WordOdds([rows[i] for i in others])([rows[i] for i in own])
        self.words = _WordOdds(rows)
        self.space = _Space(np.array([row.vector for row in rows]))
        best = self._hits([getattr(row, kind)[:1] for row in rows], opinions)
        # Without embeddings there is no similarity, which is the first.
        self.width = best.shape[1] - (kind == "bm25")
        deviation = best.std(axis=0)
        self.mean, self.scale = best.mean(axis=0), np.where(deviation > 0, deviation, 1) / _FEATURE_SPREAD
        points = self._points(best, np.array([row.vector for row in rows]))
        self.svm = _svm().fit(points, [row.is_in_scope for row in rows])

    def __call__(self, rows: list[Row]) -> np.ndarray:
        """Of each question, the score of the hit of which the machine is surest."""
        found = [getattr(row, self.kind) for row in rows]
        counts = [len(hits) for hits in found]
        vectors = np.repeat([row.vector for row in rows], counts, axis=0)
        scores = self.svm.decision_function(self._points(self._hits(found, self.words(rows)), vectors))
        return np.maximum.reduceat(scores, np.cumsum([0, *counts[:-1]]))

    @staticmethod
    def _hits(found: list[np.ndarray], opinions: np.ndarray) -> np.ndarray:
        """The features of all hits, with these opinions of the words for each question."""
        return np.column_stack([np.vstack(found)[:, :-1], np.repeat(opinions, [len(hits) for hits in found])])

    def _points(self, hits: np.ndarray, vectors: np.ndarray) -> np.ndarray:
        scaled = ((hits - self.mean) / self.scale)[:, -self.width :]
        return np.hstack([scaled, self.space(vectors)]) if self.kind == "fused" else scaled


def _confidence(rows: list[Row]) -> dict[str, np.ndarray]:
    tuning = [row for row in rows if not row.is_held_back]
    held_back = [row for row in rows if row.is_held_back]
    arrays: dict[str, np.ndarray] = {"model": np.array(LocalE5.model)}
    for kind in ("fused", "bm25"):
        scores = _cross_validated(tuning, kind)
        slope = _slope(scores, np.array([row.is_in_scope for row in tuning]))
        biases = _biases(tuning, scores, slope, DECLINED[kind])
        model = _Model(tuning, kind)
        for fair in (True, False):
            chosen = [i for i, row in enumerate(tuning) if row.is_fair == fair]
            name = f"{kind}, {'golden tuning half' if fair else 'scope'} by cross-validation"
            _report(name, [tuning[i] for i in chosen], scores[chosen], slope, biases)
        _report(f"{kind}, held back", held_back, model(held_back), slope, biases)
        arrays |= _machine(kind, model.svm, model.width, slope, biases)
        arrays |= {f"{kind}_mean": model.mean.astype(np.float32), f"{kind}_scale": model.scale.astype(np.float32)}
    return arrays | {
        "word_keys": model.words.words.keys,
        "word_weights": model.words.words.weights.astype(np.float16),
        "word_odds": model.words.odds.astype(np.float16),
        **model.space.arrays,
    }


def _cross_validated(rows: list[Row], kind: str) -> np.ndarray:
    """Of each question, the score by a model that has not seen it."""
    folds = list(KFold(_FOLDS, shuffle=True, random_state=1).split(rows))
    found = Parallel(n_jobs=-1)(
        delayed(_scores)(kind, [rows[i] for i in others], [rows[i] for i in own]) for others, own in folds
    )
    scores = np.zeros(len(rows))
    for (_, own), part in zip(folds, found, strict=True):
        scores[own] = part
    return scores


def _scores(kind: str, known: list[Row], asked: list[Row]) -> np.ndarray:
    return _Model(known, kind)(asked)


def _slope(scores: np.ndarray, answers: np.ndarray) -> float:
    """Turns scores into log odds (J. Platt, Probabilistic outputs for support vector machines, 1999)."""
    return float(LogisticRegression(class_weight="balanced").fit(scores[:, None], answers).coef_[0, 0])


def _biases(rows: list[Row], scores: np.ndarray, slope: float, share: float) -> dict[str, float]:
    """For the six languages together, and for all others together, what lets all but the allowed share pass.

    A hundred questions a language would put the bar of each where three or four of them happen to lie.
    """
    fair = [(_group(row), s) for row, s in zip(rows, scores, strict=True) if row.is_in_scope and row.is_fair]
    six = float(np.quantile([s for lang, s in fair if lang], share))
    others = float(np.quantile([s for lang, s in fair if not lang], share))
    return {lang: -slope * (six if lang else others) for lang in (*LANGUAGES, "")}


def _group(row: Row) -> str:
    return row.lang if row.lang in LANGUAGES else ""


def _report(name: str, rows: list[Row], scores: np.ndarray, slope: float, biases: dict[str, float]) -> None:
    declined = np.array([slope * s + biases[_group(row)] < 0 for row, s in zip(rows, scores, strict=True)])
    inside = np.array([row.is_in_scope for row in rows])
    groups = np.array([_group(row) for row in rows])
    cells = [
        f"{lang or 'other'} {declined[chosen & inside].mean():.1%}/{declined[chosen & ~inside].mean():.1%}"
        for lang in (*LANGUAGES, "")
        if (chosen := groups == lang).any()
    ]
    print(f"{name}: declined in/out of scope {declined[inside].mean():.1%}/{declined[~inside].mean():.1%}:", *cells)


# ---- what a message wants -------------------------------------------------------------------------------


def _second_look(index: Index, cache: VectorCache) -> dict[str, np.ndarray]:
    """Fit one machine for each intent on all messages whose intent is known, and print what it would miss."""
    messages: list[tuple[str, str, str]] = []
    for lang in LANGUAGES:
        for path in (FOLDER / f"intents-{lang}.jsonl", FOLDER / "scope" / f"intents-{lang}.jsonl"):
            messages += [(lang, line["text"], line["intent"]) for line in lines(path)]
        messages += [(lang, question.text, "question") for question in golden(lang) if not question.is_held_back]
        messages += [(lang, line["text"], line.get("intent", "question")) for line in _scope(lang)]
    messages += [(message.lang, message.text, message.intent) for message in neighbours() if not message.is_held_back]
    for line in lines(FOLDER / "scope" / "intents-neighbours.jsonl"):
        messages.append((line["lang"], line["text"], line["intent"]))
    messages = [message for message in messages if message[2] != "personal_data"]
    vectors = cache.questions([index.spelled(text, lang) for lang, text, _ in messages])
    space = _Space(vectors)
    points = space(vectors)
    langs = np.array([lang for lang, _, _ in messages])
    arrays: dict[str, np.ndarray] = {"model": np.array(LocalE5.model), **space.arrays}
    for kind, allowed in TAKEN_FOR.items():
        labels = np.array([intent == kind for _, _, intent in messages])
        scores = np.zeros(len(labels))
        for others, own in StratifiedKFold(_FOLDS, shuffle=True, random_state=1).split(points, labels):
            scores[own] = _svm().fit(points[others], labels[others]).decision_function(points[own])
        bar = float(np.quantile(scores[~labels], 1 - allowed))
        seen = [f"{lang} {(scores[labels & (langs == lang)] > bar).mean():.1%}" for lang in LANGUAGES]
        print(f"{kind}: seen {(scores[labels] > bar).mean():.1%}, taken for one {allowed:.1%}:", *seen)
        arrays |= _machine(kind, _svm().fit(points, labels), 0, 1.0, {"": -bar})
    return arrays


# ---- what they share -----------------------------------------------------------------------------------------------


class _Space:
    """The directions in which the questions differ most: about as good as all, in a third of the size."""

    def __init__(self, vectors: np.ndarray) -> None:
        self.centre = vectors.mean(axis=0).astype(np.float32)
        rows = vectors - self.centre
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        self.axes = np.linalg.svd(rows, full_matrices=False)[2][:_AXES].T.astype(np.float16)

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        rows = (vectors - self.centre) @ self.axes.astype(np.float32)
        return SPREAD * rows / np.linalg.norm(rows, axis=1, keepdims=True)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        return {"centre": self.centre, "axes": self.axes}


def _svm() -> SVC:
    return SVC(C=_PENALTY, gamma=GAMMA, class_weight="balanced", cache_size=3000)


def _machine(name: str, svm: SVC, width: int, slope: float, biases: dict[str, float]) -> dict[str, np.ndarray]:
    """The arrays that `indexer.Machine` reads; the first `width` coordinates are features."""
    total = slope * float(svm.intercept_[0])
    return {
        f"{name}_rows": svm.support_vectors_[:, :width].astype(np.float32),
        f"{name}_places": np.clip(np.rint(svm.support_vectors_[:, width:] * FRACTIONS), -128, 127).astype(np.int8),
        f"{name}_weights": (slope * svm.dual_coef_[0]).astype(np.float32),
        f"{name}_languages": np.array(list(biases)),
        f"{name}_biases": np.array([bias + total for bias in biases.values()], np.float32),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
