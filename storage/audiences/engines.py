"""The same comparisons in the words of either engine.

SQLite has neither accents nor patterns, so that two functions of ours (`FUNCTIONS`) are made known to each connection;
PostgreSQL computes the same by itself, small letters outside the ASCII range by the rules of the database's locale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Select,
    Text,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    literal_column,
)
from sqlalchemy.dialects.postgresql import JSONB

from flows.audiences.folding import BLANKS, MARKS, NUMBER, fold, number

Column = ColumnElement[Any]
FUNCTIONS: tuple[tuple[str, Callable[[Any], Any]], ...] = (("rollcall_fold", fold), ("rollcall_number", number))
"""What SQLite has to know before it can pick an audience, each of one argument and deterministic."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine's words."""

    fold: Callable[[Column], Column]
    """Small letters, no accents, no needless blanks."""
    number: Callable[[Column], Column]
    """The number that a text is, else NULL."""
    place: Callable[[Column, Column], Column]
    """Where a text holds another, from 1; 0: nowhere."""
    in_order: Callable[[Column], Column]
    """A text that is compared letter by letter, by no language's order."""
    entries: Callable[[Column], FromClause]
    """The entries of a JSON object as rows with a `key`."""
    items_of: Callable[[Column, FromClause], FromClause]
    """The items of one entry's value (of the object that the entries are of), as `items` gives them."""
    items: Callable[[Column], FromClause]
    """The items of a JSON list (a single value is a list of one) as rows of `value`."""
    text: Callable[[FromClause], Column]
    """The value of an entry or item as text or number, NULL for null."""
    among: Callable[[Column, Select[Any]], Column]
    """Whether a column is among the (one) column of a select."""


def engine_named(name: str) -> Engine:
    """Give the words of `sqlite` or `postgresql`."""
    return _SQLITE if name == "sqlite" else _POSTGRESQL


def _sqlite_text(row: FromClause) -> Column:
    kind = row.c.type
    return case((kind == "true", literal("true")), (kind == "false", literal("false")), else_=row.c.value)


def _postgresql_fold(text: Column) -> Column:
    bare = func.regexp_replace(func.normalize(text, literal_column("NFKD")), MARKS, "", "g")
    return func.btrim(func.regexp_replace(func.lower(bare), BLANKS, " ", "g"), " ", type_=Text())


def _postgresql_number(text: Column) -> Column:
    folded = _postgresql_fold(text)
    return case((folded.op("~")(NUMBER), cast(folded, Double())))


def _postgresql_items(document: Column) -> FromClause:
    kind = func.jsonb_typeof(document)
    members = func.jsonb_path_query_array(document, literal_column("'$.*'"))
    listed = case((kind == "array", document), (kind == "object", members), else_=func.jsonb_build_array(document))
    return func.jsonb_array_elements_text(listed).table_valued("value")


def _postgresql_entries(document: Column) -> FromClause:
    listed = func.jsonb_each(case((func.jsonb_typeof(document) == "object", document)))
    return listed.table_valued(column("key", Text()), column("value", JSONB()))


def _postgresql_among(column: Column, chosen: Select[Any]) -> Column:
    (only,) = chosen.selected_columns
    return exists(chosen.where(only == column))


_SQLITE = Engine(
    fold=lambda text: func.rollcall_fold(text, type_=Text()),
    number=lambda text: func.rollcall_number(text, type_=Double()),
    place=func.instr,
    in_order=lambda text: text,
    entries=lambda document: func.json_each(document).table_valued("key", "fullkey"),
    items_of=lambda document, entry: func.json_each(document, entry.c.fullkey).table_valued("value", "type"),
    items=lambda document: func.json_each(document).table_valued("value", "type"),
    text=_sqlite_text,
    among=lambda column, chosen: column.in_(chosen),
)
_POSTGRESQL = Engine(
    fold=_postgresql_fold,
    number=_postgresql_number,
    place=func.strpos,
    in_order=lambda text: text.collate("C"),
    entries=_postgresql_entries,
    items_of=lambda _document, entry: _postgresql_items(entry.c.value),
    items=_postgresql_items,
    text=lambda row: row.c.value,
    among=_postgresql_among,
)
