"""A reply as Telegram messages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.rendering import ENTITIES, LIMIT, keyboard, messages, units
from bot.reply import Block, Button, Reply, Span, plain
from tests.auxil.telegram_html import Entity, covered, parse
from tests.auxil.telegram_html import units as counted

PIECES = st.sampled_from(
    [
        "<b>", "</blockquote>", "&amp;", "&", "<", ">", '"', "'", "\n", "\n\n", " ", "\u00a0", "…", ". ", "! ", "“", "”",
        "Vai bērnam ir aizbildnis?", "Ребёнок один в чужой стране.", "Lapsi on yksin. ", "يحتاج الطفل إلى وصي", "ילד",
        "👩‍👩‍👧", "🇱🇻", "👍🏽", "é", "e\u0301", "𝔘", "x" * 500, "word " * 300, "Sentence one. " * 90, "🆘" * 400,
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join), st.text(max_size=10).map(lambda t: t * 900)
)
URLS = st.sampled_from(["", "https://example.org/a?b=1&c=\"<>'", "javascript:alert(1)", "tg://user?id=1"])
SPANS = st.builds(Span, TEXTS, st.sampled_from(["plain", "bold", "mark", "italic"]), URLS)
KINDS = st.sampled_from(["text", "heading", "quote", "citation", "notice", "warning", "contact", "item"])
BLOCKS = st.builds(Block, KINDS, st.lists(SPANS, max_size=5).map(tuple))
REPLIES = st.builds(Reply, st.lists(BLOCKS, max_size=7).map(tuple))


def without_space(text: str) -> str:
    return "".join(text.split())


def formatted(entities: list[Entity], text: str, kind: str) -> list[str]:
    return [covered(text, entity) for entity in entities if entity.type == kind]


# ---- whatever the reply ---------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(REPLIES)
def test_every_message_is_accepted_and_together_they_say_what_the_reply_says(reply: Reply) -> None:
    pieces = messages(reply)
    for piece in pieces:
        text, entities = parse(piece.html)  # refuses tags that are unknown or unbalanced
        assert text == piece.text
        assert text == text.strip() != ""
        assert counted(text) <= LIMIT
        assert piece.html.count("</") <= ENTITIES, "the server would drop what is formatted last"
        assert all(entity.url.startswith(("https://", "tg://")) for entity in entities if entity.type == "text_link")
    said = without_space(reply.text)
    assert without_space("".join(piece.text for piece in pieces)) == (said or "…")


@given(st.text())
def test_length_is_counted_as_telegram_counts(text: str) -> None:
    assert units(text) == counted(text)


def test_half_a_surrogate_pair_is_replaced_since_no_request_can_carry_it() -> None:
    (piece,) = messages(Reply((plain("text", "a\ud83db"),)))
    assert piece.text == "a\ufffdb"


def test_a_reply_without_words_still_answers() -> None:
    assert [piece.text for piece in messages(Reply())] == ["…"]


# ---- how it looks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "html"),
    [
        (plain("heading", "1. A & B"), "<b>1. A &amp; B</b>"),
        (plain("warning", "112"), "<b>112</b>"),
        (plain("notice", "⚠ x"), "<i>⚠ x</i>"),
        (plain("item", "x"), "• x"),
        (plain("text", "<script>"), "&lt;script&gt;"),
        (
            Block("quote", (Span("A "), Span("guardian", "mark"), Span(" speaks."))),
            "<blockquote>“A <b>guardian</b> speaks.”</blockquote>",
        ),
        (
            Block("citation", (Span("CRC", url="https://a.org/?x=1&y=2"),)),
            '<a href="https://a.org/?x=1&amp;y=2">CRC</a>',
        ),
        (Block("item", (Span("CRC", "bold", "https://a.org"),)), '• <a href="https://a.org"><b>CRC</b></a>'),
        (Block("text", (Span("x", url="javascript:alert(1)"),)), "x"),
        (Block("heading", (Span("x", "bold"),)), "<b>x</b>"),
    ],
)
def test_blocks_look_like_this(block: Block, html: str) -> None:
    (piece,) = messages(Reply((block,)))
    assert piece.html == html


def test_a_citation_stands_right_below_its_quote_and_items_stand_together() -> None:
    reply = Reply((plain("quote", "q"), plain("citation", "c"), plain("item", "1"), plain("item", "2")))
    assert messages(reply)[0].text == "“q”\nc\n\n• 1\n• 2" == reply.text


# ---- where it is cut ------------------------------------------------------------------------------------


def test_cuts_come_between_blocks_and_a_heading_stays_with_its_quote() -> None:
    parts = [block for n in range(4) for block in (plain("heading", f"Heading {n}"), plain("quote", f"{n}" * 1500))]
    assert [piece.text[:9] for piece in messages(Reply(tuple(parts)))] == ["Heading 0", "Heading 2"]


def test_a_long_block_is_cut_between_lines_then_sentences_then_words() -> None:
    lines = messages(Reply((plain("text", "\n".join(["Line one. And more"] * 400)),)))
    assert all(piece.text.startswith("Line one") and piece.text.endswith("more") for piece in lines)
    sentences = messages(Reply((plain("text", "A sentence of words. " * 400),)))
    assert all(piece.text.startswith("A sentence") and piece.text.endswith("words.") for piece in sentences)
    words = messages(Reply((plain("text", "words " * 1400),)))
    assert all(piece.text.startswith("words") and piece.text.endswith("words") for piece in words)


def test_a_quote_that_is_cut_is_a_quote_in_both_messages() -> None:
    pieces = messages(Reply((plain("quote", "A sentence of words. " * 300),)))
    assert len(pieces) == 2
    assert all(piece.html.startswith("<blockquote>") and piece.html.endswith("</blockquote>") for piece in pieces)


def test_an_emoji_of_several_signs_is_not_parted() -> None:
    family = "👩‍👩‍👧"
    for shift in range(8):
        pieces = messages(Reply((plain("text", "x" * shift + family * 1200),)))
        assert all(piece.text.lstrip("x").replace(family, "") == "" for piece in pieces)


def test_more_formatting_than_a_message_keeps_makes_another_message() -> None:
    items = [Block("item", (Span(f"Source {n}", "bold", "https://example.org"),)) for n in range(120)]
    pieces = messages(Reply(tuple(items)))
    links = [word for piece in pieces for word in formatted(parse(piece.html)[1], piece.text, "text_link")]
    assert links == [f"Source {n}" for n in range(120)]


# ---- buttons --------------------------------------------------------------------------------------------


def test_labels_rows_and_numbers_of_buttons_are_cut_to_what_is_allowed() -> None:
    long = Button("word " * 40, "a:1")
    markup = keyboard(
        Reply((), ((long,), tuple(Button(str(n), f"b:{n}") for n in range(20)), *[(Button("", "c"),)] * 200))
    )
    assert markup is not None
    rows = markup.inline_keyboard
    assert rows[0][0].text.endswith("…")
    assert all(1 <= len(button.text) <= 64 for row in rows for button in row)
    assert max(map(len, rows)) <= 8
    assert sum(map(len, rows)) == 100


def test_no_buttons_are_no_keyboard() -> None:
    assert keyboard(Reply()) is None
