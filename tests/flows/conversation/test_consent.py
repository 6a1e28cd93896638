"""Stop, start and help, answered by us or by the provider."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.conversation.consent import stop_at_least
from flows.conversation.provider_words import TWILIO_STOP
from flows.effects import EndSession, OptIn, OptOut, Outcome, RecordConsent, Reply, SaveAnswer, SetDoubt
from flows.router import route
from flows.silence import SilenceReason
from flows.surveys.definition import parse_survey
from flows.turn import Catalogue, LoadedSurvey, Turn
from flows.values import Button, ExpiryDue, InboundMessage, Purpose, Session
from tests.flows.conversation.people import ADA, ASKING, HARBOR, NAMING, NOW, deeds, said, silences, take, text


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


CHOIR = LoadedSurvey(
    b"voic" * 4,
    1,
    parse_survey(
        {
            "name": "Choir",
            "keywords": ["CHOIR"],
            "questions": [
                {
                    "id": "voice",
                    "type": "choice",
                    "text": "Which voice?",
                    "choices": ["soprano", "alto", "Cancel", "End", "Quit", "baja", "remove", "stop sms"],
                }
            ],
        }
    ),
)
SINGING = Session(b"v" * 16, "survey", "asking", CHOIR.flow_id, 1, "voice", started_at=NOW)


def answer(
    said: str | InboundMessage, language: str = "en", *, session: Session | None = SINGING, **others: Any
) -> Outcome:
    """Let somebody answer the question for the voice, in a workspace that speaks English unless told otherwise."""
    message = text(said) if isinstance(said, str) else said
    contact = replace(ADA, session=session, language=others.pop("spoken", None))
    workspace = replace(HARBOR, language=language)
    return route(Turn(message, contact, workspace, Catalogue(surveys={CHOIR.flow_id: CHOIR}), NOW, b"f" * 16, **others))


def stops(outcome: Outcome) -> bool:
    """Return whether a turn opts out."""
    return any(isinstance(effect, OptOut) for effect in outcome.effects)


@pytest.mark.parametrize("word", ["alto", "ALTO", "Alto!", "baja"])
def test_an_allowed_answer_beats_a_foreign_stop_word(word: str) -> None:
    """In an English choir's survey "alto" (a Spanish stop word) is the answer; it unsubscribed an English speaker."""
    outcome = answer(word)
    assert not stops(outcome)
    saved = [effect.value for effect in outcome.effects if isinstance(effect, SaveAnswer)]
    assert saved == [word.lower().rstrip("!")]
    assert not stops(answer(text(word, button=Button(word, word.lower()))))


@pytest.mark.parametrize("known", [{"language": "es"}, {"language": "es-MX"}, {"spoken": "es"}])
def test_a_stop_word_of_a_language_that_is_spoken(known: dict[str, Any]) -> None:
    """For a Spanish organisation or a person who speaks Spanish "alto" is a stop, also in that survey."""
    assert stops(answer("alto", **known))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("word", ["cancel", "END", "quit", "stop sms"])
def test_binding_stop_words_are_never_an_answer(word: str, language: str) -> None:
    """Also where the survey offers them and nobody speaks English."""
    assert stops(answer(word, language))


def test_a_foreign_word_that_is_not_binding() -> None:
    """REMOVE is a stop word of one English list: an answer where nobody speaks English."""
    assert stops(answer("remove"))
    assert not stops(answer("remove", "es"))


def test_what_the_provider_acts_on_is_never_an_answer() -> None:
    """It has blocked the number already: whatever we think of the word, the person is opted out."""
    assert stops(answer("alto", provider_answered=True))
    assert stops(answer(text("alto", opt_out_type="STOP")))
    assert all(stops(answer(word, "es")) for word in TWILIO_STOP)


@pytest.mark.parametrize("session", [None, replace(SINGING, state="paused"), NAMING])
def test_a_foreign_stop_word_without_that_question(session: Session | None) -> None:
    """Only the open question's own choices are answers; anywhere else a stop word of any language stops."""
    assert stops(answer("alto", session=session))
    assert stops(answer("basta"))


def at_least(occurrence: Any, **known: Any) -> Outcome | None:
    """Return what is left of a turn that cannot be taken."""
    return stop_at_least(Turn(occurrence, replace(ADA, **known), HARBOR, Catalogue(), NOW, b"f" * 16))


@pytest.mark.parametrize(
    ("message", "source"),
    [
        (text("STOP"), "keyword"),
        (text("please stop texting me"), "phrase"),
        (text("x", opt_out_type="STOP"), "provider"),
        (text("", button=Button("STOP", "stop-1")), "button"),
    ],
)
def test_a_stop_is_left_of_any_turn(message: InboundMessage, source: str) -> None:
    """It opts out, ends the session and is confirmed, without a look at the survey."""
    outcome = at_least(message, session=ASKING)
    assert outcome is not None
    assert [effect.source for effect in outcome.effects if isinstance(effect, OptOut)] == [source]
    assert [effect.state for effect in outcome.effects if isinstance(effect, EndSession)] == ["cancelled"]
    assert outcome.session is None
    assert at_least(message) is not None


@pytest.mark.parametrize(
    "occurrence", [text("hello"), text("START"), text("x", opt_out_type="HELP"), ExpiryDue(ASKING.id)]
)
def test_nothing_else_is_left(occurrence: Any) -> None:
    """A text that is no stop, and a timer, leave nothing."""
    assert at_least(occurrence) is None


def test_a_join_after_a_stop_is_explained_once() -> None:
    """JOIN after STOP met silence for ever; the person hears once a day that START comes first."""
    outcome = take("JOIN", opted_out=True)
    assert deeds(outcome) == [RecordConsent("join_while_stopped", "join", "JOIN"), SetDoubt(NOW)]
    assert said(outcome) == ["stopped_before_joining"]
    again = take("JOIN", opted_out=True, doubt_at=NOW)
    assert (said(again), silences(again)) == ([], [SilenceReason.OPTED_OUT])
    assert said(take("hello", opted_out=True)) == []
    assert said(take("YES", opted_out=True, doubt_at=NOW)) == ["started"]
