"""One page of an old table: what is new of it is written, what people decided since the last time stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flows.values import ContactStatus, Key
from storage.adopt.groups import OldMember
from storage.adopt.memory import known_marks, mark_of, person_marks, remember
from storage.adopt.offers import OldRegistration
from storage.adopt.parts import Part
from storage.adopt.people import OldContact, OldRecord, known_addresses, tighten
from storage.adopt.report import Merge, Refusal
from storage.adopt.talk import OldMessage, OldRecipient, settle_handed_over
from storage.adopt.target import Counts, Target
from storage.plan import Plan

_ABOUT_PEOPLE = (OldContact, OldRecord, OldMember, OldMessage, OldRegistration, OldRecipient)
"""Items for which a contact is made where there is none."""
GONE = "this person was erased here after the last takeover: nothing of theirs is taken over again"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a page."""

    counts: Counts
    known: frozenset[Key]
    """The items that were taken over before."""


def take_page(part: Part, target: Target, items: Sequence[Any]) -> Plan[Taken]:
    """Write the items of a page that were never taken over, and remember them."""
    marks = {item.key: mark_of(part.name, item.key) for item in items}
    there = yield from known_marks(target, marks.values())
    known = frozenset(key for key, mark in marks.items() if mark in there)
    new = [item for item in items if item.key not in known]
    missing = yield from _without_contact(target, new)
    gone = yield from known_marks(target, missing.values())
    left = [item for item in new if missing.get(_address(item), b"") not in gone]
    counts = (yield from part.write(target, left)) if left else Counts()
    refused = {refusal.row for refusal in counts.refusals}
    kept = [item for item in left if item.row not in refused]
    yield from remember(target, [marks[item.key] for item in kept])
    yield from _remember_people(target, kept, missing)
    tightened = yield from _take_decisions(part, target, items, known)
    yield from settle_handed_over([item for item in items if isinstance(item, OldRecipient) and item.key in known])
    unchanged = len(items) - len(new) - len(tightened)
    erased = tuple(Refusal(item.row, GONE) for item in new if missing.get(_address(item), b"") in gone)
    counts = replace(
        counts,
        unchanged=counts.unchanged + unchanged,
        merged=counts.merged + len(tightened),
        merges=(*counts.merges, *tightened),
        refusals=(*counts.refusals, *erased),
    )
    return Taken(counts, known)


def _address(item: Any) -> str:
    return item.address if isinstance(item, _ABOUT_PEOPLE) else ""


def _without_contact(target: Target, items: Sequence[Any]) -> Plan[dict[str, bytes]]:
    """Return the marks of the people of whom there is no contact, living or deleted."""
    addresses = list(dict.fromkeys(address for item in items if (address := _address(item))))
    there = yield from known_addresses(target, addresses)
    return (yield from person_marks(target, [address for address in addresses if address not in there]))


def _remember_people(target: Target, items: Sequence[Any], missing: dict[str, bytes]) -> Plan[None]:
    listed = {item.address for item in items if isinstance(item, OldContact)}
    more = yield from person_marks(target, sorted(listed - missing.keys()))
    used = {address for item in items if (address := _address(item))}
    yield from remember(target, [mark for address, mark in (missing | more).items() if address in used])


def _take_decisions(part: Part, target: Target, items: Sequence[Any], known: frozenset[Key]) -> Plan[tuple[Merge, ...]]:
    """Take over that somebody was blocked or deleted over there since the last time; never the other way round."""
    people = [item for item in items if isinstance(item, OldContact) and item.decision]
    marks = {item.key: mark_of(f"{part.name}: {item.decision}", item.key) for item in people}
    there = yield from known_marks(target, marks.values())
    fresh = [item for item in people if item.key in known and marks[item.key] not in there]
    changes = {item.address: _now(item) for item in fresh}
    changed = yield from tighten(target, changes)
    yield from remember(target, marks.values())
    return tuple(
        Merge(item.row, f"it is '{item.decision}' over there since: {item.address} is {changed[item.address]} here")
        for item in {item.address: item for item in fresh if item.address in changed}.values()
    )


def _now(item: OldContact) -> ContactStatus:
    return ContactStatus.INACTIVE if item.deleted_at is not None else item.status
