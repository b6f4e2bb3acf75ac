"""Diacritics that a phone left out are put back for the embedding model, and nothing else is changed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.spelling import Spellings
from indexer.text import fold, words

TEXTS = (
    "Bērna labākās intereses ievēro vienmēr.",
    "Bērna tiesības. Kas ir kaze, kāzas, kāzas un kazas?",
    "Мой ребёнок и свой опекун.",
    "Täysi-ikäinen.",
)


@pytest.fixture(scope="module")
def spelled(tmp_path_factory: pytest.TempPathFactory) -> Spellings:
    folder = tmp_path_factory.mktemp("spellings")
    Spellings.write(folder, TEXTS)
    return Spellings(folder)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("berna labakas intereses", "bērna labākās intereses"),
        ("Berna tiesibas?", "Bērna tiesības?"),
        ("tādas bērna tiesibas", "tādas bērna tiesības"),
        ("ребенок и опекун", "ребёнок и опекун"),
        ("taysi-ikainen", "täysi-ikäinen"),
    ],
)
def test_a_word_without_diacritics_gets_those_of_the_corpus(spelled: Spellings, typed: str, found: str) -> None:
    assert spelled(typed) == found


@pytest.mark.parametrize("text", ["kazas", "bernam", "bèrna", "свои", "", " \n", "👧 123"])
def test_what_may_be_meant_as_it_is_stays(spelled: Spellings, text: str) -> None:
    assert spelled(text) == text


def test_of_two_spellings_the_usual_one_is_meant(tmp_path: Path) -> None:
    Spellings.write(tmp_path, ["kāza kazā kāza"])
    assert Spellings(tmp_path)("kaza") == "kāza"


def test_a_corpus_without_diacritics_respells_nothing(tmp_path: Path) -> None:
    Spellings.write(tmp_path, ["the guardian"])
    assert Spellings(tmp_path)("the guardian") == "the guardian"


@given(st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(TEXTS).map(fold))
def test_only_diacritics_are_ever_changed(spelled: Spellings, text: str) -> None:
    assert [fold(word) for word in words(spelled(text))] == [fold(word) for word in words(text)]
