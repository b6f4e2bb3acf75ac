"""Who speaks to the bot, where, and with which words."""

import re
from dataclasses import dataclass

from telegram import Chat, Message, MessageEntity, User
from telegram.constants import ChatType

from ...reply import Turn
from .sending import Place

_COMMAND = re.compile(r"^/(\w+)(?:@(\w+))?")


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself."""

    id: int
    username: str
    commands: frozenset[str]


def addressed_text(message: Message, me: Me) -> str | None:
    """The words that are meant for the bot, without its name; None when none are.

    In a group that is a command, a mention of the bot, or a reply to it. A message without words, such as
    a picture, gives an empty text.
    """
    text = message.text or message.caption or ""
    sender = message.from_user
    if message.via_bot or sender is None or (sender.is_bot and message.sender_chat is None):
        return None
    if message.chat.type == ChatType.PRIVATE:
        return text
    command = _COMMAND.match(text)
    if command:
        name, target = command.groups()
        is_mine = target.lower() == me.username.lower() if target else name in me.commands
        return text if is_mine else None
    if (without := _without_mention(message, text, me)) is not None:
        return without
    replied = message.reply_to_message
    is_reply = replied is not None and replied.from_user is not None and replied.from_user.id == me.id
    return text if is_reply else None


def turn_of(user: User, chat: Chat, admins: tuple[int, ...], *, text: str = "", action: str = "") -> Turn:
    """The turn of a person in a chat."""
    person = f"tg:{user.id}"
    is_private = chat.type == ChatType.PRIVATE
    return Turn(
        person=person,
        text=text,
        action=action,
        is_private=is_private,
        # What somebody asked in private must not come up in a group.
        chat="" if is_private else f"tg:{chat.id}:{user.id}",
        hint=user.language_code or "",
        admin=user.id if user.id in admins else None,
    )


def place_of(message: Message) -> Place:
    """Where the answer to a message goes."""
    return Place(
        message.chat.id,
        message.message_thread_id if message.is_topic_message else None,
        None if message.chat.type == ChatType.PRIVATE else message.message_id,
    )


def _without_mention(message: Message, text: str, me: Me) -> str | None:
    """The text without the bot's name; None when it does not name the bot."""
    parse = message.parse_entities if message.text else message.parse_caption_entities
    for entity, words in parse([MessageEntity.MENTION, MessageEntity.TEXT_MENTION]).items():
        is_mine = entity.user.id == me.id if entity.user else words.lower() == f"@{me.username.lower()}"
        if is_mine:
            before, _, after = text.partition(words)
            return f"{before.rstrip()} {after.lstrip()}".strip()
    return None
