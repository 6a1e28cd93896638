"""Days in words: the names of months as people write them, and as we show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flows.language.text import normalise

_MONTHS = (
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
)
"""Each in English and Spanish."""
_SHORT = {"sept": 9, "setiembre": 9, "set": 9}


def _table() -> dict[str, int]:
    table = dict(_SHORT)
    for month, names in enumerate(_MONTHS, start=1):
        for name in names:
            table[normalise(name)] = month
            table[normalise(name)[:3]] = month
    return table


MONTHS: Mapping[str, int] = _table()
"""Month by its name or its first three letters, in English and Spanish."""

RELATIVE: Mapping[str, int] = {
    normalise(words): days
    for words, days in (
        ("today", 0),
        ("hoy", 0),
        ("tomorrow", 1),
        ("tmrw", 1),
        ("mañana", 1),
        ("the day after tomorrow", 2),
        ("day after tomorrow", 2),
        ("pasado mañana", 2),
        ("yesterday", -1),
        ("ayer", -1),
        ("the day before yesterday", -2),
        ("day before yesterday", -2),
        ("anteayer", -2),
        ("antier", -2),
        ("antes de ayer", -2),
    )
}
"""Days from today by the whole text."""


def show_day(day: date, language: str) -> str:
    """Write a day so that nobody can misread it: 3 April 2026, 3 de abril de 2026."""
    english, spanish = _MONTHS[day.month - 1]
    return f"{day.day} de {spanish} de {day.year}" if language.startswith("es") else f"{day.day} {english} {day.year}"
