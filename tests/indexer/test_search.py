"""Search in a small index: three topics in six languages, without embeddings."""

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from indexer.build import build
from indexer.models import LANGUAGES, Hit
from indexer.search import Index

CORPUS = Path(__file__).parents[2] / "corpus"
TOPICS = ("guardian", "age-assessment", "missing-children")
#: Languages of the glossary in the test's index; each costs a dictionary.
SPOKEN = (*LANGUAGES, "sv", "uk")
ENGLISH_ONLY = """\
# Tracing of relatives

## When tracing begins

Family tracing begins as soon as possible after arrival. It must never put relatives in danger.

## Who traces

A national society of the Red Cross traces relatives in other countries.
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Three briefs in each language, and one document that exists in English only."""
    corpus = tmp_path_factory.mktemp("corpus")
    for lang in LANGUAGES:
        for topic in TOPICS:
            path = corpus / "briefs" / lang / f"{topic}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CORPUS / "briefs" / lang / f"{topic}.md", path)
    shutil.copy(CORPUS / "sources.yaml", corpus)
    (corpus / "documents").mkdir()
    (corpus / "documents" / "crc.en.md").write_text(ENGLISH_ONLY)
    glossary = yaml.safe_load((CORPUS / "terms.yaml").read_text(encoding="utf-8"))
    kept = [{key: value for key, value in entry.items() if key in {"id", *SPOKEN}} for entry in glossary]
    (corpus / "terms.yaml").write_text(yaml.safe_dump(kept, allow_unicode=True))
    return Index(build(corpus, corpus / "index").generation)


def topics(index: Index, hits: Sequence[Hit]) -> list[str]:
    return [index.library.documents[hit.passage.document].topic for hit in hits]


@pytest.mark.parametrize(
    ("lang", "question", "topic"),
    [
        # inflected
        ("en", "assessing the ages of youngsters", "age-assessment"),
        ("en", "children who went missing", "missing-children"),
        ("et", "eestkostjale", "guardian"),
        ("et", "vanuse hindamisel", "age-assessment"),
        ("fi", "edunvalvojalle", "guardian"),
        ("fi", "kadonneista lapsista", "missing-children"),
        ("lv", "aizbildņiem", "guardian"),
        ("lv", "pazudušu bērnu meklēšana", "missing-children"),
        ("lt", "globėjams", "guardian"),
        ("lt", "dingusių vaikų paieška", "missing-children"),
        ("ru", "опекунами", "guardian"),
        ("ru", "пропавших детей", "missing-children"),
        # typed without diacritics
        ("et", "rontgen vanuse maaramine", "age-assessment"),
        ("fi", "ian arviointi", "age-assessment"),
        ("lv", "kas iecel aizbildni bernam", "guardian"),
        ("lv", "vecuma noteiksana", "age-assessment"),
        ("lt", "globejo skyrimas", "guardian"),
        ("ru", "оценка возраста ребенка", "age-assessment"),
        # misspelled
        ("en", "who appoints the gaurdian", "guardian"),
        ("et", "eeskostja", "guardian"),
        ("fi", "edunvlavoja", "guardian"),
        ("lv", "aizbldnis", "guardian"),
        ("lt", "amžaus nustatimas", "age-assessment"),
        ("ru", "назначение апекуна", "guardian"),
    ],
)
def test_a_question_finds_its_topic_however_it_is_written(index: Index, lang: str, question: str, topic: str) -> None:
    hits = index.search(question, lang)
    assert topics(index, hits)[0] == topic
    assert hits[0].passage.lang == lang


@pytest.mark.parametrize(
    ("lang", "question", "anchor"),
    [
        ("en", "deadlines for appointing a guardian", "law"),
        ("lv", "termiņi aizbildņa iecelšanai", "law"),
        ("et", "eestkostja määramise tähtajad", "law"),
        ("fi", "määräajat edustajaa nimettäessä", "law"),
        ("lt", "globėjo skyrimo terminai", "law"),
        ("ru", "сроки назначения опекуна", "law"),
    ],
)
def test_the_right_section_of_a_topic_is_among_the_first_two(
    index: Index, lang: str, question: str, anchor: str
) -> None:
    hits = index.search(question, lang, top=2)
    assert topics(index, hits) == ["guardian", "guardian"]
    assert anchor in {hit.passage.anchor for hit in hits}


def test_a_latvian_question_finds_an_english_only_document_through_the_glossary(index: Index) -> None:
    hits = index.search("ģimenes locekļu meklēšana", "lv", top=3)
    hit = next(hit for hit in hits if index.library.documents[hit.passage.document].source == "crc")
    assert hit.passage.lang == "en"
    assert "§family_tracing" in hit.terms
    assert hit.bm25 > 0


@pytest.mark.parametrize(
    ("lang", "question", "topic", "shown"),
    [
        ("sv", "god man för ensamkommande barn", "guardian", "en"),
        ("sv", "åldersbedömning", "age-assessment", "en"),
        ("uk", "опікун дитини", "guardian", "ru"),
        ("uk", "встановлення віку", "age-assessment", "ru"),
    ],
)
def test_a_question_in_a_language_without_passages_gets_those_its_speakers_read(
    index: Index, lang: str, question: str, topic: str, shown: str
) -> None:
    hits = index.search(question, lang)
    assert topics(index, hits)[0] == topic
    assert {hit.passage.lang for hit in hits if topics(index, [hit]) == [topic]} == {shown}


@pytest.mark.parametrize("lang", SPOKEN)
def test_language_versions_of_a_section_appear_once(index: Index, lang: str) -> None:
    groups = [hit.passage.group for hit in index.search("Barnahus 18 EU SIS 116000", lang, top=100)]
    assert groups
    assert len(set(groups)) == len(groups)


def test_hits_come_best_first_with_a_confidence_and_at_most_as_many_as_asked(index: Index) -> None:
    hits = index.search("guardian for a child", "en", top=4)
    assert len(hits) == 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.confidence <= 1 and hit.evidence.similarity == 0 for hit in hits)


@pytest.mark.parametrize("question", ["", "   ", "?!", "\u0301", "qqqqq zzzzz", "\ud800", "§guardian ~^gua"])
def test_a_question_without_a_known_word_is_no_error(index: Index, question: str) -> None:
    assert isinstance(index.search(question, "en"), list)
    assert index.search("qqqqq zzzzz", "en") == []


def test_a_question_in_an_unknown_language_is_no_error(index: Index) -> None:
    assert topics(index, index.search("guardian", "xx"))[0] == "guardian"


@pytest.mark.parametrize(
    ("lang", "question", "word"),
    [("en", "guardians", "guardian"), ("ru", "опекуны", "опекун"), ("lv", "aizbildni", "aizbildnis")],
)
def test_marks_are_words_inside_the_text_that_the_question_asked_for(
    index: Index, lang: str, question: str, word: str
) -> None:
    hit = index.search(question, lang)[0]
    text = hit.passage.text
    marks = index.marks(hit.passage, hit.terms)
    assert marks
    assert marks == sorted(marks)
    assert all(0 <= begin < end <= len(text) for begin, end in marks)
    assert any(text[begin:end].lower().startswith(word[:5]) for begin, end in marks)


def test_each_sentence_is_weighed_by_the_terms_that_it_holds(index: Index) -> None:
    hit = index.search("deadline in working days", "en")[0]
    weights = index.sentence_weights(hit.passage, hit.terms)
    assert len(weights) == len(hit.passage.sentences)
    begin, end = hit.passage.sentences[max(range(len(weights)), key=lambda place: sum(weights[place].values()))]
    assert "working day" in hit.passage.text[begin:end]


def test_neighbours_stay_inside_the_document(index: Index) -> None:
    for document in range(len(index.library.documents)):
        passages = index.passages_of(document)
        assert index.neighbours(passages[0])[0] is None
        assert index.neighbours(passages[-1])[1] is None
        for before, after in zip(passages, passages[1:], strict=False):
            assert index.neighbours(before)[1] == after
            assert index.neighbours(after)[0] == before


def test_passages_of_gives_every_passage_once_in_order(index: Index) -> None:
    found = [passage for number in range(len(index.library.documents)) for passage in index.passages_of(number)]
    assert found == [index.passage(number) for number in range(len(index))]
    assert index.passages_of(len(index.library.documents)) == []
    assert index.passages_of(-1) == []


def test_editions_of_a_brief_are_its_six_languages_and_of_a_single_document_itself(index: Index) -> None:
    brief = index.search("guardian", "en")[0].passage
    editions = index.editions(brief)
    assert set(editions) == set(LANGUAGES)
    assert editions["en"] == brief
    assert {edition.anchor for edition in editions.values()} == {brief.anchor}
    (alone,) = (p for p in map(index.passage, range(len(index))) if "Red Cross traces" in p.text)
    assert index.editions(alone) == {"en": alone}


def test_a_passage_is_found_by_its_id_and_by_its_place(index: Index) -> None:
    for number in range(len(index)):
        passage = index.passage(number)
        assert index.find(passage.id) == index.find(passage.place) == passage


@pytest.mark.parametrize("unknown", ["", "0123456789.abcdef", "no such id", "§"])
def test_an_unknown_id_finds_nothing(index: Index, unknown: str) -> None:
    assert index.find(unknown) is None


def test_a_passage_of_another_generation_has_no_neighbours_and_itself_as_edition(index: Index) -> None:
    passage = index.passage(0)
    foreign = type(passage)("gone.000000", 0, "en", (), "Text.", 0, "gone")
    assert index.neighbours(foreign) == (None, None)
    assert index.editions(foreign) == {"en": foreign}


def test_unknown_words_are_those_that_no_passage_or_term_has_in_any_form(index: Index) -> None:
    assert index.unknown_words("Guardians of qqqqq", "en") == ("qqqqq",)
    assert index.unknown_words("aizbildni bernam", "lv") == ()
    assert index.unknown_words("one two", "xx") == ("one", "two")


def test_an_index_may_be_searched_from_several_threads(index: Index) -> None:
    fresh = Index(index.generation)
    alone = [hit.passage.id for hit in index.search("guardian", "en")]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda _: fresh.search("guardian", "en"), range(32)))
    assert all([hit.passage.id for hit in hits] == alone for hits in together)
