"""An event's definition: what is read, and what is wrong with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import FlowDefinitionError
from flows.registration.definition import EventDefinition, parse_event
from flows.values import HOUR, SECOND
from tests.flows.registration.turns import NOW

NO_MOMENT = "a day and an hour such as '2027-05-14 18:00' are needed, not"
NO_SUCH_HOUR = "does not exist in America/New_York: the clocks go forward then"
NO_ZONE = "is no time zone; use a name such as America/New_York"
GALA_FILE = Path(__file__).parents[3] / "bot" / "demo" / "gala.yaml"


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> int:
    """Give a moment in UTC as microseconds."""
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()) * SECOND


def parse(**fields: Any) -> EventDefinition:
    """Read a definition that has a title and a keyword, and these fields."""
    return parse_event({"title": "Gala", "keyword": "GALA", **fields}, NOW, "America/New_York")


def problems(**fields: Any) -> list[str]:
    """Give the problems of a definition that has a title and a keyword, and these fields."""
    with pytest.raises(FlowDefinitionError) as raised:
        parse(**fields)
    return raised.value.message.splitlines()[1:]


def test_everything_at_once() -> None:
    """Every field arrives; the times are UTC."""
    event = parse_event(
        {
            "title": "Spring Gala",
            "keywords": ["Gala", "FIESTA"],
            "starts": "2027-05-14 18:00",
            "ends": "2027-05-15 01:00",
            "time_zone": "Europe/Madrid",
            "place": "Harbor Hall",
            "capacity": 100,
            "ask_name": True,
            "active": False,
        },
        NOW,
    )
    assert event == EventDefinition(
        title="Spring Gala",
        keywords=("Gala", "FIESTA"),
        starts_at=at(2027, 5, 14, 16),
        ends_at=at(2027, 5, 14, 23),
        time_zone="Europe/Madrid",
        place="Harbor Hall",
        capacity=100,
        ask_name=True,
        active=False,
    )


def test_the_least() -> None:
    """A title and a keyword are enough; the caller's zone counts."""
    assert parse() == EventDefinition("Gala", ("GALA",), time_zone="America/New_York")
    assert parse_event({"title": "Gala", "keyword": "GALA"}, NOW).time_zone == "UTC"


@pytest.mark.parametrize(
    "starts",
    [
        "2027-05-14 18:00",
        "2027-05-14T18:00:00",
        "2027-5-14 18:00",
        datetime(2027, 5, 14, 18, 0),  # noqa: DTZ001 as YAML gives it
        datetime(2027, 5, 14, 22, 0, tzinfo=UTC),
        datetime(2027, 5, 15, 0, 0, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_a_beginning_in_its_zone(starts: object) -> None:
    """A text, and what YAML makes of it, mean the same moment."""
    assert parse(starts=starts).starts_at == at(2027, 5, 14, 22)


@pytest.mark.parametrize("hour", ["18:00", 18 * 60])
def test_days_from_now(hour: object) -> None:
    """The day counts from today in the event's zone; YAML makes a bare 18:00 minutes."""
    event = parse(starts_in_days=30, at=hour)
    assert event.starts_at == at(2027, 2, 14, 23)
    late = at(2027, 1, 16, 3)  # still the 15th in New York
    fields = {"title": "Gala", "keyword": "GALA", "starts_in_days": 0, "at": hour}
    assert parse_event(fields, late, "America/New_York").starts_at == at(2027, 1, 15, 23)


def test_an_end_on_the_same_evening_or_after_midnight() -> None:
    """An hour alone is the next time that hour comes."""
    assert parse(starts="2027-05-14 18:00", ends="23:30").ends_at == at(2027, 5, 15, 3, 30)
    assert parse(starts="2027-05-14 18:00", ends="01:00").ends_at == at(2027, 5, 15, 5)


def test_a_night_of_two_equal_hours() -> None:
    """Of an hour that comes twice the first is meant."""
    assert parse(starts="2027-11-07 01:30").starts_at == at(2027, 11, 7, 5, 30)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": ""}, "- title: a title is needed."),
        ({"title": "x" * 201}, "- title: the text has 201 characters, at most 200 are possible; shorten it."),
        ({"keyword": None}, "- keywords: at least one keyword is needed, the word that registers."),
        ({"keyword": "?!"}, "- keywords: '?!' is no keyword; use letters or digits, in quotes."),
        ({"keyword": True}, "- keywords: True is no keyword; use letters or digits, in quotes."),
        ({"keyword": "k" * 41}, f"- keywords: '{'k' * 41}' is longer than 40 characters; shorten it."),
        ({"starts": "soon"}, f"- starts: {NO_MOMENT} 'soon'."),
        ({"starts": "2027-05-14"}, f"- starts: {NO_MOMENT} '2027-05-14'."),
        ({"starts": "2027-02-30 18:00"}, f"- starts: {NO_MOMENT} '2027-02-30 18:00'."),
        ({"starts": "1027-05-14 18:00"}, f"- starts: {NO_MOMENT} '1027-05-14 18:00'."),
        ({"starts": "2027-05-14 24:00"}, f"- starts: {NO_MOMENT} '2027-05-14 24:00'."),
        ({"starts": "2027-03-14 02:30"}, f"- starts: 2027-03-14 02:30 {NO_SUCH_HOUR}."),
        ({"starts_in_days": 3}, "- at: starts_in_days and at (an hour such as '18:00') go together."),
        ({"at": "18:00"}, "- at: starts_in_days and at (an hour such as '18:00') go together."),
        ({"starts_in_days": 3, "at": 18}, "- at: an hour such as '18:00' is needed, not 18."),
        ({"starts_in_days": 3, "at": "18:60"}, "- at: an hour such as '18:00' is needed, not '18:60'."),
        ({"starts_in_days": -3, "at": "18:00"}, "- starts_in_days: a whole number from 0 to 3660 is needed, not -3."),
        ({"starts": "2027-05-14 18:00", "at": "18:00"}, "- starts: give either starts, or starts_in_days and at."),
        ({"ends": "18:00"}, "- ends: an end needs a beginning: give starts too."),
        ({"starts": "2027-05-14 18:00", "ends": "2027-05-14 18:00"}, "- ends: the end must be after the beginning."),
        ({"starts": "2027-05-14 18:00", "ends": "late"}, f"- ends: {NO_MOMENT} 'late'."),
        ({"time_zone": "Mars/Olympus"}, f"- time_zone: 'Mars/Olympus' {NO_ZONE}."),
        ({"time_zone": "../etc"}, f"- time_zone: '../etc' {NO_ZONE}."),
        ({"time_zone": "America"}, f"- time_zone: 'America' {NO_ZONE}."),
        ({"capacity": 0}, "- capacity: a whole number from 1 to 1000000 is needed, not 0."),
        ({"ask_name": "yes"}, "- ask_name: true or false is needed, not 'yes'."),
        ({"capcity": 5}, "- capcity: this field is not known; 'capacity' may be meant."),
    ],
)  # fmt: skip
def test_a_problem_is_named_with_its_place(fields: dict[str, Any], problem: str) -> None:
    """Each mistake gets one sentence that says where, what and what to do."""
    assert problems(**fields) == [problem]


@pytest.mark.parametrize("keyword", ["stop", "Help", "START", "join", "LEAVE", "dejar", "Community"])
def test_reserved_words_are_no_keywords(keyword: str) -> None:
    """Stop, start and help words, and the words of joining and leaving, belong to everyone."""
    assert problems(keyword=keyword) == [
        f"- keywords: '{keyword}' is reserved (stop, start, help, join and leave words); choose another word."
    ]


def test_keywords_are_told_apart_as_people_type_them() -> None:
    """Two spellings of one word are the same keyword."""
    assert problems(keyword=None, keywords=["GALA", "gála"]) == ["- keywords: 'gála' is there twice; take one out."]


def test_all_problems_come_together() -> None:
    """Nobody has to correct a file one mistake at a time."""
    with pytest.raises(FlowDefinitionError) as raised:
        parse_event({"keyword": "stop", "capacity": -1, "starts": date(2027, 5, 14)}, NOW)
    lines = raised.value.message.splitlines()
    assert lines[0] == "The event cannot be used: 4 problems."
    assert [line.split(":")[0] for line in lines[1:]] == ["- title", "- starts", "- keywords", "- capacity"]


def test_the_demo_event_is_always_to_come() -> None:
    """The file that ships begins thirty days after it is loaded, at 18:00 in New York."""
    event = parse_event(yaml.safe_load(GALA_FILE.read_text("utf-8")), NOW)
    assert event.keywords == ("GALA", "FIESTA")
    assert event.capacity == 100
    assert event.starts_at == at(2027, 2, 14, 23)
    assert event.ends_at == event.starts_at + 5 * HOUR


_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=50), st.datetimes(), st.dates(),
    st.lists(st.text(max_size=5), max_size=3), st.from_regex(r"\d{4}-\d\d-\d\d \d\d:\d\d", fullmatch=True),
)  # fmt: skip
_FIELDS = st.sampled_from(
    ["title", "keyword", "keywords", "starts", "starts_in_days", "at", "ends", "time_zone", "place", "capacity"]
)


@given(st.dictionaries(_FIELDS, _VALUES))
def test_a_definition_is_read_or_refused(document: dict[str, object]) -> None:
    """Whatever stands in the file, it is an event or a list of problems."""
    try:
        event = parse_event(document, NOW)
    except FlowDefinitionError:
        return
    assert event.title
    assert all(event.keywords)
