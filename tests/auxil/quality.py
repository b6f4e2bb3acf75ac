"""Measures the golden questions on an index of the shipped corpus."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import Success, nDCG

from indexer import CONFIDENT, LANGUAGES, Index, Vectors
from tests.auxil.golden import Golden, Neighbour, golden, neighbours, section, topic

_DEPTH = 10
_RESAMPLES = 1000
Embed = Callable[[str, str], Vectors] | None


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one language."""

    lang: str
    questions: int
    success: float
    """Success@1."""
    ndcg: float
    """nDCG@10."""
    interval: tuple[float, float]
    """Half-widths of the 95% bootstrap intervals of the two."""
    declined_in: float
    """Share of the in-scope questions that were declined."""
    declined_out: float
    """Share of the out-of-scope questions that were declined."""


def measure(index: Index, embed: Embed, lang: str, *, held_back: bool) -> Quality:
    """The figures of a language on one half of its questions."""
    questions: Sequence[Golden | Neighbour]
    if lang in LANGUAGES:
        questions, answered, found = golden(lang), lambda q: q.sections, section
    else:
        questions = [message for message in neighbours() if message.lang == lang and message.intent == "question"]
        answered, found = lambda q: q.topics, topic
    questions = [q for q in questions if q.is_held_back == held_back]
    inside = [q for q in questions if q.is_in_scope]
    qrels, run = [], []
    declined: dict[bool, list[bool]] = {True: [], False: []}
    for question in questions:
        hits = index.search(question.text, lang, _DEPTH, embed(question.text, lang) if embed else None)
        sure = any(hit.confidence >= CONFIDENT for hit in hits[:3])
        declined[question.is_in_scope].append(not sure)
        if question.is_in_scope:
            qrels += [ir_measures.Qrel(question.id, name, 1) for name in answered(question)]
            names = dict.fromkeys(found(hit) for hit in hits)
            run += [ir_measures.ScoredDoc(question.id, name, -n) for n, name in enumerate(names)]
    success = _values(Success @ 1, qrels, run, inside)
    ndcg = _values(nDCG @ 10, qrels, run, inside)
    return Quality(
        lang,
        len(inside),
        float(success.mean()),
        float(ndcg.mean()),
        (_half_width(success), _half_width(ndcg)),
        float(np.mean(declined[True])),
        float(np.mean(declined[False])),
    )


def measure_all(index: Index, embed: Embed, *, held_back: bool, langs: Sequence[str] = LANGUAGES) -> list[Quality]:
    """The figures of all these languages; of one without briefs, whether the right brief was found."""
    return [measure(index, embed, lang, held_back=held_back) for lang in langs]


def table(rows: Sequence[Quality]) -> str:
    """The figures as Markdown."""
    lines = [
        "| language | questions | Success@1 | nDCG@10 | in scope declined | out of scope declined |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        lines.append(
            f"| {row.lang} | {row.questions} | {row.success:.3f} ± {row.interval[0]:.3f} | "
            f"{row.ndcg:.3f} ± {row.interval[1]:.3f} | {row.declined_in:.1%} | {row.declined_out:.1%} |"
        )
    return "\n".join(lines)


def _values(measure, qrels, run, questions: Sequence[Golden | Neighbour]):  # type: ignore[no-untyped-def]
    found = {m.query_id: m.value for m in ir_measures.iter_calc([measure], qrels, run)}
    return np.array([found.get(question.id, 0.0) for question in questions])


def _half_width(values) -> float:  # type: ignore[no-untyped-def]
    chance = np.random.default_rng(0)
    means = values[chance.integers(0, len(values), (_RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float((high - low) / 2)
