"""Messages to operators: answers to their commands, and news of what the others did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.house import House
from flows.commands.pages import paginate, within_characters
from flows.effects import Say, Template
from flows.language.segments import measure, split
from flows.values import Key, Purpose, Transport
from storage.consent import opted_out_among
from storage.keys import new_key
from storage.outbox.enqueue import Outgoing, enqueue
from storage.people import ensure_contacts, languages, ways
from storage.plan import Plan

PAGE_CHARACTERS = 420
"""Three SMS segments, with the number and the word."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One text for one phone; `says` are rendered in that person's language."""

    address: str
    says: tuple[Say, ...]
    reply_to_id: Key | None = None
    media_url: str | None = None
    """A picture; where the channel takes none, its address goes in a message of its own."""
    is_paged: bool = False
    """A long text goes out page by page, the next one with MORE."""
    is_urgent: bool = False
    """News that no ceiling holds back; they respect a STOP, as all news do."""


def page_of(text: str, place: int, footer: str) -> str:
    """Give one page of a text (from 0) with its number and what to do for the next, empty past the end."""
    pages = paginate(text, within_characters(PAGE_CHARACTERS), footer)
    return pages[place] if place < len(pages) else ""


def post(house: House, channel_id: Key, letters: Sequence[Letter], now_at: int) -> Plan[dict[str, str]]:
    """Queue letters where each person wrote last, else through the given channel; gives the whole text per address."""
    names: Mapping[str, str | None] = {letter.address: None for letter in letters}
    contacts = yield from ensure_contacts(house.workspace.id, names, now_at)
    known = yield from ways(tuple(contacts.values()))
    spoken = yield from languages(tuple(contacts.values()))
    stopped = yield from _stopped(house, letters)
    outgoing: list[Outgoing] = []
    texts: dict[str, str] = {}
    for letter in letters:
        contact_id = contacts[letter.address]
        way = known.get(contact_id)
        language = spoken.get(contact_id) or house.workspace.language
        text = house.texts.render_reply(letter.says, language)
        footer = house.texts.render(Template("operator_more"), language)
        texts[letter.address] = text
        way_out = way.channel_id if way else channel_id
        parts = [*split(page_of(text, 0, footer) if letter.is_paged else text)]
        takes_pictures = _takes_pictures(house, way_out)
        if letter.media_url and not takes_pictures:
            parts.append(letter.media_url)
        outgoing += [
            Outgoing(
                id=new_key(),
                workspace_id=house.workspace.id,
                channel_id=way_out,
                contact_id=contact_id,
                address=way.address if way else letter.address,
                body=part,
                segments=measure(part).segments,
                encoding=measure(part).encoding,
                purpose=_purpose(letter, stopped),
                reply_to_id=letter.reply_to_id,
                media_url=letter.media_url if place == 0 and takes_pictures else None,
            )
            for place, part in enumerate(parts)
        ]
    yield from enqueue(outgoing, now_at)
    return texts


def _stopped(house: House, letters: Sequence[Letter]) -> Plan[set[str]]:
    urgent = [letter.address for letter in letters if letter.is_urgent]
    return (yield from opted_out_among(house.workspace.id, urgent))


def _purpose(letter: Letter, stopped: set[str]) -> Purpose:
    """Say why a letter is sent: news respect a STOP, answers do not."""
    is_unheld = letter.reply_to_id is not None or (letter.is_urgent and letter.address not in stopped)
    return Purpose.COMMAND if is_unheld else Purpose.REPLY


def _takes_pictures(house: House, channel_id: Key) -> bool:
    channel = house.channels_by_id.get(channel_id)
    return channel is not None and channel.transport is not Transport.SMS
