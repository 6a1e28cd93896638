"""What a campaign takes back that ends or has to wait: everything of it that has not left."""

from __future__ import annotations

from sqlalchemy import bindparam, null, select, update

from flows.values import Key, MessageStatus
from storage.outbox.words import QUEUED, word
from storage.plan import Plan, Query, Statement, Write
from storage.schema import messages, recipients

_POSTPONED = "campaign postponed"
_TAKE_BACK = Statement(
    ("reason", "now_at", "campaign_id"),
    update(messages)
    .where(messages.c.campaign_id == bindparam("campaign_id"), messages.c.status == QUEUED)
    .values(status=word(MessageStatus.CANCELLED), error_text=bindparam("reason"), updated_at=bindparam("now_at"))
    .returning(messages.c.id),
)
_WAIT = Statement(
    ("now_at", "campaign_id"),
    update(recipients)
    .where(
        recipients.c.campaign_id == bindparam("campaign_id"),
        recipients.c.message_id.in_(
            select(messages.c.id).where(
                messages.c.campaign_id == bindparam("campaign_id"),
                messages.c.status == word(MessageStatus.CANCELLED),
                messages.c.error_text == word(_POSTPONED),
            )
        ),
    )
    .values(status=word("pending"), message_id=null(), due_at=bindparam("now_at")),
)


def take_back(campaign_id: Key, now_at: int) -> Plan[int]:
    """Cancel what waits in the outbox; gives how many messages."""
    return len((yield Query(_TAKE_BACK, ("campaign cancelled", now_at, campaign_id))))


def postpone(campaign_id: Key, now_at: int) -> Plan[None]:
    """Let the recipients whose messages wait in the outbox wait for the campaign instead, however long it is paused."""
    yield Query(_TAKE_BACK, (_POSTPONED, now_at, campaign_id))
    yield Write(_WAIT, [(now_at, campaign_id)])
