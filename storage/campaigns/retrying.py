"""Whom RETRY writes to: those whom a campaign failed to reach for a reason that may have passed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, literal, not_, or_, select

from flows.values import Key, MessageStatus
from storage.schema import campaigns, contacts, messages, recipients

_FAILED = (MessageStatus.FAILED.value, MessageStatus.UNDELIVERED.value, MessageStatus.EXPIRED.value)
"""What never arrived for certain; `unknown` is not among them, for it may have."""


def retry_condition(
    workspace_id: Key, number: int, lasting_codes: Collection[str], but: int | None = None
) -> ColumnElement[bool]:
    """Say in SQL whether a contact is one to write to again for a campaign.

    `lasting_codes` are the providers' error codes that do not pass. Who got another retry of the campaign (any but the
    one of the number `but`) is left out, unless that failed in the same way.
    """
    failed = and_(
        messages.c.status.in_(_FAILED),
        or_(messages.c.error_code.is_(None), messages.c.error_code.not_in(sorted(lasting_codes))),
    )
    mine = and_(campaigns.c.workspace_id == workspace_id, recipients.c.address == contacts.c.address)
    joined = recipients.join(campaigns, campaigns.c.id == recipients.c.campaign_id)
    with_message = joined.join(messages, messages.c.id == recipients.c.message_id)
    first = select(literal(1)).select_from(with_message).where(mine, campaigns.c.number == number, failed)
    again = (
        select(literal(1))
        .select_from(joined.outerjoin(messages, messages.c.id == recipients.c.message_id))
        .where(
            mine,
            campaigns.c.retry_of == number,
            campaigns.c.number != (but or 0),
            recipients.c.status != "skipped",
            or_(messages.c.id.is_(None), not_(failed)),
        )
    )
    return and_(
        contacts.c.deleted_at.is_(None),
        first.correlate(contacts).exists(),
        not_(again.correlate(contacts).exists()),
    )
