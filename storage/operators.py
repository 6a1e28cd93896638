"""Operators: who may command, from which phone, in which role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select, update

from flows.values import Key, Operator, OperatorSource
from storage.catalogue import touch_catalogue
from storage.keys import new_key
from storage.numbers import next_number
from storage.plan import Hash, Plan, Query, Row, Statement, Write, insertion
from storage.schema import operators

_NAMES = (
    *("id", "number", "address", "name", "role", "is_active", "dead_count", "locked_until_at", "pin_hash"),
    *("source", "granted_by", "granted_at", "removed_at"),
)
_COLUMNS = tuple(operators.c[name] for name in _NAMES)
_ALL = Statement(
    ("workspace_id",),
    select(*_COLUMNS)
    .where(operators.c.workspace_id == bindparam("workspace_id"), operators.c.address.is_not(None))
    .order_by(operators.c.number),
)
_ONE = Statement(("operator_id",), select(*_COLUMNS).where(operators.c.id == bindparam("operator_id")))
_SAVED = (
    *("address", "name", "role", "is_active", "dead_count", "locked_until_at"),
    *("source", "granted_by", "granted_at", "removed_at"),
)
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


@dataclass(frozen=True, slots=True)
class Grant:
    """Who gave a right to command, and by which way."""

    source: OperatorSource
    operator_id: Key | None = None
    """The operator who gave it, where one did."""


def all_operators(workspace_id: Key) -> Plan[tuple[Operator, ...]]:
    """Read every operator with a phone, also those who were removed, by number."""
    rows = yield Query(_ALL, (workspace_id,))
    return tuple(_operator(row) for row in rows)


def find_operator(operator_id: Key) -> Plan[Operator | None]:
    """Read an operator by key, also one who was removed or has no phone."""
    rows = yield Query(_ONE, (operator_id,))
    return _operator(rows[0]) if rows else None


def save_operator(
    workspace_id: Key, address: str, name: str | None, role: str, now_at: int, *, grant: Grant | None = None
) -> Plan[Operator]:
    """Make a phone an operator's, or change the operator's role and (where one is given) name."""
    known = yield from all_operators(workspace_id)
    found = next((one for one in known if one.address == address), None)
    if found is None:
        number = yield from next_number(workspace_id, "operator")
        found = Operator(new_key(), number, address, None, role)
    saved = replace(found, name=name or found.name, role=role, is_active=True, removed_at=None)
    if grant is not None:
        saved = replace(saved, source=grant.source.value, granted_by=grant.operator_id, granted_at=now_at)
    yield from _save(workspace_id, saved, now_at)
    return saved


def remove_operator(workspace_id: Key, address: str, now_at: int) -> Plan[Operator | None]:
    """Take the right to command away; None where the phone is no operator's. The row stays: the audit names it."""
    known = yield from all_operators(workspace_id)
    found = next((one for one in known if one.address == address and one.is_active), None)
    if found is not None:
        yield from _save(workspace_id, replace(found, is_active=False, removed_at=now_at), now_at)
    return found


def save_admin_phones(workspace_id: Key, phones: Mapping[str, str], now_at: int) -> Plan[tuple[str, ...]]:
    """Make the phones of the setting operators in their roles; return those to which it did not apply.

    The setting gives a right to phones that are new and changes what it gave itself. What people decided since holds:
    a phone that was removed, or given another role, gets the old right back from people alone.
    """
    known = {one.address: one for one in (yield from all_operators(workspace_id))}
    passed_over = []
    for address, role in phones.items():
        found = known.get(address)
        if found is not None and found.is_active and found.role == role and found.source is not None:
            continue
        if found is None or _may_be_set(found, role):
            yield from save_operator(workspace_id, address, None, role, now_at, grant=Grant(OperatorSource.SETTING))
        else:
            passed_over.append(address)
    return tuple(passed_over)


def _may_be_set(found: Operator, role: str) -> bool:
    """Return whether no person has decided about an operator otherwise than the setting does."""
    if found.source is None:  # an earlier version did not say who decided: the setting may confirm, never change
        return found.is_active and found.role == role
    return found.is_active and found.source in (OperatorSource.SETTING, OperatorSource.DEMO)


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
    values = tuple(getattr(one, name) for name in _SAVED)
    yield Write(_SAVE, [(one.id, workspace_id, one.number, *values, now_at)])
    yield from touch_catalogue(workspace_id)  # every node knows the operators as part of what the workspace offers


def _operator(row: Row) -> Operator:
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    return Operator(**{**values, "is_active": bool(values["is_active"])})
