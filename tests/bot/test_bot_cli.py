"""`protect-bot ask` and `term`: the same answers as in a chat, as text and as data."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from indexer import ConfigError

KEYS = {
    *("id", "language", "intent", "found", "answers", "countries", "contacts"),
    *("notices", "searched_text", "reply_text"),
}
QUESTION = "Who appoints a guardian for a child who travels alone?"


class Cli:
    """Runs `protect-bot` on the small corpus."""

    def __init__(self, config: Path) -> None:
        self.config = config

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        result = CliRunner().invoke(app, [*arguments, "--config", str(self.config)], catch_exceptions=False)
        return result.exit_code, result.stdout, result.stderr

    def data(self, *arguments: str) -> list[dict]:
        code, out, err = self(*arguments)
        assert code == 0, err
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def cli(small_config: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    # Error messages are then in one piece on any terminal.
    monkeypatch.setattr("bot.cli._err.width", 500, raising=False)
    return Cli(small_config)


def batch_file(folder: Path, *lines: object) -> str:
    path = folder / "batch.jsonl"
    path.write_text("".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines), "utf-8")
    return str(path)


def test_one_question_is_answered_as_text(cli: Cli) -> None:
    code, out, _ = cli("ask", QUESTION)
    assert code == 0
    assert "“" in out
    assert "This project's brief, not official text" in out


def test_one_question_as_data(cli: Cli) -> None:
    [answer] = cli.data("ask", QUESTION, "--json")
    assert set(answer) == KEYS - {"id"}
    assert answer["found"]


def test_a_batch_keeps_ids_and_order(cli: Cli, tmp_path: Path) -> None:
    path = batch_file(
        tmp_path,
        {"id": "z", "text": QUESTION},
        {"id": 7, "text": "who won the football world cup"},
        "\n",
        {"text": "Kes määrab lapsele eestkostja?", "lang": "et"},
        {"id": "a", "text": "/nonsense"},
        {"id": "e", "text": ""},
    )
    answers = cli.data("ask", "--batch", path)
    assert [answer["id"] for answer in answers] == ["z", 7, "4", "a", "e"]
    assert [answer["found"] for answer in answers] == [True, False, True, False, False]
    assert [answer["language"] for answer in answers[:3]] == ["en", "en", "et"]
    assert all(set(answer) == KEYS for answer in answers)


def test_the_lines_of_a_batch_know_nothing_of_each_other(cli: Cli, tmp_path: Path) -> None:
    path = batch_file(tmp_path, {"text": QUESTION, "lang": "ru"}, {"text": "and in Lithuania?"}, {"text": QUESTION})
    first, follow_up, again = cli.data("ask", "--batch", path)
    assert not follow_up["found"]
    assert follow_up["language"] == "en"
    assert again["answers"] == first["answers"]


def test_questions_leave_nothing_behind(cli: Cli, tmp_path: Path) -> None:
    """A language that one run chose does not reach the next one, nor the database of a running bot."""
    russian = cli.data("ask", "112", "--lang", "ru", "--json")[0]["reply_text"]
    english = cli.data("ask", "112", "--json")[0]["reply_text"]
    assert russian is not None
    assert english == cli.data("ask", "112", "--json", "--lang", "en")[0]["reply_text"]
    assert not (cli.config.parent / "data" / "protect.db").exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{not json}\n", "not valid JSON"),
        ('["a list"]\n', "expected an object with `id` and `text`"),
        ('{"id": "x"}\n', "expected an object with `id` and `text`"),
        ('{"id": "x", "text": null}\n', "expected an object with `id` and `text`"),
    ],
)
def test_a_bad_line_is_named_with_file_and_number(cli: Cli, tmp_path: Path, line: str, message: str) -> None:
    path = batch_file(tmp_path, {"text": QUESTION}, "\n", line)
    code, out, err = cli("ask", "--batch", path)
    assert code == 1
    assert out == "", "nothing is answered before the whole file was read"
    assert f"{path}:3: {message}" in err


def test_a_file_that_cannot_be_read_is_named(cli: Cli, tmp_path: Path) -> None:
    assert "cannot be read" in cli("ask", "--batch", str(tmp_path / "missing.jsonl"))[2]
    path = tmp_path / "latin.jsonl"
    path.write_bytes('{"text": "määrab"}\n'.encode("latin-1"))
    code, _, err = cli("ask", "--batch", str(path))
    assert (code, "not UTF-8" in err) == (1, True)


def test_a_byte_order_mark_is_no_trouble(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "bom.jsonl"
    path.write_text(json.dumps({"id": 1, "text": "hello"}) + "\n", encoding="utf-8-sig")
    assert [answer["id"] for answer in cli.data("ask", "--batch", str(path))] == [1]


def test_without_a_question_it_says_what_is_missing(cli: Cli) -> None:
    code, _, err = cli("ask")
    assert (code, "--batch" in err) == (1, True)


def test_a_term_is_shown_in_the_language_asked_for(cli: Cli) -> None:
    code, out, _ = cli("term", "guardian", "--lang", "lv")
    assert code == 0
    assert out.startswith("aizbildnis")
    assert "Eesti: eestkostja" in out


def test_personal_data_does_not_come_back(cli: Cli) -> None:
    code, out, err = cli("ask", f"{QUESTION} call +371 20000123", "--json")
    assert code == 0
    assert "20000123" not in out + err


def test_errors_made_on_purpose_are_sentences(tmp_path: Path) -> None:
    wrong = tmp_path / "config.yaml"
    wrong.write_text("databases: x\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="databases"):
        Cli(wrong)("ask", "hello")
