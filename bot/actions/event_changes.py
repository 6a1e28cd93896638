"""EVENT CLOSE, OPEN, MOVE, RENAME, SEATS, CANCEL and DELETE: an event becomes another one, and its list hears of it."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.actions.base import Call, Done, Preview, Result
from bot.actions.event_new import check_keyword, read_date
from bot.actions.event_notices import Change, Kind, announce, done, fingerprint
from bot.actions.refusals import refuse_event
from flows.commands.event_new import read_changes, read_new_name
from flows.commands.parts import Missing, is_courtesy
from flows.language.text import normalise
from flows.registration.definition import MAX_CAPACITY, MAX_KEYWORDS, MAX_PLACE, MAX_TITLE
from flows.registration.seats import is_past
from flows.values import Event
from storage.events.lists import count_list, count_moving_up

_NUMBER = re.compile(r"(?:(?:to|a)\s+)?(\d{1,7})(?:\s+(?:seats|people|plazas|personas))?[.!]?", re.IGNORECASE)
_UNBOUNDED = frozenset({"none", "no limit", "unlimited", "any", "sin limite", "ilimitado", "ilimitadas"})


async def close(call: Call, event: Event, rest: str) -> Result:
    """Let nobody new register; who is on the list still comes."""
    _wants_nothing_more(event, "CLOSE", rest)
    _check_is_on(call, event)
    if not event.takes_people:
        raise refuse_event("closed_already", event)
    return done(call, Change(Kind.CLOSED, event, replace(event, is_closed=True)))


async def reopen(call: Call, event: Event, rest: str) -> Result:
    """Let people register again; an event that was cancelled is on again, and its people are told."""
    _wants_nothing_more(event, "OPEN", rest)
    if event.takes_people:
        raise refuse_event("open_already", event)
    if is_past(event, call.now_at):
        raise refuse_event("over_needs_date", event)
    now = replace(event, is_active=True, is_closed=False, is_cancelled=False)
    if event.is_cancelled:
        return await announce(call, Change(Kind.REINSTATED, event, now))
    return done(call, Change(Kind.OPENED, event, now))


async def move(call: Call, event: Event, rest: str) -> Result:
    """Change the date or the place of an event, or both."""
    if event.is_cancelled:
        raise refuse_event("cancelled", event)
    found = read_changes(rest)
    if isinstance(found, Missing):
        raise refuse_event("ask_change", event)
    now = event
    notes: tuple[str, ...] = ()
    if found.get("place"):
        if len(found["place"]) > MAX_PLACE:
            raise refuse_event("long_place", event, limit=MAX_PLACE)
        now = replace(now, place=found["place"])
    if found.get("on"):
        when = read_date(call, found["on"], event.time_zone)
        if isinstance(when, Done):
            return when
        now, notes = _at(now, when.moment.due_at), when.notes
    if (now.starts_at, now.place) == (event.starts_at, event.place):
        raise refuse_event("same_place", event)
    if is_past(now, call.now_at):
        raise refuse_event("over_needs_date", event)
    return await announce(call, Change(Kind.MOVED, event, now), *notes)


async def rename(call: Call, event: Event, rest: str) -> Result:
    """Change the title or the keyword of an event, or both; the keywords that people know keep working."""
    title, keyword = read_new_name(rest)
    if not title and not keyword:
        raise refuse_event("ask_title", event)
    if len(title) > MAX_TITLE:
        raise refuse_event("long_title", event, limit=MAX_TITLE, count=len(title))
    others = (one.title.casefold() for one in call.desk.house.catalogue.events.values() if one.id != event.id)
    if title.casefold() in others:
        raise refuse_event("title_taken", event, text=title)
    keywords = _keywords(call, event, keyword) if keyword else event.keywords
    now = replace(event, title=title or event.title, keywords=keywords)
    if (now.title, now.keywords) == (event.title, event.keywords):
        raise refuse_event("same_title", event)
    return await announce(call, Change(Kind.RENAMED, event, now))


async def change_seats(call: Call, event: Event, rest: str) -> Result:
    """Change the number of seats of an event; with more seats the people who wait move up and are told."""
    _check_is_on(call, event)
    capacity = _capacity(event, rest)
    counts = await call.desk.database.run(count_list(event.id))
    if capacity == event.capacity:
        raise refuse_event("same_seats", event, count=capacity)
    if capacity is not None and capacity < counts.registered:
        raise refuse_event("too_few", event, count=counts.registered)
    waiting = await call.desk.database.run(count_moving_up(event.id, call.now_at))
    moving_up = waiting if capacity is None else min(waiting, capacity - counts.registered)
    change = Change(Kind.SEATS, event, replace(event, capacity=capacity), moving_up=moving_up)
    if change.moving_up and not call.stands(fingerprint(change)):
        return Preview((change.will(call),), fingerprint(change))
    return done(call, change)


async def cancel(call: Call, event: Event, rest: str) -> Result:
    """Call an event off: its people are told, reminders end, its keyword says so."""
    _wants_nothing_more(event, "CANCEL", rest)
    _check_is_on(call, event, "cancelled_already")
    return await announce(call, Change(Kind.CANCELLED, event, replace(event, is_active=False, is_cancelled=True)))


async def delete(call: Call, event: Event, rest: str) -> Result:
    """Remove an event with its list; people who count on it are told that it is off."""
    _wants_nothing_more(event, "DELETE", rest)
    is_awaited = event.is_active and not is_past(event, call.now_at)
    return await announce(call, Change(Kind.DELETED, event, event, tells=is_awaited))


def _at(event: Event, starts_at: int) -> Event:
    """Move an event; it lasts as long as before."""
    lasts = None if event.ends_at is None or event.starts_at is None else event.ends_at - event.starts_at
    ends_at = None if lasts is None else starts_at + lasts
    return replace(event, starts_at=starts_at, ends_at=ends_at, all_day=False)


def _keywords(call: Call, event: Event, keyword: str) -> tuple[str, ...]:
    """Put a keyword before those that the event has; the oldest of too many goes."""
    wanted = normalise(keyword)
    if wanted not in {normalise(one) for one in event.keywords}:
        check_keyword(call, keyword)
    kept = tuple(one for one in event.keywords if normalise(one) != wanted)
    return (keyword.upper(), *kept)[:MAX_KEYWORDS]


def _capacity(event: Event, rest: str) -> int | None:
    if normalise(rest) in _UNBOUNDED:
        return None
    found = _NUMBER.fullmatch(rest.strip())
    if found is None or not 1 <= int(found[1]) <= MAX_CAPACITY:
        raise refuse_event("ask_seats", event)
    return int(found[1])


def _check_is_on(call: Call, event: Event, refusal: str = "cancelled") -> None:
    if event.is_cancelled:
        raise refuse_event(refusal, event)
    if is_past(event, call.now_at):
        raise refuse_event("over", event)


def _wants_nothing_more(event: Event, verb: str, rest: str) -> None:
    if not is_courtesy(rest):
        raise refuse_event("unclear", event, text=rest[:40], verb=verb)
