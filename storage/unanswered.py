"""Who waits for a person's answer: one row per person, however much they wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select
from sqlalchemy.sql import ClauseElement

from flows.values import MUTE_STATUSES, Key, Purpose
from storage.outbox.words import word
from storage.plan import Plan, Query, Row, Statement, Write, insert_for
from storage.schema import contacts, messages, unanswered


@dataclass(frozen=True, slots=True)
class Wrote:
    """A message that a person should look at."""

    contact_id: Key
    workspace_id: Key
    message_id: Key
    at: int
    is_news: bool = True
    """No operator was shown it at once."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person who waits for an answer, with the last of their messages."""

    contact_id: Key
    address: str
    name: str | None
    number: int | None
    """The short number; None: not shown to anybody yet."""
    first_message_id: Key
    last_at: int
    message_count: int
    channel_id: Key
    body: str
    extras: object


@dataclass(frozen=True, slots=True)
class Text:
    """One message of somebody who waits."""

    body: str
    extras: object
    created_at: int


_NAMES = (
    *("contact_id", "workspace_id", "first_message_id", "last_message_id", "since_at", "last_at"),
    *("message_count", "news_at"),
)


def _keep(engine: str) -> ClauseElement:
    made = insert_for(engine)(unanswered).values({name: bindparam(name) for name in _NAMES})
    built: ClauseElement = made.on_conflict_do_update(
        index_elements=["contact_id"],
        set_={
            "last_message_id": made.excluded.last_message_id,
            "last_at": made.excluded.last_at,
            "message_count": unanswered.c.message_count + made.excluded.message_count,
            "news_at": func.coalesce(made.excluded.news_at, unanswered.c.news_at),
        },
    )
    return built


def is_shown() -> ColumnElement[bool]:
    """Say that a person who waits may be shown: nothing of who was blocked since."""
    muted = [word(status) for status in sorted(MUTE_STATUSES)]
    return and_(contacts.c.deleted_at.is_(None), contacts.c.status.not_in(muted))


WAITING = (
    unanswered.c.contact_id,
    contacts.c.address,
    contacts.c.name,
    contacts.c.number,
    unanswered.c.first_message_id,
    unanswered.c.last_at,
    unanswered.c.message_count,
    messages.c.channel_id,
    messages.c.body,
    messages.c.extras,
)
FROM = unanswered.join(contacts, contacts.c.id == unanswered.c.contact_id).join(
    messages, messages.c.id == unanswered.c.last_message_id
)
_KEEP = Statement(_NAMES, _keep)
_LATEST = Statement(
    ("workspace_id", "limit"),
    select(*WAITING)
    .select_from(FROM)
    .where(unanswered.c.workspace_id == bindparam("workspace_id"), is_shown())
    .order_by(unanswered.c.last_at.desc())
    .limit(bindparam("limit")),
)
_OF = Statement(
    ("contact_id",),
    select(*WAITING).select_from(FROM).where(unanswered.c.contact_id == bindparam("contact_id")),
)
_TEXTS = Statement(
    ("contact_id", "first_message_id", "limit"),
    select(messages.c.body, messages.c.extras, messages.c.created_at)
    .where(
        messages.c.contact_id == bindparam("contact_id"),
        messages.c.id >= bindparam("first_message_id"),
        messages.c.direction == word("inbound"),
        or_(messages.c.purpose.is_(None), messages.c.purpose != word(Purpose.COMMAND)),
    )
    .order_by(messages.c.id.desc())
    .limit(bindparam("limit")),
)
_TAKE_OUT = Statement(("contact_id",), delete(unanswered).where(unanswered.c.contact_id == bindparam("contact_id")))
_EMPTY = Statement(
    ("workspace_id", "until_at"),
    delete(unanswered).where(
        unanswered.c.workspace_id == bindparam("workspace_id"), unanswered.c.last_at <= bindparam("until_at")
    ),
)


def keep_for_person(written: Sequence[Sequence[Wrote]]) -> Plan[None]:
    """Keep messages until a person has answered them, those of one person together, oldest first."""
    yield Write(_KEEP, [_row(texts) for texts in written])


def waiting_people(workspace_id: Key, limit: int) -> Plan[tuple[Waiting, ...]]:
    """Read who waits, who wrote last first."""
    return tuple(waiting_of(row) for row in (yield Query(_LATEST, (workspace_id, limit))))


def find_waiting(contact_id: Key) -> Plan[Waiting | None]:
    """Read whether a person waits."""
    rows = yield Query(_OF, (contact_id,))
    return waiting_of(rows[0]) if rows else None


def waiting_texts(waiting: Waiting, limit: int) -> Plan[tuple[Text, ...]]:
    """Read what a person has written since they wait, oldest first; of more than the limit the last ones."""
    rows = yield Query(_TEXTS, (waiting.contact_id, waiting.first_message_id, limit))
    return tuple(Text(row[0], row[1], row[2]) for row in reversed(rows))


def take_out(contact_id: Key) -> Plan[None]:
    """Let a person wait no longer: they were answered, or need no answer."""
    yield Write(_TAKE_OUT, [(contact_id,)])


def take_everybody_out(workspace_id: Key, until_at: int) -> Plan[None]:
    """Let nobody wait any longer who has not written since a moment."""
    yield Write(_EMPTY, [(workspace_id, until_at)])


def waiting_of(row: Row) -> Waiting:
    """Make the value of a row of `WAITING`."""
    return Waiting(*row)


def _row(texts: Sequence[Wrote]) -> tuple[object, ...]:
    first, last = texts[0], texts[-1]
    news_at = max((one.at for one in texts if one.is_news), default=None)
    return (
        *(first.contact_id, first.workspace_id, first.message_id, last.message_id, first.at, last.at),
        *(len(texts), news_at),
    )
