"""The PROTECT Network and the public bodies: who can help in which country, and what binds two countries.

All of it comes from files of the corpus, with sources. The store decides who may see which contact.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from indexer import CorpusError, load_mapping, load_yaml

from .store import Contact

#: The countries of the network.
COUNTRIES = ("DK", "EE", "FI", "DE", "IS", "LV", "LT", "NO", "PL", "SE", "UA")


_Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
_Id = Annotated[str, Field(min_length=1, max_length=64)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Person(_Strict):
    id: _Id
    name: str
    countries: list[_Country] = Field(min_length=1)
    consent: Literal["public", "members"]
    consent_date: date
    confirmed: date
    organisation: str = ""
    roles: list[str] = []
    languages: list[str] = []
    email: str = ""
    phone: str = ""
    website: str = ""


class _Institution(_Strict):
    id: _Id
    country: _Country
    roles: list[str]
    name: str
    name_en: str = ""
    website: str = ""
    phone: str = ""
    note: dict[str, str] = {}
    source: str
    checked: date
    verified: bool
    unsure: list[str] = []


class _Number(_Strict):
    number: str
    kind: Literal["emergency", "missing_children", "child_helpline", "trafficking", "other"]
    name: str = ""
    hours: dict[str, str] = {}
    note: dict[str, str]
    unsure: bool = False
    source: str
    checked: date
    verified: bool


class _Instrument(_Strict):
    id: str
    members: list[str]
    since: dict[str, str] = {}
    excluded_note: dict[str, str] = {}
    purpose: dict[str, str]
    priority_over: list[str] = []
    source: str
    note: Any = None
    unsure: Any = None


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """A number of a country's emergency card."""

    number: str
    kind: str
    name: str
    hours: Mapping[str, str]
    note: Mapping[str, str]
    is_unsure: bool
    is_verified: bool
    checked: str
    """ISO date on which it was last compared with its source."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A legal instrument that binds some of the countries."""

    id: str
    members: frozenset[str]
    purpose: Mapping[str, str]
    excluded_note: Mapping[str, str]
    priority_over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """Contacts, emergency cards and instruments, as the files have them."""

    contacts: tuple[Contact, ...]
    emergency: Mapping[str, tuple[EmergencyNumber, ...]]
    instruments: tuple[Instrument, ...]
    central_authorities: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By country: instrument to the id of the body that answers under it."""

    def binding(self, first: str, second: str) -> tuple[Instrument, ...]:
        """The instruments that bind both countries, those that go before others first."""
        both = [i for i in self.instruments if {first, second} <= i.members]
        outranked = {other for instrument in both for other in instrument.priority_over}
        return tuple(sorted(both, key=lambda instrument: instrument.id in outranked))

    def excluded(self, first: str, second: str) -> tuple[Instrument, ...]:
        """Instruments on cooperation that bind one of the two only, and say what holds instead."""
        return tuple(i for i in self.instruments if len({first, second} & i.members) == 1 and i.excluded_note)


def load_network(corpus: Path, contacts: Path) -> Network:
    """Read the directory's files. Raises CorpusError naming the file, the entry and the key."""
    path = corpus / "institutions.yaml"
    data = load_mapping(path)
    institutions = _parse(list[_Institution], data.get("institutions", []), path, "institutions")
    emergency = _parse(dict[str, list[_Number]], data.get("emergency", {}), path, "emergency")
    people = _parse(list[_Person], load_yaml(contacts) or [], contacts, "contacts") if contacts.exists() else []
    _no_id_twice([body.id for body in institutions], path)
    _no_id_twice([body.id for body in institutions] + [person.id for person in people], contacts)
    cooperation = corpus / "cooperation.yaml"
    instruments = _parse(
        list[_Instrument], load_mapping(cooperation).get("instruments", []), cooperation, "instruments"
    )
    return Network(
        contacts=(*map(_institution, institutions), *map(_person, people)),
        emergency={code: tuple(map(_number, numbers)) for code, numbers in emergency.items()},
        instruments=tuple(
            Instrument(i.id, frozenset(i.members), i.purpose, i.excluded_note, tuple(i.priority_over))
            for i in instruments
        ),
        central_authorities={
            country: {key: body for key, body in bodies.items() if isinstance(body, str)}
            for country, bodies in (data.get("central_authorities") or {}).items()
        },
    )


def _no_id_twice(ids: Sequence[str], path: Path) -> None:
    twice = [key for key, number in Counter(ids).items() if number > 1]
    if twice:
        raise CorpusError(f"{path}: the id '{twice[0]}' stands twice in the directory; give each entry its own.")


def _parse(kind: Any, data: object, path: Path, key: str) -> Any:
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        finding = error.errors()[0]
        where = ".".join(map(str, finding["loc"]))
        raise CorpusError(f"{path}: {key}.{where}: {finding['msg']}.") from error


def _person(person: _Person) -> Contact:
    return Contact(
        id=person.id,
        kind="person",
        name=person.name,
        countries=tuple(person.countries),
        visibility=person.consent,
        roles=tuple(person.roles),
        organisation=person.organisation,
        languages=tuple(person.languages),
        email=person.email,
        phone=person.phone,
        website=person.website,
        checked=person.confirmed.isoformat(),
        verified=True,
        is_sample=person.email.endswith("@example.org"),
    )


def _institution(body: _Institution) -> Contact:
    return Contact(
        id=body.id,
        kind="institution",
        name=body.name,
        countries=(body.country,),
        visibility="public",
        roles=tuple(body.roles),
        name_en=body.name_en,
        # What nobody could confirm is left out rather than shown.
        phone="" if "phone" in body.unsure else body.phone,
        website="" if "website" in body.unsure else body.website,
        note=body.note,
        source=body.source,
        checked=body.checked.isoformat(),
        verified=body.verified,
    )


def _number(number: _Number) -> EmergencyNumber:
    return EmergencyNumber(
        number=number.number,
        kind=number.kind,
        name=number.name,
        hours=number.hours,
        note=number.note,
        is_unsure=number.unsure,
        is_verified=number.verified,
        checked=number.checked.isoformat(),
    )


def sure_numbers(numbers: Sequence[EmergencyNumber]) -> tuple[EmergencyNumber, ...]:
    """The numbers that can be shown without a doubt about whether they work at all."""
    return tuple(number for number in numbers if not number.is_unsure)
