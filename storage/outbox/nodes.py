"""Which processes are alive, and what the dead ones left in flight."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, or_, update
from sqlalchemy.sql import ClauseElement

from flows.values import SECOND, Key
from storage.outbox.words import SENDING, UNKNOWN, is_uncertain
from storage.plan import Plan, Statement, Write, insertion
from storage.schema import messages, nodes

DEAD_AFTER_SECONDS = 30
LOST_AFTER_SECONDS = 120
"""A call of our own is long over by then: its outcome was lost."""

_SEEN = insertion(nodes, ("id", "name", "started_at", "seen_at"), keys=("id",), update=("seen_at",))


def _release(engine: str) -> ClauseElement:
    alive = exists().where(nodes.c.id == messages.c.node_id, nodes.c.seen_at > bindparam("dead_at"))
    # One process owns a SQLite file: whatever another one left there, nobody is working on it.
    left = messages.c.node_id != bindparam("node_id") if engine == "sqlite" else ~alive
    return (
        update(messages)
        .where(is_uncertain(), messages.c.status == SENDING, or_(left, messages.c.claimed_at <= bindparam("lost_at")))
        .values(status=UNKNOWN, check_at=bindparam("now_at"), updated_at=bindparam("now_at"))
    )


_RELEASE = {
    "sqlite": Statement(("node_id", "lost_at", "now_at"), _release),
    "postgresql": Statement(("dead_at", "lost_at", "now_at"), _release),
}


def take_over(node_id: Key, name: str, now_at: int, engine: str) -> Plan[None]:
    """Say that this process lives; what dead ones had in flight becomes unknown, to be looked up at once."""
    yield Write(_SEEN, [(node_id, name, now_at, now_at)])
    lost_at = now_at - LOST_AFTER_SECONDS * SECOND
    first = node_id if engine == "sqlite" else now_at - DEAD_AFTER_SECONDS * SECOND
    yield Write(_RELEASE[engine], [(first, lost_at, now_at)])
