"""Finding one's way without a question: topics, contents, sources, terms."""

from collections.abc import Iterator, Mapping, Sequence

from indexer import LANGUAGES, Concept, Document, Index, Passage, fold, words

from ..i18n import Phrases, own_name
from ..reply import Block, Button, Span, plain, rows

#: The way of a case.
STEPS = ("identify", "assess", "appoint", "hear", "protect", "solve", "follow-up")
#: Sections of a publication on one page of its table of contents.
CONTENTS_PAGE = 12
#: Languages of the glossary in the order in which they are shown.
TERM_LANGUAGES = (*LANGUAGES, "sv", "pl", "de", "uk")


def step_name(step: str, say: Phrases) -> str:
    """The step's name in the person's language."""
    return {
        "identify": say("Identify"),
        "assess": say("Assess"),
        "appoint": say("Appoint"),
        "hear": say("Hear"),
        "protect": say("Protect"),
        "solve": say("Find a solution"),
        "follow-up": say("Follow up"),
    }.get(step, step)


def documents_by_topic(index: Index, lang: str) -> Mapping[str, tuple[int, Document]]:
    """The topics with the document, and its number, that a reader of the language reads."""
    found: dict[str, tuple[int, Document]] = {}
    for number, document in enumerate(index.library.documents):
        is_own, is_english = document.lang == lang, document.lang == "en"
        if document.topic and (is_own or (is_english and document.topic not in found)):
            found[document.topic] = (number, document)
    return found


def steps_buttons(say: Phrases) -> tuple[tuple[Button, ...], ...]:
    """One button for each step of a case."""
    return rows([Button(f"{n}. {step_name(step, say)}", f"top:{step}") for n, step in enumerate(STEPS, 1)], 2)


def topic_buttons(index: Index, step: str, say: Phrases) -> tuple[tuple[Button, ...], ...]:
    """One button for each topic of a step."""
    topics = documents_by_topic(index, say.lang)
    return tuple(
        (Button(_clip(document.title), f"doc:{topic}"),)
        for topic, (_, document) in topics.items()
        if document.step == step
    )


def contents_buttons(index: Index, topic: str, say: Phrases) -> tuple[tuple[Button, ...], ...]:
    """One button for each passage of a topic, in order."""
    entry = documents_by_topic(index, say.lang).get(topic)
    if entry is None:
        return ()
    return tuple((Button(_clip(passage.headings[-1]), f"ctx:{passage.id}"),) for passage in index.passages_of(entry[0]))


def source_blocks(index: Index, say: Phrases) -> Iterator[Block]:
    """The publications and instruments of the register, and which of them are indexed."""
    indexed = {document.source for document in index.library.documents}
    law = {"instrument", "general-comment"}
    sources = index.library.sources.values()
    others = [source for source in sources if source.id not in indexed]
    parts = {
        say("Texts that I quote"): [source for source in sources if source.id in indexed],
        say("PROTECT publications"): [source for source in others if source.kind not in {*law, "web"}],
        say("Law and guidance behind them"): [source for source in others if source.kind in law],
    }
    for title, chosen in parts.items():
        if chosen:
            yield plain("heading", title)
        for source in chosen:
            date = f", {say.date(source.date)}" if source.date and "date" not in source.unsure else ""
            status = say("this project's briefs") if source.status == "brief" else source.publisher
            yield Block("item", (Span(source.short_in(say.lang), "bold", source.url or ""), Span(f" – {status}{date}")))


def publication_buttons(index: Index, say: Phrases) -> tuple[tuple[Button, ...], ...]:
    """One button for each indexed publication that is not one of the briefs."""
    buttons = []
    for number, document in enumerate(index.library.documents):
        if not document.topic:
            source = index.library.sources.get(document.source)
            name = source.short_in(say.lang) if source else document.title
            buttons.append((Button(_clip(f"{name} ({document.lang})"), f"pub:{number}"),))
    return tuple(buttons)


def publication_contents(index: Index, number: int, begin: int, say: Phrases) -> tuple[tuple[Button, ...], ...]:
    """The table of contents of a publication: its sections in order, a page of buttons at a time."""
    firsts = [
        passage
        for passage, before in _with_former(index.passages_of(number))
        if before is None or before.headings != passage.headings
    ]
    page = firsts[begin : begin + CONTENTS_PAGE]
    buttons = [(Button(_clip(" › ".join(p.headings[1:]) or p.headings[0]), f"ctx:{p.id}"),) for p in page]
    turn = []
    if begin:
        turn.append(Button("←", f"pub:{number}:{max(0, begin - CONTENTS_PAGE)}"))
    if begin + CONTENTS_PAGE < len(firsts):
        turn.append(Button("→", f"pub:{number}:{begin + CONTENTS_PAGE}"))
    return (*buttons, *((tuple(turn),) if turn else ()))


def _with_former(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Passage | None]]:
    return zip(passages, (None, *passages), strict=False)


def find_concepts(concepts: Sequence[Concept], text: str, most: int = 3) -> list[Concept]:
    """Concepts one of whose terms is the text, or holds it, best first."""
    wanted = [fold(word) for word in words(text)]
    if not wanted:
        return []
    ranked = []
    for order, concept in enumerate(concepts):
        score = max((_closeness(wanted, term) for terms in concept.terms.values() for term in terms), default=0.0)
        if score > 0:
            ranked.append((-score, order, concept))
    return [concept for _, _, concept in sorted(ranked, key=lambda entry: entry[:2])[:most]]


def _closeness(wanted: Sequence[str], term: str) -> float:
    parts = [fold(word) for word in words(term)]
    if parts == list(wanted):
        return 3.0
    if len(parts) == len(wanted) and all(a[:5] == b[:5] for a, b in zip(parts, wanted, strict=True)):
        return 2.0  # another case or number
    shared = sum(any(part[:5] == word[:5] for part in parts) for word in wanted)
    return shared / max(len(wanted), len(parts)) if shared == len(wanted) else 0.0


def term_blocks(concept: Concept, say: Phrases) -> Iterator[Block]:
    """The equivalents of a concept side by side; doubtful ones are marked."""
    own = concept.terms.get(say.lang) or concept.terms.get("en") or (concept.id,)
    yield plain("heading", own[0])
    for code in TERM_LANGUAGES:
        terms = concept.terms.get(code)
        if not terms:
            continue
        doubt = " (?)" if code in concept.unsure else ""
        others = f" ({', '.join(terms[1:4])})" if len(terms) > 1 else ""
        yield Block("item", (Span(f"{own_name(code)}: "), Span(terms[0] + doubt, "bold"), Span(others)))
        avoid = concept.avoid.get(code)
        if avoid:
            yield plain("item", f"{own_name(code)}: ✗ {', '.join(avoid)}")
    if concept.unsure & set(TERM_LANGUAGES):
        yield plain("text", say("(?) A native speaker of the field has not confirmed this equivalent yet."))


def _clip(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
