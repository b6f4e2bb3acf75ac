"""Tables of the store, and the values that are kept in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, MetaData, String, Table

Visibility = Literal["public", "members"]

metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("id", String(64), primary_key=True, comment="channel and number, such as tg:123"),
    Column("language", String(2), comment="chosen by the person"),
)

members = Table(
    "members",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("status", String(16), nullable=False, comment="asked or approved"),
    Column("since", String(10), nullable=False, comment="ISO date of the last change"),
    Column("approved_by", BigInteger, comment="Telegram ID of the admin"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False, comment="person or institution"),
    Column("visibility", String(16), nullable=False, comment="public or members"),
    Column("position", BigInteger, nullable=False, comment="order of the file it came from"),
    Column("details", JSON, nullable=False),
)

contact_countries = Table(
    "contact_countries",
    metadata,
    Column("contact", String(64), ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
    Column("country", String(2), primary_key=True, index=True),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(96), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("since", String(10), nullable=False),
    Column("active", Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or institution of the directory."""

    id: str
    kind: Literal["person", "institution"]
    name: str
    countries: tuple[str, ...]
    visibility: Visibility
    roles: tuple[str, ...] = ()
    name_en: str = ""
    organisation: str = ""
    languages: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    website: str = ""
    note: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    checked: str = ""
    """ISO date on which it was last compared with its source, or confirmed by the person."""
    verified: bool = False
    is_sample: bool = False
