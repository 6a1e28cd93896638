"""What a login needs: operators by name with their password hashes, and the keys of the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, or_, select, update

from flows.values import Key
from storage.documents import load
from storage.plan import Plan, Query, Statement, Write
from storage.schema import api_keys, operators


@dataclass(frozen=True, slots=True)
class Login:
    """An operator at the door."""

    operator_id: Key
    name: str
    role: str
    password_hash: str | None
    is_active: bool
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of the API, by its hash."""

    id: Key
    name: str
    key_hash: str
    permissions: Sequence[str]
    rate_per_hour: float
    expires_at: int | None


_FIND = Statement(
    ("workspace_id", "name"),
    select(
        operators.c.id,
        func.coalesce(operators.c.username, operators.c.email),
        operators.c.role,
        operators.c.password_hash,
        operators.c.is_active,
        operators.c.must_change_password,
    ).where(
        operators.c.workspace_id == bindparam("workspace_id"),
        or_(operators.c.username == bindparam("name"), func.lower(operators.c.email) == func.lower(bindparam("name"))),
    ),
)
_LOGGED_IN = Statement(
    ("password_hash", "now_at", "operator_id"),
    update(operators)
    .where(operators.c.id == bindparam("operator_id"))
    .values(
        password_hash=func.coalesce(bindparam("password_hash"), operators.c.password_hash),
        last_login_at=bindparam("now_at"),
    ),
)
_SET_PASSWORD = Statement(
    ("password_hash", "now_at", "operator_id"),
    update(operators)
    .where(operators.c.id == bindparam("operator_id"))
    .values(password_hash=bindparam("password_hash"), must_change_password=False, updated_at=bindparam("now_at")),
)
_KEYS = Statement(
    ("workspace_id", "now_at"),
    select(
        api_keys.c.id,
        api_keys.c.name,
        api_keys.c.key_hash,
        api_keys.c.permissions,
        api_keys.c.rate_per_hour,
        api_keys.c.expires_at,
    ).where(
        api_keys.c.workspace_id == bindparam("workspace_id"),
        api_keys.c.deleted_at.is_(None),
        or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > bindparam("now_at")),
    ),
)
_USED = Statement(
    ("now_at", "key_id"),
    update(api_keys).where(api_keys.c.id == bindparam("key_id")).values(last_used_at=bindparam("now_at")),
)


def find_login(workspace_id: Key, name: str) -> Plan[Login | None]:
    """Find an operator by username, or by e-mail in any case."""
    rows = yield Query(_FIND, (workspace_id, name))
    if not rows:
        return None
    row = rows[0]
    return Login(row[0], row[1] or "", row[2], row[3], bool(row[4]), bool(row[5]))


def note_login(operator_id: Key, password_hash: str | None, now_at: int) -> Plan[None]:
    """Note that somebody logged in, with the password hashed anew where one is given."""
    yield Write(_LOGGED_IN, [(password_hash, now_at, operator_id)])


def set_password(operator_id: Key, password_hash: str, now_at: int) -> Plan[None]:
    """Give an operator another password."""
    yield Write(_SET_PASSWORD, [(password_hash, now_at, operator_id)])


def living_keys(workspace_id: Key, now_at: int) -> Plan[tuple[ApiKey, ...]]:
    """Read the keys that are neither deleted nor expired."""
    rows = yield Query(_KEYS, (workspace_id, now_at))
    return tuple(ApiKey(row[0], row[1], row[2], tuple(load(row[3]) or ()), row[4], row[5]) for row in rows)


def note_use(key_id: Key, now_at: int) -> Plan[None]:
    """Note that a key was used."""
    yield Write(_USED, [(now_at, key_id)])
