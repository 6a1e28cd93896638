"""The open session: its next step, its reminder and its end, also when its survey is gone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.conversation.open_session import left_by_failure
from flows.effects import EndSession, Flag, Forward, LeaveForPerson, Outcome, SaveAnswer, Silence
from flows.silence import SilenceReason
from flows.values import Button, ContactStatus, ExpiryDue, ReminderDue, Session
from tests.flows.conversation.people import ASKING, NAMING, NOW, deeds, said, take, text

LOST = replace(ASKING, flow_version=7)
"""A session whose version of the survey nobody has any more."""
PAUSED = replace(ASKING, state="paused")


def remind(session: Session, **known: Any) -> Outcome:
    """Let the reminder of a session be due."""
    return take(ReminderDue(session.id), session=replace(session, remind_at=NOW, expires_at=NOW + 1), **known)


def expire(session: Session, **known: Any) -> Outcome:
    """Let a session have waited too long."""
    return take(ExpiryDue(session.id), session=replace(session, expires_at=NOW), **known)


def test_an_answer() -> None:
    """A text is the answer to the open question."""
    outcome = take("a dog", session=ASKING)
    assert [effect.value for effect in outcome.effects if isinstance(effect, SaveAnswer)] == ["a dog"]
    assert outcome.session is None


def test_a_verb_is_no_answer() -> None:
    """PAUSE steers the session, unless it is the label of a tapped button."""
    outcome = take("PAUSE", session=ASKING)
    assert outcome.session is not None
    assert outcome.session.state == "paused"
    tapped = take(text("", button=Button("PAUSE")), session=ASKING)
    assert tapped.session is None or tapped.session.state == "asking"


def test_a_dialogue_of_joining() -> None:
    """Its own steps take the text."""
    outcome = take("Ada Lovelace", session=NAMING)
    assert outcome.session is None
    assert said(outcome) != ["fallback"]


@pytest.mark.parametrize("session", [None, LOST, PAUSED])
def test_no_question_is_open(session: Session | None) -> None:
    """Without a session, with one that rests, or one whose survey is gone, a text is nobody's."""
    outcome = take("a dog", session=session)
    assert Flag("unclaimed") in outcome.effects
    assert outcome.session is session


def test_a_reminder() -> None:
    """A survey and a dialogue ask again; nothing is asked where nothing is open any more."""
    assert "Which?" in said(remind(ASKING))
    assert said(remind(NAMING)) != []
    assert take(ReminderDue(ASKING.id)).effects == ()
    lost = remind(LOST)
    assert lost.session is not None
    assert (lost.session.flow_version, lost.session.remind_at, lost.effects) == (7, None, ())


def test_what_a_failure_leaves() -> None:
    """A failed step changes nothing, but a timer that failed is not due for ever."""
    due = replace(ASKING, remind_at=NOW, expires_at=NOW)
    assert left_by_failure(text("a dog"), due) == Outcome(due)
    assert left_by_failure(ReminderDue(ASKING.id), due) == Outcome(replace(due, remind_at=None))
    assert left_by_failure(ExpiryDue(ASKING.id), due) == Outcome(None, (EndSession(ASKING.id, "lost"),))
    for occurrence in (text("a dog"), ReminderDue(ASKING.id), ExpiryDue(ASKING.id)):
        assert left_by_failure(occurrence, None) == Outcome(None)


@pytest.mark.parametrize(
    ("session", "state"), [(ASKING, "expired"), (PAUSED, "expired"), (NAMING, "joined"), (LOST, "lost")]
)
def test_an_expiry(session: Session, state: str) -> None:
    """The session is over, whatever it was."""
    outcome = expire(session)
    assert outcome.session is None
    assert [effect.state for effect in outcome.effects if isinstance(effect, EndSession)] == [state]


def test_an_expiry_without_a_session() -> None:
    """A timer that comes too late does nothing."""
    outcome = take(ExpiryDue(ASKING.id))
    assert (outcome.session, outcome.effects) == (None, ())


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"opted_out": True}, SilenceReason.OPTED_OUT),
        ({"status": ContactStatus.BLOCKED}, SilenceReason.BLOCKED),
        ({"status": ContactStatus.INVALID}, SilenceReason.INVALID),
        ({"silent_until_at": NOW + 1}, SilenceReason.TAKEN_OVER),
    ],
)
def test_people_who_may_not_be_written_to(known: dict[str, Any], reason: SilenceReason) -> None:
    """Their session ends without a farewell, they are not reminded, and what they write is kept with the reason."""
    expired = expire(ASKING, **known)
    assert (expired.session, said(expired)) == (None, [])
    assert [type(effect) for effect in deeds(expired)] == [EndSession]
    reminded = remind(ASKING, **known)
    assert reminded.session is not None
    assert (reminded.session.remind_at, reminded.effects) == (NOW, ())
    wrote = take("a dog", session=ASKING, **known)
    assert (wrote.session, wrote.effects[:2]) == (ASKING, (Flag("silent"), Silence(reason)))
    assert wrote.effects[2:] == ((LeaveForPerson(is_news=False), Forward()) if "silent_until_at" in known else ())


def test_inactive_people_are_answered() -> None:
    """Who is only left out of campaigns is reminded, and answered when writing."""
    assert said(remind(ASKING, status=ContactStatus.INACTIVE)) != []
    assert said(take("a dog", session=ASKING, status=ContactStatus.INACTIVE)) != []


def test_the_takeover_ends() -> None:
    """From its last moment on the session goes on."""
    assert said(remind(ASKING, silent_until_at=NOW)) != []
