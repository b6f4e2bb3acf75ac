"""What `protect-index fetch` and `protect-index add` promise, against a server that misbehaves."""

import asyncio
import gzip
import ipaddress
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from misbehaving_server import Server, answer, cut, endless, ranged, redirect, running_server

from indexer import fetch as module
from indexer import lock
from indexer.errors import CorpusError, UnreadableDocument
from indexer.fetch import Fetched, Limits, add, fetch, is_public, language
from indexer.lock import documents_folder
from indexer.models import Source

PDF = b"%PDF-1.4\n" + b"The best interests of the child. " * 300 + b"\n%%EOF\n"
PDF2 = PDF.replace(b"best", b"BEST")
PAGE = (
    b"<!doctype html><html><head><title>Guardians</title></head><body><nav><a href='/'>Home</a></nav>"
    + b"<article><h1>Guardians</h1>"
    + b"<p>A guardian is appointed for every child who arrives alone, without any delay at all.</p>" * 8
    + b"</article></body></html>"
)
EMPTY_PAGE = b"<!doctype html><html><head><script src='a.js'></script></head><body><div></div></body></html>"
AS_PDF: dict[str, str | int] = {"content_type": "application/pdf"}
AS_HTML: dict[str, str | int] = {"content_type": "text/html; charset=utf-8"}
QUICK = Limits(size=200_000, connect=1, read=1, deadline=5, backoff=0.001)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running_server() as running:
        yield running


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    return tmp_path / "documents"


def source(url: str | None, key: str = "crc", languages: tuple[str, ...] = ("en",)) -> Source:
    return Source(
        id=key,
        title=key,
        short={},
        publisher="",
        date=None,
        languages=languages,
        url=url,
        licence="unknown",
        kind="instrument",
        status="official",
    )


async def fetch_one(corpus: Path, url: str | None, limits: Limits = QUICK, *, private: bool = True) -> Fetched:
    [result] = await fetch(corpus, {"crc": source(url)}, ["crc"], limits=limits, allow_private=private)
    return result


def locked(documents: Path) -> dict[str, Any]:
    entries: dict[str, Any] = yaml.safe_load((documents / "lock.yaml").read_text(encoding="utf-8"))
    return entries


def names(documents: Path) -> list[str]:
    return sorted(path.name for path in documents.iterdir())


class TestADownload:
    async def test_is_stored_under_source_language_and_type_with_a_lock_entry(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        date = "Tue, 24 Nov 2026 08:00:00 GMT"
        url = server.on("/crc", answer("200 OK", PDF, etag='"1"', last_modified=date, **AS_PDF))
        result = await fetch_one(tmp_path, url)
        assert result == Fetched("crc", "new", documents / "crc.en.pdf")
        assert (documents / "crc.en.pdf").read_bytes() == PDF
        assert locked(documents) == {
            "crc.en.pdf": {
                "source": "crc",
                "lang": "en",
                "sha256": sha256(PDF).hexdigest(),
                "date": lock.today(),
                "url": url,
                "etag": '"1"',
                "last_modified": date,
            }
        }
        assert names(documents) == ["crc.en.pdf", "lock.yaml"]

    async def test_keeps_a_page_as_it_came(self, server: Server, tmp_path: Path, documents: Path) -> None:
        url = server.on("/", answer("200 OK", PAGE, **AS_HTML))
        assert (await fetch_one(tmp_path, url)).path == documents / "crc.en.html"
        assert (documents / "crc.en.html").read_bytes() == PAGE

    @pytest.mark.parametrize("kind", ["text/markdown", "text/plain; charset=utf-8"])
    async def test_keeps_plain_text_as_markdown(
        self, server: Server, tmp_path: Path, documents: Path, kind: str
    ) -> None:
        url = server.on("/", answer("200 OK", b"# Title\n\nA text.\n", content_type=kind))
        assert (await fetch_one(tmp_path, url)).path == documents / "crc.en.md"

    async def test_of_no_stated_kind_is_believed_when_it_is_plainly_a_pdf(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        url = server.on("/", answer("200 OK", PDF, content_type="application/octet-stream"))
        assert (await fetch_one(tmp_path, url)).path == documents / "crc.en.pdf"

    async def test_that_is_compressed_unasked_is_unpacked(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        url = server.on("/", answer("200 OK", gzip.compress(PDF), content_encoding="gzip", **AS_PDF))
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert (documents / "crc.en.pdf").read_bytes() == PDF

    async def test_follows_redirects_and_notes_where_they_end(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        final = server.on("/final.pdf", answer("200 OK", PDF, **AS_PDF))
        server.on("/b", redirect(final))
        url = server.on("/a", redirect("/b"))
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert locked(documents)["crc.en.pdf"]["url"] == final

    async def test_that_replaces_a_page_by_a_pdf_leaves_one_file(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        url = server.on("/", answer("200 OK", PAGE, **AS_HTML), answer("200 OK", PDF, **AS_PDF))
        await fetch_one(tmp_path, url)
        await fetch_one(tmp_path, url)
        assert names(documents) == ["crc.en.pdf", "lock.yaml"]
        assert list(locked(documents)) == ["crc.en.pdf"]

    async def test_reports_its_bytes_and_the_sources_done(self, server: Server, tmp_path: Path) -> None:
        url = server.on("/", answer("200 OK", PDF, **AS_PDF))
        calls: list[tuple[str, int, int]] = []
        await fetch(
            tmp_path,
            {"crc": source(url)},
            limits=QUICK,
            allow_private=True,
            on_progress=lambda *call: calls.append(call),
        )
        assert calls[-2:] == [("crc", len(PDF), len(PDF)), ("fetch", 1, 1)]

    @pytest.mark.parametrize(
        ("languages", "expected"), [(("fi",), "fi"), (("et", "en"), "en"), (("et", "ru"), "et"), ((), "en")]
    )
    def test_is_in_the_only_language_or_english_or_the_first(self, languages: tuple[str, ...], expected: str) -> None:
        assert language(source(None, languages=languages)) == expected


class TestASecondRun:
    async def test_does_not_download_what_is_unchanged_by_etag(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        url = server.on("/", ranged(PDF, '"1"', **AS_PDF))
        await fetch_one(tmp_path, url)
        assert await fetch_one(tmp_path, url) == Fetched("crc", "unchanged", documents / "crc.en.pdf")
        assert server.seen[-1].headers["if-none-match"] == '"1"'

    async def test_asks_by_date_when_there_is_no_etag(self, server: Server, tmp_path: Path) -> None:
        date = "Tue, 24 Nov 2026 08:00:00 GMT"
        first = answer("200 OK", PDF, last_modified=date, **AS_PDF)
        url = server.on("/", first, answer("304 Not Modified"))
        await fetch_one(tmp_path, url)
        assert (await fetch_one(tmp_path, url)).state == "unchanged"
        assert server.seen[-1].headers["if-modified-since"] == date

    async def test_finds_the_same_bytes_unchanged_without_any_validator(self, server: Server, tmp_path: Path) -> None:
        url = server.on("/", answer("200 OK", PDF, **AS_PDF))
        await fetch_one(tmp_path, url)
        assert (await fetch_one(tmp_path, url)).state == "unchanged"

    async def test_downloads_a_changed_file(self, server: Server, tmp_path: Path, documents: Path) -> None:
        url = server.on("/", ranged(PDF, '"1"', **AS_PDF), ranged(PDF2, '"2"', **AS_PDF))
        await fetch_one(tmp_path, url)
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert (documents / "crc.en.pdf").read_bytes() == PDF2
        assert locked(documents)["crc.en.pdf"]["etag"] == '"2"'

    async def test_does_not_take_the_etag_of_the_old_link_for_one_of_the_new(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        old = server.on("/old", ranged(PDF, '"1"', **AS_PDF))
        new = server.on("/new", ranged(PDF2, '"1"', **AS_PDF))
        await fetch_one(tmp_path, old)
        assert (await fetch_one(tmp_path, new)).state == "new"
        assert (documents / "crc.en.pdf").read_bytes() == PDF2

    async def test_downloads_anew_what_was_damaged_here(self, server: Server, tmp_path: Path, documents: Path) -> None:
        url = server.on("/", ranged(PDF, '"1"', **AS_PDF))
        await fetch_one(tmp_path, url)
        (documents / "crc.en.pdf").write_bytes(PDF[:100])
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert (documents / "crc.en.pdf").read_bytes() == PDF

    async def test_leaves_alone_what_a_person_added(self, server: Server, tmp_path: Path, documents: Path) -> None:
        url = server.on("/", answer("200 OK", PDF, **AS_PDF))
        (tmp_path / "mine.md").write_text("# Mine\n\nText.\n", encoding="utf-8")
        add(tmp_path / "mine.md", "crc", "en", tmp_path, {"crc": source(url)})
        result = await fetch_one(tmp_path, url)
        assert (result.state, result.path, server.seen) == ("unchanged", documents / "crc.en.md", [])
        assert "added by hand" in result.reason

    @pytest.mark.parametrize("target", ["lock.yaml", "crc.en.pdf"])
    async def test_that_crashes_while_writing_leaves_the_old_file_and_can_be_repeated(
        self,
        server: Server,
        tmp_path: Path,
        documents: Path,
        monkeypatch: pytest.MonkeyPatch,
        target: str,
    ) -> None:
        url = server.on("/", ranged(PDF, '"1"', **AS_PDF), ranged(PDF2, '"2"', **AS_PDF))
        await fetch_one(tmp_path, url)
        old_lock = locked(documents)

        def crash(old: Path, new: Path) -> None:
            if new.name == target:
                raise RuntimeError("power cut")
            old.rename(new)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", crash)
            with pytest.raises(RuntimeError):
                await fetch_one(tmp_path, url)
        assert (documents / "crc.en.pdf").read_bytes() == PDF
        assert target == "crc.en.pdf" or locked(documents) == old_lock
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert (documents / "crc.en.pdf").read_bytes() == PDF2


class TestADeadOrBrokenLink:
    async def test_that_is_not_found_says_what_to_do(self, server: Server, tmp_path: Path) -> None:
        url = server.on("/gone", answer("404 Not Found"))
        assert await fetch_one(tmp_path, url) == Fetched(
            "crc",
            "failed",
            reason=f"{url}: the server answers 404 Not Found; download it by hand, then run "
            "`protect-index add FILE --source crc --lang en`.",
        )
        assert len(server.seen) == 1

    async def test_never_stops_the_others(self, server: Server, tmp_path: Path) -> None:
        good = server.on("/good", answer("200 OK", PDF, **AS_PDF))
        bad = server.on("/bad", answer("404 Not Found"))
        sources = {
            "bad": source(bad, "bad"),
            "odd": source("http://[", "odd"),
            "none": source(None, "none"),
            "good": source(good, "good"),
        }
        results = await fetch(tmp_path, sources, limits=QUICK, allow_private=True)
        assert [(it.id, it.state) for it in results] == [
            ("bad", "failed"),
            ("odd", "failed"),
            ("good", "new"),
        ]

    async def test_is_tried_again_after_a_server_error(self, server: Server, tmp_path: Path) -> None:
        url = server.on("/", answer("500 Internal Server Error"), answer("200 OK", PDF, **AS_PDF))
        assert (await fetch_one(tmp_path, url)).state == "new"

    async def test_is_given_up_after_two_retries(self, server: Server, tmp_path: Path, documents: Path) -> None:
        url = server.on("/", answer("503 Service Unavailable"))
        result = await fetch_one(tmp_path, url)
        assert "answers 503" in result.reason
        assert len(server.seen) == 3
        assert names(documents) == []

    async def test_is_tried_again_after_a_pause_that_doubles(self, server: Server, tmp_path: Path) -> None:
        url = server.on("/", answer("503 Service Unavailable"))
        started = asyncio.get_running_loop().time()
        await fetch_one(tmp_path, url, replace(QUICK, backoff=0.03))
        assert asyncio.get_running_loop().time() - started >= 0.09

    async def test_to_a_closed_port_fails_after_retries(self, tmp_path: Path) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        result = await fetch_one(tmp_path, f"http://127.0.0.1:{port}/")
        assert "the connection failed" in result.reason

    async def test_that_is_missing_is_a_reason_too(self, tmp_path: Path) -> None:
        assert (await fetch_one(tmp_path, None)).reason.startswith("crc: sources.yaml has no link for it;")

    async def test_leaves_the_old_file_in_place(self, server: Server, tmp_path: Path, documents: Path) -> None:
        url = server.on("/", answer("200 OK", PDF, **AS_PDF), answer("404 Not Found"))
        await fetch_one(tmp_path, url)
        assert (await fetch_one(tmp_path, url)).state == "failed"
        assert (documents / "crc.en.pdf").read_bytes() == PDF
        assert "crc.en.pdf" in locked(documents)

    async def test_with_an_unknown_id_is_refused_before_anything_is_downloaded(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match=r"'crx'.*sources\.yaml"):
            await fetch(tmp_path, {"crc": source(None)}, ["crx"])

    async def test_with_a_broken_lock_names_the_lock(self, tmp_path: Path) -> None:
        documents = documents_folder(tmp_path)
        (documents / "lock.yaml").write_text("crc.en.pdf: {source: crc}\n", encoding="utf-8")
        with pytest.raises(CorpusError, match=r"lock\.yaml.*lang"):
            await fetch(tmp_path, {"crc": source("http://127.0.0.1/")})


class TestACutConnection:
    async def test_is_resumed_at_the_next_try(self, server: Server, tmp_path: Path, documents: Path) -> None:
        url = server.on("/", cut(PDF, 4000, etag='"1"', **AS_PDF), ranged(PDF, '"1"', **AS_PDF))
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert server.seen[-1].headers["range"] == "bytes=4000-"
        assert server.seen[-1].headers["if-range"] == '"1"'
        assert (documents / "crc.en.pdf").read_bytes() == PDF

    async def test_is_resumed_in_the_next_run(self, server: Server, tmp_path: Path, documents: Path) -> None:
        url = server.on("/", cut(PDF, 4000, etag='"1"', **AS_PDF), ranged(PDF, '"1"', **AS_PDF))
        result = await fetch_one(tmp_path, url, replace(QUICK, retries=0))
        assert "the connection failed" in result.reason
        assert names(documents) == [".crc.en.part.json", "crc.en.part"]
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert server.seen[-1].headers["range"] == "bytes=4000-"
        assert (documents / "crc.en.pdf").read_bytes() == PDF
        assert names(documents) == ["crc.en.pdf", "lock.yaml"]

    async def test_is_restarted_when_the_server_ignores_range(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        whole = answer("200 OK", PDF, etag='"1"', **AS_PDF)
        url = server.on("/", cut(PDF, 4000, etag='"1"', **AS_PDF), whole)
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert "range" in server.seen[-1].headers
        assert (documents / "crc.en.pdf").read_bytes() == PDF

    async def test_is_restarted_when_the_file_changed_between(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        url = server.on("/", cut(PDF, 4000, etag='"1"', **AS_PDF), ranged(PDF2, '"2"', **AS_PDF))
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert (documents / "crc.en.pdf").read_bytes() == PDF2

    async def test_never_joins_two_versions_even_if_the_server_offers_it(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        where = f"bytes 4000-{len(PDF2) - 1}/{len(PDF2)}"
        wrong = answer("206 Partial Content", PDF2[4000:], etag='"2"', content_range=where, **AS_PDF)
        url = server.on("/", cut(PDF, 4000, etag='"1"', **AS_PDF), wrong, ranged(PDF2, '"2"', **AS_PDF))
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert (documents / "crc.en.pdf").read_bytes() == PDF2

    async def test_is_restarted_when_the_server_goes_on_at_another_place(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        where = f"bytes 3000-{len(PDF) - 1}/{len(PDF)}"
        wrong = answer("206 Partial Content", PDF[3000:], etag='"1"', content_range=where, **AS_PDF)
        url = server.on("/", cut(PDF, 4000, etag='"1"', **AS_PDF), wrong, ranged(PDF, '"1"', **AS_PDF))
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert (documents / "crc.en.pdf").read_bytes() == PDF

    async def test_is_resumed_once_more_when_the_server_sends_less_than_the_rest(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        where = f"bytes 4000-4999/{len(PDF)}"
        piece = answer("206 Partial Content", PDF[4000:5000], etag='"1"', content_range=where, **AS_PDF)
        url = server.on("/", cut(PDF, 4000, etag='"1"', **AS_PDF), piece, ranged(PDF, '"1"', **AS_PDF))
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert server.seen[-1].headers["range"] == "bytes=5000-"
        assert (documents / "crc.en.pdf").read_bytes() == PDF

    async def test_is_restarted_when_the_file_became_shorter(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        gone = answer("416 Range Not Satisfiable")
        url = server.on("/", cut(PDF, 4000, etag='"1"', **AS_PDF), gone, ranged(PDF, '"2"', **AS_PDF))
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert (documents / "crc.en.pdf").read_bytes() == PDF

    async def test_is_restarted_when_nothing_tells_versions_apart(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        url = server.on("/", cut(PDF, 4000, etag='W/"1"', **AS_PDF), answer("200 OK", PDF, **AS_PDF))
        assert (await fetch_one(tmp_path, url)).state == "new"
        assert "range" not in server.seen[-1].headers
        assert (documents / "crc.en.pdf").read_bytes() == PDF


class TestAnAnswerThatIsNotADocument:
    @pytest.mark.parametrize(
        ("body", "kind", "reason"),
        [
            (b"\x89PNG\r\n", "image/png", "the server sends image/png"),
            (PAGE, "application/pdf", "announces a PDF, but the content is something else"),
            (PDF, "text/html", "announces a web page, but the content is something else"),
            (PAGE, "text/plain", "announces Markdown, but the content is something else"),
            (PAGE, "application/octet-stream", "announces a file, but the content is something else"),
            (PDF[:5000], "application/pdf", "the PDF ends before its end mark"),
            (b"PK\x03\x04 broken", module._WORD, "no text was found in the Word file"),
            (b"\xff\xfe\xfa", "text/plain", "no readable UTF-8 text"),
            (EMPTY_PAGE, "text/html", "no article was found in the page"),
            (b"", "text/html", "the file is empty"),
        ],
        ids=[
            "a picture",
            "a page instead of a PDF",
            "a PDF instead of a page",
            "a page instead of text",
            "a page as bytes",
            "half a PDF",
            "a broken Word file",
            "text in another encoding",
            "a page without an article",
            "nothing",
        ],
    )
    async def test_is_refused_and_leaves_nothing_behind(
        self, server: Server, tmp_path: Path, documents: Path, body: bytes, kind: str, reason: str
    ) -> None:
        url = server.on("/", answer("200 OK", body, content_type=kind))
        result = await fetch_one(tmp_path, url)
        assert reason in result.reason
        assert names(documents) == []


class TestTheLimits:
    async def test_stop_an_endless_body(self, server: Server, tmp_path: Path, documents: Path) -> None:
        url = server.on("/", endless(PDF, pause=0, **AS_PDF))
        result = await fetch_one(tmp_path, url)
        assert "larger than the 0.191 MB allowed" in result.reason
        assert names(documents) == []

    async def test_stop_a_file_that_announces_too_much_before_its_body(self, server: Server, tmp_path: Path) -> None:
        url = server.on("/", answer("200 OK", PDF, content_length=10**12, **AS_PDF))
        assert "more than the 0.191 MB allowed" in (await fetch_one(tmp_path, url)).reason
        assert len(server.seen) == 1

    async def test_count_what_is_unpacked_from_a_compressed_body(self, server: Server, tmp_path: Path) -> None:
        bomb = gzip.compress(b"%PDF-" + b"\0" * 10**6)
        url = server.on("/", answer("200 OK", bomb, content_encoding="gzip", **AS_PDF))
        assert "larger than the 0.191 MB allowed" in (await fetch_one(tmp_path, url)).reason

    async def test_count_what_was_here_before_a_resume(self, server: Server, tmp_path: Path) -> None:
        url = server.on("/", cut(PDF, 4000, etag='"1"', **AS_PDF), ranged(PDF, '"1"', **AS_PDF))
        await fetch_one(tmp_path, url, replace(QUICK, retries=0))
        result = await fetch_one(tmp_path, url, replace(QUICK, size=len(PDF) - 1))
        assert "more than the" in result.reason

    async def test_do_not_take_a_short_content_length_for_the_whole_file(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        url = server.on("/", answer("200 OK", PDF, content_length=5000, **AS_PDF))
        assert "a part is missing" in (await fetch_one(tmp_path, url)).reason
        assert names(documents) == []

    async def test_do_not_take_a_long_content_length_for_the_truth(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        url = server.on("/", answer("200 OK", PDF, content_length=len(PDF) + 9, **AS_PDF))
        assert "the connection failed" in (await fetch_one(tmp_path, url)).reason
        assert names(documents) == []

    async def test_end_a_slow_body_at_the_deadline(self, server: Server, tmp_path: Path) -> None:
        url = server.on("/", endless(PDF, pause=0.02, **AS_PDF))
        started = asyncio.get_running_loop().time()
        result = await fetch_one(tmp_path, url, replace(QUICK, deadline=0.2))
        assert asyncio.get_running_loop().time() - started < 1
        assert "it took longer than 0.2 seconds" in result.reason

    async def test_end_a_silent_server_at_the_read_timeout(self, server: Server, tmp_path: Path) -> None:
        url = server.on("/", endless(PDF, pause=1, **AS_PDF))
        result = await fetch_one(tmp_path, url, replace(QUICK, read=0.05, retries=0))
        assert "does not answer in time" in result.reason


class TestRedirects:
    async def test_in_a_loop_are_given_up_after_five(self, server: Server, tmp_path: Path) -> None:
        url = server.on("/loop", redirect("/loop"))
        assert "redirected more than 5 times" in (await fetch_one(tmp_path, url)).reason
        assert len(server.seen) == 6

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/"])
    async def test_lead_to_web_addresses_only(self, server: Server, tmp_path: Path, target: str) -> None:
        url = server.on("/", redirect(target))
        assert "not a web address" in (await fetch_one(tmp_path, url)).reason

    @pytest.mark.parametrize(
        "target",
        [
            "http://10.0.0.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://0.0.0.0/",
            "https://192.168.1.1/",
            "http://2130706434/",
        ],
    )
    async def test_never_lead_into_a_private_network(
        self, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
    ) -> None:
        # The first step must reach the server: for this test, 127.0.0.1 alone counts as public.
        monkeypatch.setattr(module, "is_public", lambda it: str(it) == "127.0.0.1" or is_public(it))
        url = server.on("/", redirect(target))
        result = await fetch_one(tmp_path, url, private=False)
        assert "not an address of the public internet" in result.reason
        assert len(server.seen) == 1


class TestThePrivateNetwork:
    async def test_is_out_of_reach_by_default(self, server: Server, tmp_path: Path) -> None:
        url = server.on("/", answer("200 OK", PDF, **AS_PDF))
        result = await fetch_one(tmp_path, url, private=False)
        assert "127.0.0.1 is 127.0.0.1, which is not an address of the public internet" in result.reason
        assert server.seen == []

    async def test_is_out_of_reach_for_a_name_with_one_private_address_among_public_ones(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        resolve_to(monkeypatch, ["93.184.215.14", "10.0.0.1"])
        result = await fetch_one(tmp_path, "http://mixed.example/", private=False)
        assert "mixed.example is 10.0.0.1" in result.reason

    async def test_cannot_be_reached_by_changing_the_name_after_the_check(
        self, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "is_public", lambda it: str(it) == "127.0.0.1" or is_public(it))
        lookups = resolve_to(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
        server.on("/x", answer("200 OK", PDF, **AS_PDF))
        port = server.url.rpartition(":")[2]
        result = await fetch_one(tmp_path, f"http://rebinding.example:{port}/x", private=False)
        assert (result.state, lookups) == ("new", ["rebinding.example"])
        assert server.seen[0].headers["host"] == f"rebinding.example:{port}"

    def test_is_not_hidden_by_connecting_to_an_address_from_the_certificate_check(self) -> None:
        request = httpx.Request("GET", "https://public.example/x")
        sent = module._addressed(request, "2606:2800::1", "public.example")
        assert str(sent.url) == "https://[2606:2800::1]/x"
        assert sent.headers["Host"] == "public.example"
        assert sent.extensions["sni_hostname"] == "public.example"

    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("93.184.215.14", True),
            ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
            ("64:ff9b::5db8:d70e", True),
            ("0.0.0.0", False),
            ("10.1.2.3", False),
            ("100.64.0.1", False),
            ("127.0.0.1", False),
            ("169.254.169.254", False),
            ("172.16.0.1", False),
            ("192.168.0.1", False),
            ("224.0.0.1", False),
            ("240.0.0.1", False),
            ("255.255.255.255", False),
            ("::", False),
            ("::1", False),
            ("::ffff:127.0.0.1", False),
            ("::7f00:1", False),
            ("64:ff9b::a00:1", False),
            ("2002:a00:1::", False),
            ("2001::1", False),
            ("fc00::1", False),
            ("fe80::1", False),
            ("fec0::1", False),
            ("ff02::1", False),
        ],
    )
    def test_is_told_from_the_public_one_by_address(self, address: str, expected: bool) -> None:
        assert is_public(ipaddress.ip_address(address)) is expected


class TestAddingAFile:
    def test_copies_it_under_the_same_naming_with_a_lock_entry(self, tmp_path: Path, documents: Path) -> None:
        file = tmp_path / "Guide.MD"
        file.write_text("# Guide\n\nText.\n", encoding="utf-8")
        path = add(file, "crc", "et", tmp_path, {"crc": source(None)})
        assert path == documents / "crc.et.md"
        assert path.read_bytes() == file.read_bytes()
        entry = locked(documents)["crc.et.md"]
        assert (entry["source"], entry["lang"], entry["url"]) == ("crc", "et", None)
        assert entry["sha256"] == sha256(file.read_bytes()).hexdigest()
        assert names(documents) == ["crc.et.md", "lock.yaml"]

    async def test_replaces_the_download_of_the_same_source_and_language(
        self, server: Server, tmp_path: Path, documents: Path
    ) -> None:
        url = server.on("/", answer("200 OK", PAGE, **AS_HTML))
        await fetch_one(tmp_path, url)
        (tmp_path / "crc.md").write_text("# Text\n\nText.\n", encoding="utf-8")
        add(tmp_path / "crc.md", "crc", "en", tmp_path, {"crc": source(url)})
        assert names(documents) == ["crc.en.md", "lock.yaml"]

    @pytest.mark.parametrize(
        ("name", "content", "key", "lang", "error", "reason"),
        [
            ("a.md", "Text.", "crx", "en", CorpusError, "source 'crx': not in .*sources.yaml; add an entry"),
            ("a.md", "Text.", "crc", "english", CorpusError, "'english': not a two-letter code"),
            ("a.md", None, "crc", "en", CorpusError, "a.md: there is no such file"),
            (
                "a.odt",
                "Text.",
                "crc",
                "en",
                UnreadableDocument,
                "files of type '.odt' cannot be read; convert",
            ),
            ("a.md", "", "crc", "en", UnreadableDocument, "holds no text"),
            ("a.pdf", "not a PDF", "crc", "en", UnreadableDocument, "the PDF is broken"),
        ],
    )
    def test_is_refused_with_what_to_do(
        self,
        tmp_path: Path,
        documents: Path,
        name: str,
        content: str | None,
        key: str,
        lang: str,
        error: type[Exception],
        reason: str,
    ) -> None:
        if content is not None:
            (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(error, match=reason):
            add(tmp_path / name, key, lang, tmp_path, {"crc": source(None)})
        assert not documents.exists()


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let look-ups give these addresses in turn; gives the list of names looked up."""
    lookups: list[str] = []

    def getaddrinfo(host: str, port: int, *args: object, **kwargs: object) -> list[Any]:
        if host.replace(".", "").isdigit():
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        addresses = answers[min(len(lookups), len(answers) - 1)]
        lookups.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return lookups
