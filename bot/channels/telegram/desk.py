"""The admins' side in Telegram: rebuilds with their progress, requests to join, notices to subscribers."""

import asyncio
import logging
import re
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from ... import admin
from ...assistant import Assistant
from ...config import Config
from ...i18n import Phrases
from ...rebuild import Progress
from ...replies import guidance
from ...reply import Block, Button, Reply, Span, Turn, plain
from ...setup import wants_embeddings
from .sending import Place, edit, send

log = logging.getLogger(__name__)

_COMMAND = re.compile(r"^/(status|members|reindex)(?:@\w+)?(?:\s|$)")
# Requests shown at once.
_REQUESTS = 10


class Desk:
    """Carries out what admins ask for."""

    def __init__(
        self, config: Config, assistant: Assistant, bot: Bot, command: Sequence[str] | None, pause: float
    ) -> None:
        """`pause` is the least number of seconds between two changes of a progress message."""
        self._config = config
        self._assistant = assistant
        self._bot = bot
        self._pause = pause
        self._requests = admin.Requests(assistant.store)
        self._tasks: set[asyncio.Task[None]] = set()
        self.reindexer = admin.Reindexer(config, assistant, command)

    async def stop(self) -> None:
        """End a running build and what waits for it."""
        await self.reindexer.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that takes long beside everything else; a mishap in it is logged by its type."""
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def command(self, turn: Turn, place: Place) -> bool:
        """Carry out an admin's command; False when the turn is none."""
        match = _COMMAND.match(turn.text)
        if turn.admin is None or match is None:
            return False
        say = await self._assistant.phrases_for(turn)
        if not turn.is_private:
            text = say("Admins' commands work in a private chat with me only.")
            await send(self._bot, place, Reply((plain("text", text),)))
        elif match.group(1) == "status":
            await send(self._bot, place, await admin.status_reply(self._assistant, say))
        elif match.group(1) == "members":
            await self._show_requests(place, say)
        else:
            await self._reindex(place, say)
        return True

    # ---- rebuilding ---------------------------------------------------------------------------------

    async def _reindex(self, place: Place, say: Phrases) -> None:
        progress = _Latest(admin.progress_text(Progress("read", 0, 0), say))
        try:
            build = self.reindexer.start(lambda p: progress.set(admin.progress_text(p, say)))
        except admin.BuildRunning:
            await send(self._bot, place, Reply((plain("text", say("A rebuild is running already.")),)))
            return
        self.in_background(self._watch(build, progress, place, say))

    async def _watch(
        self, build: "asyncio.Task[admin.Outcome]", progress: "_Latest", place: Place, say: Phrases
    ) -> None:
        """Keep one message up to date while the build runs, and say in it how the build ended."""
        message: int | None = None
        shown = ""
        try:
            while not build.done():
                if progress.text != shown:
                    shown = progress.text
                    message = await self._show(message, place, Reply((plain("text", shown),)))
                await asyncio.wait({build}, timeout=self._pause)
            outcome = await build
        finally:
            build.cancel()
        await self._show(message, place, admin.outcome_reply(outcome, say))
        if outcome.is_published and outcome.has_changed:
            await self._tell_subscribers()

    async def _show(self, message: int | None, place: Place, reply: Reply) -> int | None:
        """Change the message, or send it; a mishap costs this state of it only."""
        try:
            if message is not None and await edit(self._bot, place.chat, message, reply):
                return message
            return (await send(self._bot, place, reply)).message_id
        except TelegramError as error:
            log.warning("progress could not be shown: %s", type(error).__name__)
            return message

    async def add_embeddings(self) -> None:
        """After a first start on BM25 alone: build the same index with embeddings."""
        if not await asyncio.to_thread(wants_embeddings, self._config):
            return
        with suppress(admin.BuildRunning):
            outcome = await self.reindexer.start()
            if not outcome.is_published:
                log.warning("the embeddings could not be added: %s", outcome.notes)

    async def _tell_subscribers(self) -> None:
        for person in await self._assistant.store.subscribers():
            chat = _chat(person)
            if chat is None:
                continue
            say = await self._assistant.phrases_for(Turn(person))
            news = tuple(guidance.news_blocks(self._assistant.serving.index, say))
            buttons = ((Button(say("Stop telling me"), "sub:0"),),)
            with suppress(TelegramError):  # who blocked the bot wants no news either
                await send(self._bot, Place(chat), Reply(news, buttons))

    # ---- members ------------------------------------------------------------------------------------

    async def tell_admins(self, person: str) -> None:
        """Show every admin a request to join."""
        shown = await self._who(person)
        for number in self._config.admins:
            say = await self._assistant.phrases_for(Turn(f"tg:{number}"))
            try:
                await send(self._bot, Place(number), admin.request_reply(person, shown, say))
            except TelegramError as error:  # an admin who never wrote to the bot cannot be written to
                log.warning("an admin could not be told of a request to join: %s", type(error).__name__)

    async def _show_requests(self, place: Place, say: Phrases) -> None:
        waiting = await self._assistant.store.waiting()
        if not waiting:
            await send(self._bot, place, Reply((plain("text", say("Nobody waits for an answer.")),)))
        for person in waiting[:_REQUESTS]:
            await send(self._bot, place, admin.request_reply(person, await self._who(person), say))
        left = len(waiting) - _REQUESTS
        if left > 0:
            text = say.plural("and {number} more", "and {number} more", left)
            await send(self._bot, place, Reply((plain("text", text),)))

    async def decide(self, turn: Turn) -> Reply | None:
        """Carry out an admin's answer to a request; None when the turn is none."""
        name, _, person = turn.action.partition(":")
        if turn.admin is None or name not in {"ok", "no"}:
            return None
        is_approved = name == "ok"
        counts = await self._requests.decide(person, turn.admin, approved=is_approved)
        if counts:
            await self._tell_decision(person, approved=is_approved)
        say = await self._assistant.phrases_for(turn)
        return admin.decided_reply(await self._who(person), say, counts=counts, approved=is_approved)

    async def _tell_decision(self, person: str, *, approved: bool) -> None:
        chat = _chat(person)
        if chat is not None:
            say = await self._assistant.phrases_for(Turn(person))
            with suppress(TelegramError):
                await send(self._bot, Place(chat), admin.told_reply(say, approved=approved))

    async def _who(self, person: str) -> Block:
        """The person as Telegram knows them now; nothing of it is kept."""
        number = _chat(person)
        if number is None:
            return plain("text", person)
        name = ""
        with suppress(TelegramError):
            chat = await self._bot.get_chat(number)
            name = " ".join(filter(None, [chat.full_name, f"@{chat.username}" if chat.username else ""]))
        return Block("text", (Span(name or person, "bold", f"tg://user?id={number}"), Span(f" · {number}")))


class _Latest:
    """The latest state of something that changes faster than it is shown."""

    def __init__(self, text: str) -> None:
        self.text = text

    def set(self, text: str) -> None:
        self.text = text


def _chat(person: str) -> int | None:
    """The Telegram number in `tg:123`; None for people of other channels."""
    channel, _, number = person.partition(":")
    return int(number) if channel == "tg" and number.isdigit() else None


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as error:
        log.error("work in the background failed: %s", type(error).__name__)  # noqa: TRY400  the trace may hold text
