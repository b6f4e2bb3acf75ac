"""Puts back the diacritics that a phone left out: `berna intereses` becomes `bērna intereses`.

Only for the embedding model, which was made from texts that have them; BM25 compares words without. A word is
respelled if it was typed without any diacritic, no text of the corpus writes it so, and one that does differs
in nothing else.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .tables import Numbers, Strings
from .text import fold, word_spans, words


class Spellings:
    """The words of one language that have diacritics."""

    def __init__(self, folder: Path) -> None:
        self._words = Strings(folder / "spellings")
        self._by_plain = Numbers(folder / "spellings-by-plain")

    @staticmethod
    def write(folder: Path, texts: Iterable[str]) -> None:
        """Collect the spellings of the texts; of several for one plain word, the most frequent counts."""
        counts = Counter(word for text in texts for word in words(text))
        found = [word for word, _ in counts.most_common() if _plain(word) != word and _plain(word) not in counts]
        Strings.write(folder / "spellings", found)
        Numbers.write(folder / "spellings-by-plain", ((_plain(word), place) for place, word in enumerate(found)))

    def __call__(self, text: str) -> str:
        """The text with the diacritics that the corpus writes."""
        spans = list(word_spans(text))
        parts, at = [], 0
        for (_, begin, end), place in zip(spans, self._by_plain.find([word for word, _, _ in spans]), strict=True):
            if place >= 0:
                word = self._words[place]
                parts += [text[at:begin], word.capitalize() if text[begin].isupper() else word]
                at = end
        return "".join(parts) + text[at:]


def _plain(word: str) -> str:
    # й has a key of its own on every keyboard; и typed instead of it is another word.
    return "й".join(fold(part) for part in word.split("й"))
