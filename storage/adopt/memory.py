"""What was taken over before: a mark for each old row, and one for each person by a hash that only we can make.

A row with a mark is never taken over again. So whatever people and operators decided since stays: who left a group is
not put back, who was forgotten does not return, and what was deleted stays away. The marks hold no phone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from sqlalchemy import bindparam, select

from flows.values import Key
from storage.adopt.target import Target, insert
from storage.plan import Hash, Members, Plan, in_pages
from storage.schema import adopted_rows

_KNOWN = Members(
    ("workspace_id",),
    lambda _engine, members: select(adopted_rows.c.mark).where(
        adopted_rows.c.workspace_id == bindparam("workspace_id"), adopted_rows.c.mark.in_(members)
    ),
)
_ORDERED = 6
"""Bytes of a key that say when; marks of messages lie side by side as the messages do."""


def mark_of(name: str, key: Key) -> bytes:
    """Return the mark of an item: the same key means another thing in another part."""
    return key[:_ORDERED] + blake2b(name.encode() + b"\0" + key, digest_size=16 - _ORDERED).digest()


def known_marks(target: Target, marks: Iterable[bytes]) -> Plan[set[bytes]]:
    """Return those of the marks that are remembered."""
    found: set[bytes] = set()
    for page in in_pages(list(dict.fromkeys(marks))):
        found |= {bytes(row[0]) for row in (yield _KNOWN.query(page, (target.workspace_id,)))}
    return found


def remember(target: Target, marks: Iterable[bytes]) -> Plan[None]:
    """Keep marks; one that is there already stays."""
    yield from insert(
        adopted_rows, [{"workspace_id": target.workspace_id, "mark": mark} for mark in dict.fromkeys(marks)]
    )


def person_marks(target: Target, addresses: Sequence[str]) -> Plan[dict[str, bytes]]:
    """Return the mark of each address, by the root key: without it nobody can find out whose it is."""
    if not addresses:
        return {}
    rows = yield Hash([target.workspace_id + b"adopted\0" + address.encode() for address in addresses])
    return {address: bytes(row[0])[:16] for row, address in zip(rows, addresses, strict=True)}
