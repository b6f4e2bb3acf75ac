"""The register of publications and instruments, `corpus/sources.yaml`."""

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import CorpusError
from .models import Change, Source, Status


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Change(_Strict):
    by: str
    type: Literal["amended", "replaced"]
    since: str | None = Field(None, alias="from", pattern=r"^\d{4}-\d{2}-\d{2}$")
    note: dict[str, str]


class _Edition(_Strict):
    lang: str
    title: str | None = None
    isbn: str | None = None
    url: str | None = None
    unsure: list[str] = []
    note: str | None = None


class _Entry(_Strict):
    title: str
    short: dict[str, str]
    publisher: str
    date: str | None = None
    languages: list[str]
    url: str | None = None
    licence: str = "unknown"
    kind: str
    status: Status
    unsure: list[str] = []
    note: str | None = None
    editions: list[_Edition] = []
    names: list[str] = []
    changes: list[_Change] = []


def load_sources(path: Path) -> dict[str, Source]:
    """The register, by source id.

    Raises CorpusError naming the file, the entry and the key that is wrong.
    """
    return {key: _source(key, entry, path) for key, entry in load_mapping(path).items()}


def load_mapping(path: Path) -> dict[str, Any]:
    """A YAML file that holds one mapping; CorpusError with file and line if it does not."""
    data = load_yaml(path)
    if not isinstance(data, dict):
        raise CorpusError(f"{path}: expected a mapping of ids to entries at the top level.")
    return data


def load_yaml(path: Path) -> Any:
    """The content of a YAML file; CorpusError with file and line if it cannot be read."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
    except FileNotFoundError:
        raise CorpusError(f"{path}: the file is missing.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise CorpusError(f"{path}{line}: not valid YAML: {problem}.") from error


_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def first_problem(error: ValidationError) -> str:
    """The first finding of a validation, as `key.key: what is wrong`."""
    finding = error.errors()[0]
    return f"{'.'.join(map(str, finding['loc']))}: {finding['msg']}"


def _source(key: str, entry: object, path: Path) -> Source:
    try:
        parsed = _Entry.model_validate(entry)
    except ValidationError as error:
        raise CorpusError(f"{path}: source '{key}': {first_problem(error)}.") from error
    return Source(
        id=key,
        title=parsed.title,
        short=parsed.short,
        publisher=parsed.publisher,
        date=parsed.date,
        languages=tuple(parsed.languages),
        url=parsed.url,
        licence=parsed.licence,
        kind=parsed.kind,
        status=parsed.status,
        names=tuple(parsed.names),
        changes=tuple(
            Change(by=change.by, type=change.type, since=change.since, note=change.note) for change in parsed.changes
        ),
        unsure=tuple(parsed.unsure),
    )
