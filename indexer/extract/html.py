"""Web pages, reduced to their article."""

from pathlib import Path

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
    page = trafilatura.bare_extraction(
        raw, include_comments=False, include_tables=True, include_formatting=True, with_metadata=True
    )
    if page is None or page.body is None:
        raise UnreadableDocument(
            f"{path}: no article was found in this page; save the text as Markdown or PDF instead."
        )
    outline = Outline(clean(page.title or path.stem).strip())
    for element in page.body.iter("head", "p", "item", "quote", "row", "code"):
        # A block inside a block (a paragraph in a list item) is read with the outer one.
        if any(parent.tag in {"item", "quote", "row"} for parent in element.iterancestors()):
            continue
        text = " ".join(
            clean(" ".join(etree.tostring(element, method="text", encoding="unicode", with_tail=False).split())).split()
        )
        if element.tag == "head":
            outline.heading(int((element.get("rend") or "h2")[-1]), text)
        else:
            outline.block(text)
    return outline.sections()
