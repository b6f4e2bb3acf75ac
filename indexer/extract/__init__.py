"""From a file to its sections. One reader module per format, behind one function."""

from collections.abc import Callable
from pathlib import Path

from ..errors import UnreadableDocument
from ..models import Section
from . import docx, html, markdown, pdf

_READERS: dict[str, Callable[[Path], tuple[Section, ...]]] = {
    ".md": markdown.read,
    ".html": html.read,
    ".htm": html.read,
    ".docx": docx.read,
    ".pdf": pdf.read,
}

#: File name endings that can be read.
SUFFIXES = frozenset(_READERS)


def extract(path: Path) -> tuple[Section, ...]:
    """The sections of a document, in order; each has text.

    Raises UnreadableDocument, which says what is wrong with the file and what to do.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableDocument(
            f"{path}: files of type '{path.suffix}' cannot be read; convert it to one of {', '.join(sorted(SUFFIXES))}."
        )
    try:
        sections = reader(path)
    except UnreadableDocument:
        raise
    except Exception as error:  # foreign parsers fail in many ways; one boundary, cause kept
        raise UnreadableDocument(
            f"{path}: the file is broken ({type(error).__name__}: {error}); "
            "open it in its own program, save it again, and rebuild."
        ) from error
    sections = tuple(section for section in sections if section.text.strip())
    if not sections:
        raise UnreadableDocument(f"{path}: the file holds no text; nothing to index.")
    return sections
