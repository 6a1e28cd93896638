"""A message whose turn cannot be taken: it is kept as `failed`, and a STOP in it counts and is confirmed all the same.

Nothing is read here that may have broken the turn: no session, no registration, no survey, no column of the contact
but its key, and nothing is written of the message but its text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.house import House
from bot.turns import Arrival, Received, drafts_of, meet_channels, person_of
from flows.commands.confirm import read_pin, without_pin
from flows.conversation.consent import stop_at_least
from flows.conversation.provider_words import answered_by_provider
from flows.effects import Outcome, Reply
from flows.turn import Catalogue, Turn
from flows.values import Contact, InboundMessage, Key
from storage.apply import Handled, apply_batch, apply_stop
from storage.channels import Channel
from storage.keys import inbound_key, new_key
from storage.load import claim_keys, find_or_add
from storage.plan import Plan

Aside = Callable[[House, Arrival, str], Plan[Received | None]]
"""A way of setting a message aside; None: it is not for this message."""


def keep_with_stop(house: House, arrival: Arrival, problem: str) -> Plan[Received | None]:
    """Store the message, its opt-out and the confirmation."""
    return (yield from _stop(house, arrival, problem, is_kept=True))


def keep_stop_alone(house: House, arrival: Arrival, problem: str) -> Plan[Received | None]:
    """Record the opt-out and its confirmation where the message itself is what the database refuses."""
    return (yield from _stop(house, arrival, problem, is_kept=False))


def keep_message(house: House, arrival: Arrival, problem: str) -> Plan[Received | None]:
    """Store the message alone."""
    message, channel = yield from _received(house, arrival)
    if not (yield from _claim(channel, message, arrival.now_at)):
        return Received(arrival.id, is_duplicate=True, channel_id=channel.id)
    handled = Handled(
        id=arrival.id,
        now_at=arrival.now_at,
        channel=channel,
        address=message.sender,
        message=message,
        before=None,
        after=None,
        outcome=Outcome(None),
        error=problem,
    )
    yield from apply_batch([handled])
    return Received(arrival.id, channel_id=channel.id)


WAYS: tuple[Aside, ...] = (keep_with_stop, keep_stop_alone, keep_message)
"""Tried in this order, each in a transaction of its own."""


def _stop(house: House, arrival: Arrival, problem: str, *, is_kept: bool) -> Plan[Received | None]:
    message, channel = yield from _received(house, arrival)
    person = person_of(house, message)
    if person is None or _outcome(house, arrival, message, Contact(b"", person.address)) is None:
        return None
    if not (yield from _claim(channel, message, arrival.now_at)):
        return Received(arrival.id, is_duplicate=True, channel_id=channel.id)
    contact = yield from find_or_add(house.workspace.id, person, arrival.now_at)
    outcome = _outcome(house, arrival, message, contact) or Outcome(None)
    language = contact.language or house.workspace.language
    handled = Handled(
        id=arrival.id,
        now_at=arrival.now_at,
        channel=channel,
        address=message.sender,
        message=message if is_kept else None,
        before=contact,
        after=contact,
        outcome=outcome,
        drafts=tuple(
            draft
            for effect in outcome.effects
            if isinstance(effect, Reply)
            for draft in drafts_of(house.texts, effect, effect.language or language)
        ),
        error=problem,
    )
    yield from apply_stop(handled)
    return Received(arrival.id, False, contact.id, True, len(handled.drafts), channel_id=channel.id)


def _outcome(house: House, arrival: Arrival, message: InboundMessage, contact: Contact) -> Outcome | None:
    turn = Turn(
        occurrence=message,
        contact=contact,
        workspace=house.workspace,
        catalogue=Catalogue(),
        now_at=arrival.now_at,
        fresh_id=new_key(),
        provider_answered=answered_by_provider(message, own_words=house.provider_answers),
    )
    return stop_at_least(turn)


def _received(house: House, arrival: Arrival) -> Plan[tuple[InboundMessage, Channel]]:
    if arrival.message is None:
        raise ValueError("only a message can be set aside")
    yield from meet_channels(house, [arrival])
    message = _bare(house, arrival.message)
    return message, house.channels[(message.provider, message.transport, message.recipient)]


def _bare(house: House, message: InboundMessage) -> InboundMessage:
    """Leave out what may have broken the turn, and an operator's PIN, which no message keeps."""
    text = message.text or (message.button.text if message.button else "")
    if read_pin(text) is not None and message.sender in house.operators:
        text = without_pin(text)
    return replace(message, text=text, metadata={}, profile_name=None, media=(), button=None, location=None)


def _claim(channel: Channel, message: InboundMessage, now_at: int) -> Plan[set[Key]]:
    return (yield from claim_keys([inbound_key(channel.id, message.provider_id)], now_at))
