"""Contacts read from the database page by page, as they are written into files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.values import Key
from storage.schema import contacts, group_members, groups, opt_outs, records

PAGE = 1_000


async def field_names(connection: AsyncConnection, workspace_id: Key, wanted: ColumnElement[bool]) -> list[str]:
    """Name every custom field that somebody has."""
    found: dict[str, None] = {}
    after: Key | None = None
    while True:
        query = select(contacts.c.id, contacts.c.fields).where(contacts.c.fields.is_not(None))
        rows = (await connection.execute(_page(query, workspace_id, wanted, after))).all()
        for _key, fields in rows:
            found |= dict.fromkeys(fields or ())
        if len(rows) < PAGE:
            return list(found)
        after = rows[-1][0]


async def people(
    connection: AsyncConnection, workspace_id: Key, wanted: ColumnElement[bool]
) -> AsyncIterator[list[dict[str, Any]]]:
    """Give the contacts of an audience as documents, a page at a time."""
    after: Key | None = None
    columns = (contacts.c.id, contacts.c.address, contacts.c.phone, contacts.c.name, contacts.c.language)
    while True:
        query = select(*columns, contacts.c.time_zone, contacts.c.status, contacts.c.fields)
        rows = (await connection.execute(_page(query, workspace_id, wanted, after))).all()
        if rows:
            yield await _documents(connection, workspace_id, rows)
        if len(rows) < PAGE:
            return
        after = rows[-1][0]


def _page(query: Any, workspace_id: Key, wanted: ColumnElement[bool], after: Key | None) -> Any:
    query = query.where(contacts.c.workspace_id == workspace_id, contacts.c.deleted_at.is_(None), wanted)
    if after is not None:
        query = query.where(contacts.c.id > after)
    return query.order_by(contacts.c.id).limit(PAGE)


async def _documents(connection: AsyncConnection, workspace_id: Key, rows: Sequence[Any]) -> list[dict[str, Any]]:
    ids = [row[0] for row in rows]
    addresses = {address for row in rows for address in (row[1], row[2]) if address}
    silent = select(opt_outs.c.address).where(
        opt_outs.c.workspace_id == workspace_id,
        opt_outs.c.scope == "all",
        opt_outs.c.address.in_(addresses),
    )
    stopped = {row[0] for row in await connection.execute(silent)}
    member = (
        select(group_members.c.contact_id, groups.c.name)
        .join(groups, groups.c.id == group_members.c.group_id)
        .where(groups.c.workspace_id == workspace_id, group_members.c.contact_id.in_(ids))
        .order_by(func.lower(groups.c.name))
    )
    in_groups: dict[Key, list[str]] = {}
    for key, name in await connection.execute(member):
        in_groups.setdefault(key, []).append(name)
    kept = select(records.c.contact_id, records.c.kind, records.c.fields).where(records.c.contact_id.in_(ids))
    of_person: dict[Key, list[dict[str, Any]]] = {}
    for key, kind, fields in await connection.execute(kept.order_by(records.c.id)):
        of_person.setdefault(key, []).append({"kind": kind, **(fields or {})})
    return [
        {
            "phone": row[2] or row[1],
            "name": row[3],
            "language": row[4],
            "time_zone": row[5],
            "status": row[6],
            "opted_out": bool({row[1], row[2]} & stopped),
            "groups": in_groups.get(row[0], []),
            "fields": row[7] or {},
            "records": of_person.get(row[0], []),
        }
        for row in rows
    ]
