"""Claims that were committed although all we heard was an error: nothing of theirs has left."""

from __future__ import annotations

from sqlalchemy import Integer, bindparam, literal_column, null, select, update

from flows.values import Key, MessageStatus
from storage.outbox.spending import give_back, uncount
from storage.outbox.words import QUEUED, SENDING, is_uncertain
from storage.plan import Plan, Query, Statement, Write
from storage.schema import messages

_MARKED = Statement(
    ("node_id", "channel_id"),
    select(messages.c.id, messages.c.attempt, messages.c.spending_day).where(
        is_uncertain(),
        messages.c.status == SENDING,
        messages.c.node_id == bindparam("node_id"),
        messages.c.channel_id == bindparam("channel_id"),
    ),
)
_PUT_BACK = Statement(
    ("now_at", "id", "attempt"),
    update(messages)
    .where(messages.c.id == bindparam("id"), messages.c.attempt == bindparam("attempt"), messages.c.status == SENDING)
    .values(
        status=QUEUED,
        attempt=messages.c.attempt - literal_column("1", Integer()),  # there was none
        node_id=null(),
        claimed_at=null(),
        updated_at=bindparam("now_at"),
    ),
)


def put_back(channel_id: Key, node_id: Key, begun: frozenset[Key], now_at: int) -> Plan[int]:
    """Queue what a process has marked on a channel and not begun to send; only that process knows what it has begun.

    `begun` is how that stood before: what is recorded meanwhile may be another process's by now. Gives how many
    messages there were.
    """
    marked = yield Query(_MARKED, (node_id, channel_id))
    lost = sorted((row[0], row[1], row[2]) for row in marked if row[0] not in begun)
    freed = yield from uncount(lost, MessageStatus.SENDING)
    yield Write(_PUT_BACK, [(now_at, message_id, attempt) for message_id, attempt, _day in lost])
    yield from give_back(freed)
    return len(lost)
