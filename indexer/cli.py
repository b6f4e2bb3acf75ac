"""`protect-index`: build, search, inspect and measure an index."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from . import generations
from .build import Progress as OnProgress
from .build import build as build_index
from .check import check as check_corpus
from .embeddings import Embedder, Vectors
from .errors import EmbeddingsUnavailable, IndexerError
from .evaluate import Result
from .evaluate import evaluate as measure
from .fetch import Limits
from .fetch import fetch as download
from .lock import add as add_file
from .search import Index
from .settings import Settings, load_shared
from .sources import load_sources
from .terms import load_terms

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
_out = Console()
_err = Console(stderr=True)

_Config = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration file; config.yaml here when there is one.", envvar="PROTECT_CONFIG"),
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
_Only = Annotated[str | None, typer.Option("--only", help="`bm25` leaves the embeddings out.")]


def main() -> None:
    """Run the command line; errors of the indexer end with one sentence and status 1."""
    try:
        app()
    except IndexerError as error:
        _fail(str(error))


@app.command()
def build(
    config: _Config = None,
    only: _Only = None,
    progress_json: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Index the corpus and publish the result; the index that serves stays until then."""
    settings = load_shared(config)
    embedder = _embedder(settings, only)
    with _bars(progress_json) as on_progress:
        report = build_index(settings.corpus, settings.index, embedder, on_progress)
    for problem in report.problems:
        _warn(str(problem))
    _out.print(
        f"{report.documents} documents, {report.passages} passages, generation {report.generation.name}, "
        f"embeddings: {embedder.model if embedder else 'none'}.",
        highlight=False,
        soft_wrap=True,
    )
    if report.problems:
        raise typer.Exit(1)


@app.command()
def search(
    question: str,
    lang: Annotated[str, typer.Option(help="Language of the question.")] = "en",
    top: Annotated[int, typer.Option(min=1, max=100)] = 5,
    only: _Only = None,
    as_json: _Json = False,
    config: _Config = None,
) -> None:
    """Find passages for a question."""
    settings = load_shared(config)
    index = Index(generations.current(settings.index))
    hits = index.search(question, lang, top, _vector(question, lang, index, settings, only))
    if as_json:
        print(json.dumps([{**asdict(hit), "terms": sorted(hit.terms)} for hit in hits], ensure_ascii=False, indent=1))
        return
    table = Table("score", "sure", "language", "passage", box=None)
    for hit in hits:
        text = " › ".join(hit.passage.headings) + "\n" + hit.passage.text[:240]
        table.add_row(f"{hit.score:.3f}", f"{hit.confidence:.0%}", hit.passage.lang, Text(text))
    _out.print(table if hits else "Nothing found.")


@app.command()
def status(config: _Config = None, as_json: _Json = False) -> None:
    """Say what the serving index holds."""
    settings = load_shared(config)
    generation = generations.current(settings.index)
    generations.verify(generation)
    facts = {key: value for key, value in generations.read_manifest(generation).items() if key != "files"}
    facts = {"generation": generation.name, **facts}
    if as_json:
        print(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    for key, value in facts.items():
        if key == "embeddings" and value is None:
            value = "none: this index answers on BM25 alone"
        if isinstance(value, dict):
            value = ", ".join(f"{name} {count}" for name, count in value.items())
        _out.print(f"{key}: {value}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def evaluate(
    folder: Path,
    run: Annotated[Path | None, typer.Option(help="Write a TREC run here.")] = None,
    only: _Only = None,
    as_json: _Json = False,
    config: _Config = None,
) -> None:
    """Measure search on a test set in BEIR's format."""
    settings = load_shared(config)
    embedder = _embedder(settings, only)
    concepts = load_terms(settings.corpus / "terms.yaml")
    with _bars() as on_progress:
        results = measure(folder, concepts, embedder, settings.index / "cache", run, on_progress)
    if as_json:
        print(json.dumps([_plain(result) for result in results], indent=1))
        return
    names = list(results[0].measures)
    table = Table("languages", "questions", *names, "p50 ms", "p95 ms", box=None)
    for result in results:
        cells = [f"{e.mean:.3f} [{e.low:.3f}, {e.high:.3f}]" for e in result.measures.values()]
        times = [f"{value:.1f}" for value in result.latency_ms.values()]
        table.add_row(result.pair, str(result.questions), *cells, *times)
    _out.print(table)


@app.command()
def check(config: _Config = None) -> None:
    """Check the corpus: languages, counterparts, sources, terms. Names file and line."""
    findings = check_corpus(load_shared(config).corpus)
    for finding in findings:
        _out.print(str(finding), markup=False, highlight=False, soft_wrap=True)
    _out.print(f"{len(findings)} findings.", highlight=False)
    if findings:
        raise typer.Exit(1)


@app.command()
def fetch(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Sources to download; all that have a link if none is named.")
    ] = None,
    max_mb: Annotated[int, typer.Option(min=1, help="Largest file, in megabytes.")] = 50,
    config: _Config = None,
) -> None:
    """Download the publications of the register into corpus/documents/."""
    settings = load_shared(config)
    sources = load_sources(settings.corpus / "sources.yaml")
    limits = Limits(size=max_mb * 1024 * 1024)
    with _bars() as on_progress:
        results = asyncio.run(download(settings.corpus, sources, ids or [], limits=limits, on_progress=on_progress))
    table = Table("source", "result", "", box=None)
    for result in results:
        table.add_row(result.id, result.state, str(result.reason or result.path or ""))
    _out.print(table)
    if any(result.state == "failed" for result in results):
        raise typer.Exit(1)


@app.command()
def add(
    file: Path,
    source: Annotated[str, typer.Option(help="Id of the source in sources.yaml.")],
    lang: Annotated[str, typer.Option(help="Language of the file.")],
    config: _Config = None,
) -> None:
    """Add a document that you downloaded by hand; then run `protect-index build`."""
    settings = load_shared(config)
    target = add_file(file, source, lang, settings.corpus, load_sources(settings.corpus / "sources.yaml"))
    _out.print(f"{target}: added. Run `protect-index build` to index it.", highlight=False, soft_wrap=True)


def _plain(result: Result) -> dict[str, object]:
    means = {name: round(estimate.mean, 4) for name, estimate in result.measures.items()}
    intervals = {name: [round(estimate.low, 4), round(estimate.high, 4)] for name, estimate in result.measures.items()}
    return {
        "pair": result.pair,
        "questions": result.questions,
        **means,
        "interval": intervals,
        "latency_ms": {name: round(value, 3) for name, value in result.latency_ms.items()},
    }


def _embedder(settings: Settings, only: str | None) -> Embedder | None:
    if only not in {None, "bm25"}:
        _fail(f"--only {only}: allowed is `bm25`.")
    if only == "bm25":
        return None
    try:
        return settings.embeddings.open()
    except EmbeddingsUnavailable as error:
        _warn(f"Without embeddings, on BM25 alone: {error}.")
        return None


def _vector(question: str, lang: str, index: Index, settings: Settings, only: str | None) -> Vectors | None:
    """The question's embedding; None where BM25 must answer alone, with a word on why."""
    embedder = _embedder(settings, only) if index.semantic or only else None
    if index.semantic is None or embedder is None:
        return None
    if embedder.model != index.semantic.model:
        _warn(f"On BM25 alone: the index was built with {index.semantic.model}, not {embedder.model}; build it anew.")
        return None
    try:
        vector: Vectors = embedder.questions([index.spelled(question, lang)])[0]
        return vector
    except EmbeddingsUnavailable as error:
        _warn(f"Without embeddings, on BM25 alone: {error}.")
        return None


_STAGES = {"read": "Reading", "analyse": "Analysing", "embed": "Embedding", "search": "Searching"}


@contextmanager
def _bars(as_json: bool = False) -> Iterator[OnProgress]:
    """Shows progress as bars, or as JSON lines for a program that reads them."""
    if as_json:
        yield lambda stage, done, total: print(json.dumps([stage, done, total]), flush=True)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_err, transient=True, disable=not sys.stderr.isatty()) as bars:
        tasks = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(_STAGES.get(stage, stage), total=None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield show


def _warn(message: str) -> None:
    _err.print(message, style="yellow", markup=False, highlight=False, soft_wrap=True)


def _fail(message: str) -> NoReturn:
    _err.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    raise SystemExit(1)
