"""Days: ISO, day and month in figures or words, today and tomorrow; what can be read in two ways is asked back."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flows.language.text import normalise
from flows.surveys.answers.months import MONTHS, RELATIVE, show_day
from flows.surveys.answers.result import Answer, Misunderstood, Understood, written
from flows.surveys.folding import fold
from flows.surveys.questions import DateAnswer
from flows.turn import Turn
from flows.values import SECOND, InboundMessage

MAX_LENGTH = 200
"""In a longer text a date need not be the answer."""

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_FIGURES = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_CHUNK = re.compile(r"\d[\d/.-]*")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_JOINTS = frozenset({"of", "de", "del", "the", "el", "st", "nd", "rd", "th", "on"})

Reading = date | Misunderstood | None
"""None: the text is not written in this way."""


def read_date(kind: DateAnswer, message: InboundMessage, turn: Turn) -> Answer:
    """Take the one day of a message, within bounds."""
    folded = fold(written(message))
    if len(folded) > MAX_LENGTH:
        return Misunderstood("date")
    today = local_day(turn)
    bounds = resolve_bound(kind.earliest, today), resolve_bound(kind.latest, today)
    day = _relative(folded, today) or _figures(folded, kind, turn.language) or _words(folded, bounds, today)
    if not isinstance(day, date):
        return day or Misunderstood("date")
    if (bounds[0] and day < bounds[0]) or (bounds[1] and day > bounds[1]):
        earliest, latest = ("" if bound is None else show_day(bound, turn.language) for bound in bounds)
        return Misunderstood("date_range", {"earliest": earliest, "latest": latest})
    return Understood(day.isoformat())


def local_day(turn: Turn) -> date:
    """Give the day of the turn in the workspace's zone."""
    return datetime.fromtimestamp(turn.now_at / SECOND, ZoneInfo(turn.workspace.time_zone)).date()


def resolve_bound(bound: str | None, today: date) -> date | None:
    """Give the day that a bound (ISO, `today`, `today+N`, `today-N`) stands for."""
    if bound is None:
        return None
    if bound.startswith("today"):
        return today + timedelta(days=int(bound.removeprefix("today") or 0))
    return date.fromisoformat(bound)


def _relative(folded: str, today: date) -> date | None:
    days = RELATIVE.get(normalise(folded))
    return None if days is None else today + timedelta(days=days)


def _figures(folded: str, kind: DateAnswer, language: str) -> Reading:
    """Read a date in figures only; there must be one, and no other figures."""
    chunks = [chunk.rstrip(".-/") for chunk in _CHUNK.findall(folded)]
    if len(chunks) != 1 or chunks[0].isdigit():
        return None
    iso = _ISO.fullmatch(chunks[0])
    if iso is not None:
        return _day(int(iso[1]), int(iso[2]), int(iso[3])) or Misunderstood("date")
    figures = _FIGURES.fullmatch(chunks[0])
    if figures is None:
        return Misunderstood("date")
    if len(figures[4]) == 2:
        return Misunderstood("date_year")
    return _in_order(int(figures[1]), int(figures[3]), int(figures[4]), kind, language)


def _in_order(first: int, second: int, year: int, kind: DateAnswer, language: str) -> Reading:
    """Tell day and month apart: by their size, else as the question declares, else by asking."""
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    if day_first is None or month_first is None or day_first == month_first:
        return day_first or month_first or Misunderstood("date")
    if kind.day_first is not None:
        return day_first if kind.day_first else month_first
    values = {"first": show_day(day_first, language), "second": show_day(month_first, language)}
    return Misunderstood("date_unclear", values)


def _words(folded: str, bounds: tuple[date | None, date | None], today: date) -> Reading:
    """Read a date whose month is a word, its day and year beside it."""
    tokens = [token for token in _TOKEN.findall(folded) if token not in _JOINTS]
    places = [place for place, token in enumerate(tokens) if normalise(token) in MONTHS]
    if len(places) != 1:
        return None
    place = places[0]
    figures = [token for token in tokens if token.isdigit()]
    beside = [token for token in tokens[max(0, place - 2) : place + 3] if token.isdigit()]
    return _assemble(MONTHS[normalise(tokens[place])], beside, bounds, today) if beside == figures else None


def _assemble(month: int, figures: list[str], bounds: tuple[date | None, date | None], today: date) -> Reading:
    days = [int(token) for token in figures if len(token) <= 2]
    years = [int(token) for token in figures if len(token) == 4]
    if len(days) == len(figures) == 2:
        return Misunderstood("date_year")
    if len(days) != 1 or len(days) + len(years) != len(figures):
        return None
    if years:
        return _day(years[0], month, days[0]) or Misunderstood("date")
    return _without_year(month, days[0], bounds, today)


def _without_year(month: int, day: int, bounds: tuple[date | None, date | None], today: date) -> Reading:
    """Find the year: the next time where only the future counts, the last where only the past does; else ask."""
    earliest, latest = bounds
    if earliest is not None and earliest >= today:
        years, limit = range(earliest.year, earliest.year + 9), earliest  # a leap day may be eight years away
        return next((found for year in years if (found := _day(year, month, day)) and found >= limit), None)
    if latest is not None and latest <= today:
        years, limit = range(latest.year, latest.year - 9, -1), latest
        return next((found for year in years if (found := _day(year, month, day)) and found <= limit), None)
    return Misunderstood("date_year")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
