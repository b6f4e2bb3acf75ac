"""The one door to the database."""

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any, Self

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.util import CommandError
from sqlalchemy import Connection, Table, delete, event, func, insert, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ..errors import StoreError
from .schema import Contact, contact_countries, contacts, counters, members, people, subscribers

# Tries, a tenth of a second apart, to get a database file for oneself while others open it too.
_ATTEMPTS = 50
_MIGRATIONS = Path(__file__).parent / "migrations"
#: Option of a connection to SQLite that reads before it writes: it has to wait for other writers first.
_WRITES = "protect_writes"
# Any number that no other program locks in the same PostgreSQL database.
_MIGRATING = 0x50524F54


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
        parsed, where = _parse(url)
        engine = None
        try:
            if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
                await asyncio.to_thread(_probe, Path(parsed.database))
            engine = create_async_engine(parsed)
            if parsed.get_backend_name() == "sqlite":
                event.listen(engine.sync_engine, "connect", _prepare_sqlite)
                event.listen(engine.sync_engine, "begin", _begin_sqlite)
            async with engine.execution_options(**{_WRITES: True}).begin() as connection:
                await connection.run_sync(_migrate)
        except (SQLAlchemyError, CommandError, OSError, ImportError, sqlite3.Error) as error:
            if engine is not None:
                await engine.dispose()
            raise StoreError(f"database {where}: cannot be opened ({_reason(error)}); {_cure(error)}.") from error
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
            values = {"id": person, "language": language}
            query = self._insert(people).values(values)
            await connection.execute(query.on_conflict_do_update(index_elements=["id"], set_={"language": language}))

    async def membership(self, person: str) -> str | None:
        """`asked`, `approved`, or None for someone who is no member."""
        async with self._engine.connect() as connection:
            found = await connection.scalar(select(members.c.status).where(members.c.person == person))
        return str(found) if found else None

    async def ask_to_join(self, person: str) -> bool:
        """Record a request to join; False when there is one already or the person is a member."""
        async with self._engine.begin() as connection:
            values = {"person": person, "status": "asked", "since": _today(), "approved_by": None}
            added = await connection.execute(self._insert(members).values(values).on_conflict_do_nothing())
        return bool(added.rowcount)

    async def approve(self, person: str, admin: int) -> bool:
        """Make someone who asked a member; False when nobody of that name waits, or another admin was first."""
        async with self._engine.begin() as connection:
            changed = await connection.execute(
                update(members)
                .where(members.c.person == person, members.c.status == "asked")
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
            query = self._insert(counters).values(name=name, value=1)
            one_more = {"value": counters.c.value + 1}
            await connection.execute(query.on_conflict_do_update(index_elements=["name"], set_=one_more))

    async def counted(self) -> dict[str, int]:
        """All counters."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(counters).order_by(counters.c.name))
            return {row.name: row.value for row in rows}

    async def subscribe(self, person: str, active: bool) -> None:
        """Turn notices about changes of the corpus on or off for a person."""
        async with self._engine.begin() as connection:
            if active:
                values = {"person": person, "since": _today(), "active": True}
                await connection.execute(self._insert(subscribers).values(values).on_conflict_do_nothing())
            else:
                await connection.execute(delete(subscribers).where(subscribers.c.person == person))

    async def subscribers(self) -> list[str]:
        """Who wants notices about changes of the corpus."""
        async with self._engine.connect() as connection:
            rows = await connection.scalars(select(subscribers.c.person).where(subscribers.c.active == true()))
            return [str(row) for row in rows]

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that can say what happens when the row is there: two people may press at the same time."""
        return sqlite.insert(table) if self._engine.dialect.name == "sqlite" else postgresql.insert(table)


def _parse(url: str) -> tuple[URL, str]:
    """The database's address, and how it may be shown: without its password."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.host:
            raise ValueError("SQLite is a file and has no host")
    except (SQLAlchemyError, ValueError) as error:
        # The address itself is not shown: it may hold a password.
        raise StoreError(
            "database: the `database` key of the configuration is no address such as sqlite+aiosqlite:///FILE or "
            "postgresql+asyncpg://USER:PASSWORD@HOST/NAME."
        ) from error
    return parsed, parsed.render_as_string(hide_password=True)


def _reason(error: Exception) -> str:
    """The driver's own words in one line, without the statement."""
    return " ".join(str(getattr(error, "orig", None) or error).split())


def _cure(error: Exception) -> str:
    if isinstance(error, ImportError):
        return f"install the driver that the `database` key of the configuration names: pip install {error.name}"
    if isinstance(error, CommandError):
        return "it was made by a newer version of the program; run that one, or name another file under `database`"
    return "check the `database` key of the configuration and that the folder can be written"


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
    # dict.fromkeys: a country named twice counts once.
    rows = [{"contact": contact.id, "country": country} for country in dict.fromkeys(contact.countries)]
    if rows:
        await connection.execute(insert(contact_countries), rows)


def _contact(details: dict[str, Any]) -> Contact:
    lists = {key: tuple(value) for key, value in details.items() if isinstance(value, list)}
    return Contact(**{**details, **lists})


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _probe(path: Path) -> None:
    """Makes the file a database in WAL mode, which it stays.

    Raises what is wrong with it before a driver's thread is started that would outlive the event loop.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(_ATTEMPTS):
        try:
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA journal_mode=WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            # Changing the mode does not wait for other programs that open the file, whatever the time-out.
            if "locked" not in str(error) or attempt == _ATTEMPTS - 1:
                raise
            sleep(0.1)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions leave out CREATE TABLE, so that a crash could leave half a migration.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_writer = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")


def _migrate(connection: Connection) -> None:
    """One program at a time: on SQLite by BEGIN IMMEDIATE, on PostgreSQL by a lock until the commit."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
    config = AlembicConfig()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
