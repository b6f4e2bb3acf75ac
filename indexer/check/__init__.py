"""Checks the corpus: every finding names the file, the line and the rule that it breaks.

`RULES` at the end lists the rules in order. A rule looks at the whole corpus and gives the places where it
is broken. A file that cannot be read is reported once; rules that would need it pass it over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import front_matter, references, registers, sources, versions, words
from .files import Corpus
from .places import Spot


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in the corpus that breaks a rule."""

    path: str
    """Path below the corpus, with forward slashes."""
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


def check(corpus: Path) -> list[Finding]:
    """All findings in a corpus folder, by path and line."""
    read = Corpus(corpus)
    findings = [Finding(*spot[:2], rule, spot.message) for rule, find in RULES for spot in find(read)]
    return sorted(findings, key=lambda finding: (finding.path, finding.line))


#: The rules in the order in which findings of one line are given.
RULES: tuple[tuple[str, Callable[[Corpus], Iterator[Spot]]], ...] = (
    ("register", registers.unloadable),
    ("register", registers.missing_parts),
    ("register", registers.untranslated),
    ("register", registers.shared_terms),
    ("register", registers.websites),
    ("front-matter", front_matter.front_matter),
    ("status", front_matter.status),
    ("language-missing", versions.language_missing),
    ("counterpart", versions.anchors),
    ("counterpart", versions.lacking_sections),
    ("counterpart", versions.different_sections),
    ("source-unknown", sources.unknown_marks),
    ("source-unknown", sources.unknown_references),
    ("source-unknown", sources.unknown_countries),
    ("source-missing", sources.source_missing),
    ("reference", references.locators),
    ("reference", references.dead_links),
    ("term", words.avoided_terms),
    ("language", words.wrong_language),
)
