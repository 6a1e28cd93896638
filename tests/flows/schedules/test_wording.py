"""Times and rules as sentences, and back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.schedules.occurrences import local, next_occurrence, placed
from flows.schedules.reading import parse_when
from flows.schedules.values import Frequency, Moment, Pattern, Reason, Recurrence, Refusal
from flows.schedules.wording import LANGUAGES, notes, refusal_text, when_text
from tests.flows.schedules.judging import said_at
from tests.flows.schedules.phrases import ENGLISH, NOW, RECURRING, SPANISH, ZONE
from tests.flows.schedules.test_occurrences import ZONES, patterns, times

NOW_AT = said_at(NOW, ZONE)
YEAR = 366 * 86_400
PHRASES = [phrase for phrase, expected in (*ENGLISH, *SPANISH, *RECURRING) if expected != "refused"]


def read(phrase: str) -> Moment | Recurrence:
    """Read a phrase that is surely a time."""
    when = parse_when(phrase, NOW_AT, ZONE)
    assert not isinstance(when, Refusal), phrase
    return when


@pytest.mark.parametrize(
    ("phrase", "english", "spanish"),
    [
        ("fri 17:30", "Friday 27 November 2026, 17:30", "viernes 27 de noviembre de 2026, 17:30"),
        ("in 90 seconds", "Saturday 21 November 2026, 10:01:30", "sábado 21 de noviembre de 2026, 10:01:30"),
        (
            "every mon, wed and fri at 9am",
            "every Monday, Wednesday and Friday at 09:00, starting Monday 23 November 2026",
            "cada lunes, miércoles y viernes a las 09:00, desde el lunes 23 de noviembre de 2026",
        ),
        (
            "every 2 weeks on friday at 9am and 5pm until 24 dec",
            "every 2 weeks on Friday at 09:00 and 17:00, starting Friday 27 November 2026, until 24 December 2026",
            "cada 2 semanas el viernes a las 09:00 y 17:00, desde el viernes 27 de noviembre de 2026, "
            "hasta el 24 de diciembre de 2026",
        ),
        (
            "every 3 days 9am 5 times",
            "every 3 days at 09:00, starting Sunday 22 November 2026, 5 times",
            "cada 3 días a las 09:00, desde el domingo 22 de noviembre de 2026, 5 veces",
        ),
        (
            "monthly on the 1st, 12th and 23rd 9am",
            "every month on the 1st, 12th and 23rd at 09:00, starting Monday 23 November 2026",
            "cada mes el día 1, 12 y 23 a las 09:00, desde el lunes 23 de noviembre de 2026",
        ),
        (
            "last day of every month 9am",
            "every month on the last day at 09:00, starting Monday 30 November 2026",
            "cada mes el último día a las 09:00, desde el lunes 30 de noviembre de 2026",
        ),
        (
            "3rd tuesday of every month 9am",
            "every month on the 3rd Tuesday at 09:00, starting Tuesday 15 December 2026",
            "cada mes el 3º martes a las 09:00, desde el martes 15 de diciembre de 2026",
        ),
        (
            "every july 4th 9am",
            "every year on 4 July at 09:00, starting Sunday 4 July 2027",
            "cada año el 4 de julio a las 09:00, desde el domingo 4 de julio de 2027",
        ),
        (
            "yearly on the fourth thursday in november 9am",
            "every year on the 4th Thursday of November at 09:00, starting Thursday 26 November 2026",
            "cada año el 4º jueves de noviembre a las 09:00, desde el jueves 26 de noviembre de 2026",
        ),
    ],
)
def test_a_time_is_shown_in_full(phrase: str, english: str, spanish: str) -> None:
    """The confirmation leaves nothing open."""
    when = read(phrase)
    assert when_text(when, ZONE, "en") == f"{english} ({ZONE})"
    assert when_text(when, ZONE, "es-MX") == f"{spanish} ({ZONE})"
    assert when_text(when, ZONE, "fr") == f"{english} ({ZONE})"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("phrase", PHRASES)
def test_what_is_shown_reads_back_as_the_same(phrase: str, language: str) -> None:
    """An operator may copy the confirmation."""
    when = read(phrase)
    assert parse_when(when_text(when, ZONE, language), NOW_AT, ZONE) == when


@settings(max_examples=150, deadline=None)
@given(seconds=st.integers(1, 20 * YEAR), zone=st.sampled_from(ZONES), language=st.sampled_from(sorted(LANGUAGES)))
def test_every_moment_reads_back(seconds: int, zone: str, language: str) -> None:
    """Any second in any zone, also one of an hour that comes twice."""
    moment = Moment(NOW_AT + seconds * 1_000_000)
    assert parse_when(when_text(moment, zone, language), NOW_AT, zone) == moment


def test_an_hour_that_comes_twice_reads_back() -> None:
    """The second time names its offset."""
    moment = Moment(said_at("2027-11-07T01:30-05:00", ZONE))
    text = when_text(moment, ZONE, "en")
    assert text == "Sunday 7 November 2027, 01:30 -05:00 (America/New_York)"
    assert parse_when(text, NOW_AT, ZONE) == moment


@settings(max_examples=150, deadline=None)
@given(
    pattern=patterns,
    hours=times,
    ahead=st.integers(1, 400),
    zone=st.sampled_from(ZONES),
    count=st.none() | st.integers(1, 1000),
    length=st.none() | st.integers(0, 400),
    language=st.sampled_from(sorted(LANGUAGES)),
)
def test_every_rule_reads_back(
    *,
    pattern: Pattern,
    hours: set[time],
    ahead: int,
    zone: str,
    count: int | None,
    length: int | None,
    language: str,
) -> None:
    """Any rule in any zone, with an end and a count."""
    start = date(2026, 11, 22) + timedelta(days=ahead)
    asked = Recurrence(pattern, tuple(sorted(hours)), datetime.combine(start, time()))
    place = ZoneInfo(zone)
    due_at, _ = next_occurrence(asked, zone, placed(asked.first, place) - 1) or (0, "")
    day = local(due_at, place).date()
    first = datetime.combine(day, min(hours))
    until = None if length is None else day + timedelta(days=length)
    rule = Recurrence(pattern, tuple(sorted(hours)), first, until, count)
    assert parse_when(when_text(rule, zone, language), NOW_AT, zone) == rule


def test_what_the_confirmation_adds() -> None:
    """Filled-in hours and left-out days are told."""
    assert notes(read("tomorrow 9am"), "en") == ()
    assert notes(read("tomorrow"), "en") == ("You gave no hour, so it is 09:00.",)
    assert notes(read("every 31st at 8"), "es") == (
        "No dijiste am o pm: revisa la hora.",
        "Se omiten los meses que no tienen ese día.",
    )
    assert notes(read("every 5th monday of the month 9am"), "en") == ("Months without that day are skipped.",)
    assert notes(read("every july 4th 9am"), "en") == ()
    leap = Recurrence(
        Pattern(Frequency.YEARLY, month_days=(29,), month=2), (time(9),), datetime.fromisoformat("2028-02-29T09:00")
    )
    assert notes(leap, "en") == ("It comes in leap years only.",)


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_told_with_examples_that_are_understood(reason: Reason, language: str) -> None:
    """Every reason has its sentence, what was said is cut short, and each example is a time."""
    text = refusal_text(Refusal(reason, "{x}" * 100), language)
    assert "{x}{x}" in text
    assert len(text) < 250
    examples = text.rpartition(": " if language == "es" else "like ")[2].rstrip(".")
    for example in examples.replace(" or ", ", ").replace(" o ", ", ").split(", "):
        assert not isinstance(parse_when(example, NOW_AT, ZONE), Refusal), example
