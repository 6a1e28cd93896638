"""Lists of messages for the command line: the newest first, picked by what an operator wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from flows.values import Key, MessageStatus
from storage.schema import campaigns, contacts, messages, operators


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Which messages are wanted; nothing means all."""

    since_at: int = 0
    statuses: tuple[str, ...] = ()
    phone: str | None = None
    words: str | None = None
    """Part of the text or of the phone, in any case."""
    undelivered_since_at: int | None = None
    """Sent before this moment, and nobody has heard that it arrived."""


def list_messages(workspace_id: Key, wanted: MessageFilter, limit: int) -> Select[Any]:
    """Return the query of messages with the names of their people, the newest first."""
    return (
        select(messages, contacts.c.name)
        .outerjoin(contacts, contacts.c.id == messages.c.contact_id)
        .where(*_conditions(workspace_id, wanted))
        .order_by(messages.c.id.desc())
        .limit(limit)
    )


def count_messages(workspace_id: Key, wanted: MessageFilter) -> Select[Any]:
    """Return the query of how many messages there are by direction and status."""
    return (
        select(messages.c.direction, messages.c.status, func.count().label("count"))
        .where(*_conditions(workspace_id, wanted))
        .group_by(messages.c.direction, messages.c.status)
        .order_by(messages.c.direction, messages.c.status)
    )


def _conditions(workspace_id: Key, wanted: MessageFilter) -> list[ColumnElement[bool]]:
    found = [messages.c.workspace_id == workspace_id, messages.c.created_at >= wanted.since_at]
    if wanted.statuses:
        found.append(messages.c.status.in_(wanted.statuses))
    if wanted.phone is not None:
        found.append(messages.c.address == wanted.phone)
    if wanted.words is not None:
        found.append(or_(*(column.icontains(wanted.words, autoescape=True) for column in _SEARCHED)))
    if wanted.undelivered_since_at is not None:
        found += [
            messages.c.direction == "outbound",
            messages.c.status == MessageStatus.SENT.value,
            messages.c.sent_at < wanted.undelivered_since_at,
        ]
    return found


_SEARCHED = (messages.c.body, messages.c.address)


def list_campaigns(workspace_id: Key, statuses: tuple[str, ...], limit: int) -> Select[Any]:
    """Return the query of campaigns with whoever set them up, the newest first."""
    found = (
        select(campaigns, func.coalesce(operators.c.email, operators.c.name, operators.c.address).label("owner"))
        .outerjoin(operators, operators.c.id == campaigns.c.operator_id)
        .where(campaigns.c.workspace_id == workspace_id)
        .order_by(campaigns.c.number.desc())
        .limit(limit)
    )
    return found.where(campaigns.c.status.in_(statuses)) if statuses else found
