"""Messages that wait for nothing: their contact may not be written to, or their time is over."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, bindparam, case, or_, select, update
from sqlalchemy.sql import ClauseElement

from flows.values import ContactStatus, MessageStatus
from storage.outbox.words import COMMAND, CONFIRMATION, QUEUED, opted_out, reachable, word
from storage.plan import Plan, Statement, Write
from storage.schema import channels, contacts, messages

_BARRED = (ContactStatus.INACTIVE, ContactStatus.BLOCKED, ContactStatus.INVALID)


def _cancel(engine: str) -> ClauseElement:
    refused = (
        select(messages.c.id)
        .join(contacts, contacts.c.id == messages.c.contact_id)
        .join(channels, channels.c.id == messages.c.channel_id)
        .where(messages.c.status == QUEUED, messages.c.purpose != CONFIRMATION, _is_barred())
    )
    if engine != "sqlite":
        refused = refused.with_for_update(of=messages, skip_locked=True)
    return (
        update(messages)
        .where(messages.c.id.in_(refused), messages.c.status == QUEUED)
        .values(status=word(MessageStatus.CANCELLED), error_text=_reason(), updated_at=bindparam("now_at"))
    )


def _is_barred() -> ColumnElement[bool]:
    return or_(~reachable(), and_(messages.c.purpose != COMMAND, opted_out()))


def _reason() -> ClauseElement:
    of_contact = select(contacts.c.id).where(contacts.c.id == messages.c.contact_id)
    return case(
        (of_contact.where(opted_out()).exists(), word("opted out")),
        *((of_contact.where(contacts.c.status == word(one)).exists(), word(one)) for one in _BARRED),
        (of_contact.where(contacts.c.deleted_at.is_not(None)).exists(), word("deleted")),
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
