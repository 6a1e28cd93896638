"""Turns to try the dialogues of registration on: one person, one workspace, a few events."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import Effect, Outcome, Reply, Template
from flows.state import after
from flows.turn import Catalogue, Turn
from flows.values import (
    DAY,
    HOUR,
    Contact,
    Event,
    InboundMessage,
    Occurrence,
    RegistrationStatus,
    Transport,
    Workspace,
)

NOW = 1_800_000_000_000_000
"""15 January 2027, 08:00 UTC."""

GALA = Event(
    id=b"gala".ljust(16),
    number=12,
    title="The Spring Gala",
    keywords=("GALA", "FIESTA"),
    starts_at=NOW + 30 * DAY + 14 * HOUR,
    place="Harbor Hall",
    capacity=2,
    time_zone="America/New_York",
)
PICNIC = Event(id=b"picnic".ljust(16), number=13, title="Picnic", keywords=("PICNIC",), ask_name=True)
OLD = Event(id=b"old".ljust(16), number=3, title="Old Fair", keywords=("FAIR",), starts_at=NOW - DAY)
ALL = (GALA, PICNIC, OLD)

SPRING = Workspace(id=b"w" * 16, name="Spring Club", public_url="https://club.example")
ADA = Contact(id=b"a" * 16, address="+15550100001")


def message(text: str) -> InboundMessage:
    """Make a message of Ada's."""
    return InboundMessage("twilio", "SM1", Transport.SMS, ADA.address, "+15550100099", text)


def turn(
    said: str | Occurrence,
    contact: Contact = ADA,
    workspace: Workspace = SPRING,
    events: tuple[Event, ...] = ALL,
    now_at: int = NOW,
) -> Turn:
    """Make a turn about a text or an occurrence."""
    occurrence = message(said) if isinstance(said, str) else said
    catalogue = Catalogue(events={event.id: event for event in events})
    return Turn(occurrence, contact, workspace, catalogue, now_at, fresh_id=b"f" * 16)


def placed(event: Event, status: RegistrationStatus, contact: Contact = ADA) -> Contact:
    """Give Ada a place on an event's list."""
    return replace(contact, registrations={**contact.registrations, event.id: status})


def then(contact: Contact, outcome: Outcome) -> Contact:
    """Give the person as they are after a turn."""
    return after(contact, outcome)


def names(effects: tuple[Effect, ...]) -> list[str]:
    """Name the texts of ours that a turn says, in order."""
    replies = [effect for effect in effects if isinstance(effect, Reply)]
    return [say.name for reply in replies for say in reply.says if isinstance(say, Template)]


def deeds(effects: tuple[Effect, ...]) -> list[Effect]:
    """Give what a turn does besides talking."""
    return [effect for effect in effects if not isinstance(effect, Reply)]


def said(effects: tuple[Effect, ...], name: str) -> dict[str, object]:
    """Give the values that a text of ours is said with."""
    for effect in effects:
        for say in effect.says if isinstance(effect, Reply) else ():
            if isinstance(say, Template) and say.name == name:
                return dict(say.values)
    raise AssertionError(f"'{name}' is not said")
