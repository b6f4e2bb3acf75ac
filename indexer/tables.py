"""Memory-mapped tables: strings by number, and numbers by the hash of a string.

A serving process maps them and touches only the pages that a question needs, so that opening an
index costs the same for a hundred passages and for a million.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def key(text: str) -> int:
    """A 64-bit hash of a string that is the same on every machine."""
    return int.from_bytes(_digest(text), "little")


class Strings:
    """An immutable list of strings on disk."""

    def __init__(self, path: Path) -> None:
        self._offsets: NDArray[np.int64] = load(path.with_suffix(".offsets.npy"))
        # numpy cannot map an empty file
        self._bytes: NDArray[np.uint8] = (
            np.asarray(np.memmap(path.with_suffix(".utf8"), np.uint8, "r"))
            if len(self._offsets) > 1 and self._offsets[-1]
            else np.zeros(0, np.uint8)
        )

    @staticmethod
    def write(path: Path, strings: Iterable[str]) -> None:
        """Write `<path>.utf8` and `<path>.offsets.npy`."""
        offsets = [0]
        with path.with_suffix(".utf8").open("wb") as file:
            for string in strings:
                encoded = string.encode()
                file.write(encoded)
                offsets.append(offsets[-1] + len(encoded))
        np.save(path.with_suffix(".offsets.npy"), np.array(offsets, np.int64))

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise IndexError(number)
        begin, end = self._offsets[number], self._offsets[number + 1]
        return self._bytes[begin:end].tobytes().decode()


class Numbers:
    """An immutable mapping from strings to numbers on disk; the strings are kept as hashes only."""

    def __init__(self, path: Path) -> None:
        self._keys: NDArray[np.uint64] = load(path.with_suffix(".keys.npy"))
        self._values: NDArray[np.int32] = load(path.with_suffix(".values.npy"))

    @staticmethod
    def write(path: Path, entries: Iterable[tuple[str, int]]) -> None:
        """Write `<path>.keys.npy` and `<path>.values.npy`; the first entry of a string counts."""
        texts, numbers = list(zip(*entries, strict=True)) or ((), ())
        # np.unique gives the place of the first of equal keys
        keys, first = np.unique(_keys(texts), return_index=True)
        np.save(path.with_suffix(".keys.npy"), keys)
        np.save(path.with_suffix(".values.npy"), np.array(numbers, np.int32)[first])

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, texts: Sequence[str]) -> list[int]:
        """The number of each string, -1 for an unknown one."""
        if not len(self._keys) or not texts:
            return [-1] * len(texts)
        wanted = _keys(texts)
        places = self._keys.searchsorted(wanted)
        places[places == len(self._keys)] = 0
        found: list[int] = np.where(self._keys[places] == wanted, self._values[places], -1).tolist()
        return found


def _keys(texts: Iterable[str]) -> NDArray[np.uint64]:
    """The keys of many strings at once."""
    return np.frombuffer(b"".join(map(_digest, texts)), "<u8").astype(np.uint64, copy=False)


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()


def load(path: Path) -> Any:
    """An array from disk, memory-mapped where it is large enough to be worth it."""
    array = np.load(path, mmap_mode="r" if path.stat().st_size > 1 << 16 else None)
    # numpy's own class for mapped arrays makes each slice of it many times slower
    return np.asarray(array)
