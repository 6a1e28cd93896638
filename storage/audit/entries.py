"""Writing the audit's chain: an entry for each command that ends, in the transaction that ends it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields, replace

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.sql import ClauseElement

from flows.values import Key
from storage.audit.chain import START, Entry, Head, Mark, digest_of, enter, seal_of
from storage.commands import COLUMNS, has_ended, marks_of
from storage.plan import Plan, Query, Statement, Write, insert_for, insertion
from storage.schema import audit_entries, audit_heads, commands

PAGE = 500
FIRST: Key = bytes(16)

_FIELDS = tuple(one.name for one in fields(Entry))
_ADD = insertion(audit_entries, _FIELDS)
_MOVE = Statement(
    ("number", "mac", "seal", "of"),
    update(audit_heads)
    .where(audit_heads.c.workspace_id == bindparam("of"))
    .values(number=bindparam("number"), mac=bindparam("mac"), seal=bindparam("seal")),
)


def _hold(engine: str) -> ClauseElement:
    """Make the head where there is none, and lock it until the commit: the chain never forks.

    No entry is written over: where the head was tampered with, the chain goes on after its last entry, and does not
    verify from there on.
    """
    last = select(func.coalesce(func.max(audit_entries.c.number), 0))
    made = insert_for(engine)(audit_heads).values(
        workspace_id=bindparam("workspace_id"),
        number=last.where(audit_entries.c.workspace_id == bindparam("workspace_id")).scalar_subquery(),
        mac=bindparam("start"),
        seal=bindparam("start"),
    )
    number = case((made.excluded.number > audit_heads.c.number, made.excluded.number), else_=audit_heads.c.number)
    return made.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=["workspace_id"], set_={"number": number}
    ).returning(audit_heads.c.number, audit_heads.c.mac)


_HOLD = Statement(("workspace_id", "start"), _hold)
_LATEST = Statement(
    ("workspace_id", "command_id"),
    select(audit_entries.c.digest)
    .where(
        audit_entries.c.workspace_id == bindparam("workspace_id"),
        audit_entries.c.command_id == bindparam("command_id"),
    )
    .order_by(audit_entries.c.number.desc())
    .limit(1),
)
_EARLIER = Statement(  # of all workspaces, for by the key alone no page is read twice
    ("after",),
    select(*COLUMNS).where(commands.c.id > bindparam("after"), has_ended()).order_by(commands.c.id).limit(PAGE),
)


def append(key: bytes, marks: Iterable[Mark], now_at: int) -> Plan[None]:
    """Write entries for commands as they look now, one each.

    This is the last step of a transaction: on PostgreSQL it locks the chain's head until the commit, and who waits for
    nothing afterwards is in no deadlock.
    """
    latest: dict[Key, Mark] = {}
    for mark in marks:
        first = latest.get(mark.command_id, mark)
        latest[mark.command_id] = replace(mark, before=first.before)
    for workspace_id in sorted({mark.workspace_id for mark in latest.values()}):
        own = [mark for mark in latest.values() if mark.workspace_id == workspace_id]
        yield from _append(key, workspace_id, own, now_at)


def begin(key: bytes, workspace_id: Key, now_at: int) -> Plan[int]:
    """Enter all that ended before there was a chain, where none has begun yet; gives how many commands these were."""
    return (yield from _append(key, workspace_id, (), now_at))


def _append(key: bytes, workspace_id: Key, marks: Sequence[Mark], now_at: int) -> Plan[int]:
    rows = yield Query(_HOLD, (workspace_id, START))
    head = begun = Head(*rows[0])
    if head.number == 0:
        begun = yield from _enter_earlier(key, workspace_id, {mark.command_id for mark in marks}, now_at)
    else:
        marks = yield from _as_entered(key, marks)
    last = yield from _enter(key, begun, marks, now_at)
    if last != head or not head.number:
        yield Write(_MOVE, [(last.number, last.mac, seal_of(key, workspace_id, last), workspace_id)])
    return begun.number - head.number


def _as_entered(key: bytes, marks: Sequence[Mark]) -> Plan[list[Mark]]:
    """Leave out what is not as its latest entry says: a new one would hide that somebody had changed it."""
    kept = []
    for mark in marks:
        if mark.before is not None:
            rows = yield Query(_LATEST, (mark.workspace_id, mark.command_id))
            if not rows or rows[0][0] != digest_of(key, mark.command_id, mark.before):
                continue
        kept.append(mark)
    return kept


def _enter_earlier(key: bytes, workspace_id: Key, but: Collection[Key], now_at: int) -> Plan[Head]:
    """Enter what ended before the chain begins, page by page, but for these commands."""
    head, after = Head(), FIRST
    while rows := (yield Query(_EARLIER, (after,))):
        after = rows[-1][0]
        own = [mark for mark in marks_of(rows) if mark.workspace_id == workspace_id and mark.command_id not in but]
        head = yield from _enter(key, head, own, now_at)
    return head


def _enter(key: bytes, head: Head, marks: Iterable[Mark], now_at: int) -> Plan[Head]:
    entries: list[Entry] = []
    for mark in marks:
        entries.append(enter(key, head, mark, now_at))
        head = Head(entries[-1].number, entries[-1].mac)
    if entries:
        yield Write(_ADD, [tuple(getattr(one, name) for name in _FIELDS) for one in entries])
    return head
