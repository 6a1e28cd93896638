"""Lists of people taken in: new contacts made, known ones filled up, all put into groups. No opt-out ends by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import bindparam, select, update

from flows.values import ContactStatus, Key
from storage.consent import opted_out_among, record_opt_outs
from storage.documents import dump, load
from storage.forgotten import recall
from storage.groups import put_into
from storage.keys import new_key
from storage.operators import all_operators
from storage.plan import Members, Plan, Row, Statement, Write, in_pages, insertion
from storage.schema import contacts

ALL = "all"
SOURCE = "import"


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a list."""

    address: str
    name: str | None = None
    language: str | None = None
    time_zone: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    opted_out: bool = False
    """The list says that this person wants no messages."""
    status: ContactStatus = ContactStatus.ACTIVE
    """What the list says; it never makes anybody active who is not."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many people of a list were what; the first three add up to all of them."""

    new: int = 0
    changed: int = 0
    """Known, and something about them was new."""
    known: int = 0
    """Known, and nothing about them was new."""
    opted_out: int = 0
    """Of all: who gets nothing, by the list or since before."""
    inactive: int = 0
    """Of the others: whom campaigns leave out, by the list or since before."""

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.new + other.new,
            self.changed + other.changed,
            self.known + other.known,
            self.opted_out + other.opted_out,
            self.inactive + other.inactive,
        )


@dataclass(frozen=True, slots=True)
class _Known:
    id: Key
    name: str | None
    language: str | None
    time_zone: str | None
    fields: Mapping[str, Any]
    status: ContactStatus


_CONTACTS = Members(
    ("workspace_id",),
    lambda _engine, members: select(
        contacts.c.address,
        contacts.c.id,
        contacts.c.name,
        contacts.c.language,
        contacts.c.time_zone,
        contacts.c.fields,
        contacts.c.status,
    ).where(
        contacts.c.workspace_id == bindparam("workspace_id"),
        contacts.c.address.in_(members),
        contacts.c.deleted_at.is_(None),
    ),
)
_BY_PHONE = Members(
    ("workspace_id",),
    lambda _engine, members: select(contacts.c.phone, contacts.c.address, contacts.c.status).where(
        contacts.c.workspace_id == bindparam("workspace_id"),
        contacts.c.phone.in_(members),
        contacts.c.phone != contacts.c.address,
        contacts.c.deleted_at.is_(None),
    ),
)
_NEW = insertion(
    contacts,
    ("id", "workspace_id", "address", "phone", "name", "language", "time_zone", "fields", "status"),
    stamps=("created_at", "updated_at"),
)
_CHANGE = Statement(
    ("name", "language", "time_zone", "fields", "now_at", "id"),
    update(contacts)
    .where(contacts.c.id == bindparam("id"))
    .values(
        name=bindparam("name"),
        language=bindparam("language"),
        time_zone=bindparam("time_zone"),
        fields=bindparam("fields"),
        updated_at=bindparam("now_at"),
    ),
)

_HOLD_BACK = Statement(
    ("status", "status_before", "now_at", "id"),
    update(contacts)
    .where(contacts.c.id == bindparam("id"))
    .values(status=bindparam("status"), status_before=bindparam("status_before"), updated_at=bindparam("now_at")),
)
_STRICTNESS = (ContactStatus.ACTIVE, ContactStatus.INACTIVE, ContactStatus.INVALID, ContactStatus.BLOCKED)
"""Each lets fewer messages through than the one before it."""


def stricter(first: ContactStatus, second: ContactStatus) -> ContactStatus:
    """Pick the status that lets fewer messages through."""
    return max(first, second, key=_STRICTNESS.index)


def merged(people: Iterable[Person]) -> dict[str, Person]:
    """Make one person of those with the same phone: what is said first counts, groups and opt-outs add up."""
    found: dict[str, Person] = {}
    for one in people:
        first = found.get(one.address)
        found[one.address] = one if first is None else _joined(first, one)
    return found


def _joined(first: Person, second: Person) -> Person:
    return replace(
        first,
        name=first.name or second.name,
        language=first.language or second.language,
        time_zone=first.time_zone or second.time_zone,
        fields={**second.fields, **first.fields},
        groups=tuple(dict.fromkeys((*first.groups, *second.groups))),
        opted_out=first.opted_out or second.opted_out,
        status=stricter(first.status, second.status),
    )


def survey_people(workspace_id: Key, people: Mapping[str, Person], *, overwrite: bool = False) -> Plan[Taken]:
    """Say what taking these people in would do; writes nothing."""
    people = yield from _as_known_otherwise(workspace_id, people)
    known = yield from _find(workspace_id, list(people))
    stopped = yield from opted_out_among(workspace_id, list(people))
    changed = sum(_differs(mine, people[address], overwrite) for address, mine in known.items())
    silent = stopped | {one.address for one in people.values() if one.opted_out}
    held = _held_back(people, known) - silent
    return Taken(len(people) - len(known), changed, len(known) - changed, len(silent), len(held))


def take_in(workspace_id: Key, people: Mapping[str, Person], now_at: int, *, overwrite: bool = False) -> Plan[Taken]:
    """Write a page of people down, by address; gives what became of them.

    What is known about somebody stays unless it is missing, or `overwrite` lets the list win. A list ends no opt-out
    and makes nobody active again; nor does it silence an operator.
    """
    people = yield from _as_known_otherwise(workspace_id, people)
    people = yield from _spare_operators(workspace_id, people)
    known = yield from _find(workspace_id, list(people))
    new = [one for one in people.values() if one.address not in known]
    ids = {address: one.id for address, one in known.items()} | {one.address: new_key() for one in new}
    filled = [(_filled(mine, people[address], overwrite), mine.id) for address, mine in known.items()]
    rows = [(*change, now_at, key) for change, key in filled if change is not None]
    stricter_rows = [row for address, mine in known.items() if (row := _restricted(mine, people[address], now_at))]
    changed = sum(_differs(mine, people[address], overwrite) for address, mine in known.items())
    if new:
        yield Write(_NEW, [_row(ids[one.address], workspace_id, one, now_at) for one in new])
        yield from recall(workspace_id, [one.address for one in new])
    if rows:
        yield Write(_CHANGE, rows)
    if stricter_rows:
        yield Write(_HOLD_BACK, stricter_rows)
    yield from _put_into_groups(workspace_id, people, ids, now_at)
    before = yield from opted_out_among(workspace_id, list(people))
    stopping = [one.address for one in people.values() if one.opted_out and one.address not in before]
    if stopping:
        yield from record_opt_outs(workspace_id, {address: ids[address] for address in stopping}, now_at, source=SOURCE)
    held = _held_back(people, known) - before - set(stopping)
    return Taken(len(new), changed, len(known) - changed, len(before) + len(stopping), len(held))


def _as_known_otherwise(workspace_id: Key, people: Mapping[str, Person]) -> Plan[Mapping[str, Person]]:
    """Let a phone stand as the person does who is known by another address: a STOP by WhatsApp counts for it, too."""
    others: list[tuple[str, str, ContactStatus]] = []
    for page in in_pages(list(people)):
        rows = yield _BY_PHONE.query(page, (workspace_id,))
        others += [(row[0], row[1], ContactStatus(row[2])) for row in rows]
    if not others:
        return people
    stopped = yield from opted_out_among(workspace_id, [address for _phone, address, _status in others])
    found = dict(people)
    for phone, address, status in others:
        one = found[phone]
        found[phone] = replace(one, status=stricter(one.status, status), opted_out=one.opted_out or address in stopped)
    return found


def _spare_operators(workspace_id: Key, people: Mapping[str, Person]) -> Plan[Mapping[str, Person]]:
    """Let no list block an operator, whose commands would stay without an answer: such a one is inactive."""
    silent = {one.address for one in people.values() if stricter(one.status, ContactStatus.INACTIVE) is one.status}
    if not silent:
        return people
    operators = yield from all_operators(workspace_id)
    spared = {one.address for one in operators if one.is_active} & silent
    return {
        address: replace(one, status=ContactStatus.INACTIVE) if address in spared else one
        for address, one in people.items()
    }


def _held_back(people: Mapping[str, Person], known: Mapping[str, _Known]) -> set[str]:
    """Name those who are not active, by the list or since before."""
    return {
        address
        for address, one in people.items()
        if one.status is not ContactStatus.ACTIVE
        or (address in known and known[address].status is not ContactStatus.ACTIVE)
    }


def _differs(known: _Known, person: Person, overwrite: bool) -> bool:
    return _filled(known, person, overwrite) is not None or stricter(known.status, person.status) is not known.status


def _restricted(known: _Known, person: Person, now_at: int) -> tuple[Any, ...] | None:
    status = stricter(known.status, person.status)
    if status is known.status:
        return None
    before = known.status if status is ContactStatus.BLOCKED else None
    return (status.value, before.value if before else None, now_at, known.id)


def _find(workspace_id: Key, addresses: Sequence[str]) -> Plan[dict[str, _Known]]:
    found: dict[str, _Known] = {}
    for page in in_pages(addresses):
        rows = yield _CONTACTS.query(page, (workspace_id,))
        found |= {row[0]: _known(row) for row in rows}
    return found


def _known(row: Row) -> _Known:
    return _Known(row[1], row[2], row[3], row[4], load(row[5]) if row[5] else {}, ContactStatus(row[6]))


def _filled(known: _Known, person: Person, overwrite: bool) -> tuple[Any, ...] | None:
    """Give name, language, time zone and fields as they would be; None where nothing changes."""

    def chosen(old: str | None, new: str | None) -> str | None:
        return (new or old) if overwrite else (old or new)

    fields = {**known.fields, **person.fields} if overwrite else {**person.fields, **known.fields}
    kept = (known.name, known.language, known.time_zone)
    wanted = tuple(map(chosen, kept, (person.name, person.language, person.time_zone)))
    if wanted == kept and fields == known.fields:
        return None
    return (*wanted, dump(fields) if fields else None)


def _row(key: Key, workspace_id: Key, one: Person, now_at: int) -> tuple[Any, ...]:
    fields = dump(dict(one.fields)) if one.fields else None
    known = (one.name, one.language, one.time_zone, fields, one.status.value)
    return (key, workspace_id, one.address, one.address, *known, now_at)


def _put_into_groups(
    workspace_id: Key, people: Mapping[str, Person], ids: Mapping[str, Key], now_at: int
) -> Plan[None]:
    by_group: dict[str, list[Key]] = {}
    for one in people.values():
        for name in one.groups:
            by_group.setdefault(name, []).append(ids[one.address])
    for name, members in by_group.items():
        yield from put_into(workspace_id, name, members, now_at)
