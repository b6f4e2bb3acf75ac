"""`@bot guardian` typed in any chat: passages to put into the talk, with their citations."""

from collections.abc import Mapping
from hashlib import sha256

from telegram import InlineQueryResultArticle, InputTextMessageContent, LinkPreviewOptions
from telegram.constants import ParseMode

from indexer import CONFIDENT, LANGUAGES, Source

from ...answers import Answer, answer
from ...assistant import Assistant
from ...i18n import Phrases, phrases
from ...replies import answering
from ...reply import Reply, plain
from . import rendering

#: Passages that are offered.
MOST = 5
# Hits looked through for passages that are sure enough.
_DEPTH = 9
_TITLE, _PREVIEW = 80, 120


async def passages(assistant: Assistant, query: str, say: Phrases) -> list[InlineQueryResultArticle]:
    """The passages that answer a query with enough certainty; quotes and citations, never contacts."""
    # Personal data is cut out here, before anything looks at the words.
    message = assistant.understand(query)
    if not any(char.isalnum() for char in message.text):
        return []
    # Whoever reads the quote in another chat reads its citation too, so both are in the query's language.
    say = phrases(message.lang) if message.lang in LANGUAGES else say
    index, hits = await assistant.serving.search(message.text, message.lang, _DEPTH)
    sources = index.library.sources
    answers = [answer(index, hit) for hit in hits if hit.confidence >= CONFIDENT][:MOST]
    return [_article(one, sources, say) for one in answers]


def _article(one: Answer, sources: Mapping[str, Source], say: Phrases) -> InlineQueryResultArticle:
    heading = " › ".join(one.citation.headings)
    # Without the number that the heading has among several answers.
    _, *blocks = answering.answer_blocks([one], sources, say)
    text = rendering.messages(Reply((plain("heading", heading), *blocks)))[0]
    return InlineQueryResultArticle(
        id=sha256(f"{one.passage.id}:{one.quote}".encode()).hexdigest()[:32],
        title=_clip(heading, _TITLE),
        description=_clip(one.quote, _PREVIEW),
        input_message_content=InputTextMessageContent(
            text.html, ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
    )


def _clip(text: str, limit: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
