"""Delivery news: statuses that only move forward, whatever order the news comes in and however often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.elements import BindParameter

from flows.errors import ErrorClass
from flows.lifecycle import moved
from flows.values import Key, MessageStatus, Receipt
from storage.keys import new_key
from storage.outbox.refusals import TEACHING, Lesson, learn
from storage.outbox.words import word
from storage.plan import Members, Plan, Query, Row, Statement, Write, in_pages, insertion
from storage.schema import messages, orphan_receipts

Classify = Callable[[Receipt], ErrorClass | None]
"""Says what the error code of a receipt means; None: nothing."""

FAILURES = frozenset((MessageStatus.FAILED, MessageStatus.UNDELIVERED))
KEEP_ORPHANS_SECONDS = 7 * 86_400


@dataclass(frozen=True, slots=True)
class _Known:
    id: Key
    status: MessageStatus
    provider_id: str | None
    contact_id: Key
    error_code: str | None = None
    error_text: str | None = None


def _found(engine: str, column: str, members: list[BindParameter[object]]) -> ClauseElement:
    found = (
        select(messages.c.id, messages.c.status, messages.c.provider_id, messages.c.contact_id)
        .where(messages.c[column].in_(members), messages.c.direction == word("outbound"))
        .order_by(messages.c.id)
    )
    if column == "provider_id":
        found = found.where(messages.c.provider_id.is_not(None))
    return found if engine == "sqlite" else found.with_for_update()


_BY_ID = Members((), lambda engine, members: _found(engine, "id", members))
_BY_PROVIDER_ID = Members((), lambda engine, members: _found(engine, "provider_id", members))
_MOVE = Statement(
    ("status", "provider_id", "error_code", "error_text", "now_at", "id"),
    update(messages)
    .where(messages.c.id == bindparam("id"))
    .values(
        status=bindparam("status"),
        provider_id=bindparam("provider_id"),
        error_code=bindparam("error_code"),
        error_text=bindparam("error_text"),
        sent_at=func.coalesce(messages.c.sent_at, bindparam("now_at")),
        updated_at=bindparam("now_at"),
    ),
)
_ORPHAN = insertion(
    orphan_receipts, ("id", "provider", "provider_id", "status", "error_code", "error_text", "received_at")
)
_ORPHAN_COLUMNS = (
    orphan_receipts.c.id,
    orphan_receipts.c.provider,
    orphan_receipts.c.provider_id,
    orphan_receipts.c.status,
    orphan_receipts.c.error_code,
    orphan_receipts.c.error_text,
)
_ORPHANS = Members(
    (),
    lambda _engine, members: (
        select(*_ORPHAN_COLUMNS).where(orphan_receipts.c.provider_id.in_(members)).order_by(orphan_receipts.c.id)
    ),
)
_MATCHED_ORPHANS = Statement(
    (),
    # Orphans are few: each looks its message up; a join would let SQLite read all messages.
    select(*_ORPHAN_COLUMNS)
    .where(
        exists().where(
            messages.c.provider_id == orphan_receipts.c.provider_id,
            messages.c.direction == word("outbound"),
            messages.c.provider_id.is_not(None),
        )
    )
    .order_by(orphan_receipts.c.id),
)
_FORGET = Statement(("id",), delete(orphan_receipts).where(orphan_receipts.c.id == bindparam("id")))
_FORGET_OLD = Statement(
    ("before_at",), delete(orphan_receipts).where(orphan_receipts.c.received_at < bindparam("before_at"))
)


def apply_receipts(receipts: Sequence[Receipt], now_at: int, classify: Classify) -> Plan[None]:
    """Move messages forward by their receipts; one about a message that nobody knows yet waits as an orphan."""
    known = yield from _load(receipts)
    changed: dict[Key, _Known] = {}
    lessons: list[Lesson] = []
    orphans: list[Receipt] = []
    for receipt in receipts:
        found = known.get(receipt.message_id or receipt.provider_id) or known.get(receipt.provider_id)
        if found is None:
            orphans += [receipt] if receipt.message_id is None else []
            continue
        current = changed.get(found.id, found)
        after = _after(current, receipt)
        if after is not None:
            changed[found.id] = after
            lessons += _lessons(after, receipt, classify)
    if changed:
        yield Write(_MOVE, [_row(after, now_at) for after in changed.values()])
    if orphans:
        yield Write(_ORPHAN, [_orphan(receipt, now_at) for receipt in orphans])
    if lessons:
        yield from learn(lessons, now_at)


def apply_orphans(provider_ids: Sequence[str], now_at: int, classify: Classify) -> Plan[None]:
    """Apply what was told about these messages before we knew their ids."""
    for page in in_pages(provider_ids):
        rows = yield _ORPHANS.query(page)
        yield from _adopt(rows, now_at, classify)


def match_orphans(now_at: int, classify: Classify) -> Plan[None]:
    """Apply the orphans whose message is known by now, and forget those of a week ago."""
    rows = yield Query(_MATCHED_ORPHANS)
    yield from _adopt(rows, now_at, classify)
    yield Write(_FORGET_OLD, [(now_at - KEEP_ORPHANS_SECONDS * 1_000_000,)])


def _adopt(rows: Sequence[Row], now_at: int, classify: Classify) -> Plan[None]:
    if rows:
        receipts = [Receipt(row[1], row[2], MessageStatus(row[3]), row[4], row[5]) for row in rows]
        yield Write(_FORGET, [(row[0],) for row in rows])
        yield from apply_receipts(receipts, now_at, classify)


def _load(receipts: Sequence[Receipt]) -> Plan[dict[Key | str, _Known]]:
    """Find the messages by our id and by the provider's, locked."""
    known: dict[Key | str, _Known] = {}
    ids = sorted({receipt.message_id for receipt in receipts if receipt.message_id is not None})
    for page in in_pages(ids):
        rows = yield _BY_ID.query(page)
        known |= {row[0]: _read(row) for row in rows}
    for names in in_pages(sorted({receipt.provider_id for receipt in receipts})):
        rows = yield _BY_PROVIDER_ID.query(names)
        known |= {row[2]: _read(row) for row in rows}
    return known


def _read(row: Row) -> _Known:
    return _Known(row[0], MessageStatus(row[1]), row[2], row[3])


def _after(current: _Known, receipt: Receipt) -> _Known | None:
    target = moved(current.status, receipt.status)
    if target is None or current.provider_id not in {None, receipt.provider_id}:
        return None
    failed = target in FAILURES
    return replace(
        current,
        status=target,
        provider_id=receipt.provider_id,
        error_code=receipt.error_code if failed else None,
        error_text=receipt.error_text if failed else None,
    )


def _lessons(after: _Known, receipt: Receipt, classify: Classify) -> list[Lesson]:
    error_class = classify(receipt) if after.status in FAILURES else None
    if error_class is None or error_class not in TEACHING:
        return []
    code, text = receipt.error_code or "", receipt.error_text or ""
    return [Lesson(after.id, after.contact_id, receipt.provider, error_class, code, text)]


def _row(after: _Known, now_at: int) -> tuple[object, ...]:
    return (after.status.value, after.provider_id, after.error_code, after.error_text, now_at, after.id)


def _orphan(receipt: Receipt, now_at: int) -> tuple[object, ...]:
    return (
        new_key(),
        receipt.provider,
        receipt.provider_id,
        receipt.status.value,
        receipt.error_code,
        receipt.error_text,
        now_at,
    )
