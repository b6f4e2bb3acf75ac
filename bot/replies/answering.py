"""The reply to a question."""

from collections.abc import Iterator, Mapping, Sequence

from indexer import Source

from ..answers import Answer
from ..i18n import Phrases
from ..reply import Block, Button, Span, plain
from .citations import change_text, citation_block

#: Passages in the first reply; more come on request.
FIRST = 3


def answer_blocks(
    answers: Sequence[Answer], sources: Mapping[str, Source], say: Phrases, begin: int = 1
) -> Iterator[Block]:
    """Each quote under its heading path, with its citation and what changed since."""
    told: set[tuple[str, str]] = set()
    for number, answer in enumerate(answers, begin):
        yield plain("heading", f"{number}. {' › '.join(answer.citation.headings)}")
        yield Block("quote", tuple(quote_spans(answer)), answer.passage.id)
        yield citation_block(answer, sources, say)
        for source, change in answer.changes:
            if (source.id, change.by) not in told:
                told.add((source.id, change.by))
                yield plain("notice", "⚠ " + change_text(source, change, sources, say))


def quote_spans(answer: Answer) -> Iterator[Span]:
    """The quote with the matched words marked."""
    at = 0
    for begin, end in _joined(answer):
        if begin > at:
            yield Span(answer.quote[at:begin])
        yield Span(answer.quote[begin:end], "mark")
        at = end
    if at < len(answer.quote):
        yield Span(answer.quote[at:])


def _joined(answer: Answer) -> Iterator[tuple[int, int]]:
    """The marks, neighbours that only a space parts made one."""
    current: tuple[int, int] | None = None
    for begin, end in answer.marks:
        if current and not answer.quote[current[1] : begin].strip():
            current = (current[0], end)
            continue
        if current:
            yield current
        current = (begin, end)
    if current:
        yield current


def answer_buttons(
    answers: Sequence[Answer], countries: Sequence[str], say: Phrases, begin: int = 1, more: bool = False
) -> tuple[tuple[Button, ...], ...]:
    """Read on in each passage, more passages, contacts, and whether it was useful."""
    read_on = tuple(
        Button(say("Read on {number}", number=number), f"ctx:{answer.passage.id}")
        for number, answer in enumerate(answers, begin)
    )
    second = [Button(contacts_label(countries, say), f"con:{','.join(countries[:4])}")]
    if more:
        second.insert(0, Button(say("More passages"), f"more:{begin - 1 + len(answers)}"))
    useful = (
        (
            Button(say("👍 Useful"), f"use:{answers[0].passage.id}:y"),
            Button(say("👎 Not useful"), f"use:{answers[0].passage.id}:n"),
        ),
    )
    return (read_on, tuple(second), *(useful if answers else ()))


def contacts_label(countries: Sequence[str], say: Phrases) -> str:
    """The button that leads to contacts."""
    if len(countries) == 1:
        return say("Contacts: {country}", country=say.country(countries[0]))
    return say("Contacts")


def not_found_blocks(say: Phrases) -> Iterator[Block]:
    """Says that nothing certain was found, and what to do."""
    yield plain(
        "text",
        say("The texts that I hold do not settle this. I found no passage that answers it with enough certainty."),
    )
    yield plain(
        "text",
        say(
            "A wrong answer is worse than none, so I quote nothing. The nearest topics are below; a colleague in the country concerned may know."
        ),
    )
