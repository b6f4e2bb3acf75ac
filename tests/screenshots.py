"""Makes the screenshots of the README: `python tests/screenshots.py [--config FILE] [--to FOLDER] [--all]`.

Needs Chromium. It asks the assistant that the configuration describes, on a port of its own; the index is built
when there is none. The pictures go to `docs/screenshots/`. `--all` makes every view in both sizes and schemes.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bot.config import load_config  # noqa: E402  the path comes first
from bot.setup import ensure_index  # noqa: E402
from tests.auxil.web_browser import chromium  # noqa: E402
from tests.auxil.web_server import serving  # noqa: E402

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
QUESTION = "Within how many days must a guardian be appointed for an unaccompanied child?"


def ask(page: Page, text: str) -> None:
    """Type a question, send it, and wait for the reply."""
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")
    page.locator("#log[aria-busy=false] > .reply").last.wait_for()


def _start(page: Page, base: str) -> None:
    page.goto(base)


def _asked(text: str) -> Callable[[Page, str], None]:
    def view(page: Page, base: str) -> None:
        page.goto(base)
        ask(page, text)

    return view


def _permalink(page: Page, base: str) -> None:
    _asked(QUESTION)(page, base)
    page.goto(base + str(page.locator(".permalink a").first.get_attribute("href")))


def _card(page: Page, base: str) -> None:
    _asked(QUESTION)(page, base)
    page.goto(base + str(page.locator(".tools a").first.get_attribute("href")))


def _printed(page: Page, base: str) -> None:
    _card(page, base)
    page.emulate_media(media="print")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture."""

    name: str
    view: Callable[[Page, str], None]
    size: str = "desktop"
    scheme: str = "light"
    locale: str = "en-GB"


VIEWS = {
    "start": _start,
    "answer": _asked(QUESTION),
    "emergency": _asked("A child in Latvia is in danger right now"),
    "contacts": _asked("Who can I contact in Estonia and Finland?"),
    "permalink": _permalink,
    "card": _card,
    "print": _printed,
}
README = (
    Shot("answer", VIEWS["answer"]),
    Shot("permalink", VIEWS["permalink"]),
    Shot("emergency-phone", VIEWS["emergency"], "phone"),
    Shot("answer-phone-dark", VIEWS["answer"], "phone", "dark"),
)
EVERY = tuple(
    Shot(f"{name}-{size}-{scheme}", view, size, scheme)
    for name, view in VIEWS.items()
    for size in SIZES
    for scheme in ("light", "dark")
)


def shoot(browser: Browser, base: str, shot: Shot, folder: Path) -> None:
    """Take one picture, in a browser that knows nothing yet."""
    width, height = SIZES[shot.size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        locale=shot.locale,
        reduced_motion="reduce",
    )
    page = context.new_page()
    shot.view(page, base)
    page.screenshot(path=folder / f"{shot.name}.png")
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the screenshots of the README.")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--all", action="store_true", help="every view in both sizes and schemes")
    options = parser.parse_args()
    config = load_config(options.config)
    ensure_index(config)
    options.to.mkdir(parents=True, exist_ok=True)
    with serving(config) as base, chromium() as browser:
        for shot in EVERY if options.all else README:
            shoot(browser, base, shot, options.to)
            print(options.to / f"{shot.name}.png")


if __name__ == "__main__":
    main()
