"""What Telegram shows of the bot before anyone writes to it: commands and descriptions in each language."""

import logging

from telegram import Bot, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden, TelegramError

from indexer import LANGUAGES

from ...config import Config
from ...i18n import Phrases, phrases
from ...replies import guidance
from .application import file_url

log = logging.getLogger(__name__)

#: Characters that Telegram allows.
DESCRIPTION, SHORT = 512, 120


async def publish(config: Config) -> None:
    """Tell Telegram the commands and descriptions. What fails is logged and left as it was.

    A bot of its own does it, without the rate limiter: these requests have long limits of their own, and
    the limiter would hold up all answers until they are over.
    """
    settings = config.telegram
    try:
        async with Bot(
            settings.token.get_secret_value(), base_url=settings.base_url, base_file_url=file_url(settings.base_url)
        ) as bot:
            # No code: for all languages that have none of their own.
            await _publish_language(bot, phrases(config.language), None)
            for lang in LANGUAGES:
                await _publish_language(bot, phrases(lang), lang)
            await _publish_admins(bot, config.admins, phrases(config.language))
    except TelegramError as error:
        log.warning("commands and descriptions were not updated: %s", type(error).__name__)


def description(say: Phrases) -> str:
    """What stands in an empty chat: as many of the sentences as fit."""
    text = ""
    for sentence in (
        say("A child is in danger now? Call 112. I am not an emergency service."),
        say(
            "Ask me about protecting children across borders, in your own words and language. I answer with sentences quoted word for word, each with its source, and I point you to colleagues in the country concerned."
        ),
        say("I keep nothing that you write. Please leave out names, dates of birth and other data about a child."),
    ):
        if len(text) + len(sentence) + 2 <= DESCRIPTION:
            text += ("\n\n" if text else "") + sentence
    return text


def short_description(say: Phrases) -> str:
    """What stands on the bot's page."""
    text = say("Protecting children across borders: answers quoted word for word, with sources.")
    return text if len(text) <= SHORT else text[: SHORT - 1].rstrip() + "…"


async def _publish_language(bot: Bot, say: Phrases, code: str | None) -> None:
    await bot.set_my_commands(list(guidance.commands(say).items()), language_code=code)
    await bot.set_my_description(description(say), language_code=code)
    await bot.set_my_short_description(short_description(say), language_code=code)


async def _publish_admins(bot: Bot, admins: tuple[int, ...], say: Phrases) -> None:
    commands = list({**guidance.commands(say), **guidance.admin_commands(say)}.items())
    for admin in admins:
        try:
            await bot.set_my_commands(commands, scope=BotCommandScopeChat(admin))
        except (BadRequest, Forbidden):  # who never wrote to the bot has no chat with it yet
            log.info("an admin has not started the bot yet")
