"""Rules on the language versions of a brief."""

from collections import Counter
from collections.abc import Iterator

from ..extract.markdown import Block
from ..models import LANGUAGES
from .files import Corpus, reference_of
from .places import Spot


def language_missing(corpus: Corpus) -> Iterator[Spot]:
    """A topic that is not there in each of the six languages."""
    for topic, versions in corpus.topics.items():
        for lang in LANGUAGES:
            if lang not in versions:
                source = reference_of(versions).path
                yield Spot(f"briefs/{lang}/{topic}.md", 1, f"the file is missing; translate {source}")


def anchors(corpus: Corpus) -> Iterator[Spot]:
    """A section without an anchor, or with that of another one."""
    for brief in corpus.briefs:
        for section in brief.sections:
            if not section.anchor:
                yield Spot(brief.path, section.line, "a section without an anchor such as {#steps}")
            elif brief.by_anchor[section.anchor] is not section:
                first = brief.by_anchor[section.anchor].line
                message = f"the anchor {{#{section.anchor}}} is that of line {first}"
                yield Spot(brief.path, section.line, message)


def lacking_sections(corpus: Corpus) -> Iterator[Spot]:
    """A section that one version lacks is reported after the section that it should follow."""
    for brief, reference in corpus.pairs():
        if not all(section.anchor for section in (*brief.sections, *reference.sections)):
            continue  # which one is lacking is not known before each has an anchor
        line = 1
        for anchor in reference.by_anchor:
            if anchor in brief.by_anchor:
                line = brief.by_anchor[anchor].line
            else:
                yield Spot(brief.path, line, f"lacks the section {{#{anchor}}} of {reference.path}")
        for anchor, section in brief.by_anchor.items():
            if anchor not in reference.by_anchor:
                yield Spot(brief.path, section.line, f"{reference.path} lacks the section {{#{anchor}}}")


def different_sections(corpus: Corpus) -> Iterator[Spot]:
    """Marks are compared only where the blocks are as many: elsewhere they would be of other blocks."""
    for brief, reference in corpus.pairs():
        for anchor, mine in brief.by_anchor.items():
            theirs = reference.by_anchor.get(anchor)
            if theirs is None:
                continue
            if len(mine.blocks) != len(theirs.blocks):
                yield Spot(
                    brief.path,
                    mine.line,
                    f"{{#{anchor}}} has {len(mine.blocks)} paragraphs and items, "
                    f"{reference.path}:{theirs.line} has {len(theirs.blocks)}",
                )
                continue
            for block, other in zip(mine.blocks, theirs.blocks, strict=True):
                if _marks(block) != _marks(other):
                    yield Spot(
                        brief.path,
                        block.line,
                        f"source marks are {_shown(block)}, in {reference.path}:{other.line} {_shown(other)}",
                    )


def _marks(block: Block) -> Counter[tuple[str, str]]:
    return Counter((source, locator) for source, locator, _ in block.references)


def _shown(block: Block) -> str:
    marks = "; ".join(f"@{source} {locator}".rstrip() for source, locator, _ in block.references)
    return f"[{marks}]"
