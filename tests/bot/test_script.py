"""Russian typed in Latin letters is read as Russian."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assistant import Assistant
from bot.understand import Languages, cyrillic
from bot.understand.script import is_latin
from indexer import Index

TYPED = {
    "opekun ne prishel": "опекун не пришел",
    "s kakogo vozrasta berem otpechatki": "с какого возраста берем отпечатки",
    "Devochka 14 let odna na granice": "Девочка 14 лет одна на границе",
    "rebjonok propal iz centra": "ребёнок пропал из центра",
    "ishchem roditelej mal'chika": "ищем родителей мальчика",
    "semja za reshetkoj": "семя за решеткой",
    "chto znachit BIA": "что значит BIA",
    "GDE RODITELI": "ГДЕ РОДИТЕЛИ",
    "žaloba na tamožnju": "жалоба на таможню",
}
OTHERS = [
    ("et", "kes määrab eestkostja"),
    ("lv", "berns aizbega no majam"),
    ("lt", "vaikas pabego is centro"),
    ("fi", "kuka vastaa lapsesta"),
    ("en", "who appoints a guardian"),
    ("pl", "kto zaplaci za adwokata dla dziecka"),
]


@pytest.mark.parametrize(("typed", "meant"), TYPED.items())
def test_it_is_sounded_out(typed: str, meant: str) -> None:
    assert cyrillic(typed) == meant


@pytest.mark.parametrize("typed", ["opekun ne prishel", "rebjonok propal iz centra", "Devochka 14 let odna na granice"])
def test_it_is_recognised_as_russian(languages: Languages, small_index: Index, typed: str) -> None:
    assert languages.recognise(typed, small_index) == "ru"


@pytest.mark.parametrize(("lang", "text"), OTHERS)
def test_other_languages_are_not_taken_for_it(languages: Languages, small_index: Index, lang: str, text: str) -> None:
    assert languages.recognise(text, small_index) == lang


async def test_an_emergency_in_it_is_understood(assistant: Assistant) -> None:
    message = assistant.understand("pomogite devochku zaperli v podvale, ona v opasnosti")
    assert (message.lang, message.intent) == ("ru", "emergency")


@given(st.text())
def test_what_is_no_latin_text_stays_as_it_is(text: str) -> None:
    assert is_latin(text) or cyrillic(text) == text


@given(st.text("абвгдежзийклмнопрстуфхцчшщъыьэюя .,!"))
def test_russian_letters_are_never_changed(text: str) -> None:
    assert cyrillic(text) == text
