"""Starts the web chat on this machine and ends it cleanly."""

import asyncio
import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import uvicorn
from rich.console import Console

from ...config import Config
from ...errors import BotError
from ...setup import build_command, wants_embeddings
from .app import create_app

#: Connections that wait while the server is busy.
_BACKLOG = 128


def run(config: Config) -> None:
    """Serve the chat until the program is told to end. Raises BotError when the address cannot be had."""
    with bind(config.web.host, config.web.port) as listener:
        asyncio.run(_serve(config, listener))


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens on the address of the configuration. Raises BotError naming the key."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except socket.gaierror as error:
        raise BotError(f"web.host: {host!r} is not an address of this machine ({error.strerror}).") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BotError(
                f"web.port: {port} is in use on {host}; end the program that uses it, or set another `web.port` "
                "in the configuration."
            ) from error
        raise BotError(f"web.host, web.port: cannot listen on {host}:{port} ({error.strerror}).") from error
    return listener


class _Server(uvicorn.Server):
    """A server that is ended by setting `should_exit`.

    uvicorn's own handlers send the signal on to the process when they are done, which would cut off the
    closing of the database.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(config: Config, listener: socket.socket) -> None:
    from ...cli import assistant_for  # the command line starts the channels, so it is imported late

    async with assistant_for(config) as assistant:
        app = create_app(assistant, host=config.web.host, rebuild=lambda: _rebuild(config))
        # Addresses are not logged: they say which passages somebody read.
        settings = uvicorn.Config(app, log_config=None, log_level="warning", access_log=False, server_header=False)
        settings.timeout_graceful_shutdown = 3
        server = _Server(settings)

        def end() -> None:
            server.should_exit = True

        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, end)
        _announce(config.web.host, listener.getsockname()[1])
        await server.serve(sockets=[listener])


def _announce(host: str, port: int) -> None:
    console = Console(soft_wrap=True)
    shown = f"[{host}]" if ":" in host else host
    console.print(f"Open http://{shown}:{port} in a browser. Ctrl+C ends the assistant.", highlight=False, markup=False)
    if not _is_local(host):
        console.print(
            f"web.host is {host}: everyone who can reach this machine can use the chat, since it has no sign-in.",
            style="yellow",
            highlight=False,
            markup=False,
        )


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _rebuild(config: Config) -> list[str] | None:
    """The command that adds embeddings to the index, if they are missing and can be had."""
    return build_command(config.path) if wants_embeddings(config) else None
