"""Each rule of `protect-index check`, shown on a small correct corpus that breaks just this rule."""

from pathlib import Path
from typing import NamedTuple

import pytest

from indexer.check import RULES, Finding, check
from indexer.models import LANGUAGES

SHIPPED = Path(__file__).parents[2] / "corpus"

MEANING = {
    "en": "The guardian protects the child.",
    "et": "Eestkostja kaitseb last.",
    "fi": "Edunvalvoja suojelee lasta.",
    "lv": "Aizbildnis aizsargā bērnu.",
    "lt": "Globėjas saugo vaiką.",
    "ru": "Опекун защищает ребёнка.",
}
ENGLISH = (
    "The guardian protects the best interests of a child who travels alone, helps the child to use rights, "
    "links the child with services and stays until the child turns eighteen or permanently leaves the state."
)
GUARDIAN = """\
- id: guardian
  en: [guardian]
  et: [eestkostja]
  fi: [edunvalvoja]
  lv: [aizbildnis]
  lt: [globėjas]
  ru: [опекун]
  avoid: {lt: [prižiūrėtojas]}
- id: house
  en: [children's house]
  et: [lastemaja]
  fi: [lastentalo]
  lv: [bērnu māja]
  lt: [vaikų prižiūrėtojas]
  ru: [детский дом]
"""


def six(text: str) -> str:
    """The text in all six languages, as one line of YAML."""
    return "{" + ", ".join(f"{lang}: {text} {lang}" for lang in LANGUAGES) + "}"


def brief(lang: str) -> str:
    return f"""\
---
topic: guardian
lang: {lang}
title: Title
step: appoint
kind: brief
checked: 2026-11-24
---

## Heading {{#meaning}}

{MEANING[lang]} [@crc 20; @gc6 para 33-38]

## Heading {{#steps}}

- One. [@crc 14(2)]
- Two. [@crc]
"""


def source(id_: str, status: str = "official") -> str:
    return f"""\
{id_}:
  title: Title of {id_}
  short: {six(f"Short {id_}")}
  publisher: Publisher
  languages: [en]
  kind: instrument
  status: {status}
"""


def registers() -> dict[str, str]:
    change = f"  changes:\n    - by: crc\n      type: amended\n      note: {six('Amended')}\n"
    return {
        "sources.yaml": source("crc") + source("gc6") + change + source("protect-briefs", "brief"),
        "terms.yaml": GUARDIAN,
        "countries.yaml": "FI:\n  en: {stems: [finland], forms: []}\n",
        "cooperation.yaml": f"""\
instruments:
  - id: crc
    members: [FI]
    purpose: {six("Purpose")}
  - id: gc6
    members: [FI]
    priority_over: [crc]
""",
        "institutions.yaml": f"""\
institutions:
  - id: fi-office
    country: FI
    website: https://office.example.fi/children
    note: {six("Office")}
    source: its own site
    checked: "2026-11-24"
    verified: false
emergency:
  FI:
    - number: "112"
      hours: {six("Always")}
      source: law
      checked: "2026-11-25"
      verified: true
central_authorities:
  FI:
    crc: fi-office
    gc6:
""",
    }


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name, text in registers().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for lang in LANGUAGES:
        path = tmp_path / "briefs" / lang / "guardian.md"
        path.parent.mkdir(parents=True)
        path.write_text(brief(lang), encoding="utf-8")
    return tmp_path


class Break(NamedTuple):
    """One replacement in one file and the only finding that it must give."""

    rule: str
    file: str
    old: str
    new: str
    at: int | str
    """The line to which the finding must point: its number, or text of that line alone."""
    message: str
    """What the finding's message must contain."""


EN = "briefs/en/guardian.md"
FI = "briefs/fi/guardian.md"
LT = "briefs/lt/guardian.md"
SOURCES, TERMS, COUNTRIES = "sources.yaml", "terms.yaml", "countries.yaml"
COOPERATION, INSTITUTIONS = "cooperation.yaml", "institutions.yaml"
BREAKS = (
    # front-matter
    Break("front-matter", FI, "title: Title", "title: a: b", "title: a: b", "not valid YAML"),
    Break("front-matter", FI, "---\ntopic", "topic", 1, "no front matter"),
    Break("front-matter", FI, "step: appoint\n", "", 1, "lacks step"),
    Break("front-matter", FI, "title: Title", "title:", 1, "lacks title"),
    Break(
        "front-matter",
        FI,
        "kind: brief\n",
        "kind: brief\nauthor: A\n",
        "author: A",
        "unknown key 'author'",
    ),
    Break("front-matter", FI, "step: appoint", "step: wait", "step: wait", "one of identify, assess"),
    Break("front-matter", FI, "2026-11-24", "24.11.2026", "24.11.2026", "a date"),
    Break("front-matter", FI, "2026-11-24", '"2026-11-31"', "2026-11-31", "a date"),
    Break("front-matter", FI, "topic: guardian", "topic: guard", "topic: guard", "the file name, 'guardian'"),
    Break("front-matter", FI, "lang: fi", "lang: sv", "lang: sv", "the folder, 'fi'"),
    # counterpart
    Break("counterpart", FI, " {#steps}", "", 14, "without an anchor"),
    Break(
        "counterpart",
        FI,
        "## Heading {#meaning}",
        "Text. [@crc]\n\n## H {#meaning}",
        "Text.",
        "without an anchor",
    ),
    Break(
        "counterpart",
        FI,
        "- Two. [@crc]",
        "- Two. [@crc]\n\n## H {#steps}",
        "## H ",
        "{#steps} is that of line 14",
    ),
    Break(
        "counterpart",
        FI,
        "- Two. [@crc]",
        "- Two. [@crc]\n\n## H {#more}",
        "## H ",
        "lacks the section {#more}",
    ),
    Break("counterpart", FI, "- Two. [@crc]\n", "", "{#steps}", "has 1 paragraphs and items"),
    Break("counterpart", FI, "- Two. [@crc]", "- Two. [@crc 1]", "- Two.", "source marks are [@crc 1]"),
    Break(
        "counterpart",
        FI,
        "@gc6 para 33-38",
        "@crc 1",
        "Edunvalvoja",
        "in briefs/en/guardian.md:12 [@crc 20; @gc6",
    ),
    # source-unknown
    Break("source-unknown", SOURCES, "by: crc", "by: crcc", "by: crcc", "no source 'crcc' in sources.yaml"),
    Break("source-unknown", COOPERATION, "[crc]", "[gc9]", "priority_over", "no instrument 'gc9'"),
    Break(
        "source-unknown",
        INSTITUTIONS,
        "crc: fi-office",
        "crc: fi-off",
        "crc: fi",
        "no institution 'fi-off'",
    ),
    Break("source-unknown", INSTITUTIONS, "gc6:", "gc9:", "gc9:", "no instrument 'gc9' in cooperation.yaml"),
    Break("source-unknown", INSTITUTIONS, "country: FI", "country: NO", "country: NO", "no country 'False'"),
    Break("source-unknown", INSTITUTIONS, "emergency:\n  FI", "emergency:\n  XX", "XX", "no country 'XX'"),
    # source-missing
    Break(
        "source-missing",
        INSTITUTIONS,
        "    source: its own site\n",
        "",
        "- id",
        "'fi-office' lacks source",
    ),
    Break("source-missing", INSTITUTIONS, '"2026-11-24"', '""', "- id", "'fi-office' lacks checked"),
    Break("source-missing", INSTITUTIONS, "      verified: true\n", "", "- number", "'112' lacks verified"),
    # reference
    Break(
        "reference",
        FI,
        "- Two.",
        "- [Two](../en/guard.md).",
        "- [Two]",
        "'../en/guard.md' leads to no file",
    ),
    Break("reference", FI, "- Two.", "- [Two](#step).", "- [Two]", "no section of briefs/fi/guardian.md"),
    Break(
        "reference",
        FI,
        "- Two.",
        "- [Two](../en/guardian.md#step).",
        "- [Two]",
        "no section of briefs/en",
    ),
    Break(
        "reference",
        FI,
        "- Two.",
        "- [Two](../../../etc/hosts).",
        "- [Two]",
        "leads to no file of the corpus",
    ),
    Break("reference", FI, "- Two. [@crc]", "- Two. [@crc] [@gc6 20", "- Two.", "does not end"),
    # term
    Break("term", LT, "Globėjas", "Prižiūrėtojo pareiga: jis", "Prižiūrėtojo", "write 'globėjas'"),
    # status
    Break("status", FI, "kind: brief", "kind: official", "kind:", "`kind` is 'official'"),
    Break("status", FI, "kind: brief", "kind: brief\nstatus: official", "status:", "never official text"),
    Break("status", SOURCES, "status: brief", "status: official", 25, "`status: brief`"),
    # language
    Break("language", FI, MEANING["fi"], ENGLISH, "{#meaning}", "reads as 'en', not 'fi'"),
    # register
    Break("register", TERMS, "en: [guardian]", "en: [guardian", "et: [eest", "not valid YAML"),
    Break("register", COUNTRIES, "FI:\n  en: ", "- ", 1, "expected a mapping"),
    Break(
        "register",
        SOURCES,
        "type: amended",
        "type: mended",
        "type: mended",
        "source 'gc6': changes.0.type",
    ),
    Break("register", TERMS, "en: [guardian]", "en: [1]", "en: [1]", "concept number 1: en.0"),
    Break("register", TERMS, "  avoid: {lt: ", "  shun: {lt: ", "shun", "concept number 1: shun"),
    Break("register", TERMS, "id: house", "id: house\n  eng: [house]", "eng: ", "unknown key 'eng'"),
    Break("register", SOURCES, ", ru: Short gc6 ru", "", "Short gc6", "'short' lacks ru"),
    Break("register", SOURCES, "fi: Amended fi, ", "", "note:", "'note' lacks fi"),
    Break("register", TERMS, "  fi: [lastentalo]\n", "", "- id: house", "'house' lacks fi"),
    Break("register", TERMS, "[lastentalo]", "[Edunvalvoja]", "[Edunvalvoja]", "both guardian and house"),
    Break("register", INSTITUTIONS, "en: Office en, ", "", "note:", "'note' lacks en"),
    Break("register", INSTITUTIONS, "en: Always en, ", "", "hours:", "'hours' lacks en"),
    Break("register", COOPERATION, "lv: Purpose lv, ", "", "purpose:", "'purpose' lacks lv"),
    Break("register", INSTITUTIONS, "https://office", "http://office", "website:", "is not an address"),
    Break(
        "register",
        INSTITUTIONS,
        "https://office.example.fi",
        "https://office",
        "website:",
        "is not an address",
    ),
    Break("register", INSTITUTIONS, "emergency:", "emergencies:", 1, "no entries under `emergency`"),
)


@pytest.mark.parametrize("case", BREAKS, ids=lambda case: f"{case.rule}: {case.message}")
def test_a_broken_rule_gives_exactly_its_finding(corpus: Path, case: Break) -> None:
    broken = replace(corpus / case.file, case.old, case.new)
    findings = check(corpus)
    assert [(it.path, it.rule) for it in findings] == [(case.file, case.rule)], "\n".join(map(str, findings))
    assert case.message in findings[0].message
    assert findings[0].line == (case.at if isinstance(case.at, int) else line_of(case.at, broken))


def line_of(part: str, text: str) -> int:
    (number,) = (number for number, line in enumerate(text.splitlines(), 1) if part in line)
    return number


def replace(path: Path, old: str, new: str) -> str:
    text = path.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return text


def test_every_rule_is_broken_by_a_test() -> None:
    shown_below = {"language-missing"}
    assert {rule for rule, _ in RULES} == {case.rule for case in BREAKS} | shown_below


def test_a_correct_corpus_has_no_finding(corpus: Path) -> None:
    assert check(corpus) == []


def test_a_missing_language_is_named_by_the_file_to_write(corpus: Path) -> None:
    (corpus / "briefs/lv/guardian.md").unlink()
    assert check(corpus) == [
        Finding("briefs/lv/guardian.md", 1, "language-missing", "the file is missing; translate " + EN)
    ]


def test_a_section_that_one_version_lacks_is_reported_where_it_should_be(corpus: Path) -> None:
    for lang in set(LANGUAGES) - {"fi"}:
        replace(corpus / f"briefs/{lang}/guardian.md", "## Heading {#steps}", "## H {#law}\n\n## H {#steps}")
    message = "lacks the section {#law} of briefs/en/guardian.md"
    assert check(corpus) == [Finding(FI, 10, "counterpart", message)]


@pytest.mark.parametrize(
    ("mark", "rule", "message"),
    [
        ("@crcc 1", "source-unknown", "no source 'crcc' in sources.yaml"),
        ("@crc art 20", "reference", "'art 20' in [@crc art 20] is not a locator"),
        ("@crc 14(2", "reference", "'14(2' in"),
        ("@crc 29–37", "reference", "'29–37' in"),
        ("", "source-missing", "no source mark"),
    ],
)
def test_a_wrong_mark_is_found_in_each_version(corpus: Path, mark: str, rule: str, message: str) -> None:
    replace_in_all(corpus, "- Two. [@crc]", f"- Two. [{mark}]" if mark else "- Two.")
    findings = check(corpus)
    assert [(it.path, it.line, it.rule) for it in findings] == [
        (f"briefs/{lang}/guardian.md", 17, rule) for lang in sorted(LANGUAGES)
    ]
    assert all(it.message.startswith(message) for it in findings)


def replace_in_all(corpus: Path, old: str, new: str) -> None:
    for lang in LANGUAGES:
        replace(corpus / f"briefs/{lang}/guardian.md", old, new)


@pytest.mark.parametrize(
    "locator",
    [
        *("", "20", "14(2)", "3(c)", "40(2)(b)(vi)", "18a", "29-37", "5, 7(1), 9-11"),
        *("para 134", "para 33-38", "annex", "annex II"),
    ],
)
def test_a_usual_locator_is_accepted(corpus: Path, locator: str) -> None:
    replace_in_all(corpus, "- Two. [@crc]", f"- Two. [@crc {locator}]")
    assert check(corpus) == []


def test_a_live_link_and_an_outside_link_are_accepted(corpus: Path) -> None:
    replace(corpus / FI, "- Two.", "- [T](#steps) [w](../en/guardian.md#meaning) [o](https://example.org/#x).")
    assert check(corpus) == []


@pytest.mark.parametrize(
    "text",
    [
        "Vaikų prižiūrėtojas ir teisė.",  # inside a longer term of another concept
        "Globėjas nėra prižiūrėtojas.",  # beside the right term
    ],
)
def test_a_word_to_avoid_is_accepted_where_it_means_something_else(corpus: Path, text: str) -> None:
    replace(corpus / LT, MEANING["lt"], text)
    assert check(corpus) == []


def test_a_word_to_avoid_is_accepted_where_the_english_does_not_speak_of_the_concept(corpus: Path) -> None:
    replace(corpus / LT, "- Two.", "- Prižiūrėtojas.")
    assert check(corpus) == []


def test_a_missing_register_is_reported_once(corpus: Path) -> None:
    (corpus / "sources.yaml").unlink()
    assert list(map(str, check(corpus))) == ["sources.yaml:1: register: the file is missing"]


def test_a_file_that_is_not_utf8_is_reported_once(corpus: Path) -> None:
    (corpus / FI).write_bytes(b"---\ntitle: \xff\n---\n")
    assert [(it.path, it.line, it.rule) for it in check(corpus)] == [(FI, 1, "front-matter")]


def test_findings_are_sorted_by_path_and_line(corpus: Path) -> None:
    replace(corpus / FI, "step: appoint", "step: wait")
    replace(corpus / FI, "topic: guardian", "topic: guard")
    replace(corpus / "briefs/et/guardian.md", "kind: brief", "kind: text")
    assert [(it.path, it.line) for it in check(corpus)] == [("briefs/et/guardian.md", 6), (FI, 2), (FI, 5)]


def test_the_shipped_corpus_has_no_finding() -> None:
    assert "\n".join(map(str, check(SHIPPED))) == ""
