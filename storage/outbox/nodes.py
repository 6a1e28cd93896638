"""Which processes are alive, and what the dead ones left in flight."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, bindparam, delete, exists, func, literal_column, or_, select, update
from sqlalchemy.sql import ClauseElement

from flows.values import SECOND, Key
from storage.outbox.words import SENDING, UNKNOWN, is_uncertain
from storage.plan import Plan, Query, Statement, Write, insert_for
from storage.schema import messages, nodes

DEAD_AFTER_SECONDS = 30
LOST_AFTER_SECONDS = 120
"""A call of our own is long over by then: its outcome was lost."""

_DATABASE_NOW = literal_column("CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)", BigInteger())
"""PostgreSQL's clock: the one that all nodes share, whatever their own say."""


def _seen(engine: str) -> ClauseElement:
    seen_at = bindparam("seen_at") if engine == "sqlite" else _DATABASE_NOW
    made = insert_for(engine)(nodes).values(
        id=bindparam("id"), name=bindparam("name"), started_at=bindparam("seen_at"), seen_at=seen_at
    )
    return made.on_conflict_do_update(index_elements=["id"], set_={"seen_at": made.excluded.seen_at})  # type: ignore[no-any-return]


_SEEN = Statement(("id", "name", "seen_at"), _seen)


def is_alive(node_id: ColumnElement[bytes]) -> ColumnElement[bool]:
    """Say that the process of an id lives, on PostgreSQL."""
    return exists().where(nodes.c.id == node_id, nodes.c.seen_at > _DATABASE_NOW - DEAD_AFTER_SECONDS * SECOND)


def _release(engine: str) -> ClauseElement:
    alive = is_alive(messages.c.node_id)
    # One process owns a SQLite file: whatever another one left there, nobody is working on it.
    left = messages.c.node_id != bindparam("node_id") if engine == "sqlite" else ~alive
    return (
        update(messages)
        .where(is_uncertain(), messages.c.status == SENDING, or_(left, messages.c.claimed_at <= bindparam("lost_at")))
        .values(status=UNKNOWN, check_at=bindparam("now_at"), updated_at=bindparam("now_at"))
    )


_RELEASE = {
    "sqlite": Statement(("lost_at", "now_at", "node_id"), _release),
    "postgresql": Statement(("lost_at", "now_at"), _release),
}


_ALIVE = Statement((), select(func.count()).where(nodes.c.seen_at > _DATABASE_NOW - DEAD_AFTER_SECONDS * SECOND))
_LEAVE = Statement(("id",), delete(nodes).where(nodes.c.id == bindparam("id")))


def take_over(node_id: Key, name: str, now_at: int, engine: str) -> Plan[int]:
    """Say that this process lives; what dead ones had in flight becomes unknown, to be looked up at once.

    Gives how many processes live, this one among them: they share what a channel may send.
    """
    yield Write(_SEEN, [(node_id, name, now_at)])
    times = (now_at - LOST_AFTER_SECONDS * SECOND, now_at)
    yield Write(_RELEASE[engine], [(*times, node_id) if engine == "sqlite" else times])
    return 1 if engine == "sqlite" else int((yield Query(_ALIVE))[0][0])


def leave(node_id: Key) -> Plan[None]:
    """Say that this process ends: nothing of its is in flight any more."""
    yield Write(_LEAVE, [(node_id,)])
