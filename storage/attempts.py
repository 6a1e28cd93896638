"""Attempts at commands: counted before the work begins, so that one which ends its process counts as well."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Integer, bindparam, literal_column, null, or_, select, true, update
from sqlalchemy.sql import ClauseElement

from flows.values import Key
from storage.commands import COLUMNS, PAGE, CommandRow, read_command
from storage.outbox.nodes import is_alive
from storage.outbox.words import word
from storage.plan import Plan, Query, Statement, Write
from storage.schema import commands

_ONE = literal_column("1", Integer())


def _is_free(engine: str) -> ColumnElement[bool]:
    """Say that no other living process is at a command; a SQLite file has only one process."""
    if engine == "sqlite":
        return true()
    ours = commands.c.node_id == bindparam("node_id")
    return or_(commands.c.node_id.is_(None), ours, ~is_alive(commands.c.node_id))


def _queued(engine: str) -> ClauseElement:
    query = select(*COLUMNS).where(commands.c.status == word("queued"), _is_free(engine))
    return query.order_by(commands.c.id).limit(bindparam("limit", type_=Integer))


def _begin(engine: str) -> ClauseElement:
    return (
        update(commands)
        .where(commands.c.id == bindparam("command_id"), commands.c.status == word("queued"), _is_free(engine))
        .values(node_id=bindparam("node_id"), attempt_count=commands.c.attempt_count + _ONE)
        .returning(commands.c.attempt_count)
    )


_QUEUED = {"sqlite": Statement(("limit",), _queued), "postgresql": Statement(("limit", "node_id"), _queued)}
_BEGIN = Statement(("command_id", "node_id"), _begin)
_GIVE_BACK = Statement(
    ("command_id", "node_id"),
    update(commands)
    .where(
        commands.c.id == bindparam("command_id"),
        commands.c.node_id == bindparam("node_id"),
        commands.c.status == word("queued"),
    )
    .values(node_id=null(), attempt_count=commands.c.attempt_count - _ONE),
)


def queued_commands(engine: str, node_id: Key, begun_count: int = 0) -> Plan[tuple[CommandRow, ...]]:
    """Read what waits for this process, oldest first: at most a page beside the commands that it is at."""
    values = (PAGE + begun_count,) if engine == "sqlite" else (PAGE + begun_count, node_id)
    return tuple(read_command(row) for row in (yield Query(_QUEUED[engine], values)))


def begin_attempt(command_id: Key, node_id: Key) -> Plan[int | None]:
    """Count an attempt at a queued command; gives which one it is, None where another process is at it."""
    rows = yield Query(_BEGIN, (command_id, node_id))
    return int(rows[0][0]) if rows else None


def give_back(command_id: Key, node_id: Key) -> Plan[None]:
    """Let go of a command that was not carried out because the process stops: that attempt does not count."""
    yield Write(_GIVE_BACK, [(command_id, node_id)])
