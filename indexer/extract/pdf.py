"""PDF files: lines with their places from pdfium, put back into reading order.

A PDF has no paragraphs, columns or headers, only glyphs with coordinates. What is rebuilt here:
columns from a gutter that lines do not cross, running headers from lines that repeat in the margins,
headings from their type size, paragraphs from the gaps between lines.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ..errors import UnreadableDocument
from ..models import PageStart, Section
from ..text import clean
from .outline import Outline

# pdfium's signs for a hyphen that only breaks a word at the end of a line.
_LINE_HYPHENS = ("\ufffe", "\u00ad", "\u0002")
_MARGIN = 0.12  # of the page height, at the top and at the bottom, where running lines stand
_HEADING_RATIO = 1.15  # of the body's type size
_MAX_HEADING = 200  # characters; larger type that runs longer is a pull quote, not a heading
_PLAIN_HYPHEN = re.compile(r"\w-$")
_COMPOUND = re.compile(r"(?=\b(\w+-\w+))")
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    label: str | None
    width: float
    height: float
    lines: tuple[_Line, ...]


def read(path: Path) -> tuple[Section, ...]:
    """The sections of a PDF, with the page on which each begins and the label printed there."""
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise UnreadableDocument(_reason(path, error)) from error
    try:
        pages = [_page(document, index) for index in range(len(document))]
        title = clean(document.get_metadata_dict().get("Title", "")).strip()
    finally:
        document.close()
    if not any(page.lines for page in pages):
        raise UnreadableDocument(
            f"{path}: the pages are pictures without text (a scan); "
            "run text recognition first, for example with ocrmypdf, and add the result."
        )
    return _assemble(_without_running_lines(pages), title or path.stem)


def _reason(path: Path, error: Exception) -> str:
    if "password" in str(error).lower():
        return f"{path}: the PDF is encrypted with a password; save a copy without it and add that."
    return f"{path}: the PDF is broken ({error}); download or export it again."


def _page(document: pdfium.PdfDocument, index: int) -> _Page:
    page = document[index]
    try:
        width, height = page.get_size()
        text = page.get_textpage()
        try:
            lines = tuple(_lines(text))
        finally:
            text.close()
    finally:
        page.close()
    label = document.get_page_label(index) or None
    return _Page(index + 1, label, width, height, lines)


def _lines(text: pdfium.PdfTextPage) -> Iterator[_Line]:
    """Runs of glyphs that stand on one line without a wide gap, in content order."""
    count = text.count_chars()
    content = text.get_text_range() if count else ""
    if len(content) != count:  # astral characters take two units; read glyph by glyph instead
        content = "".join(chr(pdfium_c.FPDFText_GetUnicode(text, i) or 0xFFFD) for i in range(count))
    glyphs: list[tuple[str, float, float, float, float, float]] = []
    for index, char in enumerate(content):
        if char in "\r\n":
            if glyphs:
                yield _line(glyphs)
            glyphs = []
            continue
        left, bottom, right, top = text.get_charbox(index)
        size = pdfium_c.FPDFText_GetFontSize(text, index)
        if glyphs and not char.isspace() and _is_apart(glyphs, left, bottom, top):
            yield _line(glyphs)
            glyphs = []
        glyphs.append((char, left, bottom, right, top, size))
    if glyphs:
        yield _line(glyphs)


def _is_apart(
    glyphs: list[tuple[str, float, float, float, float, float]], left: float, bottom: float, top: float
) -> bool:
    last = next((glyph for glyph in reversed(glyphs) if not glyph[0].isspace()), None)
    if last is None:
        return False
    size = max(last[5], 1.0)
    return left - last[3] > 1.8 * size or left < last[1] - 4 * size or top < last[2] or bottom > last[4]


def _line(glyphs: list[tuple[str, float, float, float, float, float]]) -> _Line:
    inked = [glyph for glyph in glyphs if not glyph[0].isspace()] or glyphs
    return _Line(
        "".join(glyph[0] for glyph in glyphs).strip(),
        min(glyph[1] for glyph in inked),
        min(glyph[2] for glyph in inked),
        max(glyph[3] for glyph in inked),
        max(glyph[4] for glyph in inked),
        round(median(glyph[5] for glyph in inked) * 2) / 2,
    )


def _without_running_lines(pages: list[_Page]) -> list[_Page]:
    """The pages without the headers and footers that repeat on them."""
    repeats = Counter(
        key for page in pages for key in {_running_key(line) for line in page.lines if _is_marginal(line, page)}
    )
    needed = 2 if len(pages) <= 3 else 3
    kept = []
    for page in pages:
        lines = tuple(
            line
            for line in page.lines
            if line.text
            and not (
                _is_marginal(line, page)
                and (repeats[_running_key(line)] >= needed or _running_key(line) == "#" or line.text == page.label)
            )
        )
        kept.append(_Page(page.number, page.label, page.width, page.height, lines))
    return kept


def _is_marginal(line: _Line, page: _Page) -> bool:
    return line.middle > page.height * (1 - _MARGIN) or line.middle < page.height * _MARGIN


def _running_key(line: _Line) -> str:
    """The line with its numbers masked, so that `Guidelines 12` and `Guidelines 13` are one."""
    return _DIGITS.sub("#", " ".join(line.text.lower().split())).strip(" |-–·.")


def _in_reading_order(page: _Page) -> list[list[_Line]]:
    """The lines by columns: each list is read from top to bottom before the next begins."""
    gutter = _gutter(page)
    by_height = sorted(page.lines, key=lambda line: (-round(line.middle), line.left))
    if gutter is None:
        return [by_height]
    columns: list[list[_Line]] = []
    left: list[_Line] = []
    right: list[_Line] = []
    for line in by_height:
        if line.left < gutter < line.right:  # spans both columns: ends the band above it
            columns.extend(part for part in (left, right) if part)
            columns.append([line])
            left, right = [], []
        else:
            (left if line.right <= gutter else right).append(line)
    columns.extend(part for part in (left, right) if part)
    return columns


def _gutter(page: _Page) -> float | None:
    """Where the gap between two columns is; None when the page has one column."""
    lines = [line for line in page.lines if len(line.text) > 3]
    best = None
    for step in range(36, 65):
        x = page.width * step / 100
        crossing = sum(line.left < x < line.right for line in lines)
        left = sum(line.right <= x for line in lines)
        right = sum(line.left >= x for line in lines)
        if min(left, right) >= 4 and crossing <= 0.25 * len(lines) and (best is None or crossing < best[0]):
            best = (crossing, x)
    return best[1] if best else None


def _assemble(pages: list[_Page], title: str) -> tuple[Section, ...]:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0]
    larger = sorted((size for size in sizes if size >= body * _HEADING_RATIO), reverse=True)
    levels = {size: min(rank + 1, 4) for rank, size in enumerate(larger)}
    compounds = {word.lower() for page in pages for line in page.lines for word in _COMPOUND.findall(line.text)}
    outline = Outline(title)
    paragraph: list[_Line] = []
    stands_on: list[_Page] = []

    def flush() -> None:
        if paragraph:
            text, begins = _joined(paragraph, compounds)
            level = levels.get(paragraph[0].size)
            if level and len(text) <= _MAX_HEADING:
                outline.heading(level, text)
            else:
                pages = zip(begins, stands_on, strict=True)
                outline.block(text, pages=tuple(PageStart(at, page.number, page.label) for at, page in pages))
        paragraph.clear()
        stands_on.clear()

    for page in pages:
        for column in _in_reading_order(page):
            gap = _line_gap(column)
            for line in column:
                if paragraph and _begins_paragraph(paragraph[-1], line, gap):
                    flush()
                paragraph.append(line)
                stands_on.append(page)
    flush()
    return outline.sections()


def _line_gap(lines: list[_Line]) -> float:
    """The usual distance from line to line, in points."""
    steps = [above.middle - below.middle for above, below in zip(lines, lines[1:], strict=False)]
    steps = [step for step in steps if step > 1]
    return median(steps) if steps else 0.0


def _begins_paragraph(last: _Line, line: _Line, gap: float) -> bool:
    if last.size != line.size:
        return True
    step = last.middle - line.middle
    if step <= 0:  # a new column or page: the sentence may go on there
        return last.text.endswith((".", "!", "?", ":", ";")) and not last.text.endswith(_LINE_HYPHENS)
    return step > 1.35 * gap or line.text.startswith(("•", "–", "▪", "■", "\uf0b7"))


def _joined(lines: list[_Line], compounds: set[str]) -> tuple[str, list[int]]:
    """The lines as one paragraph, and the offset at which each of them begins."""
    text, begins, is_broken = "", [], False
    for line in lines:
        piece = line.text
        for sign in _LINE_HYPHENS:
            piece = piece.replace(sign, "")
        piece = " ".join(clean(piece).split())
        if not is_broken and _PLAIN_HYPHEN.search(text) and piece[:1].islower():
            text, is_broken = text[:-1], True  # pdfium does not look beyond a column or page
        if is_broken:
            text += _hyphen(text, piece, compounds)
        elif text and not _PLAIN_HYPHEN.search(text):  # `EU-` and `Ukraine`
            text += " "
        begins.append(len(text))
        text += piece
        is_broken = line.text.endswith(_LINE_HYPHENS)
    return text, begins


def _hyphen(before: str, after: str, compounds: set[str]) -> str:
    """The hyphen of `cross-border` broken at its own hyphen, if the document writes that word so elsewhere."""
    compound = f"{before.rpartition(' ')[2]}-{after.partition(' ')[0]}"
    match = _COMPOUND.match(compound)
    return "-" if match and match.group(1).lower() in compounds else ""
