"""EVENT NEW: an event that people can register for, shown as it was read and opened by a code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.actions.base import Call, Done, Preview, Result, refused
from bot.actions.refusals import refuse_event
from flows.commands.confirm import fingerprint_of
from flows.consent.keywords import is_reserved
from flows.effects import Template
from flows.language.text import normalise, words
from flows.registration.definition import EventDefinition, parse_event
from flows.registration.wording import show_time
from flows.registration.words import is_taken
from flows.schedules.reading import parse_when
from flows.schedules.time_words import is_time_word, stands_in_times
from flows.schedules.values import Moment, Recurrence, Refusal
from flows.schedules.wording import notes, refusal_text
from flows.turn import Target
from flows.values import SECOND
from storage.catalogue import open_event
from storage.plan import Plan

SHORTEST = 3
"""Letters of a keyword that we choose ourselves."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as it was read: the moment, and the lines that show it."""

    moment: Moment
    shown: str
    notes: tuple[str, ...]


async def new_event(call: Call) -> Result:
    """Open an event after its preview and code; without a keyword the last free word of its title becomes it."""
    title = call.argument("title")
    known = [one.title.casefold() for one in call.desk.house.catalogue.events.values()]
    if title.casefold() in known:
        raise refuse_event("title_taken", text=title)
    keyword = keyword_for(call, title).upper()
    document: dict[str, object] = {"title": title, "keyword": keyword}
    document |= {"place": call.argument("place")} if call.argument("place") else {}
    document |= {"capacity": call.number("seats")} if call.number("seats") else {}
    when = read_date(call, call.argument("on"), zone_of(call)) if call.argument("on") else None
    if isinstance(when, Done):
        return when
    document |= {"starts": local_text(when.moment.due_at, zone_of(call))} if when else {}
    event = parse_event(document, call.now_at, zone_of(call))
    values = {
        "title": event.title,
        "keyword": keyword,
        "when": when.shown if when else "",
        "place": event.place or "",
        "seats": event.capacity or 0,
    }
    fingerprint = fingerprint_of("EVENT", {"action": "new", **document})
    if not call.stands(fingerprint):
        return Preview((Template("operator_event_new", values), *(when.notes if when else ())), fingerprint)
    return _open(call, event, values)


def _open(call: Call, event: EventDefinition, values: dict[str, object]) -> Done:
    def writes() -> Plan[None]:
        yield from open_event(call.row.workspace_id, event, call.now_at)

    news = Template("operator_event_news", {**values, "name": call.operator_name})
    return Done((Template("operator_event", values),), writes, news=(news,))


def keyword_for(call: Call, title: str) -> str:
    """Return the keyword that was given, or choose one; raises `CommandError` where it cannot be one."""
    given = call.argument("keyword")
    if given:
        check_keyword(call, given)
        return given
    chosen = next(_free_words(call, title), "")
    if not chosen:
        raise refuse_event("ask_keyword", text=title)
    return chosen


def check_keyword(call: Call, keyword: str) -> None:
    """Raise `CommandError` for a keyword that is a date or a time, a word of ours, or starts something else."""
    if is_time_word(keyword):
        raise refuse_event("keyword_time", text=keyword)
    if is_reserved(keyword) or is_taken(keyword):
        raise refuse_event("keyword_reserved", text=keyword)
    taken = call.desk.house.catalogue.triggers.get(normalise(keyword))
    if taken is not None:
        raise refuse_event("keyword_taken", text=keyword, is_survey=taken.target is Target.SURVEY)


def read_date(call: Call, text: str, zone: str) -> Dated | Done:
    """Read the date of an event, or return why it has none; raises `CommandError` for days that recur."""
    when = parse_when(text, call.row.created_at, zone)
    if isinstance(when, Refusal):
        return refused(refusal_text(when, call.language))
    if isinstance(when, Recurrence):
        raise refuse_event("recurs", text=text)
    return Dated(when, show_time(when.due_at, zone, call.language), notes(when, call.language))


def zone_of(call: Call) -> str:
    """Return the time zone in which the organisation's dates are written."""
    return call.desk.house.workspace.time_zone


def local_text(at: int, zone: str) -> str:
    """Write a moment as a definition has it: 2027-05-14 18:00."""
    return f"{datetime.fromtimestamp(at // SECOND, ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _free_words(call: Call, title: str) -> Iterator[str]:
    """Yield the words of a title that may be its keyword, the last one first."""
    taken = call.desk.house.catalogue.triggers
    for word in reversed(words(title)):
        is_ours = is_reserved(word) or is_taken(word) or word in taken or stands_in_times(word)
        if len(word) >= SHORTEST and word.isalpha() and not is_ours:
            yield word
