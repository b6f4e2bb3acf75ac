"""What admins do: rebuild the index, see what is served, decide on requests to join. Knows no channel."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, SecretStr
from sqlalchemy.engine import make_url

from indexer import Index, IndexerError, current

from .assistant import Assistant
from .config import Config
from .i18n import Phrases
from .network import load_network
from .rebuild import BuildProcess, Progress
from .reply import Block, Button, Reply, plain
from .setup import build_command
from .store import Store

log = logging.getLogger(__name__)

# Characters of a build's warnings that are shown.
_CHARACTERS = 1500


class BuildRunning(Exception):
    """A rebuild is under way already."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a rebuild ended."""

    is_published: bool
    documents: int
    passages: int
    has_changed: bool
    """Whether the passages differ from those served before."""
    notes: str
    """What the build warned of, or why it failed."""
    directory_problem: str = ""
    """Why the directory's files were not taken up; empty when they were."""


class Reindexer:
    """Rebuilds the index in a process of its own, one at a time, and takes up the directory's files."""

    def __init__(self, config: Config, assistant: Assistant, command: Sequence[str] | None = None) -> None:
        """`command` replaces the real build in tests."""
        self._config = config
        self._assistant = assistant
        self._command = command
        self._task: asyncio.Task[Outcome] | None = None
        self._process = BuildProcess()

    @property
    def is_running(self) -> bool:
        """Whether a rebuild is under way."""
        return self._task is not None and not self._task.done()

    def start(self, on_progress: Callable[[Progress], None] = lambda progress: None) -> asyncio.Task[Outcome]:
        """Begin a rebuild; the task ends with its outcome, of which failure is one. Raises BuildRunning."""
        if self.is_running:
            raise BuildRunning
        self._task = asyncio.create_task(self._run(on_progress))
        return self._task

    async def stop(self) -> None:
        """End the build, if one runs; what serves stays as it is."""
        await self._process.stop()

    async def _run(self, on_progress: Callable[[Progress], None]) -> Outcome:
        outcome = await self._build(on_progress)
        return replace(outcome, directory_problem=await self._reload_directory())

    async def _build(self, on_progress: Callable[[Progress], None]) -> Outcome:
        before = self._assistant.serving.index
        try:
            command = self._command or build_command(self._config.path)
            status, warnings = await self._process.run(command, on_progress)
        except OSError as error:
            status, warnings = 1, [f"the build cannot be started: {error.strerror}"]
        # Not by the status alone: a build that leaves out an unreadable document warns with it, and publishes.
        is_published = current(self._config.index) != before.generation or status == 0
        after = await asyncio.to_thread(lambda: self._assistant.serving.index)
        if status < 0:
            warnings.append(f"the build was ended by signal {-status}")
        return Outcome(
            is_published,
            int(after.manifest["documents"]),
            int(after.manifest["passages"]),
            _passages_digest(before) != _passages_digest(after),
            presentable(warnings, self._config),
        )

    async def _reload_directory(self) -> str:
        """Take up institutions and contacts from their files; gives what is wrong with them."""
        try:
            network = await asyncio.to_thread(load_network, self._config.corpus, self._config.contacts)
        except IndexerError as error:
            return presentable([str(error)], self._config)
        await self._assistant.store.replace_contacts(network.contacts)
        self._assistant.network = network
        return ""


def presentable(lines: Sequence[str], config: Config) -> str:
    """Warnings of a build for a chat: no secrets, no folders of this machine, of a traceback its last line."""
    if any(line.startswith("Traceback") for line in lines):
        lines = [line for line in lines if line.strip()][-1:]
    text = "\n".join(lines)
    for secret in _secrets(config):
        text = text.replace(secret, "…")
    folders = {str(path.parent) for path in (config.corpus, config.index, config.contacts)} | {str(Path.home())}
    # The outer folder first, so that what lies in the corpus keeps `corpus/`.
    for folder in sorted(folders, key=len):
        text = text.replace(f"{folder}/", "")
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1] + "…"


def _secrets(config: Config) -> Iterator[str]:
    """Everything in the configuration that must not be shown."""
    yield from _hidden(config)
    if password := make_url(config.database).password:
        yield str(password)


def _hidden(section: BaseModel) -> Iterator[str]:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, SecretStr) and value.get_secret_value():
            yield value.get_secret_value()
        elif isinstance(value, BaseModel):
            yield from _hidden(value)


def _passages_digest(index: Index) -> Mapping[str, str]:
    files: Mapping[str, str] = index.manifest["files"]
    return {name: digest for name, digest in files.items() if name.startswith("passages")}


# ---- what is said about it ------------------------------------------------------------------------------


def progress_text(progress: Progress, say: Phrases) -> str:
    """One line on how far a build is."""
    stage = {
        "read": say("Reading the corpus"),
        "analyse": say("Analysing languages"),
        "embed": say("Embedding passages"),
    }.get(progress.stage, progress.stage)
    count = f"{progress.done}/{progress.total}" if progress.total else str(progress.done)
    return f"⏳ {stage}: {count}"


def outcome_reply(outcome: Outcome, say: Phrases) -> Reply:
    """How the rebuild ended."""
    counts = say(
        "Documents: {documents} · passages: {passages}", documents=outcome.documents, passages=outcome.passages
    )
    if outcome.is_published:
        blocks = [plain("text", "✓ " + say("The new index serves now.")), plain("text", counts)]
    else:
        blocks = [plain("warning", say("The rebuild failed. The old index goes on serving.")), plain("text", counts)]
    if outcome.notes:
        blocks.append(plain("text", outcome.notes))
    if outcome.directory_problem:
        blocks.append(plain("warning", say("The directory was not read anew; the old one goes on serving.")))
        blocks.append(plain("text", outcome.directory_problem))
    return Reply(tuple(blocks), lang=say.lang)


async def status_reply(assistant: Assistant, say: Phrases) -> Reply:
    """What is served, on what the answers rest, and how much it is used."""
    index = assistant.serving.index
    facts = index.manifest
    languages = ", ".join(f"{say.language(lang)} {count}" for lang, count in facts["languages"].items())
    lines = [
        say("Generation: {name}", name=index.generation.name),
        say("The corpus was read last on {date}.", date=say.date(str(facts["created"])[:10])),
        say("Documents: {documents} · passages: {passages}", documents=facts["documents"], passages=facts["passages"]),
        say("Languages: {languages}", languages=languages),
        _embeddings_line(assistant, say),
    ]
    counters = await assistant.store.counted()
    lines.append(say("Votes: {useful} useful, {useless} not useful", **_votes(counters)))
    lines.extend(f"{name}: {value}" for name, value in counters.items() if not name.startswith("useful:"))
    lines.append(say("Requests to join: {number}", number=len(await assistant.store.waiting())))
    return Reply((plain("heading", say("Status")), *(plain("item", line) for line in lines)), lang=say.lang)


def _embeddings_line(assistant: Assistant, say: Phrases) -> str:
    if assistant.serving.model:
        return say("Embeddings: {model}", model=assistant.serving.model)
    reason = assistant.serving.without_embeddings
    return say("I answer on BM25 alone, without embeddings.") + (f" ({reason})" if reason else "")


def _votes(counters: Mapping[str, int]) -> dict[str, int]:
    votes = {name: count for name, count in counters.items() if name.startswith("useful:")}
    return {
        "useful": sum(count for name, count in votes.items() if name.endswith(":y")),
        "useless": sum(count for name, count in votes.items() if name.endswith(":n")),
    }


# ---- members --------------------------------------------------------------------------------------------


class Requests:
    """Decides on requests to join; of two admins who answer at once, the first counts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = asyncio.Lock()

    async def decide(self, person: str, admin: int, *, approved: bool) -> bool:
        """Approve or decline; False when the person no longer waits for an answer."""
        async with self._lock:
            if await self._store.membership(person) != "asked":
                return False
            return await self._store.approve(person, admin) if approved else await self._store.leave(person)


def request_reply(person: str, shown: Block, say: Phrases) -> Reply:
    """A request to join, with buttons to decide; `shown` says who it is."""
    buttons = ((Button(say("Approve"), f"ok:{person}"), Button(say("Decline"), f"no:{person}")),)
    return Reply((plain("heading", say("A request to join the network")), shown), buttons, lang=say.lang)


def decided_reply(shown: Block, say: Phrases, *, counts: bool, approved: bool) -> Reply:
    """What an admin sees after deciding."""
    if not counts:
        result = say("This request was answered or withdrawn before.")
    else:
        result = "✓ " + say("Approved.") if approved else "✗ " + say("Declined.")
    return Reply((plain("heading", say("A request to join the network")), shown, plain("text", result)), lang=say.lang)


def told_reply(say: Phrases, *, approved: bool) -> Reply:
    """What the person is told."""
    text = (
        say("An admin approved your request: you are a member of the network. /leave ends this at any time.")
        if approved
        else say("An admin declined your request to join. Nothing of it is kept.")
    )
    return Reply((plain("text", text),), lang=say.lang)
