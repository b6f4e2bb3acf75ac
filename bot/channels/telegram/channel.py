"""Starts the bot, and ends it without losing an update."""

import asyncio
import logging
import signal
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from telegram.error import InvalidToken, TelegramError
from telegram.ext import CallbackQueryHandler, InlineQueryHandler, MessageHandler, filters

from ...assistant import Assistant, warm_up
from ...config import Config
from ...errors import BotError
from . import profile
from .application import UPDATES, AnyApplication, build_application
from .desk import Desk
from .talk import Talk

log = logging.getLogger(__name__)

# Seconds between attempts to reach Telegram at the start, doubled up to a minute.
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0


def run(config: Config) -> None:
    """Answer in Telegram until the program is told to end. Raises BotError when the token is wrong."""
    asyncio.run(_serve(config))


class Channel:
    """The bot in Telegram, from `start` to `stop`."""

    def __init__(
        self, config: Config, assistant: Assistant, build_command: Sequence[str] | None = None, pause: float = 2.0
    ) -> None:
        """`build_command` and `pause`, the seconds between changes of a progress message, are for tests."""
        self._config = config
        self._assistant = assistant
        self.application: AnyApplication = build_application(config)
        self.desk = Desk(config, assistant, self.application.bot, build_command, pause)
        self.talk = Talk(config, assistant, self.desk, self.application.bot)
        self.application.add_handler(
            MessageHandler(filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL, self.talk.on_message)
        )
        self.application.add_handler(CallbackQueryHandler(self.talk.on_button))
        self.application.add_handler(InlineQueryHandler(self.talk.on_inline))
        self.application.add_error_handler(_on_error)

    async def start(self) -> None:
        """Connect and begin to answer; keeps trying while Telegram cannot be reached. Raises BotError."""
        await self._connect()
        await self.application.start()
        await self._listen()
        self.desk.in_background(warm_up(self._assistant))
        self.desk.in_background(profile.publish(self._config))
        self.desk.in_background(self.desk.add_embeddings())

    async def stop(self) -> None:
        """Take no more updates, answer those that came, and close; also after a start that was cut off."""
        updater = self.application.updater
        if updater is not None and updater.running:
            await updater.stop()
        if self.application.running:
            await self.application.stop()
        await self.desk.stop()
        await self.application.shutdown()

    async def _connect(self) -> None:
        wait = _FIRST_WAIT
        while True:
            try:
                await self.application.initialize()
                return
            except InvalidToken:
                # Without its cause: that text holds the token.
                raise BotError(
                    "telegram.token: Telegram does not know this token; @BotFather shows the token of your bot."
                ) from None
            except TelegramError as error:
                log.warning("Telegram cannot be reached (%s); next try in %.0f s", type(error).__name__, wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)

    async def _listen(self) -> None:
        updater = self.application.updater
        assert updater is not None  # noqa: S101  the builder makes one unless told not to
        webhook = self._config.telegram.webhook
        if webhook is None:
            await updater.start_polling(
                allowed_updates=list(UPDATES), bootstrap_retries=-1, error_callback=_on_polling_error
            )
            return
        await updater.start_webhook(
            listen=webhook.listen,
            port=webhook.port,
            url_path=urlsplit(webhook.url).path,
            webhook_url=webhook.url,
            secret_token=webhook.secret.get_secret_value(),
            allowed_updates=list(UPDATES),
            bootstrap_retries=-1,
        )


async def _serve(config: Config) -> None:
    from ...cli import assistant_for  # the command line starts the channels, so it is imported late

    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl+C raises KeyboardInterrupt there
            loop.add_signal_handler(each, end.set)
    async with assistant_for(config) as assistant:
        channel = Channel(config, assistant)
        starting = asyncio.create_task(channel.start())
        ending = asyncio.create_task(end.wait())
        try:
            await asyncio.wait({starting, ending}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                log.info("answering in Telegram as @%s", channel.application.bot.username)
                await ending
        finally:
            starting.cancel()
            ending.cancel()
            await asyncio.gather(starting, ending, return_exceptions=True)
            await channel.stop()


def _on_polling_error(error: TelegramError) -> None:
    log.warning("updates could not be fetched (%s); trying on", type(error).__name__)


async def _on_error(_update: object, context: object) -> None:
    """The last net: everything that can go wrong with an answer is told in `Talk` already."""
    log.error("an update was not handled: %s", type(getattr(context, "error", None)).__name__)
