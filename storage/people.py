"""Contacts outside a turn: found or made by phone, and the way by which each is reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, update

from flows.values import Key
from storage.keys import new_key
from storage.numbers import next_number
from storage.plan import Members, Plan, Query, Statement, Write, in_pages, insertion
from storage.schema import contacts, conversations


@dataclass(frozen=True, slots=True)
class Way:
    """Where the last message of a contact came in, which is where an answer goes."""

    channel_id: Key
    address: str
    """As the provider writes it."""
    last_inbound_at: int | None = None


_FIND = Members(
    ("workspace_id",),
    lambda _engine, members: select(contacts.c.address, contacts.c.id).where(
        contacts.c.workspace_id == bindparam("workspace_id"),
        contacts.c.address.in_(members),
        contacts.c.deleted_at.is_(None),
    ),
)
_NEW = insertion(
    contacts,
    ("id", "workspace_id", "address", "phone", "name"),
    stamps=("created_at", "updated_at"),
    ignore=True,
)
_RANKED = select(
    conversations.c.contact_id,
    conversations.c.channel_id,
    conversations.c.address,
    conversations.c.last_inbound_at,
    func.row_number()
    .over(
        partition_by=conversations.c.contact_id,
        order_by=(conversations.c.last_inbound_at.desc().nulls_last(), conversations.c.channel_id),
    )
    .label("place"),
)


def _latest(_engine: str, members: object) -> object:
    ranked = _RANKED.where(conversations.c.contact_id.in_(members)).subquery()  # type: ignore[arg-type]
    return select(ranked.c.contact_id, ranked.c.channel_id, ranked.c.address, ranked.c.last_inbound_at).where(
        ranked.c.place == 1
    )


_WAYS = Members((), _latest)  # type: ignore[arg-type]
_LANGUAGES = Members(
    (), lambda _engine, members: select(contacts.c.id, contacts.c.language).where(contacts.c.id.in_(members))
)
_NUMBER_OF = Statement(("contact_id",), select(contacts.c.number).where(contacts.c.id == bindparam("contact_id")))
_SET_NUMBER = Statement(
    ("number", "contact_id"),
    update(contacts).where(contacts.c.id == bindparam("contact_id")).values(number=bindparam("number")),
)


def ensure_contacts(workspace_id: Key, names: Mapping[str, str | None], now_at: int) -> Plan[dict[str, Key]]:
    """Find the contacts of these phones, making those that are new with the given names; gives address -> id."""
    found = yield from find_contacts(workspace_id, tuple(names))
    missing = [address for address in names if address not in found]
    if missing:
        yield Write(_NEW, [(new_key(), workspace_id, one, one, names[one], now_at) for one in missing])
        found |= yield from find_contacts(workspace_id, missing)
    return found


def find_contacts(workspace_id: Key, addresses: Sequence[str]) -> Plan[dict[str, Key]]:
    """Find the contacts of these addresses; those that are unknown are left out."""
    found: dict[str, Key] = {}
    for page in in_pages(addresses):
        found |= {row[0]: row[1] for row in (yield _FIND.query(page, (workspace_id,)))}
    return found


def ways(contact_ids: Sequence[Key]) -> Plan[dict[Key, Way]]:
    """Find where each contact wrote last; those who never did are left out."""
    found: dict[Key, Way] = {}
    for page in in_pages(contact_ids):
        found |= {row[0]: Way(row[1], row[2], row[3]) for row in (yield _WAYS.query(page))}
    return found


def languages(contact_ids: Sequence[Key]) -> Plan[dict[Key, str]]:
    """Find the languages that contacts chose."""
    found: dict[Key, str] = {}
    for page in in_pages(contact_ids):
        found |= {row[0]: row[1] for row in (yield _LANGUAGES.query(page)) if row[1]}
    return found


def number_of(workspace_id: Key, contact_id: Key) -> Plan[int]:
    """Give the short number that operators call a contact by, taking one at the first time."""
    rows = yield Query(_NUMBER_OF, (contact_id,))
    if rows and rows[0][0] is not None:
        return int(rows[0][0])
    number = yield from next_number(workspace_id, "contact")
    yield Write(_SET_NUMBER, [(number, contact_id)])
    return number
