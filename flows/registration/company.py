"""Texts that register for more than one person: "GALA 3 people", "GALA +1", "GALA con mi esposa"."""

from __future__ import annotations

import re

from flows.language.text import normalise

_NUMBER = (
    r"(?:[2-9]|[1-9]\d|two|three|four|five|six|seven|eight|nine|ten|"
    r"dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez)"
)
_PEOPLE = (
    r"(?:of us|people|persons?|guests?|seats?|tickets?|places|spots|adults|kids|children|friends|"
    r"personas|plazas|lugares|boletos|entradas|adultos|ninos|amigos)"
)
_SEVERAL = re.compile(
    rf"(?:.*\b)?{_NUMBER}(?: {_PEOPLE}\b.*)?|.*\b(?:with|plus|con|mas)\b .+|.*\b(?:and|y)\b (?:my|mi|mis)\b.*"
)
_PLUS = re.compile(r"\+\s?\d{1,2}(?!\d)")


def is_for_several(rest: str) -> bool:
    """Return whether what follows an event's keyword asks for more than one place."""
    return _PLUS.search(rest) is not None or _SEVERAL.fullmatch(normalise(rest[:200])) is not None
