"""Rules on the YAML registers."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from ..errors import CorpusError
from ..models import LANGUAGES
from ..sources import load_mapping, load_sources
from ..terms import load_terms
from .files import Corpus, spot_of
from .places import Spot, Value

_WEBSITE = re.compile(r"https://(?:[\w-]+\.)+[^\W\d_]{2,}(?:/\S*)?")
_ENTRY = re.compile(r"(source|concept number|concept) '?([^':]+)'?: (?:unknown key ')?([\w.-]+)")


def unloadable(corpus: Corpus) -> Iterator[Spot]:
    """A register that its own loader refuses."""
    loaders: tuple[tuple[str, Callable[[Path], object], Value], ...] = (
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
            spot = spot_of(error, corpus.root / name, name)
            yield spot._replace(line=_entry_line(spot.message, top)) if spot.line == 1 else spot


def _entry_line(message: str, top: Value) -> int:
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


def missing_parts(corpus: Corpus) -> Iterator[Spot]:
    """A part that other rules look into: misspelt, its entries would pass unread."""
    for top, parts in (
        (corpus.institutions, ("institutions", "emergency", "central_authorities")),
        (corpus.cooperation, ("instruments",)),
    ):
        for part in parts if isinstance(top.value, dict) else ():
            if not any(top.at(part).children()):
                yield top.at(part).spot(f"no entries under `{part}`")


def untranslated(corpus: Corpus) -> Iterator[Spot]:
    """A text for readers that lacks one of the six languages."""
    for text in _texts(corpus):
        lacking = [lang for lang in LANGUAGES if not text.at(lang).value]
        if lacking and text.value is not None:
            yield text.spot(f"'{text.name}' lacks {', '.join(lacking)}")


def _texts(corpus: Corpus) -> Iterator[Value]:
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


def shared_terms(corpus: Corpus) -> Iterator[Spot]:
    """A term that two concepts claim."""
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


def websites(corpus: Corpus) -> Iterator[Spot]:
    """A website that is no https address."""
    for entry in corpus.entries():
        website = entry.at("website")
        if website.value is not None and not _WEBSITE.fullmatch(str(website.value)):
            yield website.spot(f"'{website.value}' is not an address such as https://example.org")
