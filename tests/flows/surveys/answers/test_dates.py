"""Days in figures and words."""

import pytest

from flows.surveys.answers import Understood, read_answer
from flows.surveys.questions import DateAnswer
from tests.flows.surveys.scene import message, question_of, turn_of


def _read(text: str, kind: DateAnswer | None = None, language: str = "en", zone: str = "America/New_York") -> object:
    occurrence = message(text)
    turn = turn_of(occurrence, language=language, zone=zone)
    answer = read_answer(question_of(kind or DateAnswer()), occurrence, turn)
    return answer.value if isinstance(answer, Understood) else (answer.reason, dict(answer.values))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-31", "2026-12-31"),
        ("2026/1/5", "2026-01-05"),
        ("２０２６-12-31", "2026-12-31"),
        ("31/12/2026", "2026-12-31"),
        ("12/31/2026", "2026-12-31"),
        ("04/04/2026", "2026-04-04"),
        ("it was on 31.12.2026.", "2026-12-31"),
        ("3 April 2026", "2026-04-03"),
        ("April 3rd, 2026", "2026-04-03"),
        ("the 3rd of April 2026", "2026-04-03"),
        ("Friday 3 April 2026", "2026-04-03"),
        ("3-Apr-2026", "2026-04-03"),
        ("3APR2026", "2026-04-03"),
        ("2026 april 3", "2026-04-03"),
        ("3 de abril de 2026", "2026-04-03"),
        ("Abril 3 del 2026", "2026-04-03"),
        ("1º de setiembre de 2027", "2027-09-01"),
        ("today", "2026-11-20"),
        ("Hoy!", "2026-11-20"),
        ("tomorrow", "2026-11-21"),
        ("MAÑANA", "2026-11-21"),
        ("pasado mañana", "2026-11-22"),
        ("ayer", "2026-11-19"),
    ],
)
def test_a_day_is_read(text: str, day: str) -> None:
    """As ISO, in figures that can mean only one day, in English and Spanish words."""
    assert _read(text) == day


def test_today_is_the_workspace_s() -> None:
    """At the same moment it is tomorrow in Auckland."""
    assert _read("today", zone="Pacific/Auckland") == "2026-11-21"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no date at all",
        "2026",
        "20261231",
        "12/2026",
        "1/2/3/4",
        "31/11/2022",
        "33/33/2022",
        "2026-13-01",
        "30 February 2026",
        "April 2026",
        "in may",
        "3 or 4 April 2026",
        "April or May 3 2026",
        "May 3 at 5",
        "May 3 of the year of our lord 2026 and so on 7",
        "3 April 20266",
        "3 April 123",
        "2026-01-01 or 2026-01-02",
        "x" * 5000,
    ],
)
def test_what_is_not_one_day_is_asked_again(text: str) -> None:
    """Days that do not exist, two days, no day."""
    assert _read(text) == ("date", {})


@pytest.mark.parametrize("text", ["31.12.26", "3 April 26", "3 April"])
def test_a_missing_year_is_asked_for(text: str) -> None:
    """Two figures are no year, and without bounds no year is no year."""
    assert _read(text) == ("date_year", {})


def test_what_has_two_readings_is_asked_back() -> None:
    """Day and month are never guessed; both readings are shown in the person's language."""
    assert _read("03/04/2026") == ("date_unclear", {"first": "3 April 2026", "second": "4 March 2026"})
    assert _read("3-4-2026", language="es") == (
        "date_unclear",
        {"first": "3 de abril de 2026", "second": "4 de marzo de 2026"},
    )


@pytest.mark.parametrize(
    ("text", "day_first", "day"),
    [("03/04/2026", True, "2026-04-03"), ("03/04/2026", False, "2026-03-04"), ("03/25/2026", True, "2026-03-25")],
)
def test_the_question_may_declare_the_order(text: str, day_first: bool, day: str) -> None:
    """Its declaration holds unless the figures say otherwise."""
    assert _read(text, DateAnswer(day_first=day_first)) == day


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        ("3 dec", DateAnswer("today"), "2026-12-03"),
        ("3 jan", DateAnswer("today"), "2027-01-03"),
        ("29 feb", DateAnswer("today"), "2028-02-29"),
        ("3 dec", DateAnswer(None, "today"), "2025-12-03"),
        ("29 feb", DateAnswer(None, "today-1"), "2024-02-29"),
        ("3 jan", DateAnswer("2030-06-01"), "2031-01-03"),
        ("31 feb", DateAnswer("today"), ("date", {})),
        ("3 jan", DateAnswer("2020-01-01", "2030-01-01"), ("date_year", {})),
    ],
)
def test_a_bound_tells_the_year(text: str, kind: DateAnswer, day: object) -> None:
    """The next time where only the future counts, the last where only the past does."""
    assert _read(text, kind) == day


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("yesterday", DateAnswer("today"), {"earliest": "20 November 2026", "latest": ""}),
        ("tomorrow", DateAnswer(None, "today"), {"earliest": "", "latest": "20 November 2026"}),
        (
            "2026-12-25",
            DateAnswer("2026-12-01", "today+30"),
            {"earliest": "1 December 2026", "latest": "20 December 2026"},
        ),
    ],
)
def test_out_of_bounds(text: str, kind: DateAnswer, values: dict[str, object]) -> None:
    """The bounds are said in words."""
    assert _read(text, kind) == ("date_range", values)
