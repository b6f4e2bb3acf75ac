"""The configuration: a wrong key or value is named with its file, line and what is allowed."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from indexer.embeddings import Endpoint
from indexer.settings import ConfigError, Settings, Strict, load, load_shared


class Hook(Strict):
    secret: SecretStr = SecretStr("")
    port: int = 1


class Bot(Settings):
    hook: Hook | None = None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def wrong(file: Path, content: str) -> str:
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load(Settings, file)
    return str(raised.value)


def test_relative_paths_count_from_the_folder_of_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("corpus: texts\nindex: /var/index\n")
    monkeypatch.chdir("/")
    settings = load(Settings, file)
    assert settings.corpus == file.parent / "texts"
    assert settings.index == Path("/var/index")


@pytest.mark.parametrize("content", ["", "\n\n", "# corpus: texts\n", "---\n"])
def test_an_empty_file_and_one_of_comments_give_the_defaults(file: Path, content: str) -> None:
    file.write_text(content)
    settings = load(Settings, file)
    assert settings.corpus == file.parent / "corpus"
    assert settings.index == file.parent / "data" / "index"
    assert settings.embeddings.kind == "local"


def test_a_missing_file_is_named_with_the_example(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing; copy config\.example\.yaml") as raised:
        load(Settings, file)
    assert str(file) in str(raised.value)


def test_without_a_path_the_file_here_is_read_if_there_is_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    assert load(Settings).corpus == Path("corpus")
    file.write_text("corpus: texts\n")
    assert load(Settings).corpus == file.parent / "texts"


def test_an_unknown_key_is_named_with_its_line_and_the_keys_that_are_allowed(file: Path) -> None:
    message = wrong(file, "corpus: texts\nindexes: data\n")
    assert message == f"{file}:2: indexes: unknown key; allowed here: corpus, embeddings, index."


def test_an_unknown_key_further_in_is_named_with_its_path(file: Path) -> None:
    message = wrong(file, "corpus: texts\nembeddings:\n  kind: local\n  modell: e5\n")
    assert message.startswith(f"{file}:4: embeddings.modell: unknown key; allowed here: api_key, kind, model, url.")


def test_a_wrong_value_is_named_with_what_was_found_and_what_is_allowed(file: Path) -> None:
    message = wrong(file, "embeddings:\n  kind: fast\n")
    assert message.startswith(f"{file}:2: embeddings.kind:")
    assert "'local', 'endpoint' or 'off'" in message
    assert "(found 'fast')" in message


def test_a_value_of_the_wrong_type_is_named(file: Path) -> None:
    message = wrong(file, "# where the texts are\ncorpus: [a, b]\n")
    assert message.startswith(f"{file}:2: corpus:")
    assert "(found ['a', 'b'])" in message


def test_every_finding_has_its_line(file: Path) -> None:
    message = wrong(file, "corpus: 5\nextra: 1\nindex: {}\n")
    assert [line.split(": ")[0] for line in message.splitlines()] == [f"{file}:1", f"{file}:3", f"{file}:2"]


def test_a_secret_is_not_repeated_in_the_message(file: Path) -> None:
    message = wrong(file, "embeddings:\n  api_key: 123456789\n")
    assert "embeddings.api_key" in message
    assert "123456789" not in message


def test_a_section_that_may_be_left_out_is_explained_like_any_other(file: Path) -> None:
    file.write_text("hook:\n  secret: 987654\n  port: x\n  host: y\n")
    with pytest.raises(ConfigError) as raised:
        load(Bot, file)
    secret, port, host = str(raised.value).splitlines()
    assert secret.startswith(f"{file}:2: hook.secret:")
    assert "987654" not in secret
    assert port.endswith("(found 'x').")
    assert host == f"{file}:4: hook.host: unknown key; allowed here: port, secret."


def test_an_endpoint_needs_url_and_model(file: Path) -> None:
    message = wrong(file, "embeddings:\n  kind: endpoint\n  url: ftp://x\n")
    assert "needs `url` (http:// or https://) and `model`" in message


def test_an_endpoint_is_opened_and_off_opens_nothing(file: Path) -> None:
    file.write_text("embeddings: {kind: endpoint, url: 'http://localhost:1/v1', model: e5, api_key: k}\n")
    opened = load(Settings, file).embeddings.open()
    assert isinstance(opened, Endpoint)
    file.write_text("embeddings: {kind: 'off'}\n")
    assert load(Settings, file).embeddings.open() is None


def test_an_unquoted_off_means_off(file: Path) -> None:
    file.write_text("embeddings:\n  kind: off\n")
    assert load(Settings, file).embeddings.open() is None


@pytest.mark.parametrize("content", ["- a\n- b\n", "just words\n", "42\n"])
def test_a_file_that_is_no_mapping_is_refused(file: Path, content: str) -> None:
    message = wrong(file, content)
    assert str(file) in message
    assert "`key: value` lines" in message


def test_broken_yaml_is_named_with_its_line(file: Path) -> None:
    assert wrong(file, "corpus: texts\nindex: 'open\n").startswith(f"{file}:")
    assert wrong(file, "corpus: texts\n index: [\n").startswith(f"{file}:2: not valid YAML")


def test_a_file_in_another_encoding_and_a_folder_are_refused_by_name(file: Path) -> None:
    file.write_bytes("corpus: tekstiāā\n".encode("cp1257"))
    with pytest.raises(ConfigError) as raised:
        load(Settings, file)
    assert str(file) in str(raised.value)
    with pytest.raises(ConfigError) as raised:
        load(Settings, file.parent)
    assert str(file.parent) in str(raised.value)


def test_the_indexer_reads_over_keys_of_the_bot_but_not_over_its_own(file: Path) -> None:
    file.write_text("telegram: {token: x}\ncorpus: texts\n")
    assert load_shared(file).corpus == file.parent / "texts"
    file.write_text("telegram: {token: x}\nembeddings: {kinds: off}\n")
    with pytest.raises(ConfigError, match=r"embeddings\.kinds: unknown key"):
        load_shared(file)
