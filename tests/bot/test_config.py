"""The bot's part of the configuration: defaults, paths, and messages that name the wrong key."""

from pathlib import Path

import pytest

from bot.config import Config, load_config
from indexer import ConfigError


def written(folder: Path, content: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(content, encoding="utf-8")
    return path


def test_an_empty_file_gives_the_defaults_beside_it(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, ""))
    assert config.corpus == tmp_path / "corpus"
    assert config.index == tmp_path / "data" / "index"
    assert config.contacts == tmp_path / "corpus" / "contacts.example.yaml"
    assert config.database == f"sqlite+aiosqlite:///{tmp_path / 'data' / 'protect.db'}"
    assert config.telegram.token.get_secret_value() == ""
    assert (config.web.host, config.language, config.admins) == ("127.0.0.1", "en", ())


def test_without_a_file_the_defaults_count_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config()
    assert config.database == f"sqlite+aiosqlite:///{tmp_path / 'data' / 'protect.db'}"
    assert config.path is None


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        ("sqlite+aiosqlite:///state.db", "sqlite+aiosqlite:///{here}/state.db"),
        ("sqlite+aiosqlite:////srv/state.db", "sqlite+aiosqlite:////srv/state.db"),
        ("sqlite+aiosqlite:///:memory:", "sqlite+aiosqlite:///:memory:"),
        ("postgresql+asyncpg://u:p@host/name", "postgresql+asyncpg://u:p@host/name"),
    ],
)
def test_where_the_database_is(tmp_path: Path, database: str, expected: str) -> None:
    config = load_config(written(tmp_path, f"database: '{database}'\n"))
    assert config.database == expected.format(here=tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("tokens: x", ["config.yaml:1", "tokens", "telegram"]),
        ("web: {ports: 1}", ["web.ports", "host, port"]),
        ("web: {port: 70000}", ["web.port", "65535"]),
        ("telegram: {workers: 0}", ["telegram.workers", "greater than or equal to 1"]),
        ("language: sv", ["language", "'sv'", "et"]),
        ("database: mysql://host", ["database", "sqlite+aiosqlite:///FILE"]),
        ("admins: [anna]", ["admins", "integer"]),
        ("telegram:\n  webhook:\n    url: http://a.example\n    secret: sixteen-letters-or-more", ["webhook", "https"]),
        ("telegram:\n  webhook:\n    url: https://a.example\n    secret: short", ["webhook", "16"]),
        ("contacts: people.yaml", ["contacts", "people.yaml"]),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, content: str, words: list[str]) -> None:
    path = written(tmp_path, content)
    with pytest.raises(ConfigError) as error:
        load_config(path)
    assert [word for word in [str(path), *words] if word not in str(error.value)] == []


def test_a_missing_file_that_was_asked_for_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="missing"):
        load_config(tmp_path / "other.yaml")


@pytest.mark.parametrize(
    "content",
    [
        "telegram: {token: '123:topsecretvalue', workers: 0}",
        "telegram: {token: '123:topsecretvalue', webhook: {url: 'http://x', secret: topsecretvalue}}",
        "database: mysql://user:topsecretvalue@host/name",
    ],
)
def test_no_message_shows_a_secret(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(written(tmp_path, content))
    assert "topsecretvalue" not in str(error.value)


def test_the_token_does_not_show_when_a_configuration_is_printed(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, "telegram: {token: '123:topsecretvalue'}"))
    assert "topsecretvalue" not in f"{config!r} {config}"
    assert config.telegram.token.get_secret_value() == "123:topsecretvalue"


def test_the_example_names_every_key_with_its_default(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    config = load_config(root / "config.example.yaml")
    defaults = load_config(written(tmp_path, "")).model_dump(mode="json")
    assert config.model_dump(mode="json") == {
        **defaults,
        "corpus": str(root / "corpus"),
        "index": str(root / "data" / "index"),
        "contacts": str(root / "corpus" / "contacts.example.yaml"),
        "database": f"sqlite+aiosqlite:///{root / 'data' / 'protect.db'}",
    }
    assert config.model_fields_set >= set(Config.model_fields)
