"""The campaigns themselves: one text, one audience, one time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update

from flows.values import Key
from storage.documents import dump, load
from storage.outbox.words import word
from storage.plan import Plan, Query, Row, Statement, insertion
from storage.schema import campaigns

PAGE = 50


@dataclass(frozen=True, slots=True)
class Campaign:
    """One text to one audience at one time, as it is stored."""

    id: Key
    workspace_id: Key
    number: int
    text: str
    audience: str
    """The expression, in its canonical form."""
    channel_id: Key
    """For those who never wrote; others get it where they wrote last."""
    status: str
    time_zone: str
    """On whose clock its time is shown; `flows.campaigns.local.EAST`: on each recipient's own."""
    operator_id: Key | None = None
    command_id: Key | None = None
    schedule_id: Key | None = None
    retry_of: int | None = None
    name: str | None = None
    content_sid: str | None = None
    """A template approved at the provider, sent instead of the text."""
    content_variables: str | None = None
    """The values of the template's gaps, a JSON object; placeholders in them are filled for each recipient."""
    texts: Mapping[str, str] | None = None
    """Of a notice: the whole text in each language; its recipients are taken when it is made."""
    picture: str | None = None
    """The name of one that goes out with the text."""
    cursor: Key | None = None
    stopped_reason: str | None = None
    due_at: int | None = None
    hold_until_at: int | None = None
    not_after_at: int | None = None
    started_at: int | None = None
    expanded_at: int | None = None
    completed_at: int | None = None
    created_at: int = 0


_NAMES = (
    *("id", "workspace_id", "number", "text", "audience", "channel_id", "status", "time_zone", "operator_id"),
    *(
        "command_id",
        "schedule_id",
        "retry_of",
        "name",
        "content_sid",
        "content_variables",
        "texts",
        "picture",
        "cursor",
        "stopped_reason",
        "due_at",
        "hold_until_at",
    ),
    *("not_after_at", "started_at", "expanded_at", "completed_at", "created_at"),
)
_COLUMNS = tuple(campaigns.c[name] for name in _NAMES)
_ADD = insertion(campaigns, (*_NAMES, "updated_at"))
_BY_NUMBER = Statement(
    ("workspace_id", "number"),
    select(*_COLUMNS).where(
        campaigns.c.workspace_id == bindparam("workspace_id"), campaigns.c.number == bindparam("number")
    ),
)
_DUE = Statement(
    ("now_at",),
    select(*_COLUMNS)
    .where(
        campaigns.c.status == "scheduled",
        campaigns.c.due_at <= bindparam("now_at"),
        or_(campaigns.c.hold_until_at.is_(None), campaigns.c.hold_until_at <= bindparam("now_at")),
    )
    .order_by(campaigns.c.due_at)
    .limit(PAGE),
)
_RUNNING = Statement((), select(*_COLUMNS).where(campaigns.c.status == "running").order_by(campaigns.c.id).limit(PAGE))
_OPEN = Statement(
    ("workspace_id",),
    select(*_COLUMNS)
    .where(
        campaigns.c.workspace_id == bindparam("workspace_id"),
        campaigns.c.status.in_([word(status) for status in ("draft", "scheduled", "running", "paused")]),
    )
    .order_by(campaigns.c.due_at.nulls_last(), campaigns.c.number)
    .limit(PAGE),
)
_LATEST = Statement(
    ("workspace_id",),
    select(*_COLUMNS)
    .where(campaigns.c.workspace_id == bindparam("workspace_id"))
    .order_by(campaigns.c.number.desc())
    .limit(PAGE),
)
_MOVED = (
    "operator_id",
    "status",
    "stopped_reason",
    "time_zone",
    "due_at",
    "hold_until_at",
    "not_after_at",
    "started_at",
    "completed_at",
)
_MOVE = Statement(
    (*_MOVED, "now_at", "campaign_id", "was"),
    update(campaigns)
    .where(and_(campaigns.c.id == bindparam("campaign_id"), campaigns.c.status == bindparam("was")))
    .values({name: bindparam(name) for name in _MOVED} | {"updated_at": bindparam("now_at")})
    .returning(campaigns.c.id),
)


def add_campaign(campaign: Campaign) -> Plan[None]:
    """Write a new campaign."""
    texts = dump(campaign.texts) if campaign.texts is not None else None
    values = [texts if name == "texts" else getattr(campaign, name) for name in _NAMES]
    yield Query(_ADD, (*values, campaign.created_at))


def find_campaign(workspace_id: Key, number: int) -> Plan[Campaign | None]:
    """Read the campaign of a number."""
    rows = yield Query(_BY_NUMBER, (workspace_id, number))
    return _campaign(rows[0]) if rows else None


def due_campaigns(now_at: int) -> Plan[tuple[Campaign, ...]]:
    """Read the scheduled campaigns whose time has come and whose hold is over."""
    return _campaigns((yield Query(_DUE, (now_at,))))


def running_campaigns() -> Plan[tuple[Campaign, ...]]:
    """Read the campaigns that are under way."""
    return _campaigns((yield Query(_RUNNING)))


def open_campaigns(workspace_id: Key) -> Plan[tuple[Campaign, ...]]:
    """Read what is coming, under way or paused, in the order of the times."""
    return _campaigns((yield Query(_OPEN, (workspace_id,))))


def latest_campaigns(workspace_id: Key) -> Plan[tuple[Campaign, ...]]:
    """Read the campaigns, newest first, at most a page."""
    return _campaigns((yield Query(_LATEST, (workspace_id,))))


def move_campaign(campaign: Campaign, was: str, now_at: int) -> Plan[bool]:
    """Write a campaign's new status and times where it still is in status `was`; False when another was first."""
    rows = yield Query(_MOVE, (*(getattr(campaign, name) for name in _MOVED), now_at, campaign.id, was))
    return bool(rows)


def _campaigns(rows: Sequence[Row]) -> tuple[Campaign, ...]:
    return tuple(_campaign(row) for row in rows)


def _campaign(row: Row) -> Campaign:
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    if isinstance(values["texts"], str):
        values["texts"] = load(values["texts"])
    return Campaign(**values)
