"""The files that the rules look at, read once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt

from ..errors import CorpusError, UnreadableDocument
from ..extract import markdown
from ..extract.markdown import Block
from ..models import LANGUAGES
from ..terms import Concept, load_terms
from .places import Spot, Value, YamlFile

#: The keys of a brief's front matter.
FIELDS = ("topic", "lang", "title", "step", "kind", "checked")

_PLACE = re.compile(r"(?::(?P<line>\d+))?: (?P<message>.*)", re.DOTALL)
_COMMONMARK = MarkdownIt("commonmark")


@dataclass(frozen=True, slots=True)
class BriefSection:
    """What stands below a heading of a brief."""

    anchor: str
    """Empty where the heading has none."""
    line: int
    blocks: tuple[Block, ...]


class Brief:
    """One Markdown file below `briefs/`."""

    def __init__(self, path: Path, corpus: Path) -> None:
        self.path = path.relative_to(corpus).as_posix()
        self.topic, self.lang = path.stem, path.parent.name
        self.error: Spot | None = None
        self.raw = ""
        meta: Mapping[str, object] = {}
        try:
            self.raw = markdown.decode(path)
            meta = markdown.front_matter(self.raw, path)
        except UnreadableDocument as error:
            self.error = spot_of(error, path, self.path)
        self._head, fence, self._body = self.raw.partition("\n---\n")
        self.is_framed = bool(fence) and self.raw.startswith("---\n")
        if self.error is None and not meta:
            self.error = Spot(self.path, 1, f"no front matter with {', '.join(FIELDS)} between `---` lines")
        self.meta = YamlFile(self.path, self._head, meta).top
        # Without its frame the front matter would pass for text.
        self.blocks = tuple(markdown.blocks(self.raw)) if self.is_framed else ()
        self.sections = tuple(_sections(self.blocks))

    @cached_property
    def by_anchor(self) -> dict[str, BriefSection]:
        """The sections that have an anchor; the first of a duplicate."""
        found: dict[str, BriefSection] = {}
        for section in self.sections:
            if section.anchor:
                found.setdefault(section.anchor, section)
        return found

    def links(self) -> Iterator[tuple[int, str]]:
        """The line of the block and the target of each link and image."""
        if not self.is_framed or not any(sign in self._body for sign in ("](", "]:", "<")):
            return
        for token in _COMMONMARK.parse("\n" * (self._head.count("\n") + 2) + self._body):
            for child in token.children or ():
                target = child.attrGet("href" if child.type == "link_open" else "src")
                if target is not None:
                    yield (token.map[0] if token.map else 0) + 1, str(target)


def _sections(blocks: Sequence[Block]) -> Iterator[BriefSection]:
    """The blocks below each heading; text above the first heading is a section without anchor."""
    starts = [number for number, block in enumerate(blocks) if block.level or number == 0]
    for start, end in pairwise([*starts, len(blocks)]):
        head = blocks[start]
        yield BriefSection(head.anchor, head.line, tuple(blocks[start + 1 if head.level else start : end]))


class Corpus:
    """What all rules look at, read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.briefs = [Brief(path, root) for path in sorted((root / "briefs").glob("*/*.md"))]
        self.sources = YamlFile.read(root / "sources.yaml").top
        self.terms = YamlFile.read(root / "terms.yaml").top
        self.institutions = YamlFile.read(root / "institutions.yaml").top
        self.cooperation = YamlFile.read(root / "cooperation.yaml").top
        self.countries = YamlFile.read(root / "countries.yaml").top
        self.topics: dict[str, dict[str, Brief]] = {}
        for brief in self.briefs:
            self.topics.setdefault(brief.topic, {})[brief.lang] = brief

    def pairs(self) -> Iterator[tuple[Brief, Brief]]:
        """Each brief whose text can be compared, with the version that it must match."""
        for versions in self.topics.values():
            reference = reference_of(versions)
            for brief in versions.values():
                if brief is not reference and brief.is_framed and reference.is_framed:
                    yield brief, reference

    def concepts(self) -> tuple[Concept, ...]:
        """The glossary; empty when it cannot be loaded."""
        try:
            return load_terms(self.root / "terms.yaml")
        except CorpusError:
            return ()

    def entries(self) -> Iterator[Value]:
        """The institutions, then the emergency numbers."""
        yield from self.institutions.at("institutions").children()
        for country in self.institutions.at("emergency").children():
            yield from country.children()


def reference_of(versions: Mapping[str, Brief]) -> Brief:
    """The English version; without one, the first in the order of languages."""
    known = [lang for lang in LANGUAGES if lang in versions]
    return versions[known[0] if known else min(versions)]


def spot_of(error: CorpusError, path: Path, name: str) -> Spot:
    """Where a loader's error points, as far as its message says."""
    match = _PLACE.fullmatch(str(error).removeprefix(str(path)))
    if match is None:
        return Spot(name, 1, str(error))
    return Spot(name, int(match["line"] or 1), match["message"].rstrip("."))
