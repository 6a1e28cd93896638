"""Everything that is held about one person, as a document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, RowMapping, Table, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.values import SECOND, Key
from storage.documents import load
from storage.schema import (
    answers,
    campaigns,
    channels,
    consent_changes,
    contacts,
    conversations,
    events,
    flows,
    group_members,
    groups,
    messages,
    opt_outs,
    recipients,
    records,
    registrations,
    sessions,
    suppressions,
)


async def person_document(connection: AsyncConnection, workspace_id: Key, address: str) -> dict[str, Any]:
    """Give all rows about an address, times as ISO 8601 in UTC; lists are empty where there is nothing."""
    mine = and_(
        contacts.c.workspace_id == workspace_id, or_(contacts.c.address == address, contacts.c.phone == address)
    )
    known = [row[0] for row in await connection.execute(select(contacts.c.id).where(mine))]

    async def rows(table: Table, *others: Any, **joined: Any) -> list[dict[str, Any]]:
        query = select(table, *(column.label(name) for name, column in joined.items()))
        for other, condition in others:
            query = query.join(other, condition)
        of_contact = table.c.contact_id.in_(known) if "contact_id" in table.c else contacts.c.id.in_(known)
        found = await connection.execute(query.where(of_contact))
        return [_plain(table, row) for row in found.mappings()]

    async def by_address(table: Table) -> list[dict[str, Any]]:
        where = and_(table.c.workspace_id == workspace_id, table.c.address == address)
        return [_plain(table, row) for row in (await connection.execute(select(table).where(where))).mappings()]

    with_channel = (channels, channels.c.id == messages.c.channel_id)
    return {
        "address": address,
        "contacts": await rows(contacts),
        "records": await rows(records),
        "groups": await rows(group_members, (groups, groups.c.id == group_members.c.group_id), group=groups.c.name),
        "opt_outs": await by_address(opt_outs),
        "suppressions": await by_address(suppressions),
        "consent": await by_address(consent_changes),
        "conversations": await rows(conversations),
        "messages": await rows(messages, with_channel, channel=channels.c.address),
        "sessions": await rows(sessions),
        "answers": await rows(
            answers,
            (sessions, sessions.c.id == answers.c.session_id),
            (flows, flows.c.id == sessions.c.flow_id),
            survey=flows.c.name,
        ),
        "registrations": await rows(
            registrations, (events, events.c.id == registrations.c.event_id), event=events.c.title
        ),
        "campaigns": await rows(
            recipients, (campaigns, campaigns.c.id == recipients.c.campaign_id), campaign=campaigns.c.number
        ),
    }


def _plain(table: Table, row: RowMapping) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in row.items():
        column = table.c.get(name)
        if value is None or (column is not None and isinstance(column.type, LargeBinary)):
            continue  # keys of ours mean nothing to anybody else
        is_time = column is not None and isinstance(column.type, BigInteger)
        shown[name] = _time(value) if is_time else _document(value) if name in _DOCUMENTS else value
    return shown


_DOCUMENTS = frozenset({"fields", "extras", "value", "path", "answers"})


def _document(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return load(value)
    except ValueError:
        return value


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / SECOND, UTC).isoformat(timespec="seconds")
