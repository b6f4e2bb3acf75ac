"""The Telegram bot, over HTTP, with a Bot API server that checks what it is sent as Telegram does."""

import asyncio
import json
import logging
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.assistant import Assistant
from bot.channels.telegram import Channel
from bot.channels.telegram import channel as channel_module
from bot.channels.telegram.application import file_url
from bot.config import Config, Telegram, Webhook, load_config
from bot.errors import BotError
from bot.i18n import phrases
from bot.network import load_network
from bot.reply import Reply, Turn, plain
from bot.serving import Serving
from bot.store import Store
from bot.understand import Countries, Languages
from indexer import LANGUAGES
from tests.auxil.bot_api import PATIENCE, TOKEN, BotApi, Person
from tests.auxil.corpus import CORPUS, write_config

# The library's own: it will give seconds as timedelta some day.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

ADMIN = 900
QUESTION = "Who appoints a guardian for an unaccompanied child?"


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        yield server


@pytest.fixture
def bot_config(config: Config, api: BotApi, tmp_path: Path) -> Config:
    return for_bot(config, api, tmp_path)


def for_bot(config: Config, api: BotApi, folder: Path, **changes: Any) -> Config:
    telegram = Telegram(token=SecretStr(TOKEN), base_url=api.base_url)
    database = f"sqlite+aiosqlite:///{folder / 'protect.db'}"
    return config.model_copy(update={"telegram": telegram, "admins": (ADMIN,), "database": database, **changes})


@pytest.fixture
async def channel(bot_config: Config) -> AsyncIterator[Channel]:
    async with running(bot_config) as channel:
        yield channel


@asynccontextmanager
async def running(config: Config, command: Sequence[str] | None = None) -> AsyncIterator[Channel]:
    store = await Store.open(config.database)
    network = network_of(config.corpus, config.contacts)
    await store.replace_contacts(network.contacts)
    assistant = Assistant(Serving(config), store, network, countries(), languages(), config.language)
    channel = Channel(config, assistant, command, pause=0.02)
    try:
        await channel.start()
        yield channel
    finally:
        await channel.stop()
        await store.close()


# Loaded once, since each takes as long as a whole talk.
network_of = cache(load_network)
languages = cache(Languages)


@cache
def countries() -> Countries:
    return Countries(CORPUS / "countries.yaml")


@pytest.fixture
def anna(api: BotApi) -> Person:
    return api.person(101, "Anna")


@pytest.fixture
def admin(api: BotApi) -> Person:
    return api.person(ADMIN, "Admin")


def answering(
    channel: Channel, handle: Callable[[Turn], Awaitable[Reply]], monkeypatch: pytest.MonkeyPatch
) -> Assistant:
    """Let the assistant answer in another way."""
    assistant = channel.talk._assistant
    monkeypatch.setattr(assistant, "handle", handle)
    return assistant


# ---- a talk -----------------------------------------------------------------------------------------------


async def test_a_talk_in_latvian(api: BotApi, channel: Channel) -> None:
    inese = api.person(7, "Inese", lang="lv")
    say = phrases("lv")

    start = await inese.asks("/start")
    assert start.formatted("bold")[0] == say("PROTECT assistant")
    assert say("Topics") in start.labels

    answer = await inese.asks("Kas ieceļ aizbildni nepavadītam bērnam?")
    quotes = answer.formatted("blockquote")
    index = channel.talk._assistant.serving.index
    texts = [passage.text for n, _ in enumerate(index.library.documents) for passage in index.passages_of(n)]
    assert quotes
    assert all(any(quote.strip("“”") in text for text in texts) for quote in quotes), "word for word"
    assert say("This project's brief, not official text") in answer.text
    assert not answer.has_preview

    read_on = await inese.chooses(say("Read on {number}", number=1))
    assert quotes[0].strip("“”") in read_on.text
    assert not read_on.is_edited, "the answer stays to be read"

    contacts = await inese.chooses(say("Contacts"))
    country = await inese.chooses(say.country("LV"))
    assert say.country("LV") in contacts.labels
    assert say.country("LV") in country.text
    assert not api.problems
    assert None not in api.callbacks.values()


async def test_the_chosen_language_holds(channel: Channel, anna: Person) -> None:
    await anna.asks("/language")
    chosen = await anna.chooses("Suomi")
    assert chosen.text == phrases("fi")("The interface is in {language} now.", language="Suomi")
    assert (await anna.asks("/start")).formatted("bold")[0] == phrases("fi")("PROTECT assistant")


async def test_paging_changes_a_view_in_place(channel: Channel, anna: Person) -> None:
    await anna.asks("/topics")
    step = await anna.chooses("3. Appoint")
    topic = await anna.chooses(step.labels[0])
    passage = await anna.chooses(topic.labels[0])
    other = await anna.chooses("Other languages")
    assert {step.id, topic.id, passage.id, other.id} == {step.id}
    assert passage.is_edited
    assert (await anna.chooses("Latvian")).id == step.id


async def test_a_reference_to_copy_is_a_message_of_its_own(channel: Channel, anna: Person) -> None:
    await anna.asks(QUESTION)
    passage = await anna.chooses("Read on 1")
    reference = await anna.chooses("Copy as reference")
    assert reference.id != passage.id
    assert "/verify" in reference.text


async def test_a_view_that_is_as_it_was_is_left_alone(api: BotApi, channel: Channel, anna: Person) -> None:
    await anna.asks("/topics")
    step = await anna.chooses("3. Appoint")
    topic = await anna.chooses(step.labels[0])
    queries = [await anna.presses_in(topic, topic.buttons[0][0][1]) for _ in range(2)]
    await api.until(lambda: all(api.callbacks[query] is not None for query in queries))
    await anna.types("/help")
    await anna.reads(2)
    assert len(anna.chat.messages) == 2, "the view and the help, nothing else"


async def test_a_view_too_old_to_change_is_followed_by_a_new_message(
    api: BotApi, channel: Channel, anna: Person
) -> None:
    topics = await anna.asks("/topics")
    await anna.presses("3. Appoint", too_old=True)
    (step,) = await anna.reads()
    assert step.id != topics.id

    api.fails("editMessageText", 400, "Bad Request: message can't be edited")
    await anna.presses("1. Identify")
    (again,) = await anna.reads()
    assert again.id > step.id


async def test_a_vote_pops_up_and_leaves_the_talk_alone(api: BotApi, channel: Channel, anna: Person) -> None:
    await anna.asks(QUESTION)
    query = await anna.presses("👍 Useful")
    await api.until(lambda: api.callbacks[query] is not None)
    assert api.callbacks[query] == phrases("en")("Thank you. Your vote is counted without your question.")
    assert not anna.chat.news


@pytest.mark.parametrize(
    "text",
    [
        "<b>guardian</b> & <i>who",
        "</blockquote><script>alert(1)</script>",
        "&lt;&amp;&#0;",
        "/term <a href='x'>",
        "_*[`~",
    ],
)
async def test_hostile_text_comes_to_nothing(api: BotApi, channel: Channel, anna: Person, text: str) -> None:
    await anna.asks(text)
    assert not api.problems


async def test_pictures_and_voice_messages_are_answered_too(channel: Channel, anna: Person) -> None:
    await anna.types("", voice={"file_id": "a", "file_unique_id": "b", "duration": 3})
    (message,) = await anna.reads()
    assert message.text == phrases("en")(
        "I can read questions in words. Write one sentence about the child's situation."
    )


async def test_a_caption_is_read_as_a_question(channel: Channel, anna: Person) -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    await anna.types("", photo=photo, caption=QUESTION)
    (message,) = await anna.reads()
    assert message.formatted("blockquote")


# ---- groups -----------------------------------------------------------------------------------------------


async def test_in_a_group_only_what_is_meant_for_the_bot_is_answered(
    api: BotApi, channel: Channel, anna: Person
) -> None:
    group = api.group(-100500)
    await anna.types(QUESTION, group)
    await anna.types("/start@another_bot", group)
    await anna.types("/unknown", group)
    await anna.types("@protect_test_bots " + QUESTION, group)
    asked = await anna.types("@Protect_Test_Bot " + QUESTION, group)
    (answer,) = await anna.reads(chat=group)
    assert answer.answers == asked
    assert answer.formatted("blockquote")

    await anna.types("/help", group)
    await anna.reads(chat=group)
    await anna.types("What is age assessment?", group, answering=answer)
    assert (await anna.reads(chat=group))[0].formatted("blockquote")


async def test_a_topic_of_a_group_gets_its_answer_there(api: BotApi, channel: Channel, anna: Person) -> None:
    group = api.group(-100501)
    await anna.types("/help", group, message_thread_id=5, is_topic_message=True)
    assert (await anna.reads(chat=group))[0].thread == 5


async def test_what_was_asked_in_private_does_not_come_up_in_a_group(
    api: BotApi, channel: Channel, anna: Person
) -> None:
    group = api.group(-100502)
    await anna.asks(QUESTION)
    await anna.types("/help@protect_test_bot", group)
    (shown,) = await anna.reads(chat=group)
    await anna.presses_in(shown, "more:0")
    (message,) = await anna.reads(chat=group)
    assert message.text == phrases("en")("I no longer know which question this belongs to. Ask again, please.")


# ---- inline -----------------------------------------------------------------------------------------------


async def test_inline_queries_offer_passages_with_their_citation(api: BotApi, channel: Channel, anna: Person) -> None:
    offered = await anna.asks_inline("guardian for an unaccompanied child")
    assert 1 <= len(offered) <= 5
    for result in offered:
        shown = result["input_message_content"]["shown"]
        assert shown.formatted("blockquote")
        assert "not official text" in shown.text
        assert "@example.org" not in shown.text
    asked = api.parameters["answerInlineQuery"][-1]
    assert asked["is_personal"] is True
    assert asked["cache_time"] <= 60


@pytest.mark.parametrize("query", ["", "?!", "best pizza in Riga", "x" * 256])
async def test_inline_queries_without_a_sure_answer_offer_nothing(channel: Channel, anna: Person, query: str) -> None:
    assert await anna.asks_inline(query) == []


async def test_personal_data_of_an_inline_query_is_not_searched(
    channel: Channel, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = []
    serving = channel.talk._assistant.serving
    search = serving.search

    async def spy(text: str, lang: str, top: int) -> Any:
        searched.append(text)
        return await search(text, lang, top)

    monkeypatch.setattr(serving, "search", spy)
    await anna.asks_inline("guardian for child, mother's mail is mother@mail.example")
    assert searched
    assert "mother@mail" not in searched[0]


# ---- members ----------------------------------------------------------------------------------------------


async def test_a_members_contact_is_for_approved_members_in_private(
    api: BotApi, channel: Channel, anna: Person, admin: Person
) -> None:
    secret = "sample.one@example.org"
    assert secret not in (await anna.asks("Who can I contact in Estonia?")).text

    await anna.asks("/join")
    assert "An admin will decide" in (await anna.chooses("Ask to join")).text
    (request,) = await admin.reads()
    assert "Anna" in request.text
    assert "@user101" in request.text
    decided = await admin.chooses("Approve")
    assert decided.id == request.id
    assert decided.labels == []
    (told,) = await anna.reads()
    assert "you are a member" in told.text

    assert secret in (await anna.asks("Who can I contact in Estonia?")).text
    group = api.group(-100503)
    await anna.types("@protect_test_bot Who can I contact in Estonia?", group)
    assert secret not in (await anna.reads(chat=group))[0].text
    other = api.person(102, "Other")
    assert secret not in (await other.asks("Who can I contact in Estonia?")).text
    assert not api.problems


async def test_a_declined_person_is_told_and_forgotten(channel: Channel, anna: Person, admin: Person) -> None:
    await anna.asks("/join")
    await anna.chooses("Ask to join")
    (request,) = await admin.reads()
    assert "Declined" in (await admin.chooses("Decline")).text
    (told,) = await anna.reads()
    assert "declined" in told.text
    assert await channel.talk._assistant.store.membership("tg:101") is None
    # another admin, or the same message on another telephone
    await admin.presses_in(request, "ok:tg:101")
    assert "answered or withdrawn before" in (await admin.reads())[0].text
    assert await channel.talk._assistant.store.membership("tg:101") is None


async def test_nobody_else_can_decide(channel: Channel, anna: Person, admin: Person) -> None:
    await anna.asks("/join")
    await anna.chooses("Ask to join")
    (request,) = await admin.reads()
    await anna.presses_in(replace(request, chat=anna.number), "ok:tg:101")
    await anna.reads()
    assert await channel.talk._assistant.store.membership("tg:101") == "asked"


async def test_admins_see_who_waits(channel: Channel, anna: Person, admin: Person) -> None:
    assert (await admin.asks("/members")).text == "Nobody waits for an answer."
    await anna.asks("/join")
    await anna.chooses("Ask to join")
    await admin.reads()
    listed = await admin.asks("/members")
    assert "Anna" in listed.text
    assert listed.labels == ["Approve", "Decline"]


async def test_an_admin_without_a_chat_does_not_keep_others_from_joining(channel: Channel, anna: Person) -> None:
    await anna.asks("/join")
    assert "An admin will decide" in (await anna.chooses("Ask to join")).text
    assert (await anna.asks("/help")).text


# ---- admins -----------------------------------------------------------------------------------------------


async def test_status_says_what_is_served(channel: Channel, admin: Person, anna: Person) -> None:
    text = (await admin.asks("/status")).text
    index = channel.talk._assistant.serving.index
    for expected in (
        index.generation.name,
        str(index.manifest["passages"]),
        "Latvian",
        "I answer on BM25 alone",
        "Requests to join: 0",
    ):
        assert expected in text


@pytest.mark.parametrize("command", ["/status", "/members", "/reindex"])
async def test_admins_commands_are_for_admins_in_private(
    api: BotApi, channel: Channel, anna: Person, admin: Person, command: str
) -> None:
    assert (await anna.asks(command)).text == phrases("en")("I do not know this command. /help shows what I can do.")
    group = api.group(-100504)
    await admin.types(f"{command}@protect_test_bot", group)
    assert "private chat" in (await admin.reads(chat=group))[0].text
    assert not channel.desk.reindexer.is_running


async def until_message(person: Person, holds: str) -> str:
    """Wait until a message of the chat holds some words; gives its text."""

    def found() -> list[str]:
        return [message.text for message in person.chat.messages.values() if holds in message.text]

    await person.api.until(lambda: bool(found()))
    return found()[0]


async def test_reindex_takes_up_a_changed_corpus_while_questions_are_answered(
    api: BotApi, config: Config, anna: Person, admin: Person, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(config.index.parent, copy)
    config = for_bot(load_config(write_config(copy, copy / "corpus", copy / "index")), api, tmp_path)
    async with running(config) as channel:
        before = channel.talk._assistant.serving.index
        await anna.asks("/news")
        await anna.chooses("Tell me when it changes")
        (config.corpus / "briefs/lv/missing-children.md").unlink()
        (config.corpus / "briefs/en/guardian.md").write_text("# Guardian", encoding="utf-8")
        entry = "- {id: new, name: Sample New, countries: [FI], consent: public, consent_date: 2026-11-01, confirmed: 2026-11-01}\n"
        with config.contacts.open("a", encoding="utf-8") as file:
            file.write(entry)

        await admin.types("/reindex")
        await admin.reads()
        assert channel.desk.reindexer.is_running
        assert (await admin.asks("/status")).text
        assert (await anna.asks(QUESTION)).formatted("blockquote")
        await admin.types("/reindex")
        assert await until_message(admin, "running already")

        async with asyncio.timeout(180):
            while channel.desk.reindexer.is_running:
                await asyncio.wait({channel.desk.reindexer._task})  # type: ignore[type-var]
        ended = await until_message(admin, "The new index serves now.")
        after = channel.talk._assistant.serving.index
        assert after.generation != before.generation
        assert f"passages: {after.manifest['passages']}" in ended
        assert after.manifest["passages"] < before.manifest["passages"]
        assert "corpus/briefs/en/guardian.md" in ended, "the document that cannot be read is named"
        assert str(tmp_path) not in ended
        (news,) = await anna.reads()
        assert "The corpus was read last on" in news.text
        assert "Sample New" in (await anna.asks("Who can I contact in Finland?")).text
    assert not api.problems


def failing(*lines: str) -> list[str]:
    code = "import sys, json; print(json.dumps(['read', 1, 0])); [print(l, file=sys.stderr) for l in sys.argv[1:]]; sys.exit(1)"
    return [sys.executable, "-c", code, *lines]


async def test_a_failed_rebuild_says_why_and_the_old_index_goes_on_serving(
    api: BotApi, bot_config: Config, anna: Person, admin: Person
) -> None:
    secret = f"{bot_config.corpus}/sources.yaml:3: `title` is missing; token {TOKEN}"
    async with running(bot_config, failing(secret)) as channel:
        before = channel.talk._assistant.serving.index.generation
        await admin.types("/reindex")
        text = await until_message(admin, "The rebuild failed. The old index goes on serving.")
        assert "corpus/sources.yaml:3: `title` is missing" in text
        assert TOKEN not in text
        assert str(bot_config.corpus) not in text
        assert channel.talk._assistant.serving.index.generation == before
        assert (await anna.asks(QUESTION)).formatted("blockquote")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (
            failing("Traceback (most recent call last):", '  File "x.py", line 1', "MemoryError: none left"),
            "MemoryError",
        ),
        (["/nonexistent/program"], "cannot be started"),
        ([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], "signal 9"),
    ],
)
async def test_however_a_rebuild_fails_it_is_told(
    bot_config: Config, admin: Person, command: list[str], reason: str
) -> None:
    async with running(bot_config, command):
        await admin.types("/reindex")
        text = await until_message(admin, "The rebuild failed")
        assert reason in text
        assert "x.py" not in text


async def test_a_wrong_directory_file_is_named_and_the_old_directory_serves(
    api: BotApi, config: Config, admin: Person, anna: Person, tmp_path: Path
) -> None:
    contacts = tmp_path / "contacts.yaml"
    contacts.write_text(config.contacts.read_text(encoding="utf-8"), encoding="utf-8")
    changed = for_bot(config, api, tmp_path, contacts=contacts)
    async with running(changed, [sys.executable, "-c", ""]):
        contacts.write_text("- {id: a}\n", encoding="utf-8")
        await admin.types("/reindex")
        assert "contacts.yaml" in await until_message(admin, "The directory was not read anew")
        assert "sample.three@example.org" in (await anna.asks("Who can I contact in Lithuania?")).text


async def test_the_end_of_the_bot_ends_a_running_build(bot_config: Config, admin: Person) -> None:
    endless = [sys.executable, "-c", "import time; print('[\"read\", 1, 0]', flush=True); time.sleep(600)"]
    async with running(bot_config, endless) as channel:
        await admin.types("/reindex")
        await until_message(admin, "Reading the corpus: 1")
        build = channel.desk.reindexer._task
    assert build is not None
    assert build.done()


async def test_embeddings_that_are_missing_are_added_after_the_start(
    api: BotApi, bot_config: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("bot.channels.telegram.desk.wants_embeddings", lambda config: True)
    mark = tmp_path / "built"
    async with running(bot_config, [sys.executable, "-c", f"open({str(mark)!r}, 'w')"]):
        await api.until(mark.exists)


# ---- order, load, faults ----------------------------------------------------------------------------------


async def test_each_person_is_answered_in_order_and_nobody_waits_for_another(
    api: BotApi, channel: Channel, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = asyncio.Event()

    async def handle(turn: Turn) -> Reply:
        if turn.text == "slow":
            await may_go_on.wait()
        return Reply((plain("text", turn.text),))

    answering(channel, handle, monkeypatch)
    others = [api.person(200 + n) for n in range(channel.application.concurrent_updates and 40)]
    for text in ("slow", *map(str, range(30))):
        await anna.types(text)
    for other in others:
        await other.types("quick")
    for other in others:
        assert (await other.reads())[0].text == "quick"
    assert not anna.chat.news
    may_go_on.set()
    assert [message.text for message in await anna.reads(31)] == ["slow", *map(str, range(30))]


async def test_no_more_than_the_configured_number_is_worked_on_at_once(
    api: BotApi, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram = Telegram(token=SecretStr(TOKEN), base_url=api.base_url, workers=3)
    busy, most = 0, 0

    async def handle(turn: Turn) -> Reply:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.005)
        busy -= 1
        return Reply((plain("text", turn.text),))

    async with running(for_bot(config, api, tmp_path, telegram=telegram)) as channel:
        answering(channel, handle, monkeypatch)
        people = [api.person(300 + n) for n in range(12)]
        for person in people:
            await person.types("x")
        for person in people:
            await person.reads()
    assert most == 3


async def test_an_update_that_telegram_repeats_is_answered_once(api: BotApi, channel: Channel, anna: Person) -> None:
    update = {"update_id": 5000, "message": anna.message("/help")}
    for _ in range(2):
        async with api._changed:
            api._updates.append(dict(update))
            api._changed.notify_all()
    await anna.reads()
    await anna.asks("/topics")
    assert len(anna.chat.messages) == 2


async def test_a_mishap_gives_a_number_and_its_log_no_words(
    channel: Channel, anna: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def handle(turn: Turn) -> Reply:
        raise KeyError(turn.text)

    answering(channel, handle, monkeypatch)
    message = await anna.asks("Liga Berzina is missing")
    number = message.text.rsplit(" ", 1)[1]
    assert f"error {number}: KeyError" in caplog.text
    assert "Berzina" not in caplog.text


async def test_formatting_that_telegram_refuses_goes_out_plain(api: BotApi, channel: Channel, anna: Person) -> None:
    api.fails("sendMessage", 400, "Bad Request: can't parse entities: Unsupported start tag")
    message = await anna.asks(QUESTION)
    assert message.is_plain
    assert "“" in message.text
    assert "<" not in message.text
    assert message.labels


@pytest.mark.parametrize(
    "fault",
    [
        lambda api: api.fails("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1),
        lambda api: api.fails("sendMessage", 502, "Bad Gateway"),
        lambda api: api.drops("sendMessage", happens=False),
        lambda api: api.fails("getUpdates", 500),
    ],
    ids=["asked to wait", "bad gateway", "cut off", "polling fails"],
)
async def test_a_passing_fault_costs_no_answer(
    api: BotApi, channel: Channel, anna: Person, fault: Callable[[BotApi], None]
) -> None:
    fault(api)
    assert (await anna.asks(QUESTION)).formatted("blockquote")
    await anna.asks("/help")
    assert len(anna.chat.messages) == 2


async def test_who_blocked_the_bot_does_not_disturb_it(
    api: BotApi, channel: Channel, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    api.fails("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await anna.types("/help")
    await api.until(lambda: api.calls["sendMessage"] == 1)
    assert (await anna.asks("/topics")).text
    assert "error" not in [record.levelname.lower() for record in caplog.records]


async def test_typing_is_shown_while_an_answer_takes_its_time(
    api: BotApi, channel: Channel, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def handle(turn: Turn) -> Reply:
        await api.until(lambda: anna.chat.actions > 0)
        return Reply((plain("text", "done"),))

    answering(channel, handle, monkeypatch)
    assert (await anna.asks("x")).text == "done"


async def test_neither_words_nor_the_token_are_logged(
    api: BotApi, bot_config: Config, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api.fails("getUpdates", 500)
    api.drops("sendMessage", happens=False)
    async with running(bot_config):
        await anna.asks("Where is Liga Berzina who was born 2011?")
        await anna.asks_inline("Liga Berzina guardian")
        await anna.presses("Contacts")
        await anna.reads()
    ours = "\n".join(
        record.getMessage() + str(record.exc_info or "") for record in caplog.records if record.name != "asyncio"
    )
    assert "Berzina" not in ours
    assert TOKEN not in ours
    assert TOKEN.partition(":")[2] not in ours


# ---- start and end ----------------------------------------------------------------------------------------


async def test_commands_and_descriptions_are_told_in_every_language(
    api: BotApi, channel: Channel, admin: Person
) -> None:
    await api.until(lambda: len(api.parameters["setMyCommands"]) >= len(LANGUAGES) + 2)
    by_language = {call.get("language_code"): call for call in api.parameters["setMyCommands"] if "scope" not in call}
    assert set(by_language) == {None, *LANGUAGES}
    assert by_language["lv"]["commands"][0]["description"] == phrases("lv")("begin")
    assert {c["command"] for c in by_language["en"]["commands"]} >= {"start", "help", "topics", "contacts", "term"}
    (for_admin,) = [call for call in api.parameters["setMyCommands"] if "scope" in call]
    assert {c["command"] for c in for_admin["commands"]} >= {"status", "reindex", "members"}
    assert {call.get("language_code") for call in api.parameters["setMyDescription"]} == {None, *LANGUAGES}
    assert {call.get("language_code") for call in api.parameters["setMyShortDescription"]} == {None, *LANGUAGES}
    assert not api.problems


async def test_commands_that_cannot_be_told_do_not_stop_the_bot(api: BotApi, bot_config: Config, anna: Person) -> None:
    api.fails("setMyCommands", 429, "Too Many Requests", retry_after=3600)
    async with running(bot_config):
        await api.until(lambda: api.calls["setMyCommands"] == 1)
        assert (await anna.asks("/help")).text


async def test_the_start_waits_until_telegram_can_be_reached(
    api: BotApi, bot_config: Config, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_module, "_FIRST_WAIT", 0.01)
    api.fails("getMe", 500, times=3)
    async with running(bot_config):
        assert (await anna.asks("/help")).text


async def test_a_wrong_token_ends_with_a_sentence_that_does_not_show_it(
    api: BotApi, bot_config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = Telegram(token=SecretStr("1:wrong"), base_url=api.base_url)
    with pytest.raises(BotError, match=r"telegram\.token: Telegram does not know this token") as caught:
        async with running(bot_config.model_copy(update={"telegram": wrong})):
            pass
    assert "1:wrong" not in str(caught.value) + caplog.text
    assert caught.value.__suppress_context__


async def test_updates_that_came_are_answered_before_the_end(
    api: BotApi, bot_config: Config, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def handle(turn: Turn) -> Reply:
        begun.set()
        await asyncio.sleep(0.05)
        return Reply((plain("text", turn.text),))

    async with running(bot_config) as channel:
        answering(channel, handle, monkeypatch)
        for text in "abc":
            await anna.types(text)
        await begun.wait()
    assert "a" in [message.text for message in await anna.reads()]


async def test_the_program_ends_on_sigterm(api: BotApi, bot_config: Config, anna: Person) -> None:
    running_bot = asyncio.create_task(channel_module._serve(bot_config))
    await anna.asks("/help")
    signal.raise_signal(signal.SIGTERM)
    async with asyncio.timeout(PATIENCE):
        await running_bot


async def test_a_webhook_is_served_to_who_knows_its_secret(
    api: BotApi, config: Config, anna: Person, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    secret = "a-secret-of-sixteen-letters"
    webhook = Webhook(url="https://bot.example.org/hook", port=port, secret=SecretStr(secret))
    telegram = Telegram(token=SecretStr(TOKEN), base_url=api.base_url, webhook=webhook)
    async with running(for_bot(config, api, tmp_path, telegram=telegram)), httpx.AsyncClient() as client:
        assert api.webhook["url"] == "https://bot.example.org/hook"
        assert api.webhook["secret_token"] == secret
        assert set(api.webhook["allowed_updates"]) == {"message", "callback_query", "inline_query"}

        async def post(number: int, header: str | None) -> int:
            headers = {"X-Telegram-Bot-Api-Secret-Token": header} if header else {}
            update = {"update_id": number, "message": anna.message("/help")}
            url = f"http://127.0.0.1:{port}/hook"
            return (
                await client.post(
                    url, content=json.dumps(update), headers={**headers, "content-type": "application/json"}
                )
            ).status_code

        assert await post(1, secret) == 200
        assert (await anna.reads())[0].text
        assert await post(2, "wrong-wrong-wrong-wrong") == 403
        assert await post(3, None) == 403
        assert await post(4, secret) == 200
        await anna.reads()
    assert len(anna.chat.messages) == 2
    assert api.calls["getUpdates"] == 0


def test_files_come_from_beside_the_methods() -> None:
    assert file_url("https://api.telegram.org/bot") == "https://api.telegram.org/file/bot"
    assert file_url("http://localhost:8081/bot") == "http://localhost:8081/file/bot"
