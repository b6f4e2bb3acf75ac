"""Who is asking: a random number in a cookie, and the language that the browser prefers."""

import re
from collections.abc import Mapping
from secrets import token_urlsafe

from starlette.requests import Request
from starlette.responses import Response

from indexer import LANGUAGES, READS

from ...reply import Turn

COOKIE = "protect_session"
#: Seconds for which the choice of a language is remembered.
_LIFETIME = 180 * 24 * 3600
_ID = re.compile(r"[A-Za-z0-9_-]{22}")


def visitor(request: Request) -> str:
    """The id of the browser's cookie, a new one when it has none that we made."""
    known = request.cookies.get(COOKIE, "")
    return known if _ID.fullmatch(known) else token_urlsafe(16)


def remember(response: Response, request: Request, name: str) -> None:
    """Give the browser its id, unless it has it."""
    if request.cookies.get(COOKIE) != name:
        response.set_cookie(COOKIE, name, max_age=_LIFETIME, httponly=True, samesite="strict")


def turn_of(request: Request, name: str, text: str = "", action: str = "", hint: str = "") -> Turn:
    """A turn of this visitor."""
    return Turn(f"web:{name}", text, action, hint=hint or preferred(request.headers))


def preferred(headers: Mapping[str, str]) -> str:
    """The language that the browser likes best among those that can be served; empty if none."""
    ranked = []
    for order, part in enumerate(headers.get("accept-language", "").split(",")):
        code, _, rest = part.strip().partition(";")
        lang = code[:2].lower()
        if lang in LANGUAGES or lang in READS:
            ranked.append((-_quality(rest), order, lang))
    return min(ranked)[2] if ranked else ""


def _quality(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q="))
    except ValueError:
        return 1.0
