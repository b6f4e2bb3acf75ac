"""The web chat as an ASGI application."""

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from secrets import token_hex
from urllib.parse import parse_qs

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from indexer import IndexerError

from ...assistant import Assistant, warm_up
from ...i18n import Phrases
from ...reply import MAX_ACTION, Reply, Turn
from . import card, document, pages
from .guard import Guard, TooLong, read_body
from .indexing import Indexing
from .markup import reply_card
from .visitor import remember, turn_of, visitor

log = logging.getLogger(__name__)

_STATIC = Path(__file__).parent / "static"


class BadRequest(Exception):
    """A request that the page would not send; the text says what is wrong with it."""


def create_app(
    assistant: Assistant, *, host: str = "127.0.0.1", rebuild: Callable[[], list[str] | None] = lambda: None
) -> Starlette:
    """The application. `host` is what the server is bound to.

    `rebuild` is asked once, after the start, for the command that builds an index with embeddings; None means
    that there is nothing to build. It may take seconds: it is called off the event loop.
    """
    chat = _Chat(assistant)
    routes = [
        Route("/", chat.page, methods=["GET"]),
        Route("/", chat.ask_by_form, methods=["POST"]),
        Route("/turn", chat.ask, methods=["POST"]),
        Route("/passage/{id}", chat.passage, methods=["GET"]),
        Route("/card", chat.card, methods=["GET"]),
        Route("/status", chat.status, methods=["GET"]),
        Route("/healthz", chat.health, methods=["GET"]),
        Mount("/static", _Assets(directory=_STATIC)),
    ]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        background = asyncio.create_task(chat.prepare(rebuild))
        try:
            yield
        finally:
            await chat.indexing.stop()
            background.cancel()
            with suppress(asyncio.CancelledError):
                await background

    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, host=host)],
        exception_handlers={HTTPException: chat.not_found},
        lifespan=lifespan,
    )


class _Assets(StaticFiles):
    """The page's own files. Asked for anew each time, so that an update is not half an old page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response


class _Chat:
    """The endpoints. Each reads the request, asks the assistant or the index, and gives HTML or JSON."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.indexing = Indexing()

    # ---- asking ---------------------------------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        """The chat with its first card."""
        name = visitor(request)
        turn = turn_of(request, name)
        say = await self._assistant.phrases_for(turn)
        reply = await self._reply(turn_of(request, name, text="/start", hint=say.lang), say)
        first = Markup("{}{}").format(self._card(reply, say, ""), pages.examples(say))
        return self._page(request, name, [first], say)

    async def ask(self, request: Request) -> Response:
        """A turn as JSON: `{"text": …}` or `{"action": …}`, optionally with `lang`, the page's language."""
        name = visitor(request)
        say = await self._assistant.phrases_for(turn_of(request, name))
        try:
            turn = _turn_from(request, name, await read_body(request), say)
        except TooLong:
            return JSONResponse({"message": pages.too_long(say)}, 413)
        except BadRequest as error:
            return JSONResponse({"message": str(error)}, 400)
        reply = await self._reply(turn, say)
        say = await self._assistant.phrases_for(turn)
        if reply is None:
            return JSONResponse({"message": _sorry(say)}, 500)
        answer = {"html": str(self._card(reply, say, turn.action)), "lang": reply.lang}
        response = JSONResponse(answer)
        remember(response, request, name)
        return response

    async def ask_by_form(self, request: Request) -> Response:
        """A turn from a browser without scripts: the whole page with its reply."""
        name = visitor(request)
        say = await self._assistant.phrases_for(turn_of(request, name))
        try:
            fields = parse_qs((await read_body(request)).decode(errors="replace"))
        except TooLong:
            return self._page(request, name, [pages.error_card(pages.too_long(say))], say, 413)
        text, action = fields.get("text", [""])[0], fields.get("action", [""])[0]
        if not action and not text.strip():
            return self._page(request, name, [pages.error_card(say("Write a question first."))], say, 400)
        turn = turn_of(request, name, "" if action else text, action)
        reply = await self._reply(turn, say)
        say = await self._assistant.phrases_for(turn)
        shown = self._card(reply, say, action) if reply else pages.error_card(_sorry(say))
        cards = [shown] if action else [pages.said(text), shown]
        return self._page(request, name, cards, say, 200 if reply else 500)

    async def _reply(self, turn: Turn, say: Phrases) -> Reply | None:
        """The assistant's reply; None after an error, of which the log says where, never what was written."""
        try:
            return await self._assistant.handle(turn)
        except Exception as error:
            where = " < ".join(f"{f.name}:{f.lineno}" for f in reversed(traceback.extract_tb(error.__traceback__)))
            log.error("error %s: %s at %s", token_hex(4), type(error).__name__, where)  # noqa: TRY400
            return None

    def _card(self, reply: Reply | None, say: Phrases, action: str) -> Markup:
        if reply is None:
            return pages.error_card(_sorry(say))
        return reply_card(reply, self._assistant.serving.index, say, action)

    def _page(self, request: Request, name: str, cards: list[Markup], say: Phrases, status: int = 200) -> Response:
        response = HTMLResponse(pages.chat_page(cards, say, self.indexing), status)
        remember(response, request, name)
        return response

    # ---- reading --------------------------------------------------------------------------------------------

    async def passage(self, request: Request) -> Response:
        """A document with one of its passages highlighted."""
        say = await self._interface(request)
        index = self._assistant.serving.index
        found = document.find(index, request.path_params["id"])
        if found is None:
            text = say("This passage was withdrawn from the corpus. Ask again to see what replaced it.")
            return HTMLResponse(pages.plain_page(say("Withdrawn"), text, say), 404)
        passage, changed = found
        span = None if changed else document.span_of(request.query_params.get("q", ""), passage)
        html = await run_in_threadpool(document.document_page, index, passage, span, say, changed=changed)
        return HTMLResponse(html)

    async def card(self, request: Request) -> Response:
        """The reference card of an answer, for printing."""
        say = await self._interface(request)
        base = str(request.base_url).rstrip("/")
        html = card.card_page(self._assistant.serving.index, request.query_params.get("ids", ""), base, say)
        if html is None:
            text = say("This passage was withdrawn from the corpus. Ask again to see what replaced it.")
            return HTMLResponse(pages.plain_page(say("Withdrawn"), text, say), 404)
        return HTMLResponse(html)

    async def _interface(self, request: Request) -> Phrases:
        return await self._assistant.phrases_for(turn_of(request, visitor(request)))

    async def not_found(self, request: Request, error: Exception) -> Response:
        """The page for an address that leads nowhere, and for other refusals of the router."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        say = await self._interface(request)
        text = say("There is no such page here.")
        return HTMLResponse(pages.plain_page(say("Not found"), text, say), status)

    # ---- the state of things --------------------------------------------------------------------------------

    async def status(self, request: Request) -> Response:
        """What the page shows of a build in the background."""
        say = await self._interface(request)
        return JSONResponse({"busy": self.indexing.is_busy, "text": pages.status_line(self.indexing, say)})

    async def health(self, request: Request) -> Response:
        """Whether questions can be answered, and on what."""
        serving = self._assistant.serving
        building = self.indexing
        progress = asdict(building.progress)
        generation = serving.index.generation.name
        return JSONResponse(
            {
                "status": "ok",
                "generation": generation,
                "stale": serving.stale or None,
                "embeddings": serving.model,
                "building": progress if building.is_busy else None,
            }
        )

    async def prepare(self, rebuild: Callable[[], list[str] | None]) -> None:
        """Load what the first question needs, then build what is missing. The chat works without either."""
        try:
            await warm_up(self._assistant)
            command = await asyncio.to_thread(rebuild)
            if command and await self.indexing.run(command):
                await warm_up(self._assistant)
        except (IndexerError, OSError) as error:
            log.warning("the embeddings are not built: %s", error)


def _turn_from(request: Request, name: str, body: bytes, say: Phrases) -> Turn:
    """The turn that a body of JSON asks for. Raises BadRequest."""
    try:
        data = json.loads(body)
    except ValueError:
        raise BadRequest(say("The request is not valid JSON.")) from None
    values = [data.get(key, "") for key in ("text", "action", "lang")] if isinstance(data, dict) else []
    if not values or not all(isinstance(value, str) for value in values):
        raise BadRequest(say("The request must be an object with `text` or `action`."))
    # JSON can hold halves of characters, which no text can be encoded with.
    text, action, hint = (value.encode(errors="replace").decode() for value in values)
    if bool(text.strip()) == bool(action):
        raise BadRequest(say("The request must have either `text` or `action`."))
    if len(action.encode()) > MAX_ACTION:
        raise BadRequest(say("This button is from another version. Ask again, please."))
    return turn_of(request, name, text, action, hint)


def _sorry(say: Phrases) -> str:
    return say("Something went wrong on my side. Please try again; if a child is in danger, call 112.")
