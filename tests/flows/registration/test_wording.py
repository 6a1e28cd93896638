"""When an event is, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.effects import Template
from flows.registration.wording import event_says, show_time, show_when
from tests.flows.registration.turns import ADA, GALA, NOW, PICNIC, turn


@pytest.mark.parametrize(
    ("zone", "language", "shown"),
    [
        ("America/New_York", "en", "Friday 15 January 2027, 3:00 AM EST"),
        ("Asia/Tokyo", "en", "Friday 15 January 2027, 5:00 PM JST"),
        ("Europe/Madrid", "es", "viernes 15 de enero de 2027, 09:00 CET"),
        ("America/Mexico_City", "es-MX", "viernes 15 de enero de 2027, 02:00 CST"),
        ("America/Sao_Paulo", "en", "Friday 15 January 2027, 5:00 AM UTC-03"),
        ("Pacific/Auckland", "fr", "Friday 15 January 2027, 9:00 PM NZDT"),
    ],
)
def test_a_moment_in_its_zone(zone: str, language: str, shown: str) -> None:
    """The day, the hour and the zone are the event's; the words are the contact's."""
    assert show_time(NOW, zone, language) == shown


@pytest.mark.parametrize(("hour", "shown"), [(0, "12:00 AM"), (1, "1:00 AM"), (12, "12:00 PM"), (23, "11:00 PM")])
def test_the_halves_of_a_day(hour: int, shown: str) -> None:
    """Midnight is 12 AM and noon 12 PM."""
    midnight = NOW - 8 * 3_600_000_000
    assert shown in show_time(midnight + hour * 3_600_000_000, "UTC", "en")


def test_a_spanish_contact_reads_spanish() -> None:
    """The details follow the contact's language."""
    details = event_says(turn("GALA", replace(ADA, language="es")), GALA, "registered")[1]
    assert details.values["when"] == "domingo 14 de febrero de 2027, 17:00 EST"


def test_an_event_without_a_date() -> None:
    """No date: neither a day nor a calendar link; no place: none shown."""
    assert event_says(turn("PICNIC"), PICNIC, "registered") == (
        Template("registered", {"title": "Picnic"}),
        Template("event_details", {"when": "", "place": "", "link": "", "keyword": "PICNIC"}),
    )


def test_a_day_without_an_hour() -> None:
    """No hour is shown that nobody gave; an event without a date shows nothing."""
    midnight = 1_810_180_800 * 1_000_000  # 13 May 2027 in New York, where UTC is four hours ahead
    day = replace(GALA, starts_at=midnight, time_zone="America/New_York", all_day=True)
    assert show_when(day, "en") == "Thursday 13 May 2027"
    assert show_when(day, "es") == "jueves 13 de mayo de 2027"
    assert "AM" in show_when(replace(day, all_day=False), "en")
    assert show_when(replace(day, starts_at=None), "en") == ""
