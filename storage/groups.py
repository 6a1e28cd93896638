"""Groups and who is in them, outside a turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, func, select

from flows.values import Key
from storage.keys import new_key
from storage.plan import Members, Plan, Query, Statement, Write, in_pages, insertion
from storage.schema import group_members, groups

_BY_NAME = Statement(
    ("workspace_id", "name"),
    select(groups.c.id).where(
        groups.c.workspace_id == bindparam("workspace_id"), func.lower(groups.c.name) == func.lower(bindparam("name"))
    ),
)
_ADD = insertion(groups, ("id", "workspace_id", "name"), stamps=("created_at",), ignore=True)
_PUT = insertion(group_members, ("group_id", "contact_id", "added_at"), ignore=True)
_THERE = Members(
    ("group_id",),
    lambda _engine, members: select(group_members.c.contact_id).where(
        group_members.c.group_id == bindparam("group_id"), group_members.c.contact_id.in_(members)
    ),
)
_TAKE = Statement(
    ("group_id", "contact_id"),
    delete(group_members)
    .where(group_members.c.group_id == bindparam("group_id"), group_members.c.contact_id == bindparam("contact_id"))
    .returning(group_members.c.contact_id),
)


def find_group(workspace_id: Key, name: str) -> Plan[Key | None]:
    """Find a group by its name, whatever the case."""
    rows = yield Query(_BY_NAME, (workspace_id, name))
    return rows[0][0] if rows else None


def put_into(workspace_id: Key, name: str, contact_ids: Sequence[Key], now_at: int) -> Plan[int]:
    """Put contacts into a group, which is made where it does not exist; gives how many were not in it."""
    group_id = yield from find_group(workspace_id, name)
    if group_id is None:
        group_id = new_key()
        yield Write(_ADD, [(group_id, workspace_id, name, now_at)])
    return (yield from add_members(group_id, dict.fromkeys(contact_ids, now_at)))


def add_members(group_id: Key, times: Mapping[Key, int]) -> Plan[int]:
    """Put contacts into a group, each with its time; returns how many were not in it."""
    there: set[Key] = set()
    for page in in_pages(list(times)):
        there |= {row[0] for row in (yield _THERE.query(page, (group_id,)))}
    new = [(group_id, key, added_at) for key, added_at in times.items() if key not in there]
    if new:
        yield Write(_PUT, new)
    return len(new)


def take_out(workspace_id: Key, name: str, contact_id: Key) -> Plan[bool]:
    """Take a contact out of a group; False where it was not in it."""
    group_id = yield from find_group(workspace_id, name)
    return group_id is not None and bool((yield Query(_TAKE, (group_id, contact_id))))
