"""Messages to operators: answers to their commands, and news of what the others did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.house import House
from flows.campaigns.personal import write_for
from flows.campaigns.pictures import MMS_SEGMENTS
from flows.campaigns.templates import Content, fill_variables
from flows.commands.pages import paginate, within_characters
from flows.effects import Say, Template
from flows.errors import CommandError
from flows.language.segments import measure, split
from flows.values import Key, Purpose, Transport
from storage.consent import opted_out_among
from storage.documents import dump
from storage.keys import new_key
from storage.outbox.enqueue import Outgoing, enqueue
from storage.people import Way, ensure_contacts, languages, ways
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
    picture_url: str | None = None
    """An operator's picture, which goes out with the text on every channel, by SMS as MMS."""
    content_sid: str | None = None
    """A template that goes out in place of the text where the channel takes templates."""
    content_variables: str | None = None
    """The template's filled gaps, a JSON object."""
    is_paged: bool = False
    """A long text goes out page by page, the next one with MORE."""
    not_after_at: int | None = None
    """It is of no use later, and is not sent then."""
    is_urgent: bool = False
    """News that no ceiling holds back; they respect a STOP, as all news do."""


def letter_of(content: Content, words: Mapping[str, object], address: str, reply_to_id: Key | None = None) -> Letter:
    """Write a text or template for one person; raises `CommandError` where a gap of the template stays empty."""
    variables = fill_variables(content.variables or {}, words)
    if variables is None and content.content_sid is not None:
        raise CommandError(f"Nothing is known for a gap of the template {content.template}: nothing was sent.")
    return Letter(
        address,
        (write_for(content.text, words),),
        reply_to_id,
        content_sid=content.content_sid,
        content_variables=dump(variables) if variables else None,
    )


def page_of(text: str, place: int, footer: str) -> str:
    """Give one page of a text (from 0) with its number and what to do for the next, empty past the end."""
    pages = paginate(text, within_characters(PAGE_CHARACTERS), footer)
    return pages[place] if place < len(pages) else ""


@dataclass(frozen=True, slots=True)
class _Part:
    """One message of a letter."""

    body: str
    segments: int
    media_url: str | None = None
    content_sid: str | None = None
    content_variables: str | None = None


def post(house: House, channel_id: Key, letters: Sequence[Letter], now_at: int) -> Plan[dict[str, str]]:
    """Queue letters where each person wrote last, else through the given channel; gives the whole text per address.

    What the simulator caused stays in the simulator, and nothing else gets in: the channel says on which side it is.
    """
    names: Mapping[str, str | None] = {letter.address: None for letter in letters}
    contacts = yield from ensure_contacts(house.workspace.id, names, now_at)
    known = yield from ways(tuple(contacts.values()), simulated=house.is_simulated(channel_id))
    spoken = yield from languages(tuple(contacts.values()))
    stopped = yield from _stopped(house, letters)
    outgoing: list[Outgoing] = []
    texts: dict[str, str] = {}
    for letter in letters:
        contact_id = contacts[letter.address]
        language = spoken.get(contact_id) or house.workspace.language
        text = texts[letter.address] = house.texts.render_reply(letter.says, language)
        way = known.get(contact_id) or Way(channel_id, letter.address)
        outgoing += [
            Outgoing(
                id=new_key(),
                workspace_id=house.workspace.id,
                channel_id=way.channel_id,
                contact_id=contact_id,
                address=way.address,
                body=part.body,
                segments=part.segments,
                encoding=measure(part.body).encoding,
                purpose=_purpose(letter, stopped),
                reply_to_id=letter.reply_to_id,
                not_after_at=letter.not_after_at,
                media_url=part.media_url,
                content_sid=part.content_sid,
                content_variables=part.content_variables,
            )
            for part in _parts(house, letter, way.channel_id, text, language)
        ]
    yield from enqueue(outgoing, now_at)
    return texts


def _parts(house: House, letter: Letter, channel_id: Key, text: str, language: str) -> list[_Part]:
    """Cut a letter into the messages that it takes on a channel."""
    channel = house.channels_by_id.get(channel_id)
    if letter.content_sid is not None and channel is not None and channel.transport is Transport.WHATSAPP:
        return [_Part(text, measure(text).segments, None, letter.content_sid, letter.content_variables)]
    if letter.picture_url is not None:
        is_mms = channel is not None and channel.transport is Transport.SMS
        return [_Part(text, MMS_SEGMENTS if is_mms else measure(text).segments, letter.picture_url)]
    footer = house.texts.render(Template("operator_more"), language)
    bodies = [*split(page_of(text, 0, footer) if letter.is_paged else text)]
    takes_pictures = channel is not None and channel.transport is not Transport.SMS
    if letter.media_url and not takes_pictures:
        bodies.append(letter.media_url)
    picture = letter.media_url if takes_pictures else None
    return [_Part(body, measure(body).segments, picture if place == 0 else None) for place, body in enumerate(bodies)]


def _stopped(house: House, letters: Sequence[Letter]) -> Plan[set[str]]:
    urgent = [letter.address for letter in letters if letter.is_urgent]
    return (yield from opted_out_among(house.workspace.id, urgent))


def _purpose(letter: Letter, stopped: set[str]) -> Purpose:
    """Say why a letter is sent: news respect a STOP, answers do not."""
    is_unheld = letter.reply_to_id is not None or (letter.is_urgent and letter.address not in stopped)
    return Purpose.COMMAND if is_unheld else Purpose.REPLY
