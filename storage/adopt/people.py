"""Who: contacts, their groups and records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select, update

from flows.values import ContactStatus, Key
from storage.adopt.target import Counts, Ledger, Target, insert, insert_new, known_keys
from storage.adopt.values import stable_key
from storage.documents import dump, load
from storage.forgotten import recall
from storage.groups import find_group, put_into
from storage.plan import Members, Plan, Statement, Write, in_pages
from storage.schema import (
    contacts,
    conversations,
    groups,
    records,
)


@dataclass(frozen=True, slots=True)
class OldContact:
    """A person."""

    key: Key
    row: str
    address: str
    phone: str | None
    name: str | None = None
    status: ContactStatus = ContactStatus.ACTIVE
    fields: Mapping[str, Any] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    created_at: int | None = None
    updated_at: int | None = None
    deleted_at: int | None = None
    last_message_at: int | None = None
    message_count: int = 0
    unread_count: int = 0


@dataclass(frozen=True, slots=True)
class OldRecord:
    """A thing of a person's: a vehicle."""

    key: Key
    row: str
    address: str
    kind: str
    fields: Mapping[str, Any]
    created_at: int | None = None
    updated_at: int | None = None


@dataclass(frozen=True, slots=True)
class OldGroup:
    """A group."""

    key: Key
    row: str
    name: str
    description: str | None = None
    created_at: int | None = None


@dataclass(frozen=True, slots=True)
class OldMember:
    """A person in a group."""

    key: Key
    row: str
    group: str
    address: str
    added_at: int | None = None


_PLACE = ("workspace_id",)
_CONTACTS = Members(
    _PLACE,
    lambda _engine, members: select(
        contacts.c.address, contacts.c.id, contacts.c.name, contacts.c.fields, contacts.c.status
    ).where(
        contacts.c.workspace_id == bindparam("workspace_id"),
        contacts.c.address.in_(members),
        contacts.c.deleted_at.is_(None),
    ),
)
_FILL = Statement(
    ("name", "fields", "status", "now_at", "id"),
    update(contacts)
    .where(contacts.c.id == bindparam("id"))
    .values(
        name=bindparam("name"), fields=bindparam("fields"), status=bindparam("status"), updated_at=bindparam("now_at")
    ),
)


@dataclass(slots=True)
class _Known:
    id: Key
    name: str | None
    fields: dict[str, Any]
    status: str


def find_people(target: Target, addresses: Sequence[str]) -> Plan[dict[str, Key]]:
    """Give the contacts of addresses."""
    return {address: one.id for address, one in (yield from _find(target, addresses)).items()}


def ensure_people(target: Target, addresses: Sequence[str], at: int | None = None) -> Plan[dict[str, Key]]:
    """Give the contacts of addresses, making those that no row of the old database is about."""
    wanted = list(dict.fromkeys(addresses))
    found = yield from find_people(target, wanted)
    missing = [one for one in wanted if one not in found]
    made = [OldContact(stable_key(target.workspace_id.hex(), one), "", one, one, created_at=at) for one in missing]
    yield from _insert_contacts(target, made)
    return found | {one.address: one.key for one in made}


def _find(target: Target, addresses: Sequence[str]) -> Plan[dict[str, _Known]]:
    found: dict[str, _Known] = {}
    for page in in_pages(addresses):
        for row in (yield _CONTACTS.query(page, (target.workspace_id,))):
            found[row[0]] = _Known(row[1], row[2], load(row[3]) if row[3] else {}, row[4])
    return found


def write_contacts(target: Target, items: Sequence[OldContact]) -> Plan[Counts]:
    """Write people; two of the same phone become one, which keeps what either knows, and the stricter status."""
    ledger, new = Ledger(), []
    own = yield from known_keys(contacts, [one.key for one in items])
    known = yield from _find(target, list({one.address for one in items}))
    filled: dict[Key, _Known] = {}
    for one in items:
        there = known.get(one.address)
        if one.key in own:
            ledger.unchanged += 1
        elif one.deleted_at is not None or there is None:
            new.append(one)
            ledger.written += 1
            if one.deleted_at is None:
                known[one.address] = _Known(one.key, one.name, dict(one.fields), one.status.value)
        else:
            ledger.merged += 1
            if _fill(there, one):
                filled[there.id] = there
    yield from _insert_contacts(target, new)
    rows = [
        (one.name, dump(one.fields) if one.fields else None, one.status, target.now_at, key)
        for key, one in filled.items()
    ]
    if rows:
        yield Write(_FILL, rows)
    living = [one for one in items if one.deleted_at is None]
    for name in dict.fromkeys(name for one in living for name in one.groups):
        people = [known[one.address].id for one in living if name in one.groups]
        yield from put_into(target.workspace_id, name, people, target.now_at)
    yield from _counted(target, [(known[one.address].id, one) for one in living if one.message_count])
    return ledger.counts()


def _fill(there: _Known, one: OldContact) -> bool:
    """Take over what is missing; says whether anything was."""
    before = (there.name, dict(there.fields), there.status)
    there.name = there.name or one.name
    there.fields = {**one.fields, **there.fields}
    if there.status == ContactStatus.ACTIVE.value:
        there.status = one.status.value
    return before != (there.name, there.fields, there.status)


def _insert_contacts(target: Target, people: Sequence[OldContact]) -> Plan[None]:
    yield from insert(
        contacts,
        [
            {
                "id": one.key,
                "workspace_id": target.workspace_id,
                "address": one.address,
                "phone": one.phone,
                "name": one.name,
                "status": one.status.value,
                "fields": dump(dict(one.fields)) if one.fields else None,
                "created_at": one.created_at or target.now_at,
                "updated_at": one.updated_at or one.created_at or target.now_at,
                "deleted_at": one.deleted_at,
            }
            for one in people
        ],
    )
    if people:
        yield from recall(target.workspace_id, [one.address for one in people])


def _counted(target: Target, people: Sequence[tuple[Key, OldContact]]) -> Plan[None]:
    """Keep the counts of people whose messages the old system counted itself."""
    yield from insert(
        conversations,
        [
            {
                "contact_id": key,
                "channel_id": target.channel_id,
                "workspace_id": target.workspace_id,
                "address": one.address,
                "last_message_at": one.last_message_at,
                "message_count": one.message_count,
                "unread_count": one.unread_count,
            }
            for key, one in people
        ],
    )


def write_records(target: Target, items: Sequence[OldRecord]) -> Plan[Counts]:
    """Write what people have."""
    people = yield from ensure_people(target, [one.address for one in items])
    return (
        yield from insert_new(
            records,
            [
                {
                    "id": one.key,
                    "workspace_id": target.workspace_id,
                    "contact_id": people[one.address],
                    "kind": one.kind,
                    "fields": dump(dict(one.fields)),
                    "created_at": one.created_at or target.now_at,
                    "updated_at": one.updated_at or one.created_at or target.now_at,
                }
                for one in items
            ],
        )
    )


def write_groups(target: Target, items: Sequence[OldGroup]) -> Plan[Counts]:
    """Write groups; one whose name is taken, in any case, is that one."""
    own = yield from known_keys(groups, [one.key for one in items])
    written = 0
    for one in items:
        if (yield from find_group(target.workspace_id, one.name)) is None:
            row: dict[str, Any] = {"id": one.key, "workspace_id": target.workspace_id, "name": one.name}
            row |= {"description": one.description, "created_at": one.created_at or target.now_at}
            yield from insert(groups, [row])
            written += 1
    return Counts(written, len(own), len(items) - written - len(own))


def write_members(target: Target, items: Sequence[OldMember]) -> Plan[Counts]:
    """Put people into groups."""
    people = yield from ensure_people(target, [one.address for one in items])
    written = different = 0
    for name in dict.fromkeys(one.group for one in items):
        mine = list(dict.fromkeys(people[one.address] for one in items if one.group == name))
        different += len(mine)
        written += yield from put_into(target.workspace_id, name, mine, target.now_at)
    return Counts(written, different - written, len(items) - different)
