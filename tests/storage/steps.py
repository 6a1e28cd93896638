"""Small plans on a table that every database has, to see what transactions do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import bindparam, func, select, text

from storage.plan import Plan, Query, Statement, Write, insertion
from storage.schema import nodes

ADD = insertion(nodes, ("id", "name"), stamps=("started_at", "seen_at"))
_COUNT = Statement((), select(func.count()).select_from(nodes))
_NAMES = Statement(("before_at",), select(nodes.c.name).where(nodes.c.seen_at < bindparam("before_at")))


def add(*names: str) -> Plan[int]:
    """Write a row per name; gives how many rows there are."""
    yield Write(ADD, [(name.encode().ljust(16), name, 5) for name in names])
    rows = yield Query(_COUNT)
    return int(rows[0][0])


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; fails after five seconds."""
    async with asyncio.timeout(5):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.005)


def length(path: Path) -> int:
    """Give the length of a file in bytes."""
    return path.stat().st_size


def count() -> Plan[int]:
    """Count the rows."""
    rows = yield Query(_COUNT)
    return int(rows[0][0])


def names(before_at: int) -> Plan[list[str]]:
    """Read the names of the rows before a time."""
    rows = yield Query(_NAMES, (before_at,))
    return sorted(row[0] for row in rows)


def fail_after(names_of: Sequence[str], error: Exception) -> Plan[None]:
    """Write rows, then fail by ourselves."""
    yield Write(ADD, [(name.encode().ljust(16), name, 5) for name in names_of])
    raise error


def say(sql: str) -> Plan[None]:
    """Run a statement that gives no rows."""
    yield Query(Statement((), text(sql)))
