"""Checks the corpus: every finding names the file, the line and the rule that it breaks.

`RULES` at the end lists the rules in order. A rule looks at the whole corpus and gives the places where it
is broken. A file that cannot be read is reported once; rules that would need it pass it over.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import yaml
from langdetect.detector_factory import (
    PROFILES_DIRECTORY,
    DetectorFactory,
)
from langdetect.lang_detect_exception import LangDetectException
from markdown_it import MarkdownIt

from .analysis.concepts import Concepts
from .analysis.lemmas import Dictionary
from .documents import BRIEFS
from .errors import CorpusError, UnreadableDocument
from .extract import markdown
from .extract.markdown import Block
from .models import LANGUAGES
from .sources import load_mapping, load_sources, load_yaml
from .terms import Concept, load_terms
from .text import fold, words

STEPS = ("identify", "assess", "appoint", "hear", "protect", "solve", "follow-up")
_FIELDS = ("topic", "lang", "title", "step", "kind", "checked")

_ARTICLE = r"\d+[a-z]?(?:\((?:\d+[a-z]?|[a-z]+)\))*"
_RANGE = rf"{_ARTICLE}(?:-{_ARTICLE})?"
_ANNEX = r"annex(?: (?:[IVXL]+|\d+))?"
_LOCATOR = re.compile(rf"(?:(?:para )?{_RANGE}(?:, {_RANGE})*|{_ANNEX})?")
_WEBSITE = re.compile(r"https://(?:[\w-]+\.)+[^\W\d_]{2,}(?:/\S*)?")
_PLACE = re.compile(r"(?::(?P<line>\d+))?: (?P<message>.*)", re.DOTALL)
_ENTRY = re.compile(r"(source|concept number|concept) '?([^':]+)'?: (?:unknown key ')?([\w.-]+)")
_COMMONMARK = MarkdownIt("commonmark")

_SHORTEST_SECTION = 200  # characters; langdetect is not reliable on less
_SURE = 0.9


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
    read = _Corpus(corpus)
    findings = [Finding(*spot[:2], rule, spot.message) for rule, find in RULES for spot in find(read)]
    return sorted(findings, key=lambda finding: (finding.path, finding.line))


class _Spot(NamedTuple):
    """Where a rule is broken, and how."""

    path: str
    line: int
    message: str


class _Yaml:
    """A YAML text with the line of each key."""

    def __init__(self, name: str, text: str, value: object) -> None:
        self.name = name
        self._text = text
        self.top = _Value(self, (), value)

    @staticmethod
    def read(path: Path) -> "_Yaml":
        """The file; without a value when it cannot be loaded."""
        try:
            value = load_yaml(path)
        except CorpusError:
            return _Yaml(path.name, "", None)
        return _Yaml(path.name, path.read_text(encoding="utf-8"), value)

    @cached_property
    def _root(self) -> yaml.Node | None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        root: yaml.Node | None = yaml.compose(self._text, Loader=loader)
        return root

    def line(self, keys: Sequence[object]) -> int:
        """The line of the key at the end of the path, or of the last key of the path that is there."""
        line, node = 1, self._root
        for key in keys:
            if isinstance(node, yaml.MappingNode):
                pairs = [pair for pair in node.value if pair[0].value == str(key)]
                if not pairs:
                    break
                line, node = pairs[0][0].start_mark.line + 1, pairs[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
                node = node.value[key]
                line = node.start_mark.line + 1
            else:
                break
        return line


@dataclass(frozen=True, slots=True)
class _Value:
    """A value in a YAML file and the path of keys to it; None where there is nothing."""

    file: _Yaml
    keys: tuple[object, ...]
    value: Any

    def at(self, key: str) -> "_Value":
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return _Value(self.file, (*self.keys, key), value)

    def children(self) -> Iterator["_Value"]:
        """The entries of a mapping or list; none of anything else."""
        pairs: Any = ()
        if isinstance(self.value, dict):
            pairs = self.value.items()
        elif isinstance(self.value, list):
            pairs = enumerate(self.value)
        for key, value in pairs:
            yield _Value(self.file, (*self.keys, key), value)

    @property
    def name(self) -> str:
        """The last key; in a list, the entry's own id or name."""
        own = self.at("id").value or self.at("number").value or self.at("by").value
        return str(own if isinstance(self.keys[-1], int) and own else self.keys[-1])

    def spot(self, message: str) -> _Spot:
        return _Spot(self.file.name, self.file.line(self.keys), message)


@dataclass(frozen=True, slots=True)
class _Section:
    anchor: str
    line: int
    blocks: tuple[Block, ...]


class _Brief:
    """One Markdown file below `briefs/`."""

    def __init__(self, path: Path, corpus: Path) -> None:
        self.path = path.relative_to(corpus).as_posix()
        self.topic, self.lang = path.stem, path.parent.name
        self.error: _Spot | None = None
        self.raw = ""
        meta: Mapping[str, object] = {}
        try:
            self.raw = markdown.decode(path)
            meta = markdown.front_matter(self.raw, path)
        except UnreadableDocument as error:
            self.error = _spot_of(error, path, self.path)
        self._head, fence, self._body = self.raw.partition("\n---\n")
        self.is_framed = bool(fence) and self.raw.startswith("---\n")
        if self.error is None and not meta:
            self.error = _Spot(self.path, 1, f"no front matter with {', '.join(_FIELDS)} between `---` lines")
        self.meta = _Yaml(self.path, self._head, meta).top
        # Without its frame the front matter would pass for text.
        self.blocks = tuple(markdown.blocks(self.raw)) if self.is_framed else ()
        self.sections = tuple(_sections(self.blocks))

    @cached_property
    def by_anchor(self) -> dict[str, _Section]:
        """The sections that have an anchor; the first of a duplicate."""
        found: dict[str, _Section] = {}
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


def _sections(blocks: Sequence[Block]) -> Iterator[_Section]:
    """The blocks below each heading; text above the first heading is a section without anchor."""
    starts = [number for number, block in enumerate(blocks) if block.level or number == 0]
    for start, end in pairwise([*starts, len(blocks)]):
        head = blocks[start]
        yield _Section(head.anchor, head.line, tuple(blocks[start + 1 if head.level else start : end]))


class _Corpus:
    """What all rules look at, read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.briefs = [_Brief(path, root) for path in sorted((root / "briefs").glob("*/*.md"))]
        self.sources = _Yaml.read(root / "sources.yaml").top
        self.terms = _Yaml.read(root / "terms.yaml").top
        self.institutions = _Yaml.read(root / "institutions.yaml").top
        self.cooperation = _Yaml.read(root / "cooperation.yaml").top
        self.countries = _Yaml.read(root / "countries.yaml").top
        self.topics: dict[str, dict[str, _Brief]] = {}
        for brief in self.briefs:
            self.topics.setdefault(brief.topic, {})[brief.lang] = brief

    def pairs(self) -> Iterator[tuple[_Brief, _Brief]]:
        """Each brief whose text can be compared, with the version that it must match."""
        for versions in self.topics.values():
            reference = _reference(versions)
            for brief in versions.values():
                if brief is not reference and brief.is_framed and reference.is_framed:
                    yield brief, reference

    def concepts(self) -> tuple[Concept, ...]:
        """The glossary; empty when it cannot be loaded."""
        try:
            return load_terms(self.root / "terms.yaml")
        except CorpusError:
            return ()

    def entries(self) -> Iterator[_Value]:
        """The institutions, then the emergency numbers."""
        yield from self.institutions.at("institutions").children()
        for country in self.institutions.at("emergency").children():
            yield from country.children()


def _reference(versions: Mapping[str, _Brief]) -> _Brief:
    """The English version; without one, the first in the order of languages."""
    known = [lang for lang in LANGUAGES if lang in versions]
    return versions[known[0] if known else min(versions)]


def _spot_of(error: CorpusError, path: Path, name: str) -> _Spot:
    """Where a loader's error points, as far as its message says."""
    match = _PLACE.fullmatch(str(error).removeprefix(str(path)))
    if match is None:
        return _Spot(name, 1, str(error))
    return _Spot(name, int(match["line"] or 1), match["message"].rstrip("."))


# --- front matter -----------------------------------------------------------------------------------------


def _front_matter(corpus: _Corpus) -> Iterator[_Spot]:
    for brief in corpus.briefs:
        if brief.error is not None:
            yield brief.error
        else:
            yield from _fields(brief)


def _fields(brief: _Brief) -> Iterator[_Spot]:
    meta = brief.meta
    lacking = [key for key in _FIELDS if meta.at(key).value in (None, "")]
    if lacking:
        yield _Spot(brief.path, 1, f"the front matter lacks {', '.join(lacking)}")
    for field in meta.children():
        if field.name not in (*_FIELDS, "status"):  # `status` has a rule of its own
            yield field.spot(f"unknown key '{field.name}'; allowed: {', '.join(_FIELDS)}")
    for key, holds, allowed in (
        ("topic", str(meta.at("topic").value) == brief.topic, f"the file name, '{brief.topic}'"),
        ("lang", str(meta.at("lang").value) == brief.lang, f"the folder, '{brief.lang}'"),
        ("step", meta.at("step").value in STEPS, f"one of {', '.join(STEPS)}"),
        ("checked", _is_day(meta.at("checked").value), "a date such as 2026-11-24"),
    ):
        if key not in lacking and not holds:
            yield meta.at(key).spot(f"`{key}` is '{meta.at(key).value}'; it must be {allowed}")


def _is_day(value: object) -> bool:
    if isinstance(value, str) and len(value) == len("2026-11-24"):
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
        return True
    return isinstance(value, date) and not isinstance(value, datetime)


# --- language versions ------------------------------------------------------------------------------------


def _language_missing(corpus: _Corpus) -> Iterator[_Spot]:
    for topic, versions in corpus.topics.items():
        for lang in LANGUAGES:
            if lang not in versions:
                source = _reference(versions).path
                yield _Spot(f"briefs/{lang}/{topic}.md", 1, f"the file is missing; translate {source}")


def _anchors(corpus: _Corpus) -> Iterator[_Spot]:
    for brief in corpus.briefs:
        for section in brief.sections:
            if not section.anchor:
                yield _Spot(brief.path, section.line, "a section without an anchor such as {#steps}")
            elif brief.by_anchor[section.anchor] is not section:
                first = brief.by_anchor[section.anchor].line
                message = f"the anchor {{#{section.anchor}}} is that of line {first}"
                yield _Spot(brief.path, section.line, message)


def _lacking_sections(corpus: _Corpus) -> Iterator[_Spot]:
    """A section that one version lacks is reported after the section that it should follow."""
    for brief, reference in corpus.pairs():
        if not all(section.anchor for section in (*brief.sections, *reference.sections)):
            continue  # which one is lacking is not known before each has an anchor
        line = 1
        for anchor in reference.by_anchor:
            if anchor in brief.by_anchor:
                line = brief.by_anchor[anchor].line
            else:
                yield _Spot(brief.path, line, f"lacks the section {{#{anchor}}} of {reference.path}")
        for anchor, section in brief.by_anchor.items():
            if anchor not in reference.by_anchor:
                yield _Spot(brief.path, section.line, f"{reference.path} lacks the section {{#{anchor}}}")


def _different_sections(corpus: _Corpus) -> Iterator[_Spot]:
    """Marks are compared only where the blocks are as many: elsewhere they would be of other blocks."""
    for brief, reference in corpus.pairs():
        for anchor, mine in brief.by_anchor.items():
            theirs = reference.by_anchor.get(anchor)
            if theirs is None:
                continue
            if len(mine.blocks) != len(theirs.blocks):
                yield _Spot(
                    brief.path,
                    mine.line,
                    f"{{#{anchor}}} has {len(mine.blocks)} paragraphs and items, "
                    f"{reference.path}:{theirs.line} has {len(theirs.blocks)}",
                )
                continue
            for block, other in zip(mine.blocks, theirs.blocks, strict=True):
                if _marks(block) != _marks(other):
                    yield _Spot(
                        brief.path,
                        block.line,
                        f"source marks are {_shown(block)}, in {reference.path}:{other.line} {_shown(other)}",
                    )


def _marks(block: Block) -> Counter[tuple[str, str]]:
    return Counter((source, locator) for source, locator, _ in block.references)


def _shown(block: Block) -> str:
    marks = "; ".join(f"@{source} {locator}".rstrip() for source, locator, _ in block.references)
    return f"[{marks}]"


# --- sources ----------------------------------------------------------------------------------------------


def _unknown_marks(corpus: _Corpus) -> Iterator[_Spot]:
    known = corpus.sources.value
    for brief in corpus.briefs if isinstance(known, dict) else ():
        for block in brief.blocks:
            for source in dict.fromkeys(source for source, _, _ in block.references):
                if source not in known:
                    yield _Spot(brief.path, block.line, f"no source '{source}' in sources.yaml")


def _unknown_references(corpus: _Corpus) -> Iterator[_Spot]:
    """An id in a register that another register, or another part of the same one, does not have."""
    instruments = list(corpus.cooperation.at("instruments").children())
    agreed = {entry.name for entry in instruments}
    bodies = {entry.name for entry in corpus.institutions.at("institutions").children()}
    for source in corpus.sources.children():
        for change in source.at("changes").children():
            yield from _unless_known(change.at("by"), corpus.sources.value, "source", "sources.yaml")
    for entry in instruments:
        yield from _unless_known(entry.at("id"), corpus.sources.value, "source", "sources.yaml")
        for other in entry.at("priority_over").children():
            yield from _unless_known(other, agreed, "instrument", "cooperation.yaml")
    for country in corpus.institutions.at("central_authorities").children():
        for authority in country.children():
            if authority.name == "note":
                continue
            if agreed and authority.name not in agreed:
                yield authority.spot(f"no instrument '{authority.name}' in cooperation.yaml")
            yield from _unless_known(authority, bodies, "institution", "institutions.yaml")


def _unknown_countries(corpus: _Corpus) -> Iterator[_Spot]:
    """A country code that countries.yaml lacks, such as NO without quotes, which YAML reads as `false`."""
    known = corpus.countries.value
    for entry in corpus.institutions.at("institutions").children():
        yield from _unless_known(entry.at("country"), known, "country", "countries.yaml")
    for part in ("emergency", "central_authorities"):
        for country in corpus.institutions.at(part).children():
            if isinstance(known, dict) and country.keys[-1] not in known:
                yield country.spot(f"no country '{country.keys[-1]}' in countries.yaml")
    for entry in corpus.cooperation.at("instruments").children():
        for member in entry.at("members").children():
            yield from _unless_known(member, known, "country", "countries.yaml")


def _unless_known(id_: _Value, known: object, kind: str, where: str) -> Iterator[_Spot]:
    if isinstance(known, (dict, set)) and id_.value is not None and id_.value not in known:
        yield id_.spot(f"no {kind} '{id_.value}' in {where}")


def _source_missing(corpus: _Corpus) -> Iterator[_Spot]:
    for brief in corpus.briefs:
        for block in brief.blocks:
            if not block.level and not block.references:
                yield _Spot(brief.path, block.line, "no source mark such as [@crc 20]")
    for entry in corpus.entries():
        lacking = [key for key in ("source", "checked", "verified") if entry.at(key).value in (None, "")]
        if lacking:
            yield entry.spot(f"'{entry.name}' lacks {', '.join(lacking)}")


# --- references -------------------------------------------------------------------------------------------


def _locators(corpus: _Corpus) -> Iterator[_Spot]:
    for brief in corpus.briefs:
        for block in brief.blocks:
            for source, locator, _ in block.references:
                if not _LOCATOR.fullmatch(locator):
                    yield _Spot(
                        brief.path,
                        block.line,
                        f"'{locator}' in [@{source} {locator}] is not a locator; "
                        "allowed: 20, 14(2), 29-37, `para 33-38`, `annex II`, lists with commas, or nothing",
                    )
            if "[@" in block.text:
                yield _Spot(brief.path, block.line, "a source mark that does not end with `]`")


def _dead_links(corpus: _Corpus) -> Iterator[_Spot]:
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
                yield _Spot(brief.path, line, f"the link '{link}' leads to no file of the corpus")
            elif parts.fragment and inside in briefs and parts.fragment not in briefs[inside].by_anchor:
                yield _Spot(brief.path, line, f"the link '{link}' leads to no section of {inside}")


# --- words ------------------------------------------------------------------------------------------------


def _avoided_terms(corpus: _Corpus) -> Iterator[_Spot]:
    """A word that the glossary says to avoid, used for the very concept.

    A word under `avoid` of a concept is reported in a paragraph or list item when all of this holds:

    1. the block has the word or phrase, in any inflected form, and not as a part of a longer glossary
       term: in Finnish "ilman huoltajaa oleva lapsi", `huoltaja` is right;
    2. the English block at the same place of the same section has one of the concept's English terms, so
       that the block speaks of the concept;
    3. the block has none of the concept's terms of its own language: beside the right term, the word most
       likely means something else.

    Inflected forms are compared by stems first, which is quick and finds too many, then by lemmas, as the
    index does. English briefs cannot break the rule, since 2 and 3 exclude each other there.
    """
    concepts = corpus.concepts()
    for brief, reference in corpus.pairs():
        if reference.lang != "en" or brief.lang not in LANGUAGES:
            continue
        avoiding = [concept for concept in concepts if concept.avoid.get(brief.lang)]
        for block, english in _same_places(brief, reference) if avoiding else ():
            for concept in avoiding:
                if word := _avoided(concept, brief.lang, block.text, english.text, concepts):
                    preferred = concept.terms[brief.lang][0]
                    yield _Spot(
                        brief.path,
                        block.line,
                        f"'{word}' is to be avoided for the concept {concept.id}; write '{preferred}'",
                    )


def _same_places(brief: _Brief, reference: _Brief) -> Iterator[tuple[Block, Block]]:
    for anchor, mine in brief.by_anchor.items():
        theirs = reference.by_anchor.get(anchor)
        if theirs is not None and len(mine.blocks) == len(theirs.blocks):
            yield from zip(mine.blocks, theirs.blocks, strict=True)


def _avoided(concept: Concept, lang: str, text: str, english: str, concepts: Sequence[Concept]) -> str | None:
    """The word to avoid that the text uses for the concept; None without one."""
    spoken = concept.terms.get(lang, ())
    for phrase in concept.avoid[lang] if spoken else ():
        if (
            _has_stems(text, [phrase])
            and not _has_stems(text, spoken)
            and _has_stems(english, concept.terms.get("en", ()))
            and concept.id in _found(english, "en", concepts, None)
            and "" in _found(text, lang, concepts, phrase)
        ):
            return phrase
    return None


def _has_stems(text: str, phrases: Sequence[str]) -> bool:
    """Whether the words of a phrase follow each other in the text, up to their last two letters."""
    found = [fold(word) for word in words(text)]
    for phrase in phrases:
        stems = [stem[: max(3, len(stem) - 2)] for stem in map(fold, words(phrase))]
        for at in range(len(found) - len(stems) + 1):
            if all(found[at + offset].startswith(stem) for offset, stem in enumerate(stems)):
                return True
    return False


def _found(text: str, lang: str, concepts: Sequence[Concept], avoid: str | None) -> set[str]:
    """Ids of the concepts in the text, by lemmas; the empty id for the phrase to avoid."""
    lemmas = _dictionary(lang)
    entries = [(lemmas(words(avoid)), "")] if avoid else []  # first: it wins over a term of equal length
    entries += [(lemmas(words(term)), it.id) for it in concepts for term in it.terms.get(lang, ())]
    found = words(text)
    return set(Concepts(entries).find(lemmas(found), [fold(word) for word in found]))


@cache
def _dictionary(lang: str) -> Dictionary:
    return Dictionary(lang)


def _wrong_language(corpus: _Corpus) -> Iterator[_Spot]:
    for brief in corpus.briefs:
        for section in brief.sections if brief.lang in LANGUAGES else ():
            text = " ".join(block.text for block in section.blocks)
            if len(text) < _SHORTEST_SECTION:
                continue
            lang, share = _recognised(text)
            if lang != brief.lang and share > _SURE:
                yield _Spot(brief.path, section.line, f"the section reads as '{lang}', not '{brief.lang}'")


def _recognised(text: str) -> tuple[str, float]:
    """The most likely of the six languages and its probability; 0 when there is nothing to go by."""
    detector = _detectors().create()
    detector.n_trial = 3  # instead of 7: on so much text the trials agree, and a trial is the cost
    detector.append(text)
    try:
        best = detector.get_probabilities()[0]
    except (LangDetectException, IndexError):
        return "", 0.0
    return best.lang, best.prob


@cache
def _detectors() -> Any:
    """langdetect with the profiles of the six languages alone.

    That is what a prior of zero for the other 49 does, at a tenth of the time. The seed makes a text give the
    same answer each time.
    """
    factory = DetectorFactory()
    factory.set_seed(0)
    profiles = Path(PROFILES_DIRECTORY)
    factory.load_json_profile([(profiles / lang).read_text(encoding="utf-8") for lang in LANGUAGES])
    return factory


# --- status -----------------------------------------------------------------------------------------------


def _status(corpus: _Corpus) -> Iterator[_Spot]:
    """A brief is never official text, whatever a file says."""
    for brief in corpus.briefs:
        kind, status = brief.meta.at("kind"), brief.meta.at("status")
        if kind.value not in (None, "", "brief"):
            yield kind.spot(f"`kind` is '{kind.value}'; that of a brief is `brief`")
        if status.value is not None:
            yield status.spot(f"`status` is '{status.value}'; a brief has none, it is never official text")
    if isinstance(corpus.sources.value, dict):
        entry = corpus.sources.at(BRIEFS)
        if entry.at("status").value != "brief":
            yield entry.at("status").spot(f"'{BRIEFS}' must be there with `status: brief`")


# --- registers --------------------------------------------------------------------------------------------


def _unloadable(corpus: _Corpus) -> Iterator[_Spot]:
    loaders: tuple[tuple[str, Callable[[Path], object], _Value], ...] = (
        ("sources.yaml", load_sources, corpus.sources),
        ("terms.yaml", load_terms, corpus.terms),
        ("institutions.yaml", load_mapping, corpus.institutions),
        ("cooperation.yaml", load_mapping, corpus.cooperation),
        ("countries.yaml", load_mapping, corpus.countries),
    )
    for name, load, top in loaders:
        try:
            load(corpus.root / name)
        except CorpusError as error:
            spot = _spot_of(error, corpus.root / name, name)
            yield spot._replace(line=_entry_line(spot.message, top)) if spot.line == 1 else spot


def _entry_line(message: str, top: _Value) -> int:
    """The line of the entry and key that the message of a loader names; 1 when it names none."""
    match = _ENTRY.match(message)
    if match is None:
        return 1
    kind, name, loc = match.groups()
    first: object = name
    if kind == "concept number":
        first = int(name) - 1
    elif kind == "concept":
        first = next((concept.keys[0] for concept in top.children() if concept.name == name), name)
    return top.file.line([first, *(int(part) if part.isdecimal() else part for part in loc.split("."))])


def _missing_parts(corpus: _Corpus) -> Iterator[_Spot]:
    """A part that other rules look into: misspelt, its entries would pass unread."""
    for top, parts in (
        (corpus.institutions, ("institutions", "emergency", "central_authorities")),
        (corpus.cooperation, ("instruments",)),
    ):
        for part in parts if isinstance(top.value, dict) else ():
            if not any(top.at(part).children()):
                yield top.at(part).spot(f"no entries under `{part}`")


def _untranslated(corpus: _Corpus) -> Iterator[_Spot]:
    for text in _texts(corpus):
        lacking = [lang for lang in LANGUAGES if not text.at(lang).value]
        if lacking and text.value is not None:
            yield text.spot(f"'{text.name}' lacks {', '.join(lacking)}")


def _texts(corpus: _Corpus) -> Iterator[_Value]:
    """Everything in the registers that a reader sees in the reader's language."""
    for source in corpus.sources.children():
        yield source.at("short")
        for change in source.at("changes").children():
            yield change.at("note")
    yield from corpus.terms.children()
    for entry in corpus.entries():
        yield entry.at("note")
        yield entry.at("hours")
    for country in corpus.institutions.at("central_authorities").children():
        yield country.at("note")
    for instrument in corpus.cooperation.at("instruments").children():
        yield instrument.at("purpose")
        yield instrument.at("excluded_note")


def _shared_terms(corpus: _Corpus) -> Iterator[_Spot]:
    owners: dict[tuple[object, str], str] = {}
    for concept in corpus.terms.children():
        for terms in concept.children():
            if terms.keys[-1] in ("id", "unsure", "avoid"):
                continue
            for term in terms.children():
                key = terms.keys[-1], " ".join(str(term.value).casefold().split())
                owner = owners.setdefault(key, concept.name)
                if owner != concept.name:
                    yield term.spot(f"'{term.value}' is a term of both {owner} and {concept.name}")


def _websites(corpus: _Corpus) -> Iterator[_Spot]:
    for entry in corpus.entries():
        website = entry.at("website")
        if website.value is not None and not _WEBSITE.fullmatch(str(website.value)):
            yield website.spot(f"'{website.value}' is not an address such as https://example.org")


#: The rules in the order in which findings of one line are given.
RULES: tuple[tuple[str, Callable[[_Corpus], Iterator[_Spot]]], ...] = (
    ("register", _unloadable),
    ("register", _missing_parts),
    ("register", _untranslated),
    ("register", _shared_terms),
    ("register", _websites),
    ("front-matter", _front_matter),
    ("status", _status),
    ("language-missing", _language_missing),
    ("counterpart", _anchors),
    ("counterpart", _lacking_sections),
    ("counterpart", _different_sections),
    ("source-unknown", _unknown_marks),
    ("source-unknown", _unknown_references),
    ("source-unknown", _unknown_countries),
    ("source-missing", _source_missing),
    ("reference", _locators),
    ("reference", _dead_links),
    ("term", _avoided_terms),
    ("language", _wrong_language),
)
