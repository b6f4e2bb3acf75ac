"""Personal data in a message: recognised, cut out, and never passed on.

What is cut: e-mail addresses, telephone numbers, and personal codes, also mistyped ones. A mark stays in
its place, so that the rest still reads as a sentence. Dates, years, articles and numbers of laws stay,
because questions are made of them; in doubt a number is cut, since the asker is told and can ask again.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import pairwise
from typing import Literal, Protocol

from phonenumbers import PhoneMetadata

from indexer import clean

Kind = Literal["email", "phone", "code"]
_Span = tuple[int, int, Kind]

#: What stands in the place of what was cut; no word, so that it is not searched.
GAP = "▢"

_AT = r"(?:@|\(at\)|\[at\])"
# The look-behind keeps the search linear in texts without any @.
_EMAIL = re.compile(rf"(?<![\w.+'-])[\w.+'-]+\s{{0,2}}{_AT}\s{{0,2}}[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)

# Between the digits of a number people put spaces (also narrow and hard ones), dots, dashes and brackets.
_BETWEEN = r"[\s./()\u2010-\u2015-]{0,3}"
_ABROAD = re.compile(rf"(?:(?<!\d)\+|(?<![\w:.])00){_BETWEEN}[1-9](?:{_BETWEEN}\d){{7,14}}(?!\d)")
_GROUP = re.compile(r"\d+")
#: What may stand between two groups of one number.
_JOINT = re.compile(r"[ \u00a0\u2009\u202f./()\u2010-\u2015-]{1,3}")

# Years, and numbers of laws such as 2011/36, 604/2013, 32011L0036, with what may follow them.
_LAW = re.compile(
    r"(?<![\d/])(?:(?:19|20)\d\d/\d{1,4}|\d{1,4}/(?:19|20)\d\d|[0-9]\d{4}[A-Z]{1,2}\d{4}(?:-\d{8})?)(?![\d/])"
)
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?<!\d)(?:{_DAY}[./ -]\s?{_MONTH}[./ -]\s?{_YEAR}|{_YEAR}[./-]{_MONTH}[./-]{_DAY}|{_YEAR}\s?[-\u2013]\s?{_YEAR})(?!\d)"
)

# Codes by their shape alone: six or eight digits of a birth date, a sign, three to five more; Finland's
# has a letter or sign for the century and may end in a letter. Ten digits or more in a row are no number
# that a question needs. A case ending may follow, as in 51203110019-ga.
_CODE_SHAPES = re.compile(
    r"(?<!\d)(?:\d{6}[-+]\d{4,5}|\d{8}[-+]\d{4}|\d{6}[-+A-FU-Ya-fu-y]\d{3}[0-9A-Za-z](?![^\W_])|\d{10,})(?!\d)"
)
# Written with spaces, a code counts when its check digits are right. Those of Germany and Ukraine hold no
# date, so that chance would make codes of too many numbers: Germany's counts in its usual groups only.
_VALIDATORS = (
    "ee.ik",
    "lv.pvn",
    "lt.asmens",
    "se.personnummer",
    "no.fodselsnummer",
    "dk.cpr",
    "pl.pesel",
    "is_.kennitala",
)
_GERMAN_GROUPS = (2, 3, 3, 3)
#: Groups of digits that one number is written in at most.
_GROUPS_AT_MOST = 7
# Regions of the network, and what is dialled before a national number there.
_TRUNK = {
    "EE": ("",),
    "FI": ("0",),
    "LV": ("",),
    "LT": ("", "0", "8"),
    "SE": ("0",),
    "NO": ("",),
    "DK": ("",),
    "PL": ("",),
    "DE": ("0",),
    "IS": ("",),
    "UA": ("0",),
}


@dataclass(frozen=True, slots=True)
class Redacted:
    """A message without its personal data."""

    text: str
    kinds: frozenset[Kind]
    """What kinds of data were cut out; empty for a message without any."""


def redact(text: str) -> Redacted:
    """Cut personal data out of a message; invisible characters go too, since they would hide it."""
    text = clean(text)
    spans = sorted(_found(text), key=lambda span: (span[0], -span[1]))
    parts, at = [], 0
    for begin, end, _ in spans:
        if end <= at:
            continue
        if begin >= at:
            parts.extend([text[at:begin], GAP])
        at = end
    parts.append(text[at:])
    return Redacted("".join(parts), frozenset(kind for _, _, kind in spans))


def _found(text: str) -> Iterator[_Span]:
    """From the surest to the greediest; what one step finds, the next ones do not see."""
    text = _plain_digits(text)
    for find in (_emails, _abroad, _codes):
        spans = list(find(text))
        yield from spans
        text = _blank(text, [(begin, end) for begin, end, _ in spans])
    # Laws and dates are only now set aside: a code or +371… may look like them in its middle.
    for ordinary in (_LAW, _DATE):
        text = _blank(text, [match.span() for match in ordinary.finditer(text)])
    yield from _grouped(text)


def _plain_digits(text: str) -> str:
    """The text with digits of other scripts as 0 to 9, one for one."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    for begin, end in spans:
        text = text[:begin] + "\n" * (end - begin) + text[end:]
    return text


def _emails(text: str) -> Iterator[_Span]:
    for match in _EMAIL.finditer(text):
        yield match.start(), match.end(), "email"


def _abroad(text: str) -> Iterator[_Span]:
    """Numbers with + or 00: of any country, whether or not its plan knows them."""
    for match in _ABROAD.finditer(text):
        ends = [group.end() for group in _GROUP.finditer(text, match.start(), match.end())]
        # An age or a year may follow: where a plan of the region knows the number, it ends there.
        end = next((end for end in reversed(ends) if _is_planned(text[match.start() : end])), match.end())
        yield match.start(), end, "phone"


def _is_planned(written: str) -> bool:
    digits = re.sub(r"\D", "", written).removeprefix("00")
    # A national zero in brackets, as in +44 (0)…, is not dialled from abroad.
    digits = digits.replace("0", "", 1) if "(0)" in written else digits
    return any(digits.startswith(code) and plan.fullmatch(digits[len(code) :]) for code, plan in map(_plan, _TRUNK))


def _codes(text: str) -> Iterator[_Span]:
    for match in _CODE_SHAPES.finditer(text):
        digits = match.group()
        is_phone = digits.isdigit() and not _is_code(digits) and _is_phone(digits)
        yield match.start(), match.end(), "phone" if is_phone else "code"


def _grouped(text: str) -> Iterator[_Span]:
    """Codes and national telephone numbers whose digits are written in groups."""
    for row in _rows(text):
        at = 0
        while at < len(row):
            found = _longest(text, row[at : at + _GROUPS_AT_MOST])
            if found is None:
                at += 1
                continue
            count, kind = found
            yield row[at][0], row[at + count - 1][1], kind
            at += count


def _rows(text: str) -> Iterator[list[tuple[int, int]]]:
    """Groups of digits that could belong together."""
    row: list[tuple[int, int]] = []
    for match in _GROUP.finditer(text):
        if row and not _JOINT.fullmatch(text, row[-1][1], match.start()):
            yield row
            row = []
        row.append(match.span())
    if row:
        yield row


def _longest(text: str, groups: list[tuple[int, int]]) -> tuple[int, Kind] | None:
    """How many of the groups make one number, and of which kind; None when they make none."""
    for count in range(len(groups), 0, -1):
        parts = [text[begin:end] for begin, end in groups[:count]]
        digits = "".join(parts)
        if not 7 <= len(digits) <= 15 or all(re.fullmatch(_YEAR, part) for part in parts):
            continue
        joints = ["".join(text[a[1] : b[0]].split()) for a, b in pairwise(groups[:count])]
        if count <= 4 and set(joints) <= {"", "-"} and _is_code(digits, tuple(map(len, parts))):
            return count, "code"
        if _is_plausible(parts, joints) and _is_phone(digits):
            return count, "phone"
    return None


def _is_plausible(parts: list[str], joints: list[str]) -> bool:
    """Whether one telephone number would be written so, rather than ranges, a list or an amount."""
    # What joins an area code in brackets to the rest says nothing of the rest.
    plain = [joint for joint in joints if "(" not in joint and ")" not in joint]
    signs = [joint for joint in plain if joint]
    if "/" in signs and not parts[0].startswith("0"):
        return False
    # 33-38 40-44 are ranges; 040-123 45 67 and 20-12-34-56 are numbers.
    is_written_so = len(set(signs)) <= 1 and len(signs) in {0, 1, len(plain)}
    is_amount = len(parts) > 2 and parts[-2:] == ["000", "000"]
    is_list = len(parts) > 2 and all(int(b) == int(a) + 1 for a, b in pairwise(parts))
    return is_written_so and not is_amount and not is_list


def _is_phone(digits: str) -> bool:
    """Whether one of the region's national plans knows the number as a fixed or mobile one."""
    for region, trunks in _TRUNK.items():
        calling_code, pattern = _plan(region)
        if digits.startswith(calling_code) and pattern.fullmatch(digits[len(calling_code) :]):
            return True
        for trunk in trunks:
            if digits.startswith(trunk) and pattern.fullmatch(digits[len(trunk) :]):
                return True
    return False


@cache
def _plan(region: str) -> tuple[str, re.Pattern[str]]:
    """Calling code and the national numbers of people and offices.

    phonenumbers' own matcher over eleven regions takes 30 times as long on a message of 2,000 characters.
    """
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        raise LookupError(f"phonenumbers knows no region {region}")
    kinds = (metadata.fixed_line, metadata.mobile)
    patterns = [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]
    return str(metadata.country_code), re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


class _Validator(Protocol):
    def is_valid(self, number: str) -> bool: ...


@cache
def _validator(name: str) -> _Validator:
    module: _Validator = import_module(f"stdnum.{name}")
    return module


def _is_code(digits: str, groups: tuple[int, ...] = ()) -> bool:
    """Whether the check digits of a personal code are right."""
    if not 10 <= len(digits) <= 12:
        return False
    names = (*_VALIDATORS, "de.idnr") if groups == _GERMAN_GROUPS else _VALIDATORS
    return any(_validator(name).is_valid(digits) for name in names)
