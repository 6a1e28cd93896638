"""What the names in an audience stand for, read from the database; fields that nobody has are refused."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.audiences.fields import Field, field_name
from flows.audiences.names import Known, did_you_mean, resolve
from flows.audiences.tree import Compare, Node, NoReply, Record, children, walk
from flows.errors import CommandError
from flows.turn import Catalogue
from flows.values import Key
from storage.audiences.engines import engine_named
from storage.schema import campaigns, contacts, groups, records

_LATEST = 3


async def resolve_audience(connection: AsyncConnection, workspace_id: Key, catalogue: Catalogue, tree: Node) -> Node:
    """Give every name in an audience its key; raises `CommandError` for one that does not exist, with what is near."""
    numbers = [node.number for node in walk(tree) if isinstance(node, NoReply)]
    known = Known(
        catalogue=catalogue,
        groups=await _groups(connection, workspace_id),
        campaigns=await _campaigns(connection, workspace_id, numbers) if numbers else {},
    )
    return resolve(tree, known)


async def check_fields(connection: AsyncConnection, workspace_id: Key, tree: Node) -> None:
    """Raise `CommandError` for a field or kind of record that nobody has; reads every contact's names of fields.

    For previews: a mistyped field picks nobody, and with `!=` everybody.
    """
    wanted = sorted(_custom(tree))
    if not wanted:
        return
    known = await _known_fields(connection, workspace_id)
    for name in wanted:
        if name not in known:
            shown = {one.rpartition(".")[2]: one for one in sorted(known)} | {
                one: one for one in sorted(known | set(Field))
            }
            hint = did_you_mean(name, shown)
            raise CommandError(f"Nobody has '{name}'. {hint}")


async def _groups(connection: AsyncConnection, workspace_id: Key) -> dict[str, Key]:
    rows = await connection.execute(
        select(groups.c.name, groups.c.id).where(groups.c.workspace_id == workspace_id).order_by(groups.c.name)
    )
    return {row[0]: row[1] for row in rows}


async def _campaigns(connection: AsyncConnection, workspace_id: Key, numbers: Iterable[int]) -> dict[int, Key]:
    latest = select(func.max(campaigns.c.number)).where(campaigns.c.workspace_id == workspace_id).scalar_subquery()
    rows = await connection.execute(
        select(campaigns.c.number, campaigns.c.id).where(
            campaigns.c.workspace_id == workspace_id,
            or_(campaigns.c.number.in_(list(numbers)), campaigns.c.number > latest - _LATEST),
        )
    )
    return {row[0]: row[1] for row in rows}


def _custom(node: Node) -> set[str]:
    """Name the fields in a tree that not everybody has: zip, vehicle.make."""
    if isinstance(node, Record):
        return {f"{node.kind}.{one.field}" for one in walk(node.where) if isinstance(one, Compare)}
    if isinstance(node, Compare):
        return {node.field} - set(Field)
    return {name for child in children(node) for name in _custom(child)}


async def _known_fields(connection: AsyncConnection, workspace_id: Key) -> set[str]:
    engine = engine_named(connection.dialect.name)
    own, theirs = engine.entries(contacts.c.fields), engine.entries(records.c.fields)
    of_contacts = (
        select(own.c.key)
        .distinct()
        .select_from(contacts.join(own, true()))
        .where(contacts.c.workspace_id == workspace_id)
    )
    of_records = (
        select(records.c.kind, theirs.c.key)
        .distinct()
        .select_from(records.join(theirs, true()))
        .where(records.c.workspace_id == workspace_id)
    )
    found = {field_name(row[0]) for row in await connection.execute(of_contacts)}
    return found | {f"{field_name(row[0])}.{field_name(row[1])}" for row in await connection.execute(of_records)}
