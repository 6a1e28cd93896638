"""Short numbers that people type: campaign 12, operator 3, contact @45; per workspace, never given twice."""

from __future__ import annotations

from sqlalchemy import Integer, bindparam, case
from sqlalchemy.sql import ClauseElement

from flows.values import Key
from storage.plan import Plan, Query, Statement, Write, insert_for
from storage.schema import numbers


def _next(engine: str) -> ClauseElement:
    above = bindparam("above", type_=Integer)
    made = insert_for(engine)(numbers).values(
        workspace_id=bindparam("workspace_id"), kind=bindparam("kind"), last=above + 1
    )
    return made.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=["workspace_id", "kind"],
        set_={"last": case((numbers.c.last > above, numbers.c.last), else_=above) + 1},
    ).returning(numbers.c.last)


def _keep(engine: str) -> ClauseElement:
    made = insert_for(engine)(numbers).values({name: bindparam(name) for name in ("workspace_id", "kind", "last")})
    return made.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=["workspace_id", "kind"],
        set_={"last": case((numbers.c.last > made.excluded.last, numbers.c.last), else_=made.excluded.last)},
    )


_KEEP = Statement(("workspace_id", "kind", "last"), _keep)
_NEXT = Statement(("workspace_id", "kind", "above"), _next)


def next_number(workspace_id: Key, kind: str, above: int = 0) -> Plan[int]:
    """Take the next number of a kind (`campaign`, schedules too, `operator`, `contact` or `event`), above one given."""
    rows = yield Query(_NEXT, (workspace_id, kind, above))
    return int(rows[0][0])


def keep_number(workspace_id: Key, kind: str, number: int) -> Plan[None]:
    """Note that a number was given, so that it is never given again when what had it is deleted."""
    yield Write(_KEEP, [(workspace_id, kind, number)])
