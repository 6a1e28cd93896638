"""What people and the old system decided about writing to them: opt-outs, dead numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def write_opt_outs(target: Target, items: Sequence[OldOptOut]) -> Plan[Counts]:
    """Write opt-outs, each with its line in the ledger of consent; the first of a person's counts."""
    ledger = Ledger()
    numbers = (yield from event_numbers(target)) if any(one.event for one in items) else {}
    scopes = {one.key: f"event:{numbers[one.event]}" if one.event in numbers else ALL for one in items}
    own = yield from known_keys(consent_changes, [one.key for one in items])
    there: set[tuple[str, str]] = set()
    for page in in_pages(list({one.address for one in items})):
        there |= {(row[0], row[1]) for row in (yield _STOPPED.query(page, (target.workspace_id,)))}
    new: list[OldOptOut] = []
    for one in items:
        if one.key in own:
            ledger.unchanged += 1
            continue
        if (one.address, scopes[one.key]) in there:
            ledger.merged += 1
        else:
            ledger.written += 1
            there.add((one.address, scopes[one.key]))
        new.append(one)
    yield from _insert_opt_outs(target, new, scopes)
    return ledger.counts()


def _insert_opt_outs(target: Target, items: Sequence[OldOptOut], scopes: Mapping[Key, str]) -> Plan[None]:
    places = [
        {
            "workspace_id": target.workspace_id,
            "address": one.address,
            "scope": scopes[one.key],
            "source": one.source,
            "text": one.text,
        }
        for one in items
    ]
    times = [one.at or target.now_at for one in items]
    state = [{**place, "opted_out_at": at} for place, at in zip(places, times, strict=True)]
    yield from insert(opt_outs, state)
    ledger = [
        {**place, "id": one.key, "action": "opt_out", "created_at": at}
        for place, at, one in zip(places, times, items, strict=True)
    ]
    yield from insert(consent_changes, ledger)


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
            ledger.merged += 1
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
