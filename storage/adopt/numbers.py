"""The numbers of events, by which opt-outs and audiences name them."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from flows.values import Key
from storage.adopt.target import Target
from storage.plan import Plan, Query, Statement
from storage.schema import events

_NUMBERS = Statement(
    ("workspace_id",), select(events.c.id, events.c.number).where(events.c.workspace_id == bindparam("workspace_id"))
)


def event_numbers(target: Target) -> Plan[dict[Key, int]]:
    """Give the number of every event."""
    return {row[0]: row[1] for row in (yield Query(_NUMBERS, (target.workspace_id,)))}
