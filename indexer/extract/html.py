"""Web pages, reduced to their article."""

from pathlib import Path
from typing import Any

import trafilatura
from lxml import etree

from ..errors import UnreadableDocument
from ..models import Section
from ..text import clean
from .outline import Outline


def read(path: Path) -> tuple[Section, ...]:
    """The sections of the page's main text, without navigation, forms and comments."""
    raw = path.read_bytes()
    if not raw.strip():
        raise UnreadableDocument(f"{path}: the file is empty; download the page again.")
    page: Any = trafilatura.bare_extraction(
        raw, include_comments=False, include_tables=True, include_formatting=True, with_metadata=True
    )
    if page is None or page.body is None:
        raise UnreadableDocument(
            f"{path}: no article was found in this page; save the text as Markdown or PDF instead."
        )
    outline = Outline(clean(page.title or path.stem).strip())
    _keep_apart(page.body)
    for element in page.body.iter("head", "p", "item", "quote", "row", "code"):
        # A block inside a block (a paragraph in a list item) is read with the outer one.
        if any(parent.tag in {"item", "quote", "row"} for parent in element.iterancestors()):
            continue
        if element.tag == "row":
            outline.block(" | ".join(cell for cell in map(_text, element.iter("cell")) if cell))
            continue
        text = _text(element)
        if element.tag == "head":
            outline.heading(int((element.get("rend") or "h2")[-1]), text)
        else:
            outline.block(text)
    return outline.sections()


def _keep_apart(body: Any) -> None:
    """Put spaces where a line break or a block inside a block parts two words on the screen."""
    for element in body.iter("lb", "p", "list", "item", "quote"):
        element.text = f" {element.text or ''}"
        element.tail = f" {element.tail or ''}"


def _text(element: Any) -> str:
    return " ".join(clean(etree.tostring(element, method="text", encoding="unicode", with_tail=False)).split())
