"""Stop, start and help, answered by us or by the provider."""

from __future__ import annotations

import pytest

from flows.effects import EndSession, OptIn, OptOut, RecordConsent, Reply, SetDoubt
from flows.silence import SilenceReason
from flows.values import Button, Purpose
from tests.flows.conversation.people import ASKING, NAMING, deeds, said, silences, take, text


def test_a_stop_is_confirmed_once() -> None:
    """The first STOP is confirmed, the second one is recorded in silence."""
    first = take("STOP")
    assert deeds(first) == [OptOut("keyword", "STOP"), SetDoubt(None)]
    assert said(first) == ["stopped"]
    assert [effect.purpose for effect in first.effects if isinstance(effect, Reply)] == [Purpose.CONFIRMATION]
    again = take("STOP", opted_out=True)
    assert deeds(again) == deeds(first)
    assert said(again) == []
    assert silences(again) == [SilenceReason.OPTED_OUT]


@pytest.mark.parametrize(("session", "name"), [(ASKING, "stopped_in_survey"), (NAMING, "stopped")])
def test_a_stop_ends_the_session(session: object, name: str) -> None:
    """The open session is over, and within a survey the confirmation says so."""
    outcome = take("STOP", session=session)
    assert outcome.session is None
    assert [effect.state for effect in outcome.effects if isinstance(effect, EndSession)] == ["cancelled"]
    assert said(outcome) == [name]


def test_a_button_that_stops() -> None:
    """A tapped button counts like its text, and is named as the source."""
    outcome = take(text("", button=Button("STOP", "stop-1")))
    assert OptOut("button", "") in outcome.effects


@pytest.mark.parametrize(
    ("kind", "deed"),
    [
        ("STOP", OptOut("provider", "basta")),
        ("start", OptIn("provider", "basta")),
        ("HELP", RecordConsent("help", "provider", "basta")),
    ],
)
def test_what_the_provider_has_settled(kind: str, deed: object) -> None:
    """It is recorded as the provider's, and nothing is said."""
    outcome = take(text("basta", opt_out_type=kind))
    assert deed in outcome.effects
    assert said(outcome) == []
    assert silences(outcome) == [SilenceReason.PROVIDER]


def test_a_kind_that_nobody_knows() -> None:
    """What the provider calls by another name is a message like any other."""
    assert said(take(text("hello", opt_out_type="OTHER"))) == ["fallback"]


def test_help() -> None:
    """Who we are and how to stop, also for people who opted out."""
    for opted_out in (False, True):
        outcome = take("HELP", opted_out=opted_out, session=ASKING)
        assert deeds(outcome) == [RecordConsent("help", "keyword", "HELP")]
        assert said(outcome) == ["help"]
        assert outcome.session is ASKING


def test_help_that_the_provider_gave() -> None:
    """Only the record is ours."""
    outcome = take("HELP", provider_answered=True)
    assert deeds(outcome) == [RecordConsent("help", "keyword", "HELP")]
    assert said(outcome) == []
    assert silences(outcome) == [SilenceReason.PROVIDER]


@pytest.mark.parametrize(
    ("opted_out", "provider_answered", "names"),
    [
        (True, False, ["started"]),
        (False, False, ["started_already"]),
        (True, True, []),
        (False, True, ["started_already"]),
    ],
)
def test_start(opted_out: bool, provider_answered: bool, names: list[str]) -> None:
    """It opts in again; the provider answers only people who were blocked, so that others hear it from us."""
    outcome = take("START", opted_out=opted_out, provider_answered=provider_answered)
    assert deeds(outcome) == [OptIn("keyword", "START"), SetDoubt(None)]
    assert said(outcome) == names


def test_yes() -> None:
    """Only from a person who opted out it is a START."""
    assert said(take("YES", opted_out=True)) == ["started"]
    assert deeds(take("YES")) != [OptIn("keyword", "YES"), SetDoubt(None)]


def test_a_sentence_that_stops() -> None:
    """It is an opt-out with its own confirmation."""
    outcome = take("please stop texting me")
    assert OptOut("phrase", "please stop texting me") in outcome.effects
    assert said(outcome) == ["stopped_by_phrase"]
