"""What an old system consists of: its tables, in the order in which they are taken over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from storage.adopt.target import Target, Writer
from storage.adopt.values import Row


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of row, taken from one table."""

    table: str
    goes_to: str
    """Where it lives now, for the plan."""
    read: Callable[[Row, Target], Iterable[Any]]
    """Makes items of a row, mostly one; raises `Refused`."""
    write: Writer
    query: str = ""
    """Instead of all columns of the table, in the order of its key."""
    named: str = ""
    """In the report, where the table is read more than once."""
    key: str = "id"

    @property
    def name(self) -> str:
        """How the report names it."""
        return self.named or self.table

    @property
    def statement(self) -> str:
        """The rows to read."""
        return self.query or f'SELECT * FROM "{self.table}" ORDER BY "{self.key}"'  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class System:
    """One of the systems that Rollcall replaces."""

    name: str
    signature: Mapping[str, frozenset[str]]
    """Tables and columns by which it is recognised."""
    parts: tuple[Part, ...]
    owners: Callable[[Collection[str]], str] | None = None
    """Makes, for the tables that are there, a query of (id, name, count) of who owns rows; parts take `:owner`."""
    not_kept: Mapping[str, str] = field(default_factory=dict)
    """Tables that are left, and why."""
    planned: tuple[str, ...] = ()
    """Tables that a database of an early version has not yet."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Columns that another way of making the database names differently, with the name that parts read."""


def signature(**columns: str) -> Mapping[str, frozenset[str]]:
    """Name columns by table."""
    return {table: frozenset(names.split()) for table, names in columns.items()}
