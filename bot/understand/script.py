"""Russian typed in Latin letters, as on a keyboard that has no others: `opekun ne prishel`."""

import re

# What people write, not what a standard prescribes: several spellings for one letter.
_SPELLINGS = {
    "щ": "shch sch", "ж": "zh ž", "х": "kh h", "ц": "ts c", "ч": "ch č", "ш": "sh š", "ю": "yu ju iu", "я": "ya ja ia",
    "ё": "yo jo", "е": "ye je e", "ия": "ija iya", "ие": "ije iye", "ию": "iju iyu", "ий": "iy ij", "ый": "yy yj",
    "а": "a", "б": "b", "д": "d", "ф": "f", "г": "g", "и": "i", "й": "j", "к": "k q", "л": "l", "м": "m", "н": "n",
    "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "в": "v w", "кс": "x", "ы": "y", "з": "z", "ь": "' `",
}  # fmt: skip
_CYRILLIC = {typed: letters for letters, spellings in _SPELLINGS.items() for typed in spellings.split()}
_LETTER = re.compile("|".join(sorted(map(re.escape, _CYRILLIC), key=len, reverse=True)), re.IGNORECASE)
# Between consonants `j` softens; between a vowel and a consonant `y` is й.
_SOFT = re.compile(r"(?<=[bdflmnprstvz])j(?![aeiouy])", re.IGNORECASE)
_SHORT = re.compile(r"(?<=[aeiou])y(?![aeiou])", re.IGNORECASE)
_WORD = re.compile(r"[a-zžčš'`]+", re.IGNORECASE)
# Letters and pairs of letters that are written elsewhere, above all in Polish.
_FOREIGN = re.compile(r"[^\x00-\x7fžčš…–—«»“”„’]|[cs]z|rz(?!h)|dzi", re.IGNORECASE)


def is_latin(text: str) -> bool:
    """Whether the text may be Russian in Latin letters as far as its letters tell."""
    return bool(_WORD.search(text)) and not _FOREIGN.search(text)


def cyrillic(text: str) -> str:
    """The text in Russian letters, as a reader would sound it out; abbreviations in capitals stay."""
    return text if not is_latin(text) else _WORD.sub(lambda match: _sounded(match.group(), text.isupper()), text)


def _sounded(word: str, is_shouted: bool) -> str:
    if len(word) > 1 and word.isupper() and not is_shouted:
        return word
    word = _SHORT.sub("j", _SOFT.sub("'", word))
    return _LETTER.sub(lambda match: _same_case(_CYRILLIC[match.group().lower()], match.group()), word)


def _same_case(letters: str, typed: str) -> str:
    return letters.capitalize() if typed[0].isupper() else letters
