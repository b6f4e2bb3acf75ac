"""Memory-mapped tables give back what was put in."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.tables import Numbers, Strings, key, load

numbers = st.integers(0, 2**31 - 1)


@given(st.lists(st.text()))
def test_strings_come_back_by_number(strings: list[str]) -> None:
    with TemporaryDirectory() as folder:
        Strings.write(Path(folder) / "table", strings)
        table = Strings(Path(folder) / "table")
        assert [table[number] for number in range(len(table))] == strings


@given(st.dictionaries(st.text(), numbers), st.lists(st.text()))
def test_numbers_come_back_by_string_and_unknown_strings_give_minus_one(
    entries: dict[str, int], others: list[str]
) -> None:
    with TemporaryDirectory() as folder:
        Numbers.write(Path(folder) / "table", entries.items())
        table = Numbers(Path(folder) / "table")
        assert len(table) == len(entries)
        asked = [*entries, *others]
        assert table.find(asked) == [entries.get(text, -1) for text in asked]


@given(st.lists(st.tuples(st.sampled_from("abc"), numbers)))
def test_of_two_numbers_for_a_string_the_first_counts(entries: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        Numbers.write(Path(folder) / "table", entries)
        assert Numbers(Path(folder) / "table").find(["a", "b", "c"]) == [
            next((number for text, number in entries if text == wanted), -1) for wanted in "abc"
        ]


def test_entries_may_come_from_a_generator(tmp_path: Path) -> None:
    Numbers.write(tmp_path / "n", ((text, place) for place, text in enumerate("ab")))
    Strings.write(tmp_path / "s", (text for text in "ab"))
    assert Numbers(tmp_path / "n").find(["b"]) == [1]
    assert Strings(tmp_path / "s")[1] == "b"


def test_nothing_is_found_when_nothing_is_asked(tmp_path: Path) -> None:
    Numbers.write(tmp_path / "table", [("a", 1)])
    assert Numbers(tmp_path / "table").find([]) == []


@pytest.mark.parametrize("number", [-1, 2, 10**9])
def test_a_number_outside_the_table_is_an_index_error(tmp_path: Path, number: int) -> None:
    Strings.write(tmp_path / "table", ["a", ""])
    with pytest.raises(IndexError):
        Strings(tmp_path / "table")[number]


def test_keys_are_the_same_on_every_machine() -> None:
    assert key("bērns") == 13716074576154342282
    assert key("") == 13020603013274838756


@pytest.mark.parametrize("length", [0, 10, 100_000])
def test_arrays_of_any_length_load(tmp_path: Path, length: int) -> None:
    np.save(tmp_path / "a.npy", np.arange(length))
    assert np.array_equal(load(tmp_path / "a.npy"), np.arange(length))
