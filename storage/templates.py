"""Templates of messages, with what the provider says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.campaigns.templates import MessageTemplate, Parameter
from flows.values import Key
from storage.documents import load
from storage.schema import templates


async def read_templates(connection: AsyncConnection, workspace_id: Key) -> tuple[MessageTemplate, ...]:
    """Read the templates that were not deleted, by name."""
    rows = await connection.execute(
        select(templates.c.name, templates.c.status, templates.c.content, templates.c.parameters)
        .where(templates.c.workspace_id == workspace_id, templates.c.deleted_at.is_(None))
        .order_by(templates.c.name)
    )
    return tuple(MessageTemplate(row[0], row[1], row[2], _parameters(row[3])) for row in rows)


def _parameters(document: Any) -> tuple[Parameter, ...]:
    listed = load(document) if isinstance(document, str) else document
    return tuple(_parameter(one, place) for place, one in enumerate(listed, 1))


def _parameter(one: Any, place: int) -> Parameter:
    if not isinstance(one, Mapping):
        return Parameter(str(one))
    return Parameter(str(one.get("name") or place), str(one.get("type") or "text").lower())
