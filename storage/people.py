"""Contacts outside a turn: found or made by phone, and the way by which each is reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal, null, select, update

from flows.values import ContactStatus, Key
from storage.channels import SIMULATOR
from storage.forgotten import recall
from storage.keys import new_key
from storage.numbers import next_number
from storage.plan import Members, Plan, Query, Row, Statement, Write, in_pages, insertion
from storage.schema import channels, contacts, conversations

MOST_NAMESAKES = 6
"""People of one name that are looked at; who means one of more says the number."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where the last message of a contact came in, which is where an answer goes."""

    channel_id: Key
    address: str
    """As the provider writes it."""
    last_inbound_at: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as operators meet one."""

    id: Key
    address: str
    name: str | None
    number: int | None
    """The short number by which operators call the person; None: not shown to anybody yet."""
    status: str
    silent_until_at: int | None
    phone: str | None = None
    """Of who is known by another address."""


_KNOWN = (
    contacts.c.id,
    contacts.c.address,
    contacts.c.name,
    contacts.c.number,
    contacts.c.status,
    contacts.c.silent_until_at,
    contacts.c.phone,
)
_BY_ADDRESS = Statement(
    ("workspace_id", "address"),
    select(*_KNOWN).where(
        contacts.c.workspace_id == bindparam("workspace_id"),
        contacts.c.address == bindparam("address"),
        contacts.c.deleted_at.is_(None),
    ),
)
_BY_NUMBER = Statement(
    ("workspace_id", "number"),
    select(*_KNOWN).where(
        contacts.c.workspace_id == bindparam("workspace_id"),
        contacts.c.number == bindparam("number"),
        contacts.c.deleted_at.is_(None),
    ),
)
_BY_NAME = Members(
    ("workspace_id",),
    lambda _engine, members: (
        select(*_KNOWN)
        .where(
            contacts.c.workspace_id == bindparam("workspace_id"),
            contacts.c.name.in_(members),
            contacts.c.deleted_at.is_(None),
        )
        .order_by(contacts.c.id)
        .limit(MOST_NAMESAKES)
    ),
)
_BY_ID = Statement(
    ("contact_id",),
    select(*_KNOWN).where(contacts.c.id == bindparam("contact_id"), contacts.c.deleted_at.is_(None)),
)
_SET_STATUS = Statement(
    ("status", "now_at", "contact_id"),
    update(contacts)
    .where(contacts.c.id == bindparam("contact_id"))
    .values(status=bindparam("status"), status_before=null(), updated_at=bindparam("now_at")),
)
_BLOCK = Statement(
    ("now_at", "contact_id"),
    update(contacts)
    .where(contacts.c.id == bindparam("contact_id"), contacts.c.status != ContactStatus.BLOCKED.value)
    .values(
        status=literal(ContactStatus.BLOCKED.value), status_before=contacts.c.status, updated_at=bindparam("now_at")
    ),
)
_UNBLOCK = Statement(
    ("now_at", "contact_id"),
    update(contacts)
    .where(contacts.c.id == bindparam("contact_id"), contacts.c.status == ContactStatus.BLOCKED.value)
    .values(
        status=func.coalesce(contacts.c.status_before, ContactStatus.ACTIVE.value),
        status_before=null(),
        updated_at=bindparam("now_at"),
    ),
)
_SET_SILENT = Statement(
    ("silent_until_at", "now_at", "contact_id"),
    update(contacts)
    .where(contacts.c.id == bindparam("contact_id"))
    .values(silent_until_at=bindparam("silent_until_at"), updated_at=bindparam("now_at")),
)
_READ = Statement(
    ("contact_id",),
    update(conversations)
    .where(conversations.c.contact_id == bindparam("contact_id"), conversations.c.unread_count > 0)
    .values(unread_count=0),
)
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
_SET_NAME = Statement(
    ("name", "now_at", "contact_id"),
    update(contacts)
    .where(contacts.c.id == bindparam("contact_id"), contacts.c.name.is_(None))
    .values(name=bindparam("name"), updated_at=bindparam("now_at")),
)
_IS_SIMULATED = channels.c.provider == SIMULATOR
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
).join(channels, channels.c.id == conversations.c.channel_id)


def _latest(side: ColumnElement[bool]) -> Members:
    def build(_engine: str, members: Any) -> Any:
        ranked = _RANKED.where(conversations.c.contact_id.in_(members), side).subquery()
        return select(ranked.c.contact_id, ranked.c.channel_id, ranked.c.address, ranked.c.last_inbound_at).where(
            ranked.c.place == 1
        )

    return Members((), build)


_WAYS, _SIMULATED_WAYS = _latest(~_IS_SIMULATED), _latest(_IS_SIMULATED)
_LANGUAGES = Members(
    (), lambda _engine, members: select(contacts.c.id, contacts.c.language).where(contacts.c.id.in_(members))
)
_NUMBER_OF = Statement(("contact_id",), select(contacts.c.number).where(contacts.c.id == bindparam("contact_id")))
_SET_NUMBER = Statement(
    ("number", "contact_id"),
    update(contacts).where(contacts.c.id == bindparam("contact_id")).values(number=bindparam("number")),
)


def ensure_contacts(workspace_id: Key, names: Mapping[str, str | None], now_at: int) -> Plan[dict[str, Key]]:
    """Find the contacts of these phones, making those that are new; gives address -> id.

    A name is for who has none: what somebody calls themselves stays.
    """
    found = yield from find_contacts(workspace_id, tuple(names))
    yield Write(_SET_NAME, [(names[one], now_at, found[one]) for one in found if names[one]])
    missing = [address for address in names if address not in found]
    if missing:
        yield Write(_NEW, [(new_key(), workspace_id, one, one, names[one], now_at) for one in missing])
        yield from recall(workspace_id, missing)
        found |= yield from find_contacts(workspace_id, missing)
    return found


def find_contacts(workspace_id: Key, addresses: Sequence[str]) -> Plan[dict[str, Key]]:
    """Find the contacts of these addresses; those that are unknown are left out."""
    found: dict[str, Key] = {}
    for page in in_pages(addresses):
        found |= {row[0]: row[1] for row in (yield _FIND.query(page, (workspace_id,)))}
    return found


def find_by_address(workspace_id: Key, address: str) -> Plan[Known | None]:
    """Find the contact of an address."""
    return _known((yield Query(_BY_ADDRESS, (workspace_id, address))))


def find_by_number(workspace_id: Key, number: int) -> Plan[Known | None]:
    """Find the contact that operators call by a number."""
    return _known((yield Query(_BY_NUMBER, (workspace_id, number))))


def find_by_name(workspace_id: Key, name: str) -> Plan[tuple[Known, ...]]:
    """Find the contacts of a whole name as it is written, or in small, capital or leading capital letters."""
    spelled = list(dict.fromkeys((name, name.title(), name.upper(), name.lower())))
    rows = yield _BY_NAME.query(spelled, (workspace_id,))
    return tuple(Known(*row) for row in rows)


def find_by_id(contact_id: Key) -> Plan[Known | None]:
    """Find a contact by its key; one that was deleted is nobody."""
    return _known((yield Query(_BY_ID, (contact_id,))))


def block(contact_id: Key, now_at: int) -> Plan[None]:
    """Block a contact, and keep the status that `unblock` gives back."""
    yield Write(_BLOCK, [(now_at, contact_id)])


def unblock(contact_id: Key, now_at: int) -> Plan[None]:
    """Give a blocked contact the status from before: who was inactive is inactive again."""
    yield Write(_UNBLOCK, [(now_at, contact_id)])


def set_status(contact_id: Key, status: ContactStatus, now_at: int) -> Plan[None]:
    """Write how a contact stands; an opt-out stands beside it, and stays."""
    if status is ContactStatus.BLOCKED:
        yield from block(contact_id, now_at)
    else:
        yield Write(_SET_STATUS, [(status.value, now_at, contact_id)])


def silence_bot(contact_id: Key, until_at: int | None, now_at: int) -> Plan[None]:
    """Let the bot say nothing to a contact until a moment; None: let it speak again."""
    yield Write(_SET_SILENT, [(until_at, now_at, contact_id)])


def mark_read(contact_id: Key) -> Plan[None]:
    """Note that an operator has seen what a contact wrote: nothing is unread any more."""
    yield Write(_READ, [(contact_id,)])


def ways(contact_ids: Sequence[Key], *, simulated: bool = False) -> Plan[dict[Key, Way]]:
    """Find where each contact wrote last, in the simulator alone or everywhere else; the others are left out."""
    found: dict[Key, Way] = {}
    members = _SIMULATED_WAYS if simulated else _WAYS
    for page in in_pages(contact_ids):
        found |= {row[0]: Way(row[1], row[2], row[3]) for row in (yield members.query(page))}
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


def _known(rows: Sequence[Row]) -> Known | None:
    return Known(*rows[0]) if rows else None
