"""What people were offered: events, and who comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count

from sqlalchemy import bindparam, func, select, update

from flows.consent.keywords import is_reserved
from flows.language.text import normalise
from flows.registration.words import is_taken
from flows.surveys.verbs import verb_of
from flows.values import Key, RegistrationStatus
from storage.adopt.numbers import event_numbers
from storage.adopt.people import ensure_people
from storage.adopt.report import Refusal
from storage.adopt.target import Counts, Ledger, Target, insert
from storage.plan import Members, Plan, Query, Statement, Write, in_pages
from storage.schema import events, keywords, registrations, workspaces


@dataclass(frozen=True, slots=True)
class OldEvent:
    """An event; all of its day where it has no hour."""

    key: Key
    row: str
    title: str
    number: int
    """The old one, which stays where it is free."""
    keyword: str | None = None
    """Only where a survey leads to it."""
    starts_at: int | None = None
    created_at: int | None = None


@dataclass(frozen=True, slots=True)
class OldRegistration:
    """Somebody who comes to an event."""

    key: Key
    row: str
    event: Key
    address: str
    name: str | None = None
    created_at: int | None = None


_WORD = Statement(
    ("workspace_id", "keyword"),
    select(keywords.c.target_id).where(
        keywords.c.workspace_id == bindparam("workspace_id"), keywords.c.keyword == bindparam("keyword")
    ),
)
_KEYWORD_COLUMNS = ("workspace_id", "keyword", "word", "target", "target_id", "whole", "position")
_COMING = Members(
    ("event_id",),
    lambda _engine, members: select(registrations.c.contact_id).where(
        registrations.c.event_id == bindparam("event_id"), registrations.c.contact_id.in_(members)
    ),
)
_SEATS = Statement(
    ("event_id",),
    update(events)
    .where(events.c.id == bindparam("event_id"))
    .values(
        registered_count=select(func.count())
        .select_from(registrations)
        .where(
            registrations.c.event_id == bindparam("event_id"),
            registrations.c.status == RegistrationStatus.REGISTERED.value,
        )
        .scalar_subquery()
    ),
)
_NEWS = Statement(
    ("workspace_id",),
    update(workspaces)
    .where(workspaces.c.id == bindparam("workspace_id"))
    .values(catalogue_version=workspaces.c.catalogue_version + 1),
)


def write_events(target: Target, items: Sequence[OldEvent]) -> Plan[Counts]:
    """Write events, under their old numbers where those are free."""
    known = yield from event_numbers(target)
    new = [one for one in items if one.key not in known]
    taken = set(known.values())
    for one in new:
        number = one.number if one.number not in taken and one.number > 0 else max(taken) + 1
        taken.add(number)
        at = one.created_at or target.now_at
        row = {"id": one.key, "workspace_id": target.workspace_id, "number": number, "title": one.title}
        row |= {"starts_at": one.starts_at, "all_day": one.starts_at is not None, "time_zone": target.time_zone}
        yield from insert(events, [{**row, "created_at": at, "updated_at": at}])
        if one.keyword:
            word = yield from free_keyword(target, [one.keyword, f"{one.keyword}B", f"{one.keyword}C"])
            values = (target.workspace_id, normalise(word), word, "event", one.key, False, 0)
            yield from insert(keywords, [dict(zip(_KEYWORD_COLUMNS, values, strict=True))])
    yield Write(_NEWS, [(target.workspace_id,)])
    return Counts(len(new), len(items) - len(new))


def free_keyword(target: Target, wanted: Sequence[str]) -> Plan[str]:
    """Return the first of the words that starts nothing yet and means nothing else; more are made by numbers."""
    numbered = (f"{wanted[-1]}{number}" for number in count(2))
    for word in chain(wanted, numbered):
        if not is_allowed(word):
            continue
        if not (yield Query(_WORD, (target.workspace_id, normalise(word)))):
            return word
    raise AssertionError("numbers do not end")


def is_allowed(word: str) -> bool:
    """Return whether a word may start something: it is no word of stopping, helping, joining or steering."""
    return bool(normalise(word)) and not (is_reserved(word) or is_taken(word) or verb_of(word) is not None)


def write_registrations(target: Target, items: Sequence[OldRegistration]) -> Plan[Counts]:
    """Write who comes; twice the same person is once, and nobody comes to an event that was deleted here."""
    ledger = Ledger()
    events_here = yield from event_numbers(target)
    ledger.refusals += [
        Refusal(one.row, "its event is not here any more") for one in items if one.event not in events_here
    ]
    items = [one for one in items if one.event in events_here]
    people = yield from ensure_people(target, [one.address for one in items])
    there: set[tuple[Key, Key]] = set()
    for event in dict.fromkeys(one.event for one in items):
        mine = list({people[one.address] for one in items if one.event == event})
        for page in in_pages(mine):
            there |= {(event, row[0]) for row in (yield _COMING.query(page, (event,)))}
    rows, placed = [], set[tuple[Key, Key]]()
    for one in items:
        place = (one.event, people[one.address])
        if place in there:
            ledger.unchanged += 1
        elif place in placed:
            ledger.merge(one.row, f"{one.address} is registered for event {events_here[one.event]} already")
        else:
            placed.add(place)
            ledger.written += 1
            at = one.created_at or target.now_at
            status = RegistrationStatus.REGISTERED.value
            names = ("event_id", "contact_id", "status", "name", "since_at", "created_at")
            rows.append(dict(zip(names, (*place, status, one.name, at, at), strict=True)))
    yield from insert(registrations, rows)
    yield Write(_SEATS, [(event,) for event in dict.fromkeys(one.event for one in items)])
    return ledger.counts()
