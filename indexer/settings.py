"""The part of `config.yaml` that the indexer and the bot share, and how the file is read."""

from pathlib import Path
from typing import Any, Literal, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_validator, model_validator

from .embeddings import Embedder, Endpoint, LocalE5
from .errors import CorpusError, IndexerError
from .sources import load_yaml

#: Where the configuration is looked for when no path is given.
DEFAULT_PATH = Path("config.yaml")


class ConfigError(IndexerError):
    """The configuration is wrong; the message names the file, the key and what is allowed."""


class Strict(BaseModel):
    """A section of the configuration; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Embeddings(Strict):
    """The semantic opinion."""

    kind: Literal["local", "endpoint", "off"] = "local"
    url: str = ""
    model: str = ""
    api_key: SecretStr = SecretStr("")

    @field_validator("kind", mode="before")
    @classmethod
    def _off_is_a_word(cls, value: object) -> object:
        return "off" if value is False else value  # YAML reads a bare `off` as false

    @model_validator(mode="after")
    def _endpoint_is_named(self) -> Self:
        if self.kind == "endpoint" and not (self.url.startswith(("http://", "https://")) and self.model):
            raise ValueError("kind 'endpoint' needs `url` (http:// or https://) and `model`")
        return self

    def open(self) -> Embedder | None:
        """The embedder; None when switched off. Raises EmbeddingsUnavailable."""
        if self.kind == "off":
            return None
        if self.kind == "endpoint":
            return Endpoint(self.url, self.model, self.api_key.get_secret_value())
        return LocalE5()


class Settings(Strict):
    """Where the corpus and the index are."""

    corpus: Path = Path("corpus")
    index: Path = Path("data/index")
    embeddings: Embeddings = Embeddings()


class _Shared(Settings):
    model_config = ConfigDict(extra="ignore", frozen=True)


_S = TypeVar("_S", bound=Settings)


def load_shared(path: Path | None = None) -> Settings:
    """The shared part; other keys of the file belong to the bot and are not looked at."""
    return load(_Shared, path)


def load(model: type[_S], path: Path | None = None) -> _S:
    """The configuration; defaults when no path is given and there is no `config.yaml` here.

    Relative paths count from the folder of the file. Raises ConfigError.
    """
    if path is None and not DEFAULT_PATH.exists():
        return model()
    path = path or DEFAULT_PATH
    if not path.exists():
        raise ConfigError(f"{path}: the file is missing; copy config.example.yaml and edit it.")
    try:
        data = load_yaml(path)
    except CorpusError as error:
        raise ConfigError(str(error)) from error
    if data is None:  # empty, or nothing but comments
        data = {}
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected `key: value` lines; config.example.yaml shows them.")
    try:
        settings = model.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_explain(error, path, model)) from error
    base = path.resolve().parent
    return settings.model_copy(update={"corpus": base / settings.corpus, "index": base / settings.index})


def _explain(error: ValidationError, path: Path, model: type[BaseModel]) -> str:
    """One line for each finding: file, key, what is wrong and what is allowed."""
    lines = []
    for finding in error.errors():
        where = [str(part) for part in finding["loc"]]
        key = ".".join(where) or "the file"
        line = _line_of(path, where)
        message = finding["msg"].removeprefix("Value error, ")
        if finding["type"] == "extra_forbidden":
            message = f"unknown key; allowed here: {', '.join(_allowed(model, where[:-1]))}"
        elif finding["type"] not in {"value_error", "missing"} and not _is_secret(model, where):
            value = repr(finding["input"])
            message += f" (found {value})" if len(value) < 60 else ""
        lines.append(f"{path}{line}: {key}: {message}.")
    return "\n".join(lines)


def _allowed(model: type[BaseModel], where: list[str]) -> list[str]:
    inner = _annotation(model, where)
    section = next(filter(_is_section, (inner, *get_args(inner))), None)
    return sorted(section.model_fields) if section else []


def _is_secret(model: type[BaseModel], where: list[str]) -> bool:
    return "Secret" in str(_annotation(model, where))


def _annotation(model: type[BaseModel], where: list[str]) -> Any:
    """The type that the key at this path has; None where it is not known."""
    inner: Any = model
    for part in where:
        sections = [part_of for part_of in (inner, *get_args(inner)) if _is_section(part_of)]
        field = sections[0].model_fields.get(part) if sections else None
        inner = field.annotation if field else None
    return inner


def _is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _line_of(path: Path, where: list[str]) -> str:
    """`:12` for the line on which the key stands, as far as indentation tells; else nothing."""
    lines = path.read_text(encoding="utf-8").splitlines()
    at = -1
    for part in where:
        found = next((n for n in range(at + 1, len(lines)) if lines[n].strip().startswith(f"{part}:")), None)
        if found is None:
            break
        at = found
    return f":{at + 1}" if at >= 0 else ""
