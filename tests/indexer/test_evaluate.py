"""Measuring search: the figures are right, the run says the same, and a faulty test set is named."""

import json
from collections.abc import Callable, Sequence
from math import log2
from pathlib import Path
from typing import Any

import ir_measures
import pytest

from indexer.errors import CorpusError
from indexer.evaluate import MEASURES, NAMES, Result, evaluate

# Each word stands in one passage, so that the order of results is known: no letter piece is shared.
PASSAGES = {"a": "guardian", "b": "border border", "c": "border zoo", "d": "police"}
QUESTIONS = {"q1": "guardian", "q2": "border", "q3": "xylophone", "q4": "police"}
QRELS = [("q1", "a", 1), ("q2", "c", 1), ("q3", "d", 1), ("q3", "a", 0)]


def write(folder: Path, passages: Sequence[object], questions: Sequence[object], qrels: Sequence[str]) -> Path:
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text("".join(json.dumps(line) + "\n" for line in passages))
    (folder / "queries.jsonl").write_text("".join(json.dumps(line) + "\n" for line in questions))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(f"{row}\n" for row in qrels))
    return folder


def rows(texts: dict[str, str]) -> list[object]:
    return [{"_id": key, "text": text, "title": ""} for key, text in texts.items()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / "run.trec"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    qrels = ["\t".join(map(str, row)) for row in QRELS]
    return write(tmp_path_factory.mktemp("beir") / "set", rows(PASSAGES), rows(QUESTIONS), qrels)


@pytest.fixture(scope="module")
def results(folder: Path, run: Path) -> list[Result]:
    return evaluate(folder, run=run)


def test_the_figures_are_those_computed_by_hand(results: list[Result]) -> None:
    # q1 finds its passage first, q2 second (b says "border" twice), q3 nothing; q4 is not judged
    (result,) = results
    assert (result.pair, result.questions) == ("en-en", 3)
    means = {name: estimate.mean for name, estimate in result.measures.items()}
    assert means == pytest.approx(
        {
            "nDCG@10": (1 + 1 / log2(3) + 0) / 3,
            "Success@1": 1 / 3,
            "Recall@5": 2 / 3,
            "RR@10": (1 + 1 / 2 + 0) / 3,
        }
    )


def test_the_interval_holds_the_mean_and_repeats(results: list[Result], folder: Path) -> None:
    for estimate in results[0].measures.values():
        assert 0 <= estimate.low <= estimate.mean <= estimate.high <= 1


def test_the_time_of_a_question_is_given(results: list[Result]) -> None:
    latency = results[0].latency_ms
    assert 0 < latency["p50"] <= latency["p95"]


def test_the_run_is_a_trec_run_that_gives_the_same_figures(results: list[Result], run: Path) -> None:
    read: Callable[[str], Any] = ir_measures.read_trec_run
    scored = list(read(str(run)))
    assert all(len(line.split()) == 6 for line in run.read_text().splitlines())
    qrels = [ir_measures.Qrel(*row) for row in QRELS]
    again = ir_measures.calc_aggregate(list(MEASURES), qrels, scored)
    means = {name: estimate.mean for name, estimate in results[0].measures.items()}
    assert {NAMES[str(measure)]: value for measure, value in again.items()} == pytest.approx(means)


def test_results_are_split_by_the_languages_of_question_and_answer(tmp_path: Path) -> None:
    passages = [
        {"_id": "a", "text": "guardian", "metadata": {"lang": "en"}},
        {"_id": "b", "text": "aizbildnis", "metadata": {"lang": "lv"}},
    ]
    questions = [
        {"_id": "q1", "text": "guardian", "metadata": {"lang": "en"}},
        {"_id": "q2", "text": "aizbildnis", "metadata": {"lang": "lv"}},
        {"_id": "q3", "text": "aizbildnis", "metadata": {"lang": "lv"}},
    ]
    results = evaluate(write(tmp_path / "set", passages, questions, ["q1\ta\t1", "q2\tb\t1", "q3\ta\t1"]))
    found = {result.pair: (result.questions, result.measures["Success@1"].mean) for result in results}
    assert found == {"all": (3, pytest.approx(2 / 3)), "en-en": (1, 1), "lv-lv": (1, 1), "lv-en": (1, 0)}


FINE: dict[str, str] = {
    "corpus.jsonl": '{"_id": "a", "text": "guardian"}\n',
    "queries.jsonl": '{"_id": "q", "text": "guardian"}\n',
    "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\ta\t1\n",
}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", '{"_id": "a", "text": "x"}\n\n{"_id": "b", \n', "corpus.jsonl:3: not valid JSON"),
        ("corpus.jsonl", "[1, 2]\n", "corpus.jsonl:1: expected an object with a text `_id`"),
        ("corpus.jsonl", '{"text": "x"}\n', "corpus.jsonl:1: expected an object with a text `_id`"),
        ("corpus.jsonl", '{"_id": "a", "text": 5}\n', "corpus.jsonl:1: `text` must be text"),
        ("corpus.jsonl", '{"_id": "a", "text": "x", "metadata": {"lang": "fr"}}\n', "corpus.jsonl:1: no analysis"),
        ("corpus.jsonl", "", "it holds no passage"),
        ("queries.jsonl", '{"_id": 7, "text": "x"}\n', "queries.jsonl:1: expected an object with a text `_id`"),
        ("queries.jsonl", '{"_id": "other", "text": "x"}\n', "no question with a line in qrels/test.tsv"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\ta\n", "test.tsv:2: expected `query-id<TAB>"),
        ("qrels/test.tsv", "q\ta\t1\nq\ta\tmuch\n", "test.tsv:2: expected `query-id<TAB>"),
        ("corpus.jsonl", None, "corpus.jsonl: missing; a BEIR folder has"),
        ("queries.jsonl", None, "queries.jsonl: missing; a BEIR folder has"),
        ("qrels/test.tsv", None, "test.tsv: missing"),
    ],
)
def test_a_faulty_test_set_is_named_with_file_and_line(
    tmp_path: Path, name: str, content: str | None, message: str
) -> None:
    (tmp_path / "qrels").mkdir()
    for file, text in {**FINE, name: content}.items():
        if text is not None:
            (tmp_path / file).write_text(text)
    with pytest.raises(CorpusError) as raised:
        evaluate(tmp_path)
    assert message in str(raised.value)


def test_a_test_set_in_another_encoding_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", [], [], [])
    (folder / "queries.jsonl").write_bytes('{"_id": "q", "text": "bērns"}\n'.encode("cp1257"))
    with pytest.raises(CorpusError, match=r"queries\.jsonl: not UTF-8"):
        evaluate(folder)
