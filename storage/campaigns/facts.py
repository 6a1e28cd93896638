"""What a campaign has to know about each contact of its audience, page by page, read beside the writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.values import Key
from storage.channels import SIMULATOR
from storage.documents import load
from storage.schema import channels, contacts, conversations, opt_outs, records, suppressions


@dataclass(frozen=True, slots=True)
class Facts:
    """One contact, with everything that decides whether, where and what it gets."""

    id: Key
    address: str
    phone: str | None
    name: str | None
    language: str | None
    time_zone: str | None
    status: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    opted_out: frozenset[str] = frozenset()
    """The scopes: all, event:12."""
    suppressed: frozenset[str] = frozenset()
    """The providers through which the number is dead."""
    channel_id: Key | None = None
    """Where the contact wrote last; None: never."""
    channel_address: str | None = None
    last_inbound_at: int | None = None
    records: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """The fields of the contact's records, oldest first, by kind."""
    is_duplicate: bool = False
    """Another contact of the same audience is reached by this one's phone."""
    is_elsewhere: bool = False
    """They only wrote in the simulator, or everywhere but there: from the other side they are not reached."""


_COLUMNS = (
    contacts.c.id,
    contacts.c.address,
    contacts.c.phone,
    contacts.c.name,
    contacts.c.language,
    contacts.c.time_zone,
    contacts.c.status,
    contacts.c.fields,
)


async def facts_page(
    connection: AsyncConnection,
    workspace_id: Key,
    audience: ColumnElement[bool],
    after: Key | None,
    limit: int,
    *,
    simulated: bool = False,
) -> list[Facts]:
    """Read a page of an audience (a condition on contacts), in the order of the keys, from after the given one.

    `simulated`: for a text that goes out in the simulator.
    """
    wanted = (
        select(*_COLUMNS).where(contacts.c.workspace_id == workspace_id, audience).order_by(contacts.c.id).limit(limit)
    )
    if after is not None:
        wanted = wanted.where(contacts.c.id > after)
    rows = (await connection.execute(wanted)).all()
    found = await _with_details(connection, workspace_id, rows, simulated=simulated)
    phones = [one.phone for one in found if one.phone and one.phone != one.address]
    if not phones:
        return found
    # Somebody who wrote under a user id and is in the list by phone as well.
    owners = select(contacts.c.address).where(
        contacts.c.workspace_id == workspace_id, contacts.c.address.in_(phones), audience
    )
    doubled = {row[0] for row in await connection.execute(owners)}
    return [replace(one, is_duplicate=one.phone in doubled and one.phone != one.address) for one in found]


async def facts_of(
    connection: AsyncConnection, workspace_id: Key, contact_ids: Sequence[Key], *, simulated: bool = False
) -> list[Facts]:
    """Read the contacts of these ids (a page of them), in the order of the keys."""
    wanted = (
        select(*_COLUMNS)
        .where(contacts.c.workspace_id == workspace_id, contacts.c.id.in_(contact_ids))
        .order_by(contacts.c.id)
    )
    rows = (await connection.execute(wanted)).all()
    return await _with_details(connection, workspace_id, rows, simulated=simulated)


async def _with_details(
    connection: AsyncConnection, workspace_id: Key, rows: Sequence[Any], *, simulated: bool
) -> list[Facts]:
    if not rows:
        return []
    ids = [row[0] for row in rows]
    addresses = sorted({address for row in rows for address in (row[1], row[2]) if address})
    opted_out = await _grouped(
        connection,
        select(opt_outs.c.address, opt_outs.c.scope).where(
            opt_outs.c.workspace_id == workspace_id, opt_outs.c.address.in_(addresses)
        ),
    )
    dead = await _grouped(
        connection,
        select(suppressions.c.address, suppressions.c.provider).where(
            suppressions.c.workspace_id == workspace_id, suppressions.c.address.in_(addresses)
        ),
    )
    kept = await _grouped(
        connection,
        select(records.c.contact_id, records.c.kind, records.c.fields)
        .where(records.c.contact_id.in_(ids))
        .order_by(records.c.id),
    )
    ways = {row[0]: row for row in (await connection.execute(_latest(ids, simulated=simulated))).all()}
    return [_facts(row, opted_out, dead, kept, ways.get(row[0])) for row in rows]


def _latest(ids: Sequence[Key], *, simulated: bool) -> Select[Any]:
    """Find each contact's last conversation on a channel that still is there, those of the other side last."""
    is_there = channels.c.provider != SIMULATOR if simulated else channels.c.provider == SIMULATOR
    is_elsewhere = case((is_there, 1), else_=0)
    ranked = (
        select(
            conversations.c.contact_id,
            conversations.c.channel_id,
            conversations.c.address,
            conversations.c.last_inbound_at,
            is_elsewhere.label("is_elsewhere"),
            func.row_number()
            .over(
                partition_by=conversations.c.contact_id,
                order_by=(
                    is_elsewhere,
                    conversations.c.last_inbound_at.desc().nulls_last(),
                    conversations.c.channel_id,
                ),
            )
            .label("place"),
        )
        .join(channels, channels.c.id == conversations.c.channel_id)
        .where(conversations.c.contact_id.in_(ids))
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1)


async def _grouped(connection: AsyncConnection, query: Select[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in (await connection.execute(query)).all():
        found.setdefault(row[0], []).append(row[1] if len(row) == 2 else (row[1], row[2]))
    return found


def _facts(
    row: Any, opted_out: dict[str, list[str]], dead: dict[str, list[str]], kept: dict[Key, list[Any]], way: Any
) -> Facts:
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    is_elsewhere = bool(way and way.is_elsewhere)
    way = None if is_elsewhere else way
    for kind, fields in kept.get(row[0], ()):
        by_kind.setdefault(kind, []).append(_document(fields))
    return Facts(
        id=row[0],
        address=row[1],
        phone=row[2],
        name=row[3],
        language=row[4],
        time_zone=row[5],
        status=row[6],
        fields=_document(row[7]),
        opted_out=frozenset((*opted_out.get(row[1], ()), *opted_out.get(row[2], ()))),
        suppressed=frozenset((*dead.get(row[1], ()), *dead.get(row[2], ()))),
        channel_id=way[1] if way else None,
        channel_address=way[2] if way else None,
        last_inbound_at=way[3] if way else None,
        records=by_kind,
        is_elsewhere=is_elsewhere,
    )


def _document(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    found: Mapping[str, Any] = value if isinstance(value, dict) else load(value)
    return found
