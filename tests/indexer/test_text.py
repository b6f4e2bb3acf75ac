"""Characters, words and sentences."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.models import LANGUAGES
from indexer.text import clean, fold, sentence_spans, word_spans, words

any_text = st.text(max_size=80)
#: Text that is full of what ends, or seems to end, sentences.
sentence_like = st.lists(
    st.sampled_from(
        [
            "Art. 12",
            "p. 3",
            "e.g.",
            "т.е.",
            "Bērns",
            "ребёнок",
            "laps",
            "?",
            "!",
            ".",
            "...",
            "\n",
            " ",
            "  ",
            "1.",
            "(",
        ]
    ),
    max_size=25,
).map("".join)


@given(any_text)
def test_clean_text_is_composed_and_holds_no_control_or_invisible_sign(text: str) -> None:
    cleaned = clean(text)
    assert not any(unicodedata.category(char) == "Cc" and char not in "\t\n" for char in cleaned)
    assert not set(cleaned) & set("\u00ad\u200b\u200e\u202e\u2066\ufeff")
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("be\u0304rns", "bērns"),
        ("be\u200b\u0304rns", "bērns"),
        ("guard\u00adian", "guardian"),
        ("\ufeffA\u202eB\u200b", "AB"),
        ("a\x00b\x1bc\x7f", "a b c "),
        ("a\rb\x85c\u2028d", "a b c d"),
        ("a\tb\nc", "a\tb\nc"),
    ],
)
def test_clean_by_example(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(any_text)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("word", "folded"),
    [("bērna", "berna"), ("žmogaus", "zmogaus"), ("õigus", "oigus"), ("ребёнок", "ребенок"), ("child", "child")],
)
def test_fold_by_example(word: str, folded: str) -> None:
    assert fold(word) == folded


@given(any_text)
def test_words_come_in_order_with_their_spans(text: str) -> None:
    at = 0
    for word, begin, end in word_spans(text):
        assert at <= begin < end <= len(text)
        assert word == word.lower() or not word.islower()
        at = end


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The child's best interests, 2024.", ["the", "child's", "best", "interests", "2024"]),
        ("under_score re-entry", ["under", "score", "re", "entry"]),
        ("Be\u0304rns un g\u0327imene", ["bērns", "un", "ģimene"]),
        ("Кто такой опеку\u0301н?", ["кто", "такой", "опекун"]),
        ("...", []),
    ],
)
def test_words_by_example(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.one_of(any_text, sentence_like), st.sampled_from(LANGUAGES))
def test_sentences_come_in_order_and_hold_all_that_is_not_space(text: str, lang: str) -> None:
    spans = sentence_spans(text, lang)
    at = 0
    for begin, end in spans:
        assert at <= begin < end <= len(text)
        assert not text[at:begin].strip()
        assert text[begin:end] == text[begin:end].strip()
        assert "\n" not in text[begin:end]
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize(
    ("text", "lang", "sentences"),
    [
        ("The child is heard. A guardian helps.", "en", ["The child is heard.", "A guardian helps."]),
        ("See art. 12 of the Convention. It binds.", "en", ["See art. 12 of the Convention.", "It binds."]),
        ("См. ст. 12 Конвенции. Она действует.", "ru", ["См. ст. 12 Конвенции.", "Она действует."]),
        ("Skatīt 12. pantu. Tas ir spēkā.", "lv", ["Skatīt 12. pantu.", "Tas ir spēkā."]),
        (
            "Galioja 1996 m. Hagos konvencija. Ji privaloma.",
            "lt",
            ["Galioja 1996 m. Hagos konvencija.", "Ji privaloma."],
        ),
        ("1996. gada Hāgas konvencija. Tā saista.", "lv", ["1996. gada Hāgas konvencija.", "Tā saista."]),
        ("Vaata art. 12. Laps kuulatakse ära!", "et", None),
        ("First\nSecond", "en", ["First", "Second"]),
        ("", "en", []),
        (" \n ", "fi", []),
    ],
)
def test_sentences_by_example(text: str, lang: str, sentences: list[str] | None) -> None:
    found = [text[begin:end] for begin, end in sentence_spans(text, lang)]
    if sentences is None:  # whether `12.` ends the sentence cannot be told; nothing may be lost
        assert "".join(found).replace(" ", "") == text.replace(" ", "")
    else:
        assert found == sentences
