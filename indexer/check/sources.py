"""Rules on the sources that a statement names and the ids by which registers refer to each other."""

from collections.abc import Iterator

from .files import Corpus
from .places import Spot, Value


def unknown_marks(corpus: Corpus) -> Iterator[Spot]:
    """A source mark whose id the register of sources lacks."""
    known = corpus.sources.value
    for brief in corpus.briefs if isinstance(known, dict) else ():
        for block in brief.blocks:
            for source in dict.fromkeys(source for source, _, _ in block.references):
                if source not in known:
                    yield Spot(brief.path, block.line, f"no source '{source}' in sources.yaml")


def unknown_references(corpus: Corpus) -> Iterator[Spot]:
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


def unknown_countries(corpus: Corpus) -> Iterator[Spot]:
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


def _unless_known(id_: Value, known: object, kind: str, where: str) -> Iterator[Spot]:
    if isinstance(known, (dict, set)) and id_.value is not None and id_.value not in known:
        yield id_.spot(f"no {kind} '{id_.value}' in {where}")


def source_missing(corpus: Corpus) -> Iterator[Spot]:
    """A statement without a source mark, or an institution without source, date and whether it was verified."""
    for brief in corpus.briefs:
        for block in brief.blocks:
            if not block.level and not block.references:
                yield Spot(brief.path, block.line, "no source mark such as [@crc 20]")
    for entry in corpus.entries():
        lacking = [key for key in ("source", "checked", "verified") if entry.at(key).value in (None, "")]
        if lacking:
            yield entry.spot(f"'{entry.name}' lacks {', '.join(lacking)}")
