"""Statements that are written once and run on both engines."""

from __future__ import annotations

import pytest
from sqlalchemy import Integer, bindparam, literal, select

from storage.database import Database
from storage.plan import Members, Plan, Query, Row, Statement, Write, in_pages, insertion
from storage.schema import nodes

KEYS = ("id", "name")
STAMPS = ("started_at", "seen_at")
_PLAIN = insertion(nodes, KEYS, stamps=STAMPS)
_IGNORE = insertion(nodes, KEYS, stamps=STAMPS, ignore=True)
_OVER = insertion(nodes, KEYS, stamps=STAMPS, keys=("id",), update=("name",))
_BARE = insertion(nodes, ("seen_at", "started_at", "name", "id"))
_ALL = Statement((), select(nodes.c.id, nodes.c.name, nodes.c.started_at, nodes.c.seen_at).order_by(nodes.c.id))
_WHERE = Members(
    ("least",),
    lambda _engine, members: (
        select(nodes.c.name)
        .where(nodes.c.name.in_(members), nodes.c.seen_at >= bindparam("least"))
        .order_by(nodes.c.name)
    ),
)
A, B = b"a" * 16, b"b" * 16


def run(*writes: Write) -> Plan[list[Row]]:
    """Write, then read everything."""
    for write in writes:
        assert (yield write) == []
    return [tuple(row) for row in (yield Query(_ALL))]


def ask(query: Query) -> Plan[list[Row]]:
    """Read."""
    return [tuple(row) for row in (yield query)]


async def test_stamps_take_one_time(database: Database) -> None:
    """The time is given once, last, and goes into every stamp."""
    assert await database.run(run(Write(_PLAIN, [(A, "one", 7), (B, "two", 8)]))) == [
        (A, "one", 7, 7),
        (B, "two", 8, 8),
    ]


async def test_the_order_of_the_names_is_the_callers(database: Database) -> None:
    """Values are given in the order of the names, whatever order the engine's text has."""
    assert await database.run(run(Write(_BARE, [(9, 7, "one", A)]))) == [(A, "one", 7, 9)]


async def test_what_is_there_can_be_passed_over(database: Database) -> None:
    """`ignore` leaves the row that is there, and takes the others."""
    writes = (Write(_PLAIN, [(A, "one", 7)]), Write(_IGNORE, [(A, "other", 8), (B, "two", 8)]))
    assert await database.run(run(*writes)) == [(A, "one", 7, 7), (B, "two", 8, 8)]


async def test_what_is_there_can_be_overwritten(database: Database) -> None:
    """`keys` with `update` changes those columns of the row that is there, and no others."""
    writes = (Write(_PLAIN, [(A, "one", 7)]), Write(_OVER, [(A, "other", 8), (B, "two", 8)]))
    assert await database.run(run(*writes)) == [(A, "other", 7, 7), (B, "two", 8, 8)]


async def test_a_constant_that_stands_in_the_statement(database: Database) -> None:
    """Values that the statement brings itself need not be given, alone or among others."""
    alone = Statement((), select(literal(41, Integer()) + 1))
    among = Statement(
        ("first", "second"),
        select(bindparam("second", type_=Integer), literal(3, Integer()), bindparam("first", type_=Integer)),
    )
    assert await database.run(ask(Query(alone))) == [(42,)]
    assert await database.run(ask(Query(among, (1, 2)))) == [(2, 3, 1)]


async def test_only_a_constant(database: Database) -> None:
    """A statement whose one parameter is its own constant takes no values."""
    only = Statement((), select(nodes.c.name).where(nodes.c.name == "one"))
    await database.run(run(Write(_PLAIN, [(A, "one", 7), (B, "two", 8)])))
    assert await database.run(ask(Query(only))) == [("one",)]


async def test_one_value_used_twice(database: Database) -> None:
    """A name that stands twice in the statement is given once."""
    twice = Statement(
        ("at",), select(nodes.c.name).where(nodes.c.seen_at >= bindparam("at"), nodes.c.started_at <= bindparam("at"))
    )
    await database.run(run(Write(_BARE, [(9, 7, "one", A), (6, 5, "two", B)])))
    assert await database.run(ask(Query(twice, (8,)))) == [("one",)]


@pytest.mark.parametrize("length", [1, 2, 3, 5, 200, 256])
async def test_lists_of_any_length(length: int, database: Database) -> None:
    """A list is padded to a few lengths, and finds exactly its members."""
    names = [f"{n:03}" for n in range(260)]
    rows = [(name.encode().ljust(16), name, n) for n, name in enumerate(names)]
    await database.run(run(Write(_PLAIN, rows)))
    found = await database.run(ask(_WHERE.query(names[:length], (1,))))
    assert found == [(name,) for name in names[1:length]]


def test_few_texts_for_many_lists() -> None:
    """Lists of similar length share one statement, so that it is prepared once."""
    assert _WHERE.query(["a"] * 5, (1,)).statement is _WHERE.query(["a"] * 8, (1,)).statement
    assert _WHERE.query(["a"] * 8, (1,)).statement is not _WHERE.query(["a"] * 9, (1,)).statement


def test_a_statement_is_compiled_once_per_engine() -> None:
    """The second use of a statement finds its text ready; each engine has its own."""
    assert _ALL.for_engine("sqlite") is _ALL.for_engine("sqlite")
    assert "?" in _PLAIN.for_engine("sqlite").sql
    assert "$1" in _PLAIN.for_engine("postgresql").sql


def test_pages() -> None:
    """A list is cut into pages, the last one shorter; an empty list has none."""
    assert list(in_pages(range(5), 2)) == [range(2), range(2, 4), range(4, 5)]
    assert list(in_pages([])) == []
    assert [len(page) for page in in_pages(range(513))] == [256, 256, 1]
