"""Short numbers that people type: campaign 12, operator 3, contact @45; per workspace, never given twice."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlalchemy.sql import ClauseElement

from flows.values import Key
from storage.plan import Plan, Query, Statement, insert_for
from storage.schema import numbers


def _next(engine: str) -> ClauseElement:
    made = insert_for(engine)(numbers).values(workspace_id=bindparam("workspace_id"), kind=bindparam("kind"), last=1)
    return made.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=["workspace_id", "kind"], set_={"last": numbers.c.last + 1}
    ).returning(numbers.c.last)


_NEXT = Statement(("workspace_id", "kind"), _next)


def next_number(workspace_id: Key, kind: str) -> Plan[int]:
    """Take the next number of a kind: `campaign` (schedules too), `operator` or `contact`."""
    rows = yield Query(_NEXT, (workspace_id, kind))
    return int(rows[0][0])
