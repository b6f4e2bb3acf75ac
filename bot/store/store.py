"""The one door to the database."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, delete, event, insert, or_, select, true, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ..errors import StoreError
from .schema import Contact, contact_countries, contacts, counters, members, people, subscribers

_MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the directory, and where the answer would be read."""

    person: str
    is_private: bool
    """Whether nobody else reads the chat."""


class Store:
    """Languages, members, contacts and counters. Made by `Store.open`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect and bring the tables up to date. Raises StoreError."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(parsed)
        if parsed.get_backend_name() == "sqlite":
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        try:
            async with engine.begin() as connection:
                await connection.run_sync(_migrate)
        except (SQLAlchemyError, OSError) as error:
            await engine.dispose()
            where = parsed.render_as_string(hide_password=True)
            raise StoreError(
                f"database {where}: cannot be opened ({error}); check the `database` key of the "
                "configuration and that the folder can be written."
            ) from error
        return cls(engine)

    async def close(self) -> None:
        """Give back all connections."""
        await self._engine.dispose()

    async def language(self, person: str) -> str | None:
        """The language that the person chose; None if none was chosen."""
        async with self._engine.connect() as connection:
            found = await connection.scalar(select(people.c.language).where(people.c.id == person))
        return str(found) if found else None

    async def set_language(self, person: str, language: str) -> None:
        """Remember the person's choice."""
        async with self._engine.begin() as connection:
            changed = await connection.execute(update(people).where(people.c.id == person).values(language=language))
            if not changed.rowcount:
                await connection.execute(insert(people).values(id=person, language=language))

    async def membership(self, person: str) -> str | None:
        """`asked`, `approved`, or None for someone who is no member."""
        async with self._engine.connect() as connection:
            found = await connection.scalar(select(members.c.status).where(members.c.person == person))
        return str(found) if found else None

    async def ask_to_join(self, person: str) -> bool:
        """Record a request to join; False when there is one already or the person is a member."""
        async with self._engine.begin() as connection:
            known = await connection.scalar(select(members.c.status).where(members.c.person == person))
            if known:
                return False
            await connection.execute(
                insert(members).values(person=person, status="asked", since=_today(), approved_by=None)
            )
        return True

    async def approve(self, person: str, admin: int) -> bool:
        """Make someone who asked a member; False when nobody of that name asked."""
        async with self._engine.begin() as connection:
            changed = await connection.execute(
                update(members)
                .where(members.c.person == person)
                .values(status="approved", since=_today(), approved_by=admin)
            )
        return bool(changed.rowcount)

    async def leave(self, person: str) -> bool:
        """Forget a membership or a request; False when there was none."""
        async with self._engine.begin() as connection:
            changed = await connection.execute(delete(members).where(members.c.person == person))
        return bool(changed.rowcount)

    async def waiting(self) -> list[str]:
        """Who asked to join and was not answered yet."""
        async with self._engine.connect() as connection:
            rows = await connection.scalars(
                select(members.c.person).where(members.c.status == "asked").order_by(members.c.since)
            )
            return [str(row) for row in rows]

    async def replace_contacts(self, entries: Sequence[Contact]) -> None:
        """Make these the whole directory, in one transaction."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(contact_countries))
            await connection.execute(delete(contacts))
            for position, contact in enumerate(entries):
                await _insert_contact(connection, contact, position)

    async def contacts(self, countries: Iterable[str], viewer: Viewer, roles: Iterable[str] = ()) -> list[Contact]:
        """The contacts of these countries that the viewer may see, in the order of their files.

        This query is the one place that decides visibility: what is `public` is for everyone, what is
        `members` for approved members in a private chat.
        """
        is_member = (
            select(members.c.person).where(members.c.person == viewer.person, members.c.status == "approved").exists()
        )
        visible = contacts.c.visibility == "public"
        if viewer.is_private:
            visible = or_(visible, (contacts.c.visibility == "members") & is_member)
        query = (
            select(contacts.c.details)
            .join(contact_countries, contact_countries.c.contact == contacts.c.id)
            .where(contact_countries.c.country.in_(list(countries)), visible)
            .order_by(contacts.c.position)
        )
        wanted = frozenset(roles)
        async with self._engine.connect() as connection:
            rows = await connection.scalars(query)
            found = {row["id"]: _contact(row) for row in rows}
        return [c for c in found.values() if not wanted or wanted & set(c.roles)]

    async def count(self, name: str) -> None:
        """Add one to a counter."""
        async with self._engine.begin() as connection:
            changed = await connection.execute(
                update(counters).where(counters.c.name == name).values(value=counters.c.value + 1)
            )
            if not changed.rowcount:
                await connection.execute(insert(counters).values(name=name, value=1))

    async def counted(self) -> dict[str, int]:
        """All counters."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(counters).order_by(counters.c.name))
            return {row.name: row.value for row in rows}

    async def subscribe(self, person: str, active: bool) -> None:
        """Turn notices about changes of the corpus on or off for a person."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(subscribers).where(subscribers.c.person == person))
            if active:
                await connection.execute(insert(subscribers).values(person=person, since=_today(), active=True))

    async def subscribers(self) -> list[str]:
        """Who wants notices about changes of the corpus."""
        async with self._engine.connect() as connection:
            rows = await connection.scalars(select(subscribers.c.person).where(subscribers.c.active == true()))
            return [str(row) for row in rows]


async def _insert_contact(connection: AsyncConnection, contact: Contact, position: int) -> None:
    await connection.execute(
        insert(contacts).values(
            id=contact.id,
            kind=contact.kind,
            visibility=contact.visibility,
            position=position,
            details=asdict(contact),
        )
    )
    await connection.execute(
        insert(contact_countries),
        [{"contact": contact.id, "country": country} for country in contact.countries],
    )


def _contact(details: dict[str, Any]) -> Contact:
    lists = {key: tuple(value) for key, value in details.items() if isinstance(value, list)}
    return Contact(**{**details, **lists})


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


def _migrate(connection: Connection) -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
