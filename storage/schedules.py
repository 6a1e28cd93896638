"""Recurring sends: the row says what is due next; a run is claimed under a key that exists once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.sql import ClauseElement

from flows.errors import Conflict
from flows.values import Key
from storage.campaigns.rows import Campaign, add_campaign
from storage.documents import dump, read_document
from storage.plan import Plan, Query, Row, Statement, insert_for, insertion
from storage.schema import schedule_runs, schedules

PAGE = 50


@dataclass(frozen=True, slots=True)
class Schedule:
    """A text that goes to an audience again and again."""

    id: Key
    workspace_id: Key
    number: int
    text: str
    audience: str
    channel_id: Key
    rule: Mapping[str, Any]
    time_zone: str
    status: str = "active"
    operator_id: Key | None = None
    remaining_count: int | None = None
    """None: no bound."""
    content_sid: str | None = None
    """A template approved at the provider, sent instead of the text."""
    content_variables: str | None = None
    """As a campaign's."""
    picture: str | None = None
    next_due_at: int | None = None
    stopped_reason: str | None = None
    """Why it rests, where nobody paused it."""
    created_at: int = 0


_NAMES = (
    *("id", "workspace_id", "number", "text", "audience", "channel_id", "rule", "time_zone", "status"),
    *("operator_id", "remaining_count", "content_sid", "content_variables", "picture", "next_due_at"),
    *("stopped_reason", "created_at"),
)
_COLUMNS = tuple(schedules.c[name] for name in _NAMES)
_ADD = insertion(schedules, (*_NAMES, "updated_at"))
_DUE = Statement(
    ("now_at",),
    select(*_COLUMNS)
    .where(schedules.c.status == "active", schedules.c.next_due_at <= bindparam("now_at"))
    .order_by(schedules.c.next_due_at)
    .limit(PAGE),
)
_OPEN = Statement(
    ("workspace_id",),
    select(*_COLUMNS)
    .where(schedules.c.workspace_id == bindparam("workspace_id"), schedules.c.status != "ended")
    .order_by(schedules.c.next_due_at)
    .limit(PAGE),
)
_BY_NUMBER = Statement(
    ("workspace_id", "number"),
    select(*_COLUMNS).where(
        schedules.c.workspace_id == bindparam("workspace_id"), schedules.c.number == bindparam("number")
    ),
)
_CHANGED = ("operator_id", "status", "remaining_count", "next_due_at", "rule", "stopped_reason")
_CHANGE = Statement(
    (*_CHANGED, "now_at", "schedule_id", "was"),
    update(schedules)
    .where(schedules.c.id == bindparam("schedule_id"), schedules.c.status == bindparam("was"))
    .values({name: bindparam(name) for name in _CHANGED} | {"updated_at": bindparam("now_at")})
    .returning(schedules.c.id),
)
_REST = Statement(
    ("reason", "now_at", "schedule_id"),
    update(schedules)
    .where(schedules.c.id == bindparam("schedule_id"), schedules.c.status == "active")
    .values(status="paused", stopped_reason=bindparam("reason"), updated_at=bindparam("now_at"))
    .returning(schedules.c.id),
)
_RUN_NAMES = ("schedule_id", "occurrence_key", "due_at", "campaign_id")


def _run(engine: str) -> ClauseElement:
    made = insert_for(engine)(schedule_runs).values({name: bindparam(name) for name in _RUN_NAMES})
    return made.on_conflict_do_nothing().returning(schedule_runs.c.occurrence_key)  # type: ignore[no-any-return]


_RUN = Statement(_RUN_NAMES, _run)


def add_schedule(schedule: Schedule) -> Plan[None]:
    """Write a new schedule."""
    values = [dump(schedule.rule) if name == "rule" else getattr(schedule, name) for name in _NAMES]
    yield Query(_ADD, (*values, schedule.created_at))


def due_schedules(now_at: int) -> Plan[tuple[Schedule, ...]]:
    """Read the active schedules whose next time has come."""
    return tuple(_schedule(row) for row in (yield Query(_DUE, (now_at,))))


def open_schedules(workspace_id: Key) -> Plan[tuple[Schedule, ...]]:
    """Read what goes on or is paused, in the order of the next times."""
    return tuple(_schedule(row) for row in (yield Query(_OPEN, (workspace_id,))))


def find_schedule(workspace_id: Key, number: int) -> Plan[Schedule | None]:
    """Read the schedule of a number."""
    rows = yield Query(_BY_NUMBER, (workspace_id, number))
    return _schedule(rows[0]) if rows else None


def change_schedule(schedule: Schedule, was: str, now_at: int) -> Plan[bool]:
    """Write a schedule's new status and next time where it still is in status `was`."""
    values = (schedule.operator_id, schedule.status, schedule.remaining_count, schedule.next_due_at)
    rule = (dump(schedule.rule), schedule.stopped_reason)
    return bool((yield Query(_CHANGE, (*values, *rule, now_at, schedule.id, was))))


def rest_schedule(schedule_id: Key, reason: str, now_at: int) -> Plan[bool]:
    """Pause an active schedule for a reason; its rule stays as it is, also one that cannot be read."""
    return bool((yield Query(_REST, (reason, now_at, schedule_id))))


def fire(schedule: Schedule, occurrence_key: str, campaign: Campaign, after: Schedule, now_at: int) -> Plan[None]:
    """Make the campaign of one occurrence and move the schedule on, once.

    Raises `Conflict` when that occurrence has been made already, or the schedule was paused or ended meanwhile:
    nothing is written then.
    """
    yield from add_campaign(campaign)
    made = yield Query(_RUN, (schedule.id, occurrence_key, schedule.next_due_at, campaign.id))
    moved = yield from change_schedule(after, schedule.status, now_at)
    if not made or not moved:
        raise Conflict


def _schedule(row: Row) -> Schedule:
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    return Schedule(
        **{**values, "rule": read_document(values["rule"]) or {}}
    )  # an unreadable one says so when it fires
