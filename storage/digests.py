"""What operators have been told of those who wait for an answer: one digest at a time, whichever node sends it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select
from sqlalchemy.sql import ClauseElement

from flows.values import Key
from storage.plan import Plan, Query, Statement, insert_for
from storage.schema import contacts, digests, operators, unanswered
from storage.unanswered import FROM, WAITING, Waiting, is_shown, waiting_of


@dataclass(frozen=True, slots=True)
class Reader:
    """An operator who may be told, and up to when they were."""

    operator_id: Key
    address: str
    role: str
    time_zone: str | None
    """The operator's own, where it is known."""
    sent_at: int
    """When the last digest went out; 0: none did."""
    told_until_at: int


_READERS = Statement(
    ("workspace_id",),
    select(
        operators.c.id,
        operators.c.address,
        operators.c.role,
        contacts.c.time_zone,
        digests.c.sent_at,
        digests.c.told_until_at,
    )
    .select_from(
        operators.outerjoin(digests, digests.c.operator_id == operators.c.id).outerjoin(
            contacts,
            and_(
                contacts.c.workspace_id == operators.c.workspace_id,
                contacts.c.address == operators.c.address,
                contacts.c.deleted_at.is_(None),
            ),
        )
    )
    .where(
        operators.c.workspace_id == bindparam("workspace_id"),
        operators.c.address.is_not(None),
        operators.c.is_active,
    )
    .order_by(operators.c.number),
)
_NEWEST = Statement(
    ("workspace_id", "until_at"),
    select(unanswered.c.news_at)
    .where(
        unanswered.c.workspace_id == bindparam("workspace_id"),
        unanswered.c.news_at.is_not(None),
        unanswered.c.news_at <= bindparam("until_at"),
    )
    .order_by(unanswered.c.news_at.desc())
    .limit(1),
)
_NEWS = Statement(
    ("workspace_id", "told_until_at", "until_at", "limit"),
    select(*WAITING)
    .select_from(FROM)
    .where(
        unanswered.c.workspace_id == bindparam("workspace_id"),
        unanswered.c.news_at.is_not(None),
        unanswered.c.news_at > bindparam("told_until_at"),
        unanswered.c.news_at <= bindparam("until_at"),
        is_shown(),
    )
    .order_by(unanswered.c.news_at.desc())
    .limit(bindparam("limit")),
)


def _claim(engine: str) -> ClauseElement:
    made = insert_for(engine)(digests).values(
        operator_id=bindparam("operator_id"), sent_at=bindparam("now_at"), told_until_at=bindparam("until_at")
    )
    built: ClauseElement = made.on_conflict_do_update(
        index_elements=["operator_id"],
        set_={"sent_at": made.excluded.sent_at, "told_until_at": made.excluded.told_until_at},
        where=and_(digests.c.sent_at == bindparam("was_sent_at"), digests.c.told_until_at == bindparam("was_until_at")),
    ).returning(digests.c.operator_id)
    return built


_CLAIM = Statement(("operator_id", "now_at", "until_at", "was_sent_at", "was_until_at"), _claim)


def newest_news(workspace_id: Key, until_at: int) -> Plan[int | None]:
    """Read when the latest news came, of those until a moment."""
    rows = yield Query(_NEWEST, (workspace_id, until_at))
    return int(rows[0][0]) if rows else None


def digest_readers(workspace_id: Key) -> Plan[tuple[Reader, ...]]:
    """Read the operators with a phone who may command, with what each was told."""
    rows = yield Query(_READERS, (workspace_id,))
    return tuple(Reader(row[0], row[1], row[2], row[3], row[4] or 0, row[5] or 0) for row in rows)


def news_for(workspace_id: Key, reader: Reader, until_at: int, limit: int) -> Plan[tuple[Waiting, ...]]:
    """Read who has written since the reader was told and until a moment, newest first, at most `limit` people."""
    rows = yield Query(_NEWS, (workspace_id, reader.told_until_at, until_at, limit))
    return tuple(waiting_of(row) for row in rows)


def claim_digest(reader: Reader, until_at: int, now_at: int) -> Plan[bool]:
    """Take on a reader's next digest, with the news until a moment; False where another node was first."""
    values = (reader.operator_id, now_at, until_at, reader.sent_at, reader.told_until_at)
    return bool((yield Query(_CLAIM, values)))
