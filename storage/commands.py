"""Commands: what operators asked for, by which door, and what came of it. The rows are the audit trail, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, update

from flows.errors import Conflict
from flows.values import Key
from storage.audit.chain import GONE, Mark, Marks, form_of
from storage.documents import dump, read_document
from storage.operators import all_operators
from storage.outbox.words import word
from storage.plan import Build, Plan, Query, Row, Statement, insertion
from storage.schema import commands

PAGE = 16
DECLINED = "declined"
"""The error of a command that was dropped with NO, ABORT or CANCEL."""
UNREADABLE = "its arguments cannot be read"
"""The error of a command whose row is damaged."""
FORWARD = "FORWARD"
"""The verb of what no operator asked for: a person's message on its way to them."""
ENDED = ("done", "refused", "failed", "expired", "dropped")
"""Statuses of commands that came to their end: the audit's chain has an entry for each."""


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


def locked(query: Select[Any]) -> Build:
    """Let a statement hold the rows that it reads until the commit, where there are other writers."""
    return lambda engine: query if engine == "sqlite" else query.with_for_update(key_share=True)


NAMES = (
    *("id", "workspace_id", "operator_id", "address", "verb", "text", "arguments", "door", "channel_id", "contact_id"),
    *("message_id", "status", "fingerprint", "code_hash", "is_shared", "tries", "confirmed_by", "answer"),
    *("page", "error"),
    *("created_at", "expires_at", "confirmed_at", "finished_at"),
)
COLUMNS = tuple(commands.c[name] for name in NAMES)
_INSERT = insertion(commands, NAMES)
_PENDING = Statement(
    ("workspace_id", "now_at"),
    select(*COLUMNS)
    .where(
        commands.c.workspace_id == bindparam("workspace_id"),
        commands.c.status == word("pending"),
        commands.c.expires_at > bindparam("now_at"),
    )
    .order_by(commands.c.id.desc()),
)
_LAST_OF = Statement(
    ("workspace_id", "address"),
    select(*COLUMNS)
    .where(
        commands.c.workspace_id == bindparam("workspace_id"),
        commands.c.address == bindparam("address"),
        commands.c.answer.is_not(None),
        commands.c.verb != "MORE",  # its answer is a page of the one before
    )
    .order_by(commands.c.id.desc())
    .limit(1),
)
_CHANGED = (
    *("status", "fingerprint", "code_hash", "is_shared", "tries", "confirmed_by", "page", "error"),
    *("expires_at", "confirmed_at", "finished_at"),
)
_UPDATE = Statement(
    (*_CHANGED, "said", "command_id", "was"),
    update(commands)
    .where(commands.c.id == bindparam("command_id"), commands.c.status == bindparam("was"))
    .values(
        {name: bindparam(name) for name in _CHANGED} | {"answer": func.coalesce(bindparam("said"), commands.c.answer)}
    )
    .returning(*COLUMNS),
)
_STANDS = Statement(
    ("command_id", "was"),
    locked(select(*COLUMNS).where(commands.c.id == bindparam("command_id"), commands.c.status == bindparam("was"))),
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
_RECENT = Statement(
    ("workspace_id", "address", "since_at"),
    select(
        func.count(),
        func.count().filter(
            commands.c.fingerprint.is_not(None),
            commands.c.confirmed_at.is_(None),
            func.coalesce(commands.c.error, word("")) != word(DECLINED),
        ),
        func.count().filter(commands.c.error == word(DECLINED)),
    ).where(
        commands.c.workspace_id == bindparam("workspace_id"),
        commands.c.address == bindparam("address"),
        commands.c.created_at > bindparam("since_at"),
    ),
)
_WHEN = Statement(
    ("workspace_id", "address", "command_id", "limit"),
    select(commands.c.created_at)
    .where(
        commands.c.workspace_id == bindparam("workspace_id"),
        commands.c.address == bindparam("address"),
        commands.c.id <= bindparam("command_id"),
        commands.c.operator_id.is_not(None),
    )
    .order_by(commands.c.id.desc())
    .limit(bindparam("limit")),
)
_EXPIRE = Statement(
    ("now_at",),
    update(commands)
    .where(commands.c.status == word("pending"), commands.c.expires_at <= bindparam("now_at"))
    .values(status="expired", code_hash=None, finished_at=bindparam("now_at"))
    .returning(*COLUMNS),
)


def add_command(row: CommandRow) -> Plan[None]:
    """Write a command down."""
    yield Query(_INSERT, _values(row))


def pending_commands(workspace_id: Key, now_at: int) -> Plan[tuple[CommandRow, ...]]:
    """Read what waits for its code, newest first."""
    return tuple(read_command(row) for row in (yield Query(_PENDING, (workspace_id, now_at))))


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
    return read_command(rows[0]) if rows else None


def change_command(row: CommandRow, was: str, answer: str | None = None) -> Plan[Marks]:
    """Write what became of a command that was in status `was`; gives what the audit's chain is to hold of it.

    Without an answer it keeps the one that it has now: the row's may have been erased since it was read.
    Raises `Conflict` when another node was first.
    """
    before: Marks = marks_of((yield Query(_STANDS, (row.id, was)))) if was in ENDED else ()
    rows = yield Query(_UPDATE, (*(getattr(row, name) for name in _CHANGED), answer, row.id, was))
    if not rows:
        raise Conflict
    return changed(before, marks_of(rows)) if before else marks_of(rows)


def dropped_at(row: CommandRow, now_at: int) -> CommandRow:
    """Give a command that waits for its code no longer."""
    return replace(row, status="dropped", code_hash=None, finished_at=now_at)


def drop_pending(workspace_id: Key, operator_id: Key, now_at: int) -> Plan[Marks]:
    """Drop what waits for a code of an operator's; gives what the audit's chain is to hold of it."""
    marks: Marks = ()
    for row in (yield from pending_commands(workspace_id, now_at)):
        if row.operator_id == operator_id:
            marks += yield from change_command(dropped_at(row, now_at), "pending")
    return marks


def declined_at(row: CommandRow, now_at: int) -> CommandRow:
    """Give a command that its operator declined: it counts for nothing, unlike one that another takes the place of."""
    return replace(dropped_at(row, now_at), error=DECLINED)


def failed_at(row: CommandRow, reason: str, now_at: int) -> CommandRow:
    """Return a command whose work raised."""
    return replace(row, status="failed", code_hash=None, error=reason, finished_at=now_at)


def count_commands(workspace_id: Key, address: str, verb: str, since_at: int) -> Plan[int]:
    """Count the commands of a verb from an address since a moment."""
    return int((yield Query(_COUNT, (workspace_id, address, verb, since_at)))[0][0])


@dataclass(frozen=True, slots=True)
class RecentCommands:
    """How many commands came from an address since a moment."""

    count: int
    unused_count: int
    """Whose code was neither used nor declined."""
    declined_count: int


def recent_commands(workspace_id: Key, address: str, since_at: int) -> Plan[RecentCommands]:
    """Count the commands from an address since a moment."""
    rows = yield Query(_RECENT, (workspace_id, address, since_at))
    return RecentCommands(*(int(found) for found in rows[0]))


def when_commanded(row: CommandRow, most: int) -> Plan[list[int]]:
    """Return when a command came and when at most so many before it came from the same phone, the newest first."""
    rows = yield Query(_WHEN, (row.workspace_id, row.address, row.id, most))
    return [found[0] for found in rows]


def expire_commands(now_at: int) -> Plan[Marks]:
    """Let go of the commands whose code has run out; gives what the audit's chain is to hold of them."""
    return marks_of((yield Query(_EXPIRE, (now_at,))))


def has_ended() -> ColumnElement[bool]:
    """Say that a command came to its end."""
    return commands.c.status.in_([word(one) for one in ENDED])


def marks_of(rows: Iterable[Row]) -> Marks:
    """Pick the commands that came to their end among rows of `COLUMNS`, for the audit's chain."""
    known = (dict(zip(NAMES, row, strict=True)) for row in rows)
    return tuple(Mark(one["workspace_id"], one["id"], form_of(one)) for one in known if one["status"] in ENDED)


def changed(before: Marks, after: Marks) -> Marks:
    """Say how commands that had ended look now; those that are not among `after` are gone."""
    forms = {mark.command_id: mark.form for mark in after}
    return tuple(replace(mark, form=forms.get(mark.command_id, GONE), before=mark.form) for mark in before)


def _values(row: CommandRow) -> tuple[Any, ...]:
    return tuple(dump(row.arguments) if name == "arguments" else getattr(row, name) for name in NAMES)


def read_command(row: Row) -> CommandRow:
    """Read a row of `COLUMNS`."""
    values = dict(zip(NAMES, row, strict=True))
    arguments = read_document(values["arguments"])
    values["is_shared"] = bool(values["is_shared"])
    if arguments is None:
        return CommandRow(**{**values, "arguments": {}, "error": values["error"] or UNREADABLE})
    return CommandRow(**{**values, "arguments": arguments})
