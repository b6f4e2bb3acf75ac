"""Passages: exact pieces of a document, with ids that survive what they should."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.models import Document, PageStart, Passage, Reference, Section
from indexer.passages import TARGET, WHOLE, cut, document_text

DOCUMENT = Document("protect-briefs", "en", "briefs/en/guardian.md", "Guardian", "brief", topic="guardian")
OFFICIAL = Document("crc", "en", "documents/crc.en.pdf", "Convention", "official")
SENTENCE = "The guardian meets the child in private, and explains what happens next in plain words. "

headings = st.lists(st.sampled_from(["A", "B", "A/1", "Summary"]), max_size=2).map(tuple)
texts = st.one_of(
    st.text(min_size=1, max_size=60),
    st.lists(st.sampled_from([SENTENCE, "Art. 12. ", "\n", "Bērns? ", " "]), min_size=1, max_size=60).map("".join),
).filter(lambda text: bool(text.strip()))
sections = st.lists(
    st.builds(Section, headings=headings, text=texts, anchor=st.sampled_from(["", "law", "steps"])), max_size=6
)


@settings(deadline=None)
@given(sections, st.sampled_from([DOCUMENT, OFFICIAL]))
def test_a_passage_is_the_text_of_its_document_at_its_start(parts: list[Section], document: Document) -> None:
    whole = document_text(parts)
    for passage in cut(document, 3, parts):
        assert whole[passage.start : passage.start + len(passage.text)] == passage.text
        assert passage.document == 3


@settings(deadline=None)
@given(sections)
def test_sentences_cover_a_passage_and_passages_cover_the_document(parts: list[Section]) -> None:
    whole, reached = document_text(parts), 0
    for passage in cut(DOCUMENT, 0, parts):
        assert not whole[reached : passage.start].strip()
        reached = passage.start + len(passage.text)
        at = 0
        for begin, end in passage.sentences:
            assert at <= begin < end <= len(passage.text)
            assert not passage.text[at:begin].strip()
            at = end
        assert at == len(passage.text)
    assert not whole[reached:].strip()


@settings(deadline=None)
@given(sections, st.sampled_from([DOCUMENT, OFFICIAL]))
def test_places_are_unique_in_a_document(parts: list[Section], document: Document) -> None:
    passages = cut(document, 0, parts)
    assert len({passage.place for passage in passages}) == len(passages)
    assert len({passage.group for passage in passages}) == len(passages)


def test_a_section_of_ordinary_length_stays_whole() -> None:
    text = (SENTENCE * (WHOLE // len(SENTENCE))).strip()
    assert [passage.text for passage in cut(DOCUMENT, 0, [Section(("A",), text)])] == [text]


def test_a_long_section_is_cut_between_sentences_near_the_target_length() -> None:
    passages = cut(DOCUMENT, 0, [Section(("A",), (SENTENCE * 50).strip())])
    assert len(passages) > 3
    assert all(passage.text.endswith("words.") and len(passage.text) <= TARGET for passage in passages)


def test_a_long_section_is_rather_cut_at_a_paragraph() -> None:
    paragraph = (SENTENCE * 8).strip()
    assert [p.text for p in cut(DOCUMENT, 0, [Section(("A",), "\n".join([paragraph] * 4))])] == [paragraph] * 4


def only(section: Section, document: Document = DOCUMENT) -> Passage:
    (passage,) = cut(document, 0, [section])
    return passage


def test_the_place_survives_a_change_of_wording_and_the_id_does_not() -> None:
    before, after = only(Section(("A",), "Old words.", "law")), only(Section(("A",), "New words.", "law"))
    assert before.place == after.place
    assert before.id != after.id


def test_an_anchored_section_keeps_its_place_when_its_heading_is_reworded() -> None:
    before, after = only(Section(("A",), "Text.", "law")), only(Section(("Other",), "Text.", "law"))
    assert before.id == after.id


def test_language_versions_of_a_section_share_a_group_and_nothing_else_does() -> None:
    latvian = replace(DOCUMENT, lang="lv", path="briefs/lv/guardian.md")
    english, same = only(Section(("A",), "Text.", "law")), only(Section(("Ā",), "Teksts.", "law"), latvian)
    assert english.group == same.group
    assert english.place != same.place
    assert only(Section(("A",), "Text.", "steps")).group != english.group
    assert only(Section(("A",), "Text.", "law"), OFFICIAL).group != english.group


def test_a_passage_has_the_page_on_which_it_begins_not_that_of_its_section() -> None:
    pages = (PageStart(0, 7, "iv"), PageStart(len(SENTENCE) * 20, 8, "1"))
    passages = cut(OFFICIAL, 0, [Section(("A",), (SENTENCE * 40).strip(), pages=pages)])
    assert (passages[0].page, passages[0].page_label) == (7, "iv")
    assert (passages[-1].page, passages[-1].page_label) == (8, "1")
    assert only(Section(("A",), "Text.")).page is None


def test_each_passage_of_a_long_section_keeps_its_own_references() -> None:
    text = (SENTENCE * 40).strip()
    first, last = len(SENTENCE) - 1, len(text)
    section = Section(("A",), text, references=(Reference("crc", "3", first), Reference("gc14", "", last)))
    passages = cut(DOCUMENT, 0, [section])
    assert passages[0].references == (Reference("crc", "3", first),)
    assert passages[-1].references == (Reference("gc14", "", len(passages[-1].text)),)
    assert all(not passage.references for passage in passages[1:-1])
