"""The web chat without a browser: what it accepts, what it refuses, and what its pages say."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

import httpx
import pytest

from bot.assistant import Assistant
from bot.channels.web import create_app
from bot.channels.web.document import document_page
from bot.channels.web.guard import MAX_BODY, is_own
from bot.channels.web.indexing import Indexing
from bot.channels.web.markup import reply_card
from bot.channels.web.serve import bind
from bot.channels.web.visitor import preferred
from bot.errors import BotError
from bot.i18n import phrases
from bot.reply import Block, Button, Kind, Reply, Span, Style, Turn, plain
from indexer import Index, Passage

BASE = "http://127.0.0.1:8080"
QUESTION = "Within how many working days must the authority appoint a representative for an unaccompanied child?"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


@pytest.fixture
async def client(assistant: Assistant) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(assistant))
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers={"accept-language": "en"}) as made:
        yield made


@pytest.fixture
def index(assistant: Assistant) -> Index:
    return assistant.serving.index


def passages(index: Index, lang: str = "en") -> list[Passage]:
    """The passages of the brief on guardians."""
    number = next(n for n, d in enumerate(index.library.documents) if d.topic == "guardian" and d.lang == lang)
    return index.passages_of(number)


# ---- asking -------------------------------------------------------------------------------------------------


async def test_the_page_needs_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    loaded = re.findall(r'(?:src|href|action)="([^"]*)"', page.text)
    assert loaded
    assert [address for address in loaded if not address.startswith(("/", "#", "tel:"))] == []
    for address in {each for each in loaded if each.startswith("/static/")}:
        assert (await client.get(address)).status_code == 200


async def test_a_question_is_answered_with_a_quote_its_citation_and_its_place(
    client: httpx.AsyncClient, index: Index
) -> None:
    answer = await client.post("/turn", json={"text": QUESTION})
    assert answer.status_code == 200
    html = answer.json()["html"]
    quote = re.sub(r"<[^>]+>", "", re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", html, re.DOTALL)[0])
    assert any(quote in passage.text for passage in passages(index))
    assert "not official text" in html
    link = re.findall(r'href="(/passage/[^"]+)#here"', html)[0]
    page = await client.get(link)
    assert f'<mark id="here">{quote}</mark>' in page.text


async def test_a_button_is_pressed_by_its_action(client: httpx.AsyncClient, index: Index) -> None:
    passage = passages(index)[0]
    answer = await client.post("/turn", json={"action": f"ctx:{passage.id}"})
    assert 'data-kind="ctx"' in answer.json()["html"]
    assert passage.text.split("\n")[0] in answer.json()["html"]


async def test_an_emergency_gives_numbers_to_press(client: httpx.AsyncClient) -> None:
    html = (await client.post("/turn", json={"text": "A child in Latvia is in danger right now"})).json()["html"]
    assert '<section class="emergency">' in html
    assert 'href="tel:112"' in html


async def test_the_language_is_that_of_the_browser_until_another_is_chosen(client: httpx.AsyncClient) -> None:
    page = await client.get("/", headers={"accept-language": "xx, fi;q=0.8, en;q=0.5"})
    assert '<html lang="fi">' in page.text
    chosen = await client.post("/turn", json={"action": "lang:lv"})
    assert chosen.json()["lang"] == "lv"
    assert '<html lang="lv">' in (await client.get("/", headers={"accept-language": "fi"})).text


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("fr, et;q=0.3, ru;q=0.7", "ru"),
        ("UK-ua", "uk"),
        ("", ""),
        ("*", ""),
        ("lv;q=nonsense", "lv"),
    ],
)
def test_the_preferred_language_is_the_best_that_can_be_served(header: str, expected: str) -> None:
    assert preferred({"accept-language": header}) == expected


async def test_without_scripts_a_form_gives_the_whole_page(client: httpx.AsyncClient) -> None:
    page = await client.post("/", data={"text": QUESTION})
    assert page.status_code == 200
    assert "<blockquote" in page.text
    assert QUESTION in page.text
    pressed = await client.post("/", data={"action": "top:"})
    assert 'value="top:identify"' in pressed.text
    assert (await client.post("/", data={"text": "  "})).status_code == 400


async def test_a_visitor_is_a_random_number_that_scripts_cannot_read(client: httpx.AsyncClient) -> None:
    cookie = (await client.get("/")).headers["set-cookie"]
    assert re.match(r"protect_session=[A-Za-z0-9_-]{22};", cookie)
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()
    assert "set-cookie" not in (await client.get("/")).headers


async def test_a_cookie_that_was_not_made_here_is_replaced(client: httpx.AsyncClient) -> None:
    client.cookies.set("protect_session", "chosen-by-somebody-else")
    assert "set-cookie" in (await client.get("/")).headers


async def test_after_an_error_the_log_says_where_and_never_what_was_written(
    client: httpx.AsyncClient,
    assistant: Assistant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(turn: Turn) -> Reply:
        raise RuntimeError(turn.text)

    monkeypatch.setattr(assistant, "handle", fail)
    answer = await client.post("/turn", json={"text": "Anna Testowa was seen"})
    assert answer.status_code == 500
    assert "112" in answer.json()["message"]
    assert "RuntimeError" in caplog.text
    assert "Anna" not in caplog.text


# ---- what is escaped ----------------------------------------------------------------------------------------


async def test_what_a_person_writes_is_shown_as_text(client: httpx.AsyncClient) -> None:
    page = await client.post("/", data={"text": HOSTILE})
    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_every_kind_of_block_is_escaped(index: Index) -> None:
    spans = tuple(Span(HOSTILE, style, HOSTILE) for style in get_args(Style))
    blocks = [Block(kind, spans, HOSTILE) for kind in get_args(Kind)]
    emergency = (plain("warning", f"🆘 {HOSTILE}"), plain("item", HOSTILE), plain("text", HOSTILE))
    reply = Reply((*emergency, *blocks), ((Button("<b>label", "<b>action"),),), lang='"><b>')
    html = str(reply_card(reply, index, phrases("en"), "<b>:"))
    for tag in ("<script", "<img", "<b>"):
        assert tag not in html


def test_the_text_of_a_document_is_escaped(index: Index) -> None:
    passage = replace(passages(index)[0], text=HOSTILE, headings=(HOSTILE,))

    class Hostile:
        def __getattr__(self, name: str) -> Any:
            return getattr(index, name)

        def passages_of(self, document: int) -> list[Passage]:
            return [passage]

    html = document_page(cast(Index, Hostile()), passage, (2, 9), phrases("en"), changed=False)
    assert "<script>alert" not in html
    assert "<img" not in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.org/x", "http://[broken", "x"])
def test_only_addresses_of_the_web_become_links(index: Index, url: str) -> None:
    reply = Reply((Block("citation", (Span("Original", url=url),)),))
    assert "<a " not in reply_card(reply, index, phrases("en"))


@pytest.mark.parametrize(
    ("text", "link"),
    [("+372 660 7320", "tel:+3726607320"), ("116 006", "tel:116006"), ("one@example.org", "mailto:one@example.org")],
)
def test_ways_to_reach_a_contact_are_links(index: Index, text: str, link: str) -> None:
    reply = Reply((Block("contact", (Span("Name", "bold"), Span("\n"), Span(f"{text} · x"))),))
    assert f'href="{link}"' in reply_card(reply, index, phrases("en"))


# ---- who is refused -----------------------------------------------------------------------------------------


async def test_every_answer_forbids_what_the_page_does_not_need(client: httpx.AsyncClient) -> None:
    for address in ("/", "/static/chat.js", "/healthz", "/nowhere", "/passage/0"):
        headers = (await client.get(address)).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] in {"no-store", "no-cache"}


async def test_no_page_needs_what_the_policy_forbids(client: httpx.AsyncClient, index: Index) -> None:
    passage = passages(index)[0].id
    for address in ("/", f"/passage/{passage}", f"/card?ids={passage}:0-20", "/nowhere"):
        html = (await client.get(address)).text
        assert not re.search(r"<style|style=|<script(?![^>]*\bsrc=)|\son\w+=|javascript:", html), address


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8080", "", "[::1", "localhost.x"])
async def test_a_name_that_was_pointed_here_is_refused(client: httpx.AsyncClient, host: str) -> None:
    answer = await client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "message" in answer.json()


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:9000", "[::1]:8080", "LOCALHOST"])
async def test_names_of_this_machine_are_accepted(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/healthz", headers={"host": host})).status_code == 200


def test_other_numbers_are_accepted_only_when_the_chat_was_opened_to_the_network() -> None:
    assert is_own("10.0.0.1:8080", "0.0.0.0")
    assert not is_own("10.0.0.1:8080", "127.0.0.1")
    assert not is_own("evil.example", "0.0.0.0")
    assert is_own("assistant.office", "assistant.office")


@pytest.mark.parametrize("address", ["/", "/turn"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
    ],
)
async def test_another_site_cannot_ask(client: httpx.AsyncClient, address: str, headers: dict[str, str]) -> None:
    answer = await client.post(address, content=b"{}", headers=headers)
    assert answer.status_code == 403


async def test_our_own_page_can_ask(client: httpx.AsyncClient) -> None:
    headers = {"origin": BASE, "sec-fetch-site": "same-origin"}
    assert (await client.post("/turn", json={"action": "top:"}, headers=headers)).status_code == 200


# ---- limits -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_announced", [True, False])
async def test_ten_megabytes_are_refused_in_a_sentence_without_being_read(
    client: httpx.AsyncClient, is_announced: bool
) -> None:
    size, read = 10_000_000, 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(size // 10_000):
            read += 10_000
            yield b"x" * 10_000

    headers = {"content-length": str(size)} if is_announced else {}
    answer = await client.post("/turn", content=body(), headers=headers)
    assert answer.status_code == 413
    assert "64 kB" in answer.json()["message"]
    assert read <= MAX_BODY + 10_000


async def test_a_form_that_is_too_long_gives_a_page_that_says_so(client: httpx.AsyncClient) -> None:
    page = await client.post("/", data={"text": "x" * MAX_BODY})
    assert page.status_code == 413
    assert "64 kB" in page.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"text": 1}',
        b'{"text": ""}',
        b"{}",
        b'{"text": "a", "action": "top:"}',
        b'{"text": "a", "lang": []}',
        b'{"action": "' + b"x" * 65 + b'"}',
    ],
)
async def test_what_is_no_turn_is_refused_in_a_sentence(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/turn", content=body)
    assert answer.status_code == 400
    assert answer.json()["message"].endswith(".")


async def test_lone_surrogates_do_no_harm(client: httpx.AsyncClient) -> None:
    for body in (
        b'{"text": "guardian \\ud800 of a child"}',
        b'{"action": "\\ud800"}',
        b'{"text": "x", "lang": "\\ud800"}',
    ):
        assert (await client.post("/turn", content=body)).status_code == 200


async def test_an_address_that_leads_nowhere_is_said_to_do_so(client: httpx.AsyncClient) -> None:
    page = await client.get("/nowhere")
    assert page.status_code == 404
    assert "no such page" in page.text
    assert (await client.get("/static/../app.py")).status_code == 404
    assert (await client.get("/turn")).status_code == 405


# ---- documents and cards ------------------------------------------------------------------------------------


async def test_a_permalink_shows_the_whole_document_with_its_passage(client: httpx.AsyncClient, index: Index) -> None:
    wanted, *others = passages(index)
    page = (await client.get(f"/passage/{wanted.id}")).text
    for passage in (wanted, *others):
        assert passage.text.split("\n")[0] in page
        assert passage.headings[-1] in page
    assert page.count('aria-current="true"') == 1
    assert page.index('id="here"') < page.index(wanted.text.split("\n")[0])
    assert "not official text" in page
    assert "eur-lex.europa.eu" in page


async def test_a_permalink_leads_to_the_other_languages(client: httpx.AsyncClient, index: Index) -> None:
    wanted = passages(index)[0]
    page = (await client.get(f"/passage/{wanted.id}")).text
    for lang, edition in index.editions(wanted).items():
        assert (f'href="/passage/{edition.id}#here" hreflang="{lang}"' in page) == (lang != "en")


async def test_a_quote_over_several_lines_is_marked_in_each(client: httpx.AsyncClient, index: Index) -> None:
    wanted = next(passage for passage in passages(index) if "\n" in passage.text)
    page = (await client.get(f"/passage/{wanted.id}?q=0-{len(wanted.text)}")).text
    assert page.count("<mark") == wanted.text.count("\n") + 1
    assert page.count('id="here"') == 1


@pytest.mark.parametrize("span", ["5-2", "0-999999", "x", "1-", "-1-3", "0-99999999999999999999"])
async def test_a_span_that_is_none_is_left_out(client: httpx.AsyncClient, index: Index, span: str) -> None:
    page = await client.get(f"/passage/{passages(index)[0].id}", params={"q": span})
    assert page.status_code == 200
    assert "<mark" not in page.text


async def test_a_changed_passage_says_so(client: httpx.AsyncClient, index: Index) -> None:
    place = passages(index)[0].place
    page = await client.get(f"/passage/{place}.000000?q=0-20")
    assert page.status_code == 200
    assert "has changed since" in page.text
    assert "<mark" not in page.text


async def test_a_withdrawn_passage_says_so(client: httpx.AsyncClient) -> None:
    page = await client.get("/passage/0000000000.000000")
    assert page.status_code == 404
    assert "withdrawn" in page.text


async def test_the_card_holds_what_is_needed_on_paper_and_no_question(client: httpx.AsyncClient, index: Index) -> None:
    passage = passages(index)[1]
    begin, end = passage.sentences[0]
    quote = passage.text[begin:end]
    await client.post("/turn", json={"text": QUESTION})
    card = (await client.get("/card", params={"ids": f"{passage.id}:{begin}-{end}"})).text
    assert QUESTION not in card
    assert f">{quote}</blockquote>" in card
    assert "not official text" in card
    assert f"{BASE}/passage/{passage.id}?q={begin}-{end}#here" in card
    code = re.findall(r"/verify ([\w.-]+)", card)[0]
    verified = await client.post("/turn", json={"text": f"/verify {code}"})
    assert "word for word" in verified.json()["html"]


async def test_the_card_says_when_a_passage_was_changed_or_withdrawn(client: httpx.AsyncClient, index: Index) -> None:
    passage = passages(index)[1]
    fine = await client.get("/card", params={"ids": f"{passage.id}:0-10"})
    assert "changed or withdrawn" not in fine.text
    for ids in (f"{passage.place}.000000:0-10", f"{passage.id}:0-10,0000000000.000000:0-5"):
        assert "changed or withdrawn" in (await client.get("/card", params={"ids": ids})).text
    for ids in ("", "0000000000.000000:0-5", ",,,"):
        assert (await client.get("/card", params={"ids": ids})).status_code == 404


# ---- the state of things ------------------------------------------------------------------------------------


async def test_health_names_the_generation(client: httpx.AsyncClient, index: Index) -> None:
    health = (await client.get("/healthz")).json()
    assert health == {
        "status": "ok",
        "generation": index.generation.name,
        "stale": None,
        "embeddings": None,
        "building": None,
    }


async def test_health_stays_good_while_the_index_on_disk_is_gone(
    client: httpx.AsyncClient, assistant: Assistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = assistant.serving._settings.model_copy(update={"index": tmp_path})
    monkeypatch.setattr(assistant.serving, "_settings", gone)
    health = (await client.get("/healthz")).json()
    assert health["status"] == "ok"
    assert str(tmp_path) in health["stale"]
    assert "<blockquote" in (await client.post("/turn", json={"text": QUESTION})).json()["html"]


def builder(*lines: str, then: str = "") -> list[str]:
    """A command that prints lines as a build does."""
    code = f"import time\nfor line in {list(lines)!r}: print(line, flush=True)\n{then}"
    return [sys.executable, "-c", code]


WAIT = "import signal; signal.pause()"


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110  what is waited for lies in another process
            await asyncio.sleep(0.01)


async def test_a_build_in_the_background_is_shown_and_ends_with_the_chat(assistant: Assistant) -> None:
    command = builder('["read", 3, 0]', "not progress", '["embed", 40, 160]', then=WAIT)
    app = create_app(assistant, rebuild=lambda: command)
    transport = httpx.ASGITransport(app)
    async with (
        httpx.AsyncClient(transport=transport, base_url=BASE) as client,
        app.router.lifespan_context(app),
    ):

        async def is_embedding() -> bool:
            building = (await client.get("/healthz")).json()["building"]
            return bool(building == {"stage": "embed", "done": 40, "total": 160})

        await until(is_embedding)
        status = (await client.get("/status")).json()
        assert status["busy"]
        assert "25 %" in status["text"]
    assert (await _health(app))["building"] is None


async def _health(app: Any) -> Any:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        return (await client.get("/healthz")).json()


async def test_stopping_a_build_ends_its_workers_too(tmp_path: Path) -> None:
    worker = f"import os, pathlib; pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid())); {WAIT}"
    command = builder(then=f"import subprocess, sys; subprocess.run([sys.executable, '-c', {worker!r}])")
    indexing = Indexing()
    task = asyncio.create_task(indexing.run(command))
    pid_file = tmp_path / "pid"

    async def has_begun() -> bool:
        return pid_file.exists() and pid_file.read_text() != ""

    await until(has_begun)
    await indexing.stop()
    assert await task is False
    assert not indexing.is_busy

    async def is_gone() -> bool:
        return not _is_alive(int(pid_file.read_text()))

    await until(is_gone)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # a zombie is dead, but nobody has asked after it yet
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


async def test_a_build_that_fails_leaves_the_chat_alone(assistant: Assistant) -> None:
    indexing = Indexing()
    assert await indexing.run(builder(then="raise SystemExit(1)")) is False
    assert not indexing.is_busy
    await indexing.stop()


# ---- starting and ending ------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_named_with_its_key() -> None:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(BotError, match=rf"web\.port: {port} is in use"):
            bind("127.0.0.1", port)


def test_a_host_that_is_none_is_named_with_its_key() -> None:
    with pytest.raises(BotError, match=r"web\.host"):
        bind("256.0.0.1", 0)


def test_the_program_says_where_it_listens_and_ends_cleanly(small_config: Path, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    database = f"database: sqlite+aiosqlite:///{tmp_path / 'protect.db'}\n"
    lines = [line for line in small_config.read_text(encoding="utf-8").splitlines() if not line.startswith("database")]
    path.write_text("\n".join(lines) + f"\n{database}web: {{port: 0}}\n", encoding="utf-8")
    command = [sys.executable, "-c", "from bot.cli import main; main()", "--config", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        try:
            address = re.findall(r"http://127\.0\.0\.1:\d+", line)[0]
            assert httpx.get(f"{address}/healthz", timeout=30).json()["status"] == "ok"
        finally:
            process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
