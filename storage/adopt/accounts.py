"""Who ran the old system: operators with their passwords, API keys, senders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from flows.values import Key
from storage.adopt.target import Counts, Ledger, Target, insert, insert_new, known_keys, numbered
from storage.documents import dump
from storage.plan import Members, Plan, in_pages
from storage.schema import api_keys, channels, operators


@dataclass(frozen=True, slots=True)
class OldOperator:
    """Somebody who could log in; without a phone nobody can command by text."""

    key: Key
    row: str
    role: str
    username: str | None = None
    email: str | None = None
    name: str | None = None
    password_hash: str | None = None
    must_change_password: bool = False
    is_active: bool = True
    last_login_at: int | None = None
    created_at: int | None = None
    updated_at: int | None = None


@dataclass(frozen=True, slots=True)
class OldKey:
    """A key of the API, by its hash."""

    key: Key
    row: str
    key_hash: str
    name: str
    permissions: list[Any]
    rate_per_hour: float
    last_used_at: int | None = None
    expires_at: int | None = None
    created_at: int | None = None
    deleted_at: int | None = None


@dataclass(frozen=True, slots=True)
class OldSender:
    """A WhatsApp session."""

    key: Key
    row: str
    address: str
    extras: Mapping[str, Any] = field(default_factory=dict)
    created_at: int | None = None
    updated_at: int | None = None


_NAMED = Members(
    ("workspace_id",),
    lambda _engine, members: select(operators.c.username, func.lower(operators.c.email)).where(
        operators.c.workspace_id == bindparam("workspace_id"),
        or_(operators.c.username.in_(members), func.lower(operators.c.email).in_(members)),
    ),
)


def write_operators(target: Target, items: Sequence[OldOperator]) -> Plan[Counts]:
    """Write operators, who log in with the old password; one whose name is taken is that one."""
    ledger = Ledger()
    own = yield from known_keys(operators, [one.key for one in items])
    names = list({name for one in items for name in (one.username, one.email) if name})
    taken: set[str | None] = set()
    for page in in_pages(names):
        for row in (yield _NAMED.query(page, (target.workspace_id,))):
            taken |= {row[0], row[1]}
    taken.discard(None)
    new = []
    for one in items:
        if one.key in own:
            ledger.unchanged += 1
        elif named := {one.username, one.email} & taken - {None}:
            ledger.merge(one.row, f"the operator {named.pop()} is here already, and stays as it is")
        else:
            ledger.written += 1
            taken |= {one.username, one.email} - {None}
            new.append(one)
    given = yield from numbered(target.workspace_id, "operator", len(new))
    rows = [_operator(target, one, number) for one, number in zip(new, given, strict=True)]
    yield from insert(operators, rows)
    return ledger.counts()


def _operator(target: Target, one: OldOperator, number: int) -> dict[str, Any]:
    return {
        "id": one.key,
        "workspace_id": target.workspace_id,
        "number": number,
        "name": one.name,
        "role": one.role,
        "is_active": one.is_active,
        "username": one.username,
        "email": one.email,
        "password_hash": one.password_hash,
        "must_change_password": one.must_change_password,
        "last_login_at": one.last_login_at,
        "created_at": one.created_at or target.now_at,
        "updated_at": one.updated_at or one.created_at or target.now_at,
    }


def write_keys(target: Target, items: Sequence[OldKey]) -> Plan[Counts]:
    """Write keys of the API; their hashes go on working."""
    return (
        yield from insert_new(
            api_keys,
            [
                {
                    "id": one.key,
                    "workspace_id": target.workspace_id,
                    "key_hash": one.key_hash,
                    "name": one.name,
                    "permissions": dump(one.permissions),
                    "rate_per_hour": one.rate_per_hour,
                    "last_used_at": one.last_used_at,
                    "expires_at": one.expires_at,
                    "created_at": one.created_at or target.now_at,
                    "deleted_at": one.deleted_at,
                }
                for one in items
            ],
        )
    )


def write_senders(target: Target, items: Sequence[OldSender]) -> Plan[Counts]:
    """Write WhatsApp sessions as channels of WAHA, paused by being logged in nowhere yet."""
    return (
        yield from insert_new(
            channels,
            [
                {
                    "id": one.key,
                    "workspace_id": target.workspace_id,
                    "provider": "waha",
                    "transport": "whatsapp",
                    "address": one.address,
                    "rate_per_second": 1.0,
                    "extras": dump(dict(one.extras)),
                    "created_at": one.created_at or target.now_at,
                    "updated_at": one.updated_at or one.created_at or target.now_at,
                }
                for one in items
            ],
        )
    )
