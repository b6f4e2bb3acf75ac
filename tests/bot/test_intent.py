"""What the phrase lists make of messages: the golden intents, and none of the golden questions taken amiss."""

import json
from pathlib import Path

import pytest

from bot.understand import classify

GOLDEN = Path(__file__).parents[1] / "golden"
LANGUAGES = ("en", "et", "fi", "lv", "lt", "ru")

#: As measured on tests/golden/intents-<lang>.jsonl: the least recall and precision of each intent.
FLOORS = {
    "emergency": (1.0, 1.0),
    "contacts": (0.97, 0.97),
    "smalltalk": (0.97, 0.97),
}
#: Share of the golden questions that may be taken for a request for contacts, and for an emergency.
FALSE_CONTACTS = 0.015
FALSE_EMERGENCIES = 0.005

NOT_AN_EMERGENCY = [
    ("en", "what is the procedure when a child is not breathing on arrival"),
    ("en", "the boy was beaten by smugglers last year, how do i record it"),
    ("et", "poissi peksti mullu Liibüas, kuidas ma selle kirja panen"),
    ("fi", "mikä on menettely kun lapsi katoaa yöllä keskuksesta"),
    ("lv", "meitene pirms gada tika turēta dzīvoklī Polijā, vai tas ietekmē patvērumu"),
    ("ru", "мальчика били в Ливии два года назад, как это записать"),
]
NOT_CONTACTS = [
    ("en", "who appoints the guardian, the court or the municipality"),
    ("et", "kas politseile peab kadunud lapsest teatama"),
    ("fi", "kuka päättää lapsen sijoituksesta"),
    ("lv", "kas ieceļ aizbildni, tiesa vai pašvaldība"),
    ("lt", "kas turi pranešti policijai, kai vaikas negrįžta"),
    ("ru", "кто назначает опекуна, суд или самоуправление"),
]


def _rows(name: str) -> list[dict[str, object]]:
    lines = (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def _intent(text: str, lang: str) -> str:
    understood = classify(text, lang)
    if understood.is_emergency:
        return "emergency"
    if understood.wants_contacts:
        return "contacts"
    return "smalltalk" if understood.smalltalk else "question"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("intent", FLOORS)
def test_an_intent_is_recognised_as_often_as_measured(lang: str, intent: str) -> None:
    rows = [row for row in _rows(f"intents-{lang}") if row["intent"] != "personal_data"]
    meant = [str(row["text"]) for row in rows if row["intent"] == intent]
    taken = [str(row["text"]) for row in rows if _intent(str(row["text"]), lang) == intent]
    right = set(meant) & set(taken)
    recall, precision = FLOORS[intent]
    assert len(right) >= recall * len(meant), sorted(set(meant) - right)
    assert len(right) >= precision * len(taken), sorted(set(taken) - right)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_message_with_personal_data_is_not_taken_for_an_emergency(lang: str) -> None:
    texts = [str(row["text"]) for row in _rows(f"intents-{lang}") if row["intent"] == "personal_data"]
    assert not [text for text in texts if _intent(text, lang) == "emergency"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hardly_any_golden_question_is_taken_for_an_emergency(lang: str) -> None:
    """A few of them are such as may get the card: a resident who did not come back, a man who hits his wife."""
    rows = _rows(lang)
    false = [row["text"] for row in rows if _intent(str(row["text"]), lang) == "emergency"]
    assert len(false) <= FALSE_EMERGENCIES * len(rows), false


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hardly_any_golden_question_is_taken_for_a_request_for_contacts(lang: str) -> None:
    rows = _rows(lang)
    false = [row["text"] for row in rows if _intent(str(row["text"]), lang) == "contacts"]
    assert len(false) <= FALSE_CONTACTS * len(rows), false


@pytest.mark.parametrize(("lang", "text"), NOT_AN_EMERGENCY)
def test_the_past_and_the_general_are_not_an_emergency(lang: str, text: str) -> None:
    assert not classify(text, lang).is_emergency


@pytest.mark.parametrize(("lang", "text"), NOT_CONTACTS)
def test_asking_who_decides_or_must_report_is_not_asking_for_contacts(lang: str, text: str) -> None:
    assert not classify(text, lang).wants_contacts


def test_an_emergency_is_recognised_whichever_apostrophe_is_typed() -> None:
    assert all(classify(text, "en").is_emergency for text in ("baby isn't breathing", "baby isn’t breathing"))


def test_a_command_typed_as_a_word_is_a_command_and_within_a_sentence_is_not() -> None:
    assert classify("glossary", "en").command == "term"
    assert classify("is there a glossary", "en").command is None
