"""Rules on locators and links."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from .files import Corpus
from .places import Spot

_ARTICLE = r"\d+[a-z]?(?:\((?:\d+[a-z]?|[a-z]+)\))*"
_RANGE = rf"{_ARTICLE}(?:-{_ARTICLE})?"
_ANNEX = r"annex(?: (?:[IVXL]+|\d+))?"
_LOCATOR = re.compile(rf"(?:(?:para )?{_RANGE}(?:, {_RANGE})*|{_ANNEX})?")


def locators(corpus: Corpus) -> Iterator[Spot]:
    """A source mark whose locator is no article, paragraph or annex, or that does not end."""
    for brief in corpus.briefs:
        for block in brief.blocks:
            for source, locator, _ in block.references:
                if not _LOCATOR.fullmatch(locator):
                    yield Spot(
                        brief.path,
                        block.line,
                        f"'{locator}' in [@{source} {locator}] is not a locator; "
                        "allowed: 20, 14(2), 29-37, `para 33-38`, `annex II`, lists with commas, or nothing",
                    )
            if "[@" in block.text:
                yield Spot(brief.path, block.line, "a source mark that does not end with `]`")


def dead_links(corpus: Corpus) -> Iterator[Spot]:
    """A link to a file or a section that is not in the corpus."""
    briefs = {brief.path: brief for brief in corpus.briefs}
    root = corpus.root.resolve()
    for brief in corpus.briefs:
        for line, link in brief.links():
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            here = root / brief.path
            target = (here.parent / unquote(parts.path)).resolve() if parts.path else here
            inside = target.relative_to(root).as_posix() if target.is_relative_to(root) else ""
            if not inside or not target.is_file():
                yield Spot(brief.path, line, f"the link '{link}' leads to no file of the corpus")
            elif parts.fragment and inside in briefs and parts.fragment not in briefs[inside].by_anchor:
                yield Spot(brief.path, line, f"the link '{link}' leads to no section of {inside}")
