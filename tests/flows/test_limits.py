"""What may be spent."""

from __future__ import annotations

from flows.effects import OptIn, OptOut, Outcome, RecordConsent, Reply, SetDoubt, SetLanguage, Silence
from flows.limits import Ceiling, Limits, hush
from flows.silence import SilenceReason
from flows.values import HOUR, MINUTE, Contact, Purpose

NOW = 1_795_000_000_000_000
"""Wednesday 18 November 2026, 11:06:40 UTC."""
ADA = Contact(b"a" * 16, "+15550100001")
GONE = Contact(b"a" * 16, "+15550100001", opted_out=True)
CONFIRMATION = Reply(("Done",), Purpose.CONFIRMATION)


def test_the_day_is_the_organisations() -> None:
    """It begins at midnight where the organisation is, in summer and in winter."""
    honolulu = Limits(daily_segments=9, time_zone="Pacific/Honolulu")
    assert honolulu.ceiling(NOW) == Ceiling("2026-11-18", 9)
    assert honolulu.ceiling(NOW - HOUR - 7 * MINUTE) == Ceiling("2026-11-17", 9)
    assert Limits(daily_segments=9, time_zone="Pacific/Auckland").ceiling(NOW) == Ceiling("2026-11-19", 9)


def test_no_ceiling() -> None:
    """Nothing set is no bound."""
    assert Limits().ceiling(NOW) is None


def test_an_automatic_reply_is_taken_out() -> None:
    """The rest of the turn stays, and the message says why nothing was answered."""
    said = Outcome(None, (SetLanguage("es"), Reply(("Hola",))))
    assert hush(said, ADA) == Outcome(None, (SetLanguage("es"), Silence(SilenceReason.COUNTRY)))


def test_a_question_that_was_not_asked_is_forgotten() -> None:
    """Nobody was asked whether to stop: a later yes answers nothing."""
    asks = Outcome(None, (SetDoubt(NOW), Reply(("Stop?",))))
    assert hush(asks, ADA) == Outcome(None, (Silence(SilenceReason.COUNTRY),))


def test_a_change_of_consent_is_confirmed() -> None:
    """STOP from who gets messages, START from who had stopped."""
    stopped = Outcome(None, (OptOut("keyword", "STOP"), CONFIRMATION))
    assert hush(stopped, ADA) == stopped
    started = Outcome(None, (OptIn("keyword", "START"), CONFIRMATION))
    assert hush(started, GONE) == started


def test_what_changes_nothing_is_not_confirmed() -> None:
    """Neither HELP nor a START from who never stopped: a machine could send them all day."""
    for effect in (OptIn("keyword", "START"), RecordConsent("help", "keyword", "HELP")):
        assert hush(Outcome(None, (effect, CONFIRMATION)), ADA) == Outcome(
            None, (effect, Silence(SilenceReason.COUNTRY))
        )


def test_operators_are_answered() -> None:
    """Wherever their phones are."""
    said = Outcome(None, (Reply(("What?",), Purpose.COMMAND),))
    assert hush(said, ADA) == said
