"""The web chat on a real server: uvicorn on a free port of 127.0.0.1, in a thread of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from socket import socket
from threading import Thread

import uvicorn

from bot.channels.web import create_app
from bot.channels.web.serve import bind
from bot.cli import assistant_for
from bot.config import Config


class _Server(uvicorn.Server):
    """Says when it listens; leaves signals to the main thread."""

    def __init__(self, config: uvicorn.Config, started: "Queue[_Server | BaseException]") -> None:
        super().__init__(config)
        self._started = started

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self._started.put(self)


@contextmanager
def serving(config: Config) -> Iterator[str]:
    """The address of a running chat, such as `http://127.0.0.1:41234`."""
    started: Queue[_Server | BaseException] = Queue()
    with bind("127.0.0.1", 0) as listener:

        async def serve() -> None:
            async with assistant_for(config) as assistant:
                settings = uvicorn.Config(create_app(assistant), log_config=None, access_log=False)
                await _Server(settings, started).serve(sockets=[listener])

        def work() -> None:
            try:
                asyncio.run(serve())
            except BaseException as error:
                started.put(error)

        thread = Thread(target=work)
        thread.start()
        server = started.get(timeout=60)
        if isinstance(server, BaseException):
            raise RuntimeError("the chat did not start") from server  # noqa: TRY004
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
