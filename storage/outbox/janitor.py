"""Messages that wait for nothing: their contact may not be written to, or their time is over."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, bindparam, case, or_, select, update
from sqlalchemy.sql import ClauseElement

from flows.values import ContactStatus, MessageStatus
from storage.outbox.words import COMMAND, CONFIRMATION, QUEUED, opted_out, reachable, word
from storage.plan import Plan, Statement, Write
from storage.schema import contacts, messages

_BARRED = (ContactStatus.INACTIVE, ContactStatus.BLOCKED, ContactStatus.INVALID)


def _cancel(engine: str) -> ClauseElement:
    found = (
        select(messages.c.id, _reason().label("reason"))
        .join(contacts, contacts.c.id == messages.c.contact_id)
        .where(messages.c.status == QUEUED, messages.c.purpose != CONFIRMATION, _is_barred())
    )
    if engine == "sqlite":
        refused = found.cte("refused")
    else:
        # Materialised, or PostgreSQL runs it once more for every row, and skips other rows each time.
        found = found.with_for_update(of=messages, skip_locked=True)
        refused = found.cte("refused").prefix_with("MATERIALIZED")
    reason = select(refused.c.reason).where(refused.c.id == messages.c.id).scalar_subquery()
    return (
        update(messages)
        .where(messages.c.id.in_(select(refused.c.id)))
        .values(status=word(MessageStatus.CANCELLED), error_text=reason, updated_at=bindparam("now_at"))
    )


def _is_barred() -> ColumnElement[bool]:
    return or_(~reachable(), and_(messages.c.purpose != COMMAND, opted_out()))


def _reason() -> ColumnElement[str]:
    return case(
        (opted_out(), word("opted out")),
        *((contacts.c.status == word(one), word(one)) for one in _BARRED),
        (contacts.c.deleted_at.is_not(None), word("deleted")),
        else_=word("suppressed"),
    )


_CANCEL = Statement(("now_at",), _cancel)
_EXPIRE = Statement(
    ("now_at",),
    update(messages)
    .where(messages.c.status == QUEUED, messages.c.not_after_at <= bindparam("now_at"))
    .values(status=word(MessageStatus.EXPIRED), updated_at=bindparam("now_at")),
)


def clean_queue(now_at: int) -> Plan[None]:
    """Cancel what may not leave any more and expire what is too late."""
    yield Write(_CANCEL, [(now_at,)])
    yield Write(_EXPIRE, [(now_at,)])
