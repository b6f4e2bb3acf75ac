"""What the readers of Word, HTML and Markdown files promise, and what every reader does with a bad file."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from docx.document import Document

from indexer.errors import UnreadableDocument
from indexer.extract import SUFFIXES, docx, extract, markdown
from indexer.models import LANGUAGES, Reference
from tests.auxil.documents import brief, new_word, page_html, write_zip_bomb

SHIPPED = Path(__file__).parents[2] / "corpus"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(UnreadableDocument) as raised:
        extract(path)
    return str(raised.value)


# --- every format -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@pytest.mark.parametrize("content", [b"", b"   \n", bytes(range(256)) * 4], ids=["empty", "blank", "bytes"])
def test_a_file_without_text_is_refused_by_its_name(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = written(tmp_path / f"crc.en{suffix}", content)
    assert str(path) in refused(path)


def test_a_type_that_cannot_be_read_is_refused_with_those_that_can(tmp_path: Path) -> None:
    message = refused(written(tmp_path / "crc.en.odt", "text"))
    assert "'.odt'" in message
    assert ".docx, .htm, .html, .md, .pdf" in message


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    assert extract(written(tmp_path / "CRC.MD", "## A\n\nText."))[0].text == "Text."


def test_an_unforeseen_failure_of_a_parser_names_the_file_and_keeps_the_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> Document:
        raise RuntimeError("inner trouble")

    monkeypatch.setattr(docx, "_open", fail)
    path = written(tmp_path / "a.docx", "x")
    with pytest.raises(UnreadableDocument, match="inner trouble") as raised:
        extract(path)
    assert str(path) in str(raised.value)
    assert isinstance(raised.value.__cause__, RuntimeError)


# --- Word -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[Document], Path]:
    def save(document: Document) -> Path:
        document.save(str(tmp_path / "guide.docx"))
        return tmp_path / "guide.docx"

    return save


def test_word_headings_become_the_path_and_list_items_paragraphs(saved: Callable[[Document], Path]) -> None:
    document = new_word("Handbook")
    document.add_paragraph("Before any heading.")
    document.add_heading("Guardians", 1)
    document.add_paragraph("Bērns,  globėjas\tи ребёнок.")
    document.add_heading("Duties", 2)
    document.add_paragraph("Listen.", style="List Bullet")
    document.add_paragraph("Act.", style="List Number")
    document.add_heading("Reception", 1)
    document.add_paragraph("The last.")
    assert [(section.headings, section.text) for section in extract(saved(document))] == [
        (("Handbook",), "Before any heading."),
        (("Handbook", "Guardians"), "Bērns, globėjas и ребёнок."),
        (("Handbook", "Guardians", "Duties"), "Listen.\nAct."),
        (("Handbook", "Reception"), "The last."),
    ]


def test_a_word_file_without_title_goes_by_its_file_name(saved: Callable[[Document], Path]) -> None:
    document = new_word()
    document.add_paragraph("Text.")
    assert extract(saved(document))[0].headings == ("guide",)


def test_a_table_stands_where_it_was_one_row_a_line(saved: Callable[[Document], Path]) -> None:
    document = new_word("T")
    document.add_paragraph("Before.")
    table = document.add_table(2, 3)
    for row, texts in zip(table.rows, (("Country", "Asked", "Answered"), ("Finland", "yes", "yes")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("After.")
    assert extract(saved(document))[0].text == "Before.\nCountry | Asked | Answered\nFinland | yes | yes\nAfter."


def test_a_merged_cell_is_given_once_in_a_row(saved: Callable[[Document], Path]) -> None:
    document = new_word("T")
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Both\nstates"
    table.cell(0, 2).merge(table.cell(1, 2)).text = "Always"
    table.cell(1, 0).text = "A"
    assert extract(saved(document))[0].text == "Both states | Always\nA | Always"


def test_an_encrypted_or_old_word_file_is_refused(tmp_path: Path) -> None:
    assert "encrypted or in the old .doc format" in refused(written(tmp_path / "a.docx", OLE))


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    assert "not a valid Word file" in refused(written(tmp_path / "a.docx", "plain text, longer than the header"))


def test_a_word_file_that_breaks_off_is_refused(saved: Callable[[Document], Path]) -> None:
    document = new_word("T")
    document.add_paragraph("Text.")
    path = saved(document)
    assert "not a valid Word file" in refused(written(path, path.read_bytes()[:-200]))


def test_an_archive_that_unpacks_to_too_much_is_refused_unopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docx, "_MAX_UNPACKED", 3 * 2**20)
    assert "unpacks to 4 MB, more than the 3 MB" in refused(write_zip_bomb(tmp_path / "a.docx", 4))


# --- web pages --------------------------------------------------------------------------------------------------------

ARTICLE = """
<p>A guardian is appointed for every child who arrives alone, without any delay at all.</p>
<h2>Duties of the guardian</h2>
<p>The guardian meets the child<br>in private &amp; listens to what the child says about the journey.</p>
<ul><li>The first duty of the guardian is to <b>listen</b> to them</li><li><p>The second duty is to act</p></li></ul>
<h3>Terms by country</h3>
<table><tr><th>Country</th><th>Days</th></tr><tr><td>Latvija, šķērsošana</td><td>5</td></tr></table>
<h2>The end of the case</h2>
<p>The last words of the article are about the best interests of the child.</p>
"""


def test_only_the_article_of_a_web_page_is_read(tmp_path: Path) -> None:
    text = "\n".join(s.text for s in extract(written(tmp_path / "a.html", page_html("Guardians", ARTICLE))))
    assert "without any delay at all" in text
    for outside in ("Home page", "All our news", "Copyright", "Cookie"):
        assert outside not in text


def test_headings_of_a_web_page_become_the_path(tmp_path: Path) -> None:
    sections = extract(written(tmp_path / "a.html", page_html("Guardians", ARTICLE)))
    assert [section.headings for section in sections] == [
        ("Guardians",),
        ("Guardians", "Duties of the guardian"),
        ("Guardians", "Duties of the guardian", "Terms by country"),
        ("Guardians", "The end of the case"),
    ]


def test_line_breaks_list_items_and_table_cells_keep_words_apart(tmp_path: Path) -> None:
    _, duties, terms, _ = extract(written(tmp_path / "a.html", page_html("Guardians", ARTICLE)))
    assert duties.text.split("\n") == [
        "The guardian meets the child in private & listens to what the child says about the journey.",
        "The first duty of the guardian is to listen to them",
        "The second duty is to act",
    ]
    assert terms.text == "Country | Days\nLatvija, šķērsošana | 5"


def test_a_page_that_a_script_would_fill_is_refused(tmp_path: Path) -> None:
    page = "<!doctype html><html><head><script src='a.js'></script></head><body><div id='root'></div></body></html>"
    assert "no article was found" in refused(written(tmp_path / "a.html", page))


# --- Markdown ---------------------------------------------------------------------------------------------------------


def test_headings_anchors_and_list_items_of_a_brief(tmp_path: Path) -> None:
    raw = brief("Opening.\n\n## What it means {#meaning}\n\nOne.\n\n## What to do {#steps}\n\n- First.\n- Second.")
    sections = extract(written(tmp_path / "a.md", raw))
    assert [(section.headings, section.anchor, section.text) for section in sections] == [
        (("Guardian or representative",), "", "Opening."),
        (("Guardian or representative", "What it means"), "meaning", "One."),
        (("Guardian or representative", "What to do"), "steps", "First.\nSecond."),
    ]


def test_source_marks_are_taken_out_of_the_text_and_kept_with_their_places(tmp_path: Path) -> None:
    raw = brief(
        "## A {#a}\n\nA child is heard. [@crc 12; @gc12 para 134] A guardian helps. [@crc 20]\n\n- An item. [@gc6]"
    )
    (section,) = extract(written(tmp_path / "a.md", raw))
    assert section.text == "A child is heard. A guardian helps.\nAn item."
    assert section.references == (
        Reference("crc", "12", len("A child is heard.")),
        Reference("gc12", "para 134", len("A child is heard.")),
        Reference("crc", "20", len("A child is heard. A guardian helps.")),
        Reference("gc6", "", len(section.text)),
    )


def test_no_mark_markup_or_invisible_sign_is_left_in_a_quote(tmp_path: Path) -> None:
    raw = brief("## *A* b {#a}\n\nThe **best** [interests](https://example.org) of\nthe\u00ad chi\u200bld. [@crc 3]")
    (section,) = extract(written(tmp_path / "a.md", raw))
    assert section.text == "The best interests of the child."
    assert section.headings[-1] == "A b"


def test_an_ordinary_bracket_stays(tmp_path: Path) -> None:
    assert extract(written(tmp_path / "a.md", "## A\n\nArticle 3 [sic] stays."))[0].text == "Article 3 [sic] stays."


@pytest.mark.parametrize(
    "encode", [lambda raw: raw.replace("\n", "\r\n").encode(), lambda raw: raw.encode("utf-8-sig")]
)
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    raw = brief("## Nozīme {#meaning}\n\nBērns tiek uzklausīts. [@crc 12]")
    assert extract(written(tmp_path / "a.md", encode(raw))) == extract(written(tmp_path / "b.md", raw))


def test_markdown_in_another_encoding_is_refused_with_the_byte(tmp_path: Path) -> None:
    message = refused(written(tmp_path / "a.md", "Bērns".encode("cp1257")))
    assert "not UTF-8 text (byte 1)" in message


def test_broken_front_matter_is_refused_with_file_and_line(tmp_path: Path) -> None:
    path = written(tmp_path / "a.md", "---\ntopic: guardian\ntitle: 'open\nlang: en\n---\n\nText.\n")
    assert refused(path).startswith(f"{path}:")
    assert "front matter is not valid YAML" in refused(path)
    path = written(tmp_path / "b.md", "---\ntopic: guardian\ntitle: a: b\n---\n\nText.\n")
    assert refused(path).startswith(f"{path}:3:")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1996. gada konvencija aizliedz to.", ["1996. gada konvencija aizliedz to."]),
        ("1996. gada pirmais.\n\n1980. gada otrais.", ["1996. gada pirmais.", "1980. gada otrais."]),
        ("12. juunil 2026 algas uus aeg.", ["12. juunil 2026 algas uus aeg."]),
        ("- 3. pants", ["3. pants"]),
        ("1. first\n2. second", ["first", "second"]),
        ("- 3. pants\n- next", ["3. pants", "next"]),
    ],
)
def test_a_year_or_day_at_the_start_of_a_line_is_no_number_of_a_list(text: str, found: list[str]) -> None:
    assert [block.text for block in markdown.blocks(text)] == found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_of_a_shipped_brief_is_lost(lang: str) -> None:
    for path in sorted((SHIPPED / "briefs" / lang).glob("*.md")):
        body = path.read_text(encoding="utf-8").split("\n---\n", 1)[1]
        lines = [line for line in body.split("\n") if not line.startswith("#")]
        written = " ".join(re.sub(r"\s*\[@[^\[\]]+\]|^- |[*_`]", "", line) for line in lines).split()
        read = " ".join(section.text for section in extract(path)).split()
        assert read == written, path.name


def test_front_matter_that_is_a_list_is_refused(tmp_path: Path) -> None:
    assert "`key: value` lines" in refused(written(tmp_path / "a.md", "---\n- one\n---\n\nText.\n"))


def test_each_block_knows_the_line_on_which_it_begins() -> None:
    found = markdown.blocks(brief("## A {#a}\n\nOne.\n\n- Two.\n- Three."))
    assert [(block.line, block.text) for block in found] == [(10, "A"), (12, "One."), (14, "Two."), (15, "Three.")]
