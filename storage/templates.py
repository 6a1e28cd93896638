"""Templates of messages, with what the provider says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.campaigns.templates import APPROVED, MessageTemplate, Parameter
from flows.values import Key
from storage.documents import dump, load
from storage.keys import new_key
from storage.plan import Plan, Query, Statement, insertion
from storage.schema import templates

_ADD = insertion(
    templates,
    ("id", "workspace_id", "name", "language", "category", "status", "content", "parameters", "content_sid"),
    stamps=("created_at", "updated_at"),
)
_REMOVE = Statement(
    ("now_at", "workspace_id", "name"),
    update(templates)
    .where(
        templates.c.workspace_id == bindparam("workspace_id"),
        templates.c.name == bindparam("name"),
        templates.c.deleted_at.is_(None),
    )
    .values(deleted_at=bindparam("now_at"), updated_at=bindparam("now_at"))
    .returning(templates.c.id),
)


async def read_templates(connection: AsyncConnection, workspace_id: Key) -> tuple[MessageTemplate, ...]:
    """Read the templates that were not deleted, by name."""
    columns = (templates.c.name, templates.c.status, templates.c.content, templates.c.parameters)
    rows = await connection.execute(
        select(*columns, templates.c.content_sid)
        .where(templates.c.workspace_id == workspace_id, templates.c.deleted_at.is_(None))
        .order_by(templates.c.name)
    )
    return tuple(
        MessageTemplate(row.name, row.status, row.content, _parameters(row.parameters), row.content_sid) for row in rows
    )


def save_template(
    workspace_id: Key, template: MessageTemplate, now_at: int, *, language: str, category: str
) -> Plan[bool]:
    """Write an approved template; one of that name makes room for it. Return whether there was one."""
    was_there = yield from remove_template(workspace_id, template.name, now_at)
    parameters = dump([{"name": one.name, "type": one.kind} for one in template.parameters])
    kept = (template.name, language, category, APPROVED, template.content, parameters, template.content_sid)
    yield Query(_ADD, (new_key(), workspace_id, *kept, now_at))
    return was_there


def remove_template(workspace_id: Key, name: str, now_at: int) -> Plan[bool]:
    """Delete the template of a name; return whether there was one."""
    return bool((yield Query(_REMOVE, (now_at, workspace_id, name))))


def _parameters(document: Any) -> tuple[Parameter, ...]:
    listed = load(document) if isinstance(document, str) else document
    return tuple(_parameter(one, place) for place, one in enumerate(listed, 1))


def _parameter(one: Any, place: int) -> Parameter:
    if not isinstance(one, Mapping):
        return Parameter(str(one))
    return Parameter(str(one.get("name") or place), str(one.get("type") or "text").lower())
