"""The page of the chat, and the plain page for when something is not there."""

from collections.abc import Sequence

from markupsafe import Markup

from indexer import LANGUAGES

from ...i18n import Phrases, own_name
from .guard import MAX_BODY
from .indexing import Indexing
from .markup import joined, template


def page(title: str, body: Markup, say: Phrases, kind: str, script: str = "page.js") -> Markup:
    """A whole HTML page around its body."""
    return template("page.html").format(lang=say.lang, title=title, body=body, kind=kind, script=script)


def chat_page(cards: Sequence[Markup], say: Phrases, indexing: Indexing) -> Markup:
    """The chat with its header, these cards, and the field for a question."""
    language = Markup('<button type="submit" name="action" value="lang:{0}" lang="{0}"{2}>{1}</button>')
    current = Markup(' aria-current="true"')
    languages = joined(
        language.format(code, own_name(code), current if code == say.lang else Markup()) for code in LANGUAGES
    )
    body = template("chat.html").format(
        skip=say("Skip to the question"),
        name=say("PROTECT assistant"),
        nav=say("Ways in"),
        topics=say("Topics"),
        contacts=say("Contacts"),
        emergency=say("Emergency"),
        language=own_name(say.lang),
        language_label=f"{own_name(say.lang)}: {say('Language')}",
        languages=languages,
        log=say("Conversation"),
        cards=joined(cards),
        limit=MAX_BODY,
        too_long=too_long(say),
        offline=say("The assistant does not answer. Check that it still runs, then send again."),
        waiting=say("Searching …"),
        label=say("Your question"),
        placeholder=say("Describe the situation in your own words and language"),
        send=say("Send"),
        hint=say("Nothing that you write is kept. Leave out names and dates of birth."),
        busy=int(indexing.is_busy),
        status=status_line(indexing, say),
    )
    return page(say("PROTECT assistant"), body, say, "chat", "chat.js")


def examples(say: Phrases) -> Markup:
    """Questions to begin with, as buttons."""
    questions = (
        say("Who appoints a guardian for a child who travels alone?"),
        say("Girl from Latvia found in Finland, who decides?"),
        say("Who can I contact in Estonia?"),
    )
    button = Markup('<button type="submit" name="text" value="{0}">{0}</button>')
    return Markup('<form class="examples" method="post" action="/" aria-label="{}">{}</form>').format(
        say("Questions to begin with"), joined(map(button.format, questions))
    )


def said(text: str) -> Markup:
    """What the person wrote, shown back."""
    return Markup('<p class="said">{}</p>').format(text)


def error_card(message: str) -> Markup:
    """A sentence in place of a reply."""
    return Markup('<article class="reply error" tabindex="-1"><p class="notice">{}</p></article>').format(message)


def plain_page(title: str, text: str, say: Phrases) -> Markup:
    """A page that says one thing."""
    body = template("plain.html").format(back=say("Back to the chat"), title=title, text=text)
    return page(title, body, say, "plain")


def too_long(say: Phrases) -> str:
    """What a text is answered that is too long to be read."""
    return say(
        "This text is too long: {number} kB are read at most. Send the sentences that your question is about.",
        number=MAX_BODY // 1024,
    )


def status_line(indexing: Indexing, say: Phrases) -> str:
    """What goes on in the background; empty when nothing does."""
    if not indexing.is_busy:
        return ""
    if indexing.share is None:
        return say("Search by meaning is being prepared. Questions are answered by their words meanwhile.")
    return say(
        "Search by meaning is being prepared: {number} %. Questions are answered by their words meanwhile.",
        number=int(indexing.share * 100),
    )
