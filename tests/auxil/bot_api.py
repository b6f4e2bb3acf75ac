"""A Bot API server on 127.0.0.1 that checks what it is sent as Telegram does, and people who use it.

async with BotApi() as api:
    anna = api.person(101, "Anna", lang="lv")
    anna.types("/start")
    (message,) = await anna.reads()
    anna.presses("Tēmas")
"""

import asyncio
import json
import re
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from .telegram_html import CannotParse, Entity, covered, parse, units

TOKEN = "123456:test-token-of-no-bot"
BOT = {"id": 123456, "is_bot": True, "first_name": "PROTECT", "username": "protect_test_bot"}
LIMIT = 4096
#: Seconds that anything may take before a test gives up on it.
PATIENCE = 20.0
_ADDRESSED = re.compile(r"@\w+")

Json = dict[str, Any]


class Refused(Exception):
    """An answer of the server that is not `ok`."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


@dataclass(frozen=True)
class Shown:
    """A message as it stands in a chat."""

    id: int
    chat: int
    text: str
    entities: tuple[Entity, ...] = ()
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    """Rows of (label, data)."""
    is_edited: bool = False
    answers: int | None = None
    """The message that it answers."""
    thread: int | None = None
    has_preview: bool = True
    is_plain: bool = False

    @property
    def labels(self) -> list[str]:
        """The labels of all buttons."""
        return [label for row in self.buttons for label, _ in row]

    def formatted(self, kind: str) -> list[str]:
        """The words that are `bold`, `italic`, in a `blockquote`, a `text_link` ..."""
        return [covered(self.text, entity) for entity in self.entities if entity.type == kind]


@dataclass
class Fault:
    """What goes wrong with the next requests of a method."""

    times: int
    answer: Callable[[], Response] | None
    """Instead of the server's own answer."""
    happens: bool = False
    """Whether the request is carried out all the same."""


@dataclass
class Chat:
    """A private chat or a group, with what stands in it."""

    id: int
    kind: str = "private"
    title: str = ""
    messages: dict[int, Shown] = field(default_factory=dict)
    news: deque[Shown] = field(default_factory=deque)
    """What nobody has read yet."""
    actions: int = 0
    """How often the bot showed that it types."""

    def json(self) -> Json:
        """As the Bot API describes it."""
        names = {"first_name": self.title} if self.kind == "private" else {"title": self.title}
        return {"id": self.id, "type": self.kind, **names}


class BotApi:
    """The server. Everything happens in the event loop of the test."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.people: dict[int, Person] = {}
        self.calls: Counter[str] = Counter()
        self.parameters: defaultdict[str, list[Json]] = defaultdict(list)
        """What each method was called with."""
        self.callbacks: dict[str, str | None] = {}
        """For each pressed button: the text that popped up, None while unanswered."""
        self.inline_answers: dict[str, list[Json]] = {}
        self.problems: list[str] = []
        """Each request that was refused as wrong."""
        self.webhook: Json = {}
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._updates: deque[Json] = deque()
        self._next = Counter({"update": 1, "message": 1, "query": 1})
        self._changed = asyncio.Condition()
        self._is_ending = False
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.port = 0

    # ---- running ------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        app = Starlette(routes=[Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])])
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, log_level="critical", lifespan="off")
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve())
        await self.until(lambda: self._server is not None and self._server.started)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_ending = True
        await self._tell()
        assert self._server and self._task
        self._server.should_exit = True
        await self._task

    @property
    def base_url(self) -> str:
        """What goes into `telegram.base_url`."""
        return f"http://127.0.0.1:{self.port}/bot"

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for a condition; TimeoutError when it does not come."""
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                async with self._changed:
                    try:
                        # Conditions may hang on more than requests, so look again now and then.
                        await asyncio.wait_for(self._changed.wait(), 0.02)
                    except TimeoutError:
                        continue

    # ---- what tests arrange -------------------------------------------------------------------------

    def person(self, number: int, name: str = "Someone", lang: str = "en") -> "Person":
        """A person with a private chat."""
        self.people[number] = Person(self, number, name, lang)
        self._chat(number, "private", name)
        return self.people[number]

    def group(self, number: int, title: str = "Group", kind: str = "supergroup") -> Chat:
        """A group that the bot is in."""
        return self._chat(number, kind, title)

    def fails(
        self,
        method: str,
        status: int = 500,
        description: str = "Internal Server Error",
        retry_after: int | None = None,
        times: int = 1,
    ) -> None:
        """Answer the next requests of a method with an error."""

        def answer() -> Response:
            parameters = {} if retry_after is None else {"retry_after": retry_after}
            return _refusal(Refused(status, description, **parameters))

        self._faults[method].append(Fault(times, answer))

    def drops(self, method: str, *, happens: bool, times: int = 1) -> None:
        """Cut the connection on the next requests of a method, before or after they are carried out."""
        self._faults[method].append(Fault(times, None, happens))

    async def queue(self, **update: Any) -> int:
        """Hand an update to the bot; gives its number."""
        number = self._number("update")
        self._updates.append({"update_id": number, **update})
        await self._tell()
        return number

    # ---- the server ---------------------------------------------------------------------------------

    async def _serve(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != TOKEN:
            return _refusal(Refused(401, "Unauthorized"))
        parameters = {key: _decoded(value) for key, value in (await request.form()).items()}
        self.calls[method] += 1
        self.parameters[method].append(parameters)
        fault = self._fault(method)
        if fault and fault.answer:
            return fault.answer()
        if fault and not fault.happens:
            return _cut_off()
        try:
            response: Response = JSONResponse({"ok": True, "result": await self._result(method, parameters)})
        except Refused as refused:
            if refused.status == 400:
                self.problems.append(f"{method}: {refused.description}")
            response = _refusal(refused)
        await self._tell()
        return _cut_off() if fault else response

    async def _result(self, method: str, parameters: Json) -> Any:
        handler = getattr(self, f"_{method}", None)
        if handler is None:
            raise Refused(404, "Not Found: method not found")
        return await handler(**parameters)

    def _fault(self, method: str) -> Fault | None:
        faults = self._faults[method]
        if not faults:
            return None
        faults[0].times -= 1
        return faults[0] if faults[0].times else faults.popleft()

    async def _getMe(self, **_: Any) -> Json:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}

    async def _getUpdates(self, offset: int = 0, limit: int = 100, **more: Any) -> list[Json]:
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        with suppress(TimeoutError):
            async with asyncio.timeout(more.get("timeout", 0)), self._changed:
                await self._changed.wait_for(lambda: bool(self._updates) or self._is_ending)
        return list(self._updates)[:limit]

    async def _setWebhook(self, **parameters: Any) -> bool:
        self.webhook = parameters
        return True

    async def _deleteWebhook(self, **_: Any) -> bool:
        self.webhook = {}
        return True

    async def _getChat(self, chat_id: int) -> Json:
        chat = self._known_chat(chat_id)
        person = self.people.get(chat_id)
        names = {"username": person.username} if person else {}
        return {**chat.json(), **names, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}

    async def _sendMessage(
        self,
        chat_id: int,
        text: str = "",
        parse_mode: str = "",
        reply_markup: Json | None = None,
        reply_parameters: Json | None = None,
        message_thread_id: int | None = None,
        link_preview_options: Json | None = None,
        **_: Any,
    ) -> Json:
        chat = self._known_chat(chat_id)
        shown = self._checked(chat_id, text, parse_mode, reply_markup, link_preview_options)
        shown = replace(
            shown,
            id=self._number("message"),
            answers=(reply_parameters or {}).get("message_id"),
            thread=message_thread_id,
        )
        chat.messages[shown.id] = shown
        chat.news.append(shown)
        return self.json(shown)

    async def _editMessageText(
        self,
        chat_id: int,
        message_id: int,
        text: str = "",
        parse_mode: str = "",
        reply_markup: Json | None = None,
        link_preview_options: Json | None = None,
        **_: Any,
    ) -> Json:
        chat = self._known_chat(chat_id)
        before = chat.messages.get(message_id)
        if before is None:
            raise Refused(400, "Bad Request: message to edit not found")
        after = self._checked(chat_id, text, parse_mode, reply_markup, link_preview_options)
        return self._changed_message(
            chat, before, replace(before, text=after.text, entities=after.entities, buttons=after.buttons)
        )

    async def _editMessageReplyMarkup(
        self, chat_id: int, message_id: int, reply_markup: Json | None = None, **_: Any
    ) -> Json:
        chat = self._known_chat(chat_id)
        before = chat.messages.get(message_id)
        if before is None:
            raise Refused(400, "Bad Request: message to edit not found")
        return self._changed_message(chat, before, replace(before, buttons=_buttons(reply_markup)))

    def _changed_message(self, chat: Chat, before: Shown, after: Shown) -> Json:
        if replace(after, is_edited=before.is_edited) == before:
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        after = replace(after, is_edited=True)
        chat.messages[after.id] = after
        chat.news.append(after)
        return self.json(after)

    async def _answerCallbackQuery(self, callback_query_id: str, text: str = "", **_: Any) -> bool:
        if self.callbacks.get(callback_query_id, "answered") is not None:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(text) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self.callbacks[callback_query_id] = text
        return True

    async def _answerInlineQuery(self, inline_query_id: str, results: list[Json], **parameters: Any) -> bool:
        if inline_query_id in self.inline_answers or not inline_query_id.startswith("q"):
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(results) > 50 or len({result["id"] for result in results}) < len(results):
            raise Refused(400, "Bad Request: RESULT_ID_DUPLICATE")
        for result in results:
            if not 1 <= len(result["id"].encode()) <= 64 or not result.get("title"):
                raise Refused(400, "Bad Request: RESULT_ID_INVALID")
            content = result["input_message_content"]
            content["shown"] = self._checked(0, content["message_text"], content.get("parse_mode", ""), None, None)
        self.inline_answers[inline_query_id] = results
        return True

    async def _sendChatAction(self, chat_id: int, **_: Any) -> bool:
        self._known_chat(chat_id).actions += 1
        return True

    async def _setMyCommands(self, commands: list[Json], **_: Any) -> bool:
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        return True

    async def _setMyDescription(self, description: str = "", **_: Any) -> bool:
        if len(description) > 512:
            raise Refused(400, "Bad Request: description is too long")
        return True

    async def _setMyShortDescription(self, short_description: str = "", **_: Any) -> bool:
        if len(short_description) > 120:
            raise Refused(400, "Bad Request: short description is too long")
        return True

    # ---- checks -------------------------------------------------------------------------------------

    def _checked(self, chat: int, text: str, mode: str, markup: Json | None, preview: Json | None) -> Shown:
        """The message as it would be shown. Raises Refused for what Telegram refuses."""
        entities: list[Entity] = []
        # A number or a list that was typed is decoded like the other parameters.
        text = text if isinstance(text, str) else json.dumps(text)
        if mode == "HTML":
            try:
                text, entities = parse(text)
            except CannotParse as error:
                raise Refused(400, f"Bad Request: can't parse entities: {error}") from error
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if units(text) > LIMIT:
            raise Refused(400, "Bad Request: message is too long")
        return Shown(
            id=0,
            chat=chat,
            text=text,
            entities=tuple(entities),
            buttons=_buttons(markup),
            has_preview=not (preview or {}).get("is_disabled", False),
            is_plain=mode != "HTML",
        )

    def _known_chat(self, number: int) -> Chat:
        if number not in self.chats:
            raise Refused(400, "Bad Request: chat not found")
        return self.chats[number]

    def _chat(self, number: int, kind: str, title: str) -> Chat:
        self.chats[number] = Chat(number, kind, title)
        return self.chats[number]

    def _number(self, kind: str) -> int:
        self._next[kind] += 1
        return self._next[kind]

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def json(self, shown: Shown) -> Json:
        """A message of the bot as the Bot API describes it."""
        markup = {
            "inline_keyboard": [
                [{"text": label, "callback_data": data} for label, data in row] for row in shown.buttons
            ]
        }
        return {
            "message_id": shown.id,
            "date": 1_800_000_000,
            "chat": self.chats[shown.chat].json(),
            "from": BOT,
            "text": shown.text,
            **({"reply_markup": markup} if shown.buttons else {}),
        }


class Person:
    """Somebody with Telegram on their telephone."""

    def __init__(self, api: BotApi, number: int, name: str, lang: str) -> None:
        self.api, self.number, self.name, self.lang = api, number, name, lang
        self.username = f"user{number}"

    @property
    def chat(self) -> Chat:
        """Their private chat with the bot."""
        return self.api.chats[self.number]

    def json(self) -> Json:
        """As the Bot API describes them."""
        return {
            "id": self.number,
            "is_bot": False,
            "first_name": self.name,
            "username": self.username,
            "language_code": self.lang,
        }

    async def types(self, text: str, chat: Chat | None = None, answering: Shown | None = None, **more: Any) -> int:
        """Send a message; gives its number."""
        update = self.message(text, chat, answering, **more)
        await self.api.queue(message=update)
        return int(update["message_id"])

    def message(self, text: str, chat: Chat | None = None, answering: Shown | None = None, **more: Any) -> Json:
        """A message as the Bot API describes it."""
        return {
            "message_id": self.api._number("message"),
            "date": 1_800_000_000,
            "chat": (chat or self.chat).json(),
            "from": self.json(),
            **({"text": text, "entities": list(_entities(text))} if text else {}),
            **({"reply_to_message": self.api.json(answering)} if answering else {}),
            **more,
        }

    async def presses(self, label: str, chat: Chat | None = None, too_old: bool = False) -> str:
        """Press the latest button with that label; gives the number of the query."""
        where = chat or self.chat
        for shown in sorted(where.messages.values(), key=lambda message: message.id, reverse=True):
            for name, data in (button for row in shown.buttons for button in row):
                if name == label:
                    return await self.presses_in(shown, data, too_old)
        raise AssertionError(f"no button {label!r} among {[m.labels for m in where.messages.values()]}")

    async def presses_in(self, shown: Shown, data: str, too_old: bool = False) -> str:
        """Press a button of a message, or make as if; gives the number of the query."""
        query = f"c{self.api._number('query')}"
        self.api.callbacks[query] = None
        old = {"chat": self.api.chats[shown.chat].json(), "message_id": shown.id, "date": 0}
        await self.api.queue(
            callback_query={
                "id": query,
                "from": self.json(),
                "chat_instance": "1",
                "message": old if too_old else self.api.json(shown),
                "data": data,
            }
        )
        return query

    async def asks_inline(self, text: str) -> list[Json]:
        """Type after the bot's name in another chat; gives what is offered."""
        query = f"q{self.api._number('query')}"
        await self.api.queue(inline_query={"id": query, "from": self.json(), "query": text, "offset": ""})
        await self.api.until(lambda: query in self.api.inline_answers)
        return self.api.inline_answers[query]

    async def reads(self, count: int = 1, chat: Chat | None = None) -> list[Shown]:
        """Wait until that many messages or changes of messages are new, and read all that is new."""
        news = (chat or self.chat).news
        await self.api.until(lambda: len(news) >= count)
        found = list(news)
        news.clear()
        return found

    async def asks(self, text: str) -> Shown:
        """Send a message and read the one that answers it."""
        await self.types(text)
        return (await self.reads())[-1]

    async def chooses(self, label: str) -> Shown:
        """Press a button and read what it leads to."""
        await self.presses(label)
        return (await self.reads())[-1]


class _Server(uvicorn.Server):
    """Leaves signals to the test runner."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def _decoded(value: Any) -> Any:
    """A form's value; everything but plain text comes as JSON."""
    try:
        decoded = json.loads(value)
    except ValueError:
        return value
    return decoded if isinstance(decoded, (dict, list, bool, int)) else value


def _buttons(markup: Json | None) -> tuple[tuple[tuple[str, str], ...], ...]:
    rows = (markup or {}).get("inline_keyboard", [])
    found = tuple(tuple((button["text"], button.get("callback_data", "")) for button in row) for row in rows)
    for label, data in (button for row in found for button in row):
        if not label.strip():
            raise Refused(400, "Bad Request: inline keyboard button text must be non-empty")
        if not 1 <= len(data.encode()) <= 64:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    if sum(map(len, found)) > 100 or any(len(row) > 8 for row in found):
        raise Refused(400, "Bad Request: reply markup is too long")
    return found


def _entities(text: str) -> Iterator[Json]:
    """The commands and names that Telegram finds in what people type."""
    command = re.match(r"/\w+(?:@\w+)?", text)
    if command:
        yield {"type": "bot_command", "offset": 0, "length": len(command.group())}
    for name in _ADDRESSED.finditer(text):
        if not (command and name.start() < command.end()):
            offset = units(text[: name.start()])
            yield {"type": "mention", "offset": offset, "length": len(name.group())}


def _refusal(refused: Refused) -> Response:
    body: Json = {"ok": False, "error_code": refused.status, "description": refused.description}
    if refused.parameters:
        body["parameters"] = refused.parameters
    return JSONResponse(body, refused.status)


def _cut_off() -> Response:
    """An answer that ends too early, upon which the server closes the connection."""

    async def part() -> AsyncIterator[bytes]:
        yield b'{"ok": true, '

    return StreamingResponse(part(), headers={"content-length": "1000"})
