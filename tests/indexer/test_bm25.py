"""The postings give rank-bm25's scores to the last bit; the best scores are found as by sorting all."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rank_bm25 import BM25Plus

from indexer.bm25 import Postings, best

# Few words, so that they repeat, stand in all passages, and miss in some.
word = st.sampled_from(["child", "guardian", "border", "laps", "ребёнок", "bērns", "§guardian", "~^chi", ""])
passage = st.lists(word, max_size=12)
corpora = st.lists(passage, min_size=1, max_size=12)
queries = st.lists(st.one_of(word, st.just("nowhere")), max_size=8)


def postings(tokens: Sequence[Sequence[str]], folder: Path) -> Postings:
    Postings.write(folder, tokens)
    return Postings(folder)


def in_passing(tokens: Sequence[Sequence[str]]) -> Postings:
    with TemporaryDirectory() as folder:
        return postings(tokens, Path(folder))


def reference(tokens: Sequence[Sequence[str]], query: Sequence[str]) -> NDArray[np.float64]:
    """What rank-bm25 says; it divides by zero for a corpus without any word."""
    if not any(tokens):
        return np.zeros(len(tokens))
    return np.asarray(BM25Plus([list(row) for row in tokens], delta=0).get_scores(list(query)), np.float64)


@settings(deadline=None, max_examples=150)
@given(corpora, queries)
def test_scores_are_those_of_rank_bm25_to_the_last_bit(tokens: list[list[str]], query: list[str]) -> None:
    found = in_passing(tokens).scores(query)
    assert found.tobytes() == (reference(tokens, query) + 0.0).tobytes()


@pytest.mark.parametrize(
    ("tokens", "query"),
    [
        ([["child"]], ["child"]),
        ([["child", "child"]], ["child", "child", "child"]),
        ([["child"], ["child", "border"], ["child"]], ["child"]),
        ([["child"], []], ["child", "nowhere"]),
        ([["child"], ["border"]], []),
        ([["a"] * 400, *[["b"]] * 300], ["a", "b", "b"]),
    ],
    ids=["one passage", "repeated", "in all", "an empty passage", "empty question", "many passages"],
)
def test_scores_in_the_odd_cases(tokens: list[list[str]], query: list[str], tmp_path: Path) -> None:
    found = postings(tokens, tmp_path).scores(query)
    assert found.tobytes() == reference(tokens, query).tobytes()


@pytest.mark.parametrize("tokens", [[], [[]], [[], []]], ids=["no passage", "an empty passage", "two"])
def test_a_corpus_without_words_scores_nothing(tokens: list[list[str]], tmp_path: Path) -> None:
    model = postings(tokens, tmp_path)
    assert model.scores(["child"]).tolist() == [0.0] * len(tokens)
    assert model.knows(["child"]) == [False]
    assert [model.holding(["child"], number) for number in range(len(tokens))] == [frozenset()] * len(tokens)


@settings(deadline=None)
@given(corpora, queries)
def test_a_match_never_lowers_a_score(tokens: list[list[str]], query: list[str]) -> None:
    scores = in_passing(tokens).scores(query)
    for row, score in zip(tokens, scores, strict=True):
        assert (score > 0) == bool(set(row) & set(query))
        assert score >= 0


@settings(deadline=None)
@given(corpora, queries, st.data())
def test_counts_weigh_each_token_of_the_question(
    tokens: list[list[str]], query: list[str], data: st.DataObject
) -> None:
    counts = data.draw(st.lists(st.sampled_from([0.3, 1.0, 2.0]), min_size=len(query), max_size=len(query)))
    model = in_passing(tokens)
    expected = sum(
        (count * model.scores([token]) for token, count in zip(query, counts, strict=True)), np.zeros(len(tokens))
    )
    assert np.allclose(model.scores(query, counts), expected, rtol=1e-12)


@settings(deadline=None)
@given(corpora, queries)
def test_it_knows_which_passage_holds_which_word(tokens: list[list[str]], query: list[str]) -> None:
    model = in_passing(tokens)
    for number, row in enumerate(tokens):
        assert model.holding(query, number) == set(row) & set(query)
    assert model.knows(query) == [any(token in row for row in tokens) for token in query]


def test_idf_falls_with_the_number_of_passages_and_is_highest_for_an_unknown_word(tmp_path: Path) -> None:
    model = postings([["a", "b"], ["a"], ["a"]], tmp_path)
    everywhere, once, nowhere = model.idf(["a", "b", "nowhere"])
    assert 0 < everywhere < once <= nowhere


scores = st.one_of(
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.5]), max_size=3000),
    st.lists(st.floats(0, 100, allow_subnormal=False), max_size=400),
    st.integers(0, 3000).map(lambda size: [0.0] * size),
    st.integers(1, 3000).map(lambda size: [float(number % 7) for number in range(size)]),
    st.tuples(st.integers(1, 3000), st.integers(0, 2**32 - 1)).map(
        lambda pair: np.random.default_rng(pair[1]).exponential(size=pair[0]).round(2).tolist()
    ),
)


@settings(deadline=None)
@given(scores, st.one_of(st.integers(0, 20), st.integers(0, 4000)), st.sampled_from([np.float64, np.float32]))
def test_the_best_are_those_that_sorting_all_would_give(values: list[float], count: int, kind: type) -> None:
    array: NDArray[np.floating] = np.array(values, kind)
    positive = [number for number in range(len(array)) if array[number] > 0]
    expected = sorted(positive, key=lambda number: (-array[number], number))[:count]
    assert best(array, count).tolist() == expected
