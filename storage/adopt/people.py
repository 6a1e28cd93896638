"""Who: contacts and what they have."""

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
from storage.groups import put_into
from storage.plan import Members, Plan, Statement, Write, in_pages
from storage.schema import contacts, conversations, records

_FOREVER = 1 << 62


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
    word: str = ""
    """The word of a state that is not active."""

    @property
    def decision(self) -> str:
        """The word of what was decided about the person over there; empty where nothing was."""
        return "deleted" if self.deleted_at is not None else self.word


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


_ANY = Members(
    _PLACE,
    lambda _engine, members: select(contacts.c.address, contacts.c.id, contacts.c.deleted_at).where(
        contacts.c.workspace_id == bindparam("workspace_id"), contacts.c.address.in_(members)
    ),
)
_STRICTNESS = (ContactStatus.ACTIVE, ContactStatus.INACTIVE, ContactStatus.INVALID, ContactStatus.BLOCKED)
_SET_STATUS = Statement(
    ("status", "now_at", "id"),
    update(contacts)
    .where(contacts.c.id == bindparam("id"))
    .values(status=bindparam("status"), updated_at=bindparam("now_at")),
)


@dataclass(slots=True)
class _Known:
    id: Key
    name: str | None
    fields: dict[str, Any]
    status: str
    label: str = "a person who is here already"


def known_addresses(target: Target, addresses: Sequence[str]) -> Plan[set[str]]:
    """Return those of the addresses of which there is a contact, living or deleted."""
    return set((yield from _find_any(target, addresses)))


def ensure_people(target: Target, addresses: Sequence[str], at: int | None = None) -> Plan[dict[str, Key]]:
    """Return the contacts of addresses, making those that no row of the old database is about.

    Somebody who was deleted stays deleted: what was said with that person belongs to the deleted contact.
    """
    wanted = list(dict.fromkeys(addresses))
    found = yield from _find_any(target, wanted)
    missing = [address for address in wanted if address not in found]
    made = [
        OldContact(stable_key(target.workspace_id.hex(), address), "", address, address, created_at=at)
        for address in missing
    ]
    yield from _insert_contacts(target, made)
    return found | {person.address: person.key for person in made}


def _find_any(target: Target, addresses: Sequence[str]) -> Plan[dict[str, Key]]:
    """Return the contact of each address: the living one, else the one that was deleted last."""
    found: dict[str, tuple[int, Key]] = {}
    for page in in_pages(addresses):
        for address, key, deleted_at in (yield _ANY.query(page, (target.workspace_id,))):
            place = (_FOREVER if deleted_at is None else deleted_at, key)
            found[address] = max(found.get(address, place), place)
    return {address: key for address, (_until, key) in found.items()}


def _find(target: Target, addresses: Sequence[str]) -> Plan[dict[str, _Known]]:
    found: dict[str, _Known] = {}
    for page in in_pages(addresses):
        for row in (yield _CONTACTS.query(page, (target.workspace_id,))):
            found[row[0]] = _Known(row[1], row[2], load(row[3]) if row[3] else {}, row[4])
    return found


def write_contacts(target: Target, items: Sequence[OldContact]) -> Plan[Counts]:
    """Write people; two of the same phone become one, which keeps what either knows, and the stricter status."""
    ledger, new = Ledger(), []
    own = yield from known_keys(contacts, [person.key for person in items])
    known = yield from _find(target, list({person.address for person in items}))
    filled: dict[Key, _Known] = {}
    for person in items:
        there = known.get(person.address)
        if person.key in own:
            ledger.unchanged += 1
        elif person.deleted_at is not None or there is None:
            new.append(person)
            ledger.written += 1
            if person.deleted_at is None:
                known[person.address] = _known(person)
        else:
            differing = _differing(there, person)
            ledger.merge(person.row, f"the same as {there.label}: {person.address}{differing}")
            if _fill(there, person):
                filled[there.id] = there
    yield from _insert_contacts(target, new)
    yield from _write_filled(target, filled)
    yield from _put_into_groups(target, [person for person in items if person.key not in own], known)
    counted = [person for person in items if person.message_count and person.deleted_at is None]
    yield from _counted(target, [(known[person.address].id, person) for person in counted])
    return ledger.counts()


def _known(person: OldContact) -> _Known:
    return _Known(person.key, person.name, dict(person.fields), person.status.value, f"row {person.row}")


def _write_filled(target: Target, filled: Mapping[Key, _Known]) -> Plan[None]:
    rows = [
        (there.name, dump(there.fields) if there.fields else None, there.status, target.now_at, key)
        for key, there in filled.items()
    ]
    if rows:
        yield Write(_FILL, rows)


def _put_into_groups(target: Target, people: Sequence[OldContact], known: Mapping[str, _Known]) -> Plan[None]:
    """Put people into the groups of ours that their rows name."""
    living = [person for person in people if person.deleted_at is None]
    for name in dict.fromkeys(name for person in living for name in person.groups):
        members = [known[person.address].id for person in living if name in person.groups]
        yield from put_into(target.workspace_id, name, members, target.now_at)


def _fill(there: _Known, person: OldContact) -> bool:
    """Take over what is missing, join lists, take the stricter status; says whether anything changed."""
    before = (there.name, dict(there.fields), there.status)
    there.name = there.name or person.name
    for name, value in person.fields.items():
        there.fields[name] = _joined(there.fields[name], value) if name in there.fields else value
    there.status = max(there.status, person.status.value, key=_STRICTNESS.index)
    return before != (there.name, there.fields, there.status)


def _joined(first: Any, second: Any) -> Any:
    """Join two values of a field: a list keeps all of both, of other values the first stays."""
    if not isinstance(first, list) and not isinstance(second, list):
        return first
    both = [value for part in (first, second) for value in (part if isinstance(part, list) else [part])]
    return [value for place, value in enumerate(both) if value not in both[:place]]


def _differing(there: _Known, person: OldContact) -> str:
    """Return which values of the second row are not kept because the first has others."""
    lost = [
        f"{name} {value!r} gives way to {there.fields[name]!r}"
        for name, value in person.fields.items()
        if name in there.fields and there.fields[name] != value and not isinstance(there.fields[name], list)
    ]
    if person.name and there.name and person.name != there.name:
        lost.insert(0, f"the name {person.name!r} gives way to {there.name!r}")
    return f" ({'; '.join(lost)})" if lost else ""


def tighten(target: Target, wanted: Mapping[str, ContactStatus]) -> Plan[dict[str, ContactStatus]]:
    """Give living contacts a stricter status; returns those that changed."""
    known = yield from _find(target, list(wanted))
    changed = {
        address: wanted[address]
        for address, there in known.items()
        if _STRICTNESS.index(wanted[address]) > _STRICTNESS.index(ContactStatus(there.status))
    }
    if changed:
        yield Write(
            _SET_STATUS, [(status.value, target.now_at, known[address].id) for address, status in changed.items()]
        )
    return changed


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
        yield from recall(target.workspace_id, [person.address for person in people])


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
