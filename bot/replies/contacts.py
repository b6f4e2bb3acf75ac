"""Contacts, emergency cards, and what binds two countries."""

from collections.abc import Iterator, Mapping, Sequence

from indexer import Source

from ..i18n import Phrases
from ..network import COUNTRIES, EmergencyNumber, Network, sure_numbers
from ..reply import Block, Button, Span, plain, rows
from ..store import Contact

#: Contacts of one country in one reply; more are asked for by role.
MOST = 6
#: Instruments that the card of two countries names, if they bind both.
_ON_CARD = ("brussels-iib", "hague-1996", "hague-1980", "ammr", "dublin-iii", "sis", "coe-thb")

_ROLE_ORDER = (
    "child_protection",
    "central_authority",
    "guardianship",
    "migration",
    "border",
    "police",
    "anti_trafficking",
    "iss",
    "ombudsperson",
    "victim_support",
    "missing_children",
    "child_helpline",
)


def role_name(role: str, say: Phrases) -> str:
    """The role in the person's language."""
    names = {
        "child_protection": say("child protection"),
        "central_authority": say("central authority"),
        "guardianship": say("guardianship"),
        "migration": say("migration and asylum"),
        "border": say("border guard"),
        "police": say("police"),
        "anti_trafficking": say("anti-trafficking"),
        "iss": say("International Social Service"),
        "ombudsperson": say("ombudsperson"),
        "victim_support": say("victim support"),
        "missing_children": say("missing children"),
        "child_helpline": say("child helpline"),
    }
    return names.get(role, role)


def contact_blocks(
    by_country: Mapping[str, Sequence[Contact]], roles: Sequence[str], say: Phrases, most: int = MOST
) -> Iterator[Block]:
    """The contacts of each country, people before institutions, with what is known of each."""
    for country, contacts in by_country.items():
        wanted = ", ".join(role_name(role, say) for role in roles)
        yield plain("heading", f"{say.country(country)}{f' · {wanted}' if wanted else ''}")
        if not contacts:
            yield plain("text", say("No contact that you may see is listed here for this."))
        for contact in sorted(contacts, key=_order)[:most]:
            yield contact_block(contact, say)
        if len(contacts) > most:
            left = len(contacts) - most
            yield plain("text", say.plural("and {number} more", "and {number} more", left))


def contact_block(contact: Contact, say: Phrases) -> Block:
    """One contact."""
    name = contact.name
    if contact.name_en and contact.name_en != contact.name:
        name += f" ({contact.name_en})"
    spans = [Span(name, "bold")]
    roles = ", ".join(role_name(role, say) for role in contact.roles)
    lines: list[list[Span]] = []
    if contact.is_sample:
        lines.append([Span(say("Sample entry: not a real person"), "italic")])
    lines.append([Span(" · ".join(filter(None, [contact.organisation, roles])))])
    if contact.languages:
        lines.append([Span(say("Languages: {languages}", languages=", ".join(map(say.language, contact.languages))))])
    reach = [part for part in (contact.phone, contact.email) if part]
    if reach:
        lines.append([Span(" · ".join(reach))])
    if contact.website:
        lines.append([Span(contact.website, url=contact.website)])
    note = contact.note.get(say.lang) or contact.note.get("en", "")
    if note:
        lines.append([Span(note)])
    if contact.kind == "person":
        lines.append([Span(say("Confirmed {date}", date=say.date(contact.checked)), "italic")])
    elif not contact.verified:
        lines.append([Span(_unverified(contact.checked, say), "italic")])
    for line in lines:
        if any(span.text for span in line):
            spans.extend([Span("\n"), *line])
    return Block("contact", tuple(spans))


def _order(contact: Contact) -> tuple[bool, int]:
    rank = min((_ROLE_ORDER.index(role) for role in contact.roles if role in _ROLE_ORDER), default=99)
    return contact.kind != "person", rank


def role_buttons(country: str, contacts: Sequence[Contact], say: Phrases) -> tuple[tuple[Button, ...], ...]:
    """One button for each field of work that the country's contacts have."""
    present = [role for role in _ROLE_ORDER if any(role in contact.roles for contact in contacts)]
    return rows([Button(_first_upper(role_name(role, say)), f"con:{country}:{role}") for role in present], 2)


def _central_authorities(
    country: str, network: Network, sources: Mapping[str, Source], say: Phrases
) -> Iterator[Block]:
    """Which body answers as central authority under which instrument."""
    names = {contact.id: contact.name for contact in network.contacts}
    instruments: dict[str, list[str]] = {}
    for instrument, body in network.central_authorities.get(country, {}).items():
        if body in names:
            source = sources.get(instrument)
            instruments.setdefault(names[body], []).append(source.short_in(say.lang) if source else instrument)
    for name, titles in instruments.items():
        label = f"{say.country(country)}, {role_name('central_authority', say)}: "
        yield Block("item", (Span(label), Span(name, "bold"), Span(f" ({'; '.join(titles)})")))


def _unverified(checked: str, say: Phrases) -> str:
    return say("Check before use: not yet verified by a person ({date})", date=say.date(checked))


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def country_buttons(say: Phrases, action: str = "con") -> tuple[tuple[Button, ...], ...]:
    """One button for each country of the network."""
    codes = sorted(COUNTRIES, key=say.country)
    return rows([Button(say.country(code), f"{action}:{code}") for code in codes], 3)


def emergency_blocks(countries: Sequence[str], network: Network, say: Phrases) -> Iterator[Block]:
    """The emergency cards of the countries, or what holds in all of them."""
    yield plain("warning", "🆘 " + say("If a child is in danger now, call first, read later."))
    known = [country for country in countries if country in network.emergency]
    if not known:
        yield plain(
            "warning",
            say(
                "Call 112. It works in Denmark, Estonia, Finland, Germany, Iceland, Latvia, Lithuania, Norway, Poland and Sweden. In Ukraine call the police on 102."
            ),
        )
    for country in known:
        yield plain("heading", say.country(country))
        numbers = sure_numbers(network.emergency[country])
        for number in numbers:
            yield number_block(number, say)
        # 112 is never put in doubt: nobody shall hesitate to call it.
        doubtful = [number for number in numbers if not number.is_verified and number.number != "112"]
        if doubtful:
            listed = ", ".join(number.number for number in doubtful)
            yield Block(
                "text", (Span(f"{listed}: "), Span(_unverified(min(n.checked for n in doubtful), say), "italic"))
            )
    yield plain(
        "text",
        say("This assistant is not an emergency service and calls nobody. A message here does not replace a report."),
    )


def number_block(number: EmergencyNumber, say: Phrases) -> Block:
    """One number with what it is for."""
    hours = number.hours.get(say.lang) or number.hours.get("en", "")
    note = number.note.get(say.lang) or number.note.get("en", "")
    detail = " · ".join(filter(None, [number.name, note, hours]))
    return Block("item", (Span(number.number, "bold"), Span(f" – {detail}" if detail else "")))


def cooperation_blocks(
    first: str, second: str, network: Network, sources: Mapping[str, Source], say: Phrases
) -> Iterator[Block]:
    """Which instruments bind both countries, and which do not."""
    yield plain("heading", say("Between {first} and {second}", first=say.country(first), second=say.country(second)))
    for instrument in network.binding(first, second):
        if instrument.id in _ON_CARD:
            source = sources.get(instrument.id)
            name = source.short_in(say.lang) if source else instrument.id
            purpose = instrument.purpose.get(say.lang) or instrument.purpose.get("en", "")
            link = (source.url or "") if source else ""
            yield Block("item", (Span(name, "bold", link), Span(f": {purpose}")))
    for country in (first, second):
        yield from _central_authorities(country, network, sources, say)
    for instrument in network.excluded(first, second):
        if instrument.id in _ON_CARD:
            note = instrument.excluded_note.get(say.lang) or instrument.excluded_note.get("en", "")
            yield plain("item", f"✗ {note}")
