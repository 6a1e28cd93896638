"""Registering by an event's keyword, with and without the question for the name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.effects import EndSession, Register, SetName
from flows.errors import FlowError
from flows.registration.dialogue import FLOWS, enrol, expire, remind, step
from flows.registration.naming import EXPIRE_AFTER, REMIND_AFTER
from flows.turn import Target, Trigger
from flows.values import (
    Button,
    Contact,
    Event,
    ExpiryDue,
    RegistrationStatus,
    ReminderDue,
    SeatFree,
    Session,
)
from tests.flows.registration.turns import (
    ADA,
    ALL,
    GALA,
    NOW,
    OLD,
    PICNIC,
    deeds,
    message,
    names,
    placed,
    said,
    then,
    turn,
)

REGISTERED, WAITING = RegistrationStatus.REGISTERED, RegistrationStatus.WAITING
LUNCH = Event(id=b"lunch".ljust(16), number=14, title="Lunch", keywords=("LUNCH",), ask_name=True)
SURVEY = Session(b"s" * 16, "survey", "asking")


def asked(event: Event = PICNIC) -> Contact:
    """Ada, who was asked for her name for an event."""
    return then(ADA, enrol(turn(event.keywords[0]), event))


def session_of(contact: Contact) -> Session:
    """Give the open session, which must be there."""
    assert contact.session is not None
    return contact.session


def test_a_keyword_registers_at_once() -> None:
    """Without a question for the name one message is enough; an open survey goes on."""
    contact = replace(ADA, session=SURVEY)
    outcome = enrol(turn("GALA", contact), GALA)
    assert outcome.session is SURVEY
    assert deeds(outcome.effects) == [Register(GALA.id, REGISTERED, None)]
    assert names(outcome.effects) == ["registered", "event_details"]


@pytest.mark.parametrize(("status", "text"), [(REGISTERED, "already_registered"), (WAITING, "already_waiting")])
def test_the_second_time_it_says_so(status: RegistrationStatus, text: str) -> None:
    """Who is on the list hears where they stand, with the details again."""
    outcome = enrol(turn("GALA", placed(GALA, status)), GALA)
    assert deeds(outcome.effects) == []
    assert names(outcome.effects) == [text, "event_details"]


def test_an_event_that_takes_nobody_is_answered() -> None:
    """Past and closed events say so; who is registered for a closed one still hears that."""
    closed = replace(GALA, is_active=False)
    assert names(enrol(turn("FAIR"), OLD).effects) == ["event_past"]
    assert names(enrol(turn("GALA"), closed).effects) == ["event_closed"]
    assert names(enrol(turn("GALA", placed(GALA, REGISTERED)), closed).effects)[0] == "already_registered"


def test_the_name_is_asked_for_first() -> None:
    """An event that wants names asks a stranger before it registers."""
    outcome = enrol(turn("PICNIC"), PICNIC)
    assert outcome.session == Session(
        b"f" * 16,
        "name",
        "asking_name",
        flow_id=PICNIC.id,
        started_at=NOW,
        remind_at=NOW + REMIND_AFTER,
        expires_at=NOW + EXPIRE_AFTER,
    )
    assert deeds(outcome.effects) == []
    assert said(outcome.effects, "ask_name") == {"title": "Picnic"}
    assert outcome.session.flow in FLOWS


def test_a_known_name_is_not_asked_for() -> None:
    """Who has told their name once is registered under it."""
    outcome = enrol(turn("PICNIC", replace(ADA, name="Ada")), PICNIC)
    assert deeds(outcome.effects) == [Register(PICNIC.id, REGISTERED, "Ada")]


def test_an_open_survey_is_worth_more_than_a_name() -> None:
    """In the middle of another dialogue the registration is made without the question."""
    outcome = enrol(turn("PICNIC", replace(ADA, session=SURVEY)), PICNIC)
    assert outcome.session is SURVEY
    assert deeds(outcome.effects) == [Register(PICNIC.id, REGISTERED, None)]


def test_the_keyword_again_asks_again() -> None:
    """The keyword of the event whose question is open repeats the question."""
    contact = asked()
    outcome = enrol(turn("PICNIC", contact), PICNIC)
    assert outcome.session is contact.session
    assert names(outcome.effects) == ["ask_name"]


def test_another_keyword_loses_no_registration() -> None:
    """The first event is registered for without the name, and the second goes its own way."""
    contact = asked()
    ended = EndSession(session_of(contact).id, "completed")
    outcome = enrol(turn("GALA", contact), GALA)
    assert outcome.session is None
    assert deeds(outcome.effects) == [
        ended,
        Register(PICNIC.id, REGISTERED, None),
        Register(GALA.id, REGISTERED, None),
    ]
    outcome = enrol(turn("LUNCH", contact, events=(*ALL, LUNCH)), LUNCH)
    assert outcome.session is not None
    assert outcome.session.flow_id == LUNCH.id
    assert deeds(outcome.effects) == [ended, Register(PICNIC.id, REGISTERED, None)]
    assert names(outcome.effects) == ["registered", "event_details", "ask_name"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("  my name is Ada ", "Ada"),
        ("Hi, I'm Ada!", "Ada"),
        ("Me llamo José María", "José María"),
        ("Soy Íñigo", "Íñigo"),
        ("R2-D2", "R2-D2"),
        ("Ann\nLee", "Ann Lee"),
        ("x" * 100, "x" * 100),
        ("李雷", "李雷"),
    ],
)
def test_the_name_registers(text: str, name: str) -> None:
    """A name is kept for the contact, written on the registration, and the dialogue ends."""
    contact = asked()
    outcome = step(turn(text, contact), session_of(contact))
    assert outcome.session is None
    assert deeds(outcome.effects) == [
        SetName(name),
        EndSession(session_of(contact).id, "completed"),
        Register(PICNIC.id, REGISTERED, name),
    ]
    assert names(outcome.effects) == ["registered", "event_details"]


@pytest.mark.parametrize("text", ["SKIP", "saltar", "no", "No, gracias"])
def test_the_name_may_be_left_out(text: str) -> None:
    """SKIP or a plain no registers without a name."""
    contact = asked()
    outcome = step(turn(text, contact), session_of(contact))
    assert outcome.session is None
    assert deeds(outcome.effects)[1] == Register(PICNIC.id, REGISTERED, None)


@pytest.mark.parametrize("text", ["42", "", "?!", "x" * 101, "hola", "back", "JOIN", "leave", "my name is"])
def test_what_is_no_name_is_asked_again_and_then_done_without(text: str) -> None:
    """Twice it asks again; the third time it registers without a name."""
    contact = asked()
    for tries in (1, 2):
        outcome = step(turn(text, contact), session_of(contact))
        assert names(outcome.effects) == ["ask_name_again"]
        contact = then(contact, outcome)
        assert session_of(contact).tries == tries
    outcome = step(turn(text, contact), session_of(contact))
    assert outcome.session is None
    assert deeds(outcome.effects)[1] == Register(PICNIC.id, REGISTERED, None)


def test_a_keyword_is_no_name() -> None:
    """What starts something is not taken for a person's name."""
    contact = asked()
    about = turn("Gala!", contact)
    triggers = {"gala": Trigger(Target.EVENT, GALA.id)}
    about = replace(about, catalogue=replace(about.catalogue, triggers=triggers))
    assert names(step(about, session_of(contact)).effects) == ["ask_name_again"]


def test_a_button_is_heard() -> None:
    """The text of a tapped button counts as what was said."""
    contact = asked()
    tapped = replace(message(""), button=Button("Skip"))
    assert step(turn(tapped, contact), session_of(contact)).session is None


def test_only_a_message_moves_a_dialogue_on() -> None:
    """A timer is no answer."""
    with pytest.raises(FlowError, match="Only a message"):
        step(turn(SeatFree(PICNIC.id), asked()), session_of(asked()))


def test_what_happened_meanwhile_counts() -> None:
    """By the time of the answer the event may be gone, over, or the person may be on its list."""
    contact = asked()
    session = session_of(contact)
    gone = step(turn("Ada", contact, events=()), session)
    assert names(gone.effects) == ["event_gone"]
    over = step(turn("Ada", contact, events=(replace(PICNIC, starts_at=NOW),)), session)
    assert names(over.effects) == ["event_past"]
    again = step(turn("Ada", placed(PICNIC, WAITING, contact)), session)
    assert names(again.effects)[0] == "already_waiting"
    for outcome in (gone, over, again):
        assert outcome.session is None
        assert deeds(outcome.effects) == [SetName("Ada"), EndSession(session.id, "completed")]


def test_one_reminder() -> None:
    """The reminder asks the question again and does not come a second time."""
    contact = asked()
    session = session_of(contact)
    due = ReminderDue(session.id)
    outcome = remind(turn(due, contact, now_at=NOW + REMIND_AFTER), session)
    assert outcome.session == replace(session, remind_at=None)
    assert names(outcome.effects) == ["ask_name"]
    assert remind(turn(due, contact, now_at=NOW + 2 * REMIND_AFTER), outcome.session).effects == ()


def test_silence_registers_without_the_name() -> None:
    """When the question expires the seat is taken all the same, and said so."""
    contact = asked()
    session = session_of(contact)
    outcome = expire(turn(ExpiryDue(session.id), contact, now_at=NOW + EXPIRE_AFTER), session)
    assert outcome.session is None
    assert deeds(outcome.effects) == [EndSession(session.id, "expired"), Register(PICNIC.id, REGISTERED, None)]
    assert names(outcome.effects) == ["registered", "event_details"]
    gone = expire(turn(ExpiryDue(session.id), contact, events=(), now_at=NOW + EXPIRE_AFTER), session)
    assert gone.effects == (EndSession(session.id, "expired"),)


def test_timers_that_came_too_early_or_for_another_session_do_nothing() -> None:
    """A timer counts only for its own session and only when its time has come."""
    contact = asked()
    session = session_of(contact)
    early = expire(turn(ExpiryDue(session.id), contact, now_at=NOW + EXPIRE_AFTER - 1), session)
    other = expire(turn(ExpiryDue(b"o" * 16), contact, now_at=NOW + EXPIRE_AFTER), session)
    no_timer = remind(turn("Ada", contact, now_at=NOW + REMIND_AFTER), session)
    for outcome in (early, other, no_timer):
        assert outcome.session is session
        assert outcome.effects == ()
