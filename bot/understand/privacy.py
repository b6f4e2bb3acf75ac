"""Personal data in a message: recognised, cut out, and never passed on.

What is cut: e-mail addresses, telephone numbers (phonenumbers), and national personal codes whose check
digits are right (python-stdnum). A mark stays in its place, so that the rest still reads as a sentence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

import phonenumbers

Kind = Literal["email", "phone", "code"]

#: What stands in the place of what was cut; no word, so that it is not searched.
GAP = "▢"

_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
# Digits with the signs that personal codes are written with, long enough for the shortest of them.
_CODE = re.compile(r"(?<![\w])\d[\dA-Ya-y .+-]{7,14}[\dA-Za-z](?!\w)")
# Finland's code has a letter or sign for the century and may end in a letter.
_VALIDATORS = (
    "ee.ik",
    "fi.hetu",
    "lv.pk",
    "lt.asmens",
    "se.personnummer",
    "no.fodselsnummer",
    "dk.cpr",
    "pl.pesel",
    "is_.kennitala",
    "de.idnr",
    "ua.rntrc",
)
_REGIONS = ("EE", "FI", "LV", "LT", "SE", "NO", "DK", "PL", "DE", "IS", "UA")
# Numbers that everyone should be able to ask about.
_PUBLIC_NUMBERS = re.compile(r"^(?:112|110|113|101|102|103|116\s?\d{3}|1717|1547|114\s?14|114)$")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A message without its personal data."""

    text: str
    kinds: frozenset[Kind]
    """What kinds of data were cut out; empty for a message without any."""


def redact(text: str) -> Redacted:
    """Cut personal data out of a message."""
    spans = sorted([*_emails(text), *_codes(text), *_phones(text)], key=lambda span: (span[0], -span[1]))
    parts, at = [], 0
    kinds: set[Kind] = set()
    for begin, end, kind in spans:
        kinds.add(kind)
        if end <= at:
            continue
        if begin >= at:
            parts.extend([text[at:begin], GAP])
        at = end
    parts.append(text[at:])
    return Redacted("".join(parts), frozenset(kinds))


def _emails(text: str) -> Iterator[tuple[int, int, Kind]]:
    for match in _EMAIL.finditer(text):
        yield match.start(), match.end(), "email"


def _phones(text: str) -> Iterator[tuple[int, int, Kind]]:
    seen = set()
    for region in _REGIONS:
        # VALID: the national plan must know the number, so that article numbers and years stay.
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
            span = (match.start, match.end)
            raw = match.raw_string.strip()
            if span not in seen and not _PUBLIC_NUMBERS.match(raw) and len(re.sub(r"\D", "", raw)) >= 7:
                seen.add(span)
                yield match.start, match.end, "phone"


def _codes(text: str) -> Iterator[tuple[int, int, Kind]]:
    for match in _CODE.finditer(text):
        found = match.group()
        # A code may be followed by other words that begin with a letter: try shorter ends too.
        for end in range(len(found), 8, -1):
            candidate = found[:end]
            if candidate[-1].isalnum() and (end == len(found) or not found[end].isalnum()) and _is_code(candidate):
                yield match.start(), match.start() + end, "code"
                break


def _is_code(candidate: str) -> bool:
    return any(import_module(f"stdnum.{name}").is_valid(candidate) for name in _VALIDATORS)
