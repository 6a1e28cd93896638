"""Where the rows of an old database go, and the one way in which they are written: what is there already stays."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, select

from flows.values import HOUR, Key
from storage.adopt.report import Held, Merge, Refusal
from storage.numbers import next_number
from storage.plan import Members, Plan, Write, in_pages, insertion


@dataclass(frozen=True, slots=True)
class Target:
    """What every writer has to know."""

    workspace_id: Key
    channel_id: Key
    provider: str
    """Of the channel: a number is dead on one provider only."""
    now_at: int
    system: str
    country: str | None = None
    time_zone: str = "UTC"
    max_lag: int = HOUR
    """After which work that was due is not sent any more."""
    send_overdue: bool = False
    """Work that was due before now still goes out."""

    def due(self, due_at: int | None, status: str = "scheduled") -> str:
        """Say where scheduled work stands: what is overdue expires, unless the owner wants it sent."""
        return "expired" if due_at is not None and due_at <= self.now_at and not self.send_overdue else status


@dataclass(frozen=True, slots=True)
class Counts:
    """What a writer did with a page of items."""

    written: int = 0
    unchanged: int = 0
    merged: int = 0
    refusals: tuple[Refusal, ...] = ()
    merges: tuple[Merge, ...] = ()
    held: tuple[Held, ...] = ()


@dataclass(slots=True)
class Ledger:
    """Counts while a page is written."""

    written: int = 0
    unchanged: int = 0
    merged: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)

    def merge(self, row: str, into: str) -> None:
        """Count a row that becomes part of another one, and name it."""
        self.merged += 1
        self.merges.append(Merge(row, into))

    def hold(self, row: str, column: str, word: object, outcome: str) -> None:
        """Note what is taken over with care."""
        self.held.append(Held(row, column, str(word), outcome))

    def counts(self) -> Counts:
        """Give what was counted."""
        merges, held = tuple(self.merges), tuple(self.held)
        return Counts(self.written, self.unchanged, self.merged, tuple(self.refusals), merges, held)


Writer = Callable[[Target, Sequence[Any]], Plan[Counts]]


@lru_cache(maxsize=64)
def _by_key(table: Table) -> Members:
    return Members((), lambda _engine, members: select(table.c.id).where(table.c.id.in_(members)))


@lru_cache(maxsize=64)
def _insert(table: Table, columns: tuple[str, ...]) -> Any:
    return insertion(table, columns, ignore=True)


def known_keys(table: Table, keys: Sequence[Key]) -> Plan[set[Key]]:
    """Say which of these keys a table has."""
    found: set[Key] = set()
    for page in in_pages(keys):
        found |= {row[0] for row in (yield _by_key(table).query(page))}
    return found


def insert(table: Table, rows: Sequence[Mapping[str, Any]]) -> Generator[Any, Any, None]:
    """Write rows that all have the same columns; one that is there already stays as it is."""
    if rows:
        columns = tuple(rows[0])
        yield Write(_insert(table, columns), [tuple(row[name] for name in columns) for row in rows])


def insert_new(table: Table, rows: Iterable[Mapping[str, Any]]) -> Plan[Counts]:
    """Write the rows whose `id` the table has not."""
    listed = {row["id"]: row for row in rows}
    known = yield from known_keys(table, list(listed))
    new = [row for key, row in listed.items() if key not in known]
    yield from insert(table, new)
    return Counts(len(new), len(known))


def numbered(workspace_id: Key, kind: str, count: int) -> Plan[list[int]]:
    """Take as many numbers of a kind."""
    found: list[int] = []
    for _ in range(count):
        found.append((yield from next_number(workspace_id, kind)))
    return found
