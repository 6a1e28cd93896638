"""What people and the old system decided about writing to them: opt-outs, dead numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from flows.values import Key
from storage.adopt.numbers import event_numbers
from storage.adopt.target import Counts, Ledger, Target, insert, known_keys
from storage.plan import Members, Plan, in_pages
from storage.schema import consent_changes, opt_outs, suppressions

ALL = "all"


@dataclass(frozen=True, slots=True)
class OldOptOut:
    """A person who wants no messages."""

    key: Key
    row: str
    address: str
    source: str
    text: str | None
    at: int | None
    event: Key | None = None
    """It holds for this one alone."""


@dataclass(frozen=True, slots=True)
class OldSuppression:
    """A number that is dead."""

    key: Key
    row: str
    address: str
    category: str
    reason: str | None
    source: str | None = None
    source_type: str | None = None
    created_at: int | None = None
    updated_at: int | None = None


_STOPPED = Members(
    ("workspace_id",),
    lambda _engine, members: select(opt_outs.c.address, opt_outs.c.scope).where(
        opt_outs.c.workspace_id == bindparam("workspace_id"), opt_outs.c.address.in_(members)
    ),
)
_DEAD = Members(
    ("workspace_id", "provider"),
    lambda _engine, members: select(
        suppressions.c.address, suppressions.c.category, suppressions.c.reason, suppressions.c.source
    ).where(
        suppressions.c.workspace_id == bindparam("workspace_id"),
        suppressions.c.provider == bindparam("provider"),
        suppressions.c.address.in_(members),
    ),
)


_CAME_BACK = Members(
    ("workspace_id",),
    lambda _engine, members: select(
        consent_changes.c.address, consent_changes.c.scope, consent_changes.c.created_at
    ).where(
        consent_changes.c.workspace_id == bindparam("workspace_id"),
        consent_changes.c.address.in_(members),
        consent_changes.c.action == "opt_in",
    ),
)


def write_opt_outs(target: Target, items: Sequence[OldOptOut]) -> Plan[Counts]:
    """Write opt-outs, each with its line in the ledger of consent; the first of a person's counts.

    Who opted in here after that moment has decided since: the line is kept, the opt-out does not hold.
    """
    ledger = Ledger()
    numbers = (yield from event_numbers(target)) if any(item.event for item in items) else {}
    scopes = {item.key: f"event:{numbers[item.event]}" if item.event in numbers else ALL for item in items}
    own = yield from known_keys(consent_changes, [item.key for item in items])
    there: set[tuple[str, str]] = set()
    back: dict[tuple[str, str], int] = {}
    for page in in_pages(list({item.address for item in items})):
        there |= {(row[0], row[1]) for row in (yield _STOPPED.query(page, (target.workspace_id,)))}
        for address, scope, at in (yield _CAME_BACK.query(page, (target.workspace_id,))):
            back[address, scope] = max(at, back.get((address, scope), 0))
    lines: list[OldOptOut] = []
    holding: list[OldOptOut] = []
    for item in items:
        place = (item.address, scopes[item.key])
        if item.key in own:
            ledger.unchanged += 1
            continue
        lines.append(item)
        if item.at is not None and max(back.get(place, 0), back.get((item.address, ALL), 0)) > item.at:
            ledger.merge(item.row, f"{item.address} opted in again after that, here: nothing is held back")
        elif place in there:
            ledger.merge(item.row, f"{item.address} has opted out already; the first time counts")
        else:
            ledger.written += 1
            there.add(place)
            holding.append(item)
    yield from insert(opt_outs, [_state(target, item, scopes[item.key]) for item in holding])
    yield from insert(consent_changes, [_line(target, item, scopes[item.key]) for item in lines])
    return ledger.counts()


def _state(target: Target, item: OldOptOut, scope: str) -> dict[str, Any]:
    return {**_place(target, item, scope), "opted_out_at": item.at or target.now_at}


def _line(target: Target, item: OldOptOut, scope: str) -> dict[str, Any]:
    at = item.at or target.now_at
    return {**_place(target, item, scope), "id": item.key, "action": "opt_out", "created_at": at}


def _place(target: Target, item: OldOptOut, scope: str) -> dict[str, Any]:
    return {
        "workspace_id": target.workspace_id,
        "address": item.address,
        "scope": scope,
        "source": item.source,
        "text": item.text,
    }


def write_suppressions(target: Target, items: Sequence[OldSuppression]) -> Plan[Counts]:
    """Write dead numbers, for the provider of the channel."""
    ledger = Ledger()
    there: dict[str, tuple[Any, ...]] = {}
    for page in in_pages(list({one.address for one in items})):
        for row in (yield _DEAD.query(page, (target.workspace_id, target.provider))):
            there[row[0]] = tuple(row[1:])
    new = []
    for one in items:
        found = there.get(one.address)
        if found is None:
            ledger.written += 1
            there[one.address] = (one.category, one.reason, one.source)
            new.append(one)
        elif found == (one.category, one.reason, one.source):
            ledger.unchanged += 1
        else:
            ledger.merge(one.row, f"{one.address} is known as {found[0]} already")
    yield from insert(
        suppressions,
        [
            {
                "workspace_id": target.workspace_id,
                "address": one.address,
                "provider": target.provider,
                "category": one.category,
                "reason": one.reason,
                "source": one.source,
                "source_type": one.source_type,
                "created_at": one.created_at or target.now_at,
                "updated_at": one.updated_at or one.created_at or target.now_at,
            }
            for one in new
        ],
    )
    return ledger.counts()
