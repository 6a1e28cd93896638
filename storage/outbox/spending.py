"""The segments that a channel sends on a day, counted where they are claimed, and the claim that keeps a ceiling.

A message counts from its claim on, in the same transaction, and until it is certain that the provider did not take it:
so the provider's log never shows more than the ceiling, whatever is lost or killed in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.sql import ClauseElement

from flows.limits import UNHELD, Ceiling
from flows.values import Key, MessageStatus
from storage.channels import Channel
from storage.outbox.claim import Claimed, first_of, lane_is_free, mark_sending, may_leave, read_claimed
from storage.outbox.words import COMMAND, SENDING, UNKNOWN, word
from storage.plan import Plan, Query, Statement, Write, insertion
from storage.schema import messages, spending


@dataclass(frozen=True, slots=True)
class Taken:
    """What a claim under a ceiling gave."""

    messages: tuple[Claimed, ...]
    is_news: bool = False
    """The ceiling is reached: something waits for the next day, and the admins have not heard of it yet."""


Freed = Counter[tuple[Key, str]]
"""Segments by the channel and the day on which they count no more."""

_NOTHING, _ONE = literal_column("0", Integer()), literal_column("1", Integer())
_ROOM: ColumnElement[int] = bindparam("room", type_=Integer)
"""How many segments more may leave on the day."""


def _is_unheld(table: FromClause) -> ColumnElement[bool]:
    return table.c.purpose.in_([word(purpose) for purpose in sorted(UNHELD)])


def _size(table: FromClause) -> ColumnElement[int]:
    return func.coalesce(func.nullif(table.c.segments, _NOTHING), _ONE)  # as `Claimed` has it: none is one


def _fits(table: FromClause) -> ColumnElement[bool]:
    return or_(_is_unheld(table), _size(table) <= _ROOM)


def _claim(engine: str) -> ClauseElement:
    """Claim as ever, but of what can be held back only so much that all of it together fits."""
    # An operator's answer does not stand in line behind what waits for the next day.
    lane = lane_is_free(engine, lambda other: or_(messages.c.purpose != COMMAND, _fits(other)))
    columns = (messages.c.priority, messages.c.purpose, _size(messages).label("size"))
    picked = first_of(may_leave(lane).where(_fits(messages)).add_columns(*columns), engine)
    held = case((_is_unheld(picked), _NOTHING), else_=picked.c.size)
    sum_so_far = func.sum(held).over(order_by=(picked.c.priority, picked.c.id))
    sum_unheld = func.sum(picked.c.size - held).over()
    counted = select(picked.c.id, picked.c.purpose, (sum_unheld + sum_so_far).label("sum_so_far")).subquery("counted")
    chosen = select(counted.c.id).where(or_(_is_unheld(counted), counted.c.sum_so_far <= _ROOM))
    return mark_sending(chosen, bindparam("day"))


def _held(engine: str) -> ClauseElement:
    other = messages.alias("other")
    in_flight = exists().where(
        other.c.status.in_([SENDING, UNKNOWN]),  # the condition of the index `ix_messages_uncertain`
        other.c.status == SENDING,
        other.c.channel_id == bindparam("channel_id"),
    )
    return may_leave(lane_is_free(engine)).where(~_fits(messages), ~in_flight).limit(_ONE)


_CLAIM = Statement(("channel_id", "node_id", "now_at", "limit", "fresh_since", "room", "day"), _claim)
_HELD = Statement(("channel_id", "now_at", "fresh_since", "room"), _held)
_OF_DAY = (spending.c.channel_id == bindparam("channel_id"), spending.c.day == bindparam("day"))
_SPENT = Statement(
    ("channel_id", "day"),
    # On PostgreSQL the nodes that claim for a channel stand in line here.
    select(spending.c.segments, func.coalesce(spending.c.told_segments, _NOTHING)).where(*_OF_DAY).with_for_update(),
)
_OPEN = insertion(spending, ("channel_id", "day", "segments"), ignore=True)
_COUNT = Statement(
    ("change", "channel_id", "day"),
    update(spending).where(*_OF_DAY).values(segments=spending.c.segments + bindparam("change", type_=Integer)),
)
_UNCOUNT = Statement(
    ("id", "attempt", "status", "day"),
    update(messages)
    .where(
        messages.c.id == bindparam("id"),
        messages.c.attempt == bindparam("attempt"),
        messages.c.status == bindparam("status"),
        messages.c.spending_day == bindparam("day"),
    )
    .values(spending_day=None)
    .returning(messages.c.channel_id, _size(messages)),
)
_TELL = Statement(
    ("ceiling", "channel_id", "day"),
    update(spending)
    .where(*_OF_DAY, func.coalesce(spending.c.told_segments, _NOTHING) < bindparam("ceiling", type_=Integer))
    .values(told_segments=bindparam("ceiling"))
    .returning(spending.c.channel_id),
)
_FULL = Statement(
    ("day", "ceiling"),
    select(spending.c.channel_id).where(
        spending.c.day == bindparam("day"), spending.c.told_segments >= bindparam("ceiling")
    ),
)
_TODAY = Statement(
    ("day",), select(spending.c.channel_id, spending.c.segments).where(spending.c.day == bindparam("day"))
)


def claim_within(
    channel: Channel, node_id: Key, now_at: int, limit: int, ceiling: Ceiling, fresh_since: int = 0
) -> Plan[Taken]:
    """Do what `claim` does, and count; what can be held back leaves only as far as the ceiling lets it.

    Confirmations and answers to commands always leave. A text that is too long for the rest of the day lets shorter
    ones of others pass.
    """
    spent, told = yield from _open_day(channel.id, ceiling.day)
    room = max(0, ceiling.segments - spent)
    rows = yield Query(_CLAIM, (channel.id, node_id, now_at, limit, fresh_since, room, ceiling.day))
    claimed = read_claimed(rows, ceiling.day)
    if claimed:
        yield Write(_COUNT, [(sum(one.segments for one in claimed), channel.id, ceiling.day)])
        return Taken(claimed)
    if told >= ceiling.segments:
        return Taken(())
    return Taken((), is_news=bool((yield Query(_HELD, (channel.id, now_at, fresh_since, room)))))


def uncount(calls: Iterable[tuple[Key, int, str | None]], status: MessageStatus) -> Plan[Freed]:
    """Take messages (id, attempt, day) off their day, where they still are in that status of that attempt.

    `give_back` has to follow, as the last step of the transaction: nobody waits for anything while claims wait for it.
    """
    freed: Freed = Counter()
    for message_id, attempt, day in calls:
        if day is not None:
            for channel_id, size in (yield Query(_UNCOUNT, (message_id, attempt, status.value, day))):
                freed[(channel_id, day)] += size
    return freed


def give_back(freed: Freed) -> Plan[None]:
    """Count less on the days of what never left."""
    if freed:
        yield Write(_COUNT, [(-size, *place) for place, size in sorted(freed.items())])


def note_told(channel_id: Key, ceiling: Ceiling) -> Plan[bool]:
    """Write down that the admins hear that a ceiling is reached; False: they know."""
    return bool((yield Query(_TELL, (ceiling.segments, channel_id, ceiling.day))))


def full_channels(ceiling: Ceiling) -> Plan[frozenset[Key]]:
    """Name the channels that have reached the ceiling."""
    return frozenset(row[0] for row in (yield Query(_FULL, (ceiling.day, ceiling.segments))))


def spent_on(day: str) -> Plan[dict[Key, int]]:
    """Give what each channel has sent on a day."""
    return {row[0]: row[1] for row in (yield Query(_TODAY, (day,)))}


def _open_day(channel_id: Key, day: str) -> Plan[Any]:
    rows = yield Query(_SPENT, (channel_id, day))
    if not rows:
        yield Write(_OPEN, [(channel_id, day, 0)])
        rows = yield Query(_SPENT, (channel_id, day))
    return rows[0]
