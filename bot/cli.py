"""`protect-bot`: starts the assistant, or asks it on the command line."""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from indexer import IndexerError

from .assistant import Assistant
from .config import Config, load_config
from .errors import BotError
from .network import load_network
from .reply import Turn
from .serving import Serving
from .setup import ensure_index
from .store import Store
from .understand import Countries, Languages

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_err = Console(stderr=True)

_Config = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration file; config.yaml here when there is one.", envvar="PROTECT_CONFIG"),
]


def main() -> None:
    """Run the command line; errors made on purpose end with one sentence and status 1."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Addresses of the Bot API hold the token.
    for name in ("httpx", "httpcore", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        app()
    except (IndexerError, BotError) as error:
        _fail(str(error))


@app.callback(invoke_without_command=True)
def start(context: typer.Context, config: _Config = None) -> None:
    """Start the assistant: the Telegram bot when the configuration has a token, else the local web chat."""
    if context.invoked_subcommand is not None:
        return
    settings = load_config(config)
    ensure_index(settings)
    if settings.telegram.token.get_secret_value():
        from .channels import telegram

        telegram.run(settings)
    else:
        from .channels import web

        web.run(settings)


@app.command()
def ask(
    question: Annotated[str, typer.Argument()] = "",
    lang: Annotated[str, typer.Option(help="Language that the person chose; else it is recognised.")] = "",
    batch: Annotated[Path | None, typer.Option(help="JSON lines with id, text and, if known, lang.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as data.")] = False,
    config: _Config = None,
) -> None:
    """Ask one question, or many, the same way as a chat message is answered."""
    settings = load_config(config)
    ensure_index(settings)
    if batch is None and not question:
        _fail("Give a question, or --batch FILE.")
    lines = _read_batch(batch) if batch else [{"id": "", "text": question, "lang": lang}]
    asyncio.run(_ask(settings, lines, as_json=as_json or batch is not None))


@app.command()
def term(
    words: str,
    lang: Annotated[str, typer.Option(help="Language of the answer.")] = "en",
    config: _Config = None,
) -> None:
    """Show a term of the field in all languages, side by side."""
    settings = load_config(config)
    ensure_index(settings)
    asyncio.run(_say(settings, f"/term {words}", lang))


@app.command()
def chat(lang: Annotated[str, typer.Option(help="Language of the interface.")] = "", config: _Config = None) -> None:
    """Chat in the terminal."""
    settings = load_config(config)
    ensure_index(settings)
    from .channels import terminal

    asyncio.run(_chat(settings, terminal, lang))


@asynccontextmanager
async def assistant_for(config: Config) -> AsyncIterator[Assistant]:
    """An assistant with its store open and its directory loaded."""
    store = await Store.open(config.database)
    try:
        network = load_network(config.corpus, config.contacts)
        await store.replace_contacts(network.contacts)
        countries = Countries(config.corpus / "countries.yaml")
        yield Assistant(Serving(config), store, network, countries, Languages(), config.language)
    finally:
        await store.close()


def _leaving_no_trace(config: Config) -> Config:
    """The configuration with a store in memory: questions of the command line leave no choice of language behind."""
    return config.model_copy(update={"database": "sqlite+aiosqlite:///:memory:"})


async def _ask(config: Config, lines: list[dict[str, Any]], *, as_json: bool) -> None:
    async with assistant_for(_leaving_no_trace(config)) as assistant:
        for number, line in enumerate(lines):
            person = f"ask:{number}"
            if line.get("lang"):
                await assistant.store.set_language(person, str(line["lang"])[:2])
            reply = await assistant.handle(Turn(person=person, text=str(line.get("text", ""))))
            if as_json:
                facts = {"id": line["id"], **reply.facts} if line.get("id", "") != "" else dict(reply.facts)
                print(json.dumps({**facts, "reply_text": reply.text}, ensure_ascii=False), flush=True)
            else:
                print(reply.text)


async def _say(config: Config, text: str, lang: str) -> None:
    async with assistant_for(_leaving_no_trace(config)) as assistant:
        reply = await assistant.handle(Turn(person="ask:0", text=text, hint=lang))
        print(reply.text)


async def _chat(config: Config, terminal: Any, lang: str) -> None:
    async with assistant_for(config) as assistant:
        await terminal.run(assistant, lang)


def _read_batch(path: Path) -> list[dict[str, Any]]:
    lines = []
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    entry = json.loads(line)
                    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
                        _fail(f"{path}:{number}: expected an object with `id` and `text`.")
                    lines.append({"id": str(number), **entry})
    except OSError as error:
        _fail(f"{path}: cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        _fail(f"{path}: not UTF-8 text.")
    except json.JSONDecodeError as error:
        _fail(f"{path}:{number}: not valid JSON: {error.msg}.")
    return lines


def _fail(message: str) -> NoReturn:
    _err.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)
