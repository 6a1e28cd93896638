"""Operators: who may command, from which phone, in which role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import bindparam, select, update

from flows.values import Key, Operator
from storage.catalogue import touch_catalogue
from storage.keys import new_key
from storage.numbers import next_number
from storage.plan import Hash, Plan, Query, Row, Statement, Write, insertion
from storage.schema import operators

_COLUMNS = (
    operators.c.id,
    operators.c.number,
    operators.c.address,
    operators.c.name,
    operators.c.role,
    operators.c.is_active,
    operators.c.dead_count,
    operators.c.locked_until_at,
    operators.c.pin_hash,
)
_ALL = Statement(
    ("workspace_id",),
    select(*_COLUMNS)
    .where(operators.c.workspace_id == bindparam("workspace_id"), operators.c.address.is_not(None))
    .order_by(operators.c.number),
)
_SAVED = ("address", "name", "role", "is_active", "dead_count", "locked_until_at")
_SAVE = insertion(
    operators,
    ("id", "workspace_id", "number", *_SAVED),
    stamps=("created_at", "updated_at"),
    keys=("id",),
    update=(*_SAVED, "updated_at"),
)
_LOCK = Statement(
    ("dead_count", "locked_until_at", "now_at", "operator_id"),
    update(operators)
    .where(operators.c.id == bindparam("operator_id"))
    .values(
        dead_count=bindparam("dead_count"), locked_until_at=bindparam("locked_until_at"), updated_at=bindparam("now_at")
    ),
)
_SET_PIN = Statement(
    ("pin_hash", "now_at", "operator_id"),
    update(operators)
    .where(operators.c.id == bindparam("operator_id"))
    .values(pin_hash=bindparam("pin_hash"), updated_at=bindparam("now_at")),
)


def all_operators(workspace_id: Key) -> Plan[tuple[Operator, ...]]:
    """Read every operator with a phone, also those who were removed, by number."""
    rows = yield Query(_ALL, (workspace_id,))
    return tuple(_operator(row) for row in rows)


def save_operator(workspace_id: Key, address: str, name: str | None, role: str, now_at: int) -> Plan[Operator]:
    """Make a phone an operator's, or change the operator's role and (where one is given) name."""
    known = yield from all_operators(workspace_id)
    found = next((one for one in known if one.address == address), None)
    if found is None:
        number = yield from next_number(workspace_id, "operator")
        found = Operator(new_key(), number, address, None, role)
    saved = replace(found, name=name or found.name, role=role, is_active=True)
    yield from _save(workspace_id, saved, now_at)
    return saved


def remove_operator(workspace_id: Key, address: str, now_at: int) -> Plan[Operator | None]:
    """Take the right to command away; None where the phone is no operator's. The row stays: the audit names it."""
    known = yield from all_operators(workspace_id)
    found = next((one for one in known if one.address == address and one.is_active), None)
    if found is not None:
        yield from _save(workspace_id, replace(found, is_active=False), now_at)
    return found


def save_admin_phones(workspace_id: Key, phones: Mapping[str, str], now_at: int) -> Plan[None]:
    """Make the phones of the setting operators in their roles; others stay as they are."""
    known = {one.address: one for one in (yield from all_operators(workspace_id))}
    for address, role in phones.items():
        found = known.get(address)
        if found is None or not found.is_active or found.role != role:
            yield from save_operator(workspace_id, address, None, role, now_at)


def pin_hash(operator_id: Key, pin: str) -> Plan[bytes]:
    """Hash a PIN as it is kept: by the root key, for a few digits are soon tried."""
    rows = yield Hash([operator_id + pin.encode()])
    return bytes(rows[0][0])


def set_pin(workspace_id: Key, address: str, pin: str | None, now_at: int) -> Plan[Operator | None]:
    """Give an operator a PIN, or (None) take it away; gives None where the phone is no operator's."""
    known = yield from all_operators(workspace_id)
    found = next((one for one in known if one.address == address and one.is_active), None)
    if found is not None:
        hashed = None if pin is None else (yield from pin_hash(found.id, pin))
        yield Write(_SET_PIN, [(hashed, now_at, found.id)])
        yield from touch_catalogue(workspace_id)
    return found


def count_dead(operator_id: Key, dead_count: int, locked_until_at: int | None, now_at: int) -> Plan[None]:
    """Keep how many commands died of wrong codes, and until when the phone is locked for it."""
    yield Write(_LOCK, [(dead_count, locked_until_at, now_at, operator_id)])


def _save(workspace_id: Key, one: Operator, now_at: int) -> Plan[None]:
    values = (one.address, one.name, one.role, one.is_active, one.dead_count, one.locked_until_at)
    yield Write(_SAVE, [(one.id, workspace_id, one.number, *values, now_at)])
    yield from touch_catalogue(workspace_id)  # every node knows the operators as part of what the workspace offers


def _operator(row: Row) -> Operator:
    return Operator(row[0], row[1], row[2], row[3], row[4], bool(row[5]), row[6], row[7], row[8])
