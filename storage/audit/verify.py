"""Reading the audit's chain from its beginning to its end, page by page, beside the commands that it is about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Row, Select, Text, cast, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType

from flows.values import Key
from storage.audit.chain import GONE, Entry, Fault, Head, Seen, Walk, follow, form_of, judge
from storage.commands import COLUMNS, NAMES, has_ended
from storage.schema import audit_entries, audit_heads, commands

PAGE = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the look at a chain."""

    entry_count: int
    began_at: int | None
    """When the first entry was written."""
    head: Head
    """The last entry, to be kept elsewhere."""
    fault: Fault | None
    """The first bad record; None: all is sound."""


async def verify(connection: AsyncConnection, key: bytes, workspace_id: Key, kept: Head | None = None) -> Verdict:
    """Follow a workspace's chain to its end, on a connection that has read nothing yet.

    `kept`: a head that was written down elsewhere; its entry has to be there as it was.
    """
    if connection.dialect.name == "postgresql":  # one moment for all that is read; SQLite's reader has it anyway
        await connection.execution_options(isolation_level="REPEATABLE READ")
    walk = Walk()
    async for seen in _entries(connection, workspace_id):
        walk = follow(key, walk, seen, kept)
    head = await _head(connection, workspace_id)
    fault = judge(key, workspace_id, walk, head, kept) or await _left_out(connection, workspace_id, walk)
    return Verdict(walk.number, walk.began_at, Head(walk.number, walk.mac), fault)


async def _entries(connection: AsyncConnection, workspace_id: Key) -> AsyncIterator[Seen]:
    after: Any = None
    while rows := (await connection.execute(_page(workspace_id, after))).all():
        for row in rows:
            yield _seen(row)
        after = rows[-1].number


def _page(workspace_id: Key, after: int | None) -> Select[Any]:
    other = audit_entries.alias()
    of_command = select(func.max(other.c.number)).where(
        other.c.workspace_id == workspace_id, other.c.command_id == audit_entries.c.command_id
    )
    page = (*_plain(*audit_entries.c), of_command.scalar_subquery().label("latest"), *_plain(*COLUMNS))
    wanted = (
        select(*page)
        .outerjoin(commands, commands.c.id == audit_entries.c.command_id)
        .where(audit_entries.c.workspace_id == workspace_id)
        .order_by(audit_entries.c.number)
        .limit(PAGE)
    )
    return wanted if after is None else wanted.where(audit_entries.c.number > after)


def _seen(row: Row[Any]) -> Seen:
    entry = Entry(*row[: len(audit_entries.c)])
    values = dict(zip(NAMES, row[-len(NAMES) :], strict=True))
    return Seen(entry, row.latest == entry.number, GONE if values["id"] is None else form_of(values))


async def _head(connection: AsyncConnection, workspace_id: Key) -> Head | None:
    found = select(*_plain(audit_heads.c.number, audit_heads.c.mac, audit_heads.c.seal))
    row = (await connection.execute(found.where(audit_heads.c.workspace_id == workspace_id))).first()
    return Head(*row) if row else None


async def _left_out(connection: AsyncConnection, workspace_id: Key, walk: Walk) -> Fault | None:
    row = (await connection.execute(without_entry(workspace_id).order_by(commands.c.id).limit(1))).first()
    hint = "" if walk.number else " (none has one: they are written when the service starts)"
    return Fault(f"the command ended and has no entry{hint}", None, row.id, row.finished_at) if row else None


def without_entry(workspace_id: Key) -> Select[Any]:
    """Select the commands that came to their end and have no entry: key, and when they ended."""
    entry = select(audit_entries.c.number).where(  # a column of the index: else SQLite reads the whole chain
        audit_entries.c.workspace_id == workspace_id, audit_entries.c.command_id == commands.c.id
    )
    return select(*_plain(commands.c.id, commands.c.finished_at)).where(
        commands.c.workspace_id == workspace_id, has_ended(), ~entry.exists()
    )


def _plain(*columns: Column[Any]) -> list[ColumnElement[Any]]:
    """Read columns as they are, JSON as its text: what was written past the program need not be of the right type."""
    return [
        (cast(one, Text) if isinstance(one.type, JSON) else type_coerce(one, NullType())).label(one.name)
        for one in columns
    ]
