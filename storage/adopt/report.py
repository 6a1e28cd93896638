"""What became of the rows of an old database: per table, read = written + unchanged + merged + refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from flows.values import Key

SHOWN = 1_000
"""Remarks of each kind that are listed per table; all are counted."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken over, and why."""

    row: str
    reason: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A row that became part of another one, and what that means."""

    row: str
    into: str


@dataclass(frozen=True, slots=True)
class Held:
    """A value that was not understood or not usable, and the careful choice that was made instead."""

    row: str
    column: str
    word: str
    """The value, as it stands in the old database."""
    outcome: str
    key: Key | None = None
    """Of the item that the row became: nothing is said again about a row that was taken over before."""

    @property
    def text(self) -> str:
        """The sentence for the owner."""
        return f"{self.column} '{self.word}': {self.outcome}"


@dataclass(slots=True)
class Tally:
    """The rows of one table."""

    goes_to: str = ""
    read: int = 0
    written: int = 0
    unchanged: int = 0
    """Taken over before."""
    merged: int = 0
    """Joined with another one: the same person, or the same fact."""
    refused: int = 0
    held: int = 0
    """Taken over with care, because something in the row was not understood; counted above as well."""
    refusals: list[Refusal] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    doubts: list[Held] = field(default_factory=list)

    def refuse(self, row: str, reason: str) -> None:
        """Count a row that is not taken over."""
        self.refused += 1
        if len(self.refusals) < SHOWN:
            self.refusals.append(Refusal(row, reason))

    def merge(self, found: Iterable[Merge]) -> None:
        """Name rows that became part of others."""
        for merge in found:
            if len(self.merges) < SHOWN:
                self.merges.append(merge)

    def hold(self, found: Iterable[Held]) -> None:
        """Count and name what was taken over with care."""
        for held in found:
            self.held += 1
            if len(self.doubts) < SHOWN:
                self.doubts.append(held)

    @property
    def adds_up(self) -> bool:
        """Say whether every row is accounted for."""
        return self.read == self.written + self.unchanged + self.merged + self.refused

    def document(self) -> dict[str, Any]:
        """Return the tally for JSON."""
        found = asdict(self)
        for doubt in found["doubts"]:
            del doubt["key"]
        return {**found, "adds_up": self.adds_up}


@dataclass(slots=True)
class Report:
    """What became of a whole database."""

    system: str
    tables: dict[str, Tally] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    """What the owner should know."""

    def of(self, table: str, goes_to: str = "") -> Tally:
        """Give the tally of a table."""
        found = self.tables.setdefault(table, Tally())
        found.goes_to = found.goes_to or goes_to
        return found

    @property
    def adds_up(self) -> bool:
        """Say whether every row of every table is accounted for."""
        return all(tally.adds_up for tally in self.tables.values())

    def document(self) -> dict[str, Any]:
        """Return the report as a document for JSON."""
        tables = {name: tally.document() for name, tally in self.tables.items()}
        return {"system": self.system, "adds_up": self.adds_up, "tables": tables, "notes": self.notes}


def lines_of(report: Report) -> Iterable[str]:
    """Write the report as a table of text."""
    yield f"{'table':32}{'read':>10}{'written':>10}{'before':>10}{'merged':>10}{'refused':>10}{'held':>10}  goes to"
    for name, tally in report.tables.items():
        figures = (tally.read, tally.written, tally.unchanged, tally.merged, tally.refused, tally.held)
        counts = "".join(f"{count:>10,}" for count in figures)
        yield f"{name:32}{counts}  {tally.goes_to}{'' if tally.adds_up else '  DOES NOT ADD UP'}"


def remarks_of(report: Report, shown: int) -> Iterator[str]:
    """Write what was refused, held and merged, each with its table and row; at most `shown` of each per table."""
    for name, tally in report.tables.items():
        refused = [f"{refusal.row}: {refusal.reason}" for refusal in tally.refusals]
        held = [f"{doubt.row}: {doubt.text}" for doubt in tally.doubts]
        merged = [f"{merge.row}: {merge.into}" for merge in tally.merges]
        for kind, lines, count in (
            ("refused", refused, tally.refused),
            ("held", held, tally.held),
            ("merged", merged, tally.merged),
        ):
            yield from (f"{kind}: {name} {line}" for line in lines[:shown])
            if count > shown and lines:
                yield f"{kind}: {name}: {count - shown:,} more, see --report"
