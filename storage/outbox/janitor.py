"""Messages that wait for nothing: their contact may not be written to, or their time is over."""

from __future__ import annotations

from sqlalchemy import bindparam, case, or_, select, update
from sqlalchemy.sql import ClauseElement

from flows.values import MessageStatus
from storage.outbox.words import CONFIRMATION, QUEUED, opted_out, suppressed, word
from storage.plan import Plan, Statement, Write
from storage.schema import channels, contacts, messages


def _cancel(engine: str) -> ClauseElement:
    refused = (
        select(messages.c.id)
        .join(contacts, contacts.c.id == messages.c.contact_id)
        .join(channels, channels.c.id == messages.c.channel_id)
        .where(messages.c.status == QUEUED, messages.c.purpose != CONFIRMATION, or_(opted_out(), suppressed()))
    )
    if engine != "sqlite":
        refused = refused.with_for_update(of=messages, skip_locked=True)
    return (
        update(messages)
        .where(messages.c.id.in_(refused), messages.c.status == QUEUED)
        .values(status=word(MessageStatus.CANCELLED), error_text=_reason(), updated_at=bindparam("now_at"))
    )


def _reason() -> ClauseElement:
    known = select(contacts.c.id).where(contacts.c.id == messages.c.contact_id, opted_out()).exists()
    return case((known, word("opted out")), else_=word("suppressed"))


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
