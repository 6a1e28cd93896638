"""Whether a date in figures begins with its day or its month, by the place where it is written."""

from __future__ import annotations

_MONTH_FIRST = frozenset(
    [
        "adak",
        "anchorage",
        "boise",
        "chicago",
        "denver",
        "detroit",
        "juneau",
        "los_angeles",
        "menominee",
        "metlakatla",
        "new_york",
        "nome",
        "phoenix",
        "sitka",
        "yakutat",
        "honolulu",
        "guam",
        "saipan",
        "pago_pago",
        "indiana",
        "kentucky",
        "north_dakota",
        "indianapolis",
        "louisville",
        "fort_wayne",
    ]
)
"""Cities of the United States in the names of zones."""
_NOWHERE = ("Etc/", "UTC", "GMT", "Zulu", "Universal")
_UNITED_STATES = ("US/", "EST", "CST", "MST", "PST", "HST")
_CANADA = ("Canada/", "America/Toronto", "America/Vancouver", "America/Edmonton", "America/Winnipeg", "America/Halifax")


def is_day_first(zone: str, is_spanish: bool) -> bool | None:
    """Say whether 3/12 is the third of December; None where the place and the language disagree, or both are used.

    In the United States the month comes first, elsewhere the day; who writes English in no place at all (UTC) is
    taken for an American, as programs do.
    """
    parts = zone.lower().split("/")
    if zone.startswith(_UNITED_STATES) or not _MONTH_FIRST.isdisjoint(parts):
        return None if is_spanish else False
    if zone.startswith(_NOWHERE):
        return is_spanish
    return True if is_spanish or not zone.startswith(_CANADA) else None
