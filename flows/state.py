"""What is known about a contact after a turn: the effects folded into the values, for the next turn of a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flows.consent.scopes import ALL
from flows.effects import (
    Effect,
    JoinCommunity,
    LeaveCommunity,
    OptIn,
    OptOut,
    Outcome,
    Register,
    SetDoubt,
    SetLanguage,
    SetName,
    Withdraw,
)
from flows.turn import Catalogue
from flows.values import Contact, ContactStatus, Event, Key, RegistrationStatus

Changes = dict[str, Any]


def after(contact: Contact, outcome: Outcome) -> Contact:
    """Give the contact as it is once the outcome is applied; the very same value where nothing changed."""
    changes: Changes = {}
    if outcome.session is not contact.session:
        changes["session"] = outcome.session
    for effect in outcome.effects:
        fold = _FOLDS.get(type(effect))
        if fold is not None:
            fold(effect, contact, changes)
    return replace(contact, **changes) if changes else contact


def seats_after(catalogue: Catalogue, outcome: Outcome) -> Catalogue:
    """Count the seats that the outcome took or freed, so that the next turn of the batch sees them."""
    events: dict[Key, Event] = {}
    for effect in outcome.effects:
        if not isinstance(effect, Register | Withdraw):
            continue
        event = events.get(effect.event_id) or catalogue.events.get(effect.event_id)
        if event is not None:
            events[effect.event_id] = replace(
                event,
                registered_count=event.registered_count + seats_taken(effect),
                waiting_count=max(0, event.waiting_count + _joined_waiting(effect)),
            )
    return replace(catalogue, events={**catalogue.events, **events}) if events else catalogue


def seats_taken(effect: Effect) -> int:
    """Say how many seats an effect takes: 1, -1 (one becomes free) or 0."""
    if isinstance(effect, Register):
        return 1 if effect.status is RegistrationStatus.REGISTERED else 0
    return -1 if isinstance(effect, Withdraw) and effect.held_seat else 0


def _joined_waiting(effect: Register | Withdraw) -> int:
    """Say by how much the waiting list grows."""
    if isinstance(effect, Withdraw):
        return 0 if effect.held_seat else -1
    if effect.status is RegistrationStatus.WAITING:
        return 1
    return -1 if effect.was_waiting else 0


def _opt_out(effect: OptOut, contact: Contact, changes: Changes) -> None:
    if effect.scope == ALL:
        changes["opted_out"] = True
    else:
        changes["stopped_topics"] = _topics(contact, changes) | {effect.scope}


def _opt_in(effect: OptIn, contact: Contact, changes: Changes) -> None:
    if effect.scope != ALL:
        changes["stopped_topics"] = _topics(contact, changes) - {effect.scope}
        return
    changes["opted_out"] = False
    if contact.status is ContactStatus.INACTIVE:
        changes["status"] = ContactStatus.ACTIVE


def _topics(contact: Contact, changes: Changes) -> frozenset[str]:
    known: frozenset[str] = changes.get("stopped_topics", contact.stopped_topics)
    return known


def _doubt(effect: SetDoubt, _contact: Contact, changes: Changes) -> None:
    changes["doubt_at"] = effect.doubt_at


def _language(effect: SetLanguage, _contact: Contact, changes: Changes) -> None:
    changes["language"] = effect.language


def _name(effect: SetName, _contact: Contact, changes: Changes) -> None:
    changes["name"] = effect.name


def _join(_effect: JoinCommunity, _contact: Contact, changes: Changes) -> None:
    changes["in_community"] = True


def _leave(_effect: LeaveCommunity, _contact: Contact, changes: Changes) -> None:
    changes["in_community"] = False


def _register(effect: Register, contact: Contact, changes: Changes) -> None:
    _place(effect.event_id, effect.status, contact, changes)


def _withdraw(effect: Withdraw, contact: Contact, changes: Changes) -> None:
    _place(effect.event_id, RegistrationStatus.WITHDRAWN, contact, changes)


def _place(event_id: Key, status: RegistrationStatus, contact: Contact, changes: Changes) -> None:
    known: Mapping[Key, RegistrationStatus] = changes.get("registrations", contact.registrations)
    changes["registrations"] = {**known, event_id: status}


_FOLDS: dict[type, Callable[[Any, Contact, Changes], None]] = {
    OptOut: _opt_out,
    OptIn: _opt_in,
    SetDoubt: _doubt,
    SetLanguage: _language,
    SetName: _name,
    JoinCommunity: _join,
    LeaveCommunity: _leave,
    Register: _register,
    Withdraw: _withdraw,
}
