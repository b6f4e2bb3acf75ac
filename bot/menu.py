"""What buttons and commands lead to besides questions and contacts: reading on, browsing, language, membership."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

from indexer import LANGUAGES, Index, Passage

from .answers import best_quote
from .errors import BadTurn
from .i18n import Phrases, own_name, phrases
from .replies import answering, browsing, citations, guidance, reading
from .reply import Block, Button, Reply, Turn, plain, rows
from .serving import Serving
from .session import Session
from .store import Store

Handler = Callable[[Turn, Session, Phrases, str], Coroutine[Any, Any, Reply]]
"""Answers an action or command; the text is what follows its name."""


class Menu:
    """The replies that need no understanding of a message."""

    def __init__(self, serving: Serving, store: Store) -> None:
        self.serving = serving
        self.store = store

    @property
    def actions(self) -> Mapping[str, Handler]:
        """What the buttons do, by the name before the colon."""
        return {
            "more": self._more,
            "ctx": self._context,
            "ed": self._editions,
            "ref": self._reference,
            "top": self._topics,
            "doc": self._contents,
            "pub": self._publication,
            "sec": self._section,
            "sub": self._subscribe,
            "lang": self._set_language,
            "use": self._useful,
            "term": self._term,
            "join": self._join,
            "leave": self._leave,
        }

    @property
    def commands(self) -> Mapping[str, Handler]:
        """What the commands do, by name."""
        return {
            "start": self._start,
            "help": self._help,
            "language": self._choose_language,
            "topics": self._topics,
            "sources": self._sources,
            "term": self._term,
            "verify": self._verify,
            "news": self._news,
            "join": self._ask_to_join,
            "leave": self._leave,
        }

    # ---- reading on ---------------------------------------------------------------------------------

    async def _more(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        begin = int(rest) if rest.isdecimal() else 0
        index = self.serving.index
        answers = []
        for passage_id in session.found[begin : begin + answering.FIRST]:
            passage = index.find(passage_id) or index.find(passage_id.partition(".")[0])
            if passage is not None:
                answers.append(best_quote(index, passage, session.terms.get(passage_id, frozenset())))
        if not answers:
            raise BadTurn(say("I no longer know which question this belongs to. Ask again, please."))
        blocks = answering.answer_blocks(answers, index.library.sources, say, begin + 1)
        has_more = len(session.found) > begin + len(answers)
        return Reply(tuple(blocks), answering.answer_buttons(answers, session.countries, say, begin + 1, has_more))

    async def _context(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        index = self.serving.index
        passage, note = _passage(index, rest, say)
        blocks = [*note, *reading.passage_blocks(index, passage, say)]
        return Reply(tuple(blocks), reading.passage_buttons(index, passage, say))

    async def _section(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        index = self.serving.index
        passage, note = _passage(index, rest, say)
        blocks = (*note, *reading.section_blocks(index, passage, say))
        return Reply(blocks, reading.passage_buttons(index, passage, say))

    async def _editions(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        index = self.serving.index
        passage, note = _passage(index, rest, say)
        text = plain("text", say("This passage in other languages:"))
        return Reply((*note, text), reading.edition_buttons(index, passage, say))

    async def _reference(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        index = self.serving.index
        passage, note = _passage(index, rest, say)
        terms = session.terms.get(passage.id)
        one = best_quote(index, passage, terms) if terms else reading.whole_answer(index, passage)
        today = datetime.now(UTC).date().isoformat()
        text = citations.reference_text(one, index.library.sources, say, today)
        return Reply((*note, plain("text", text)))

    async def _verify(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        if not rest.strip():
            raise BadTurn(say("Write the code of the reference after the command: /verify CODE"))
        return Reply(tuple(reading.verified_blocks(self.serving.index, rest, say)))

    async def _useful(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        passage_id, _, vote = rest.rpartition(":")
        if vote in {"y", "n"} and self.serving.index.find(passage_id):
            await self.store.count(f"useful:{passage_id.partition('.')[0]}:{vote}")
        return Reply((plain("text", say("Thank you. Your vote is counted without your question.")),))

    # ---- browsing -----------------------------------------------------------------------------------

    async def _topics(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        if rest in browsing.STEPS:
            heading = plain("heading", browsing.step_name(rest, say))
            return Reply((heading,), browsing.topic_buttons(self.serving.index, rest, say))
        return Reply((plain("text", say("The steps of a case. Choose one:")),), browsing.steps_buttons(say))

    async def _contents(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        entry = browsing.documents_by_topic(self.serving.index, say.lang).get(rest)
        if entry is None:
            raise BadTurn(say("This topic was withdrawn. /topics shows what there is."))
        return Reply((plain("heading", entry[1].title),), browsing.contents_buttons(self.serving.index, rest, say))

    async def _sources(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        index = self.serving.index
        return Reply(tuple(browsing.source_blocks(index, say)), browsing.publication_buttons(index, say))

    async def _publication(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        index = self.serving.index
        number, _, begin = rest.partition(":")
        documents = index.library.documents
        if not number.isdecimal() or int(number) >= len(documents):
            raise BadTurn(say("This publication was withdrawn. /sources shows what there is."))
        buttons = browsing.publication_contents(index, int(number), int(begin) if begin.isdecimal() else 0, say)
        return Reply((plain("heading", documents[int(number)].title),), buttons)

    async def _term(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        concepts = self.serving.index.library.concepts
        if not rest.strip():
            raise BadTurn(say("Write the term after the command, in any language: /term guardian"))
        exact = [concept for concept in concepts if concept.id == rest.strip()]
        found = exact or browsing.find_concepts(concepts, rest)
        if not found:
            raise BadTurn(say("The glossary does not hold this term."))
        others = [
            Button((concept.terms.get(say.lang) or (concept.id,))[0][:60], f"term:{concept.id}"[:64])
            for concept in found[1:]
        ]
        return Reply(tuple(browsing.term_blocks(found[0], say)), rows(others, 1))

    async def _news(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        index = self.serving.index
        is_told = turn.person in await self.store.subscribers()
        label = say("Stop telling me") if is_told else say("Tell me when it changes")
        buttons = ((Button(label, f"sub:{0 if is_told else 1}"),),) if turn.is_private else ()
        return Reply(tuple(guidance.news_blocks(index, say)), buttons)

    async def _subscribe(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        if not turn.is_private:
            raise BadTurn(say("Notices are for private chats."))
        await self.store.subscribe(turn.person, active=rest == "1")
        text = say("I will tell you when the corpus changes.") if rest == "1" else say("I will not tell you any more.")
        return Reply((plain("text", text),))

    # ---- guidance and membership --------------------------------------------------------------------

    async def _start(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        return Reply(tuple(guidance.start_blocks(say)), guidance.start_buttons(say))

    async def _help(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        return Reply(tuple(guidance.help_blocks(say, is_admin=turn.admin is not None)), guidance.start_buttons(say))

    async def _choose_language(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        if rest.strip():
            return await self._set_language(turn, session, say, rest.strip()[:2].lower())
        return Reply(
            (
                plain(
                    "text",
                    say("Choose the language of the buttons and notices. You may ask in any language at any time."),
                ),
            ),
            _language_buttons(),
        )

    async def _set_language(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        if rest not in LANGUAGES:
            if not rest:
                return await self._choose_language(turn, session, say, "")
            raise BadTurn(
                say("The interface has these languages: {languages}.", languages=", ".join(map(own_name, LANGUAGES)))
            )
        await self.store.set_language(turn.person, rest)
        say = phrases(rest)
        return Reply((plain("text", say("The interface is in {language} now.", language=own_name(rest))),), lang=rest)

    async def _ask_to_join(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        if not turn.is_private:
            raise BadTurn(say("Joining works in a private chat with me only."))
        status = await self.store.membership(turn.person)
        if status:
            text = (
                say("You are a member of the network.")
                if status == "approved"
                else say("An admin has not answered your request yet.")
            )
            return Reply((plain("text", text),), ((Button(say("Leave"), "leave"),),))
        return Reply(tuple(guidance.join_blocks(say)), ((Button(say("Ask to join"), "join"),),))

    async def _join(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        if not turn.is_private:
            raise BadTurn(say("Joining works in a private chat with me only."))
        await self.store.ask_to_join(turn.person)
        return Reply((plain("text", say("Your request is noted. An admin will decide. /leave withdraws it.")),))

    async def _leave(self, turn: Turn, session: Session, say: Phrases, rest: str) -> Reply:
        was_there = await self.store.leave(turn.person)
        text = say("Your membership and your request are deleted.") if was_there else say("You are not a member.")
        return Reply((plain("text", text),))


def _passage(index: Index, passage_id: str, say: Phrases) -> tuple[Passage, list[Block]]:
    """The passage of a button, with a notice when it has changed since."""
    passage = index.find(passage_id)
    if passage is not None:
        return passage, []
    moved = index.find(passage_id.partition(".")[0])
    if moved is None:
        raise BadTurn(say("This passage was withdrawn from the corpus. Ask again to see what replaced it."))
    return moved, [plain("notice", say("This passage has changed since. This is its text now."))]


def _language_buttons() -> tuple[tuple[Button, ...], ...]:
    return rows([Button(own_name(code), f"lang:{code}") for code in LANGUAGES], 3)
