"""What the assistant answers to what people write and press, on a small index of five topics."""

import asyncio
import json
import logging
import shutil
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.assistant import LONGEST, Assistant
from bot.config import Config
from bot.i18n import phrases
from bot.network import COUNTRIES, load_network, sure_numbers
from bot.reply import MAX_ACTION, Button, Reply, Turn
from bot.serving import Serving
from bot.store import Store
from bot.understand import Countries, Languages
from bot.understand.privacy import GAP
from indexer import LANGUAGES, Index, build, current
from tests.auxil.corpus import CORPUS
from tests.auxil.intents import messages

QUESTION = "Who appoints a guardian for a child who travels alone?"
KEYS = {"language", "intent", "found", "answers", "countries", "contacts", "notices", "searched_text"}
#: The same question in every language of the interface.
QUESTIONS = {
    "en": QUESTION,
    "et": "Kes määrab saatjata lapsele eestkostja?",
    "fi": "Kuka määrää edustajan ilman huoltajaa olevalle lapselle?",
    "lv": "Kas ieceļ aizbildni nepavadītam bērnam?",
    "lt": "Kas skiria globėją nelydimam vaikui?",
    "ru": "Кто назначает опекуна несопровождаемому ребёнку?",
}


class Chat:
    """One person who talks with the assistant."""

    def __init__(self, assistant: Assistant, person: str = "test:1", **turn: object) -> None:
        self._assistant = assistant
        self._turn = Turn(person, **turn)  # type: ignore[arg-type]

    async def say(self, text: str) -> Reply:
        return await self._assistant.handle(replace(self._turn, text=text))

    async def press(self, action: str) -> Reply:
        return await self._assistant.handle(replace(self._turn, action=action))


@pytest.fixture
def chat(assistant: Assistant) -> Chat:
    return Chat(assistant)


def kinds(reply: Reply) -> list[str]:
    return [block.kind for block in reply.blocks]


def actions(reply: Reply) -> list[str]:
    return [button.action for row in reply.buttons for button in row]


def facts(reply: Reply) -> dict:
    return reply.facts


# ---- questions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_a_question_is_answered_with_quotes_in_its_language(chat: Chat, small_index: Index, lang: str) -> None:
    reply = await chat.say(QUESTIONS[lang])
    assert facts(reply)["found"]
    assert (facts(reply)["language"], facts(reply)["intent"], reply.lang) == (lang, "question", lang)
    assert facts(reply)["answers"][0]["topic"] == "guardian"
    for answer in facts(reply)["answers"]:
        passage = small_index.find(answer["passage_id"])
        assert passage is not None
        assert answer["quote"] in passage.text
        assert answer["citation"]["language"] == passage.lang == lang
        assert answer["quote"] in reply.text
    assert kinds(reply).count("quote") == kinds(reply).count("citation") == len(facts(reply)["answers"])


async def test_the_facts_have_the_documented_keys(chat: Chat) -> None:
    for text in (
        QUESTION,
        "hello",
        "contacts in Latvia",
        "/help",
        "/nonsense",
        "🙂",
        "football",
        "he is beating her now",
    ):
        reply = await chat.say(text)
        assert set(facts(reply)) == KEYS, text
        assert json.loads(json.dumps(facts(reply))) == facts(reply)
    [first, *_] = facts(await chat.say(QUESTION))["answers"]
    assert set(first) >= {"quote", "passage_id", "citation", "confidence"}
    assert set(first["citation"]) >= {"source", "edition", "language", "status", "headings", "page", "url"}
    assert first["citation"]["status"] == "brief"
    assert 0.5 <= first["confidence"] <= 1


async def test_a_brief_is_never_called_official(chat: Chat) -> None:
    reply = await chat.say(QUESTION)
    assert "Official text" not in reply.text
    assert "This project's brief, not official text" in reply.text


async def test_more_passages_follow_without_repeating(chat: Chat) -> None:
    reply = await chat.say(QUESTION)
    seen = {answer["passage_id"] for answer in facts(reply)["answers"]}
    more = next(action for action in actions(reply) if action.startswith("more:"))
    later = await chat.press(more)
    keys = {block.key for block in later.blocks if block.kind == "quote"}
    assert keys
    assert not keys & seen


async def test_what_is_out_of_scope_is_declined_with_topics_and_contacts(chat: Chat) -> None:
    reply = await chat.say("who won the football world cup")
    assert not facts(reply)["found"]
    assert facts(reply)["intent"] == "out_of_scope"
    assert "quote" not in kinds(reply)
    assert any(action.startswith("con:") for action in actions(reply))


async def test_a_country_and_a_question(chat: Chat) -> None:
    reply = await chat.say("Who appoints a guardian for a child in Estonia?")
    assert facts(reply)["found"]
    assert facts(reply)["countries"] == ["EE"]
    assert "con:EE" in actions(reply)


async def test_two_countries_get_the_card_of_what_binds_them(chat: Chat) -> None:
    reply = await chat.say("Girl from Latvia found in Finland, who appoints a guardian?")
    assert facts(reply)["countries"] == ["LV", "FI"]
    assert "Between Latvia and Finland" in reply.text
    assert "Brussels IIb" in reply.text
    assert {country for contact in facts(reply)["contacts"] for country in contact["countries"]} >= {"LV", "FI"}


async def test_two_countries_of_which_one_is_not_bound(chat: Chat) -> None:
    reply = await chat.say("Girl from Denmark found in Sweden, who appoints a guardian?")
    assert "✗ Denmark is not bound by Brussels IIb" in reply.text


# ---- contacts -------------------------------------------------------------------------------------------


async def test_contacts_of_a_country(chat: Chat) -> None:
    reply = await chat.say("who can I contact in Lithuania")
    assert facts(reply)["intent"] == "contacts"
    assert facts(reply)["contacts"]
    assert all(contact["countries"] == ["LT"] for contact in facts(reply)["contacts"])
    assert "contact" in kinds(reply)


async def test_contacts_of_no_country_asks_for_one(chat: Chat) -> None:
    reply = await chat.say("who can I contact")
    assert set(actions(reply)) == {f"con:{code}" for code in COUNTRIES}


async def test_in_a_group_no_contact_is_shown(assistant: Assistant) -> None:
    group = Chat(assistant, is_private=False, chat="group:1")
    for text in ("who can I contact in Lithuania", "Girl from Latvia found in Finland, who appoints a guardian?"):
        reply = await group.say(text)
        assert facts(reply)["contacts"] == []
        assert "contact" not in kinds(reply)
    assert "contact" not in kinds(await group.press("con:LT"))


async def test_a_members_contact_needs_approval_and_a_private_chat(assistant: Assistant) -> None:
    chat = Chat(assistant)
    group = Chat(assistant, is_private=False)

    async def sees(talk: Chat) -> bool:
        return "Sample Contact One" in (await talk.press("con:EE")).text

    assert not await sees(chat)
    await chat.press("join")
    assert not await sees(chat)
    await assistant.store.approve("test:1", admin=1)
    assert await sees(chat)
    assert not await sees(group)
    await chat.press("leave")
    assert not await sees(chat)


# ---- emergencies ----------------------------------------------------------------------------------------

EMERGENCY = "he is hitting the child right now"


async def test_an_emergency_without_a_country_names_112(chat: Chat) -> None:
    reply = await chat.say(EMERGENCY)
    assert facts(reply)["intent"] == "emergency"
    assert kinds(reply)[0] == "warning"
    assert "112" in reply.text
    assert "102" in reply.text


@pytest.mark.parametrize("country", COUNTRIES)
async def test_an_emergency_in_a_country_has_its_numbers(chat: Chat, assistant: Assistant, country: str) -> None:
    reply = await chat.say(f"{EMERGENCY} in {phrases('en').country(country)}")
    number = sure_numbers(assistant.network.emergency[country])[0].number
    assert facts(reply)["countries"] == [country]
    assert number in reply.text


async def test_the_country_of_the_chat_so_far_counts_in_an_emergency(chat: Chat) -> None:
    await chat.say("Who appoints a guardian in Ukraine?")
    assert "Ukraine" in (await chat.say(EMERGENCY)).text


@pytest.mark.parametrize("broken", ["search", "index", "store"])
async def test_the_card_goes_out_whatever_is_broken(
    chat: Chat, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError("disk")

    if broken == "search":
        monkeypatch.setattr(assistant.serving, "search", fail)
    elif broken == "index":
        monkeypatch.setattr(Index, "passage", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    else:
        for name in ("language", "contacts"):
            monkeypatch.setattr(assistant.store, name, fail)
    reply = await chat.say(f"{EMERGENCY}, a girl from Latvia, in Finland")
    assert facts(reply)["intent"] == "emergency"
    assert "112" in reply.text
    assert set(facts(reply)) == KEYS


async def test_a_question_with_a_broken_search_is_an_error_for_the_channel(
    chat: Chat, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr(assistant.serving, "search", fail)
    with pytest.raises(OSError, match="disk"):
        await chat.say(QUESTION)


async def test_the_last_good_index_serves_while_the_folder_is_away(
    config: Config, store: Store, languages: Languages, countries: Countries, tmp_path: Path
) -> None:
    moved = tmp_path / "index"
    shutil.copytree(config.index, moved)
    network = load_network(config.corpus, config.contacts)
    serving = Serving(config.model_copy(update={"index": moved}))
    chat = Chat(Assistant(serving, store, network, countries, languages))
    (moved / "current").unlink()
    assert facts(await chat.say(QUESTION))["found"]


# ---- small talk and commands ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["hi", "thanks a lot", "bye", "who are you"])
async def test_small_talk(chat: Chat, text: str) -> None:
    reply = await chat.say(text)
    assert facts(reply)["intent"] == "smalltalk"
    assert not facts(reply)["found"]
    assert reply.blocks


@pytest.mark.parametrize(
    "command",
    [
        "/start",
        "/help",
        "/Help",
        "/help@protect_bot",
        "/topics",
        "/contacts",
        "/sources",
        "/news",
        "/language",
        "/join",
    ],
)
async def test_every_command_has_a_reply_with_something_to_do(chat: Chat, command: str) -> None:
    reply = await chat.say(command)
    assert facts(reply)["intent"] == "command"
    assert reply.blocks
    assert reply.text


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_commands_reply_in_the_chosen_language(chat: Chat, lang: str) -> None:
    reply = await chat.say(f"/language {lang}")
    assert reply.lang == facts(reply)["language"] == lang
    assert (await chat.say("/help")).lang == lang


async def test_english_can_be_chosen_from_another_language(chat: Chat) -> None:
    await chat.say("/language fi")
    assert (await chat.press("lang:en")).lang == "en"


async def test_help_typed_as_a_word_is_the_command(chat: Chat) -> None:
    assert (await chat.say("help")).blocks == (await chat.say("/help")).blocks


async def test_an_unknown_command_is_told(chat: Chat) -> None:
    assert "/help" in (await chat.say("/foo bar")).text


async def test_an_unknown_interface_language_is_told(chat: Chat) -> None:
    assert "Eesti" in (await chat.say("/language sv")).text


@pytest.mark.parametrize("words", ["guardian", "aizbildnis", "eestkostja", "опекун", "globėjas", "edunvalvoja"])
async def test_a_term_is_found_in_any_language(chat: Chat, words: str) -> None:
    reply = await chat.say(f"/term {words}")
    for own_name in ("English", "Eesti", "Suomi", "Latviešu", "Lietuvių", "Русский"):
        assert own_name in reply.text


@pytest.mark.parametrize("text", ["/term", "/term qwertz", "/term 🙂", "/verify", "/verify x", "/verify a.b-c"])
async def test_commands_that_lack_something_say_what(chat: Chat, text: str) -> None:
    reply = await chat.say(text)
    assert len(reply.blocks) == 1
    assert reply.text


# ---- follow-ups -----------------------------------------------------------------------------------------


FOLLOW_UPS = [
    ("en", "and in Lithuania?"),
    ("en", "and if she is 17?"),
    ("en", "and what about his brother?"),
    ("et", "aga Leedus?"),
    ("et", "ja kui ta on 17?"),
    ("fi", "entä Liettuassa?"),
    ("fi", "entä jos hän on 17?"),
    ("lv", "un Igaunijā?"),
    ("lt", "o jeigu jai 17?"),
    ("lt", "o Latvijoje?"),
    ("ru", "а в Литве?"),
    ("ru", "а если ей 17?"),
]
ASTRAY = [
    ("en", "and who won the football match?"),
    ("en", "and what about pizza recipes?"),
    ("en", "and how is the weather in Riga tomorrow?"),
    ("en", "and if I need a mortgage?"),
    ("et", "aga kes võitis jalgpalli?"),
    ("fi", "entä sää huomenna?"),
    ("lv", "un kas uzvarēja futbolā?"),
    ("lt", "o kas laimėjo futbolą?"),
    ("ru", "а кто выиграл в футбол?"),
]


@pytest.mark.parametrize(("lang", "text"), FOLLOW_UPS)
async def test_a_follow_up_leans_on_the_question_before(chat: Chat, lang: str, text: str) -> None:
    await chat.say(QUESTIONS[lang])
    reply = await chat.say(text)
    assert facts(reply)["found"]
    assert facts(reply)["searched_text"] == f"{QUESTIONS[lang]}\n{text}"


@pytest.mark.parametrize(("lang", "text"), ASTRAY)
async def test_a_follow_up_on_something_else_is_declined(chat: Chat, lang: str, text: str) -> None:
    await chat.say(QUESTIONS[lang])
    reply = await chat.say(text)
    assert not facts(reply)["found"], facts(reply)["searched_text"]


async def test_a_follow_up_without_a_question_before_stands_alone(chat: Chat) -> None:
    assert not facts(await chat.say("and in Lithuania?"))["found"]


async def test_a_follow_up_keeps_the_country(chat: Chat) -> None:
    await chat.say("Who appoints a guardian in Lithuania?")
    reply = await chat.say("and who can I contact?")
    assert all("LT" in contact["countries"] for contact in facts(reply)["contacts"])
    assert facts(reply)["contacts"]


async def test_chats_do_not_mix(assistant: Assistant) -> None:
    await Chat(assistant, "test:1").say(QUESTION)
    assert not facts(await Chat(assistant, "test:2").say("and in Lithuania?"))["found"]


# ---- hostile and strange messages -----------------------------------------------------------------------

STRANGE = {
    "empty": "",
    "spaces": " \n\t ",
    "one letter": "a",
    "a long word": "a" * 5000,
    "emoji": "😀👨‍👩‍👧🇪🇪",
    "digits": "1234 5678 9",
    "RTL marks": "\u202eguardian\u202c \u200f",
    "zero": "\x00\x01guardian\x00",
    "markup": "<b>x</b><script>alert(1)</script> [a](http://b) *_`{}%s{0}",
    "format": "{data} {number} %(x)s",
    "slashes": "//// / /",
    "combining": "e" + "\u0301" * 500,
    "surrogates": "\ud83d guardian",
    "newlines": "\n".join("guardian"),
    "sql": "'; DROP TABLE people; --",
    "all scripts": "守护者 وصي ผู้ปกครอง केयर",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
async def test_strange_messages_get_a_reply(chat: Chat, text: str) -> None:
    reply = await chat.say(text)
    assert reply.blocks
    assert set(facts(reply)) == KEYS


@pytest.mark.parametrize("text", ["😀", "", "?!", "\u202e\u202c"])
async def test_a_message_without_words_asks_for_words(chat: Chat, text: str) -> None:
    assert "words" in (await chat.say(text)).text


async def test_markup_is_text_and_comes_back_as_none(chat: Chat) -> None:
    reply = await chat.say("<b>guardian</b> who appoints a guardian <script>alert(1)</script>")
    assert "<script>" not in reply.text


async def test_a_long_message_is_read_in_part_and_this_is_told(chat: Chat) -> None:
    reply = await chat.say(QUESTION + " guardian" * 1000)
    assert str(LONGEST) in " ".join(facts(reply)["notices"])
    assert len(facts(reply)["searched_text"]) <= LONGEST


# ---- personal data --------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", [m for m in messages() if m.private][::3], ids=lambda message: message.text[:40])
async def test_personal_data_goes_no_further(chat: Chat, assistant: Assistant, message) -> None:
    reply = await chat.say(message.text)
    assert facts(reply)["intent"] == "personal_data"
    everything = reply.text + json.dumps(facts(reply), ensure_ascii=False) + repr(assistant.sessions.get("test:1"))
    for data in message.private:
        assert data not in everything
    assert GAP in facts(reply)["searched_text"]
    assert facts(reply)["notices"], "the person is told"


async def test_what_is_left_is_still_answered(chat: Chat) -> None:
    reply = await chat.say(f"{QUESTION} Her mother is anna@example.org, +371 20000123, 150911-29995")
    assert facts(reply)["found"]
    assert facts(reply)["notices"][0].startswith("🔒")
    for what in ("an e-mail address", "a telephone number", "a personal code"):
        assert what in facts(reply)["notices"][0]


async def test_data_at_the_place_where_a_long_message_is_cut_is_not_searched(chat: Chat) -> None:
    for tail in ("secretname@example.org", "51203110019", "+371 20000123"):
        for shift in range(1, len(tail)):
            text = (QUESTION + " guardian" * 1000)[: LONGEST - shift - 1] + " " + tail
            message = chat._assistant.understand(text)
            assert not set(message.text.split()[-1]) & set("@0123456789"), message.text[-30:]
            assert "secretname" not in message.text


# ---- every button ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_every_button_that_can_be_reached_works(assistant: Assistant, lang: str) -> None:
    chat = Chat(assistant)
    await chat.press(f"lang:{lang}")
    await assistant.store.ask_to_join("test:1")
    starts = [
        await chat.say(text) for text in ("/start", "/help", "/news", "/join", "/sources", "/term child", "/topics")
    ]
    waiting = deque(button for reply in starts for row in reply.buttons for button in row)
    question = await chat.say(QUESTIONS[lang])
    waiting.extend(button for row in question.buttons for button in row)
    pressed: set[str] = set()
    while waiting and len(pressed) < 150:
        button: Button = waiting.popleft()
        shape = button.action if not button.action.startswith(("ctx", "ref", "ed", "sec")) else button.action[:6]
        if shape in pressed or button.action.startswith("lang:"):
            continue
        pressed.add(shape)
        assert len(button.action.encode()) <= MAX_ACTION
        assert button.label.strip()
        reply = await chat.press(button.action)
        assert reply.blocks, button
        assert reply.lang == lang, button
        assert "another version" not in reply.text
        waiting.extend(found for row in reply.buttons for found in row)
    names = {action.partition(":")[0] for action in pressed}
    assert names >= {"more", "ctx", "ed", "ref", "con", "emg", "top", "doc", "use", "sub", "leave"}


@pytest.mark.parametrize(
    "action",
    ["nonsense", ":", "ctx", "ctx:", "ctx:zz.zz", "ctx:" + "é" * 20, "ed:x", "ref:x", "sec:x", "more:", "more:99", "more:²",
     "more:-1", "con:ZZ", "con:,,,", "con:EE:nobody", "emg:ZZ", "top:x", "doc:x", "pub:x", "pub:²", "pub:999999", "pub:0:²",
     "lang:xx", "use:", "use:x:y", "use:x", "term:", "term:x", "sub:", "join:x", "leave:x"],
)  # fmt: skip
async def test_a_forged_or_stale_button_gets_a_sentence(chat: Chat, action: str) -> None:
    assert (await chat.press(action)).text


async def test_votes_are_counted_by_passage_without_the_question(chat: Chat, assistant: Assistant) -> None:
    reply = await chat.say(QUESTION)
    votes = [action for action in actions(reply) if action.startswith("use:")]
    for vote in (votes[0], votes[0], votes[1]):
        await chat.press(vote)
    await chat.press("use:made-up.id:y")
    place = facts(reply)["answers"][0]["passage_id"].partition(".")[0]
    assert await assistant.store.counted() == {f"useful:{place}:y": 2, f"useful:{place}:n": 1}


# ---- references and rebuilds ----------------------------------------------------------------------------


def code_in(reply: Reply) -> str:
    return reply.text.rpartition("/verify ")[2].strip()


async def test_a_copied_reference_is_verified(chat: Chat) -> None:
    reply = await chat.say(QUESTION)
    first = facts(reply)["answers"][0]
    copied = await chat.press(f"ref:{first['passage_id']}")
    assert f"“{first['quote']}”" in copied.text
    verified = await chat.say(f"/verify {code_in(copied)}")
    assert verified.text.startswith("✓")
    assert first["quote"] in verified.text
    in_another_chat = await Chat(chat._assistant, "test:2").say(f"/verify  {code_in(copied)} ")
    assert in_another_chat.text.startswith("✓")


async def test_a_whole_passage_is_verified_too(chat: Chat, small_index: Index) -> None:
    passage = small_index.passage(0)
    copied = await chat.press(f"ref:{passage.id}")
    assert (await chat.say(f"/verify {code_in(copied)}")).text.startswith("✓")


async def test_a_quote_that_was_not_taken_from_the_passage_is_refused(chat: Chat) -> None:
    reply = await chat.say(QUESTION)
    passage_id = facts(reply)["answers"][0]["passage_id"]
    for code in (f"{passage_id}-00000000", f"{passage_id}-", passage_id):
        verified = await chat.say(f"/verify {code}")
        assert "✓" not in verified.text
        assert "not taken from it word for word" in verified.text


@pytest_asyncio.fixture
async def rebuilt(
    config: Config, store: Store, languages: Languages, countries: Countries, tmp_path: Path
) -> AsyncIterator[tuple[Chat, Path]]:
    """A chat on an index of two topics in English that is rebuilt in the test; its corpus folder."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for path in config.corpus.glob("*.yaml"):
        shutil.copy(path, corpus)
    (corpus / "terms.yaml").write_text("- {id: guardian, en: [guardian]}\n", encoding="utf-8")
    (corpus / "briefs" / "en").mkdir(parents=True)
    for topic in ("guardian", "missing-children"):
        shutil.copy(CORPUS / "briefs" / "en" / f"{topic}.md", corpus / "briefs" / "en")
    build(corpus, tmp_path / "index")
    serving = Serving(config.model_copy(update={"index": tmp_path / "index", "corpus": corpus}))
    network = load_network(config.corpus, config.contacts)
    yield Chat(Assistant(serving, store, network, countries, languages)), corpus


async def test_old_buttons_and_references_after_a_rebuild(rebuilt: tuple[Chat, Path], tmp_path: Path) -> None:
    chat, corpus = rebuilt
    found = facts(await chat.say(QUESTION))["answers"]
    changed = next(answer["passage_id"] for answer in found if answer["anchor"] == "law")
    same = next(answer["passage_id"] for answer in found if answer["anchor"] == "meaning")
    old = Index(current(tmp_path / "index"))
    gone = next(
        p.id for p in map(old.passage, range(len(old))) if p.group.startswith("protect-briefs/missing-children")
    )
    codes = {key: code_in(await chat.press(f"ref:{key}")) for key in (changed, same, gone)}

    brief = corpus / "briefs" / "en" / "guardian.md"
    text = brief.read_text(encoding="utf-8")
    brief.write_text(text.replace("15 working days", "16 working days"), encoding="utf-8")
    (corpus / "briefs" / "en" / "missing-children.md").unlink()
    await asyncio.to_thread(build, corpus, tmp_path / "index")

    assert "16 working days" in (await chat.press(f"ctx:{changed}")).text
    for action in ("ctx", "ed", "ref", "sec"):
        assert "has changed since" in (await chat.press(f"{action}:{changed}")).text
        assert "has changed" not in (await chat.press(f"{action}:{same}")).text
        assert "withdrawn" in (await chat.press(f"{action}:{gone}")).text
    assert "withdrawn" in (await chat.press("doc:missing-children")).text

    verified = await chat.say(f"/verify {codes[changed]}")
    assert "was changed since this reference was made" in verified.text
    assert "16 working days" in verified.text
    assert (await chat.say(f"/verify {codes[same]}")).text.startswith("✓")
    assert "No passage of the corpus has this reference" in (await chat.say(f"/verify {codes[gone]}")).text

    assert (await chat.press("more:0")).blocks, "what was found before the rebuild can be read on"


# ---- nothing is kept ------------------------------------------------------------------------------------


async def test_nothing_of_a_talk_is_logged_or_written(
    config: Config,
    languages: Languages,
    countries: Countries,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    secrets = ("Xylophonia", "xylophonia", "secret.address@example.org", "20000123", "51203110019")
    caplog.set_level(logging.DEBUG)
    data = tmp_path / "data"
    shutil.copytree(config.index, data / "index")
    store = await Store.open(f"sqlite+aiosqlite:///{data / 'protect.db'}")
    network = load_network(config.corpus, config.contacts)
    await store.replace_contacts(network.contacts)
    serving = Serving(config.model_copy(update={"index": data / "index"}))
    chat = Chat(Assistant(serving, store, network, countries, languages))
    for text in (
        f"{QUESTION} Her name is Xylophonia, secret.address@example.org, +371 20000123, 51203110019",
        "and if Xylophonia is 17?",
        "he is hitting Xylophonia right now in Latvia",
        "who can I contact in Latvia about Xylophonia",
        "/term Xylophonia",
        "/verify Xylophonia",
        "/language Xylophonia",
        "/contacts Latvia Xylophonia",
        "/Xylophonia",
        "Xylophonia " * 500,
    ):
        reply = await chat.say(text)
        for action in actions(reply)[:4]:
            await chat.press(action)
    await chat.press("ctx:Xylophonia")
    await chat.press("use:Xylophonia:y")
    await store.close()

    shown = capfd.readouterr()
    for secret in secrets:
        assert secret not in caplog.text
        assert secret not in shown.out + shown.err
        assert files_with(tmp_path, secret) == []
    assert files_with(tmp_path, "SQLite format 3"), "the search through the files finds what is there"


def files_with(folder: Path, text: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
