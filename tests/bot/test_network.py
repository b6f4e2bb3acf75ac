"""The directory's files: who is in it, on whose word, and what binds two countries."""

import shutil
from pathlib import Path

import pytest
import yaml

from bot.network import COUNTRIES, Network, load_network, sure_numbers
from indexer import LANGUAGES, CorpusError

CORPUS = Path(__file__).parents[2] / "corpus"

PERSON = {
    "id": "anna",
    "name": "Anna Example",
    "countries": ["EE"],
    "consent": "members",
    "consent_date": "2026-11-01",
    "confirmed": "2026-11-02",
}


@pytest.fixture(scope="module")
def network() -> Network:
    return load_network(CORPUS, CORPUS / "contacts.example.yaml")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name in ("institutions.yaml", "cooperation.yaml"):
        shutil.copy(CORPUS / name, tmp_path)
    return tmp_path


def with_people(corpus: Path, *people: dict) -> Network:
    path = corpus / "contacts.yaml"
    path.write_text(yaml.safe_dump(list(people)), encoding="utf-8")
    return load_network(corpus, path)


def instruments(network: Network, first: str, second: str) -> list[str]:
    return [instrument.id for instrument in network.binding(first, second)]


def test_every_country_has_institutions_and_an_emergency_card(network: Network) -> None:
    with_contacts = {contact.countries[0] for contact in network.contacts if contact.kind == "institution"}
    assert with_contacts >= set(COUNTRIES)
    for country in COUNTRIES:
        assert sure_numbers(network.emergency[country]), country


def test_a_card_begins_with_a_number_for_emergencies(network: Network) -> None:
    for country in COUNTRIES:
        assert sure_numbers(network.emergency[country])[0].kind == "emergency", country


def test_doubtful_numbers_are_not_shown(network: Network) -> None:
    for numbers in network.emergency.values():
        assert all(not number.is_unsure for number in sure_numbers(numbers))


def test_what_nobody_confirmed_about_an_institution_is_left_out(network: Network) -> None:
    raw = yaml.safe_load((CORPUS / "institutions.yaml").read_text(encoding="utf-8"))["institutions"]
    by_id = {contact.id: contact for contact in network.contacts}
    for body in raw:
        for key in {"website", "phone"} & set(body.get("unsure", [])):
            assert getattr(by_id[body["id"]], key) == "", body["id"]


def test_the_samples_are_marked_as_samples(network: Network) -> None:
    people = [contact for contact in network.contacts if contact.kind == "person"]
    assert people
    assert all(contact.is_sample for contact in people)


def test_a_person_is_read_with_the_consent_given(corpus: Path) -> None:
    anna = with_people(corpus, PERSON).contacts[-1]
    assert (anna.visibility, anna.kind, anna.checked, anna.is_sample) == ("members", "person", "2026-11-02", False)


@pytest.mark.parametrize("key", sorted(PERSON))
def test_nobody_is_listed_without_consent_date_name_or_country(corpus: Path, key: str) -> None:
    with pytest.raises(CorpusError, match=key):
        with_people(corpus, {name: value for name, value in PERSON.items() if name != key})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("consent", "everyone"),
        ("consent_date", "soon"),
        ("countries", []),
        ("countries", ["ee"]),
        ("countries", [False]),
        ("countries", "EE"),
        ("id", ""),
        ("id", "x" * 65),
        ("mobile", "+372 1"),
    ],
)
def test_a_wrong_entry_is_named_with_file_place_and_key(corpus: Path, key: str, value: object) -> None:
    with pytest.raises(CorpusError) as error:
        with_people(corpus, PERSON, {**PERSON, "id": "second", key: value})
    assert "contacts.yaml" in str(error.value)
    assert f"1.{key}" in str(error.value)


def test_an_id_must_not_stand_twice(corpus: Path) -> None:
    with pytest.raises(CorpusError, match="'anna' stands twice"):
        with_people(corpus, PERSON, PERSON)
    with pytest.raises(CorpusError, match="'dk-kommune' stands twice"):
        with_people(corpus, {**PERSON, "id": "dk-kommune"})


@pytest.mark.parametrize("content", ["", "[]\n", "# nobody yet\n"])
def test_a_directory_without_people_has_the_institutions(corpus: Path, content: str) -> None:
    (corpus / "contacts.yaml").write_text(content, encoding="utf-8")
    network = load_network(corpus, corpus / "contacts.yaml")
    assert {contact.kind for contact in network.contacts} == {"institution"}
    assert load_network(corpus, corpus / "missing.yaml").contacts == network.contacts


def test_a_broken_file_is_named(corpus: Path) -> None:
    (corpus / "institutions.yaml").write_text("institutions: [", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"institutions\.yaml"):
        load_network(corpus, corpus / "none.yaml")


@pytest.mark.parametrize(
    ("first", "second", "binding", "not_binding"),
    [
        ("EE", "LV", {"brussels-iib", "hague-1996"}, set()),
        ("DK", "SE", {"hague-1996"}, {"brussels-iib"}),
        ("NO", "FI", {"hague-1996"}, {"brussels-iib"}),
        ("IS", "LT", set(), {"brussels-iib", "hague-1996"}),
        ("UA", "PL", {"hague-1996"}, {"brussels-iib"}),
    ],
)
def test_what_binds_two_countries(
    network: Network, first: str, second: str, binding: set[str], not_binding: set[str]
) -> None:
    assert binding <= set(instruments(network, first, second))
    assert not not_binding & set(instruments(network, first, second))
    assert not_binding <= {instrument.id for instrument in network.excluded(first, second)}


def test_the_order_of_the_two_countries_does_not_matter(network: Network) -> None:
    for first in COUNTRIES:
        for second in COUNTRIES:
            assert network.binding(first, second) == network.binding(second, first)
            assert network.excluded(first, second) == network.excluded(second, first)


def test_what_goes_before_another_instrument_comes_first(network: Network) -> None:
    order = instruments(network, "EE", "LV")
    assert order.index("brussels-iib") < order.index("hague-1996")


def test_every_note_is_there_in_all_languages(network: Network) -> None:
    for instrument in network.instruments:
        assert set(instrument.purpose) == set(LANGUAGES), instrument.id
        assert not instrument.excluded_note or set(instrument.excluded_note) == set(LANGUAGES), instrument.id
    for numbers in network.emergency.values():
        assert all(set(number.note) == set(LANGUAGES) for number in numbers)
