"""Characters, words and sentences: the ground that every analysis stands on."""

import re
import unicodedata
from collections.abc import Iterator

from simplemma import split_sentences

# Letters and digits, joined by apostrophes inside a word. Marks stay with their letter.
_LETTERS = r"(?:[^\W_][\u0300-\u036f]*)+"
_WORD = re.compile(rf"{_LETTERS}(?:['’ʼ]{_LETTERS})*")
# What no letter has taken up in form NFKC: stress marks, as in `опеку́н`, which no other text writes.
_LOOSE_MARK = re.compile(r"[\u0300-\u036f]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")

#: Ends of words that carry a full stop without ending a sentence, in the languages in use.
_ABBREVIATIONS = re.compile(
    r"(?:^|[\s(])(?:art|arts|p|pp|para|paras|no|nos|nr|str|st|ст|п|пп|lk|lg|punkt|kohta|punkts|pants|"
    r"p\.ex|e\.g|i\.e|jne|jms|nt|esim|ym|mm|pvz|t\.y|kt|t\.i|piem|utt|u\.c|т\.е|т\.д|др|г|гг)\.$"
    r"|\d\s(?:m|mėn|d)\.$",  # Lithuanian "1996 m. Hagos konvencija"
    re.IGNORECASE,
)


# "1996. gada", "1. juulist": a number with a full stop is an ordinal before a small letter or another number.
_ORDINAL = re.compile(r"\d\.$")


def clean(text: str) -> str:
    """Text in Unicode form NFC without control, soft-hyphen and direction characters."""
    # composed last: an invisible sign may have stood between a letter and its mark
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", _INVISIBLE.sub("", text)))


def word_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """Each word of the text, lower-cased in form NFKC, with its span in the text as given."""
    for match in _WORD.finditer(text):
        word = unicodedata.normalize("NFKC", match.group()).lower()
        yield word if word.isascii() else _LOOSE_MARK.sub("", word), match.start(), match.end()


def words(text: str) -> list[str]:
    """The words of the text, lower-cased, in order."""
    return [word for word, _, _ in word_spans(text)]


def fold(word: str) -> str:
    """The word as typed without diacritics: `bērna` becomes `berna`, `ё` becomes `е`."""
    if word.isascii():
        return word
    # й is a letter of its own for a reader of Russian, yet nobody types и for it: folding both
    # sides alike is what matters.
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def sentence_spans(text: str, lang: str) -> tuple[tuple[int, int], ...]:
    """Spans of the sentences of the text; a line break always ends a sentence."""
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in text.split("\n"):
        spans.extend(_line_spans(line, offset, lang))
        offset += len(line) + 1
    return tuple(spans)


def _line_spans(line: str, offset: int, lang: str) -> Iterator[tuple[int, int]]:
    at, begin = 0, None
    for sentence in split_sentences(line, lang):
        at = line.index(sentence, at)
        if begin is None:
            begin = at
        at += len(sentence)
        rest = line[at:].lstrip()
        is_ordinal = _ORDINAL.search(line[begin:at]) and (rest[:1].islower() or rest[:1].isdigit())
        if rest and (is_ordinal or _ABBREVIATIONS.search(line[begin:at])):
            continue
        yield offset + begin, offset + at
        begin = None
    if begin is not None:
        yield offset + begin, offset + at
