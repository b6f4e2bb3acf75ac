"""What a message is about: personal data, language, countries, intent."""

from .countries import Countries
from .intent import Intent, Understood, classify
from .language import Languages
from .pointers import is_pointer
from .privacy import Redacted, redact
from .script import cyrillic
from .second_look import SecondLook, look

__all__ = [
    "Countries",
    "Intent",
    "Languages",
    "Redacted",
    "SecondLook",
    "Understood",
    "classify",
    "cyrillic",
    "is_pointer",
    "look",
    "redact",
]
