"""Pictures that go out with texts: kept as long as something may still send them."""

from __future__ import annotations

import hashlib

from sqlalchemy import bindparam, delete, func, select

from flows.values import DAY, Key
from storage.keys import new_key
from storage.outbox.words import word
from storage.plan import Plan, Query, Statement, Write, insertion
from storage.schema import campaigns, pictures, schedules

MOST_BYTES = 200_000_000
"""Of all pictures of an organisation."""
KEPT_FOR = 30 * DAY
"""How long a picture is kept that no open campaign or schedule sends."""

_ADD = insertion(
    pictures, ("id", "workspace_id", "name", "source_hash", "content", "byte_count", "created_at"), ignore=True
)
_BY_SOURCE = Statement(
    ("workspace_id", "source_hash"),
    select(pictures.c.name).where(
        pictures.c.workspace_id == bindparam("workspace_id"), pictures.c.source_hash == bindparam("source_hash")
    ),
)
_TOTAL = Statement(
    ("workspace_id",),
    select(func.coalesce(func.sum(pictures.c.byte_count), 0)).where(
        pictures.c.workspace_id == bindparam("workspace_id")
    ),
)
_READ = Statement(("picture_id",), select(pictures.c.content).where(pictures.c.id == bindparam("picture_id")))
_IS_KEPT = Statement(("picture_id",), select(pictures.c.id).where(pictures.c.id == bindparam("picture_id")))
_DROP = Statement(
    ("before_at",),
    delete(pictures).where(
        pictures.c.created_at < bindparam("before_at"),
        pictures.c.name.not_in(
            select(schedules.c.picture).where(schedules.c.picture.is_not(None), schedules.c.status != word("ended"))
        ),
        pictures.c.name.not_in(
            select(campaigns.c.picture).where(
                campaigns.c.picture.is_not(None),
                campaigns.c.status.in_([word(status) for status in ("draft", "scheduled", "running", "paused")]),
            )
        ),
    ),
)


def source_hash(url: str) -> bytes:
    """Hash the address that a picture came from: the same message's picture is fetched and kept once."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()


def key_of(name: str) -> Key:
    """Read the key that a picture's name begins with."""
    return bytes.fromhex(name.partition(".")[0])


def find_picture(workspace_id: Key, url: str) -> Plan[str | None]:
    """Name the picture that came from an address; None where it is not here."""
    rows = yield Query(_BY_SOURCE, (workspace_id, source_hash(url)))
    return str(rows[0][0]) if rows else None


def save_picture(workspace_id: Key, url: str, content: bytes, ending: str, now_at: int) -> Plan[str | None]:
    """Keep a picture and return its name; None where there is no room for it."""
    total = int((yield Query(_TOTAL, (workspace_id,)))[0][0])
    if total + len(content) > MOST_BYTES:
        return None
    key = new_key()
    name = f"{key.hex()}.{ending}"
    yield Write(_ADD, [(key, workspace_id, name, source_hash(url), content, len(content), now_at)])
    return (yield from find_picture(workspace_id, url))


def read_picture(picture_id: Key) -> Plan[bytes | None]:
    """Read a picture; None where it is not kept any more."""
    rows = yield Query(_READ, (picture_id,))
    return bytes(rows[0][0]) if rows else None


def is_kept(name: str) -> Plan[bool]:
    """Return whether a picture is still here."""
    return bool((yield Query(_IS_KEPT, (key_of(name),))))


def drop_pictures(now_at: int) -> Plan[None]:
    """Delete the pictures that have been here for long and that nothing will send any more."""
    yield Write(_DROP, [(now_at - KEPT_FOR,)])
