"""Words of a follow-up that bring no subject of their own: numbers, pronouns, and what joins it to the question before."""

from indexer import fold

_WORDS = {
    "en": "i he she it they we you his her him them their my your our its me us this that these those here there too "
    "also still then so but was were had",
    "et": "aga ja siis siin seal ta tema tal temal teda talle nad neil neid nende me meie te teie ma mina sa sina see "
    "selle kui kas veel ka juba",
    "fi": "entä entäs hän hänen häntä hänelle he heidän heitä me te minä sinä se sen sitä ne täällä siellä jos myös jo",
    "lv": "un bet ja viņa viņš viņu viņai viņam viņi viņiem viņas es tu mēs jūs te šeit tur arī tad jau",
    "lt": "o ar jei jeigu jis ji jo jos jai jam jį ją jie jiems juos jų aš tu mes jūs čia ten taip pat irgi tada jau",
    "ru": "а и но если он она они его её ей ему им их ним ней нему нее я ты мы вы нас вас тут там здесь тоже также "
    "тогда уже",
}
_POINTERS = {lang: frozenset(map(fold, text.split())) for lang, text in _WORDS.items()}


def is_pointer(word: str, lang: str) -> bool:
    """Whether a word only points at something that was said before."""
    return word.isdecimal() or fold(word) in _POINTERS.get(lang, frozenset())
