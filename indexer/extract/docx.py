"""Word documents."""

import re
import zipfile
from pathlib import Path

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table

from ..errors import UnreadableDocument
from ..models import Section
from ..text import clean
from .outline import Outline

_HEADING = re.compile(r"^(?:heading|title)\s*(\d*)$", re.IGNORECASE)
# An encrypted Word file is an OLE container, not a ZIP archive.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A document of this project's kind unpacks to a few megabytes; more is a mistake or an attack.
_MAX_UNPACKED = 200 * 1024 * 1024


def read(path: Path) -> tuple[Section, ...]:
    """The sections of a Word file; page numbers are not stored in this format."""
    document = _open(path)
    outline = Outline(_text(document.core_properties.title or "") or path.stem)
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            for row in item.rows:
                # A merged cell is given once for each place that it fills; two cells may say the same.
                cells = {cell._tc: _text(cell.text) for cell in row.cells}
                outline.block(" | ".join(text for text in cells.values() if text))
            continue
        text = _text(item.text)
        match = _HEADING.match((item.style.name if item.style is not None else None) or "")
        if match and text:
            outline.heading(int(match.group(1) or 1), text)
        else:
            outline.block(text)
    return outline.sections()


def _text(raw: str) -> str:
    return " ".join(clean(raw).split())


def _open(path: Path) -> Document:
    with path.open("rb") as file:
        start = file.read(8)
    if start == _OLE:
        raise UnreadableDocument(
            f"{path}: the file is encrypted or in the old .doc format; save it as .docx without a password."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        if unpacked > _MAX_UNPACKED:
            raise UnreadableDocument(
                f"{path}: unpacks to {unpacked // 2**20} MB, more than the {_MAX_UNPACKED // 2**20} MB "
                "allowed; remove pictures or split the document."
            )
        return docx.Document(str(path))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise UnreadableDocument(
            f"{path}: not a valid Word file ({error}); open it in Word and save it again as .docx."
        ) from error
