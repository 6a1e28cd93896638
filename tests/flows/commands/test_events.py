"""EVENT NEW in one line."""

from __future__ import annotations

import pytest

from flows.commands.events import read_event
from flows.commands.parts import Missing, Part

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
