"""A plan: the statements of one transaction, written once for both engines.

A plan is a generator that yields `Query` and `Write` steps and receives rows. It does no I/O itself: SQLite runs a
whole plan in one hop to its writer thread, PostgreSQL awaits each step, and both wrap it in one transaction. The
statements are built from the Core tables and compiled to SQL text once per engine.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeVar, cast

from sqlalchemy import Dialect, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import asyncpg as postgresql_asyncpg
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.elements import BindParameter

T = TypeVar("T")
Row = Sequence[Any]
Values = Sequence[Any]
Build = Callable[[str], ClauseElement]
"""Makes a statement for an engine, named "sqlite" or "postgresql"."""


class _HintingCompiler(SQLiteCompiler):
    """Writes hints such as `INDEXED BY ix_messages_open`, which SQLAlchemy leaves out for SQLite."""

    def get_from_hint_text(self, _table: object, text: str | None) -> str | None:
        """Return the hint as it stands behind the table's name."""
        return text


def _sqlite_dialect() -> Dialect:
    dialect = sqlite.dialect()
    dialect.statement_compiler = _HintingCompiler
    return cast(Dialect, dialect)


DIALECTS: dict[str, Dialect] = {"sqlite": _sqlite_dialect(), "postgresql": postgresql_asyncpg.dialect()}  # type: ignore[no-untyped-call]
WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""The lengths that lists of values are padded to, so that few statement texts exist."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """SQL text for one driver, and the order in which it wants the parameters."""

    sql: str
    arrange: Callable[[Values], Values] | None


class Statement:
    """A Core statement with named parameters, compiled once per engine; values are given in the order of `names`."""

    __slots__ = ("_build", "_compiled", "names")

    def __init__(self, names: Sequence[str], build: Build | ClauseElement) -> None:
        self.names = tuple(names)
        self._build: Build = build if callable(build) else lambda _engine: build
        self._compiled: dict[str, Compiled] = {}

    def for_engine(self, engine: str) -> Compiled:
        """Give the text for an engine, compiling it at the first use."""
        found = self._compiled.get(engine)
        if found is None:
            found = self._compiled[engine] = self._compile(engine)
        return found

    def core(self, engine: str) -> ClauseElement:
        """Return the Core statement, for a connection that only reads."""
        return self._build(engine)

    def _compile(self, engine: str) -> Compiled:
        compiled = self._build(engine).compile(dialect=DIALECTS[engine])
        wanted = list(compiled.positiontup or ())  # type: ignore[attr-defined]
        if wanted == list(self.names):
            return Compiled(str(compiled), None)
        return Compiled(str(compiled), self._arrangement(wanted, compiled.params))

    def _arrangement(self, wanted: Sequence[str], constants: Mapping[str, Any]) -> Callable[[Values], Values]:
        """Put the values in the driver's order, with the constants that stand in the statement itself."""
        extra = tuple(constants[name] for name in wanted if name not in self.names)
        known = [*self.names, *(name for name in wanted if name not in self.names)]
        places = [known.index(name) for name in wanted]
        if len(places) == 1:
            only = places[0]
            return lambda values: ((*values, *extra)[only],)
        pick = itemgetter(*places)
        return pick if not extra else lambda values: pick((*values, *extra))


@dataclass(frozen=True, slots=True)
class Query:
    """Run a statement once and receive its rows."""

    statement: Statement
    values: Values = ()


@dataclass(frozen=True, slots=True)
class Write:
    """Run a statement once per row of values; receives no rows."""

    statement: Statement
    rows: Sequence[Values]


@dataclass(frozen=True, slots=True)
class Hash:
    """Hash values by a key that the database does not hold (HMAC-SHA-256, RFC 2104); receives a row with each."""

    values: Sequence[bytes]


Step = Query | Write | Hash
Plan = Generator[Step, list[Row], T]
Statements = Generator[Query | Write, list[Row], T]
"""A plan as an engine runs it."""


def with_key(plan: Plan[T], key: bytes) -> Statements[T]:
    """Answer a plan's `Hash` steps; what is left is for the database."""
    rows: list[Row] | None = None
    try:
        while True:
            step = plan.send(rows)  # type: ignore[arg-type]
            if isinstance(step, Hash):
                rows = [(hmac.digest(key, value, hashlib.sha256),) for value in step.values]
            else:
                rows = yield step
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    finally:
        plan.close()


class Members:
    """A family of statements with a list of values in them, one text per padded length."""

    __slots__ = ("_build", "_made", "_names")

    def __init__(self, names: Sequence[str], build: Callable[[str, list[BindParameter[Any]]], ClauseElement]) -> None:
        self._names = tuple(names)
        self._build = build
        self._made: dict[int, Statement] = {}

    def query(self, members: Sequence[Any], values: Values = ()) -> Query:
        """Make the query for these members (1 to 256 of them) and the other values."""
        width = next(size for size in WIDTHS if size >= len(members))
        statement = self._made.get(width)
        if statement is None:
            statement = self._made[width] = self._statement(width)
        padding = (members[-1],) * (width - len(members))
        return Query(statement, (*values, *members, *padding))

    def _statement(self, width: int) -> Statement:
        listed = [f"member_{place}" for place in range(width)]
        return Statement(
            (*self._names, *listed),
            lambda engine: self._build(engine, [bindparam(name) for name in listed]),
        )


def insert_for(engine: str) -> Callable[..., Any]:
    """Give the engine's own INSERT, which knows ON CONFLICT."""
    return sqlite.insert if engine == "sqlite" else postgresql.insert


def insertion(
    table: Table,
    columns: Sequence[str],
    *,
    stamps: Sequence[str] = (),
    ignore: bool = False,
    keys: Sequence[str] = (),
    update: Sequence[str] = (),
) -> Statement:
    """Build an INSERT of `columns`; `stamps` all take one more value, the time, given last.

    `ignore` passes over a row that is there already; `keys` with `update` overwrites those columns of it.
    """
    values: dict[str, Any] = {name: bindparam(name) for name in columns} | {
        name: bindparam("now_at") for name in stamps
    }

    def build(engine: str) -> ClauseElement:
        made = insert_for(engine)(table).values(values)
        if ignore:
            made = made.on_conflict_do_nothing()
        elif keys:
            made = made.on_conflict_do_update(
                index_elements=list(keys), set_={name: made.excluded[name] for name in update}
            )
        return cast(ClauseElement, made)

    return Statement((*columns, "now_at") if stamps else columns, build)


def in_pages(members: Sequence[T], size: int = WIDTHS[-1]) -> Generator[Sequence[T], None, None]:
    """Cut a list into pages of at most `size`."""
    for start in range(0, len(members), size):
        yield members[start : start + size]
