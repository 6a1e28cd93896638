"""The one question about a message that may mean STOP."""

from __future__ import annotations

import pytest

from flows.consent.reading import Intent, read_consent
from flows.effects import Flag, LeaveForPerson, OptOut, RecordConsent, SetDoubt, Silence
from flows.silence import SilenceReason
from flows.values import DAY
from tests.flows.conversation.people import NOW, deeds, said, take

DOUBTFUL = "stop texting me at night"
OPEN, OVER = NOW - DAY + 1, NOW - DAY


def test_it_is_doubtful() -> None:
    """The text that these tests use is one that may mean STOP."""
    assert read_consent(DOUBTFUL).intent is Intent.DOUBT


def test_it_is_asked_once() -> None:
    """The first time we ask and remember when; as long as the question is open the next one is left for a person."""
    first = take(DOUBTFUL)
    assert deeds(first) == [RecordConsent("doubt_asked", "phrase", DOUBTFUL), SetDoubt(NOW), Flag("doubtful opt-out")]
    assert said(first) == ["doubt"]
    second = take(DOUBTFUL, doubt_at=OPEN)
    assert second.effects == (Flag("doubtful opt-out"), Silence(SilenceReason.ASKED), LeaveForPerson())
    assert said(take(DOUBTFUL, doubt_at=OVER)) == ["doubt"]


def test_yes_stops() -> None:
    """A yes to the open question is an opt-out; a day later it is not."""
    outcome = take("yes", doubt_at=OPEN)
    assert deeds(outcome) == [OptOut("confirmed", "yes"), SetDoubt(None)]
    assert said(outcome) == ["stopped"]
    assert OptOut("confirmed", "yes") not in take("yes", doubt_at=OVER).effects


def test_no_stays() -> None:
    """A no closes the question, on record."""
    outcome = take("no", doubt_at=OPEN)
    assert deeds(outcome) == [RecordConsent("doubt_denied", "keyword", "no"), SetDoubt(None)]
    assert said(outcome) == ["doubt_stays"]


@pytest.mark.parametrize("other", ["what?", "hello"])
def test_anything_else_goes_its_own_way(other: str) -> None:
    """The question stays open, and the text is taken like any other."""
    outcome = take(other, doubt_at=OPEN)
    assert said(outcome) == ["fallback"]
    assert SetDoubt(None) not in outcome.effects


def test_a_person_who_opted_out_meanwhile() -> None:
    """Their yes is a wish to hear from us again."""
    assert said(take("yes", doubt_at=OPEN, opted_out=True)) == ["started"]
