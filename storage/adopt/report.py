"""What became of the rows of an old database: per table, read = written + unchanged + merged + refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

SHOWN = 1_000
"""Refusals that are listed per table; all are counted."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken over, and why."""

    row: str
    reason: str


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
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, row: str, reason: str) -> None:
        """Count a row that is not taken over."""
        self.refused += 1
        if len(self.refusals) < SHOWN:
            self.refusals.append(Refusal(row, reason))

    @property
    def adds_up(self) -> bool:
        """Say whether every row is accounted for."""
        return self.read == self.written + self.unchanged + self.merged + self.refused


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
        return all(one.adds_up for one in self.tables.values())

    def document(self) -> dict[str, Any]:
        """Give the report as a document for JSON."""
        tables = {name: {**asdict(one), "adds_up": one.adds_up} for name, one in self.tables.items()}
        return {"system": self.system, "adds_up": self.adds_up, "tables": tables, "notes": self.notes}


def lines_of(report: Report) -> Iterable[str]:
    """Write the report as a table of text."""
    yield f"{'table':32}{'read':>10}{'written':>10}{'before':>10}{'merged':>10}{'refused':>10}  goes to"
    for name, one in report.tables.items():
        counts = "".join(f"{count:>10,}" for count in (one.read, one.written, one.unchanged, one.merged, one.refused))
        yield f"{name:32}{counts}  {one.goes_to}{'' if one.adds_up else '  DOES NOT ADD UP'}"
