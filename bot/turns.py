"""Hops 3 and 4: the turns of one batch, between loading and writing, as one plan for one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import structlog

from bot.house import House, know_channels, know_offers
from bot.pins import hide_pins
from bot.texts import Texts
from flows.bounds import clean
from flows.commands.confirm import CODE_LASTS
from flows.conversation.consent import stop_at_least
from flows.conversation.open_session import left_by_failure
from flows.conversation.provider_words import answered_by_provider
from flows.effects import Forward, LeaveForPerson, OptOut, Outcome, Reply, RunCommand, Template
from flows.language.phones import SenderKind, canonical, sender_kind
from flows.language.reactions import is_reaction, may_be_reaction
from flows.language.segments import measure, split
from flows.limits import hush
from flows.policy import bound
from flows.router import route
from flows.state import after, seats_after
from flows.turn import Catalogue, Turn
from flows.values import MUTE_STATUSES, Contact, InboundMessage, Key, Occurrence, RecentReplies, Transport
from storage.apply import Draft, Handled, apply_batch
from storage.catalogue import with_seats
from storage.channels import Channel, save_channels
from storage.commands import awaited_phones
from storage.consent import last_stops
from storage.keys import inbound_key, new_key
from storage.load import Loaded, Person, claim_keys, load_contacts
from storage.messages import recently_sent
from storage.plan import Plan
from storage.timers import Due

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message, or a timer, on its way into a batch."""

    id: Key
    now_at: int
    message: InboundMessage | None = None
    due: Due | None = None

    @property
    def occurrence(self) -> Occurrence:
        """What the turn is about."""
        if self.message is not None:
            return self.message
        if self.due is not None:
            return self.due.occurrence
        raise ValueError("an arrival is a message or a timer")


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an arrival once it is committed."""

    message_id: Key
    is_duplicate: bool = False
    contact_id: Key | None = None
    opted_out: bool = False
    """The person has just opted out: the acknowledgement waits for their call in flight."""
    reply_count: int = 0
    command_count: int = 0
    channel_id: Key | None = None


@dataclass(slots=True)
class _Table:
    """The state of one batch while its turns are taken, one after the other."""

    house: House
    catalogue: Catalogue
    contacts: dict[str, Contact] = field(default_factory=dict)
    talks: dict[tuple[str, Key], Loaded] = field(default_factory=dict)
    recent: dict[tuple[str, Key], RecentReplies] = field(default_factory=dict)
    stopped_at: dict[str, int] = field(default_factory=dict)
    """When people who opted out did so; known only of those with a message from the provider's log."""
    awaiting: frozenset[str] = frozenset()
    """The phones from which a code may come."""
    reactions: frozenset[Key] = frozenset()
    """The arrivals whose text is a reaction to a message of ours."""


@dataclass(frozen=True, slots=True)
class _Seat:
    """An arrival with its channel and the person it is about."""

    arrival: Arrival
    channel: Channel
    person: Person | None
    address: str


_Taken = tuple[Outcome, Contact, RecentReplies, tuple[Draft, ...]]


def take_turns(house: House, arrivals: Sequence[Arrival]) -> Plan[list[Received]]:
    """Receive, load, route and apply a batch of at most 256 arrivals; gives what became of each, in order."""
    yield from meet_channels(house, arrivals)
    seats = [_seat(house, arrival) for arrival in arrivals]
    fresh = yield from _drop_duplicates(seats)
    if not fresh:
        return [_duplicate(seat) for seat in seats]
    table = yield from _lay_table(house, fresh)
    handled = yield from hide_pins(house, [_take_turn(table, seat) for seat in fresh])
    yield from apply_batch(handled)
    results = {one.id: _received(one) for one in handled}
    return [results.get(seat.arrival.id) or _duplicate(seat) for seat in seats]


def meet_channels(house: House, arrivals: Sequence[Arrival]) -> Plan[None]:
    """Make sure that the house knows the channel of every arrival; a new address of ours becomes one."""
    wanted = {
        (arrival.message.provider, arrival.message.transport, arrival.message.recipient)
        for arrival in arrivals
        if arrival.message is not None
    } - house.channels.keys()
    strange = any(arrival.due and arrival.due.channel_id not in house.channels_by_id for arrival in arrivals)
    if wanted:  # an address of ours that nobody configured: the provider's signature says that it is ours
        now_at = arrivals[0].now_at
        rows = [
            (provider, transport, address, house.rate_per_second) for provider, transport, address in sorted(wanted)
        ]
        yield from save_channels(rows, house.workspace.id, now_at)
    if wanted or strange:
        yield from know_channels(house)


def _seat(house: House, arrival: Arrival) -> _Seat:
    due, message = arrival.due, arrival.message
    if due is not None:
        return _Seat(arrival, house.channels_by_id[due.channel_id], Person(due.person, None), due.address)
    if message is None:
        raise ValueError("an arrival is a message or a timer")
    channel = house.channels[(message.provider, message.transport, message.recipient)]
    return _Seat(arrival, channel, person_of(house, message), message.sender)


def person_of(house: House, message: InboundMessage) -> Person | None:
    """Say who wrote; None where nobody could be answered: our own address, a short code, a word."""
    if (message.provider, message.transport, message.sender) in house.channels:
        return None  # our own address: answering it would be talking to ourselves
    if message.transport is Transport.MESSENGER:  # its user ids are digits, too, but no phone numbers
        return Person(f"{message.transport}:{message.sender}", None, message.profile_name)
    kind = sender_kind(message.sender)
    if kind is SenderKind.PHONE:
        phone = canonical(message.sender)
        return Person(phone, phone, message.profile_name)
    if kind is SenderKind.USER_ID:
        return Person(message.sender, None, message.profile_name)
    return None


def _drop_duplicates(seats: Sequence[_Seat]) -> Plan[list[_Seat]]:
    keys = {
        seat.arrival.id: inbound_key(seat.channel.id, seat.arrival.message.provider_id)
        for seat in seats
        if seat.arrival.message is not None
    }
    if not keys:
        return list(seats)
    claimed = yield from claim_keys(list(dict.fromkeys(keys.values())), seats[0].arrival.now_at)
    fresh = []
    for seat in seats:
        key = keys.get(seat.arrival.id)
        if key is None or key in claimed:
            claimed.discard(key or b"")  # the first of two in one batch is the one that counts
            fresh.append(seat)
    return fresh


def _lay_table(house: House, seats: Sequence[_Seat]) -> Plan[_Table]:
    yield from know_offers(house)
    catalogue = yield from with_seats(house.workspace.id, house.catalogue)
    table = _Table(house, catalogue)
    by_channel: dict[Key, list[Person]] = {}
    for seat in seats:
        if seat.person is not None:
            by_channel.setdefault(seat.channel.id, []).append(seat.person)
    for channel_id, people in sorted(by_channel.items()):
        loaded = yield from load_contacts(house.workspace.id, channel_id, people, seats[0].arrival.now_at)
        for address, one in loaded.items():
            table.contacts.setdefault(address, one.contact)
            table.talks[(address, channel_id)] = one
            table.recent[(address, channel_id)] = one.recent
    swept = {
        seat.person.address
        for seat in seats
        if seat.person is not None and seat.arrival.message is not None and seat.arrival.message.sent_at is not None
    }
    if opted_out := sorted(address for address in swept if table.contacts[address].opted_out):
        table.stopped_at = yield from last_stops(house.workspace.id, opted_out)
    if not house.operators.keys().isdisjoint(table.contacts):
        table.awaiting = yield from awaited_phones(house.workspace.id, seats[0].arrival.now_at)
    table.reactions = yield from _find_reactions(table, seats)
    return table


def _find_reactions(table: _Table, seats: Sequence[_Seat]) -> Plan[frozenset[Key]]:
    """Look up what was sent to people whose texts have the form of a reaction."""
    found = set()
    for seat in seats:
        message = seat.arrival.message
        if message is None or seat.person is None or not may_be_reaction(message.text):
            continue
        sent = yield from recently_sent(table.contacts[seat.person.address].id)
        if is_reaction(message.text, sent):
            found.add(seat.arrival.id)
    return frozenset(found)


def _take_turn(table: _Table, seat: _Seat) -> Handled:
    arrival = seat.arrival
    if seat.person is None:
        return Handled(
            id=arrival.id,
            now_at=arrival.now_at,
            channel=seat.channel,
            address=seat.address,
            message=arrival.message,
            before=None,
            after=None,
            outcome=Outcome(None),
        )
    before = table.contacts[seat.person.address]
    try:
        outcome, contact, recent, drafts = _step(table, seat, before)
        error = None
    except Exception as failure:
        log.exception("step_failed", message_id=arrival.id.hex(), kind=type(failure).__name__)
        outcome, contact, recent, drafts = _give_up(table, seat, before)
        error = clean(f"{type(failure).__name__}: {failure}")
    table.contacts[seat.person.address] = contact
    if contact.opted_out and arrival.message is not None and _stops(outcome):
        table.stopped_at[contact.address] = max(_sent_at(arrival), table.stopped_at.get(contact.address, 0))
    table.recent[place := (seat.person.address, seat.channel.id)] = recent
    table.catalogue = seats_after(table.catalogue, outcome)
    return Handled(
        arrival.id,
        arrival.now_at,
        seat.channel,
        seat.address,
        arrival.message,
        before,
        contact,
        outcome,
        drafts,
        recent,
        table.talks[place].counts,
        error,
    )


def _turn(table: _Table, seat: _Seat, contact: Contact) -> Turn:
    arrival, house = seat.arrival, table.house
    message = arrival.message
    return Turn(
        occurrence=arrival.occurrence,
        contact=contact,
        workspace=house.workspace,
        catalogue=table.catalogue,
        now_at=arrival.now_at,
        fresh_id=new_key(),
        operator=house.operators.get(contact.address),
        awaits_code=contact.address in table.awaiting,
        awaits_answer=0 <= arrival.now_at - table.recent[(contact.address, seat.channel.id)].asked_at < CODE_LASTS,
        is_overtaken=message is not None and _sent_at(arrival) < table.stopped_at.get(contact.address, 0),
        is_reaction=arrival.id in table.reactions,
        provider_answered=message is not None and answered_by_provider(message, own_words=house.provider_answers),
        is_attended=house.is_attended,
    )


def _step(table: _Table, seat: _Seat, contact: Contact) -> _Taken:
    return _answer(table, seat, contact, route(_turn(table, seat, contact)))


def _give_up(table: _Table, seat: _Seat, contact: Contact) -> _Taken:
    """Apologise to the person who wrote, whose STOP counts all the same; a timer that failed is off, in silence."""
    outcome = left_by_failure(seat.arrival.occurrence, contact.session)
    if stopped := stop_at_least(_turn(table, seat, contact)):
        outcome = stopped
    elif seat.arrival.message is not None and not contact.opted_out:
        is_read = contact.status not in MUTE_STATUSES and contact.address not in table.house.operators
        left = (LeaveForPerson(),) if is_read else ()
        outcome = replace(outcome, effects=(Reply((Template("error"),)), *left))
    return _answer(table, seat, contact, outcome)


def _answer(table: _Table, seat: _Seat, contact: Contact, found: Outcome) -> _Taken:
    house = table.house
    if not house.limits.countries.allow(contact.address):
        found = hush(found, contact)
    outcome, recent = bound(found, table.recent[(contact.address, seat.channel.id)], seat.arrival.now_at)
    changed = after(contact, outcome)
    language = changed.language or house.workspace.language
    drafts = tuple(
        draft
        for effect in outcome.effects
        if isinstance(effect, Reply)
        for draft in drafts_of(house.texts, effect, effect.language or language)
    )
    return outcome, changed, recent, drafts


def drafts_of(texts: Texts, reply: Reply, language: str) -> tuple[Draft, ...]:
    """Render and measure a reply; a long one becomes several messages."""
    text = texts.render_reply(reply.says, language)
    if not text:
        return ()
    parts = split(text)
    drafts = []
    for place, part in enumerate(parts):
        measured = measure(part)
        choices = tuple((choice.label, choice.value) for choice in reply.choices) if place == len(parts) - 1 else ()
        drafts.append(Draft(part, reply.purpose, measured.segments, measured.encoding, choices))
    return tuple(drafts)


def _received(handled: Handled) -> Received:
    stopped = _stops(handled.outcome)
    contact_id = handled.before.id if handled.before else None
    commands = sum(isinstance(effect, RunCommand | Forward) for effect in handled.outcome.effects)
    return Received(handled.id, False, contact_id, stopped, len(handled.drafts), commands, handled.channel.id)


def _stops(outcome: Outcome) -> bool:
    return any(isinstance(effect, OptOut) and effect.scope == "all" for effect in outcome.effects)


def _sent_at(arrival: Arrival) -> int:
    sent_at = arrival.message.sent_at if arrival.message is not None else None
    return arrival.now_at if sent_at is None else sent_at


def _duplicate(seat: _Seat) -> Received:
    return Received(seat.arrival.id, is_duplicate=True, channel_id=seat.channel.id)
