"""Groups and who is in them; one whose name is taken here gets a name of its own, and stays apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from flows.audiences.folding import fold
from flows.audiences.vocabulary import COMMUNITY_WORDS, EVERYBODY
from flows.values import Key
from storage.adopt.people import ensure_people
from storage.adopt.report import Refusal
from storage.adopt.target import Counts, Ledger, Target, insert, known_keys
from storage.groups import add_members
from storage.plan import Plan, Query, Statement
from storage.schema import groups

LENGTH = 100
"""Of a group's name."""


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
    group: Key
    """Of the old group."""
    name: str
    """The old group's."""
    address: str
    added_at: int | None = None


_NAMES = Statement(("workspace_id",), select(groups.c.name).where(groups.c.workspace_id == bindparam("workspace_id")))


def write_groups(target: Target, items: Sequence[OldGroup]) -> Plan[Counts]:
    """Write groups, each as one of its own."""
    ledger = Ledger()
    own = yield from known_keys(groups, [group.key for group in items])
    rows = yield Query(_NAMES, (target.workspace_id,))
    taken = {fold(row[0]) or "" for row in rows} | {fold(word) or "" for word in (*COMMUNITY_WORDS, *EVERYBODY)}
    for group in items:
        if group.key in own:
            ledger.unchanged += 1
            continue
        name = free_name(group.name, taken)
        taken.add(fold(name) or "")
        if name != group.name:
            ledger.hold(
                group.row, "name", group.name, f"the name is taken here or too long: the group is called {name}"
            )
        row = {"id": group.key, "workspace_id": target.workspace_id, "name": name, "description": group.description}
        yield from insert(groups, [{**row, "created_at": group.created_at or target.now_at}])
        ledger.written += 1
    return ledger.counts()


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """Return a name that nobody could take for another one: whatever the case, the accents and the blanks."""
    there, number, name = set(taken), 1, wanted[:LENGTH]
    while fold(name) in there:
        number += 1
        name = f"{wanted[: LENGTH - 8]}-{number}"
    return name


def write_members(target: Target, items: Sequence[OldMember]) -> Plan[Counts]:
    """Put people into groups; those of a group that was deleted here are refused."""
    ledger = Ledger()
    there = yield from known_keys(groups, list({member.group for member in items}))
    left = [member for member in items if member.group in there]
    ledger.refusals += [
        Refusal(member.row, f"its group '{member.name}' is not here any more")
        for member in items
        if member.group not in there
    ]
    people = yield from ensure_people(target, [member.address for member in left])
    for group in dict.fromkeys(member.group for member in left):
        mine = [member for member in left if member.group == group]
        first: dict[Key, OldMember] = {}
        for member in mine:
            key = people[member.address]
            if key in first:
                ledger.merge(member.row, f"{member.address} is in {member.name} already, by {first[key].row}")
            first.setdefault(key, member)
        times = {key: member.added_at or target.now_at for key, member in first.items()}
        written = yield from add_members(group, times)
        ledger.written += written
        ledger.unchanged += len(first) - written
    return ledger.counts()
