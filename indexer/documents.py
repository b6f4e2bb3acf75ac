"""What a corpus folder holds: which file is which source in which language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from .errors import CorpusError, UnreadableDocument
from .extract import extract, markdown
from .models import Document, Section, Source
from .sources import load_mapping

BRIEFS = "protect-briefs"
#: Register of the files in `documents/`, kept by `protect-index fetch` and `protect-index add`.
LOCK = "lock.yaml"


@dataclass(frozen=True, slots=True)
class Text:
    """A document with its sections."""

    document: Document
    sections: tuple[Section, ...]


def read_corpus(corpus: Path, sources: Mapping[str, Source], problems: list[UnreadableDocument]) -> Iterator[Text]:
    """All documents below the corpus, in a fixed order.

    A document that cannot be read is appended to `problems`; the others are still given.
    """
    for path, describe in _files(corpus):
        try:
            document = describe(path, corpus, sources)
            yield Text(document, extract(path))
        except UnreadableDocument as error:
            problems.append(error)
        except OSError as error:
            problems.append(UnreadableDocument(f"{path}: cannot be read: {error.strerror or error}."))


def _files(corpus: Path) -> Iterator[tuple[Path, Any]]:
    for path in sorted((corpus / "briefs").glob("*/*.md")):
        yield path, _brief
    folder = corpus / "documents"
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        is_unfinished = path.name.startswith(".") or path.suffix == ".part"
        if path.is_file() and path.name != LOCK and not is_unfinished:
            yield path, _added


def _brief(path: Path, corpus: Path, sources: Mapping[str, Source]) -> Document:
    raw = markdown.decode(path)
    meta = markdown.front_matter(raw, path)
    for key in ("topic", "lang", "title"):
        if not isinstance(meta.get(key), str):
            raise UnreadableDocument(f"{path}:1: the front matter lacks `{key}: text`.")
    if meta.get("kind") != "brief":
        raise UnreadableDocument(f"{path}:1: `kind` of a brief must be `brief`.")
    return Document(
        source=BRIEFS,
        lang=str(meta["lang"]),
        path=path.relative_to(corpus).as_posix(),
        title=str(meta["title"]),
        status="brief",
        topic=str(meta["topic"]),
        step=str(meta.get("step", "")),
        edition=str(meta.get("checked", "")),
        sha256=sha256(raw.encode()).hexdigest(),
    )


def _added(path: Path, corpus: Path, sources: Mapping[str, Source]) -> Document:
    entry = _lock_entry(path, corpus)
    source_id, _, rest = path.name.partition(".")
    source_id = str(entry.get("source", source_id))
    lang = str(entry.get("lang", rest.partition(".")[0]))
    source = sources.get(source_id)
    if source is None:
        raise UnreadableDocument(
            f"{path}: no source '{source_id}' in sources.yaml; name the file SOURCE.LANG.pdf or use "
            "`protect-index add FILE --source ID --lang xx`."
        )
    if len(lang) != 2 or not lang.isalpha():
        raise UnreadableDocument(f"{path}: the language is not known; name the file {source_id}.LANG{path.suffix}.")
    return Document(
        source=source_id,
        lang=lang,
        path=path.relative_to(corpus).as_posix(),
        title=source.title,
        status=source.status,
        edition=source.date or "",
        sha256=sha256(path.read_bytes()).hexdigest(),
        url=str(entry.get("url") or source.url or ""),
    )


def _lock_entry(path: Path, corpus: Path) -> Mapping[str, Any]:
    lock = corpus / "documents" / LOCK
    if not lock.exists():
        return {}
    try:
        entry = load_mapping(lock).get(path.name, {})
    except CorpusError as error:
        raise UnreadableDocument(str(error)) from error
    return entry if isinstance(entry, dict) else {}
