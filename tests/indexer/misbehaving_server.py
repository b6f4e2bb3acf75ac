"""A real HTTP server on 127.0.0.1 whose every answer is written byte by byte, so that it can be wrong."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seen:
    """A request that reached the server."""

    path: str
    headers: dict[str, str]


Behaviour = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """Answers each path with its behaviours in turn; the last one repeats."""

    url: str
    seen: list[Seen] = field(default_factory=list)
    _routes: dict[str, list[Behaviour]] = field(default_factory=dict)

    def on(self, path: str, *behaviours: Behaviour) -> str:
        """Set what a path does from now on; gives its URL."""
        self._routes[path] = list(behaviours)
        return self.url + path

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request, misbehave once, hang up."""
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines[1:] if line)
            request = Seen(lines[0].split(" ")[1], {key.lower(): value for key, value in headers.items()})
            self.seen.append(request)
            behaviours = self._routes[request.path]
            await (behaviours.pop(0) if len(behaviours) > 1 else behaviours[0])(request, writer)
            await writer.drain()
        except ConnectionError:
            pass  # the client has had enough
        finally:
            writer.close()


@asynccontextmanager
async def running_server() -> AsyncIterator[Server]:
    """The server, for as long as the block runs."""
    server = Server("")
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()


def head(status: str, **headers: str | int) -> bytes:
    """The start of an answer; `content_type` becomes `content-type`."""
    lines = [f"HTTP/1.1 {status}", *(f"{key.replace('_', '-')}: {value}" for key, value in headers.items())]
    return ("\r\n".join([*lines, "connection: close"]) + "\r\n\r\n").encode()


def answer(status: str, body: bytes = b"", **headers: str | int) -> Behaviour:
    """Well-behaved, whatever the status; a `content_length` given may lie."""

    async def behave(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, **{"content_length": len(body), **headers}) + body)

    return behave


def redirect(location: str) -> Behaviour:
    """Sends the client elsewhere."""
    return answer("302 Found", location=location)


def cut(body: bytes, at: int, **headers: str | int) -> Behaviour:
    """Announces the whole body, hangs up in its middle."""

    async def behave(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head("200 OK", content_length=len(body), **headers) + body[:at])

    return behave


def ranged(body: bytes, etag: str, **headers: str | int) -> Behaviour:
    """Understands Range, If-Range and If-None-Match, as a good server does."""

    async def behave(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.headers.get("if-none-match") == etag:
            writer.write(head("304 Not Modified", etag=etag))
        elif "range" in request.headers and request.headers.get("if-range") == etag:
            start = int(request.headers["range"].removeprefix("bytes=").rstrip("-"))
            where = f"bytes {start}-{len(body) - 1}/{len(body)}"
            rest = body[start:]
            writer.write(
                head("206 Partial Content", etag=etag, content_length=len(rest), content_range=where, **headers) + rest
            )
        else:
            writer.write(head("200 OK", etag=etag, content_length=len(body), **headers) + body)

    return behave


def endless(start: bytes, pause: float = 0.0, **headers: str | int) -> Behaviour:
    """A body without a length that never ends; slow with a pause between its pieces."""

    async def behave(request: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head("200 OK", **headers) + start)
        while True:
            writer.write(b"x" * (16 if pause else 65536))
            await writer.drain()
            await asyncio.sleep(pause)

    return behave
