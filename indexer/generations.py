"""Generations: complete, checked, immutable indexes on disk, of which `current` names one.

A generation is written into a folder beside the others, checked, and made current by renaming one small
file over another, which the file system does at once or not at all. Readers keep the generation that
they opened; the last few stay for rollback.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .errors import IndexDamaged, IndexMissing

#: Raised when the files of a generation change their meaning; older ones are then rebuilt.
FORMAT = 3
_KEPT = 3
_ABANDONED = 24 * 3600  # seconds without a change after which a draft belongs to no running build
_MANIFEST = "manifest.json"


def current(index: Path) -> Path:
    """The folder of the generation that serves.

    Raises IndexMissing when none was published or it was made by another version of the program.
    """
    try:
        name = (index / "current").read_text(encoding="utf-8").strip()
        manifest = read_manifest(index / "generations" / name)
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissing(f"{index}: there is no index yet; run `protect-index build`.") from None
    if manifest.get("format") != FORMAT:
        raise IndexMissing(f"{index}: the index was built by another version; run `protect-index build`.")
    return index / "generations" / name


def read_manifest(generation: Path) -> dict[str, Any]:
    """What the generation says of itself."""
    try:
        manifest = json.loads((generation / _MANIFEST).read_text(encoding="utf-8"))
    except ValueError as error:  # not UTF-8, or not JSON
        raise IndexDamaged(f"{generation / _MANIFEST}: not readable; run `protect-index build`.") from error
    if not isinstance(manifest, dict):
        raise IndexDamaged(f"{generation / _MANIFEST}: not a manifest; run `protect-index build`.")
    return manifest


@contextmanager
def new(index: Path) -> Iterator[Path]:
    """An empty folder for a generation; removed again when the block fails."""
    folder = index / "generations"
    folder.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder)
    draft = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}.draft"
    draft.mkdir()
    try:
        yield draft
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def seal(draft: Path, facts: dict[str, Any]) -> None:
    """Write the manifest: the facts given and the SHA-256 of every file."""
    files = {path.relative_to(draft).as_posix(): _digest(path) for path in sorted(draft.rglob("*")) if path.is_file()}
    manifest = {"format": FORMAT, "created": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", **facts, "files": files}
    _write_durably(draft / _MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))


def verify(generation: Path) -> None:
    """IndexDamaged if a file is missing, superfluous or not what the manifest says."""
    expected = read_manifest(generation)["files"]
    present = {path.relative_to(generation).as_posix() for path in generation.rglob("*") if path.is_file()}
    for name in sorted(present - {*expected, _MANIFEST}):
        raise IndexDamaged(f"{generation / name}: not part of the index; run `protect-index build`.")
    for name, digest in expected.items():
        path = generation / name
        if not path.is_file() or _digest(path) != digest:
            raise IndexDamaged(f"{path}: missing or changed since the index was built; run `protect-index build`.")


def publish(index: Path, draft: Path) -> Path:
    """Make a sealed draft the generation that serves; gives its final folder."""
    final = draft.with_suffix("")
    for path in (*draft.rglob("*"), draft):
        _sync(path)
    draft.rename(final)
    point_to(index, final.name)
    _remove_old(index)
    return final


def point_to(index: Path, name: str) -> None:
    """Make an existing generation the one that serves."""
    draft = index / f"current.{os.getpid()}.draft"
    _write_durably(draft, name + "\n")
    draft.replace(index / "current")
    _sync(index)


def _remove_old(index: Path) -> None:
    serving = (index / "current").read_text(encoding="utf-8").strip()
    finished = sorted(path for path in (index / "generations").iterdir() if path.is_dir() and path.suffix != ".draft")
    for path in finished[:-_KEPT]:
        if path.name != serving:
            # On Linux, readers that have files of it mapped keep them until they let go.
            shutil.rmtree(path, ignore_errors=True)


def _remove_abandoned(folder: Path) -> None:
    """Remove the drafts that a crash left behind; a younger one may be another process at work."""
    for draft in folder.glob("*.draft"):
        if time.time() - draft.stat().st_mtime > _ABANDONED:
            shutil.rmtree(draft, ignore_errors=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
