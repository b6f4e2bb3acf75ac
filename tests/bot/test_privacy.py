"""Personal data is cut out of a message, and nothing else is."""

import re
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understand.privacy import GAP, redact
from tests.auxil.golden import all_golden
from tests.auxil.intents import messages

PRIVATE = [message for message in messages() if message.private]
ORDINARY = [message.text for message in messages() if not message.private]

# For each country: its calling code, and a made-up number as people there write it.
NATIONAL = [
    ("EE", "372", ("5123 4567", "51 234 567", "51234567", "5123-4567", "601 2345")),
    ("LV", "371", ("29 123 456", "2912 3456", "29123456", "(29) 123 456", "67 123 456")),
    ("LT", "370", ("612 34567", "8 612 34567", "(8-612) 34567", "0 612 34567", "861234567")),
    ("FI", "358", ("040 123 4567", "040-1234567", "0401234567", "(040) 123 4567", "09 123 4567")),
    ("SE", "46", ("070-123 45 67", "070 123 45 67", "0701234567", "(070) 123 45 67", "08-123 456 78")),
    ("NO", "47", ("412 34 567", "41 23 45 67", "41234567", "22 12 34 56")),
    ("DK", "45", ("20 12 34 56", "20123456", "20-12-34-56", "2012 3456")),
    ("DE", "49", ("0151 12345678", "0151/12345678", "015112345678", "030 1234567", "030/1234567")),
    ("PL", "48", ("512 345 678", "512-345-678", "512345678", "22 123 45 67")),
    ("IS", "354", ("611 2345", "611-2345", "6112345", "551 2345")),
    ("UA", "380", ("050 123 45 67", "(050) 123-45-67", "050-123-45-67", "0501234567")),
]
LOCAL = [(country, number) for country, _, numbers in NATIONAL for number in numbers]
ABROAD = [
    (country, written)
    for country, code, numbers in NATIONAL
    for number in numbers[:1]
    for rest in [re.sub(r"^0", "", number)]
    for written in (f"+{code} {rest}", f"+{code}{rest.replace(' ', '')}", f"00{code} {rest}", f"+ {code} {rest}")
]

#: Made-up codes: the check digits are right, the people do not exist.
CODES = {
    "Estonia": "51203110019",
    "Latvia": "150911-29995",
    "Latvia without a date": "328673-00679",
    "Lithuania": "51109120009",
    "Finland": "150911A801L",
    "Finland, lower case": "150911a801l",
    "Finland, born before 2000": "131052-308T",
    "Sweden": "20121107-8892",
    "Sweden, ten digits": "121107-8892",
    "Norway": "15051177840",
    "Denmark": "240710-7775",
    "Poland": "11301577717",
    "Iceland": "120174-3399",
    "Germany": "86095742719",
    "Ukraine": "1759013776",
}

#: Digits that questions are made of.
FACTS = [
    "article 23(2) of Regulation (EU) 2024/1351",
    "Directive 2011/36/EU, 2013/33 and 604/2013",
    "CELEX 32011L0036, 02011L0036-20111221",
    "C-648/11 and 41969/20 of 2013",
    "COM(2022) 732 final, CRC/C/GC/14",
    "born on 20.11.2012, found on 2026-06-12 at 10:30",
    "from 12.06.2026-12.07.2027, or 2011-2013, or 2011 2012 2013",
    "20/11/2012 and 20 11 2012",
    "para 33-38 40-44, articles 24 25 26 27 28",
    "children of 14, 15, 16 and 17",
    "16+ 2012 2013 2014",
    "call 112, 110, 113, 116 000, 116111, 116 123, 1717, 147",
    "15 working days, 30 children, 50 at most, 10 more",
    "5 000 000 euros",
    "1996. aasta konventsioon, 1980. gada konvencija, Конвенция 1996 года",
]


@pytest.mark.parametrize("message", PRIVATE, ids=lambda message: message.text[:40])
def test_nothing_is_left_of_the_data_in_the_golden_messages(message) -> None:
    redacted = redact(message.text)
    digits = re.sub(r"\D", "", redacted.text)
    for data in message.private:
        assert data not in redacted.text
        assert GAP in redacted.text
        if "@" not in data:
            assert not set(re.findall(r"\d{4,}", data)) & set(re.findall(r"\d{4,}", digits))


@pytest.mark.parametrize("message", PRIVATE, ids=lambda message: message.text[:40])
def test_the_rest_of_the_message_stays(message) -> None:
    words = re.findall(r"[^\W\d_]{3,}", re.sub("|".join(map(re.escape, message.private)), " ", message.text))
    kept = redact(message.text).text
    assert [word for word in words if word not in kept] == []


@pytest.mark.parametrize("text", [*ORDINARY, *(question.text for question in all_golden())])
def test_nothing_is_cut_from_ordinary_messages(text: str) -> None:
    assert redact(text).kinds == frozenset()
    assert redact(text).text == text


@pytest.mark.parametrize("text", FACTS)
def test_dates_laws_ages_and_public_numbers_stay(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(("country", "number"), [*LOCAL, *ABROAD])
def test_telephone_numbers_as_each_country_writes_them(country: str, number: str) -> None:
    redacted = redact(f"her aunt has {number}, may the child ring")
    assert re.search(r"\d", redacted.text) is None, redacted.text
    assert redacted.kinds <= {"phone", "code"}
    assert redacted.kinds


@pytest.mark.parametrize("number", ["+44 7700 900123", "+1 202 555 0123", "+90 (532) 123 45 67", "+84 91 234 56 78"])
def test_numbers_of_other_countries_count_with_their_calling_code(number: str) -> None:
    assert redact(f"call {number} now").text == f"call {GAP} now"


def test_an_age_after_a_number_stays() -> None:
    assert redact("+371 20000123 16 years old").text == f"{GAP} 16 years old"


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
@pytest.mark.parametrize("frame", ["{}", "({}).", "code:{},", "kood{} on", "{}-ga", "{}:n", "„{}“", "1) {}?", "nr.{}/"])
def test_codes_next_to_punctuation_and_endings(code: str, frame: str) -> None:
    redacted = redact(frame.format(code))
    assert redacted.kinds
    assert redacted.text == frame.format(GAP)


@pytest.mark.parametrize(
    "code",
    ["61009270711", "150911-29990", "140311A842X", "240710-7770", "20121107-8890", "11301577710", "120174-3390"],
)
def test_a_mistyped_code_is_a_code_all_the_same(code: str) -> None:
    assert redact(f"child {code} found").text == f"child {GAP} found"


@pytest.mark.parametrize(
    "code",
    [
        "512 0311 0019",
        "5 120311 0019",
        "150911 29995",
        "150911 - 29995",
        "20121107 8892",
        "86 095 742 719",
        "240710 7775",
    ],
)
def test_codes_written_with_spaces(code: str) -> None:
    assert redact(f"child {code} found").text == f"child {GAP} found"


@pytest.mark.parametrize(
    "address",
    [
        "olena.test77@example.org",
        "olena.test77 @ example.org",
        "olena.test77 @example.org",
        "olena (at) example.org",
        "olena[at]example.org",
        "o'brien+work@mail.example.co.uk",
        "юля.проба@почта.рф",
        "jānis.paraugs@piemērs.lv",
        "OLENA@EXAMPLE.ORG",
    ],
)
def test_email_addresses(address: str) -> None:
    redacted = redact(f"write to {address}, please")
    assert redacted.text == f"write to {GAP}, please"
    assert redacted.kinds == {"email"}


@pytest.mark.parametrize(
    "hidden",
    [
        "512\u200b0311\u200b0019",
        "\u202a+371 20000123\u202c",
        "٥١٢٠٣١١٠٠١٩",
        "+371\u00a02000\u20110123",
        "５１２０３１１００１９",
    ],
)
def test_invisible_signs_and_other_digits_hide_nothing(hidden: str) -> None:
    redacted = redact(f"child {hidden} found")
    assert redacted.text == f"child {GAP} found"


def test_each_kind_is_named() -> None:
    redacted = redact("51203110019, a@example.org, +371 20000123")
    assert redacted.kinds == {"code", "email", "phone"}
    assert redacted.text == f"{GAP}, {GAP}, {GAP}"


@given(
    before=st.text(alphabet="abc äõ.,:;!?()\n", max_size=30),
    data=st.sampled_from([*CODES.values(), "a.b@example.org", "+371 20000123", "+380 50 000 01 23"]),
    after=st.text(alphabet="abc äõ,;!?()\n", max_size=30),
)
def test_data_is_found_wherever_it_stands(before: str, data: str, after: str) -> None:
    text = redact(f"{before} {data} {after}").text
    assert re.search(r"\d", text) is None
    assert "example" not in text


@given(st.text(max_size=300))
def test_what_has_been_cut_out_once_stays_so(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


@pytest.mark.parametrize(
    "part",
    ["1 2 ", "12345 ", "1", "a@", "+3725", "a.", "1-", "(1) ", "0000000000 ", "artikkel 23, 12.06.2026. ", "50001010 "],
)
def test_two_thousand_characters_take_less_than_a_twentieth_of_a_second(part: str) -> None:
    text = (part * 2000)[:2000]
    redact(text)  # the plans are read once
    took = []
    for _ in range(5):
        begin = perf_counter()
        redact(text)
        took.append(perf_counter() - begin)
    assert min(took) < 0.05
