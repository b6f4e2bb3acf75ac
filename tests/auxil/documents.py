"""Makes documents of every format that the indexer reads, small and exact, from a few lines of text."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

A4 = (595.0, 842.0)
"""Width and height in points."""
_FONT = "DejaVuSans"
_FONT_PLACES = ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu", "/usr/share/fonts/TTF")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of type on a PDF page; points, counted from the lower left corner to the baseline."""

    text: str
    left: float = 72
    bottom: float = 700
    size: float = 11


def column(*texts: str, left: float = 72, top: float = 700, size: float = 11, leading: float = 14) -> list[Line]:
    """Lines one below the other."""
    return [Line(text, left, top - leading * number, size) for number, text in enumerate(texts)]


def write_pdf(
    path: Path,
    pages: Sequence[Sequence[Line]],
    *,
    title: str | None = None,
    labels: Mapping[int, tuple[str, int]] | None = None,
    password: str | None = None,
) -> Path:
    """A PDF with text on its pages; a page without lines gets a picture, as a scan has.

    `labels` gives, from a page index on, the numbering style (`ROMAN_LOWER`, `ARABIC`) and its first number.
    """
    _register_font()
    canvas = Canvas(str(path), pagesize=A4, encrypt=password, invariant=1)
    if title is not None:
        canvas.setTitle(title)
    for index, (style, first) in (labels or {}).items():
        canvas.addPageLabel(index, style=style, start=first)
    for lines in pages:
        for line in lines:
            canvas.setFont(_FONT, line.size)
            canvas.drawString(line.left, line.bottom, line.text)
        if not lines:
            canvas.rect(72, 72, 400, 600, fill=1)
        canvas.showPage()
    canvas.save()
    return path


def _register_font() -> None:
    if _FONT in pdfmetrics.getRegisteredFontNames():
        return
    found = next((file for place in _FONT_PLACES if (file := Path(place) / f"{_FONT}.ttf").exists()), None)
    if found is None:
        raise RuntimeError(
            f"{_FONT}.ttf was not found; these tests need a font with Baltic and Cyrillic letters: "
            "install Debian's package fonts-dejavu-core."
        )
    pdfmetrics.registerFont(TTFont(_FONT, str(found)))


def new_word(title: str = "") -> WordDocument:
    """An empty Word document to be filled with python-docx and saved."""
    document = docx.Document()
    document.core_properties.title = title
    return document


def write_zip_bomb(path: Path, megabytes: int) -> Path:
    """A small .docx that claims, and has, a large content of zeros."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as file:
        for _ in range(megabytes):
            file.write(bytes(2**20))
    return path


def page_html(title: str, body: str) -> str:
    """A web page as publishers make them: navigation, an article, a footer."""
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title></head><body>"
        "<nav><ul><li><a href='/'>Home page of the portal</a></li><li><a href='/news'>All our news</a></li></ul></nav>"
        f"<main><article><h1>{title}</h1>{body}</article></main>"
        "<footer><p>Copyright of the portal. Cookie settings.</p></footer></body></html>"
    )


def brief(
    body: str, *, topic: str = "guardian", lang: str = "en", title: str = "Guardian or representative", step: str = ""
) -> str:
    """A brief: front matter and the Markdown below it."""
    meta = (
        f"topic: {topic}\nlang: {lang}\ntitle: {title}\nstep: {step or 'appoint'}\nkind: brief\nchecked: 2026-11-24\n"
    )
    return f"---\n{meta}---\n\n{body}\n"


SOURCE = """\
  title: Convention on the Rights of the Child
  short: {en: CRC}
  publisher: United Nations
  date: "1989-11-20"
  languages: [en, ru]
  url: https://example.org/crc
  kind: instrument
  status: official
"""
TERMS = """\
- id: guardian
  en: [guardian, legal representative]
  lv: [aizbildnis]
"""


def write_corpus(folder: Path, files: Mapping[str, str | bytes], sources: Sequence[str] = ("crc",)) -> Path:
    """A corpus folder with a register, a glossary of one concept and the given files by relative path."""
    register = "".join(f"{source}:\n{SOURCE}" for source in sources)
    for name, content in {"sources.yaml": register, "terms.yaml": TERMS, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
