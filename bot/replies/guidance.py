"""What the assistant says about itself."""

from collections import Counter
from collections.abc import Iterator

from indexer import LANGUAGES, Index

from ..i18n import Phrases, own_name
from ..reply import Block, Button, Span, plain, rows


def start_blocks(say: Phrases) -> Iterator[Block]:
    """The first message."""
    yield plain("heading", say("PROTECT assistant"))
    yield plain(
        "text",
        say(
            "Ask me about protecting children across borders, in your own words and language. I answer with sentences quoted word for word, each with its source, and I point you to colleagues in the country concerned."
        ),
    )
    yield plain("warning", say("A child is in danger now? Call 112. I am not an emergency service."))
    yield plain(
        "text",
        "🔒 "
        + say("I keep nothing that you write. Please leave out names, dates of birth and other data about a child."),
    )
    languages = ", ".join(own_name(code) for code in LANGUAGES)
    yield plain("text", say("I understand: {languages}. /help shows more.", languages=languages))


def start_buttons(say: Phrases) -> tuple[tuple[Button, ...], ...]:
    """Where to begin without a question."""
    return rows(
        [
            Button(say("Topics"), "top:"),
            Button(say("Contacts"), "con:"),
            Button(say("Emergency numbers"), "emg:"),
            Button(say("Language"), "lang:"),
        ],
        2,
    )


def help_blocks(say: Phrases, *, is_admin: bool) -> Iterator[Block]:
    """What can be done, with an example each."""
    yield plain("text", say("Write a question as you would ask a colleague, for example:"))
    for example in (
        say("Who appoints a guardian for a child who travels alone?"),
        say("Girl from Latvia found in Finland, who decides?"),
        say("Who can I contact in Estonia?"),
    ):
        yield plain("item", example)
    yield plain("text", say("Commands:"))
    for name, text in commands(say).items():
        yield Block("item", (Span(f"/{name}", "bold"), Span(f" – {text}")))
    if is_admin:
        yield plain("text", say("For admins:"))
        for name, text in admin_commands(say).items():
            yield Block("item", (Span(f"/{name}", "bold"), Span(f" – {text}")))
    yield plain(
        "text",
        say(
            "Quotes are either official text or this project's own briefs; the line below each quote says which. Check the named article before you decide."
        ),
    )


def commands(say: Phrases) -> dict[str, str]:
    """The commands for everyone, with what they do."""
    return {
        "start": say("begin"),
        "help": say("what I can do"),
        "topics": say("browse the steps of a case"),
        "contacts": say("who can help in which country"),
        "term": say("a term in all languages"),
        "sources": say("the texts behind the answers"),
        "verify": say("check a reference"),
        "news": say("what changed lately"),
        "language": say("change the language of the interface"),
        "join": say("join the network"),
        "leave": say("leave the network"),
    }


def admin_commands(say: Phrases) -> dict[str, str]:
    """The commands for admins."""
    return {
        "status": say("what is served and how much"),
        "reindex": say("read the corpus anew"),
        "members": say("requests to join"),
    }


def smalltalk_blocks(kind: str, say: Phrases) -> Iterator[Block]:
    """A short answer to a greeting, thanks or a question about the assistant."""
    if kind == "thanks":
        yield plain("text", say("You are welcome. Ask on whenever you need."))
    elif kind == "farewell":
        yield plain("text", say("Goodbye, and thank you for what you do."))
    else:
        if kind == "who":
            yield plain("text", say("I am a program, not a person."))
        yield from start_blocks(say)


def join_blocks(say: Phrases) -> Iterator[Block]:
    """What membership means, before anyone asks for it. It promises what the store's query gives."""
    yield plain("heading", say("Joining the network"))
    yield plain(
        "text",
        say(
            "Approved members also see, in a private chat with me, those contacts whose consent says: for members. In groups nobody sees contacts."
        ),
    )
    yield plain(
        "text",
        say(
            "If you ask to join, I keep your chat number, the date and the answer of an admin, nothing else. You do not appear in the directory. /leave deletes this at any time."
        ),
    )


def news_blocks(index: Index, say: Phrases) -> Iterator[Block]:
    """What the corpus holds, and the documents that were checked or added last."""
    created = str(index.manifest["created"])[:10]
    yield plain("text", say("The corpus was read last on {date}.", date=say.date(created)))
    own = [document for document in index.library.documents if document.lang in {say.lang, "en"}]
    dates = Counter(document.edition for document in own if document.edition)
    for edition in sorted(dates, reverse=True)[:3]:
        titles = [d.title for d in own if d.edition == edition and d.lang == say.lang] or [
            d.title for d in own if d.edition == edition
        ]
        yield plain("heading", say.date(edition))
        for title in titles[:8]:
            yield plain("item", title)
        if len(titles) > 8:
            left = len(titles) - 8
            yield plain("text", say.plural("and {number} more", "and {number} more", left))
