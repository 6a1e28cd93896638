"""JOIN: into the community, with and without a YES and a name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.effects import EndSession, JoinCommunity, OptIn, RecordConsent, Register, Reply, SetName
from flows.registration.dialogue import enrol, expire, join, join_words, leave_words, remind, step
from flows.values import DAY, Contact, ContactStatus, ExpiryDue, RegistrationStatus, ReminderDue, Session, Workspace
from tests.flows.registration.turns import ADA, NOW, PICNIC, SPRING, deeds, names, said, then, turn

DOUBLE = replace(SPRING, double_opt_in=True)
NAMED = replace(SPRING, ask_name=True)
BOTH = replace(DOUBLE, ask_name=True)
SURVEY = Session(b"s" * 16, "survey", "asking")


def asked(workspace: Workspace = DOUBLE) -> Contact:
    """Ada, who texted JOIN and was asked something."""
    return then(ADA, join(turn("JOIN", workspace=workspace)))


def session_of(contact: Contact) -> Session:
    """Give the open session, which must be there."""
    assert contact.session is not None
    return contact.session


def test_join_adds_at_once() -> None:
    """Without a second opt-in JOIN is the consent; an open survey goes on."""
    outcome = join(turn("Join", replace(ADA, session=SURVEY)))
    assert outcome.session is SURVEY
    assert deeds(outcome.effects) == [OptIn("join", "Join"), JoinCommunity()]
    assert said(outcome.effects, "join_welcome") == {"organisation": "Spring Club"}


def test_a_member_hears_so() -> None:
    """JOIN twice changes nothing."""
    outcome = join(turn("JOIN", replace(ADA, in_community=True)))
    assert deeds(outcome.effects) == []
    assert names(outcome.effects) == ["join_already"]


def test_an_inactive_member_joins_once_more() -> None:
    """JOIN of a member whom campaigns leave out is consent: the opt-in is recorded and makes them active."""
    outcome = join(turn("JOIN", replace(ADA, in_community=True, status=ContactStatus.INACTIVE)))
    assert deeds(outcome.effects) == [OptIn("join", "JOIN"), JoinCommunity()]
    assert names(outcome.effects) == ["join_welcome"]


def test_a_double_opt_in_asks_first() -> None:
    """The question is recorded and offers two buttons; nobody is added yet."""
    outcome = join(turn("JOIN", workspace=DOUBLE))
    assert outcome.session == Session(b"f" * 16, "join", "asking_consent", started_at=NOW, expires_at=NOW + DAY)
    assert deeds(outcome.effects) == [RecordConsent("double_opt_in_asked", "join", "JOIN")]
    assert names(outcome.effects) == ["join_ask_consent"]
    reply = outcome.effects[-1]
    assert isinstance(reply, Reply)
    assert [choice.label for choice in reply.choices] == ["Yes", "No"]


@pytest.mark.parametrize("text", ["YES", "sí", "Yes please!"])
def test_yes_confirms(text: str) -> None:
    """A yes in English or Spanish adds, with the yes as the consent's text."""
    contact = asked()
    outcome = step(turn(text, contact, DOUBLE), session_of(contact))
    assert outcome.session is None
    assert deeds(outcome.effects) == [
        OptIn("join", text),
        JoinCommunity(),
        EndSession(session_of(contact).id, "joined"),
    ]
    assert names(outcome.effects) == ["join_welcome"]


def test_no_declines() -> None:
    """A no adds nobody and is recorded."""
    contact = asked()
    outcome = step(turn("no", contact, DOUBLE), session_of(contact))
    assert outcome.session is None
    assert deeds(outcome.effects) == [
        RecordConsent("double_opt_in_declined", "join", "no"),
        EndSession(session_of(contact).id, "declined"),
    ]
    assert names(outcome.effects) == ["join_declined"]


def test_what_is_neither_is_asked_again_and_then_a_no() -> None:
    """Consent is never guessed: the third unclear answer ends it."""
    contact = asked()
    for tries in (1, 2):
        outcome = step(turn("maybe", contact, DOUBLE), session_of(contact))
        assert names(outcome.effects) == ["join_ask_consent"]
        contact = then(contact, outcome)
        assert session_of(contact).tries == tries
    outcome = step(turn("maybe", contact, DOUBLE), session_of(contact))
    assert outcome.session is None
    assert EndSession(session_of(contact).id, "abandoned") in outcome.effects


def test_join_again_is_no_yes() -> None:
    """A second JOIN repeats the open question."""
    contact = asked()
    outcome = join(turn("JOIN", contact, DOUBLE))
    assert outcome.session is contact.session
    assert names(outcome.effects) == ["join_ask_consent"]
    assert deeds(outcome.effects) == []


def test_the_question_ends_an_open_survey() -> None:
    """A yes can belong to one question only."""
    outcome = join(turn("JOIN", replace(ADA, session=SURVEY), DOUBLE))
    assert deeds(outcome.effects)[0] == EndSession(SURVEY.id, "cancelled")
    assert outcome.session is not None
    assert outcome.session.flow == "join"


def test_the_question_loses_no_registration() -> None:
    """An event's question for the name is settled without it."""
    contact = then(ADA, enrol(turn("PICNIC"), PICNIC))
    outcome = join(turn("JOIN", contact, DOUBLE))
    assert deeds(outcome.effects)[:2] == [
        EndSession(session_of(contact).id, "completed"),
        Register(PICNIC.id, RegistrationStatus.REGISTERED, None),
    ]


def test_a_new_member_is_asked_for_the_name() -> None:
    """The membership counts at once; the name comes after it."""
    outcome = join(turn("JOIN", workspace=NAMED))
    assert deeds(outcome.effects) == [OptIn("join", "JOIN"), JoinCommunity()]
    assert names(outcome.effects) == ["join_welcome", "ask_name"]
    assert said(outcome.effects, "ask_name") == {"title": ""}
    contact = then(ADA, outcome)
    named = step(turn("Ada", contact, NAMED), session_of(contact))
    assert named.session is None
    assert deeds(named.effects) == [SetName("Ada"), EndSession(session_of(contact).id, "joined")]
    assert said(named.effects, "name_kept") == {"name": "Ada"}
    skipped = step(turn("skip", contact, NAMED), session_of(contact))
    assert names(skipped.effects) == ["name_skipped"]


def test_the_name_is_not_asked_for_in_the_middle_of_a_survey_or_twice() -> None:
    """An open survey goes on, and a known name is not asked for."""
    busy = join(turn("JOIN", replace(ADA, session=SURVEY), NAMED))
    assert busy.session is SURVEY
    assert names(busy.effects) == ["join_welcome"]
    known = join(turn("JOIN", replace(ADA, name="Ada"), NAMED))
    assert known.session is None


def test_first_the_yes_then_the_name() -> None:
    """With both, the same session goes from one question to the other."""
    contact = asked(BOTH)
    unclear = then(contact, step(turn("hm", contact, BOTH), session_of(contact)))
    outcome = step(turn("yes", unclear, BOTH, now_at=NOW + 1), session_of(unclear))
    assert outcome.session == replace(session_of(contact), state="asking_name", tries=0, expires_at=NOW + 1 + DAY)
    assert names(outcome.effects) == ["join_welcome", "ask_name"]


def test_who_does_not_confirm_is_left_in_peace() -> None:
    """Neither a reminder nor a farewell goes to somebody who has not confirmed."""
    contact = asked()
    session = session_of(contact)
    later = NOW + 2 * DAY
    assert remind(turn(ReminderDue(session.id), contact, DOUBLE, now_at=later), session).effects == ()
    outcome = expire(turn(ExpiryDue(session.id), contact, DOUBLE, now_at=later), session)
    assert outcome.session is None
    assert outcome.effects == (EndSession(session.id, "expired"),)


def test_a_member_without_a_name_stays_a_member() -> None:
    """The question for the name expires in silence."""
    contact = asked(NAMED)
    session = session_of(contact)
    outcome = expire(turn(ExpiryDue(session.id), contact, NAMED, now_at=NOW + DAY), session)
    assert outcome.effects == (EndSession(session.id, "joined"),)


def test_a_reminder_would_ask_the_open_question() -> None:
    """A session that has a reminder is asked what it waits for."""
    session = replace(session_of(asked()), remind_at=NOW)
    outcome = remind(turn(ReminderDue(session.id), replace(ADA, session=session), DOUBLE), session)
    assert names(outcome.effects) == ["join_ask_consent"]


def test_the_words_are_single_and_apart() -> None:
    """LEAVE words stand first in a text, so they are single; no word means both."""
    assert all(len(word.split()) == 1 for word in leave_words())
    assert {"join", "unirme"} <= join_words()
    assert {"leave", "dejar"} <= leave_words()
    assert not join_words() & leave_words()
