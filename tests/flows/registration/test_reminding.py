"""Reminders of events that are near."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.effects import EventReminded
from flows.router import route
from flows.values import Event, EventNear, RegistrationStatus
from tests.flows.registration.turns import ADA, GALA, NOW, deeds, names, placed, turn

NEAR = EventNear(GALA.id, 60)


def test_who_is_registered_is_reminded() -> None:
    """The reminder says when, where, and how to leave; that it was given is kept."""
    outcome = route(turn(NEAR, placed(GALA, RegistrationStatus.REGISTERED)))
    assert deeds(outcome.effects) == [EventReminded(GALA.id, 60)]
    assert names(outcome.effects) == ["event_reminder", "event_details"]


@pytest.mark.parametrize(
    "events",
    [
        (),
        (replace(GALA, is_active=False),),
        (replace(GALA, starts_at=None),),
        (replace(GALA, starts_at=NOW),),
    ],
)
def test_no_reminder_of_what_does_not_take_place(events: tuple[Event, ...]) -> None:
    """An event that is deleted, called off, without a date or under way reminds nobody."""
    assert route(turn(NEAR, placed(GALA, RegistrationStatus.REGISTERED), events=events)).effects == ()


def test_who_left_or_opted_out_is_not_reminded() -> None:
    """Only people who come, and who want to hear from us, are reminded."""
    assert route(turn(NEAR, placed(GALA, RegistrationStatus.WITHDRAWN))).effects == ()
    assert route(turn(NEAR, replace(placed(GALA, RegistrationStatus.REGISTERED), opted_out=True))).effects == ()
    assert route(turn(NEAR, ADA)).effects == ()
