"""Times, rules and refusals as sentences, in English and Spanish; what is written for a time reads back as it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flows.schedules.occurrences import local
from flows.schedules.values import Assumed, Frequency, Pattern, Reason, Recurrence, Refusal, When


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; months and weekdays begin with January and Monday."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    units: Mapping[Frequency, tuple[str, str]]
    """One and many."""
    nth: Mapping[int, str]
    notes: Mapping[str, str]
    refusals: Mapping[Reason, str]
    lines: Mapping[str, str]


_ENGLISH_EXAMPLE = "Write it like tomorrow 9am, fri 17:30, in 2 hours, 2026-12-24 18:00 or every monday 9am."
_SPANISH_EXAMPLE = "Escríbelo así: mañana 9am, el viernes 17:30, en 2 horas, 2026-12-24 18:00 o cada lunes 9:00."
ENGLISH = Words(
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    {
        Frequency.DAILY: ("every day", "every {} days"),
        Frequency.WEEKLY: ("every", "every {} weeks on"),
        Frequency.MONTHLY: ("every month", "every {} months"),
        Frequency.YEARLY: ("every year", "every {} years"),
    },
    {1: "1st", 2: "2nd", 3: "3rd", 21: "21st", 22: "22nd", 23: "23rd", 31: "31st", -1: "last", -2: "2nd last"}
    | {-3: "3rd last"},
    {
        "hour": "You gave no hour, so it is 09:00.",
        "half": "You gave no am or pm: check the hour.",
        "skipped": "Months without that day are skipped.",
        "leap": "It comes in leap years only.",
    },
    {
        Reason.NOT_A_TIME: "I cannot read '{}' as a time.",
        Reason.PAST: "'{}' is over.",
        Reason.NO_SUCH_DAY: "There is no such day: '{}'.",
        Reason.NEEDS_HOUR: "At what hour? '{}' does not say.",
        Reason.HALF: "Is '{}' am or pm?",
        Reason.AMBIGUOUS: "'{}' can be read in two ways.",
        Reason.DAY_OR_MONTH: "Which is the day and which the month in '{}'?",
        Reason.THIS_OR_NEXT: "Is '{}' today or in a week? Say today, or the date.",
        Reason.ZONE: "'{}' names a time zone that I cannot be sure of. Leave it out, or write UTC.",
        Reason.TOO_FAR: "'{}' is too far away.",
        Reason.NEVER: "'{}' would never happen.",
        Reason.TOO_OFTEN: "'{}' is too often: once a day is the most, or name the hours.",
    },
    {
        "date": "{day} {month} {year}",
        "days": "{every} on the {days}",
        "last_day": "{every} on the last day",
        "nth": "{every} on the {nth} {weekday}",
        "year_day": "{every} on {day} {month}",
        "year_nth": "{every} on the {nth} {weekday} of {month}",
        "and": "and",
        "at": "at {}",
        "from": "starting {}",
        "until": "until {}",
        "count": "{} times",
        "example": _ENGLISH_EXAMPLE,
    },
)
SPANISH = Words(
    ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
        *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    {
        Frequency.DAILY: ("cada día", "cada {} días"),
        Frequency.WEEKLY: ("cada", "cada {} semanas el"),
        Frequency.MONTHLY: ("cada mes", "cada {} meses"),
        Frequency.YEARLY: ("cada año", "cada {} años"),
    },
    {-1: "último", -2: "penúltimo", -3: "antepenúltimo"},
    {
        "hour": "No dijiste la hora: será a las 09:00.",
        "half": "No dijiste am o pm: revisa la hora.",
        "skipped": "Se omiten los meses que no tienen ese día.",
        "leap": "Solo ocurre en años bisiestos.",
    },
    {
        Reason.NOT_A_TIME: "No puedo leer '{}' como una fecha y hora.",
        Reason.PAST: "'{}' ya pasó.",
        Reason.NO_SUCH_DAY: "Ese día no existe: '{}'.",
        Reason.NEEDS_HOUR: "¿A qué hora? '{}' no lo dice.",
        Reason.HALF: "¿'{}' es am o pm?",
        Reason.AMBIGUOUS: "'{}' se puede leer de dos maneras.",
        Reason.DAY_OR_MONTH: "¿Cuál es el día y cuál el mes en '{}'?",
        Reason.THIS_OR_NEXT: "¿'{}' es hoy o dentro de una semana? Di hoy, o la fecha.",
        Reason.ZONE: "'{}' nombra una zona horaria que no es segura. Quítala, o escribe UTC.",
        Reason.TOO_FAR: "'{}' está demasiado lejos.",
        Reason.NEVER: "'{}' no ocurriría nunca.",
        Reason.TOO_OFTEN: "'{}' es demasiado a menudo: como mucho una vez al día, o di las horas.",
    },
    {
        "date": "{day} de {month} de {year}",
        "days": "{every} el día {days}",
        "last_day": "{every} el último día",
        "nth": "{every} el {nth} {weekday}",
        "year_day": "{every} el {day} de {month}",
        "year_nth": "{every} el {nth} {weekday} de {month}",
        "and": "y",
        "at": "a las {}",
        "from": "desde el {}",
        "until": "hasta el {}",
        "count": "{} veces",
        "example": _SPANISH_EXAMPLE,
    },
)
LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "es": SPANISH}
"""Others get English."""


def when_text(when: When, zone: str, language: str) -> str:
    """Write a time or a rule for the confirmation: Friday 27 November 2026, 17:30 (America/New_York)."""
    words = _words(language)
    if isinstance(when, Recurrence):
        return f"{_rule(when, words)} ({zone})"
    at = local(when.due_at, ZoneInfo(zone))
    second_time = f" {at.isoformat()[-6:]}" if at.fold else ""  # the clocks were turned back: 01:30 for the second time
    return f"{_full_date(at, words)}, {_hour(at.time())}{second_time} ({zone})"


def notes(when: When, language: str) -> tuple[str, ...]:
    """Say what the confirmation must show besides: what was filled in, and which days are left out."""
    words = _words(language)
    said = [words.notes[one.value] for one in sorted(when.assumed, key=list(Assumed).index)]
    if isinstance(when, Recurrence):
        said += [words.notes[name] for name in _left_out(when.pattern)]
    return tuple(said)


def refusal_text(refusal: Refusal, language: str) -> str:
    """Say why words are refused, with examples of what is understood."""
    words = _words(language)
    said = refusal.said if len(refusal.said) <= 40 else f"{refusal.said[:40]}…"
    return f"{words.refusals[refusal.reason].format(said)} {words.lines['example']}"


def _left_out(pattern: Pattern) -> list[str]:
    if pattern.month is not None:
        return ["leap"] if pattern.month == 2 and pattern.month_days == (29,) else []
    is_short = any(day > 28 for day in pattern.month_days) or any(nth == 5 for nth, _ in pattern.nth_weekdays)
    return ["skipped"] if is_short else []


def _words(language: str) -> Words:
    return LANGUAGES.get(language.partition("-")[0], ENGLISH)


def _rule(rule: Recurrence, words: Words) -> str:
    lines = words.lines
    parts = [
        f"{_pattern(rule.pattern, words)} {lines['at'].format(_list(map(_hour, rule.times), words))}",
        lines["from"].format(_full_date(rule.first, words)),
    ]
    if rule.until is not None:
        parts.append(lines["until"].format(_date(rule.until, words)))
    if rule.count is not None:
        parts.append(lines["count"].format(rule.count))
    return ", ".join(parts)


def _pattern(pattern: Pattern, words: Words) -> str:
    one, many = words.units[pattern.frequency]
    every = one if pattern.interval == 1 else many.format(pattern.interval)
    if pattern.frequency is Frequency.DAILY:
        return every
    if pattern.frequency is Frequency.WEEKLY:
        return f"{every} {_list((words.weekdays[day] for day in pattern.weekdays), words)}"
    nth, weekday = pattern.nth_weekdays[0] if pattern.nth_weekdays else (0, 0)
    return words.lines[_shape(pattern)].format(
        every=every,
        day=pattern.month_days[0] if pattern.month_days else "",
        days=_list((_day_of_month(day, words) for day in pattern.month_days), words),
        month=words.months[(pattern.month or 1) - 1],
        nth=_nth(nth, words),
        weekday=words.weekdays[weekday],
    )


def _shape(pattern: Pattern) -> str:
    if pattern.frequency is Frequency.YEARLY:
        return "year_nth" if pattern.nth_weekdays else "year_day"
    if pattern.nth_weekdays:
        return "nth"
    return "last_day" if pattern.month_days == (-1,) else "days"


def _nth(number: int, words: Words) -> str:
    return words.nth.get(number, f"{number}th" if words is ENGLISH else f"{number}º")


def _day_of_month(number: int, words: Words) -> str:
    return _nth(number, words) if words is ENGLISH else str(number)


def _list(parts: Iterable[str], words: Words) -> str:
    *before, last = (*parts,) or ("",)
    return f"{', '.join(before)} {words.lines['and']} {last}" if before else last


def _full_date(at: datetime, words: Words) -> str:
    return f"{words.weekdays[at.weekday()]} {_date(at, words)}"


def _date(day: date, words: Words) -> str:
    return words.lines["date"].format(day=day.day, month=words.months[day.month - 1], year=day.year)


def _hour(at: time) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
