"""The web chat as a person meets it, in Chromium, on a real server."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from bot.config import Config
from tests.auxil.web_browser import chromium
from tests.auxil.web_server import serving

QUESTION = "Within how many working days must the authority appoint a representative for an unaccompanied child?"
QUOTE = "no later than 15 working days"
EMERGENCY = "A child in Latvia is in danger right now"


@pytest.fixture(scope="module")
def base(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = tmp_path_factory.mktemp("web") / "protect.db"
    with serving(config.model_copy(update={"database": f"sqlite+aiosqlite:///{database}"})) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


class Watched:
    """Pages that note what must not happen: an error in the console, a request that leaves the machine."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.base = base
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def open(
        self,
        address: str = "/",
        *,
        size: tuple[int, int] = (1280, 900),
        scheme: str = "light",
        scripts: bool = True,
        locale: str = "en-GB",
    ) -> Page:
        """A page in a browser that knows nothing yet."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
            locale=locale,
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        self._contexts.append(context)
        context.on("request", self._note_request)
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        page = context.new_page()
        page.goto(self.base + address)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _note_request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)


@pytest.fixture
def watched(browser: Browser, base: str) -> Iterator[Watched]:
    """Every test ends with the check that nothing went wrong and nothing left the machine."""
    pages = Watched(browser, base)
    yield pages
    pages.close()
    assert pages.errors == []
    assert {urlsplit(url).netloc for url in pages.requests} <= {urlsplit(base).netloc}


def ask(page: Page, text: str) -> Locator:
    """Type a question and send it; gives the card of its reply."""
    before = page.locator(".reply").count()
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Enter")
    card = page.locator(".reply").nth(before)
    card.wait_for()
    return card


def focused(page: Page, script: str) -> object:
    """What a script finds about the element that has the focus, called `e`."""
    return page.evaluate(f"(() => {{ const e = document.activeElement; return {script}; }})()")


# ---- asking -------------------------------------------------------------------------------------------------


def test_a_question_gets_a_card_with_quotes(watched: Watched) -> None:
    page = watched.open()
    card = ask(page, QUESTION)
    expect(card.locator("blockquote").first).to_contain_text(QUOTE)
    expect(card.locator("blockquote mark").first).to_be_visible()
    expect(card.locator(".citation").first).to_contain_text("not official text")
    expect(page.locator(".said")).to_have_text(QUESTION)
    expect(page.get_by_role("textbox")).to_be_focused()
    expect(page.get_by_role("textbox")).to_have_value("")


def test_shift_enter_begins_a_line_and_sends_nothing(watched: Watched) -> None:
    page = watched.open()
    page.get_by_role("textbox").fill("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(page.get_by_role("textbox")).to_have_value("one\ntwo")
    expect(page.locator(".said")).to_have_count(0)


def test_hostile_text_stays_text(watched: Watched) -> None:
    page = watched.open()
    ask(page, "<img src=x onerror=alert(1)> guardian <script>alert(1)</script>")
    expect(page.locator(".said")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator("#log img, #log script")).to_have_count(0)


def test_reading_on_changes_its_own_card_only(watched: Watched) -> None:
    page = watched.open()
    answer = ask(page, QUESTION)
    answer.get_by_role("button", name="Read on 1").click()
    reading = page.locator(".reply[data-kind=ctx]")
    expect(reading).to_be_focused()
    first = reading.locator(".heading").text_content()
    cards = page.locator(".reply").count()
    reading.locator("button[value^='ctx:']").last.click()
    expect(reading.locator(".heading")).not_to_have_text(str(first))
    expect(page.locator(".reply")).to_have_count(cards)
    expect(answer.locator("blockquote").first).to_contain_text(QUOTE)


def test_a_vote_is_thanked_for_where_it_was_given(watched: Watched) -> None:
    page = watched.open()
    answer = ask(page, QUESTION)
    cards = page.locator(".reply").count()
    answer.locator("button[value^='use:']").first.click()
    expect(answer.locator("button[value^='use:']")).to_have_count(0)
    expect(answer).to_contain_text("Thank you")
    expect(page.locator(".reply")).to_have_count(cards)


def test_a_paste_of_ten_megabytes_is_answered_in_a_sentence(watched: Watched) -> None:
    page = watched.open()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("textbox").fill("half a question")
    page.evaluate("navigator.clipboard.writeText('word '.repeat(2_000_000))")
    page.keyboard.press("Control+V")
    expect(page.locator(".reply.error")).to_contain_text("too long")
    expect(page.get_by_role("textbox")).to_have_value("half a question")


def test_a_text_that_is_too_long_is_not_sent_and_not_lost(watched: Watched) -> None:
    page = watched.open()
    text = "eighteen characters\n" * 4000
    page.evaluate("text => { document.getElementById('question').value = text; }", text)
    page.keyboard.press("Enter")
    expect(page.locator(".reply.error")).to_contain_text("too long")
    assert page.get_by_role("textbox").input_value() == text.strip()
    assert not [url for url in watched.requests if url.endswith("/turn")]


def test_when_the_assistant_is_gone_the_question_is_not_lost(watched: Watched) -> None:
    page = watched.open()
    page.route("**/turn", lambda route: route.abort())
    ask(page, QUESTION)
    expect(page.locator(".reply.error")).to_contain_text("does not answer")
    expect(page.get_by_role("textbox")).to_have_value(QUESTION)
    watched.errors.clear()  # the browser reports the broken connection, as it should


def test_without_scripts_one_can_ask_and_press(watched: Watched) -> None:
    page = watched.open(scripts=False)
    page.get_by_role("textbox").fill(QUESTION)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("blockquote").first).to_contain_text(QUOTE)
    page.get_by_role("button", name="Read on 1").click()
    expect(page.locator(".reply[data-kind=ctx]")).to_be_visible()


# ---- language -----------------------------------------------------------------------------------------------


def test_the_language_changes_around_a_conversation_that_stays(watched: Watched) -> None:
    page = watched.open()
    ask(page, QUESTION)
    page.get_by_role("textbox").fill("half a question")
    page.locator(".languages summary").click()
    page.get_by_role("button", name="Latviešu").click()
    expect(page.locator("html")).to_have_attribute("lang", "lv")
    expect(page.locator(".languages summary")).to_have_text("Latviešu")
    expect(page.locator(".said")).to_have_text(QUESTION)
    expect(page.get_by_role("textbox")).to_have_value("half a question")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "lv")


def test_all_six_languages_are_offered_by_their_own_names(watched: Watched) -> None:
    page = watched.open()
    page.locator(".languages summary").click()
    names = page.locator(".languages button")
    expect(names).to_have_text(["English", "Eesti", "Suomi", "Latviešu", "Lietuvių", "Русский"])
    page.keyboard.press("Escape")
    expect(names.first).not_to_be_visible()
    expect(page.locator(".languages summary")).to_be_focused()


# ---- documents and print ------------------------------------------------------------------------------------


def test_a_permalink_opens_at_the_highlighted_sentence(watched: Watched) -> None:
    page = watched.open(size=(390, 300))
    ask(page, QUESTION).get_by_role("link", name="Show in the document").first.click()
    mark = page.locator("mark")
    expect(mark).to_contain_text(QUOTE)
    assert mark.evaluate("e => e.getBoundingClientRect().top + scrollY > innerHeight"), (
        "out of sight unless scrolled to"
    )
    expect(mark).to_be_in_viewport()
    expect(page.locator("[aria-current]")).to_have_count(1)


def test_a_permalink_without_its_fragment_opens_there_too(watched: Watched) -> None:
    page = watched.open(size=(390, 300))
    link = ask(page, QUESTION).get_by_role("link", name="Show in the document").first.get_attribute("href")
    page.goto(watched.base + str(link).partition("#")[0])
    expect(page.locator("mark")).to_be_in_viewport()


def test_a_permalink_leads_to_another_language(watched: Watched) -> None:
    page = watched.open()
    ask(page, QUESTION).get_by_role("link", name="Show in the document").first.click()
    page.get_by_role("link", name="Eesti").click()
    expect(page.locator("main")).to_have_attribute("lang", "et")
    expect(page.locator("[aria-current]")).to_be_in_viewport()


def test_an_answer_prints_on_one_page_without_its_question(watched: Watched, tmp_path: Path) -> None:
    page = watched.open()
    ask(page, QUESTION).get_by_role("link", name="Print this answer").click()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    path = tmp_path / "card.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    with pypdfium2.PdfDocument(path) as pdf:
        assert len(pdf) == 1
        text = " ".join(pdf[0].get_textpage().get_text_range().split())
    assert QUOTE in text
    assert "/verify " in text
    assert f"{watched.base}/passage/" in text
    assert QUESTION not in text
    assert "Back to the chat" not in text


# ---- for everyone -------------------------------------------------------------------------------------------


def test_everything_can_be_done_with_the_keyboard(watched: Watched) -> None:
    page = watched.open()
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("blockquote").first).to_contain_text(QUOTE)
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if focused(page, "(e.value ?? '').startsWith('ctx:')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".reply[data-kind=ctx]")).to_be_focused()
    page.keyboard.press("Tab")
    assert focused(page, "e.closest('.reply')?.dataset.kind") == "ctx"


def test_the_first_stop_of_the_keyboard_skips_the_header(watched: Watched) -> None:
    page = watched.open()
    first = page.locator("a, button, summary, textarea").first
    first.focus()
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox")).to_be_focused()


def test_whatever_has_the_focus_shows_it(watched: Watched) -> None:
    page = watched.open()
    page.locator(".skip").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert focused(page, "getComputedStyle(e).outlineStyle") != "none", focused(page, "e.outerHTML")


def test_replies_are_announced_and_controls_have_names(watched: Watched) -> None:
    page = watched.open()
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(page.get_by_label("Your question")).to_be_visible()
    unnamed = page.locator("button, a, summary, textarea").evaluate_all(
        "all => all.filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)"
    )
    assert unnamed == []


@pytest.mark.parametrize("width", [360, 390, 768])
@pytest.mark.parametrize("text", [QUESTION, EMERGENCY, "Who can I contact in Estonia and Finland?", "/sources"])
def test_nothing_is_wider_than_the_screen(watched: Watched, width: int, text: str) -> None:
    page = watched.open(size=(width, 740))
    ask(page, text)
    for scrolled in ("document.documentElement", "document.getElementById('log')"):
        assert page.evaluate(f"{scrolled}.scrollWidth <= {scrolled}.clientWidth"), scrolled


def test_documents_and_cards_fit_a_phone(watched: Watched) -> None:
    page = watched.open(size=(360, 740))
    card = ask(page, QUESTION)
    links = [card.get_by_role("link", name=name).first for name in ("Show in the document", "Print this answer")]
    for address in [str(link.get_attribute("href")) for link in links]:
        page.goto(watched.base + address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_emergency_numbers_are_large_enough_for_a_thumb(watched: Watched) -> None:
    page = watched.open(size=(360, 740))
    number = ask(page, EMERGENCY).locator(".emergency a[href='tel:112']").first
    box = number.bounding_box()
    assert box is not None
    assert box["height"] >= 36
    assert box["width"] >= 44


# Text on its background, in the colours that the browser computed, by the formula of WCAG 2.
CONTRASTS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (c) => { const x = c / 255; return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; };
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const background = (e) => {
    for (; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return rgba(getComputedStyle(document.documentElement).getPropertyValue("color-scheme") === "dark" ? "#000" : "#fff");
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility()) continue;
    const [a, b] = [luminance(rgba(getComputedStyle(e).color)), luminance(background(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([ratio, e.tagName + "." + e.className + ": " + walker.currentNode.data.slice(0, 40)]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_keeps_the_contrast_of_wcag_aa(watched: Watched, scheme: str) -> None:
    page = watched.open(scheme=scheme)
    ask(page, EMERGENCY)
    card = ask(page, f"{QUESTION} Write to anna@example.org")  # with a notice about personal data
    expect(card.locator(".notice").first).to_be_visible()
    ask(page, "Who can I contact in Estonia?")
    permalink = str(card.get_by_role("link", name="Show in the document").first.get_attribute("href"))
    for address in ("", permalink):
        if address:
            page.goto(watched.base + address)
        found = page.evaluate(CONTRASTS)
        assert len(found) > 15
        assert [what for ratio, what in found if ratio < 4.5] == []


def test_the_dark_scheme_is_dark(watched: Watched) -> None:
    colours = {
        scheme: watched.open(scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert colours["light"] != colours["dark"]
