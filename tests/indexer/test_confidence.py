"""The probability that the corpus answers, and the machine that finds it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import Evidence
from indexer.analysis import CONCEPT
from indexer.confidence import confidences, word_odds
from indexer.embeddings import LocalE5
from indexer.kernel import FRACTIONS, GAMMA, SPREAD, Machine, Projection
from indexer.models import LANGUAGES
from indexer.wording import word_keys

USUAL = Evidence(similarity=0.5, coverage=0.6, known=1.0, concepts=1, words=1.0)
SHARE = st.floats(0, 1)


def machine(rows: list[list[float]], places: list[list[float]], weights: list[float], **biases: float) -> Machine:
    return Machine(
        {
            "m_rows": np.array(rows, np.float32),
            "m_places": np.array(places, np.float32) * FRACTIONS,
            "m_weights": np.array(weights, np.float32),
            "m_languages": np.array(list(biases)),
            "m_biases": np.array(list(biases.values()), np.float32),
        },
        "m",
    )


# ---- the machine ----------------------------------------------------------------------------------------


def test_the_voice_of_an_example_fades_with_the_square_of_its_distance() -> None:
    alone = machine([[1.0, 0.0]], [[]], [2.0], **{"": 0.5})
    at, near = alone(np.array([[1.0, 0.0], [1.0, 3.0]], np.float32))
    assert at == pytest.approx(2.0 + 0.5)
    assert near == pytest.approx(2.0 * np.exp(-GAMMA * 9) + 0.5)


def test_voices_are_added_up_and_each_language_has_its_bar() -> None:
    both = machine([[0.0], [0.0]], [[], []], [2.0, -0.5], **{"": 0.0, "lv": -1.0})
    rows = np.zeros((1, 1), np.float32)
    assert both(rows)[0] == both(rows, lang="sv")[0] == pytest.approx(1.5)
    assert both(rows, lang="lv")[0] == pytest.approx(0.5)


def test_an_example_must_be_near_in_features_and_in_place() -> None:
    alone = machine([[1.0]], [[0.5, -1.0]], [2.0], **{"": 0.1})
    rows = np.array([[1.0], [3.0]], np.float32)
    near, far = np.array([0.5, -1.0], np.float32), np.array([1.5, -1.0], np.float32)
    assert alone(rows, near) == pytest.approx([2.1, 2 * np.exp(-GAMMA * 4) + 0.1])
    assert alone(rows, far) == pytest.approx([2 * np.exp(-GAMMA * 1) + 0.1, 2 * np.exp(-GAMMA * 5) + 0.1])


def test_only_the_direction_of_a_vector_counts() -> None:
    project = Projection({"centre": np.array([1.0, 0.0, 0.0]), "axes": np.eye(3)[:, :2]})
    near, far = project(np.array([[1.5, 0.5, 9.0], [3.0, 2.0, 0.0]], np.float32))
    assert near == pytest.approx(far)
    assert np.linalg.norm(near) == pytest.approx(SPREAD)
    assert np.isfinite(project(np.array([1.0, 0.0, 0.0], np.float32))).all()


# ---- the probability ------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.builds(Evidence, st.floats(-1, 1), SHARE, SHARE, st.integers(0, 40), st.floats(-50, 50)),
    st.sampled_from([*LANGUAGES, "sv", ""]),
    st.integers(0, 2**32 - 1) | st.none(),
)
def test_it_is_a_probability_whatever_the_evidence(evidence: Evidence, lang: str, seed: int | None) -> None:
    vector = None
    if seed is not None:
        vector = np.random.default_rng(seed).normal(size=384).astype(np.float32)
        vector /= np.linalg.norm(vector)
    (found,) = confidences([evidence], lang, vector, LocalE5.model)
    assert 0 <= found <= 1


def test_each_passage_is_judged_by_itself() -> None:
    weaker = replace(USUAL, coverage=0.1)
    alone = confidences([USUAL], "en") + confidences([weaker], "en")
    assert confidences([USUAL, weaker], "en") == pytest.approx(alone, abs=0.005)
    assert confidences([], "en") == []


def test_a_vector_of_another_model_counts_for_nothing() -> None:
    vector = np.ones(7, np.float32)
    assert confidences([USUAL], "en", vector, "another") == confidences([USUAL], "en")


def odds(words: list[str], lang: str) -> float:
    return word_odds(word_keys(words, lang))


def test_words_of_the_field_speak_for_a_question_and_others_against_it() -> None:
    of_the_field = [odds(["guardian", "child", "asylum"], "en"), odds(["опекун", "ребенок"], "ru")]
    others = [odds(["recipe", "cake"], "en"), odds(["погода", "завтра"], "ru")]
    assert min(of_the_field) > 0 > max(others)


def test_a_concept_is_the_same_in_every_language_and_a_word_is_not() -> None:
    concept = [CONCEPT + "guardian"]
    assert len({odds(concept, lang) for lang in LANGUAGES}) == 1
    assert odds(["guardian"], "en") != odds(["guardian"], "lt") == 0


def test_words_that_no_known_question_has_say_nothing() -> None:
    assert odds([], "en") == odds(["qqzxw"], "en") == 0
