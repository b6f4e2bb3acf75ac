"""Downloads of the register's sources into `corpus/documents/`.

A link of the register is a stranger's: it may be dead, slow, endless, point to another kind of file, or
lead into the network of the machine that downloads. Each is refused or given up for that source alone.
"""

import asyncio
import ipaddress
import json
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import httpx

from .errors import CorpusError, FetchError, IndexerError
from .extract import docx, html, markdown
from .lock import (
    Entry,
    add,
    added_by_hand,
    digest,
    documents_folder,
    downloaded,
    place,
    read_lock,
    record,
    stem,
    today,
)
from .models import Section, Source

__all__ = ["Fetched", "Limits", "add", "fetch", "is_public", "language"]

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total): stage `fetch` counts sources; a source's id counts its bytes, and total
is 0 while the size is not known."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a stranger's time and bytes is taken. Times are in seconds."""

    size: int = 50 * 2**20
    """Bytes of one file."""
    connect: float = 10.0
    read: float = 20.0
    """Between two pieces of an answer."""
    deadline: float = 180.0
    """For one source, with redirects and retries."""
    redirects: int = 5
    retries: int = 2
    backoff: float = 1.0
    """Before the first retry; doubled for each further one."""
    parallel: int = 4
    """Sources at a time."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one source."""

    id: str
    state: Literal["new", "unchanged", "failed"]
    path: Path | None = None
    reason: str = ""
    """Why there is no new file, and what to do."""


async def fetch(
    corpus: Path,
    sources: Mapping[str, Source],
    ids: Iterable[str] = (),
    *,
    limits: Limits = Limits(),
    allow_private: bool = False,
    on_progress: Progress = lambda stage, done, total: None,
) -> list[Fetched]:
    """Download the named sources, or all that have a link; gives one result each, in order.

    A source that fails does not stop the others. Raises CorpusError for an unknown id or a broken lock.
    """
    wanted = _wanted(sources, ids, corpus)
    folder = documents_folder(corpus)
    read_lock(folder)
    slots = asyncio.Semaphore(limits.parallel)
    finished = 0

    async def one(job: _Job) -> Fetched:
        nonlocal finished
        async with slots:
            result = await _fetch_one(job)
        finished += 1
        on_progress("fetch", finished, len(wanted))
        return result

    async with _client(limits, allow_private) as client:
        jobs = [_job(source, folder, client, limits, on_progress) for source in wanted]
        return list(await asyncio.gather(*map(one, jobs)))


def language(source: Source) -> str:
    """The language in which a source's link is taken to be."""
    if len(source.languages) == 1 or "en" not in source.languages:
        return source.languages[0] if source.languages else "en"
    return "en"


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether the address is one of the open internet, also when it wraps an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    special = address.is_multicast or address.is_reserved or address.is_link_local or address.is_loopback
    return address.is_global and not special


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_HEADERS = {
    "User-Agent": "protect-index",
    "Accept": "text/html, application/pdf, text/markdown, */*;q=0.5",
    # A compressed answer cannot be continued in the middle.
    "Accept-Encoding": "identity",
}


class _Passing(FetchError):
    """A failure that may pass by itself; worth another try."""


class _CheckedTransport(httpx.AsyncBaseTransport):
    """Looks a host up once, checks all its addresses, and connects to one of these.

    Were the name handed on instead, a second look-up could give another address than the one checked.
    """

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        # No connection is kept: names that share an address would share it, and with it a certificate
        # that was checked for the first name only.
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to the first address that takes the connection."""
        host = request.url.raw_host.decode("ascii")
        failure: httpx.TransportError = httpx.ConnectError(f"{host} has no address", request=request)
        for address in await self._addresses(host, request):
            try:
                return await self._inner.handle_async_request(_addressed(request, address, host))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()

    async def _addresses(self, host: str, request: httpx.Request) -> list[str]:
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"the host name {host} is not known", request=request) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not self._allow_private and not is_public(ipaddress.ip_address(address)):
                raise FetchError(f"{host} is {address}, which is not an address of the public internet")
        return addresses


def _addressed(request: httpx.Request, address: str, host: str) -> httpx.Request:
    """The request to an address, with the name for the `Host` header and the certificate."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A download under way, or one that was cut off; a hidden note beside it says of which version it is."""

    path: Path

    @property
    def note(self) -> Path:
        return self.path.with_name(f".{self.path.name}.json")

    def resumable(self, url: str) -> tuple[int, str] | None:
        """Size and validator (an ETag or a date) of what is here of that URL; None to begin anew."""
        try:
            noted = json.loads(self.note.read_text(encoding="utf-8"))
            size = self.path.stat().st_size
            return (size, str(noted["validator"])) if size and noted["url"] == url else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def open(self, keep: bool, url: str, validator: str | None) -> BinaryIO:
        """The file for writing, at its end or emptied."""
        if keep:
            return self.path.open("ab")
        self.note.unlink(missing_ok=True)
        file = self.path.open("wb")
        if validator:
            self.note.write_text(json.dumps({"url": url, "validator": validator}), encoding="utf-8")
        return file

    def drop(self) -> None:
        """Remove the file and its note."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Job:
    """One source to download, with all that it takes."""

    source: Source
    lang: str
    folder: Path
    part: _Part
    client: httpx.AsyncClient
    limits: Limits
    on_progress: Progress


def _client(limits: Limits, allow_private: bool) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=_CheckedTransport(allow_private),
        timeout=httpx.Timeout(limits.read, connect=limits.connect),
        headers=_HEADERS,
        trust_env=False,  # a proxy would look up and connect in our place, unchecked
    )


def _job(source: Source, folder: Path, client: httpx.AsyncClient, limits: Limits, on_progress: Progress) -> _Job:
    lang = language(source)
    part = _Part(folder / f"{stem(source.id, lang)}.part")
    return _Job(source, lang, folder, part, client, limits, on_progress)


def _wanted(sources: Mapping[str, Source], ids: Iterable[str], corpus: Path) -> list[Source]:
    ids = list(dict.fromkeys(ids))
    for source_id in ids:
        if source_id not in sources:
            raise CorpusError(f"source '{source_id}': not in {corpus / 'sources.yaml'}; use one of its ids.")
    return [sources[key] for key in ids] if ids else [it for it in sources.values() if it.url]


async def _fetch_one(job: _Job) -> Fetched:
    """The result for one source; only a broken lock is raised."""
    kept = added_by_hand(job.folder, job.source.id, job.lang)
    if kept is not None:
        return Fetched(job.source.id, "unchanged", kept, f"{kept} was added by hand; delete it to download.")
    if not job.source.url:
        return _failed(job, "sources.yaml has no link for it")
    try:
        async with asyncio.timeout(job.limits.deadline):
            return await _with_retries(job, lambda: _attempt(job))
    except TimeoutError:  # what there is of the file stays, for the next run to go on with
        reason = f"it took longer than {job.limits.deadline:g} seconds"
    except _Passing as error:
        reason = str(error)
    except FetchError as error:
        job.part.drop()
        reason = str(error)
    except OSError as error:
        reason = f"it cannot be stored in {job.folder} ({error.strerror})"
    if not job.part.note.exists():
        job.part.drop()
    return _failed(job, reason)


def _failed(job: _Job, reason: str) -> Fetched:
    culprit = job.source.url or job.source.id
    command = f"protect-index add FILE --source {job.source.id} --lang {job.lang}"
    reason = f"{culprit}: {reason}; download it by hand, then run `{command}`."
    return Fetched(job.source.id, "failed", reason=reason)


async def _with_retries(job: _Job, attempt: Callable[[], Awaitable[Fetched]]) -> Fetched:
    for retry in range(job.limits.retries):
        try:
            return await attempt()
        except _Passing:
            await asyncio.sleep(job.limits.backoff * 2**retry)
    return await attempt()


async def _attempt(job: _Job) -> Fetched:
    """Follow the link to its file; the boundary at which httpx's errors become this project's."""
    try:
        url = _checked_url(httpx.URL(job.source.url or ""))
        for _ in range(job.limits.redirects + 1):
            async with job.client.stream("GET", url, headers=_request_headers(job, url)) as response:
                if not response.has_redirect_location:
                    return await _receive(job, url, response)
                url = _checked_url(url.join(response.headers["Location"]))
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"the link or the answer is not valid ({error})") from error
    except httpx.TimeoutException as error:
        raise _Passing("the server does not answer in time") from error
    except httpx.TransportError as error:
        raise _Passing(f"the connection failed ({error or type(error).__name__})") from error
    except httpx.HTTPError as error:
        raise FetchError(f"the answer cannot be read ({error})") from error
    raise FetchError(f"the link is redirected more than {job.limits.redirects} times")


def _checked_url(url: httpx.URL) -> httpx.URL:
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchError(f"the link leads to {url}, which is not a web address")
    return url.copy_with(userinfo=b"")


def _request_headers(job: _Job, url: httpx.URL) -> dict[str, str]:
    """What is here of this URL already, so that only the rest or a change is sent."""
    headers = {"Accept-Language": job.lang}
    if resumable := job.part.resumable(str(url)):
        return headers | {"Range": f"bytes={resumable[0]}-", "If-Range": resumable[1]}
    here = downloaded(job.folder, job.source.id, job.lang)
    if here is None or here[1].url != str(url):
        return headers
    if here[1].etag:
        headers["If-None-Match"] = here[1].etag
    if here[1].last_modified:
        headers["If-Modified-Since"] = here[1].last_modified
    return headers


async def _receive(job: _Job, url: httpx.URL, response: httpx.Response) -> Fetched:
    """Take the answer in: check what it says of itself, store it, check what it is."""
    here = downloaded(job.folder, job.source.id, job.lang)
    if response.status_code == 304 and here is not None:
        return Fetched(job.source.id, "unchanged", here[0])
    offset = _offset(job, url, response)
    declared = _declared_suffix(response)
    await _store(job, url, response, offset)
    suffix = await asyncio.to_thread(_checked_suffix, job.part.path, declared)
    name = f"{stem(job.source.id, job.lang)}{suffix}"
    entry = Entry(
        source=job.source.id,
        lang=job.lang,
        sha256=digest(job.part.path),
        date=today(),
        url=str(url),
        etag=_header(response, "ETag"),
        last_modified=_header(response, "Last-Modified"),
    )
    if here is not None and here[0].name == name and here[1].sha256 == entry.sha256:
        record(job.folder, name, entry)
        job.part.drop()
        return Fetched(job.source.id, "unchanged", here[0])
    path = place(job.part.path, name, entry)
    job.part.drop()
    return Fetched(job.source.id, "new", path)


def _offset(job: _Job, url: httpx.URL, response: httpx.Response) -> int:
    """At which byte of the partial file the answer goes on; 0 when it is a whole file."""
    status = response.status_code
    if status == 200:
        return 0
    if status == 416:  # the file has become shorter than what is here of it
        job.part.drop()
        raise _Passing("the server cannot go on with the download")
    if status != 206:
        failure = _Passing if status >= 500 else FetchError
        raise failure(f"the server answers {status} {response.reason_phrase}".rstrip())
    resumable = job.part.resumable(str(url))
    start, _ = _content_range(response)
    changed = resumable is None or _validator(response) not in {None, resumable[1]}
    if resumable is None or changed or start != resumable[0] or _is_encoded(response):
        job.part.drop()
        raise _Passing("the server goes on with another version of the file")
    return start


def _content_range(response: httpx.Response) -> tuple[int, int | None]:
    """First byte and whole size, as a partial answer states them; the size may be missing."""
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    if match is None:
        return 0, None
    return int(match[1]), None if match[2] == "*" else int(match[2])


def _validator(response: httpx.Response) -> str | None:
    """What names this version of the file byte by byte: a strong ETag, else the date; None if neither."""
    etag = _header(response, "ETag")
    if etag:
        return None if etag.startswith("W/") else etag
    return _header(response, "Last-Modified")


def _header(response: httpx.Response, name: str) -> str | None:
    """A header that can be sent back to the server; None when it is missing or not ASCII."""
    value: str = response.headers.get(name, "")
    return value if value and value.isascii() else None


def _is_encoded(response: httpx.Response) -> bool:
    return response.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}


async def _store(job: _Job, url: httpx.URL, response: httpx.Response, offset: int) -> None:
    """Write the body to the partial file, never beyond the size limit."""
    limit = job.limits.size
    length = response.headers.get("Content-Length", "")
    expected = offset + int(length) if length.isdecimal() else 0
    if expected > limit:
        raise FetchError(f"the file has {_megabytes(expected)}, more than the {_megabytes(limit)} allowed")
    validator = None if _is_encoded(response) else _validator(response)
    done = offset
    with job.part.open(offset > 0, str(url), validator) as file:
        async for chunk in _body(response):
            done += len(chunk)
            if done > limit:
                raise FetchError(f"the file is larger than the {_megabytes(limit)} allowed")
            file.write(chunk)
            job.on_progress(job.source.id, done, max(expected, done) if expected else 0)
    _, whole = _content_range(response)
    if response.status_code == 206 and whole is not None and whole != done:
        raise _Passing("the connection ended before the file did")


def _body(response: httpx.Response) -> AsyncIterator[bytes]:
    return response.aiter_bytes() if _is_encoded(response) else response.aiter_raw()


def _megabytes(count: int) -> str:
    return f"{count / 2**20:.3g} MB"


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ANY = "application/octet-stream"
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/x-pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    _WORD: ".docx",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "text/plain": ".md",
    _ANY: "",
}
_NAMES = {".pdf": "a PDF", ".html": "a web page", ".docx": "a Word file", ".md": "Markdown", "": "a file"}
_NOT_TEXT = (b"%pdf-", b"pk\x03\x04", b"<!doctype", b"<html", b"<?xml")
# pdfium is not safe in threads, and a large PDF takes seconds: PDFs are read at build only.
_READERS: dict[str, tuple[Callable[[Path], tuple[Section, ...]], str]] = {
    ".html": (html.read, "no article was found in the page"),
    ".docx": (docx.read, "no text was found in the Word file"),
    ".md": (markdown.read, "no readable UTF-8 text was found in the file"),
}


def _declared_suffix(response: httpx.Response) -> str:
    """The suffix for the content type; empty when the type says nothing."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in _SUFFIXES:
        sent = kind or "a file without a type"
        raise FetchError(f"the server sends {sent}, not a PDF, a web page, a Word or a text file")
    return _SUFFIXES[kind]


def _checked_suffix(path: Path, declared: str) -> str:
    """The suffix of a finished download, whose content is what the server declared."""
    size = path.stat().st_size
    if not size:
        raise FetchError("the file is empty")
    with path.open("rb") as file:
        head = file.read(1024)
        file.seek(max(0, size - 4096))
        tail = file.read()
    # A type that says nothing is believed for the two formats whose content cannot be mistaken.
    suffix = declared or next((it for it in (".pdf", ".docx") if _looks_like(it, head)), "")
    if not suffix or not _looks_like(suffix, head):
        raise FetchError(f"the server announces {_NAMES[declared]}, but the content is something else")
    if suffix == ".pdf" and b"%%EOF" not in tail:
        raise FetchError("the PDF ends before its end mark; a part is missing")
    if suffix in _READERS:
        _check_readable(path, suffix)
    return suffix


def _looks_like(suffix: str, head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if suffix == ".pdf":
        return start.startswith(b"%pdf-")
    if suffix == ".docx":
        return head.startswith(b"PK\x03\x04")
    if suffix == ".html":
        return start.startswith(b"<") and b"\0" not in head
    return b"\0" not in head and not start.startswith(_NOT_TEXT)


def _check_readable(path: Path, suffix: str) -> None:
    reader, reason = _READERS[suffix]
    try:
        sections = reader(path)
    except IndexerError as error:
        raise FetchError(reason) from error
    except Exception as error:  # foreign parsers fail in many ways; one boundary, cause kept
        raise FetchError(f"{reason} ({type(error).__name__})") from error
    if not any(section.text.strip() for section in sections):
        raise FetchError(reason)
