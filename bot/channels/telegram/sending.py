"""Sends replies and changes messages; whatever Telegram says, the text arrives if it can."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import telegram
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut

from ...reply import Reply
from . import rendering

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# Seconds before each further attempt when the network or Telegram's server fails.
_WAITS = (0.5, 2.0, 5.0)
# Most answers come before anyone would see that the assistant types; Telegram shows the sign for 5 seconds.
_TYPING_AFTER, _TYPING_AGAIN = 0.4, 4.5


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer goes."""

    chat: int
    thread: int | None = None
    """The topic in a group with topics."""
    answers: int | None = None
    """The message that it answers, shown above it where several people talk."""


async def send(bot: Bot, place: Place, reply: Reply) -> telegram.Message:
    """Send a reply, in several messages if it is long, with its buttons below the last; gives that one."""
    pieces = rendering.messages(reply)
    for piece in pieces[:-1]:
        await _send_one(bot, place, piece, None)
    return await _send_one(bot, place, pieces[-1], rendering.keyboard(reply))


async def edit(bot: Bot, chat: int, message: int, reply: Reply) -> bool:
    """Put a reply in the place of a message; False where that cannot be done."""
    pieces = rendering.messages(reply)
    if len(pieces) > 1:
        return False

    def change(text: str, mode: str | None) -> Awaitable[telegram.Message | bool]:
        return bot.edit_message_text(
            text,
            chat_id=chat,
            message_id=message,
            parse_mode=mode,
            link_preview_options=_NO_PREVIEW,
            reply_markup=rendering.keyboard(reply),
        )

    try:
        await _formatted_or_plain(change, pieces[0])
    except BadRequest as error:
        # Pressed twice: the message is already as it should be.
        return "not modified" in error.message.lower()
    return True


@asynccontextmanager
async def typing(bot: Bot, place: Place) -> AsyncIterator[None]:
    """Show that an answer is being written, while the block takes longer than a moment."""
    shown = asyncio.create_task(_show_typing(bot, place))
    try:
        yield
    finally:
        shown.cancel()
        with suppress(asyncio.CancelledError):
            await shown


async def _show_typing(bot: Bot, place: Place) -> None:
    await asyncio.sleep(_TYPING_AFTER)
    while True:
        with suppress(TelegramError):
            await bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.thread)
        await asyncio.sleep(_TYPING_AGAIN)


async def _send_one(
    bot: Bot, place: Place, piece: rendering.Message, keyboard: InlineKeyboardMarkup | None
) -> telegram.Message:
    # The question may have been deleted meanwhile; the answer goes out all the same.
    answers = ReplyParameters(place.answers, allow_sending_without_reply=True) if place.answers else None

    def post(text: str, mode: str | None) -> Awaitable[telegram.Message]:
        return bot.send_message(
            place.chat,
            text,
            parse_mode=mode,
            link_preview_options=_NO_PREVIEW,
            message_thread_id=place.thread,
            reply_parameters=answers,
            reply_markup=keyboard,
        )

    return await _formatted_or_plain(post, piece)


async def _formatted_or_plain(request: Callable[[str, str | None], Awaitable[_T]], piece: rendering.Message) -> _T:
    try:
        return await _persistently(lambda: request(piece.html, ParseMode.HTML))
    except BadRequest as error:
        if "can't parse entities" not in error.message.lower():
            raise
        log.warning("Telegram did not accept the formatting of a message; it is sent plain")
        return await _persistently(lambda: request(piece.text, None))


async def _persistently(request: Callable[[], Awaitable[_T]]) -> _T:
    """The request's result, repeated while the network or the server fails in passing."""
    for wait in _WAITS:
        try:
            return await request()
        except NetworkError as error:
            if not _may_repeat(error):
                raise
            log.warning("a request to Telegram failed (%s); it is repeated", type(error).__name__)
        await asyncio.sleep(wait)
    return await request()


def _may_repeat(error: NetworkError) -> bool:
    """Whether the request may be sent again: not if it is wrong itself, or most likely arrived."""
    if isinstance(error, BadRequest):
        return False
    cause: Any = error.__cause__
    return not isinstance(error, TimedOut) or isinstance(cause, (httpx.ConnectTimeout, httpx.PoolTimeout))
