"""Generations: published at once or not at all, checked, kept for rollback, readable while in use."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from indexer import generations
from indexer.build import write_generation
from indexer.errors import IndexDamaged, IndexMissing
from indexer.library import Library
from indexer.models import Document, Passage
from indexer.search import Index


class Crash(Exception):
    """Stands for whatever may end a build."""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def publish(index: Path, content: str = "content") -> Path:
    with generations.new(index) as draft:
        (draft / "inner").mkdir()
        (draft / "inner" / "file").write_text(content)
        generations.seal(draft, {"passages": 1})
        return generations.publish(index, draft)


def folders(index: Path) -> list[str]:
    return sorted(path.name for path in (index / "generations").iterdir())


def test_without_an_index_the_error_says_how_to_build_one(index: Path) -> None:
    with pytest.raises(IndexMissing, match="run `protect-index build`") as raised:
        generations.current(index)
    assert str(index) in str(raised.value)


def test_what_is_published_serves(index: Path) -> None:
    final = publish(index)
    assert generations.current(index) == final
    assert (final / "inner" / "file").read_text() == "content"
    assert generations.read_manifest(final)["passages"] == 1


def test_a_build_that_fails_leaves_the_former_generation_and_no_trace(index: Path) -> None:
    former = publish(index)
    with suppress(Crash), generations.new(index) as draft:
        (draft / "file").write_text("half")
        raise Crash
    assert generations.current(index) == former
    assert folders(index) == [former.name]


@pytest.mark.parametrize("step", ["seal", "fsync", "rename", "replace"])
def test_a_crash_at_any_step_of_publishing_leaves_the_former_generation(
    index: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = publish(index, "former")

    def crash(*args: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        if step == "seal":
            patch.setattr(generations, "seal", crash)
        elif step == "fsync":
            patch.setattr(os, "fsync", crash)
        else:
            patch.setattr(Path, step, crash)
        with pytest.raises(Crash):
            publish(index, "new")
    assert generations.current(index) == former
    generations.verify(former)
    assert (former / "inner" / "file").read_text() == "former"
    assert publish(index, "next") == generations.current(index)


def test_a_process_that_was_killed_leaves_a_draft_that_a_later_build_removes(index: Path) -> None:
    former = publish(index)
    left, at_work = (index / "generations" / f"20200101T000000-{number}.draft" for number in (1, 2))
    for draft in (left, at_work):
        draft.mkdir()
    os.utime(left, (0, 0))
    final = publish(index)
    assert folders(index) == sorted([former.name, final.name, at_work.name])


def test_the_last_three_generations_are_kept_and_an_older_one_while_it_serves(index: Path) -> None:
    published = [publish(index) for _ in range(5)]
    assert folders(index) == [path.name for path in published[-3:]]
    generations.point_to(index, published[-3].name)
    assert generations.current(index) == published[-3]


def change(generation: Path) -> Path:
    (generation / "inner" / "file").write_text("changed")
    return generation / "inner" / "file"


def remove(generation: Path) -> Path:
    (generation / "inner" / "file").unlink()
    return generation / "inner" / "file"


def add(generation: Path) -> Path:
    (generation / "foreign").write_text("")
    return generation / "foreign"


@pytest.mark.parametrize("damage", [change, remove, add])
def test_verify_names_a_file_that_is_changed_missing_or_superfluous(index: Path, damage: object) -> None:
    final = publish(index)
    generations.verify(final)
    path = damage(final) if callable(damage) else None
    with pytest.raises(IndexDamaged, match="run `protect-index build`") as raised:
        generations.verify(final)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe"])
def test_an_unreadable_manifest_is_damage(index: Path, content: bytes) -> None:
    (publish(index) / "manifest.json").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"manifest\.json"):
        generations.current(index)


def test_an_index_of_another_format_is_said_to_be_of_another_version(index: Path) -> None:
    manifest = publish(index) / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 0}))
    with pytest.raises(IndexMissing, match=r"another version; run `protect-index build`"):
        generations.current(index)


def test_a_generation_that_someone_removed_is_missing(index: Path) -> None:
    shutil.rmtree(publish(index))
    with pytest.raises(IndexMissing, match="run `protect-index build`"):
        generations.current(index)


@pytest.fixture
def texts() -> Iterator[list[str]]:
    yield [f"A guardian is appointed in case number {number} without delay." for number in range(1500)]


def test_a_reader_goes_on_after_three_more_generations_were_published(index: Path, texts: list[str]) -> None:
    passages = [Passage(f"p{n}", 0, "en", (), text, 0, f"p{n}") for n, text in enumerate(texts)]
    library = Library([Document("test", "en", "t", "Test", "official")], {}, [])
    with generations.new(index) as draft:
        write_generation(draft, library, passages, None, index / "cache")
        opened = Index(generations.publish(index, draft))
    for _ in range(3):
        publish(index)
    assert not opened.generation.exists()
    assert opened.search("case number 1234", "en", top=1)[0].passage.text == texts[1234]
    assert opened.library.documents[0].title == "Test"
    assert opened.passage(1499).text == texts[1499]
