"""A quote is the passage's own words, with the sources and changes that belong to exactly these words."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers import MAX_SENTENCES, Answer, answer, changes, cite, quoted, with_addenda
from indexer import Evidence, Hit, Index, Passage, Reference, build


def hit(passage: Passage, terms: frozenset[str] = frozenset(), confidence: float = 0.9) -> Hit:
    return Hit(passage, 1.0, 1.0, Evidence(0.0, 0.5, 0.9, 1, 0.0), confidence, terms)


def sentences_of(passage: Passage, quote: str) -> list[int]:
    """Numbers of the sentences that the quote is made of; fails when it is cut in the middle of one."""
    begin = passage.text.index(quote)
    end = begin + len(quote)
    starts = [a for a, _ in passage.sentences]
    ends = [b for _, b in passage.sentences]
    return list(range(starts.index(begin), ends.index(end) + 1))


@pytest.fixture(scope="session")
def passages(small_index: Index) -> list[Passage]:
    return [small_index.passage(number) for number in range(len(small_index))]


# ---- the quote ------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_quote_is_one_to_three_whole_sentences_of_the_passage(
    small_index: Index, passages: list[Passage], data: st.DataObject
) -> None:
    passage = data.draw(st.sampled_from(passages), label="passage")
    tokens = sorted(set(small_index.languages[passage.lang].tokens(passage.text)))
    foreign = st.sampled_from(["nothing", "~abc", "§none", "", "§guardian"])
    terms = data.draw(st.frozensets(st.sampled_from(tokens) | foreign, max_size=12), label="terms")
    found = answer(small_index, hit(passage, terms))
    assert found.quote in passage.text
    numbers = sentences_of(passage, found.quote)
    assert 1 <= len(numbers) <= MAX_SENTENCES
    for begin, end in found.marks:
        assert 0 <= begin < end <= len(found.quote)
    assert list(found.marks) == sorted(set(found.marks))
    assert found.references == tuple(dict.fromkeys(found.references))


def test_every_passage_can_be_quoted_without_any_term(small_index: Index, passages: list[Passage]) -> None:
    for passage in passages:
        found = answer(small_index, hit(passage))
        assert found.quote
        assert passage.text.startswith(found.quote)
        assert found.marks == ()


def test_the_quote_holds_what_was_asked_for(small_index: Index) -> None:
    best = small_index.search("how many children may one representative support", "en", 1)[0]
    found = answer(small_index, best)
    assert "no more than 30 unaccompanied children" in found.quote
    marked = {found.quote[begin:end] for begin, end in found.marks}
    assert marked & {"representative", "supports", "support"}


# ---- what the sentences rest on -------------------------------------------------------------------------


def marked_passage(small_index: Index, text: str, *ats: tuple[str, int]) -> Passage:
    """A passage with one mark after each source's offset."""
    sentences, at = [], 0
    for line in text.split("\n"):
        for part in line.split(". "):
            end = at + len(part) + (0 if part.endswith(".") else 1)
            sentences.append((at, end))
            at = end + 1
    template = small_index.passage(0)
    references = tuple(Reference(source, "1", offset) for source, offset in ats)
    return replace(template, text=text, sentences=tuple(sentences), references=references)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (0, 0, ["crc"]),  # the mark comes after the next sentence, at the end of the paragraph
        (1, 1, ["crc"]),
        (0, 1, ["crc"]),
        (2, 2, ["apr"]),  # a mark of its own: what the sentence after it rests on is not meant
        (3, 3, ["rcd"]),
        (2, 3, ["apr", "rcd"]),
        (1, 2, ["crc", "apr"]),
        (4, 4, []),
    ],
)
def test_references_are_those_of_the_quoted_sentences(
    small_index: Index, first: int, last: int, expected: list[str]
) -> None:
    text = "One is. Two is.\nThree is. Four is.\nFive is."
    passage = marked_passage(small_index, text, ("crc", 15), ("apr", 25), ("rcd", 34))
    begin, end = passage.sentences[first][0], passage.sentences[last][1]
    found = quoted(small_index, passage, begin, end)
    assert [reference.source for reference in found.references] == expected


def test_a_reference_is_named_once(small_index: Index) -> None:
    passage = marked_passage(small_index, "One is.\nTwo is.", ("crc", 7), ("crc", 15))
    assert len(quoted(small_index, passage, 0, 15).references) == 1


def test_every_sentence_of_the_briefs_rests_on_something(small_index: Index, passages: list[Passage]) -> None:
    bare = [
        passage.text[begin:end]
        for passage in passages
        for begin, end in passage.sentences
        if not quoted(small_index, passage, begin, end).references
    ]
    assert bare == []


# ---- what changed since ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_an_old_guideline(small_config: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """An index of a made-up official text of 2015 that names law replaced since."""
    folder = tmp_path_factory.mktemp("old")
    corpus = folder / "corpus"
    (corpus / "documents").mkdir(parents=True)
    (corpus / "sources.yaml").write_bytes((small_config.parent / "corpus" / "sources.yaml").read_bytes())
    (corpus / "terms.yaml").write_text("- {id: hearing, en: [hearing of the child]}\n", encoding="utf-8")
    register = corpus / "sources.yaml"
    register.write_text(
        register.read_text(encoding="utf-8")
        + """
made-up:
  title: Made-up guideline
  short: {en: Made-up guideline}
  publisher: Nobody
  date: "2015-03-01"
  languages: [en]
  url: https://example.org/made-up.pdf
  licence: none
  kind: guidelines
  status: official
""",
        encoding="utf-8",
    )
    (corpus / "documents" / "made-up.en.md").write_text(
        "# Made-up guideline\n\n## Responsibility\n\nDublin III decides which state examines the application.\n\n"
        "## Hearing\n\nThe child is heard by a trained person.\n",
        encoding="utf-8",
    )
    return Index(build(corpus, folder / "index").generation)


def passage_with(index: Index, words: str) -> Passage:
    return next(p for p in map(index.passage, range(len(index))) if words in p.text)


def test_an_old_text_that_names_replaced_law_says_so_with_the_date(with_an_old_guideline: Index) -> None:
    index = with_an_old_guideline
    found = answer(index, hit(passage_with(index, "Dublin III")))
    [(source, change)] = found.changes
    assert (source.id, change.by, change.type, change.since) == ("dublin-iii", "ammr", "replaced", "2026-07-01")
    assert "1 July 2026" in change.note["en"]
    assert found.citation.document.status == "official"
    assert found.citation.document.edition == "2015-03-01"
    assert not found.citation.is_brief


def test_a_sentence_that_names_none_carries_no_note(with_an_old_guideline: Index) -> None:
    index = with_an_old_guideline
    assert answer(index, hit(passage_with(index, "trained person"))).changes == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Under Dublin III the state decides.", {"dublin-iii"}),
        ("under the DUBLIN REGULATION the state decides.", {"dublin-iii"}),
        ("Regulation (EU) No 604/2013 applies.", {"dublin-iii"}),
        ("Dublini III määruse järgi otsustab riik.", {"dublin-iii"}),
        ("Дублин III определяет государство.", {"dublin-iii"}),
        ("He flew to Dublin in 2013.", set()),
        ("Directive 1604/2013 and 604/20131.", set()),
        ("The child is heard.", set()),
    ],
)
def test_how_running_text_names_changed_law(small_index: Index, text: str, expected: set[str]) -> None:
    assert {source.id for source, _ in changes(small_index, text)} == expected


def test_a_brief_that_rests_on_a_replaced_instrument_says_so(small_index: Index) -> None:
    cited = {source.id for source, _ in changes(small_index, "Ask who represents the child.", ["apd-2013", "crc"])}
    assert cited == {"apd-2013"}


def test_a_brief_that_rests_on_an_amended_instrument_needs_no_note(small_index: Index) -> None:
    """It is newer than the amendment."""
    assert list(changes(small_index, "Do not punish the child.", ["dir-2011-36"])) == []


def test_the_changes_of_a_quote_come_from_its_own_references(small_index: Index) -> None:
    section = next(p for p in map(small_index.passage, range(len(small_index))) if _cites(p, "apd-2013"))
    assert "apd-2013" in {source.id for source, _ in _whole(small_index, section).changes}


def _cites(passage: Passage, source: str) -> bool:
    return any(reference.source == source for reference in passage.references)


def _whole(index: Index, passage: Passage) -> Answer:
    return quoted(index, passage, 0, len(passage.text))


# ---- the citation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "page", "page_label", "link", "shown"),
    [
        ("https://e.org/a.pdf", 7, None, "https://e.org/a.pdf#page=7", "7"),
        ("https://e.org/a.pdf", 7, "iv", "https://e.org/a.pdf#page=7", "iv"),
        ("https://e.org/a.PDF#view=fit", 7, None, "https://e.org/a.PDF#page=7", "7"),
        ("https://e.org/a.html", 7, None, "https://e.org/a.html", "7"),
        ("https://e.org/a.pdf", None, None, "https://e.org/a.pdf", ""),
        ("", 7, None, "", "7"),
    ],
)
def test_a_link_leads_to_the_page(
    small_index: Index, url: str, page: int | None, page_label: str | None, link: str, shown: str
) -> None:
    document = replace(small_index.library.documents[0], url=url)
    index = SimpleNamespace(library=SimpleNamespace(documents=[document], sources=small_index.library.sources))
    passage = replace(small_index.passage(0), document=0, page=page, page_label=page_label)
    citation = cite(index, passage)  # type: ignore[arg-type]
    assert (citation.url, citation.page) == (link, shown)


def test_a_document_whose_source_left_the_register_is_still_cited(small_index: Index) -> None:
    document = replace(small_index.library.documents[0], source="gone")
    index = SimpleNamespace(library=SimpleNamespace(documents=[document], sources={}))
    citation = cite(index, replace(small_index.passage(0), document=0))  # type: ignore[arg-type]
    assert citation.source.id == "gone"
    assert citation.source.title == document.title


# ---- addenda --------------------------------------------------------------------------------------------


def test_the_addendum_of_a_publication_stands_beside_it(small_index: Index) -> None:
    template = small_index.library.documents[0]
    names = ("protect-guidelines", "other", "protect-addendum-1")
    documents = [replace(template, source=name) for name in names]
    index = SimpleNamespace(library=SimpleNamespace(documents=documents, sources=small_index.library.sources))
    first = small_index.passage(0)
    hits = [hit(replace(first, id=f"{number}.x", document=number)) for number in range(3)]
    order = [one.passage.document for one in with_addenda(index, hits, 2)]  # type: ignore[arg-type]
    assert order == [0, 2, 1]
    assert with_addenda(index, hits[1:2], 2) == hits[1:2]  # type: ignore[arg-type]
    assert with_addenda(index, [], 2) == []  # type: ignore[arg-type]
