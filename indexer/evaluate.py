"""Measures search on a test set in BEIR's format, through the product's own path.

The passages are indexed as they stand; each question goes through the same analysis, scoring and fusion
as a person's.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG

from .build import Progress, write_generation
from .embeddings import Embedder
from .errors import CorpusError
from .languages import ANALYSED
from .library import Library
from .models import Document, Hit, Passage
from .search import Index
from .terms import Concept
from .text import sentence_spans

MEASURES = (nDCG @ 10, Success @ 1, R @ 5, RR @ 10)
#: The names by which results are printed.
NAMES = {"nDCG@10": "nDCG@10", "Success@1": "Success@1", "R@5": "Recall@5", "RR@10": "RR@10"}
_DEPTH = 100
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Question:
    """One line of `queries.jsonl`."""

    id: str
    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95% bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured for one pair of languages, or for all together."""

    pair: str
    """`et-en`: questions in Estonian, relevant passages in English; `all` for the whole set."""
    questions: int
    measures: dict[str, Estimate]
    latency_ms: dict[str, float]
    """`p50` and `p95` of the time for one question, in milliseconds."""


def evaluate(
    folder: Path,
    concepts: Sequence[Concept] = (),
    embedder: Embedder | None = None,
    cache: Path | None = None,
    run: Path | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> list[Result]:
    """Index and search a test set; writes a TREC run if asked to.

    Raises CorpusError naming the file and line of the test set that is wrong.
    """
    questions = [Question(line["_id"], line["text"], _lang(line)) for line in _lines(folder / "queries.jsonl")]
    qrels = _qrels(folder / "qrels" / "test.tsv")
    judged = {qrel.query_id for qrel in qrels}
    questions = [question for question in questions if question.id in judged]
    passages = list(_passages(folder / "corpus.jsonl"))
    if not questions or not passages:
        raise CorpusError(f"{folder}: it holds no passage, or no question with a line in qrels/test.tsv.")
    with tempfile.TemporaryDirectory() as work:
        generation = Path(work) / "generation"
        generation.mkdir()
        documents = [Document("test", "en", folder.name, folder.name, "official")]
        write_generation(
            generation,
            Library(documents, {}, concepts),
            passages,
            embedder,
            cache or Path(work) / "cache",
            progress,
        )
        index = Index(generation)
        answers: dict[str, list[Hit]] = {}
        seconds: dict[str, float] = {}
        for done, question in enumerate(questions):
            progress("search", done, len(questions))
            begin = perf_counter()
            vector = embedder.questions([index.spelled(question.text, question.lang)])[0] if embedder else None
            answers[question.id] = index.search(question.text, question.lang, _DEPTH, vector)
            seconds[question.id] = perf_counter() - begin
    scored = [
        ir_measures.ScoredDoc(query, hit.passage.id, hit.score) for query, hits in answers.items() for hit in hits
    ]
    if run is not None:
        _write_run(run, answers)
    return _results(questions, passages, qrels, scored, seconds)


def _results(
    questions: Sequence[Question],
    passages: Sequence[Passage],
    qrels: Sequence[Any],
    scored: Sequence[Any],
    seconds: dict[str, float],
) -> list[Result]:
    values: dict[str, dict[str, float]] = {}
    for metric in ir_measures.iter_calc(list(MEASURES), qrels, scored):
        values.setdefault(NAMES[str(metric.measure)], {})[metric.query_id] = metric.value
    lang_of = {passage.id: passage.lang for passage in passages}
    relevant = {qrel.query_id: lang_of.get(qrel.doc_id, "?") for qrel in qrels if qrel.relevance > 0}
    pairs: dict[str, list[str]] = {"all": [question.id for question in questions]}
    for question in questions:
        pairs.setdefault(f"{question.lang}-{relevant.get(question.id, '?')}", []).append(question.id)
    if len(pairs) == 2:
        del pairs["all"]
    return [
        Result(
            pair,
            len(ids),
            {name: _estimate(np.array([values.get(name, {}).get(i, 0.0) for i in ids])) for name in NAMES.values()},
            {f"p{share}": float(np.percentile([seconds[i] * 1000 for i in ids], share)) for share in (50, 95)},
        )
        for pair, ids in pairs.items()
    ]


def _estimate(values: "np.ndarray[Any, np.dtype[np.float64]]") -> Estimate:
    """Mean and percentile bootstrap interval (Efron, 1979), seeded so that it repeats."""
    if not len(values):
        return Estimate(0.0, 0.0, 0.0)
    chance = np.random.default_rng(0)
    means = values[chance.integers(0, len(values), (_RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Estimate(float(values.mean()), float(low), float(high))


def _passages(path: Path) -> Iterator[Passage]:
    for line in _lines(path):
        lang, text, title = _lang(line), line.get("text", ""), line.get("title", "")
        yield Passage(
            id=line["_id"],
            document=0,
            lang=lang,
            headings=(title,) if title else (),
            text=text,
            start=0,
            group=line["_id"],
            sentences=sentence_spans(text, lang),
        )


def _lang(line: dict[str, Any]) -> str:
    metadata = line.get("metadata")
    return str((metadata if isinstance(metadata, dict) else {}).get("lang") or "en")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                entry = json.loads(line)
                if not isinstance(entry, dict) or not isinstance(entry.get("_id"), str):
                    raise CorpusError(f"{path}:{number}: expected an object with a text `_id`.")
                entry.setdefault("text", "")
                if not isinstance(entry["text"], str):
                    raise CorpusError(f"{path}:{number}: `text` must be text.")
                if _lang(entry) not in ANALYSED:
                    raise CorpusError(f"{path}:{number}: no analysis for language '{_lang(entry)}'.")
                yield entry
    except FileNotFoundError:
        raise CorpusError(f"{path}: missing; a BEIR folder has corpus.jsonl, queries.jsonl, qrels/test.tsv.") from None
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8 text; save it with encoding UTF-8.") from error
    except json.JSONDecodeError as error:
        raise CorpusError(f"{path}:{number}: not valid JSON: {error.msg}.") from error


def _qrels(path: Path) -> list[Any]:
    found = []
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise CorpusError(f"{path}: missing; it lists which passage answers which question.") from None
    for number, row in enumerate(rows, 1):
        parts = row.split("\t")
        if number == 1 and not parts[-1].lstrip("-").isdigit():  # the header
            continue
        if not row.strip():
            continue
        if len(parts) != 3 or not parts[2].lstrip("-").isdigit():
            raise CorpusError(f"{path}:{number}: expected `query-id<TAB>corpus-id<TAB>score`.")
        found.append(ir_measures.Qrel(parts[0], parts[1], int(parts[2])))
    return found


def _write_run(path: Path, answers: dict[str, list[Hit]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for query, hits in answers.items():
            for rank, hit in enumerate(hits, 1):
                file.write(f"{query} Q0 {hit.passage.id} {rank} {hit.score} protect\n")
