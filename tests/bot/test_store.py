"""What outlives a restart, and who may see it. On SQLite, and on PostgreSQL where one is given.

PROTECT_TEST_POSTGRES=postgresql+asyncpg://USER:PASSWORD@HOST/NAME names an empty database for the tests.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import StoreError
from bot.store import Contact, Store, Viewer
from bot.store.schema import metadata

POSTGRES = os.environ.get("PROTECT_TEST_POSTGRES", "")

INSTITUTION = Contact("office", "institution", "Office", ("EE",), "public", roles=("border",))
PUBLIC = Contact("public-person", "person", "Public Person", ("EE", "LV"), "public", roles=("police",))
MEMBERS = Contact("members-person", "person", "Members Person", ("EE",), "members", roles=("police", "border"))
ALL = (INSTITUTION, PUBLIC, MEMBERS)
EVERYONE = Viewer("nobody", is_private=True)


@pytest_asyncio.fixture(params=["sqlite", *(["postgresql"] if POSTGRES else [])])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'new' / 'protect.db'}"
    await _empty(POSTGRES)
    return POSTGRES


@pytest_asyncio.fixture
async def store(url: str) -> AsyncIterator[Store]:
    store = await Store.open(url)
    yield store
    await store.close()


async def _empty(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    await engine.dispose()


def ids(contacts: list[Contact]) -> list[str]:
    return [contact.id for contact in contacts]


# ---- languages ------------------------------------------------------------------------------------------


async def test_a_language_is_remembered_changed_and_kept_over_a_restart(store: Store, url: str) -> None:
    assert await store.language("tg:1") is None
    await store.set_language("tg:1", "lv")
    await store.set_language("tg:1", "et")
    await store.set_language("tg:2", "fi")
    again = await Store.open(url)
    assert (await again.language("tg:1"), await again.language("tg:2")) == ("et", "fi")
    await again.close()


async def test_two_presses_at_once_set_a_language_once(store: Store) -> None:
    await asyncio.gather(*(store.set_language("tg:1", lang) for lang in ("lv", "et", "lv", "et", "lv")))
    assert await store.language("tg:1") in {"lv", "et"}


# ---- membership -----------------------------------------------------------------------------------------


async def test_the_life_of_a_membership(store: Store) -> None:
    assert await store.membership("tg:1") is None
    assert await store.ask_to_join("tg:1")
    assert await store.membership("tg:1") == "asked"
    assert await store.waiting() == ["tg:1"]
    assert await store.approve("tg:1", admin=7)
    assert await store.membership("tg:1") == "approved"
    assert await store.waiting() == []
    assert await store.leave("tg:1")
    assert await store.membership("tg:1") is None


async def test_what_cannot_be_done_says_so(store: Store) -> None:
    assert not await store.approve("tg:1", admin=7)
    assert not await store.leave("tg:1")
    assert await store.ask_to_join("tg:1")
    assert not await store.ask_to_join("tg:1")
    assert await store.approve("tg:1", admin=7)
    assert not await store.approve("tg:1", admin=8), "another admin was first"
    assert not await store.ask_to_join("tg:1"), "a member does not fall back to asking"
    assert await store.membership("tg:1") == "approved"


async def test_asking_twice_at_once_is_one_request(store: Store) -> None:
    answers = await asyncio.gather(*(store.ask_to_join("tg:1") for _ in range(5)))
    assert sorted(answers) == [False, False, False, False, True]
    assert await store.waiting() == ["tg:1"]


# ---- who sees whom --------------------------------------------------------------------------------------

SEES = {
    # (viewer, private chat): institution, public person, members' person
    ("stranger", True): (True, True, False),
    ("stranger", False): (True, True, False),
    ("asked", True): (True, True, False),
    ("asked", False): (True, True, False),
    ("approved", True): (True, True, True),
    ("approved", False): (True, True, False),
    ("left", True): (True, True, False),
    ("left", False): (True, True, False),
}
CELLS = [
    (viewer, is_private, contact, is_seen)
    for (viewer, is_private), row in SEES.items()
    for contact, is_seen in zip(ALL, row, strict=True)
]


@pytest.mark.parametrize(
    ("viewer", "is_private", "contact", "is_seen"),
    CELLS,
    ids=[f"{viewer}-{'private' if private else 'group'}-{contact.id}" for viewer, private, contact, _ in CELLS],
)
async def test_each_cell_of_the_access_matrix(
    store: Store, viewer: str, is_private: bool, contact: Contact, is_seen: bool
) -> None:
    await store.replace_contacts(ALL)
    if viewer != "stranger":
        await store.ask_to_join("tg:1")
    if viewer in {"approved", "left"}:
        await store.approve("tg:1", admin=7)
    if viewer == "left":
        await store.leave("tg:1")
    # Somebody else's membership opens nothing.
    await store.ask_to_join("tg:2")
    await store.approve("tg:2", admin=7)
    for country in contact.countries:
        for roles in ((), contact.roles):
            found = await store.contacts([country], Viewer("tg:1", is_private), roles)
            assert (contact.id in ids(found)) == is_seen


# ---- the directory --------------------------------------------------------------------------------------


async def test_contacts_come_back_as_they_were_in_the_order_of_the_files(store: Store) -> None:
    rich = Contact(
        "rich",
        "person",
        "Õie Ž",
        ("LV",),
        "public",
        roles=("border",),
        name_en="Oie",
        organisation="Ä",
        languages=("et", "ru"),
        email="a@example.org",
        phone="+1",
        website="https://example.org",
        note={"en": "note", "et": "märge"},
        source="s",
        checked="2026-11-01",
        verified=True,
        is_sample=True,
    )
    await store.replace_contacts([rich, PUBLIC])
    assert await store.contacts(["LV"], EVERYONE) == [rich, PUBLIC]


async def test_contacts_are_chosen_by_country_and_role(store: Store) -> None:
    await store.replace_contacts(ALL)
    assert ids(await store.contacts(["EE"], EVERYONE)) == ["office", "public-person"]
    assert ids(await store.contacts(["LV"], EVERYONE)) == ["public-person"]
    assert ids(await store.contacts(["EE", "LV"], EVERYONE)) == ["office", "public-person"]
    assert ids(await store.contacts(["EE"], EVERYONE, ["border"])) == ["office"]
    assert ids(await store.contacts(["EE"], EVERYONE, ["border", "police"])) == ["office", "public-person"]
    assert await store.contacts(["EE"], EVERYONE, ["ombudsperson"]) == []
    assert await store.contacts(["XX"], EVERYONE) == []
    assert await store.contacts([], EVERYONE) == []


async def test_a_new_directory_replaces_the_whole_former_one(store: Store) -> None:
    await store.replace_contacts(ALL)
    await store.replace_contacts([PUBLIC])
    assert ids(await store.contacts(["EE"], EVERYONE)) == ["public-person"]
    await store.replace_contacts([])
    assert await store.contacts(["EE"], EVERYONE) == []


async def test_an_error_in_the_middle_leaves_the_former_directory(store: Store) -> None:
    await store.replace_contacts(ALL)
    twice = Contact("new", "institution", "New", ("EE",), "public")
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        await store.replace_contacts([twice, twice])
    assert ids(await store.contacts(["EE"], EVERYONE)) == ["office", "public-person"]


async def test_a_contact_of_no_country_or_the_same_twice_breaks_nothing(store: Store) -> None:
    nowhere = Contact("nowhere", "institution", "N", (), "public")
    double = Contact("double", "institution", "D", ("EE", "EE"), "public")
    await store.replace_contacts([nowhere, double])
    assert ids(await store.contacts(["EE"], EVERYONE)) == ["double"]


async def test_readers_see_the_former_or_the_new_directory_and_never_half(store: Store) -> None:
    first = [Contact(f"a{n}", "institution", "A", ("EE",), "public") for n in range(40)]
    second = [Contact(f"b{n}", "institution", "B", ("EE",), "public") for n in range(40)]
    await store.replace_contacts(first)

    async def read() -> None:
        for _ in range(10):
            assert {contact.name for contact in await store.contacts(["EE"], EVERYONE)} in ({"A"}, {"B"})

    async def write() -> None:
        for entries in (second, first, second):
            await store.replace_contacts(entries)

    await asyncio.gather(write(), read(), read())


# ---- counters and subscribers ---------------------------------------------------------------------------


async def test_no_count_is_lost_when_many_count_at_once(store: Store) -> None:
    await asyncio.gather(*(store.count(name) for name in ["a", "b"] * 25))
    assert await store.counted() == {"a": 25, "b": 25}


async def test_notices_can_be_turned_on_and_off(store: Store) -> None:
    await asyncio.gather(*(store.subscribe("tg:1", active=True) for _ in range(3)))
    await store.subscribe("tg:2", active=True)
    assert sorted(await store.subscribers()) == ["tg:1", "tg:2"]
    await store.subscribe("tg:1", active=False)
    await store.subscribe("tg:3", active=False)
    assert await store.subscribers() == ["tg:2"]


# ---- opening --------------------------------------------------------------------------------------------


async def test_opening_again_keeps_what_is_there(store: Store, url: str) -> None:
    await store.replace_contacts(ALL)
    await store.set_language("tg:1", "lv")
    await store.count("a")
    for _ in range(2):
        again = await Store.open(url)
        assert await again.language("tg:1") == "lv"
        assert len(await again.contacts(["EE"], EVERYONE)) == 2
        assert await again.counted() == {"a": 1}
        await again.close()


async def test_several_programs_may_open_a_new_database_at_once(url: str) -> None:
    stores = await asyncio.gather(*(Store.open(url) for _ in range(4)))
    await asyncio.gather(*(store.count("a") for store in stores))
    assert await stores[0].counted() == {"a": 4}
    for store in stores:
        await store.close()


async def test_sqlite_runs_in_wal_mode_with_foreign_keys(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'protect.db'}")
    async with store._engine.connect() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert await connection.scalar(text("PRAGMA busy_timeout")) == 5000
    await store.close()


async def test_a_failed_migration_leaves_no_half_made_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import command

    upgrade = command.upgrade

    def upgrade_and_fail(*arguments: object) -> None:
        upgrade(*arguments)
        raise OSError("no space left")

    path = tmp_path / "protect.db"
    monkeypatch.setattr(command, "upgrade", upgrade_and_fail)
    with pytest.raises(StoreError, match="no space left"):
        await Store.open(f"sqlite+aiosqlite:///{path}")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
    monkeypatch.undo()
    store = await Store.open(f"sqlite+aiosqlite:///{path}")
    assert await store.membership("tg:1") is None
    await store.close()


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "protect.db"
    await (await Store.open(f"sqlite+aiosqlite:///{path}")).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        await Store.open(f"sqlite+aiosqlite:///{path}")


@pytest.mark.parametrize("what", ["a folder", "a text", "below a file"])
async def test_a_file_that_is_no_database_is_named_with_the_key(tmp_path: Path, what: str) -> None:
    path = tmp_path / "protect.db"
    if what == "a folder":
        path.mkdir()
    else:
        path.write_text("this is a text and no database " * 50, encoding="utf-8")
    place = path / "deeper.db" if what == "below a file" else path
    with pytest.raises(StoreError) as error:
        await Store.open(f"sqlite+aiosqlite:///{place}")
    assert str(path) in str(error.value)
    assert "`database`" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://user:hunter2secret@127.0.0.1:1/protect",
        "postgresql+nodriver://user:hunter2secret@127.0.0.1:1/protect",
        "sqlite+aiosqlite://user:hunter2secret@[/protect",
        "postgresql+asyncpg://user:hunter2secret@127.0.0.1:port/protect",
    ],
)
async def test_no_message_shows_a_password(url: str) -> None:
    with pytest.raises(StoreError) as error:
        await Store.open(url)
    assert "`database`" in str(error.value)
    assert "hunter2secret" not in str(error.value)
