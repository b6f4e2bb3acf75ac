"""The language of short messages, as people in a hurry type them."""

import pytest

from bot.understand import Languages
from bot.understand.language import FURTHER
from indexer import LANGUAGES, Index

MESSAGES = {
    "en": [
        "who appoints a guardian",
        "the girl has no papers",
        "can we send him back",
        "what is trafficking",
        "boy found at the border",
        "age assessment refused",
        "WHO IS RESPONSIBLE FOR HER",
        "how long does it take 15 days",
        "he ran away 😟",
        "is the mother allowed to visit",
    ],
    "et": [
        "kes määrab eestkostja",
        "tüdrukul pole dokumente",
        "kas tohib tagasi saata",
        "mis on inimkaubandus",
        "poiss leiti piirilt",
        "laps jooksis ara",
        "KES VASTUTAB LAPSE EEST",
        "vanuse hindamine 15 paeva",
        "ta põgenes 😟",
        "kas ema voib last kulastada",
    ],
    "fi": [
        "kuka määrää edustajan",
        "tytöllä ei ole papereita",
        "saako hänet palauttaa",
        "mitä on ihmiskauppa",
        "poika löytyi rajalta",
        "lapsi karkasi eilen",
        "KUKA VASTAA LAPSESTA",
        "ian maarittaminen kesto 15 paivaa",
        "hän pakeni 😟",
        "saako aiti tavata lasta",
    ],
    "lv": [
        "kas ieceļ aizbildni",
        "meitenei nav dokumentu",
        "vai drīkst sūtīt atpakaļ",
        "kas ir cilvēktirdzniecība",
        "zēns atrasts pie robežas",
        "berns aizbega no majam",
        "KAS ATBILD PAR BĒRNU",
        "vecuma noteiksana 15 dienas",
        "viņa aizbēga 😟",
        "vai mate drikst apciemot bernu",
    ],
    "lt": [
        "kas skiria globėją",
        "mergaitė neturi dokumentų",
        "ar galima grąžinti vaiką",
        "kas yra prekyba žmonėmis",
        "berniukas rastas prie sienos",
        "vaikas pabego is namu",
        "KAS ATSAKO UŽ VAIKĄ",
        "amziaus nustatymas 15 dienu",
        "ji pabėgo 😟",
        "ar mama gali lankyti vaika",
    ],
    "ru": [
        "кто назначает опекуна",
        "у девочки нет документов",
        "можно ли отправить обратно",
        "что такое торговля людьми",
        "мальчика нашли на границе",
        "ребенок сбежал из дома",
        "КТО ОТВЕЧАЕТ ЗА РЕБЁНКА",
        "определение возраста 15 дней",
        "она убежала 😟",
        "может ли мать навещать ребенка",
    ],
    "sv": [
        "vem utser en god man för barnet",
        "flickan har inga papper med sig",
        "får vi skicka tillbaka pojken",
        "vad är människohandel egentligen",
        "barnet rymde från boendet i går",
        "hur gör man en åldersbedömning",
    ],
    "da": [
        "hvem udpeger en værge til barnet",
        "pigen har ingen papirer på sig",
        "må vi sende drengen tilbage nu",
        "hvad er menneskehandel egentlig",
        "hvornår skal vi høre barnet selv",
    ],
    "nb": [
        "hvem oppnevner en verge for barnet",
        "jenta har ingen papirer på seg",
        "kan vi sende gutten tilbake nå",
        "barnet rømte fra mottaket i går",
        "når skal vi høre hva barnet mener",
    ],
    "is": [
        "hver skipar barninu lögráðamann",
        "stúlkan er ekki með nein skilríki",
        "má senda drenginn aftur heim",
        "hvað er mansal og hvernig þekkist það",
        "barnið fannst við landamærin",
    ],
    "de": [
        "wer bestellt den Vormund",
        "das Mädchen hat keine Papiere",
        "darf man ihn zurückschicken",
        "was ist Menschenhandel",
        "der Junge wurde an der Grenze gefunden",
        "wie lange dauert die Altersfeststellung",
    ],
    "pl": [
        "kto wyznacza opiekuna dziecka",
        "dziewczynka nie ma dokumentów",
        "czy można go odesłać",
        "co to jest handel ludźmi",
        "chłopca znaleziono na granicy",
        "ile trwa ocena wieku",
    ],
    "uk": [
        "хто призначає опікуна дитині",
        "дівчинка не має документів",
        "чи можна відправити його назад",
        "що таке торгівля людьми",
        "хлопчика знайшли на кордоні",
        "дитина втекла з дому і не повернулася",
    ],
}
CASES = [(lang, text) for lang, texts in MESSAGES.items() for text in texts]
NO_WORDS = ["", "   ", "12345", "😀😀", "?!…", "2024-06-12", "112", "\u202e", "15.06.2026 12:30"]


@pytest.fixture(scope="session")
def six(small_index: Index) -> Index:
    return small_index


def test_the_table_covers_every_language() -> None:
    assert set(MESSAGES) == {*LANGUAGES, *FURTHER}


@pytest.mark.parametrize(("lang", "text"), CASES)
def test_short_messages(languages: Languages, six: Index, lang: str, text: str) -> None:
    assert languages.recognise(text, six) == lang


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_works_without_an_index_too(languages: Languages, lang: str) -> None:
    """At the first start there is none; a mistake or two in ten is what the detectors alone make."""
    right = [text for text in MESSAGES[lang] if languages.recognise(text) == lang]
    assert len(right) >= 8


@pytest.mark.parametrize("text", NO_WORDS)
def test_what_has_no_words_tells_nothing(languages: Languages, six: Index, text: str) -> None:
    assert languages.recognise(text, six, chosen="et", before="lv") == "lv"
    assert languages.recognise(text, six, chosen="et") == "et"
    assert languages.recognise(text, six) == "en"


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("kas SIS-hoiatus kehtib, missing child alert", "et"),
        ("vai Dublin III attiecas uz bērnu", "lv"),
        ("ar Brussels IIb taikomas vaikui", "lt"),
        ("koskeeko Barnahus tätä lasta", "fi"),
        ("что значит best interests assessment", "ru"),
        ("BIA ja DSD, kuidas need lapsele teha", "et"),
    ],
)
def test_foreign_terms_do_not_decide(languages: Languages, six: Index, text: str, lang: str) -> None:
    assert languages.recognise(text, six) == lang


def test_the_chat_decides_where_the_words_do_not(languages: Languages, six: Index) -> None:
    for lang in LANGUAGES:
        for text in ("GDPR", "BIA", "OK", "SIS?", "SIS BIA"):
            assert languages.recognise(text, six, before=lang, chosen=lang) == lang


def test_another_language_is_noticed_against_the_chat(languages: Languages, six: Index) -> None:
    assert languages.recognise("кто назначает опекуна ребёнку", six, chosen="et", before="et") == "ru"
    assert languages.recognise("who appoints a guardian for the child", six, chosen="ru", before="ru") == "en"
    assert languages.recognise("kuka määrää lapselle edustajan", six, chosen="et", before="et") == "fi"


def test_the_same_message_is_always_recognised_alike(languages: Languages, six: Index) -> None:
    again = Languages()
    for lang, text in CASES[::3]:
        first = languages.recognise(text, six)
        assert {languages.recognise(text, six) for _ in range(3)} == {first}, (lang, text)
        assert again.recognise(text, six) == first


def test_a_long_message_is_no_trouble(languages: Languages, six: Index) -> None:
    assert languages.recognise("kes määrab eestkostja " * 100, six) == "et"
    assert languages.recognise("a" * 2000, six) in {*LANGUAGES, *FURTHER}
