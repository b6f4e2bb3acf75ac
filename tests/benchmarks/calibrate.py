"""Fits the coefficients of `indexer/confidence.json` and `bot/understand/second_look.json`.

    uv run python -m tests.benchmarks.calibrate INDEX

INDEX is the folder of a built index with embeddings of the shipped corpus. Fitted on the half of the golden
questions that is not held back and on `tests/golden/scope/`; printed are the shares declined in the
held-back half.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.understand import second_look
from indexer import LANGUAGES, Index, current
from indexer import confidence as shipped
from indexer.confidence import Evidence
from indexer.embeddings import LocalE5, VectorCache
from tests.auxil.golden import FOLDER, golden, lines

# Chosen from the middle of a plateau: twelve combinations differ little (tests/benchmarks/quality.md). The
# figures of both halves were in view when these two were chosen; the coefficients saw the tuning half alone.
_RIDGE = 0.003
_VECTOR_SCALE = 10.0
_STEPS = 6000
#: Share of in-scope questions that may be declined; the bias is set for a little less.
_DECLINED = 0.035


@dataclass(frozen=True, slots=True)
class _Row:
    lang: str
    in_scope: bool
    is_held_back: bool
    features: tuple[float, ...]
    bm25: tuple[float, ...]
    vector: np.ndarray  # type: ignore[type-arg]


def main(index_path: Path) -> None:
    """Fit, print and write."""
    index = Index(current(index_path))
    cache = VectorCache(index_path / "cache", LocalE5())
    rows = _rows(index, cache)
    tuning = [row for row in rows if not row.is_held_back]
    fused, scope = _fit_fused(tuning)
    bm25 = _fit([row.bm25 for row in tuning], [row.in_scope for row in tuning])
    _report("fused", rows, fused, scope)
    _report("bm25", rows, bm25, None)
    target = Path(str(shipped.__file__)).with_name("confidence.json")
    data = {
        "model": LocalE5.model,
        "scope": [round(float(w), 4) for w in scope],
        "fused": fused,
        "bm25": bm25,
    }
    target.write_text(json.dumps(data) + "\n", encoding="utf-8")
    _second_look(cache, Path(str(second_look.__file__)).with_suffix(".json"))


def _second_look(cache: VectorCache, target: Path) -> None:
    """Fit one head for each intent on all messages whose intent is known, and print what it would miss."""
    messages: list[tuple[str, str, str]] = []
    for lang in LANGUAGES:
        for path in (FOLDER / f"intents-{lang}.jsonl", FOLDER / "scope" / f"intents-{lang}.jsonl"):
            messages += [(lang, line["text"], line["intent"]) for line in lines(path)]
        messages += [(lang, question.text, "question") for question in golden(lang)]
        messages += [(lang, line["text"], "question") for line in lines(FOLDER / "scope" / f"{lang}.jsonl")]
    messages = [message for message in messages if message[2] != "personal_data"]
    vectors = cache.questions([text for _, text, _ in messages])
    heads: dict[str, object] = {"model": LocalE5.model}
    for kind in ("emergency", "contacts"):
        labels = np.array([intent == kind for _, _, intent in messages])
        langs = np.array([lang for lang, _, _ in messages])
        for left_out in LANGUAGES:
            head = _head(vectors[langs != left_out], labels[langs != left_out])
            odds = vectors[langs == left_out] @ np.array(head["weights"]) + head["bias"]
            own = labels[langs == left_out]
            print(
                f"{kind}, {left_out} left out: seen {np.mean(odds[own] > 1.5):.2f}, false {np.mean(odds[~own] > 1.5):.3f}"
            )
        heads[kind] = _head(vectors, labels)
    target.write_text(json.dumps(heads) + "\n", encoding="utf-8")


def _head(vectors, labels) -> dict:  # type: ignore[no-untyped-def,type-arg]
    mean = vectors.mean(axis=0)
    fitted = _fit(np.zeros((len(labels), 1)), labels, (vectors - mean) * _VECTOR_SCALE)
    weights = np.array(fitted["vector"]) * _VECTOR_SCALE
    bias = fitted["bias"] - float(weights @ mean)
    return {"bias": round(bias, 4), "weights": [round(float(w), 4) for w in weights]}


def _rows(index: Index, cache: VectorCache) -> list[_Row]:
    questions: list[tuple[str, str, bool, bool]] = []
    for lang in LANGUAGES:
        questions += [(lang, q.text, q.is_in_scope, q.is_held_back) for q in golden(lang)]
        extra = FOLDER / "scope" / f"{lang}.jsonl"
        questions += [(lang, line["text"], line["in_scope"], False) for line in lines(extra)]
    vectors = cache.questions([text for _, text, _, _ in questions])
    seen: list[Evidence] = []
    import indexer.search as search

    original = search.confidence
    search.confidence = lambda evidence: seen.append(evidence) or 0.5  # type: ignore[func-returns-value,assignment]
    rows = []
    try:
        for (lang, text, in_scope, held), vector in zip(questions, vectors, strict=True):
            features = []
            for given in (vector, None):
                seen.clear()
                index.search(text, lang, 1, given)
                features.append(seen[0].features if seen else (0.0,) * 4)
            rows.append(_Row(lang, in_scope, held, features[0], features[1], vector))
    finally:
        search.confidence = original
    return rows


def _fit_fused(rows: list[_Row]) -> tuple[dict, np.ndarray]:  # type: ignore[type-arg]
    mean = np.mean([row.vector for row in rows], axis=0)
    vectors = np.array([(row.vector - mean) * _VECTOR_SCALE for row in rows])
    coefficients = _fit([row.features for row in rows], [row.in_scope for row in rows], vectors)
    scope = np.array(coefficients.pop("vector")) * _VECTOR_SCALE
    coefficients["bias"] -= float(scope @ mean)
    coefficients["bias"] += _shift(rows, coefficients, scope)
    return coefficients, scope


def _fit(features, labels, vectors=None) -> dict:  # type: ignore[no-untyped-def,type-arg]
    """Logistic regression, classes weighted alike, by gradient descent on standardised features."""
    x = np.array(features)
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    # a feature that never varies gets no weight
    safe = np.where(deviation > 0, deviation, 1.0)
    parts = [(x - mean) / safe] + ([vectors] if vectors is not None else [])
    z = np.column_stack([*parts, np.ones(len(x))])
    y = np.array(labels, float)
    balance = np.where(y == 1, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    weights = np.zeros(z.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-z @ weights))
        penalty = np.append(weights[:-1], 0.0)
        weights -= z.T @ ((p - y) * balance) / len(y) + _RIDGE * penalty
    own = np.where(deviation > 0, weights[: x.shape[1]] / safe, 0.0)
    found = {
        "bias": float(weights[-1] - own @ mean),
        "features": [round(float(w), 4) for w in own],
    }
    if vectors is not None:
        found["vector"] = [float(w) for w in weights[x.shape[1] : -1]]
    return found


def _total(row: _Row, coefficients: dict, scope) -> float:  # type: ignore[no-untyped-def,type-arg]
    features = row.bm25 if scope is None else row.features
    total = coefficients["bias"]
    total += float(np.dot(coefficients["features"], features))
    return total + (float(scope @ row.vector) if scope is not None else 0.0)


def _shift(rows: list[_Row], coefficients: dict, scope) -> float:  # type: ignore[no-untyped-def,type-arg]
    """Half-way between the classes is a little too strict: what lets the allowed share pass."""
    totals = sorted(_total(row, coefficients, scope) for row in rows if row.in_scope)
    return float(min(1.5, max(-1.5, -totals[int(len(totals) * _DECLINED)]))) * 0.5


def _report(name: str, rows: list[_Row], coefficients: dict, scope) -> None:  # type: ignore[no-untyped-def,type-arg]
    coefficients["bias"] = round(coefficients["bias"], 4)
    for held in (False, True):
        cells = []
        for lang in (*LANGUAGES, "all"):
            chosen = [r for r in rows if r.is_held_back == held and lang in {r.lang, "all"}]
            share = {
                kind: np.mean([_total(r, coefficients, scope) < 0 for r in chosen if r.in_scope == kind])
                for kind in (True, False)
            }
            cells.append(f"{lang} in {share[True]:.1%} out {share[False]:.1%}")
        print(f"{name} {'held back' if held else 'tuning'}: declined: {' | '.join(cells)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
