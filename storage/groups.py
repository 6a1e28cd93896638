"""Groups and who is in them, outside a turn."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, select

from flows.values import Key
from storage.keys import new_key
from storage.plan import Plan, Query, Statement, Write, insertion
from storage.schema import group_members, groups

_BY_NAME = Statement(
    ("workspace_id", "name"),
    select(groups.c.id, groups.c.name).where(
        groups.c.workspace_id == bindparam("workspace_id"), func.lower(groups.c.name) == func.lower(bindparam("name"))
    ),
)
_ADD = insertion(groups, ("id", "workspace_id", "name"), stamps=("created_at",), ignore=True)
_PUT = insertion(group_members, ("group_id", "contact_id", "added_at"), ignore=True)
_TAKE = Statement(
    ("group_id", "contact_id"),
    delete(group_members)
    .where(group_members.c.group_id == bindparam("group_id"), group_members.c.contact_id == bindparam("contact_id"))
    .returning(group_members.c.contact_id),
)


def put_into(workspace_id: Key, name: str, contact_id: Key, now_at: int) -> Plan[None]:
    """Put a contact into a group, which is made where it does not exist."""
    rows = yield Query(_BY_NAME, (workspace_id, name))
    group_id = rows[0][0] if rows else new_key()
    if not rows:
        yield Write(_ADD, [(group_id, workspace_id, name, now_at)])
    yield Write(_PUT, [(group_id, contact_id, now_at)])


def take_out(workspace_id: Key, name: str, contact_id: Key) -> Plan[bool]:
    """Take a contact out of a group; False where it was not in it."""
    rows = yield Query(_BY_NAME, (workspace_id, name))
    return bool(rows and (yield Query(_TAKE, (rows[0][0], contact_id))))
