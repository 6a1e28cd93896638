"""EVENT CLOSE, OPEN, MOVE, RENAME, SEATS, CANCEL and DELETE: an event becomes another one, and its list hears of it."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.actions.base import Call, Done, Preview, Result
from bot.actions.event_new import check_keyword, read_date
from bot.actions.event_notices import Change, Kind, announce, done, fingerprint
from flows.commands.event_new import read_changes, read_new_name
from flows.commands.parts import Missing, is_courtesy
from flows.errors import CommandError
from flows.language.text import normalise
from flows.registration.definition import MAX_CAPACITY, MAX_KEYWORDS, MAX_PLACE, MAX_TITLE
from flows.registration.seats import is_past
from flows.registration.wording import short_name
from flows.values import Event
from storage.events.lists import count_list, count_moving_up

_NUMBER = re.compile(r"(?:(?:to|a)\s+)?(\d{1,7})(?:\s+(?:seats|people|plazas|personas))?[.!]?", re.IGNORECASE)
_UNBOUNDED = frozenset({"none", "no limit", "unlimited", "any", "sin limite", "ilimitado", "ilimitadas"})


async def close(call: Call, event: Event, rest: str) -> Result:
    """Let nobody new register; who is on the list still comes."""
    _wants_nothing_more(event, "CLOSE", rest)
    _check_is_on(call, event)
    if not event.takes_people:
        raise CommandError(f"{event.title} is closed already. EVENT OPEN {short_name(event)} opens it again.")
    return done(call, Change(Kind.CLOSED, event, replace(event, is_closed=True)))


async def reopen(call: Call, event: Event, rest: str) -> Result:
    """Let people register again; an event that was cancelled is on again, and its people are told."""
    _wants_nothing_more(event, "OPEN", rest)
    if event.takes_people:
        raise CommandError(f"{event.title} is open already: people text {short_name(event)}.")
    if is_past(event, call.now_at):
        raise CommandError(f"{event.title} is over. EVENT MOVE {short_name(event)} <date> gives it a new date.")
    now = replace(event, is_active=True, is_closed=False, is_cancelled=False)
    if event.is_cancelled:
        return await announce(call, Change(Kind.REINSTATED, event, now))
    return done(call, Change(Kind.OPENED, event, now))


async def move(call: Call, event: Event, rest: str) -> Result:
    """Give an event another date, another place, or both."""
    if event.is_cancelled:
        raise CommandError(f"{event.title} is cancelled. EVENT OPEN {short_name(event)} brings it back first.")
    found = read_changes(rest)
    if isinstance(found, Missing):
        name = short_name(event)
        raise CommandError(
            f"When or where is {event.title}? For example: EVENT MOVE {name} friday 7pm, or EVENT MOVE {name} at Pier 4"
        )
    now = event
    notes: tuple[str, ...] = ()
    if found.get("place"):
        if len(found["place"]) > MAX_PLACE:
            raise CommandError(f"A place has at most {MAX_PLACE} characters.")
        now = replace(now, place=found["place"])
    if found.get("on"):
        when = read_date(call, found["on"], event.time_zone)
        if isinstance(when, Done):
            return when
        now, notes = _at(now, when.moment.due_at), when.notes
    if (now.starts_at, now.place) == (event.starts_at, event.place):
        raise CommandError(f"{event.title} has that date and place already: nothing was changed.")
    if is_past(now, call.now_at):
        raise CommandError(
            f"{event.title} is over: give it a new date, as in EVENT MOVE {short_name(event)} friday 7pm"
        )
    return await announce(call, Change(Kind.MOVED, event, now), *notes)


async def rename(call: Call, event: Event, rest: str) -> Result:
    """Give an event another title, another keyword, or both; the keywords that people know go on working."""
    title, keyword = read_new_name(rest)
    if not title and not keyword:
        name = short_name(event)
        raise CommandError(f"What is {event.title} called now? For example: EVENT RENAME {name} to Summer Ball")
    if len(title) > MAX_TITLE:
        raise CommandError(f"A title has at most {MAX_TITLE} characters, this one has {len(title)}.")
    others = (one.title.casefold() for one in call.desk.house.catalogue.events.values() if one.id != event.id)
    if title.casefold() in others:
        raise CommandError(f"There is an event '{title}' already. Choose another title.")
    keywords = _keywords(call, event, keyword) if keyword else event.keywords
    now = replace(event, title=title or event.title, keywords=keywords)
    if (now.title, now.keywords) == (event.title, event.keywords):
        raise CommandError(f"{event.title} is called that already: nothing was changed.")
    return await announce(call, Change(Kind.RENAMED, event, now))


async def change_seats(call: Call, event: Event, rest: str) -> Result:
    """Give an event another number of seats; where it is raised those who wait move up and are told."""
    _check_is_on(call, event)
    capacity = _capacity(event, rest)
    counts = await call.desk.database.run(count_list(event.id))
    if capacity == event.capacity:
        seats = "no limit on seats" if capacity is None else f"{capacity} seats"
        raise CommandError(f"{event.title} has {seats} already: nothing was changed.")
    if capacity is not None and capacity < counts.registered:
        name = short_name(event)
        raise CommandError(
            f"{counts.registered} people are registered for {event.title}, so it cannot have fewer seats than that."
            f" EVENT {name} lists them, EVENT DROP {name} @12 takes somebody off."
        )
    waiting = await call.desk.database.run(count_moving_up(event.id, call.now_at))
    moving_up = waiting if capacity is None else min(waiting, capacity - counts.registered)
    change = Change(Kind.SEATS, event, replace(event, capacity=capacity), moving_up=moving_up)
    if change.moving_up and not call.stands(fingerprint(change)):
        return Preview((change.will(call),), fingerprint(change))
    return done(call, change)


async def cancel(call: Call, event: Event, rest: str) -> Result:
    """Call an event off: its people are told, reminders end, its keyword says so."""
    _wants_nothing_more(event, "CANCEL", rest)
    _check_is_on(call, event)
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
        name = short_name(event)
        raise CommandError(f"How many seats? A number, or none for no limit. For example: EVENT SEATS {name} 50")
    return int(found[1])


def _check_is_on(call: Call, event: Event) -> None:
    if event.is_cancelled:
        raise CommandError(f"{event.title} is cancelled already. EVENT OPEN {short_name(event)} brings it back.")
    if is_past(event, call.now_at):
        raise CommandError(f"{event.title} is over: nothing was changed.")


def _wants_nothing_more(event: Event, verb: str, rest: str) -> None:
    if not is_courtesy(rest):
        raise CommandError(
            f"'{rest[:40]}' is not clear: nothing was done. For example: EVENT {verb} {short_name(event)}"
        )
