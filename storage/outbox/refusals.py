"""What a refusal teaches about the contact: an opt-out that the provider knows of, a number that is dead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, literal_column, select, update
from sqlalchemy.sql import ClauseElement

from flows.errors import ErrorClass
from flows.values import DAY, Key, MessageStatus
from storage.keys import new_key
from storage.outbox.words import QUEUED, word
from storage.plan import Members, Plan, Query, Statement, Write, in_pages, insert_for, insertion
from storage.schema import channels, consent_changes, contacts, messages, opt_outs, suppressions

SOURCE = "message_failure"
TEACHING = frozenset((ErrorClass.OPT, ErrorClass.HARD, ErrorClass.STRIKE))
"""The classes that say something about the contact."""
STRIKES, STRIKE_DAYS = 3, 3
"""So many failures in a row, over at least so many days, and the number counts as dead on the channel."""
LOOK_BACK = 30
"""Messages of the contact that are looked at."""
_FAILURES = frozenset((MessageStatus.FAILED.value, MessageStatus.UNDELIVERED.value))
_SIGNS_OF_LIFE = frozenset((MessageStatus.DELIVERED.value, MessageStatus.READ.value))


@dataclass(frozen=True, slots=True)
class Lesson:
    """A message was refused, or failed later, for a reason that says something about its contact."""

    message_id: Key
    contact_id: Key
    provider: str
    error_class: ErrorClass
    code: str
    text: str


def _opt_out(engine: str) -> ClauseElement:
    names = ("workspace_id", "address", "scope", "source", "text", "opted_out_at")
    made: Any = insert_for(engine)(opt_outs).values({name: bindparam(name) for name in names})
    returned: ClauseElement = made.on_conflict_do_nothing().returning(opt_outs.c.address)
    return returned


_OPT_OUT = Statement(("workspace_id", "address", "scope", "source", "text", "opted_out_at"), _opt_out)
_CHANGE = insertion(
    consent_changes,
    ("id", "workspace_id", "contact_id", "address", "action", "scope", "source", "text", "message_id", "created_at"),
)
_CANCEL = Statement(
    ("now_at", "contact_id"),
    update(messages)
    .where(messages.c.contact_id == bindparam("contact_id"), messages.c.status == QUEUED)
    .values(status=word("cancelled"), error_text=word("opted out"), updated_at=bindparam("now_at")),
)
_SUPPRESS = insertion(
    suppressions,
    ("workspace_id", "address", "provider", "category", "reason", "error_code", "message_id"),
    stamps=("created_at", "updated_at"),
    ignore=True,
)
_CONTACTS = Members(
    (),
    lambda _engine, members: select(contacts.c.id, contacts.c.workspace_id, contacts.c.address).where(
        contacts.c.id.in_(members)
    ),
)


_LATEST = Statement(
    ("contact_id",),
    select(messages.c.direction, messages.c.status, messages.c.created_at, channels.c.provider)
    .join(channels, channels.c.id == messages.c.channel_id)
    .where(messages.c.contact_id == bindparam("contact_id"))
    .order_by(messages.c.id.desc())
    .limit(literal_column(str(LOOK_BACK), Integer())),
)


def learn(lessons: Sequence[Lesson], now_at: int) -> Plan[None]:
    """Record opt-outs (with their change of consent, cancelling what is queued) and suppressions; twice is once.

    Runs after the failures themselves were written.
    """
    known: dict[Key, tuple[Key, str]] = {}
    for page in in_pages([lesson.contact_id for lesson in lessons]):
        rows = yield _CONTACTS.query(page)
        known |= {row[0]: (row[1], row[2]) for row in rows}
    for lesson in lessons:
        place = known.get(lesson.contact_id)
        if place is not None and lesson.error_class is ErrorClass.OPT:
            yield from _opt_out_by(lesson, place, now_at)
        elif place is not None and (lesson.error_class is ErrorClass.HARD or (yield from _is_struck_out(lesson))):
            yield Write(
                _SUPPRESS, [(*place, lesson.provider, "hard_fail", lesson.text, lesson.code, lesson.message_id, now_at)]
            )


def _is_struck_out(lesson: Lesson) -> Plan[bool]:
    """Say whether this is the last straw: one failure after another for days, no sign of life in between."""
    if lesson.error_class is not ErrorClass.STRIKE:
        return False
    rows = yield Query(_LATEST, (lesson.contact_id,))
    failed_at: list[int] = []
    for direction, status, created_at, provider in rows:
        if direction == "inbound" or status in _SIGNS_OF_LIFE:
            break
        if status in _FAILURES and provider == lesson.provider:
            failed_at.append(created_at)
    return len(failed_at) >= STRIKES and failed_at[0] - failed_at[-1] >= STRIKE_DAYS * DAY


def _opt_out_by(lesson: Lesson, place: tuple[Key, str], now_at: int) -> Plan[None]:
    said = lesson.code or lesson.text
    fresh = yield Query(_OPT_OUT, (*place, "all", SOURCE, said, now_at))
    if fresh:
        workspace_id, address = place
        yield Write(
            _CHANGE,
            [
                (
                    new_key(),
                    workspace_id,
                    lesson.contact_id,
                    address,
                    "opt_out",
                    "all",
                    SOURCE,
                    said,
                    lesson.message_id,
                    now_at,
                )
            ],
        )
    yield Write(_CANCEL, [(now_at, lesson.contact_id)])
