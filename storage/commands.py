"""Commands: what operators asked for, by which door, and what came of it. The rows are the audit trail, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, select, update

from flows.values import Key
from storage.documents import dump, load
from storage.operators import all_operators
from storage.plan import Plan, Query, Row, Statement, insertion
from storage.schema import commands

PAGE = 16
FORWARD = "FORWARD"
"""The verb of what no operator asked for: a person's message on its way to them."""


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One command, as it is stored."""

    id: Key
    workspace_id: Key
    operator_id: Key | None
    address: str
    """The phone it came from, or the door's own word for who asked."""
    verb: str
    text: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    door: str = "chat"
    channel_id: Key | None = None
    contact_id: Key | None = None
    message_id: Key | None = None
    status: str = "queued"
    fingerprint: bytes | None = None
    code_hash: bytes | None = None
    is_shared: bool = False
    """The code has to come from another admin's phone."""
    tries: int = 0
    confirmed_by: str | None = None
    answer: str | None = None
    page: int = 1
    error: str | None = None
    created_at: int = 0
    expires_at: int | None = None
    confirmed_at: int | None = None
    finished_at: int | None = None


_NAMES = (
    *("id", "workspace_id", "operator_id", "address", "verb", "text", "arguments", "door", "channel_id", "contact_id"),
    *("message_id", "status", "fingerprint", "code_hash", "is_shared", "tries", "confirmed_by", "answer"),
    *("page", "error"),
    *("created_at", "expires_at", "confirmed_at", "finished_at"),
)
_COLUMNS = tuple(commands.c[name] for name in _NAMES)
_INSERT = insertion(commands, _NAMES)
_QUEUED = Statement((), select(*_COLUMNS).where(commands.c.status == "queued").order_by(commands.c.id).limit(PAGE))
_PENDING = Statement(
    ("workspace_id", "now_at"),
    select(*_COLUMNS)
    .where(
        commands.c.workspace_id == bindparam("workspace_id"),
        commands.c.status == "pending",
        commands.c.expires_at > bindparam("now_at"),
    )
    .order_by(commands.c.id.desc()),
)
_LAST_OF = Statement(
    ("workspace_id", "address"),
    select(*_COLUMNS)
    .where(
        commands.c.workspace_id == bindparam("workspace_id"),
        commands.c.address == bindparam("address"),
        commands.c.answer.is_not(None),
    )
    .order_by(commands.c.id.desc())
    .limit(1),
)
_CHANGED = (
    *("status", "fingerprint", "code_hash", "is_shared", "tries", "confirmed_by", "answer", "page", "error"),
    *("expires_at", "confirmed_at", "finished_at"),
)
_UPDATE = Statement(
    (*_CHANGED, "command_id", "was"),
    update(commands)
    .where(commands.c.id == bindparam("command_id"), commands.c.status == bindparam("was"))
    .values({name: bindparam(name) for name in _CHANGED})
    .returning(commands.c.id),
)
_COUNT = Statement(
    ("workspace_id", "address", "verb", "since_at"),
    select(func.count()).where(
        commands.c.workspace_id == bindparam("workspace_id"),
        commands.c.address == bindparam("address"),
        commands.c.verb == bindparam("verb"),
        commands.c.created_at > bindparam("since_at"),
    ),
)
_EXPIRE = Statement(
    ("now_at",),
    update(commands)
    .where(commands.c.status == "pending", commands.c.expires_at <= bindparam("now_at"))
    .values(status="expired", code_hash=None, finished_at=bindparam("now_at"))
    .returning(commands.c.id),
)


def add_command(row: CommandRow) -> Plan[None]:
    """Write a command down."""
    yield Query(_INSERT, _values(row))


def queued_commands() -> Plan[tuple[CommandRow, ...]]:
    """Read what waits to be run, oldest first, at most a page."""
    return tuple(_command(row) for row in (yield Query(_QUEUED)))


def pending_commands(workspace_id: Key, now_at: int) -> Plan[tuple[CommandRow, ...]]:
    """Read what waits for its code, newest first."""
    return tuple(_command(row) for row in (yield Query(_PENDING, (workspace_id, now_at))))


def awaited_phones(workspace_id: Key, now_at: int) -> Plan[frozenset[str]]:
    """Name the phones from which a code may come now: the askers', or the other admins'."""
    pending = yield from pending_commands(workspace_id, now_at)
    asking = {one.address for one in pending if not one.is_shared}
    shared = [one.address for one in pending if one.is_shared]
    if shared:
        known = yield from all_operators(workspace_id)
        asking |= {
            one.address
            for one in known
            if one.is_active and one.role == "admin" and any(address != one.address for address in shared)
        }
    return frozenset(asking)


def last_answered(workspace_id: Key, address: str) -> Plan[CommandRow | None]:
    """Read the last command from a phone that was answered: MORE goes on with its answer."""
    rows = yield Query(_LAST_OF, (workspace_id, address))
    return _command(rows[0]) if rows else None


def change_command(row: CommandRow, was: str) -> Plan[bool]:
    """Write what became of a command that was in status `was`; False when another node was first."""
    rows = yield Query(_UPDATE, (*(getattr(row, name) for name in _CHANGED), row.id, was))
    return bool(rows)


def count_commands(workspace_id: Key, address: str, verb: str, since_at: int) -> Plan[int]:
    """Count the commands of a verb from an address since a moment."""
    return int((yield Query(_COUNT, (workspace_id, address, verb, since_at)))[0][0])


def expire_commands(now_at: int) -> Plan[int]:
    """Let go of the commands whose code has run out; gives how many."""
    return len((yield Query(_EXPIRE, (now_at,))))


def _values(row: CommandRow) -> tuple[Any, ...]:
    return tuple(dump(row.arguments) if name == "arguments" else getattr(row, name) for name in _NAMES)


def _command(row: Row) -> CommandRow:
    values = dict(zip(_NAMES, row, strict=True))
    arguments = values["arguments"]
    values["is_shared"] = bool(values["is_shared"])
    return CommandRow(**{**values, "arguments": arguments if isinstance(arguments, dict) else load(arguments)})
