"""The files in `corpus/documents/` and their register, `lock.yaml`.

Two ways lead into the folder: `protect-index fetch` downloads and `protect-index add` copies. Both end
here, in `place`, so that no reader ever sees half a file or half a lock.
"""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from .documents import LOCK
from .errors import CorpusError
from .extract import SUFFIXES, extract
from .models import Source
from .sources import first_problem, load_mapping

_PLAIN_ID = re.compile(r"[\w-]+")
_LANG = re.compile(r"[a-z]{2}")
_HEADER = "# Kept by `protect-index fetch` and `protect-index add`; do not edit.\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one file in `documents/`."""

    source: str
    lang: str
    sha256: str
    date: str
    """ISO date on which the file came here."""
    url: str | None = None
    """Address that gave the file, after all redirects; None for a file that a person added."""
    etag: str | None = None
    last_modified: str | None = None


_ENTRIES = TypeAdapter(dict[str, Entry])


def documents_folder(corpus: Path) -> Path:
    """The folder of the added documents; made when it is missing."""
    folder = corpus / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_lock(folder: Path) -> dict[str, Entry]:
    """The lock's entries by file name; none when there is no lock yet. Raises CorpusError."""
    path = folder / LOCK
    if not path.exists():
        return {}
    try:
        return _ENTRIES.validate_python(load_mapping(path))
    except ValidationError as error:
        raise CorpusError(
            f"{path}: {first_problem(error)}; delete the file and run `protect-index fetch` again."
        ) from error


def stem(source_id: str, lang: str) -> str:
    """The file name of a source in a language, without its suffix. Raises CorpusError."""
    if not _PLAIN_ID.fullmatch(source_id):
        raise CorpusError(
            f"sources.yaml: source '{source_id}': the id cannot name a file; use letters, digits and hyphens only."
        )
    if not _LANG.fullmatch(lang):
        raise CorpusError(f"language '{lang}': not a two-letter code; write it as in `--lang en`.")
    return f"{source_id}.{lang}"


def downloaded(folder: Path, source_id: str, lang: str) -> tuple[Path, Entry] | None:
    """The intact download of a source in a language; None when there is none or it was altered."""
    for name, entry in read_lock(folder).items():
        path = folder / name
        is_download = (entry.source, entry.lang) == (source_id, lang) and entry.url is not None
        if is_download and path.is_file() and digest(path) == entry.sha256:
            return path, entry
    return None


def added_by_hand(folder: Path, source_id: str, lang: str) -> Path | None:
    """The file of a source in a language that a person put here, if any."""
    lock = read_lock(folder)
    for suffix in sorted(SUFFIXES):
        path = folder / f"{stem(source_id, lang)}{suffix}"
        if path.is_file() and (path.name not in lock or lock[path.name].url is None):
            return path
    return None


def add(file: Path, source_id: str, lang: str, corpus: Path, sources: Mapping[str, Source]) -> Path:
    """Copy a person's file into the corpus; gives its new path.

    It replaces what was there for that source and language. Raises CorpusError, or UnreadableDocument
    when no text can be read from the file.
    """
    if source_id not in sources:
        register = corpus / "sources.yaml"
        raise CorpusError(f"source '{source_id}': not in {register}; add an entry or use one of its ids.")
    name = f"{stem(source_id, lang)}{file.suffix.lower()}"
    if not file.is_file():
        raise CorpusError(f"{file}: there is no such file; check the path.")
    extract(file)
    copy = documents_folder(corpus) / f".{name}.new"
    try:
        shutil.copyfile(file, copy)
        return place(copy, name, Entry(source_id, lang, digest(copy), today()))
    except OSError as error:
        raise CorpusError(
            f"{file}: cannot be copied to {copy.parent} ({error.strerror}); check the disk and its permissions."
        ) from error
    finally:
        copy.unlink(missing_ok=True)


def place(ready: Path, name: str, entry: Entry) -> Path:
    """Give a finished file in the folder its name and its lock entry; gives the new path.

    The lock goes first: after a crash between the two its checksum does not match the old file, and the
    next fetch downloads anew. The other way round, a new file without an entry would pass for one that a
    person added, and would never be fetched again.
    """
    folder = ready.parent
    lock = read_lock(folder)
    key = (entry.source, entry.lang)
    superseded = {other for other, it in lock.items() if other != name and (it.source, it.lang) == key}
    _sync(ready)
    record(folder, name, entry)
    ready.replace(folder / name)
    for other in superseded:
        (folder / Path(other).name).unlink(missing_ok=True)
    if superseded:
        _write(folder, {other: it for other, it in read_lock(folder).items() if other not in superseded})
    return folder / name


def record(folder: Path, name: str, entry: Entry) -> None:
    """Write one entry of the lock; the others stay."""
    _write(folder, read_lock(folder) | {name: entry})


def digest(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def today() -> str:
    """The date in UTC, in ISO form."""
    return datetime.now(UTC).date().isoformat()


def _write(folder: Path, lock: Mapping[str, Entry]) -> None:
    entries = {name: asdict(lock[name]) for name in sorted(lock)}
    new = folder / f".{LOCK}.new"
    new.write_text(_HEADER + yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")
    _sync(new)
    new.replace(folder / LOCK)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
