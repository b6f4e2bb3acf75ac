"""From a file to its sections. One reader module per format, behind one function."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from ..errors import UnreadableDocument
from ..models import Section

# Modules, imported with their parsers when the first such file is read: what serves an index reads none.
_READERS = {
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
}

#: File name endings that can be read.
SUFFIXES = frozenset(_READERS)


def extract(path: Path) -> tuple[Section, ...]:
    """The sections of a document, in order; each has text.

    Raises UnreadableDocument, which says what is wrong with the file and what to do.
    """
    module = _READERS.get(path.suffix.lower())
    if module is None:
        raise UnreadableDocument(
            f"{path}: files of type '{path.suffix}' cannot be read; convert it to one of {', '.join(sorted(SUFFIXES))}."
        )
    reader: Callable[[Path], tuple[Section, ...]] = import_module(f".{module}", __package__).read
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
