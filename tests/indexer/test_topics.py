"""Which topic answers, as learnt from questions that were asked otherwise than the briefs are written."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import grams
from indexer.embeddings import LocalE5
from indexer.kernel import Arrays
from indexer.topics import SHARE, SHARE_ALONE, Topics, topics
from indexer.wording import Wording, word_keys
from tests.auxil.model import needs_model

WEIGHTS = st.lists(st.floats(0.1, 100), min_size=1, max_size=8)


def arrays(**changed: np.ndarray) -> Arrays:
    """Two topics, of which `bread` speaks for the first and a vector upwards for the second."""
    keys = np.sort(word_keys(["bread", "rope"], "en"))
    odds = np.array([[10, -10] if key == word_keys(["bread"], "en")[0] else [0, 0] for key in keys], np.int8)
    return {
        "names": np.array(["baking", "climbing"]),
        "model": np.array("a model"),
        "centre": np.zeros(2),
        "directions": np.array([[0.0, 0.0], [-1.0, 1.0]]),
        "direction_biases": np.zeros(2),
        "word_keys": keys,
        "word_weights": np.ones(2),
        "word_odds": odds,
        "word_scale": np.ones(2),
        "word_biases": np.zeros(2),
        **changed,
    }


def test_the_words_of_a_question_speak_for_a_topic() -> None:
    assert Topics(arrays())(word_keys(["bread", "unheard"], "en")) == pytest.approx(
        {"baking": SHARE_ALONE, "climbing": -SHARE_ALONE}
    )


def test_words_and_vector_are_heard_alike() -> None:
    up, down = np.array([0, 1], np.float32), np.array([0, -1], np.float32)
    both = Topics(arrays())
    against_each_other, together = (both(word_keys(["bread"], "en"), vector, "a model") for vector in (up, down))
    assert against_each_other == pytest.approx({"baking": 0.0, "climbing": 0.0})
    assert together == pytest.approx({"baking": 2 * SHARE, "climbing": -2 * SHARE})


def test_a_question_of_which_nothing_is_known_speaks_for_no_topic() -> None:
    assert Topics(arrays())(word_keys(["unheard"], "en"), np.ones(2, np.float32), "another model") == {}


def test_a_word_counts_in_its_own_language_only() -> None:
    assert Topics(arrays())(word_keys(["bread"], "sv")) == {}


@given(WEIGHTS)
def test_the_words_of_a_question_make_a_vector_of_length_1(weights: list[float]) -> None:
    keys = np.arange(len(weights), dtype=np.uint32)
    places, found = Wording(keys, np.array(weights, np.float32))(np.append(keys, np.uint32(2**32 - 1)))
    assert places.tolist() == keys.tolist()
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("lang", "word"),
    [
        ("en", "wrist"),
        ("et", "röntgen"),
        ("fi", "röntgen"),
        ("lv", "rentgens"),
        ("lt", "rentgenas"),
        ("ru", "рентген"),
    ],
)
def test_the_shipped_file_knows_how_an_age_is_guessed(lang: str, word: str) -> None:
    likely = topics()(word_keys([word, *grams(word)], lang))
    assert max(likely, key=lambda name: likely[name]) == "age-assessment"


@needs_model
@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("they rented him out to pick berries and kept the money", "trafficking-definition"),
        ("dad took the kids to malta and stopped answering", "parental-abduction"),
    ],
)
def test_the_vector_speaks_too(question: str, topic: str) -> None:
    model = LocalE5()
    likely = topics()(word_keys([], "en"), model.questions([question])[0], model.model)
    assert topic in sorted(likely, key=lambda name: -likely[name])[:3]
