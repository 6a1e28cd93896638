"""Forgetting what was said after a while: the texts of old messages go, that they were sent stays."""

from __future__ import annotations

from sqlalchemy import Integer, bindparam, delete, null, select, update

from flows.values import Key
from storage.outbox.words import is_open
from storage.plan import Plan, Query, Statement, Write
from storage.schema import messages, search_entries

PAGE = 500
FIRST: Key = bytes(16)

_OLD = Statement(
    ("workspace_id", "after", "before_at", "limit"),
    select(messages.c.id, messages.c.body)
    .where(
        messages.c.workspace_id == bindparam("workspace_id"),
        messages.c.id > bindparam("after"),
        messages.c.created_at < bindparam("before_at"),
        ~is_open(),
    )
    .order_by(messages.c.id)
    .limit(bindparam("limit", type_=Integer)),
)
_EMPTY = Statement(
    ("message_id",), update(messages).where(messages.c.id == bindparam("message_id")).values(body="", extras=null())
)
_UNSEARCHED = Statement(
    ("workspace_id", "message_id"),
    delete(search_entries).where(
        search_entries.c.workspace_id == bindparam("workspace_id"),  # the index begins with it
        search_entries.c.message_id == bindparam("message_id"),
    ),
)


def empty_page(workspace_id: Key, after: Key, before_at: int) -> Plan[tuple[Key, int]]:
    """Empty a page of the messages of before a time, from after a key; gives how far it came and how many had a text.

    Give the key back for the next page; `FIRST` again once it does not move.
    """
    rows = yield Query(_OLD, (workspace_id, after, before_at, PAGE))
    full = [(row[0],) for row in rows if row[1]]
    if full:
        yield Write(_UNSEARCHED, [(workspace_id, key) for (key,) in full])
        yield Write(_EMPTY, full)
    return (rows[-1][0] if rows else after), len(full)
