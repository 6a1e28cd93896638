"""An event as messages show it: when, where, its calendar link and the word to leave it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flows.effects import Template
from flows.registration.calendar import calendar_link
from flows.surveys.answers.months import show_day
from flows.turn import Turn
from flows.values import SECOND, Event, Workspace

_WEEKDAYS = (
    ("Monday", "lunes"),
    ("Tuesday", "martes"),
    ("Wednesday", "miércoles"),
    ("Thursday", "jueves"),
    ("Friday", "viernes"),
    ("Saturday", "sábado"),
    ("Sunday", "domingo"),
)
"""Each in English and Spanish."""


def event_says(turn: Turn, event: Event, template: str) -> tuple[Template, Template]:
    """Say something about an event by its title, then its date, place, calendar link and how to leave it."""
    details = details_of(event, turn.language, turn.workspace)
    return Template(template, {"title": event.title}), details


def details_of(event: Event, language: str, workspace: Workspace) -> Template:
    """Show an event's date, place and calendar link, and how to leave it."""
    values = {
        "when": show_when(event, language),
        "place": event.place or "",
        "link": calendar_link(event, workspace),
        "keyword": short_name(event),
    }
    return Template("event_details", values)


def short_name(event: Event) -> str:
    """Give what people type for an event: its first keyword, else its number."""
    return event.keywords[0] if event.keywords else str(event.number)


def show_when(event: Event, language: str) -> str:
    """Write when an event is: the day alone where no hour was given, nothing where it has no date."""
    if event.starts_at is None:
        return ""
    if not event.all_day:
        return show_time(event.starts_at, event.time_zone, language)
    moment = datetime.fromtimestamp(event.starts_at // SECOND, ZoneInfo(event.time_zone))
    english, spanish = _WEEKDAYS[moment.weekday()]
    return f"{spanish if language.startswith('es') else english} {show_day(moment.date(), language)}"


def show_time(at: int, time_zone: str, language: str) -> str:
    """Write a moment (UTC) in a zone, with its weekday: Friday 14 May 2027, 6:00 PM EDT."""
    moment = datetime.fromtimestamp(at // SECOND, ZoneInfo(time_zone))
    english, spanish = _WEEKDAYS[moment.weekday()]
    day = show_day(moment.date(), language)
    zone = _show_zone(moment)
    if language.startswith("es"):
        return f"{spanish} {day}, {moment:%H:%M} {zone}"
    half = "AM" if moment.hour < 12 else "PM"
    return f"{english} {day}, {moment.hour % 12 or 12}:{moment:%M} {half} {zone}"


def _show_zone(moment: datetime) -> str:
    """Give the zone's short name; zones that have none are called by their offset, as in UTC-03."""
    name = moment.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"
