"""The interface in the person's language: gettext catalogues, country names, dates and lists."""

from datetime import date
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALES = Path(__file__).parent / "locales"


class Phrases:
    """What the assistant itself says, in one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._translations = _catalogue(lang)
        # European readers write the day before the month.
        self._locale = Locale.parse("en_GB" if lang == "en" else lang)

    def __call__(self, message: str, **values: object) -> str:
        """The phrase with its values put in."""
        return self._translations.gettext(message).format(**values) if message else ""

    def plural(self, one: str, many: str, number: int, **values: object) -> str:
        """The phrase in the form that goes with the number, which is also `{number}` in it."""
        return self._translations.ngettext(one, many, number).format(number=number, **values)

    def country(self, code: str) -> str:
        """The country's name."""
        return str(self._locale.territories.get(code, code))

    def language(self, code: str) -> str:
        """The language's name, in the language of the interface."""
        return str(self._locale.languages.get(code, code))

    def date(self, iso: str) -> str:
        """A date such as 2026-07-01 as people write it; a year or month alone stays as it is."""
        try:
            return str(format_date(date.fromisoformat(iso), "long", locale=self._locale))
        except ValueError:
            return iso

    def all_of(self, items: list[str]) -> str:
        """`a, b and c`."""
        return str(format_list(items, locale=self._locale))


@cache
def phrases(lang: str) -> Phrases:
    """The phrases of a language."""
    return Phrases(lang)


def own_name(lang: str) -> str:
    """What speakers of a language call it, such as `Latviešu`."""
    return str(Locale.parse(lang).get_display_name(lang)).capitalize()


def _catalogue(lang: str) -> NullTranslations:
    path = LOCALES / f"{lang}.po"
    if not path.exists():  # English is the language of the messages themselves
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=lang)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
