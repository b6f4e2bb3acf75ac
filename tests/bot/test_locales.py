"""Catalogues of the interface: complete, without leftovers, and with the placeholders of the code."""

from collections.abc import Iterator
from functools import cache
from gettext import c2py
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.i18n import LOCALES, phrases
from indexer import LANGUAGES

BOT = Path(__file__).parents[2] / "bot"
#: English is the language of the messages themselves.
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
#: Numbers that between them take every plural form of each language.
NUMBERS = (0, 1, 2, 5, 11, 21, 101)

Id = str | tuple[str, str]


@cache
def said() -> frozenset[Id]:
    """Every message of the code: a string, or singular and plural."""
    found = extract_from_dir(BOT, [("**.py", "python")], keywords={"say": None, "plural": (1, 2)})
    return frozenset(message for _, _, message, _, _ in found)


@cache
def catalogue(lang: str) -> Catalog:
    with (LOCALES / f"{lang}.po").open("rb") as file:
        return read_po(file, locale=lang, abort_invalid=True)


def messages(lang: str) -> Iterator[Message]:
    return (message for message in catalogue(lang) if message.id)


def forms(message: Message) -> tuple[str, ...]:
    """The translations of a message, one or one for each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_extraction_finds_the_messages() -> None:
    assert len(said()) > 100
    assert "Topics" in said()
    assert any(isinstance(message, tuple) for message in said())


def test_every_catalogue_is_of_a_language_of_the_interface() -> None:
    assert sorted(path.stem for path in LOCALES.glob("*.po")) == TRANSLATED


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_message_is_missing(lang: str) -> None:
    assert said() - {message.id for message in messages(lang)} == set()


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_message_is_unused(lang: str) -> None:
    assert {message.id for message in messages(lang)} - said() == set()
    assert not catalogue(lang).obsolete


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_message_is_empty_or_doubtful(lang: str) -> None:
    wanting = [message.id for message in messages(lang) if message.fuzzy or not all(map(str.strip, forms(message)))]
    assert wanting == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_plural_forms_are_complete(lang: str) -> None:
    plurals = [message for message in messages(lang) if message.pluralizable]
    assert plurals
    for message in plurals:
        assert len(forms(message)) == catalogue(lang).num_plurals, message.id


@pytest.mark.parametrize("lang", TRANSLATED)
def test_placeholders_are_those_of_the_english(lang: str) -> None:
    for message in messages(lang):
        english = message.id if isinstance(message.id, str) else message.id[1]
        for form in forms(message):
            assert placeholders(form) == placeholders(english), form


@pytest.mark.parametrize("lang", TRANSLATED)
def test_edges_are_those_of_the_english(lang: str) -> None:
    """Code joins some messages: no blank at either end, and a colon before a list stays."""
    for message in messages(lang):
        english = message.id if isinstance(message.id, str) else message.id[0]
        for form in forms(message):
            assert form == form.strip(), form
            assert form.endswith(":") == english.endswith(":"), form


@pytest.mark.parametrize("lang", TRANSLATED)
def test_commands_and_numbers_of_the_english_stay(lang: str) -> None:
    for message in messages(lang):
        if isinstance(message.id, str):
            kept = [word for word in ("112", "102", "BM25", "`text`", "`action`") if word in message.id]
            kept += [word.rstrip(".:,") for word in message.id.split() if word.startswith("/")]
            for word in kept:
                assert word in message.string, message.string


@pytest.mark.parametrize("lang", TRANSLATED)
def test_phrases_load_each_message(lang: str) -> None:
    say = phrases(lang)
    form_of = c2py(catalogue(lang).plural_expr)
    for message in messages(lang):
        if isinstance(message.id, str):
            values = dict.fromkeys(placeholders(message.id), "x")
            assert say(message.id, **values) == message.string.format(**values)
        else:
            one, many = message.id
            values = dict.fromkeys(set(placeholders(many)) - {"number"}, "x")
            for number in NUMBERS:
                form = forms(message)[form_of(number)]
                assert say.plural(one, many, number, **values) == form.format(number=number, **values)


def test_english_is_the_messages_themselves() -> None:
    assert phrases("en")("Contacts: {country}", country="Latvia") == "Contacts: Latvia"
