"""The people of the simulator and their fictional numbers."""

from __future__ import annotations

from dataclasses import dataclass

NAMES = ("Ada", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hua")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone."""

    name: str
    phone: str
    """E.164."""


PEOPLE = tuple(Person(name, f"+1555010{place:04d}") for place, name in enumerate(NAMES, 101))
"""Everybody, in the order in which phones are added."""
START_COUNT = 2
"""How many phones the page begins with."""


def name_of(phone: str) -> str:
    """Name the person with a number; any other number is called Ada, as a chat has one person only."""
    return next((person.name for person in PEOPLE if person.phone == phone), PEOPLE[0].name)


def people_count(text: str) -> int:
    """Read how many phones a page shows, within the bounds; whatever is no number gives the page's start."""
    return min(max(int(text), 1), len(PEOPLE)) if text.isascii() and text.isdigit() and len(text) < 4 else START_COUNT
