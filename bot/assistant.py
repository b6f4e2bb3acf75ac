"""The middle of the bot: a turn goes in, a reply comes out; it knows no channel."""

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer import CONFIDENT, LANGUAGES, READS, Hit, Index, Vectors

from .answers import Answer, answer, with_addenda
from .errors import BadTurn
from .facts import EMPTY_FACTS, answer_facts, contact_facts
from .i18n import Phrases, phrases
from .menu import Handler, Menu
from .network import COUNTRIES, Network
from .replies import answering, browsing, contacts, guidance
from .reply import Block, Button, Reply, Turn, plain, rows
from .serving import Serving
from .session import Session, Sessions
from .store import Contact, Store, Viewer
from .understand import Countries, Intent, Languages, Understood, classify, cyrillic, is_pointer, look, redact

log = logging.getLogger(__name__)

#: Characters of a message that are read; more is no question.
LONGEST = 2000
# Read beyond that for personal data only: half an address at the cut would not be recognised.
_PAST_THE_END = 300
# Hits kept for "more passages".
_DEPTH = 9
# Hits looked through for the addendum of a publication.
_DEEPER = 30
# A follow-up of so few words says too little to be searched alone, whatever it matches.
_BARE = 4
_COMMAND = re.compile(r"^/([a-z]+)(?:@\w+)?(?:\s+(.*))?$", re.DOTALL | re.IGNORECASE)
_SMALLTALK_ANSWERED = {"greeting", "thanks", "farewell", "who"}


@dataclass(frozen=True, slots=True)
class Message:
    """A message as understood."""

    text: str
    """Without personal data, cut to a sensible length, Russian in its own letters: what is searched."""
    lang: str
    countries: tuple[str, ...]
    intent: Intent
    understood: Understood
    removed: frozenset[str]
    is_cut: bool
    vector: Vectors | None = None
    """Embedding of the text, once it was looked at."""


class Assistant:
    """Answers turns."""

    def __init__(
        self,
        serving: Serving,
        store: Store,
        network: Network,
        countries: Countries,
        languages: Languages,
        default_language: str = "en",
    ) -> None:
        self.serving = serving
        self.store = store
        self.network = network
        self._countries = countries
        self._languages = languages
        self._default = default_language
        self.sessions = Sessions()
        menu = Menu(serving, store)
        self._actions: Mapping[str, Handler] = {
            **menu.actions,
            "con": self._contacts_action,
            "emg": self._emergency_action,
        }
        self._commands: Mapping[str, Handler] = {**menu.commands, "contacts": self._contacts_command}

    async def handle(self, turn: Turn) -> Reply:
        """The reply to a turn; a BadTurn becomes a sentence."""
        session = self.sessions.get(turn.chat or turn.person)
        chosen = await self._chosen(turn.person)
        say = phrases(self._interface(chosen, session.lang, turn.hint))
        try:
            if turn.action:
                name, _, rest = turn.action.partition(":")
                if name not in self._actions:
                    raise BadTurn(say("This button is from another version. Ask again, please."))
                reply = await self._actions[name](turn, session, say, rest)
            elif match := _COMMAND.match(turn.text.strip()):
                reply = await self._command(turn, session, say, match.group(1).lower(), match.group(2) or "")
            else:
                reply = await self._message(turn, session, chosen)
        except BadTurn as error:
            reply = Reply((plain("text", str(error)),))
        lang = reply.lang or say.lang
        facts = reply.facts or {**EMPTY_FACTS, "language": lang, "intent": str(Intent.COMMAND)}
        return replace(reply, lang=lang, facts=facts)

    async def _chosen(self, person: str) -> str | None:
        """The language that the person chose. A database that fails must not cost an emergency card."""
        try:
            return await self.store.language(person)
        except Exception as error:
            log.warning("the chosen language cannot be read: %s", type(error).__name__)
            return None

    async def phrases_for(self, turn: Turn) -> Phrases:
        """The language in which the turn's person is spoken to, for what a channel itself has to say."""
        session = self.sessions.get(turn.chat or turn.person)
        return phrases(self._interface(await self._chosen(turn.person), session.lang, turn.hint))

    def understand(self, text: str, chosen: str | None = None, before: str = "") -> Message:
        """What a message says: personal data is cut out before anything else looks at it."""
        redacted = redact(text[: LONGEST + _PAST_THE_END])
        clean = redacted.text[:LONGEST].strip()
        lang = self._languages.recognise(clean, self.serving.index, chosen, before or None)
        if lang == "ru":
            clean = cyrillic(clean)
        understood = classify(clean, lang)
        countries = self._countries.find(clean, lang)
        return Message(
            text=clean,
            lang=lang,
            countries=countries,
            intent=_intent(understood, bool(redacted.kinds)),
            understood=understood,
            removed=redacted.kinds,
            is_cut=len(text) > LONGEST,
        )

    def _interface(self, chosen: str | None, last: str, hint: str) -> str:
        """The language of the interface: chosen, else that of the last message, else the app's."""
        for code in (chosen, last, hint[:2].lower()):
            if code in LANGUAGES:
                return code
            near = next((other for other in READS.get(code or "", ()) if other in LANGUAGES), None)
            if near:
                return near
        return self._default

    # ---- messages -----------------------------------------------------------------------------------

    async def _message(self, turn: Turn, session: Session, chosen: str | None) -> Reply:
        message = self.understand(turn.text, chosen, session.lang)
        has_words = any(char.isalnum() for char in message.text)
        if has_words:
            session.lang = message.lang
        say = phrases(self._interface(chosen, message.lang, turn.hint))
        if not has_words:
            note = say("I can read questions in words. Write one sentence about the child's situation.")
            return self._done(message, say, [*_notices(message, say), plain("text", note)], Intent.SMALLTALK)
        if message.intent is Intent.SMALLTALK and message.understood.command:
            return await self._command(turn, session, say, message.understood.command, "")
        if message.intent is not Intent.SMALLTALK:
            message = await self._looked_at_again(message)
        if message.intent is Intent.SMALLTALK:
            kind = message.understood.smalltalk or "who"
            blocks, buttons = guidance.smalltalk_blocks(kind, say), guidance.start_buttons(say)
            return self._done(message, say, blocks, Intent.SMALLTALK, buttons=buttons)
        if message.intent is Intent.CONTACTS:
            return await self._contacts_message(turn, session, message, say)
        return await self._question(turn, session, message, say)

    async def _looked_at_again(self, message: Message) -> Message:
        """The message with its vector, and with what the vector shows of its intent."""
        try:
            vector = await self.serving.embed(message.text, message.lang)
        except Exception as error:  # a second opinion must not cost an emergency card
            log.warning("no second look: %s", type(error).__name__)
            return message
        second = look(vector, self.serving.model)
        intent = message.intent
        if second.is_emergency and not message.understood.asks_in_general:
            intent = Intent.EMERGENCY
        elif second.wants_contacts and message.countries and intent is Intent.QUESTION:
            # Without a country the reply could only ask for one, and the question might have been another.
            intent = Intent.CONTACTS
        elif second.is_about_me and intent is Intent.QUESTION:
            intent = Intent.SMALLTALK
        return replace(message, intent=intent, vector=vector)

    async def _question(self, turn: Turn, session: Session, message: Message, say: Phrases) -> Reply:
        blocks: list[Block] = _notices(message, say)
        if message.intent is not Intent.EMERGENCY:
            return await self._answered(turn, session, message, say, blocks)
        blocks.extend(contacts.emergency_blocks(message.countries or session.countries, self.network, say))
        try:
            return await self._answered(turn, session, message, say, blocks)
        except Exception as error:
            # Whatever is wrong with index or database: the card has to go out.
            log.warning("emergency card without an answer: %s", type(error).__name__)
            blocks.append(plain("notice", say("The search does not work at the moment.")))
            return self._done(message, say, blocks, Intent.EMERGENCY, searched=message.text)

    async def _answered(
        self, turn: Turn, session: Session, message: Message, say: Phrases, before: Sequence[Block]
    ) -> Reply:
        """The reply with what the search found, below the blocks that come first."""
        blocks = list(before)
        searched, answers, nearest = await self._search(message, session, say)
        countries = message.countries or (session.countries if message.understood.is_follow_up else ())
        session.question, session.countries = searched, countries or session.countries
        buttons: tuple[tuple[Button, ...], ...]
        if answers:
            shown = answers[: answering.FIRST]
            blocks.extend(answering.answer_blocks(shown, self.serving.index.library.sources, say))
            has_more = len(answers) > len(shown)
            buttons = answering.answer_buttons(shown, countries, say, more=has_more)
        else:
            if message.intent is Intent.CONTACTS:
                blocks.append(plain("text", say("Which country? Choose one, or name it in your question.")))
                nearest = contacts.country_buttons(say)
            elif message.intent is not Intent.EMERGENCY:
                blocks.extend(answering.not_found_blocks(say))
            buttons = (*nearest, (Button(answering.contacts_label(countries, say), f"con:{','.join(countries[:4])}"),))
        found_contacts: list[Contact] = []
        pair = _pair(countries)
        if pair:
            blocks.extend(contacts.cooperation_blocks(*pair, self.network, self.serving.index.library.sources, say))
        if turn.is_private and countries and (pair or message.understood.wants_contacts):
            by_country, found_contacts = await self._contacts_of(turn, countries, message.understood.roles)
            blocks.extend(contacts.contact_blocks(by_country, message.understood.roles, say, most=3))
        intent = message.intent
        if not answers and intent is Intent.QUESTION and not pair:
            intent = Intent.OUT_OF_SCOPE
        return self._done(message, say, blocks, intent, answers[: answering.FIRST], found_contacts, buttons, searched)

    async def _search(
        self, message: Message, session: Session, say: Phrases
    ) -> tuple[str, list[Answer], tuple[tuple[Button, ...], ...]]:
        """The text searched, the answers that are sure enough, and buttons to the nearest topics."""
        searched = message.text
        index, hits = await self.serving.search(searched, message.lang, _DEEPER, message.vector)
        if message.understood.is_follow_up and session.question and self._adds_nothing_foreign(index, message):
            joined = f"{session.question}\n{message.text}"
            index, joined_hits = await self.serving.search(joined, message.lang, _DEEPER)
            # Of a few words alone, too little is known to go by how sure they are.
            is_bare = len(searched.split()) <= _BARE and bool(_sure(joined_hits))
            if is_bare or _best(joined_hits) >= _best(hits):
                searched, hits = joined, joined_hits
        sure = with_addenda(index, _sure(hits), _DEPTH)
        session.found = tuple(hit.passage.id for hit in sure)
        session.terms = {hit.passage.id: hit.terms for hit in sure}
        answers = [answer(index, hit) for hit in sure]
        return searched, answers, () if answers else self._nearest(index, hits, say)

    def _adds_nothing_foreign(self, index: Index, message: Message) -> bool:
        """Whether a follow-up stays within what the corpus knows, so that the question before may carry it.

        Countries, numbers and pronouns change a question without leaving its subject.
        """
        unknown = index.unknown_words(message.text, message.lang)
        return all(is_pointer(word, message.lang) or self._countries.find(word, message.lang) for word in unknown)

    @staticmethod
    def _nearest(index: Index, hits: Sequence[Hit], say: Phrases) -> tuple[tuple[Button, ...], ...]:
        topics: dict[str, None] = {}
        for hit in hits:
            document = index.library.documents[hit.passage.document]
            if document.topic:
                topics.setdefault(document.topic)
        titles = browsing.documents_by_topic(index, say.lang)
        return tuple(
            (Button(titles[topic][1].title[:60], f"doc:{topic}"),) for topic in list(topics)[:3] if topic in titles
        )

    def _done(
        self,
        message: Message,
        say: Phrases,
        blocks: Iterable[Block],
        intent: Intent,
        answers: Sequence[Answer] = (),
        found_contacts: Sequence[Contact] = (),
        buttons: tuple[tuple[Button, ...], ...] = (),
        searched: str = "",
    ) -> Reply:
        blocks = tuple(blocks)
        facts = {
            "language": message.lang,
            "intent": str(intent),
            "found": bool(answers),
            "answers": [answer_facts(one) for one in answers],
            "countries": list(message.countries),
            "contacts": [contact_facts(contact) for contact in found_contacts],
            "notices": [block.text for block in blocks if block.kind in {"notice", "warning"}],
            "searched_text": searched,
        }
        return Reply(blocks, buttons, facts, say.lang)

    # ---- contacts and emergencies -------------------------------------------------------------------

    async def _contacts_message(self, turn: Turn, session: Session, message: Message, say: Phrases) -> Reply:
        named = [code for code in message.countries if code in COUNTRIES]
        countries = tuple(named) or session.countries
        session.countries = countries
        roles = message.understood.roles
        blocks = _notices(message, say)
        if not countries and len(message.text.split()) > _BARE:
            # A case is told in it too: what the texts say of that helps more than being asked for a country alone.
            return await self._answered(turn, session, message, say, blocks)
        if not countries:
            blocks.append(plain("text", say("Which country? Choose one, or name it in your question.")))
            return self._done(message, say, blocks, Intent.CONTACTS, buttons=contacts.country_buttons(say))
        reply_blocks, found, buttons = await self._contacts_reply(turn, countries, roles, say)
        intent = message.intent
        return self._done(message, say, [*blocks, *reply_blocks], intent, (), found, buttons)

    async def _contacts_reply(
        self, turn: Turn, countries: Sequence[str], roles: Sequence[str], say: Phrases
    ) -> tuple[list[Block], list[Contact], tuple[tuple[Button, ...], ...]]:
        if not turn.is_private:
            text = say("Contacts are shown in a private chat with me only. Write to me there.")
            return [plain("text", text)], [], ()
        by_country, found = await self._contacts_of(turn, countries, roles)
        blocks = list(contacts.contact_blocks(by_country, roles, say))
        pair = _pair(countries)
        if pair:
            blocks.extend(contacts.cooperation_blocks(*pair, self.network, self.serving.index.library.sources, say))
        if len(countries) == 1:
            buttons = contacts.role_buttons(countries[0], by_country[countries[0]], say) if not roles else ()
            buttons = (*buttons, (Button(say("Emergency numbers"), f"emg:{countries[0]}"),))
        else:
            buttons = rows([Button(say.country(code), f"con:{code}") for code in countries[:4]], 2)
        return blocks, found, buttons

    async def _contacts_of(
        self, turn: Turn, countries: Sequence[str], roles: Sequence[str]
    ) -> tuple[dict[str, list[Contact]], list[Contact]]:
        viewer = Viewer(turn.person, turn.is_private)
        by_country = {}
        for country in countries:
            found = await self.store.contacts([country], viewer, roles)
            # A role that nobody here has is no reason to show nobody.
            by_country[country] = found or (await self.store.contacts([country], viewer) if roles else found)
        unique = {contact.id: contact for found in by_country.values() for contact in found}
        return by_country, list(unique.values())

    async def _contacts_action(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        codes, _, role = rest.partition(":")
        countries = [code for code in codes.split(",") if code]
        if not countries:
            return Reply((plain("text", say("Which country?")),), contacts.country_buttons(say))
        blocks, _, buttons = await self._contacts_reply(turn, countries, [role] if role else [], say)
        return Reply(tuple(blocks), buttons)

    async def _contacts_command(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        if rest.strip():
            message = self.understand(rest, say.lang, say.lang)
            return await self._contacts_message(turn, session, message, say)
        return Reply((plain("text", say("Which country?")),), contacts.country_buttons(say))

    async def _emergency_action(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        return Reply(tuple(contacts.emergency_blocks([rest] if rest in COUNTRIES else [], self.network, say)))

    # ---- commands -----------------------------------------------------------------------------------

    async def _command(self, turn: Turn, session: Session, say: Phrases, name: str, rest: str) -> Reply:
        if name not in self._commands:
            raise BadTurn(say("I do not know this command. /help shows what I can do."))
        return await self._commands[name](turn, session, say, rest)


def _intent(understood: Understood, has_personal_data: bool) -> Intent:
    """What comes first when a message is several things at once: a child in danger, then privacy."""
    if understood.is_emergency:
        return Intent.EMERGENCY
    if has_personal_data:
        return Intent.PERSONAL_DATA
    if understood.wants_contacts:
        return Intent.CONTACTS
    if understood.command or understood.smalltalk in _SMALLTALK_ANSWERED:
        return Intent.SMALLTALK
    return Intent.QUESTION


def _best(hits: Sequence[Hit]) -> float:
    """How sure the surest of the hits is that are shown first."""
    return max((hit.confidence for hit in hits[: answering.FIRST]), default=0.0)


def _sure(hits: Sequence[Hit]) -> list[Hit]:
    """The hits to show, if the best of them is sure enough; else none."""
    return list(hits) if _best(hits) >= CONFIDENT else []


def _pair(countries: Sequence[str]) -> tuple[str, str] | None:
    """Two countries of the network, when a message names exactly two."""
    known = [code for code in countries if code in COUNTRIES]
    return (known[0], known[1]) if len(known) == 2 else None


def _notices(message: Message, say: Phrases) -> list[Block]:
    notices = []
    if message.removed:
        names = {"email": say("an e-mail address"), "phone": say("a telephone number"), "code": say("a personal code")}
        removed = say.all_of([names[kind] for kind in ("email", "phone", "code") if kind in message.removed])
        notices.append(
            plain(
                "notice",
                "🔒 "
                + say(
                    "I cut {data} out of your message before searching. Nothing of your message is kept. Please ask without personal data.",
                    data=removed,
                ),
            )
        )
    if message.is_cut:
        notices.append(
            plain("notice", say("Your message is long: I read its first {number} characters.", number=LONGEST))
        )
    return notices


async def warm_up(assistant: Assistant) -> None:
    """Load what the first question needs, off the event loop."""
    await asyncio.to_thread(assistant.serving.load_embedder)
    await asyncio.to_thread(assistant.understand, "guardian")
