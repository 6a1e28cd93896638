"""What a workspace offers: surveys, events and the keywords that start them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import Select, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.errors import FlowDefinitionError
from flows.language.text import normalise
from flows.registration.definition import EventDefinition
from flows.surveys.definition import Survey, parse_survey
from flows.surveys.document import to_document
from flows.turn import Catalogue, LoadedSurvey, Target, Trigger
from flows.values import Event, Key, RegistrationStatus
from storage.documents import dump, load
from storage.keys import new_key
from storage.numbers import next_number
from storage.plan import Plan, Query, Row, Statement, Write, insertion
from storage.schema import events, flow_versions, flows, keywords, registrations, workspaces

log = logging.getLogger(__name__)
_VERSION = Statement(
    ("workspace_id",), select(workspaces.c.catalogue_version).where(workspaces.c.id == bindparam("workspace_id"))
)
_NEXT_VERSION = Statement(
    ("workspace_id",),
    update(workspaces)
    .where(workspaces.c.id == bindparam("workspace_id"))
    .values(catalogue_version=workspaces.c.catalogue_version + 1),
)
_SURVEYS = Statement(
    ("workspace_id",),
    select(flows.c.id, flows.c.version, flows.c.is_active, flow_versions.c.version, flow_versions.c.definition)
    .join(flow_versions, flow_versions.c.flow_id == flows.c.id)
    .where(flows.c.workspace_id == bindparam("workspace_id"))
    .order_by(flows.c.id, flow_versions.c.version),
)
_EVENTS = Statement(
    ("workspace_id",),
    select(
        events.c.id,
        events.c.number,
        events.c.title,
        events.c.starts_at,
        events.c.ends_at,
        events.c.time_zone,
        events.c.place,
        events.c.capacity,
        events.c.registered_count,
        events.c.is_active,
        events.c.ask_name,
        events.c.all_day,
        events.c.closed_at,
        events.c.cancelled_at,
        events.c.updated_at,
    )
    .where(events.c.workspace_id == bindparam("workspace_id"))
    .order_by(events.c.number),
)
_WAITING_COUNT = (
    select(func.count())
    .where(registrations.c.event_id == events.c.id, registrations.c.status == RegistrationStatus.WAITING.value)
    .correlate(events)
    .scalar_subquery()
)
_SEATS = Statement(
    ("workspace_id",),
    select(events.c.id, events.c.registered_count, _WAITING_COUNT).where(
        events.c.workspace_id == bindparam("workspace_id"), events.c.is_active, events.c.capacity.is_not(None)
    ),
)
_KEYWORDS = Statement(
    ("workspace_id",),
    select(keywords.c.keyword, keywords.c.word, keywords.c.target, keywords.c.target_id, keywords.c.whole)
    .where(keywords.c.workspace_id == bindparam("workspace_id"))
    .order_by(keywords.c.target_id, keywords.c.position),
)
_FLOW = Statement(
    ("workspace_id", "name"),
    select(flows.c.id, flows.c.version).where(
        flows.c.workspace_id == bindparam("workspace_id"), flows.c.name == bindparam("name")
    ),
)
_FLOW_COLUMNS = ("workspace_id", "name", "version", "is_active")
_SAVE_FLOW = insertion(
    flows,
    ("id", *_FLOW_COLUMNS),
    stamps=("created_at", "updated_at"),
    keys=("id",),
    update=("version", "is_active", "updated_at"),
)
_SAVE_VERSION = insertion(flow_versions, ("flow_id", "version", "definition"), stamps=("created_at",))
_EVENT_BY_TITLE = Statement(
    ("workspace_id", "title"),
    select(events.c.id, events.c.number).where(
        events.c.workspace_id == bindparam("workspace_id"), events.c.title == bindparam("title")
    ),
)
_LAST_NUMBER = Statement(
    ("workspace_id",), select(func.max(events.c.number)).where(events.c.workspace_id == bindparam("workspace_id"))
)
_EVENT_COLUMNS = ("title", "starts_at", "ends_at", "time_zone", "place", "capacity", "is_active", "ask_name")
_SAVE_EVENT = insertion(
    events,
    ("id", "workspace_id", "number", *_EVENT_COLUMNS),
    stamps=("created_at", "updated_at"),
    keys=("id",),
    update=(*_EVENT_COLUMNS, "updated_at"),
)
_DROP_KEYWORDS = Statement(("target_id",), delete(keywords).where(keywords.c.target_id == bindparam("target_id")))
_TAKEN = Statement(
    ("workspace_id", "keyword"),
    select(keywords.c.target, keywords.c.target_id).where(
        keywords.c.workspace_id == bindparam("workspace_id"), keywords.c.keyword == bindparam("keyword")
    ),
)
_SAVE_KEYWORD = insertion(keywords, ("workspace_id", "keyword", "word", "target", "target_id", "whole", "position"))


@dataclass(frozen=True, slots=True)
class _Names:
    """The keywords that one survey or event answers to."""

    target: Target
    target_id: Key
    words: tuple[str, ...]
    whole: bool = False


def catalogue_version(workspace_id: Key) -> Plan[int]:
    """Read the number that grows with every change of the catalogue."""
    rows = yield Query(_VERSION, (workspace_id,))
    return int(rows[0][0])


def load_catalogue(workspace_id: Key) -> Plan[Catalogue]:
    """Read everything a workspace offers; a survey that cannot be read is left out, for people must be able to stop."""
    keyword_rows = yield Query(_KEYWORDS, (workspace_id,))
    words: dict[Key, list[str]] = {}
    for _keyword, word, _target, target_id, _whole in keyword_rows:
        words.setdefault(target_id, []).append(word)
    event_rows = yield Query(_EVENTS, (workspace_id,))
    known_events = {row[0]: _event(row, tuple(words.get(row[0], ()))) for row in event_rows}
    by_keyword = {row[0]: row[3] for row in keyword_rows if row[2] == Target.EVENT}
    survey_rows = yield Query(_SURVEYS, (workspace_id,))
    surveys: dict[Key, LoadedSurvey] = {}
    older: dict[tuple[Key, int], LoadedSurvey] = {}
    for row in survey_rows:
        try:
            loaded = _survey(row, by_keyword)
        except (FlowDefinitionError, ValueError) as error:
            log.error("A survey cannot be read and is not offered (%s, version %d): %s", row[0].hex(), row[3], error)
            continue
        if loaded.version == row[1]:
            surveys[loaded.flow_id] = loaded
        else:
            older[(loaded.flow_id, loaded.version)] = loaded
    active = {key for key, survey in surveys.items() if survey.is_active} | {
        key for key, event in known_events.items() if event.is_active or event.is_cancelled
    }
    triggers = {row[0]: Trigger(Target(row[2]), row[3], bool(row[4])) for row in keyword_rows if row[3] in active}
    return Catalogue(triggers, surveys, older, known_events)


def with_seats(workspace_id: Key, catalogue: Catalogue) -> Plan[Catalogue]:
    """Bring the numbers of registered and waiting people of every bounded event up to date."""
    if all(event.capacity is None for event in catalogue.events.values()):
        return catalogue
    rows = yield Query(_SEATS, (workspace_id,))
    fresh = {
        event.id: replace(event, registered_count=registered, waiting_count=waiting)
        for event_id, registered, waiting in rows
        if (event := catalogue.events.get(event_id)) is not None
        and (event.registered_count, event.waiting_count) != (registered, waiting)
    }
    return replace(catalogue, events={**catalogue.events, **fresh}) if fresh else catalogue


def save_survey(workspace_id: Key, survey: Survey, now_at: int) -> Plan[int]:
    """Write a survey, as a new version where one of its name exists; gives the version.

    Raises `FlowDefinitionError` when a keyword starts something else already.
    """
    rows = yield Query(_FLOW, (workspace_id, survey.name))
    flow_id, version = (rows[0][0], rows[0][1] + 1) if rows else (new_key(), 1)
    yield Write(_SAVE_FLOW, [(flow_id, workspace_id, survey.name, version, survey.is_active, now_at)])
    yield Write(_SAVE_VERSION, [(flow_id, version, dump(to_document(survey)), now_at)])
    whole = survey.keyword_match == "whole"
    yield from _save_keywords(workspace_id, _Names(Target.SURVEY, flow_id, survey.keywords, whole))
    return version


def save_event(workspace_id: Key, event: EventDefinition, now_at: int) -> Plan[int]:
    """Write an event, over the one of the same title where there is one; gives its number.

    Raises `FlowDefinitionError` when a keyword starts something else already.
    """
    rows = yield Query(_EVENT_BY_TITLE, (workspace_id, event.title))
    if rows:
        event_id, number = rows[0]
    else:
        last = yield Query(_LAST_NUMBER, (workspace_id,))
        event_id = new_key()
        number = yield from next_number(workspace_id, "event", last[0][0] or 0)
    row = (event_id, workspace_id, number, *(getattr(event, name) for name in _EVENT_FIELDS), now_at)
    yield Write(_SAVE_EVENT, [row])
    yield from _save_keywords(workspace_id, _Names(Target.EVENT, event_id, event.keywords))
    return int(number)


_EVENT_FIELDS = ("title", "starts_at", "ends_at", "time_zone", "place", "capacity", "active", "ask_name")


def open_event(workspace_id: Key, event: EventDefinition, now_at: int) -> Plan[int]:
    """Write a new event and return its number.

    Raises `FlowDefinitionError` when another event has its title, or a keyword starts something else already.
    """
    yield from touch_catalogue(workspace_id)  # first: of two nodes one waits here and then sees what the other wrote
    if (yield Query(_EVENT_BY_TITLE, (workspace_id, event.title))):
        raise FlowDefinitionError(f"There is an event '{event.title}' already. Give the new one another title.")
    return (yield from save_event(workspace_id, event, now_at))


def save_event_keywords(workspace_id: Key, event: Event) -> Plan[None]:
    """Write the keywords of an event; raises `FlowDefinitionError` when one starts something else already."""
    yield from _save_keywords(workspace_id, _Names(Target.EVENT, event.id, event.keywords))


def drop_keywords(target_id: Key) -> Plan[None]:
    """Take the keywords of something away; they are free for others then."""
    yield Write(_DROP_KEYWORDS, [(target_id,)])


def _save_keywords(workspace_id: Key, names: _Names) -> Plan[None]:
    yield Write(_DROP_KEYWORDS, [(names.target_id,)])
    rows = []
    for position, word in enumerate(names.words):
        keyword = normalise(word)
        taken = yield Query(_TAKEN, (workspace_id, keyword))
        if taken:
            raise FlowDefinitionError(
                f"keywords: '{word}' starts another {taken[0][0]} already; choose another word or take it away there."
            )
        rows.append((workspace_id, keyword, word, names.target.value, names.target_id, names.whole, position))
    yield Write(_SAVE_KEYWORD, rows)
    yield from touch_catalogue(workspace_id)


def touch_catalogue(workspace_id: Key) -> Plan[None]:
    """Let every node read anew what the workspace offers and who runs it."""
    yield Write(_NEXT_VERSION, [(workspace_id,)])


async def find_event(connection: AsyncConnection, workspace_id: Key, number: int) -> Event | None:
    """Find an event by its number, without its keywords; None where there is none."""
    every = cast("Select[Any]", _EVENTS.core(connection.dialect.name))
    rows = await connection.execute(every.where(events.c.number == number), {"workspace_id": workspace_id})
    row = rows.one_or_none()
    return None if row is None else _event(row, ())


def _event(row: Row, words: Sequence[str]) -> Event:
    return Event(
        id=row[0],
        number=row[1],
        title=row[2],
        keywords=tuple(words),
        starts_at=row[3],
        ends_at=row[4],
        time_zone=row[5],
        place=row[6],
        capacity=row[7],
        registered_count=row[8],
        is_active=bool(row[9]),
        ask_name=bool(row[10]),
        all_day=bool(row[11]),
        is_closed=row[12] is not None,
        is_cancelled=row[13] is not None and not row[9],
        changed_at=row[14],
    )


def _survey(row: Row, events_by_keyword: dict[str, Key]) -> LoadedSurvey:
    definition = row[4] if isinstance(row[4], dict) else load(row[4])
    survey = parse_survey(definition)
    linked = events_by_keyword.get(normalise(survey.event)) if survey.event else None
    return LoadedSurvey(row[0], row[3], survey, bool(row[2]), linked)
