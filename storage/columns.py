"""The kinds of columns that the tables are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Integer, LargeBinary, String, text

from flows.bounds import ADDRESS_LENGTH

_LONG = String(ADDRESS_LENGTH)
ADDRESS = String(64).with_variant(_LONG, "postgresql")
"""Of a person. SQLite heeds no length: to write another one into its schema would copy every table for nothing."""
OWN_ADDRESS = String(120).with_variant(_LONG, "postgresql")
"""Of a channel."""


def key(name: str = "id", *, primary: bool = False, null: bool = False) -> Column[bytes]:
    """Build a column for a key of 16 bytes."""
    return Column(name, LargeBinary(16), primary_key=primary, nullable=null)


def ref(name: str, target: str, *, primary: bool = False, null: bool = False, keep: bool = False) -> Column[bytes]:
    """Build a column that refers to another table; `keep`: the row stays, without the reference, when that one goes."""
    on_delete = "SET NULL" if keep else "CASCADE"
    return Column(
        name, LargeBinary(16), ForeignKey(target, ondelete=on_delete), primary_key=primary, nullable=null or keep
    )


def at(name: str, *, null: bool = True) -> Column[int]:
    """Build a column for a time, UTC microseconds since the epoch."""
    return Column(name, BigInteger, nullable=null)


def count(name: str) -> Column[int]:
    """Build a counter that begins at 0."""
    return Column(name, Integer, nullable=False, server_default="0")


def flag(name: str, default: bool) -> Column[bool]:
    """Build a yes or no."""
    return Column(name, Boolean, nullable=False, server_default=text("true" if default else "false"))


def where(condition: str) -> dict[str, Any]:
    """Make an index partial, on both engines."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """Allow only some words in a column."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
