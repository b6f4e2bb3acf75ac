"""python-telegram-bot's application, set up from the configuration."""

import logging
from typing import Any

from telegram.ext import AIORateLimiter, Application

from ...config import Config
from .processing import InOrder

#: The kinds of update that are used; Telegram keeps the others to itself.
UPDATES = ("message", "callback_query", "inline_query")
# Times that a request is repeated when Telegram asks to wait.
_RETRIES = 5

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


def build_application(config: Config) -> AnyApplication:
    """An application without handlers; it polls or is called as the channel decides."""
    quiet_libraries()
    settings = config.telegram
    return (
        Application.builder()
        .token(settings.token.get_secret_value())
        .base_url(settings.base_url)
        .base_file_url(file_url(settings.base_url))
        .rate_limiter(AIORateLimiter(max_retries=_RETRIES))
        .concurrent_updates(InOrder(settings.workers))
        .job_queue(None)
        .build()
    )


def file_url(base_url: str) -> str:
    """Where files are downloaded: `…/file/bot` beside `…/bot`."""
    head, slash, tail = base_url.rpartition("/")
    return f"{head}/file{slash}{tail}"


def quiet_libraries() -> None:
    """Silence what would log addresses, which hold the token, or updates, which hold people's words."""
    for name, level in (
        ("telegram", logging.CRITICAL),  # logs updates and Telegram's answers
        ("httpx", logging.WARNING),  # logs addresses
        ("httpcore", logging.WARNING),
        ("tornado", logging.ERROR),
    ):
        logging.getLogger(name).setLevel(level)
