"""Phrases as operators type them."""

from __future__ import annotations

import pytest

from flows.schedules.reading import parse_when, split_when
from flows.schedules.values import Assumed, Moment, Reason, Refusal
from tests.flows.schedules.judging import said_at, shown
from tests.flows.schedules.phrases import ENGLISH, NOW, RECURRING, SPANISH, SPLIT, ZONE

NOW_AT = said_at(NOW, ZONE)


@pytest.mark.parametrize(("phrase", "expected"), [*ENGLISH, *SPANISH, *RECURRING])
def test_a_phrase_means_one_thing_or_is_refused(phrase: str, expected: str) -> None:
    """What the phrase means was written down before."""
    assert shown(parse_when(phrase, NOW_AT, ZONE), ZONE) == expected


@pytest.mark.parametrize(("text", "expected", "rest"), SPLIT)
def test_a_time_ends_where_the_audience_begins(text: str, expected: str | None, rest: str) -> None:
    """The longest beginning that is said like a time is the time."""
    found = split_when(text, NOW_AT, ZONE)
    if isinstance(found, Refusal):
        assert expected == "refused"
        return
    when, after = found
    assert after == rest
    assert expected in (None, shown(when, ZONE))


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("hello", Reason.NOT_A_TIME),
        ("yesterday 9am", Reason.NOT_A_TIME),
        ("2026-11-20 9am", Reason.PAST),
        ("feb 30 9am", Reason.NO_SUCH_DAY),
        ("0 dec 9am", Reason.NO_SUCH_DAY),
        ("2026-13-01 9am", Reason.NO_SUCH_DAY),
        ("5th friday of february 2027 9am", Reason.NO_SUCH_DAY),
        ("today", Reason.NEEDS_HOUR),
        ("tomorrow morning", Reason.NEEDS_HOUR),
        ("at 9", Reason.HALF),
        ("today at 9", Reason.HALF),
        ("tonight at 3:20", Reason.HALF),
        ("9 dec 5", Reason.AMBIGUOUS),
        ("monday 23", Reason.AMBIGUOUS),
        ("el 5/12 9am", Reason.DAY_OR_MONTH),
        ("saturday 5pm", Reason.THIS_OR_NEXT),
        ("tomorrow 9am (Europe/Berlin)", Reason.ZONE),
        ("tomorrow 9am PST", Reason.ZONE),
        ("every day 9am (Europe/Berlin)", Reason.ZONE),
        ("every day 9am UTC", Reason.ZONE),
        ("2300-01-01 9am", Reason.TOO_FAR),
        ("in 9999 years", Reason.TOO_FAR),
        ("every day 2000 times", Reason.TOO_FAR),
        ("every day 0 times", Reason.NEVER),
        ("every day until today", Reason.NEVER),
        ("every feb 30", Reason.NEVER),
        ("every 5 minutes", Reason.TOO_OFTEN),
        ("every day starting 2026-11-01", Reason.PAST),
        ("every day for 2 hours", Reason.NOT_A_TIME),
        ("every day tonight at 12", Reason.NOT_A_TIME),
        ("every tonight", Reason.NOT_A_TIME),
    ],
)
def test_a_refusal_says_why(phrase: str, reason: Reason) -> None:
    """Each kind of doubt has its reason."""
    assert parse_when(phrase, NOW_AT, ZONE) == Refusal(reason, phrase)


@pytest.mark.parametrize(
    ("phrase", "assumed"),
    [
        ("tomorrow 9am", frozenset()),
        ("tomorrow 09:30", frozenset()),
        ("tomorrow", {Assumed.HOUR}),
        ("tomorrow at 3:30", {Assumed.HALF}),
        ("every day at 8", {Assumed.HALF}),
        ("every wed", {Assumed.HOUR}),
    ],
)
def test_what_was_filled_in_is_told(phrase: str, assumed: set[Assumed]) -> None:
    """An hour or a half of the day that nobody said is marked."""
    when = parse_when(phrase, NOW_AT, ZONE)
    assert not isinstance(when, Refusal)
    assert when.assumed == assumed


@pytest.mark.parametrize(
    ("phrase", "zone", "expected"),
    [
        ("3/12/2026 09:00", "America/New_York", "refused"),  # over: 12 March
        ("12/3/2026 09:00", "America/New_York", "2026-12-03T09:00"),
        ("3/12/2026 09:00", "Europe/Madrid", "2026-12-03T09:00"),
        ("3/12/2026 09:00", "America/Bogota", "2026-12-03T09:00"),
        ("12/3/2026 09:00", "UTC", "2026-12-03T09:00"),
        ("el 3/12/2026 09:00", "UTC", "2026-12-03T09:00"),
        ("3/12/2026 09:00", "America/Toronto", "refused"),
        ("12/12/2026 09:00", "America/Toronto", "2026-12-12T09:00"),
        ("24/12/26 09:00", "US/Eastern", "2026-12-24T09:00"),
        ("12/24/26 09:00", "Europe/Madrid", "2026-12-24T09:00"),
    ],
)
def test_figures_are_read_as_the_place_writes_them(phrase: str, zone: str, expected: str) -> None:
    """The month comes first in the United States, and nothing is guessed where both orders are used."""
    assert shown(parse_when(phrase, NOW_AT, zone), zone) == expected


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("5 minutes to 1 pm", "2026-11-21T12:55"),
        ("quarter to 1 tomorrow", "2026-11-22T12:45"),
        ("tomorrow at quarter to noon", "2026-11-22T11:45"),
        ("tomorrow 13h", "2026-11-22T13:00"),
        ("tomorrow 9h", "refused"),
        ("tomorrow at 7h05", "2026-11-22T07:05"),
        ("tomorrow at 9.30", "2026-11-22T09:30"),
        ("tomorrow 12p", "2026-11-22T12:00"),
        ("tomorrow at 1930", "2026-11-22T19:30"),
        ("tomorrow at 1999", "refused"),
        ("tonight at midnight", "2026-11-22T00:00"),
        ("tonight at 20:00", "2026-11-21T20:00"),
        ("tomorrow morning at 17:00", "refused"),
        ("mañana a las 2 del mediodía", "2026-11-22T14:00"),
        ("mañana a las 5 del mediodía", "refused"),
        ("in 2.5 hours", "2026-11-21T12:30"),
        ("in 2.33333 hours", "refused"),
        ("in 1/4 h", "2026-11-21T10:15"),
        ("in two and a half hours", "2026-11-21T12:30"),
        ("in a quarter of an hour", "2026-11-21T10:15"),
        ("in three quarters of an hour", "2026-11-21T10:45"),
        ("en tres cuartos de hora", "2026-11-21T10:45"),
        ("en un cuarto de hora", "2026-11-21T10:15"),
        ("a week from friday at 9am", "2026-12-04T09:00"),
        ("2 hours after tomorrow", "refused"),
        ("in 2 hours at 9am", "refused"),
        ("2 fridays from now at noon", "2026-12-04T12:00"),
        ("0 fridays from now at noon", "refused"),
        ("20 of next month at noon", "2026-12-20T12:00"),
        ("first friday of next month at noon", "2026-12-04T12:00"),
        ("first friday of january 2028 at noon", "2028-01-07T12:00"),
        ("first monday of november at noon", "2027-11-01T12:00"),
        ("twenty-fifth of december at noon", "2026-12-25T12:00"),
        ("10 past 25", "refused"),
        ("70 past 9 tomorrow", "refused"),
        ("70 to 9 tomorrow", "refused"),
        ("tomorrow 9am -05", "2026-11-22T09:00"),
        ("tomorrow 9am +05:30", "2026-11-21T22:30"),
        ("tomorrow 9am ET", "2026-11-22T09:00"),
        ("tomorrow 13:00 thirteen", "refused"),
        ("tomorrow at thirteen thirty", "refused"),
        ("tomorrow at forty one", "refused"),
        ("the sixty first at noon", "refused"),
        ("every 0 days", "refused"),
        ("every 0 weeks", "refused"),
        ("every 0 months", "refused"),
        ("every 0 years", "refused"),
        ("first friday of every 0 months", "refused"),
        ("every 0 years on dec 24", "refused"),
        ("every 0 years on the 1st friday of may", "refused"),
        ("every 40th", "refused"),
        ("every year on dec 24 2027", "refused"),
        ("7th friday of every month", "refused"),
        ("monthly 9am", "FREQ=MONTHLY;BYMONTHDAY=21 09:00"),
        ("yearly 9am", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=21 09:00"),
        ("every 2 weeks 9am", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA 09:00"),
        ("every year on the 4th thursday of november 9am", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH 09:00"),
        ("second to last friday of every month 9am", "FREQ=MONTHLY;BYDAY=-2FR 09:00"),
        ("every day in the morning at 8 and 9", "FREQ=DAILY 08:00,09:00"),
        ("every morning at 8", "FREQ=DAILY 08:00"),
        ("every night at 9", "FREQ=DAILY 21:00"),
        ("todas las noches a las 9", "FREQ=DAILY 21:00"),
        ("every night", "refused"),
        ("every last friday 9am", "FREQ=MONTHLY;BYDAY=-1FR 09:00"),
        ("cada primer lunes del mes 9:00", "FREQ=MONTHLY;BYDAY=1MO 09:00"),
        ("cada último viernes 9:00", "FREQ=MONTHLY;BYDAY=-1FR 09:00"),
        ("every day for 10 days at 5pm", "FREQ=DAILY 17:00 until 2026-11-30"),
        ("every day at 5pm starting 1 dec for 2 weeks", "FREQ=DAILY 17:00 until 2026-12-14"),
        ("every saturday for 2 weeks at 5pm", "FREQ=WEEKLY;BYDAY=SA 17:00 until 2026-12-04"),
        ("every day for the next month 9am", "FREQ=DAILY 09:00 until 2026-12-21"),
        ("every day for the next week 9am", "FREQ=DAILY 09:00 until 2026-11-28"),
        ("cada lunes a partir del lunes 9:00", "FREQ=WEEKLY;BYDAY=MO 09:00"),
    ],
)
def test_the_grammar_beyond_the_common_phrases(phrase: str, expected: str) -> None:
    """Rarer ways to say an hour, a length, a day or a rule."""
    assert shown(parse_when(phrase, NOW_AT, ZONE), ZONE) == expected


def test_a_long_text_is_read_only_at_its_beginning() -> None:
    """A message of any length costs no more than the time before it."""
    found = split_when("tomorrow 9am #a: " + "every day at 9 and 10 " * 2_000, NOW_AT, ZONE)
    assert not isinstance(found, Refusal)
    assert found[1].startswith("#a: every")


def test_minutes_end_at_a_full_minute_and_never_early() -> None:
    """A length of minutes is rounded up, one of seconds is exact."""
    odd_at = NOW_AT + 23_000_001
    assert parse_when("in 2 minutes", odd_at, ZONE) == Moment(NOW_AT + 180_000_000)
    assert parse_when("in 90 seconds", odd_at, ZONE) == Moment(NOW_AT + 114_000_000)
