"""SEARCH: the words of messages, indexed a little later, so that no message waits for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.sql import ClauseElement

from flows.language.text import words
from flows.values import Key, Purpose
from storage.outbox.words import word
from storage.people import find_by_id, number_of
from storage.plan import Plan, Query, Statement, Write, insert_for
from storage.schema import messages, search_entries

PAGE = 2_000
"""Messages indexed per transaction."""
LATE_MS = 600_000
"""A message is stored at most so long after its key was made: so far back is looked again."""
_PREFIX = 3
"""A word of so many letters finds longer ones that begin with it, too."""
_QUOTED = re.compile('["“”„«»]([^"“”„«»]+)["“”„«»]')


@dataclass(frozen=True, slots=True)
class Found:
    """A message that holds the words."""

    message_id: Key
    direction: str
    status: str
    body: str
    created_at: int
    who: str
    """The person's name and short number."""


_LAST = Statement(
    ("workspace_id",),
    select(search_entries.c.message_id)
    .where(search_entries.c.workspace_id == bindparam("workspace_id"))
    .order_by(search_entries.c.message_id.desc())
    .limit(1),
)
_NEW = Statement(
    ("workspace_id", "after", "limit"),
    select(messages.c.id, messages.c.body)
    .where(
        messages.c.workspace_id == bindparam("workspace_id"),
        messages.c.id > bindparam("after"),
        or_(messages.c.purpose.is_(None), messages.c.purpose != word(Purpose.COMMAND)),  # codes, and what was found
        ~exists().where(
            search_entries.c.workspace_id == messages.c.workspace_id, search_entries.c.message_id == messages.c.id
        ),
    )
    .order_by(messages.c.id)
    .limit(bindparam("limit")),
)


def _add(engine: str) -> ClauseElement:
    said = bindparam("words", type_=Text)
    made = insert_for(engine)(search_entries).values(
        workspace_id=bindparam("workspace_id"),
        message_id=bindparam("message_id"),
        words=said if engine == "sqlite" else func.to_tsvector(literal_column("'simple'"), cast(said, Text)),
    )
    built: ClauseElement = made.on_conflict_do_nothing()
    return built


def _search(engine: str) -> ClauseElement:
    columns = (messages.c.id, messages.c.direction, messages.c.status, messages.c.body, messages.c.created_at)
    found = select(*columns, messages.c.contact_id).join(search_entries, search_entries.c.message_id == messages.c.id)
    if engine == "sqlite":
        # Entry by entry, the newest first, until there are enough: a common word is in millions of them.
        index = table("search_words", column("rowid"))
        found = found.join(index, index.c.rowid == search_entries.c.id)
        is_hit: ColumnElement[bool] = literal_column("search_words").op("MATCH")(bindparam("fts5"))
        order: ColumnElement[Any] = index.c.rowid
    else:
        wanted = cast(bindparam("tsquery", type_=Text), Text)
        is_hit = search_entries.c.words.op("@@")(func.to_tsquery(literal_column("'simple'"), wanted))
        order = search_entries.c.id
    ours = search_entries.c.workspace_id == bindparam("workspace_id")
    return found.where(ours, is_hit).order_by(order.desc()).limit(bindparam("limit"))


_ADD = Statement(("workspace_id", "message_id", "words"), _add)
_SEARCH = Statement(("workspace_id", "fts5", "tsquery", "limit"), _search)
_FORGET = Statement(
    ("workspace_id",), delete(search_entries).where(search_entries.c.workspace_id == bindparam("workspace_id"))
)


def catch_up(workspace_id: Key) -> Plan[int]:
    """Index a page of the messages that came since the last time; gives how many, 0 when nothing is left."""
    last = yield Query(_LAST, (workspace_id,))
    after = _earlier(last[0][0]) if last else bytes(16)
    rows = yield Query(_NEW, (workspace_id, after, PAGE))
    if rows:
        yield Write(_ADD, [(workspace_id, row[0], " ".join(words(row[1]))) for row in rows])
    return len(rows)


def begin_anew(workspace_id: Key) -> Plan[None]:
    """Drop the index where messages came in below its newest one, as a takeover brings them: they would be left out."""
    last = yield Query(_LAST, (workspace_id,))
    first = yield Query(_NEW, (workspace_id, bytes(16), 1))
    if last and first and first[0][0] < last[0][0]:
        yield Write(_FORGET, [(workspace_id,)])


def search(workspace_id: Key, text: str, limit: int) -> Plan[tuple[Found, ...]]:
    """Find messages that hold all the words of a text, newest first; words in quotes stand side by side."""
    phrases = _phrases(text)
    if not phrases:
        return ()
    fts5 = " AND ".join(f'"{" ".join(phrase)}"{"*" if _is_open(phrase) else ""}' for phrase in phrases)
    tsquery = " & ".join(f"({' <-> '.join(phrase)}{':*' if _is_open(phrase) else ''})" for phrase in phrases)
    rows = yield Query(_SEARCH, (workspace_id, fts5, tsquery, limit))
    found = []
    for row in sorted(rows, key=itemgetter(0), reverse=True):  # they come in the order in which they were indexed
        who = yield from _who(workspace_id, row[5])
        found.append(Found(row[0], row[1], row[2], row[3], row[4], who))
    return tuple(found)


def _phrases(text: str) -> list[tuple[str, ...]]:
    quoted = [words(one) for one in _QUOTED.findall(text)]
    return [*filter(None, quoted), *((one,) for one in words(_QUOTED.sub(" ", text)))]


def _is_open(phrase: tuple[str, ...]) -> bool:
    return len(phrase) == 1 and len(phrase[0]) >= _PREFIX


def _who(workspace_id: Key, contact_id: Key | None) -> Plan[str]:
    known = (yield from find_by_id(contact_id)) if contact_id is not None else None
    if known is None:
        return "somebody"
    number = known.number or (yield from number_of(workspace_id, known.id))
    return " ".join(part for part in (known.name, f"@{number}") if part)


def _earlier(key: Key) -> Key:
    """Go back in time from a key (its first 48 bits are milliseconds since the epoch, RFC 9562)."""
    return max(0, int.from_bytes(key[:6], "big") - LATE_MS).to_bytes(6, "big") + bytes(10)
