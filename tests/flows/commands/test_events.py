"""EVENT NEW in one line, and what else EVENT can be asked."""

from __future__ import annotations

import pytest

from flows.commands.event_new import read_changes, read_event, read_new_name
from flows.commands.events import read_event_command
from flows.commands.parts import Missing, Part
from flows.values import Event

NONE: dict[str, object] = dict.fromkeys(("on", "keyword", "place", "seats"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Spring Gala", {"title": "Spring Gala"}),
        ("Spring Gala on 2027-05-14 18:00", {"title": "Spring Gala", "on": "2027-05-14 18:00"}),
        ("Gala on fri 6pm", {"title": "Gala", "on": "fri 6pm"}),
        ("Gala on the 14th of May", {"title": "Gala", "on": "the 14th of May"}),
        (
            "Concierto el miércoles 18:00, lugar: Plaza",
            {"title": "Concierto", "on": "miércoles 18:00", "place": "Plaza"},
        ),
        ("Dinner on the Roof", {"title": "Dinner on the Roof"}),
        ("Concert on Marina Road on sunday", {"title": "Concert on Marina Road", "on": "sunday"}),
        ("A place to call home", {"title": "A place to call home"}),
        ("Take your seats", {"title": "Take your seats"}),
        ("Gala seats 100", {"title": "Gala", "seats": 100}),
        ("Gala, keyword GALA", {"title": "Gala", "keyword": "GALA"}),
        ("Gala keyword: GALA place = “Harbor Hall”", {"title": "Gala", "keyword": "GALA", "place": "Harbor Hall"}),
        (
            "Gala on 14 may 6pm place Hall on the Hill keyword GALA seats 100",
            {"title": "Gala", "on": "14 may 6pm", "place": "Hall on the Hill", "keyword": "GALA", "seats": 100},
        ),
        (
            "Spring Gala\non 14 may\nplace: Harbor Hall, 12 Pier Road\n\nseats: 20",
            {"title": "Spring Gala", "on": "14 may", "place": "Harbor Hall, 12 Pier Road", "seats": 20},
        ),
        ("“Seats: 5 on 5th”, seats 40", {"title": "Seats: 5 on 5th", "seats": 40}),
        ('"Spring Gala"', {"title": "Spring Gala"}),
    ],
)
def test_title_and_options(text: str, expected: dict[str, object]) -> None:
    """Options come in any order; a word of theirs may stand in the title."""
    assert read_event(text) == {"action": "new", **NONE, **expected}


@pytest.mark.parametrize(
    ("text", "part", "typed"),
    [
        ("", Part.TITLE, ""),
        ("on 14 may", Part.TITLE, "on 14 may"),
        ("Gala, seats many", Part.OPTION, "seats many"),
        ("Gala, seats", Part.OPTION, "seats"),
        ("Gala seats 0", Part.OPTION, "seats 0"),
        ("Gala seats 10000000", Part.OPTION, "seats 10000000"),
        ("Gala seats 5 seats 6", Part.OPTION, "seats 6"),
        ("Gala on fri, on sat", Part.OPTION, "on sat"),
    ],
)
def test_what_is_not_clear_is_asked_back(text: str, part: Part, typed: str) -> None:
    """A missing title, an empty option, one given twice, seats that are no number."""
    assert read_event(text) == Missing(part, typed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Summer Picnic tomorrow 6pm", {"title": "Summer Picnic", "on": "tomorrow 6pm"}),
        ("Choir Dinner friday 7pm", {"title": "Choir Dinner", "on": "friday 7pm"}),
        (
            "Picnic friday 7pm at Pier 4 for 50",
            {"title": "Picnic", "on": "friday 7pm", "place": "Pier 4", "seats": 50},
        ),
        (
            "Picnic friday 7pm for 50 people at Pier 4.",
            {"title": "Picnic", "on": "friday 7pm", "place": "Pier 4", "seats": 50},
        ),
        (
            "Choir Dinner friday 7pm at Old Barn, 12 seats",
            {"title": "Choir Dinner", "on": "friday 7pm", "place": "Old Barn", "seats": 12},
        ),
        (
            "Otra Fiesta mañana 18:00 palabra MAÑANA",
            {"title": "Otra Fiesta", "on": "mañana 18:00", "keyword": "MAÑANA"},
        ),
        (
            "Picnic friday 7pm at Pier 4 for 50 seats keyword PARK",
            {"title": "Picnic", "on": "friday 7pm", "place": "Pier 4", "seats": 50, "keyword": "PARK"},
        ),
        (
            "Picnic on friday 7pm 20 places keyword PARK.",
            {"title": "Picnic", "on": "friday 7pm", "seats": 20, "keyword": "PARK"},
        ),
        ("The key word keyword PARK", {"title": "The key word keyword PARK"}),
        ("Picnic on friday 7pm in the Park", {"title": "Picnic", "on": "friday 7pm", "place": "the Park"}),
        ("Picnic tomorrow 6pm Pier 4", {"title": "Picnic", "on": "tomorrow 6pm", "place": "Pier 4"}),
        (
            "Choir Dinner at Harbor Hall friday 7pm",
            {"title": "Choir Dinner", "on": "friday 7pm", "place": "Harbor Hall"},
        ),
        (
            "Dinner at Bo's on friday 7pm, place Pier 4",
            {"title": "Dinner at Bo's", "on": "friday 7pm", "place": "Pier 4"},
        ),
        ("“Breakfast at Bo's” friday 9am", {"title": "Breakfast at Bo's", "on": "friday 9am"}),
        (
            "Cena de Otoño mañana a las 8 de la tarde en el Puerto para 30 personas",
            {"title": "Cena de Otoño", "on": "mañana a las 8 de la tarde", "place": "el Puerto", "seats": 30},
        ),
        ("Gala: friday 7pm", {"title": "Gala", "on": "friday 7pm"}),
        ("Gala (friday 7pm)", {"title": "Gala", "on": "friday 7pm"}),
        ("Talk every monday 9am", {"title": "Talk", "on": "every monday 9am"}),
        ("Talk yesterday 9am", {"title": "Talk", "on": "yesterday 9am"}),
        ("Good Friday service 26 march 10am", {"title": "Good Friday service", "on": "26 march 10am"}),
        ("Sunday Brunch", {"title": "Sunday Brunch"}),
        ("Meet 6pm crew", {"title": "Meet 6pm crew"}),
        ("Class of 2010 reunion", {"title": "Class of 2010 reunion"}),
        ("Dinner for 8", {"title": "Dinner for 8"}),
    ],
)
def test_a_date_at_the_end_of_the_title(text: str, expected: dict[str, object]) -> None:
    """A trailing date is read with place and seats; "Summer Picnic tomorrow 6pm" made TOMORROW the keyword."""
    assert read_event(text) == {"action": "new", **NONE, **expected}


def test_a_date_without_a_title() -> None:
    """There is nothing to call the event."""
    assert read_event("tomorrow 6pm") == Missing(Part.TITLE, "tomorrow 6pm")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("friday 7pm", {"on": "friday 7pm"}),
        ("to friday 7pm at Pier 4", {"on": "friday 7pm", "place": "Pier 4"}),
        ("a las 19:00", {"on": "a las 19:00"}),
        ("at Pier 4", {"place": "Pier 4"}),
        ("place Pier 4", {"place": "Pier 4"}),
        ("on friday 7pm, place: Hall", {"on": "friday 7pm", "place": "Hall"}),
        ("sometime", {"on": "sometime"}),
        ("", Missing(Part.WHEN, "")),
        ("friday 7pm, seats 4", Missing(Part.OPTION, "seats 4")),
        ("friday 7pm for 4", Missing(Part.OPTION, "seats 4")),
        ("place A, place B", Missing(Part.OPTION, "place B")),
    ],
)
def test_where_and_when_an_event_moves(text: str, expected: object) -> None:
    """A date, a place, or both; nothing else is changed in passing."""
    assert read_changes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("to Summer Ball", ("Summer Ball", "")),
        ("Summer Ball, keyword BALL", ("Summer Ball", "BALL")),
        ("keyword BALL", ("", "BALL")),
        ("a Baile de Verano palabra: BAILE", ("Baile de Verano", "BAILE")),
        ("", ("", "")),
    ],
)
def test_the_new_name(text: str, expected: tuple[str, str]) -> None:
    """A title, a keyword, or both."""
    assert read_new_name(text) == expected


GALA = Event(b"g" * 16, 7, "Spring Gala", ("GALA", "FIESTA"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("close GALA", {"action": "close", "rest": "GALA"}),
        ("Mover GALA el viernes 19:00", {"action": "move", "rest": "GALA el viernes 19:00"}),
        ("GALA", {"action": "show", "rest": "7"}),
        ("spring gala", {"action": "show", "rest": "7"}),
        ("GALA close", {"action": "close", "rest": "7"}),
        ("Spring Gala move friday 7pm", {"action": "move", "rest": "7 friday 7pm"}),
        ("PICNIC", {"action": "show", "rest": "PICNIC"}),
        ("", Missing(Part.EVENT_ACTION)),
        ("close", Missing(Part.EVENT, "close")),
        ("GALA tomorrow", Missing(Part.EVENT_ACTION, "tomorrow")),
        ("GALA new", Missing(Part.EVENT_ACTION, "new")),
        ("cancell PICNIC", Missing(Part.EVENT_ACTION, "cancell")),
        ("frobnicate GALA", Missing(Part.EVENT_ACTION, "frobnicate")),
        ("was great", None),
        ("is over, thank you all", None),
    ],
)
def test_what_event_is_asked(text: str, expected: object) -> None:
    """Actions are read and wrong ones asked back; EVENT CANCEL PICNIC got a hint at EVENT alone."""
    assert read_event_command(text, (GALA,)) == expected
