"""What the simulator's commands queued for real phones: an earlier version let them, and it must not leave."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, or_, select, update

from flows.values import MessageStatus
from storage.channels import SIMULATOR
from storage.outbox.words import QUEUED, word
from storage.plan import Plan, Query, Statement
from storage.schema import campaigns, channels, messages

REASON = "asked for in the simulator"
_SIMULATED = select(channels.c.id).where(channels.c.provider == SIMULATOR)
_REAL = select(channels.c.id).where(channels.c.provider != SIMULATOR)
_CAUSE = messages.alias("cause")
_WITHDRAW = Statement(
    ("now_at",),
    update(messages)
    .where(
        messages.c.channel_id.in_(_REAL),
        messages.c.status == QUEUED,
        or_(
            exists().where(_CAUSE.c.id == messages.c.reply_to_id, _CAUSE.c.channel_id.in_(_SIMULATED)),
            exists().where(campaigns.c.id == messages.c.campaign_id, campaigns.c.channel_id.in_(_SIMULATED)),
        ),
    )
    .values(status=word(MessageStatus.CANCELLED), error_text=word(REASON), updated_at=bindparam("now_at"))
    .returning(messages.c.id),
)


def withdraw_simulated(now_at: int) -> Plan[int]:
    """Cancel what the simulator caused and another provider's channel holds; gives how many messages."""
    return len((yield Query(_WITHDRAW, (now_at,))))
