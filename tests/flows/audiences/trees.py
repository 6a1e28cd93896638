"""Trees of any shape, grown from whatever leaves a test gives."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from flows.audiences.tree import (
    Answered,
    Compare,
    Event,
    Everybody,
    Except,
    Group,
    Node,
    NoReply,
    Operator,
    People,
    Progress,
    Record,
    Survey,
    all_of,
    any_of,
    no,
)
from flows.values import RegistrationStatus

Grow = Callable[[Random], Node]
NAMES = (
    *(
        "roofers",
        "Sunday Choir",
        "and",
        "o",
        "no",
        "NOT",
        "community",
        "all",
        "waiting",
        "not waiting",
        "3",
        "new since",
    ),
    *(
        "last",
        'say "hi"',
        "O'Brien",
        "'tis",
        "año",
        "a:b",
        "a,b",
        "#x",
        "(a)",
        "x=1",
        "completed",
        "event GALA",
        "!",
        "+1",
    ),
)
FIELDS = ("zip", "name", "and", "not", "y", "o", "no", "last", "seen", "event", "time_zone", "new", "año", "trade_2")
VALUES = (
    *NAMES,
    "94110",
    "-2.5",
    "a@b.example",
    "and zip=1",
    "x  y".replace("  ", " "),
    "ü",
    "=",
    ">5",
    "+15550100001",
)
QUESTIONS = ("2", "q1", "rating")


def grow(rng: Random, leaf: Grow, depth: int) -> Node:
    """Grow a tree of at most so many levels."""
    shape = rng.randrange(8) if depth else 0
    if shape <= 3:
        return leaf(rng)
    parts = [grow(rng, leaf, depth - 1) for _ in range(rng.randrange(2, 4))]
    if shape == 4:
        return all_of(*parts)
    if shape == 5:
        return any_of(*parts)
    return no(parts[0]) if shape == 6 else Except(parts[0], parts[1])


def of_record(rng: Random, compare: Callable[[Random], Compare], depth: int = 2) -> Node:
    """Grow what is said about one record."""
    if not depth or rng.randrange(2):
        return compare(rng)
    join = all_of if rng.randrange(2) else any_of
    return join(*(of_record(rng, compare, depth - 1) for _ in range(2)))


def any_compare(rng: Random) -> Compare:
    """Compare some field with some value."""
    operator = rng.choice(list(Operator))
    can_be_empty = operator in (Operator.IS, Operator.IS_NOT) and not rng.randrange(4)
    return Compare(rng.choice(FIELDS), operator, "" if can_be_empty else rng.choice(VALUES[:-1]))


def any_leaf(rng: Random) -> Node:
    """Make some condition, its names as awkward as names can be."""
    name = rng.choice(NAMES)
    operator = rng.choice([None, *Operator])
    phones = tuple(f"+1555010000{digit}" for digit in range(1, rng.randrange(2, 4)))
    leaves: tuple[Node, ...] = (
        Everybody(),
        Group(name),
        Event(name, rng.choice(list(RegistrationStatus))),
        Survey(name, rng.choice(list(Progress))),
        NoReply(rng.randrange(100)),
        Answered(name, rng.choice(QUESTIONS), operator, rng.choice(VALUES) if operator else ""),
        People(phones),
        any_compare(rng),
        Compare("created", rng.choice((Operator.FROM, Operator.IS)), "2026-11-01"),
        Record(rng.choice(("vehicle", "and", "pet")), of_record(rng, any_compare)),
    )
    return rng.choice(leaves)
