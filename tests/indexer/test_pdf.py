"""What the PDF reader promises, on PDFs made line by line."""

from pathlib import Path

import pytest

from indexer.errors import UnreadableDocument
from indexer.extract import extract
from indexer.models import Section
from tests.auxil.documents import Line, column, write_pdf

BODY = ("The guardian meets the child in private.", "The guardian explains each step of the case.")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "crc.en.pdf"


def text_of(sections: tuple[Section, ...]) -> str:
    return "\n".join(section.text for section in sections)


@pytest.mark.parametrize(
    "sentence",
    [
        "Bērna labākās intereses ir jāņem vērā: šķērsošana, ģimene, ļaunums.",
        "Vaiko teisių apsaugos įstatymas, globėjas, ėjimas, žmogus, ųūčę.",
        "Lapse õigused, šokk, žanr, äär, öö, üks.",
        "Lapsen etu määrää, åbo, yhteisö.",
        "Наилучшие интересы ребёнка, объект, щит, эхо, юг.",
    ],
    ids=["lv", "lt", "et", "fi", "ru"],
)
def test_letters_of_every_language_come_out_as_written(file: Path, sentence: str) -> None:
    assert extract(write_pdf(file, [column(sentence)]))[0].text == sentence


def test_running_headers_and_footers_are_dropped_though_their_numbers_change(file: Path) -> None:
    pages = [
        [
            Line("PROTECT Guidelines 2024", bottom=800, size=9),
            *column(*(f"{sentence[:-1]} on day {number}." for sentence in BODY)),
            Line(f"{number} | Page {number} of 4", bottom=40, size=9),
        ]
        for number in range(1, 5)
    ]
    text = text_of(extract(write_pdf(file, pages)))
    assert "PROTECT Guidelines" not in text
    assert "Page" not in text
    assert all(f"on day {number}." in text for number in range(1, 5))


def test_a_line_at_the_edge_that_stands_on_one_page_only_is_text(file: Path) -> None:
    pages = [
        [Line("Adopted in Riga on 5 May.", bottom=810), *column(*BODY)],
        column("Other text of the second page."),
        column("And of the third."),
    ]
    assert "Adopted in Riga on 5 May." in text_of(extract(write_pdf(file, pages)))


def test_a_word_broken_at_the_line_end_is_joined(file: Path) -> None:
    lines = column("Vaiko teisių apsau-", "gos įstatymas ir интересы ребёнка учиты-", "ваются всегда.")
    assert (
        extract(write_pdf(file, [lines]))[0].text
        == "Vaiko teisių apsaugos įstatymas ir интересы ребёнка учитываются всегда."
    )


def test_a_word_broken_at_the_page_end_is_joined(file: Path) -> None:
    pages = [column("The authority appoints a guar-", top=120), column("dian without delay.")]
    assert extract(write_pdf(file, pages))[0].text == "The authority appoints a guardian without delay."


def test_a_compound_broken_at_its_own_hyphen_keeps_it_where_the_document_writes_it_so(file: Path) -> None:
    lines = column("A case is cross-border when two states act. In a cross-", "border case both author-", "ities act.")
    text = extract(write_pdf(file, [lines]))[0].text
    assert text == "A case is cross-border when two states act. In a cross-border case both authorities act."


def test_a_hyphen_before_a_capital_belongs_to_the_name(file: Path) -> None:
    pages = [column("The agreement is named EU-", top=120), column("Ukraine after its parties.")]
    assert extract(write_pdf(file, pages))[0].text == "The agreement is named EU-Ukraine after its parties."


def test_a_dash_at_the_line_end_does_not_glue_words(file: Path) -> None:
    text = extract(write_pdf(file, [column("the child –", "and the parent -", "are heard")]))[0].text
    assert text == "the child – and the parent - are heard"


def test_two_columns_are_read_one_after_the_other_above_and_below_a_heading_across_both(file: Path) -> None:
    def four(name: str) -> list[str]:
        return [f"{name} {number} and some words more" for number in ("one", "two", "three", "four", "five")]

    page = [
        *column(*four("Alpha"), left=60, top=720),
        *column(*four("Beta"), left=320, top=720),
        Line("A heading that runs across both columns", 60, 600, 16),
        *column(*four("Gamma"), left=60, top=560),
        *column(*four("Delta"), left=320, top=560),
    ]
    above, below = extract(write_pdf(file, [page]))
    assert above.text == " ".join(four("Alpha") + four("Beta"))
    assert below.headings[-1] == "A heading that runs across both columns"
    assert below.text == " ".join(four("Gamma") + four("Delta"))


def test_headings_are_told_by_type_size_and_nest(file: Path) -> None:
    page = [
        Line("Part One: children who", 72, 760 - 40, 20),
        Line("cross a border", 72, 735 - 40, 20),
        *column(*BODY, top=660),
        Line("Guardians", 72, 600, 14),
        *column(*BODY, top=570),
        Line("Part Two", 72, 500, 20),
        *column(*BODY, top=470),
    ]
    sections = extract(write_pdf(file, [page], title="Handbook"))
    assert [section.headings for section in sections] == [
        ("Handbook", "Part One: children who cross a border"),
        ("Handbook", "Part One: children who cross a border", "Guardians"),
        ("Handbook", "Part Two"),
    ]


def test_a_wider_gap_begins_a_paragraph(file: Path) -> None:
    page = [*column("First line of it", "and second line.", top=700), *column("Next one", "goes on.", top=650)]
    assert extract(write_pdf(file, [page]))[0].text == "First line of it and second line.\nNext one goes on."


def test_page_numbers_and_printed_labels_are_kept_for_every_page_of_a_section(file: Path) -> None:
    pages = [column("Preface text."), column("More preface."), column("The first article."), column("The second.")]
    (section,) = extract(write_pdf(file, pages, labels={0: ("ROMAN_LOWER", 1), 2: ("ARABIC", 1)}))
    found = [(section.text[start.at :].split("\n")[0], start.page, start.label) for start in section.pages]
    assert found == [
        ("Preface text.", 1, "i"),
        ("More preface.", 2, "ii"),
        ("The first article.", 3, "1"),
        ("The second.", 4, "2"),
    ]


def test_a_paragraph_that_runs_over_the_page_end_knows_where_the_new_page_begins(file: Path) -> None:
    (section,) = extract(write_pdf(file, [column("A sentence that goes on", top=120), column("on the next page.")]))
    second = section.pages[1]
    assert section.text[second.at :] == "on the next page."
    assert second.page == 2


def test_without_labels_only_the_page_number_is_known(file: Path) -> None:
    start = extract(write_pdf(file, [column(*BODY)]))[0].page_at(0)
    assert start is not None
    assert (start.page, start.label) == (1, None)


def test_the_title_comes_from_the_metadata_and_else_from_the_file_name(file: Path) -> None:
    assert extract(write_pdf(file, [column(*BODY)], title="Bērnu tiesības"))[0].headings == ("Bērnu tiesības",)
    assert extract(write_pdf(file, [column(*BODY)], title=""))[0].headings == ("crc.en",)


def unreadable(path: Path) -> str:
    with pytest.raises(UnreadableDocument) as raised:
        extract(path)
    return str(raised.value)


def test_a_scan_is_refused_with_the_advice_to_recognise_its_text(file: Path) -> None:
    message = unreadable(write_pdf(file, [[], []]))
    assert str(file) in message
    assert "ocrmypdf" in message


def test_an_encrypted_file_is_refused_with_the_advice_to_save_it_without_a_password(file: Path) -> None:
    message = unreadable(write_pdf(file, [column(*BODY)], password="secret"))
    assert str(file) in message
    assert "save a copy without it" in message


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_that_breaks_off_is_refused(file: Path, share: float) -> None:
    whole = write_pdf(file, [column(*BODY)] * 3).read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    message = unreadable(file)
    assert str(file) in message
    assert "download or export it again" in message


@pytest.mark.parametrize("content", [b"", b"%PDF-", b"<html>not a pdf</html>"], ids=["empty", "start only", "web page"])
def test_what_is_no_pdf_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert str(file) in unreadable(file)
