"""How replies read: citations, references, lists and buttons."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.answers import answer, cite
from bot.i18n import phrases
from bot.network import load_network
from bot.replies import answering, browsing, citations, contacts, guidance, reading
from bot.reply import MAX_ACTION, Block, Button, Reply, Span, Turn, plain, rows
from bot.store import Contact
from indexer import LANGUAGES, Hit, Index, Reference

CORPUS = Path(__file__).parents[2] / "corpus"
EN = phrases("en")


def first_hit(index: Index) -> Hit:
    return index.search("how many children may one representative support", "en", 1)[0]


# ---- plain text of a reply ------------------------------------------------------------------------------


def test_a_reply_as_text_has_quotes_in_marks_and_lists_close_together() -> None:
    reply = Reply(
        (
            plain("heading", "Title"),
            plain("quote", "Words."),
            plain("citation", "Source"),
            plain("item", "one"),
            plain("item", "two"),
            plain("text", "End"),
        )
    )
    assert reply.text == "Title\n\n“Words.”\nSource\n\n• one\n• two\n\nEnd"
    assert Reply().text == ""


def test_a_button_refuses_more_than_a_channel_can_carry() -> None:
    assert Button("ok", "é" * (MAX_ACTION // 2)).action
    with pytest.raises(ValueError, match="bytes"):
        Button("no", "é" * (MAX_ACTION // 2) + "x")


def test_rows_of_buttons() -> None:
    buttons = [Button(str(number), str(number)) for number in range(5)]
    assert [len(row) for row in rows(buttons, 2)] == [2, 2, 1]
    assert rows([], 2) == ()
    assert Turn("tg:1").is_private


# ---- the quote ------------------------------------------------------------------------------------------


def test_the_spans_of_a_quote_are_the_quote(small_index: Index) -> None:
    found = answer(small_index, first_hit(small_index))
    spans = list(answering.quote_spans(found))
    assert "".join(span.text for span in spans) == found.quote
    assert all(span.text for span in spans)
    assert any(span.style == "mark" for span in spans)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ((), [("plain", "one two three")]),
        (((0, 3),), [("mark", "one"), ("plain", " two three")]),
        (((0, 3), (4, 7)), [("mark", "one two"), ("plain", " three")]),
        (((0, 3), (8, 13)), [("mark", "one"), ("plain", " two "), ("mark", "three")]),
        (((0, 13),), [("mark", "one two three")]),
    ],
)
def test_marks_beside_each_other_are_one(
    small_index: Index, marks: tuple[tuple[int, int], ...], expected: list[tuple[str, str]]
) -> None:
    found = replace(answer(small_index, first_hit(small_index)), quote="one two three", marks=marks)
    assert [(span.style, span.text) for span in answering.quote_spans(found)] == expected


def test_a_change_is_told_once_in_a_reply(small_index: Index) -> None:
    sources = small_index.library.sources
    dublin = sources["dublin-iii"]
    found = replace(answer(small_index, first_hit(small_index)), changes=((dublin, dublin.changes[0]),))
    blocks = list(answering.answer_blocks([found, found], sources, EN))
    notices = [block.text for block in blocks if block.kind == "notice"]
    assert len(notices) == 1
    assert notices[0].startswith("⚠")
    assert "1 July 2026" in notices[0]


# ---- citations ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        ("brief", "brief", "This project's brief, not official text"),
        ("official", "guidelines", "Official text"),
        ("official", "web", "Web text, not official"),
    ],
)
def test_what_kind_of_text_it_is_said_honestly(small_index: Index, status: str, kind: str, expected: str) -> None:
    citation = cite(small_index, first_hit(small_index).passage)
    document = replace(citation.document, status=status)
    source = replace(citation.source, kind=kind)
    assert citations.label(replace(citation, document=document, source=source), EN) == expected


def test_a_source_line_names_language_and_page_when_they_matter(small_index: Index) -> None:
    citation = cite(small_index, first_hit(small_index).passage)
    assert citations.source_line(citation, EN) == "checked 24 November 2026"
    assert "English" not in citations.source_line(citation, EN)
    assert phrases("et").language("en") in citations.source_line(citation, phrases("et"))
    assert "p. 7" in citations.source_line(replace(citation, page="7"), EN)


@pytest.mark.parametrize(
    ("locator", "expected"),
    [("20", "art. 20"), ("14(2)", "art. 14(2)"), ("para 33-38", "para. 33-38"), ("Annex I", "Annex I"), ("", "")],
)
def test_places_in_a_source(locator: str, expected: str) -> None:
    assert citations.locator_text(locator, EN) == expected


def test_places_in_one_source_stand_behind_its_name_once(small_index: Index) -> None:
    found = [Reference("crc", "20", 1), Reference("apr", "23", 1), Reference("crc", "12", 1), Reference("crc", "20", 2)]
    text = "".join(span.text for span in citations.references(found, small_index.library.sources, EN))
    assert text.startswith("CRC, art. 20, art. 12; ")
    assert text.count("CRC") == 1


def test_a_source_that_left_the_register_is_named_by_its_key() -> None:
    [span, where] = citations.references([Reference("gone", "1", 1)], {}, EN)
    assert (span.text, span.url, where.text) == ("gone", "", ", art. 1")


def test_copying_does_not_change_the_hash_of_a_quote() -> None:
    assert citations.quote_hash("one  two\nthree") == citations.quote_hash("one two three")
    assert citations.quote_hash("one two") != citations.quote_hash("one Two")
    assert len(citations.quote_hash("x")) == citations.HASH


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_reference_can_be_checked_by_its_code(small_index: Index, lang: str) -> None:
    say = phrases(lang)
    found = answer(small_index, first_hit(small_index))
    text = citations.reference_text(found, small_index.library.sources, say, "2026-11-24")
    code = text.rpartition("/verify ")[2].strip()
    verified = list(reading.verified_blocks(small_index, code, say))
    assert verified[0].text.startswith("✓")
    assert found.quote in [block.text for block in verified]


# ---- contacts and emergencies ---------------------------------------------------------------------------


def test_a_contact_shows_what_is_known_and_no_more() -> None:
    office = Contact("a", "institution", "Amet", ("EE",), "public", name_en="Office", checked="2026-11-24")
    text = contacts.contact_block(office, EN).text
    assert text.splitlines() == [
        "Amet (Office)",
        "Check before use: not yet verified by a person (24 November 2026)",
    ]


def test_people_come_before_institutions_and_are_told_to_be_samples() -> None:
    person = Contact("p", "person", "P", ("EE",), "public", checked="2026-11-01", is_sample=True)
    office = Contact("a", "institution", "Amet", ("EE",), "public", checked="2026-11-24")
    blocks = list(contacts.contact_blocks({"EE": [office, person]}, [], EN))
    assert [block.text.splitlines()[0] for block in blocks] == ["Estonia", "P", "Amet"]
    assert "Sample entry: not a real person" in blocks[1].text


def test_of_many_contacts_the_rest_is_counted() -> None:
    offices = [Contact(str(n), "institution", f"Office {n}", ("EE",), "public", checked="2026-11-24") for n in range(8)]
    blocks = list(contacts.contact_blocks({"EE": offices}, [], EN))
    assert blocks[-1].text.startswith("and 2 more")
    assert len(blocks) == 1 + contacts.MOST + 1


def test_a_country_without_contacts_says_so() -> None:
    assert "No contact" in list(contacts.contact_blocks({"EE": []}, [], EN))[-1].text


# ---- browsing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_topic_can_be_reached_through_its_step(small_index: Index, lang: str) -> None:
    say = phrases(lang)
    reached = [
        button.action
        for step in browsing.STEPS
        for row in browsing.topic_buttons(small_index, step, say)
        for button in row
    ]
    assert sorted(reached) == sorted(f"doc:{topic}" for topic in browsing.documents_by_topic(small_index, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_contents_of_a_topic_are_its_passages(small_index: Index, lang: str) -> None:
    buttons = browsing.contents_buttons(small_index, "guardian", phrases(lang))
    ids = [button.action.removeprefix("ctx:") for row in buttons for button in row]
    found = [small_index.find(passage_id) for passage_id in ids]
    assert len(ids) >= 5
    assert {passage.lang for passage in found if passage} == {lang}


@pytest.mark.parametrize(
    ("words", "concept"),
    [("guardian", "guardian"), ("Guardians", "guardian"), ("eestkostja", "guardian"), ("eestkostjale", "guardian")],
)
def test_a_term_is_found_in_other_cases_too(small_index: Index, words: str, concept: str) -> None:
    found = browsing.find_concepts(small_index.library.concepts, words)
    assert concept in found[0].id


def test_what_is_no_term_finds_nothing(small_index: Index) -> None:
    for text in ("", "   ", "qwertz", "🙂"):
        assert browsing.find_concepts(small_index.library.concepts, text) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_list_can_be_shown_in_every_language(small_index: Index, lang: str) -> None:
    say = phrases(lang)
    blocks: list[Block] = [
        *browsing.source_blocks(small_index, say),
        *guidance.news_blocks(small_index, say),
        *guidance.start_blocks(say),
        *guidance.help_blocks(say, is_admin=True),
        *guidance.join_blocks(say),
        *answering.not_found_blocks(say),
        *browsing.term_blocks(small_index.library.concepts[0], say),
    ]
    assert all(block.text.strip() for block in blocks)
    assert not any("{" in block.text for block in blocks)


def test_styles_carry_no_markup() -> None:
    assert Block("text", (Span("<b>", "bold"), Span("&"))).text == "<b>&"


def test_the_card_of_two_countries_names_the_body_that_answers_in_each(small_index: Index) -> None:
    network = load_network(CORPUS, CORPUS / "contacts.example.yaml")
    blocks = contacts.cooperation_blocks("LT", "DK", network, small_index.library.sources, EN)
    lines = [block.text for block in blocks if "central authority: " in block.text]
    assert len(lines) == 2
    assert lines[0].startswith("Lithuania, central authority: ")
    assert "Brussels IIb" in lines[0]
    assert "Brussels IIb" not in lines[1]


def test_the_emergency_card_names_the_numbers_that_nobody_has_verified_and_never_doubts_112() -> None:
    network = load_network(CORPUS, CORPUS / "contacts.example.yaml")
    blocks = list(contacts.emergency_blocks(["LV"], network, EN))
    [line] = [block.text for block in blocks if "Check before use" in block.text]
    assert line.startswith("116 000, ")
    assert "112," not in line
    assert any(block.text.startswith("112") for block in blocks)
