"""What a cancelled campaign takes back: everything of it that has not left."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from flows.values import Key, MessageStatus
from storage.outbox.words import QUEUED, word
from storage.plan import Plan, Query, Statement
from storage.schema import messages

_TAKE_BACK = Statement(
    ("now_at", "campaign_id"),
    update(messages)
    .where(messages.c.campaign_id == bindparam("campaign_id"), messages.c.status == QUEUED)
    .values(status=word(MessageStatus.CANCELLED), error_text=word("campaign cancelled"), updated_at=bindparam("now_at"))
    .returning(messages.c.id),
)


def take_back(campaign_id: Key, now_at: int) -> Plan[int]:
    """Cancel what waits in the outbox; gives how many messages."""
    return len((yield Query(_TAKE_BACK, (now_at, campaign_id))))
