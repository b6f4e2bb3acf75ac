"""From updates to answers: each message, button and inline query is answered once."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import telegram
from telegram import Bot, CallbackQuery, Update
from telegram.error import Forbidden, TelegramError

from ...assistant import Assistant
from ...config import Config
from ...i18n import phrases
from ...replies import guidance
from ...reply import Reply, Turn, plain
from . import inline
from .addressing import Me, addressed_text, place_of, turn_of
from .desk import Desk
from .sending import Place, edit, send, typing

log = logging.getLogger(__name__)

# Actions that lead on from what is shown; pressed in a view, they change it in place.
_PAGING = frozenset({"ctx", "more", "ed", "top", "doc", "pub", "sec"})
# A message whose buttons are all of these is a view. Nothing is remembered, so it holds after a restart too.
_VIEW = frozenset({"ctx", "ref", "ed", "top", "doc", "pub", "sec"})
#: Characters of the text that pops up where a button was pressed.
_TOAST = 200
_COMMANDS = frozenset(guidance.commands(phrases("en")))
# Seconds for which Telegram may repeat the answer to an inline query.
_INLINE_CACHE = 10


class Talk:
    """Handles updates."""

    def __init__(self, config: Config, assistant: Assistant, desk: Desk, bot: Bot) -> None:
        self._config = config
        self._assistant = assistant
        self._desk = desk
        self._bot = bot

    async def on_message(self, update: Update, _context: object) -> None:
        """Answer a message that is meant for the bot."""
        message = update.message
        if message is None or message.from_user is None:
            return
        text = addressed_text(message, self._me())
        if text is None:
            return
        turn = turn_of(message.from_user, message.chat, self._config.admins, text=text)
        place = place_of(message)
        async with self._mishaps_told(turn, place), typing(self._bot, place):
            if not await self._desk.command(turn, place):
                await send(self._bot, place, await self._assistant.handle(turn))

    async def on_button(self, update: Update, _context: object) -> None:
        """Answer a pressed button: in place, below, or with a text that pops up."""
        query = update.callback_query
        if query is None:
            return
        pressed = query.message
        if pressed is None or not query.data:
            await _acknowledge(query)
            return
        turn = turn_of(query.from_user, pressed.chat, self._config.admins, action=query.data)
        place = place_of(pressed) if isinstance(pressed, telegram.Message) else Place(pressed.chat.id)
        toast = ""
        async with self._mishaps_told(turn, place):
            try:
                reply, in_place = await self._pressed(turn, pressed)
                if turn.action.startswith("use:") and len(reply.text) <= _TOAST:
                    toast = reply.text
            finally:
                await _acknowledge(query, toast)
            if toast:
                return
            if not (in_place and await edit(self._bot, place.chat, pressed.message_id, reply)):
                await send(self._bot, place, reply)

    async def on_inline(self, update: Update, _context: object) -> None:
        """Offer passages for what is typed after the bot's name."""
        query = update.inline_query
        if query is None:
            return
        say = await self._assistant.phrases_for(
            Turn(f"tg:{query.from_user.id}", hint=query.from_user.language_code or "")
        )
        results = []
        try:
            results = await inline.passages(self._assistant, query.query, say)
        except Exception as error:
            _log_mishap(error)
        with suppress(TelegramError):  # too late: the person typed on
            await query.answer(results, cache_time=_INLINE_CACHE, is_personal=True)

    async def _pressed(self, turn: Turn, pressed: telegram.MaybeInaccessibleMessage) -> tuple[Reply, bool]:
        """The reply to a button, and whether it takes the place of the message pressed."""
        decided = await self._desk.decide(turn)
        if decided is not None:
            return decided, True
        if turn.action == "join":
            return await self._join(turn), False
        reply = await self._assistant.handle(turn)
        is_paging = turn.action.partition(":")[0] in _PAGING
        return reply, is_paging and is_view(pressed)

    async def _join(self, turn: Turn) -> Reply:
        store = self._assistant.store
        before = await store.membership(turn.person)
        reply = await self._assistant.handle(turn)
        if before is None and await store.membership(turn.person) == "asked":
            self._desk.in_background(self._desk.tell_admins(turn.person))
        return reply

    def _me(self) -> Me:
        me = self._bot.bot
        return Me(me.id, me.username or "", _COMMANDS)

    @asynccontextmanager
    async def _mishaps_told(self, turn: Turn, place: Place) -> AsyncIterator[None]:
        """Turn an exception into a number that the person can pass on; the log has the same number."""
        try:
            yield
        except Forbidden:
            log.info("an answer could not be sent: the person blocked the bot")
        except Exception as error:
            number = _log_mishap(error)
            with suppress(Exception):
                say = await self._assistant.phrases_for(turn)
                text = say("Something went wrong here. Please ask again. Error number: {number}", number=number)
                await send(self._bot, place, Reply((plain("warning", text),)))


def is_view(message: telegram.MaybeInaccessibleMessage) -> bool:
    """Whether a message shows a place in the texts, rather than an answer that should stay to be read."""
    if not isinstance(message, telegram.Message) or message.reply_markup is None:
        return False
    names = {
        str(button.callback_data).partition(":")[0] for row in message.reply_markup.inline_keyboard for button in row
    }
    # Publications alone: below the list of sources, which is a text of its own.
    return bool(names) and names <= _VIEW and names != {"pub"}


def _log_mishap(error: Exception) -> str:
    """Log an exception by a number and its type; its text may hold a person's words."""
    number = secrets.token_hex(4)
    log.error("error %s: %s", number, type(error).__name__)
    return number


async def _acknowledge(query: CallbackQuery, text: str = "") -> None:
    with suppress(TelegramError):  # pressed so long ago that nobody waits any more
        await query.answer(text or None)
