"""What the vector of a message says where no phrase list helps.

Examples of what it sees, in no list and no fit. It does not see everything: tests/benchmarks/quality.md has the
shares.
"""

import numpy as np
import pytest

from bot.understand import SecondLook, classify, look
from indexer.embeddings import LocalE5
from tests.auxil.model import needs_model

DANGER = [
    ("en", "and now he stopped breathing"),
    ("et", "poiss ei hinga enam ja huuled on sinised"),
    ("fi", "mies hakkaa ovea kirveellä ja lapset on sisällä"),
    ("lv", "un tagad viņš neelpo"),
    ("lt", "mergaitė užrakinta rūsyje, girdžiu kaip verkia"),
    ("ru", "а теперь он не дышит"),
]
CALM = [
    ("en", "and if she is 13?"),
    ("et", "aga kui poiss on 14?"),
    ("fi", "entäs jos tyttö on 16"),
    ("lv", "un ja viņam ir 15"),
    ("lt", "o jei mergaitei 14?"),
    ("ru", "а если ему 15"),
    ("en", "suicide risk"),
    ("lv", "pazudis bērns"),
    ("ru", "торговля людьми"),
    ("en", "Latvia"),
]
ABOUT_THE_ASSISTANT = [
    ("en", "is anybody reading along here"),
    ("et", "kas keegi jälgib meie juttu siin"),
    ("fi", "onko siellä ihminen vai kone"),
    ("lv", "vai kāds redz manas ziņas tev"),
    ("lt", "ar kas nors skaito ką tau rašau"),
    ("ru", "кто видит мои сообщения тебе"),
]


@pytest.fixture(scope="module")
def model() -> LocalE5:
    return LocalE5()


@needs_model
@pytest.mark.parametrize(("lang", "text"), DANGER)
def test_danger_is_seen_that_no_phrase_foresaw(model: LocalE5, lang: str, text: str) -> None:
    assert look(model.questions([text])[0], model.model).is_emergency or classify(text, lang).is_emergency


@needs_model
@pytest.mark.parametrize(("lang", "text"), CALM)
def test_a_follow_up_or_a_bare_subject_is_no_emergency(model: LocalE5, lang: str, text: str) -> None:
    assert look(model.questions([text])[0], model.model) == SecondLook()


def test_without_a_vector_or_with_that_of_another_model_nothing_is_seen() -> None:
    assert look(None, LocalE5.model) == look(np.ones(384, np.float32), "another") == SecondLook()


@needs_model
@pytest.mark.parametrize(("lang", "text"), ABOUT_THE_ASSISTANT)
def test_what_is_said_about_the_assistant_is_noticed(model: LocalE5, lang: str, text: str) -> None:
    assert look(model.questions([text])[0], model.model) == SecondLook(is_about_me=True)


@needs_model
@pytest.mark.parametrize(
    "text", ["who reads the child's file", "who is the guardian", "can a child be asked who he is"]
)
def test_a_question_of_the_field_is_not_about_the_assistant(model: LocalE5, text: str) -> None:
    assert not look(model.questions([text])[0], model.model).is_about_me
