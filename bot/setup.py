"""The first start: builds the index of the corpus when there is none."""

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from indexer import EmbeddingsUnavailable, IndexMissing, Settings, build, current

_STAGES = {"read": "Reading the corpus", "analyse": "Analysing languages", "embed": "Embedding passages"}


def ensure_index(settings: Settings) -> None:
    """Build an index on BM25 alone if none is there: it answers at once; embeddings follow."""
    try:
        current(settings.index)
        return
    except IndexMissing:
        pass
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    console.print("First start: building the index of the corpus.")
    with Progress(*columns, console=console, transient=True) as bars:
        tasks = {stage: bars.add_task(text, total=None) for stage, text in _STAGES.items() if stage != "embed"}

        def show(stage: str, done: int, total: int) -> None:
            bars.update(tasks[stage], completed=done, total=total or None)

        report = build(settings.corpus, settings.index, None, show)
    for problem in report.problems:
        console.print(str(problem), style="yellow", markup=False)
    console.print(f"{report.documents} documents, {report.passages} passages.", highlight=False)


def wants_embeddings(settings: Settings) -> bool:
    """Whether the serving index lacks embeddings that could be had."""
    from indexer import Index

    if settings.embeddings.kind == "off" or Index(current(settings.index)).semantic is not None:
        return False
    try:
        return settings.embeddings.open() is not None
    except EmbeddingsUnavailable:
        return False


def build_command(config: Path | None) -> list[str]:
    """The command that rebuilds the index in a process of its own, with progress as JSON lines."""
    command = [sys.executable, "-m", "indexer", "build", "--progress-json"]
    return [*command, "--config", str(config)] if config else command
