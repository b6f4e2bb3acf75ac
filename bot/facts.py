"""An answer as data: what `protect-bot ask --json` prints."""

from .answers import Answer
from .store import Contact

#: Of a reply that answers no question.
EMPTY_FACTS: dict[str, object] = {
    "found": False,
    "answers": [],
    "countries": [],
    "contacts": [],
    "notices": [],
    "searched_text": "",
}


def answer_facts(one: Answer) -> dict[str, object]:
    """An answer as data."""
    citation = one.citation
    return {
        "quote": one.quote,
        "passage_id": one.passage.id,
        "citation": {
            "source": citation.source.title,
            "source_id": citation.source.id,
            "edition": citation.document.edition,
            "language": one.passage.lang,
            "status": citation.document.status,
            "headings": list(citation.headings),
            "page": citation.page,
            "url": citation.url,
        },
        "confidence": round(one.confidence, 4),
        "topic": citation.document.topic,
        "anchor": one.passage.anchor,
        "references": [{"source": ref.source, "locator": ref.locator} for ref in one.references],
        "changes": [
            {"source": source.id, "by": change.by, "type": change.type, "since": change.since}
            for source, change in one.changes
        ],
    }


def contact_facts(contact: Contact) -> dict[str, object]:
    """A contact as data."""
    return {
        "id": contact.id,
        "name": contact.name,
        "kind": contact.kind,
        "countries": list(contact.countries),
        "roles": list(contact.roles),
        "website": contact.website,
        "phone": contact.phone,
        "email": contact.email,
        "verified": contact.verified,
        "sample": contact.is_sample,
    }
