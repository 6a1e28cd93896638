"""An audience as a tree: who is meant, apart from how it was written.

Trees are made by `all_of`, `any_of` and `no`, which keep them in one normal form: no `and` directly in an `and`, and
what is said about one kind of record, side by side, is said about the same record. `key` is what a name stands for in
the database, filled by `flows.audiences.names.resolve`; unresolved names pick nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from flows.values import Key, RegistrationStatus

COMMUNITY = "community"
"""The group that always exists."""


class Operator(StrEnum):
    """How a field is compared with a value."""

    IS = "="
    IS_NOT = "!="
    HAS = "~"
    """The value is a part of the field."""
    OVER = ">"
    FROM = ">="
    UNDER = "<"
    TO = "<="


class Progress(StrEnum):
    """How far somebody came in a survey."""

    ANSWERED = "answered"
    """At least once to the end."""
    STARTED = "started"
    UNFINISHED = "unfinished"
    """Started, and never to the end."""


@dataclass(frozen=True, slots=True)
class Everybody:
    """Every active contact."""


@dataclass(frozen=True, slots=True)
class Group:
    """The members of a group."""

    name: str
    key: Key = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """Those who stand so with an event, which is named by a keyword, its number or its title."""

    name: str
    status: RegistrationStatus = RegistrationStatus.REGISTERED
    key: Key = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class Survey:
    """Those who came so far in a survey, which is named by a keyword or its name."""

    name: str
    progress: Progress = Progress.ANSWERED
    key: Key = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class NoReply:
    """Those whom a campaign reached and who have not written since."""

    number: int
    key: Key = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """Those who answered a question (its id, or its place from 1), and how."""

    survey: str
    question: str
    operator: Operator | None = None
    """None: anything but a skipped question."""
    value: str = ""
    key: Key = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class People:
    """Those who have these phones, E.164."""

    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A field compared with a value; an empty value with `=` means that there is none.

    The field is one of the contact (`flows.audiences.fields`), a custom one or, inside `Record`, the record's. A value
    of a time is an ISO date. `!=` is the opposite of `=`: also true where there is no value.
    """

    field: str
    operator: Operator
    value: str


@dataclass(frozen=True, slots=True)
class Record:
    """Those who have a record of a kind (a vehicle) for which all of `where` holds."""

    kind: str
    where: Node
    """Made of `Compare`, `And` and `Or` alone."""


@dataclass(frozen=True, slots=True)
class Not:
    """Everybody else."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """Those whom all of the parts pick."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Those whom any of the parts picks."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Except:
    """The first without the second."""

    node: Node
    without: Node


Leaf = Everybody | Group | Event | Survey | NoReply | Answered | People | Compare
Node = Leaf | Record | Not | And | Or | Except
"""Any part of an audience, and an audience."""


def all_of(*nodes: Node) -> Node:
    """Join with `and`."""
    flat = [part for node in nodes for part in (node.nodes if isinstance(node, And) else (node,))]
    joined = _same_records(flat, all_of)
    return joined[0] if len(joined) == 1 else And(tuple(joined))


def any_of(*nodes: Node) -> Node:
    """Join with `or`."""
    flat = [part for node in nodes for part in (node.nodes if isinstance(node, Or) else (node,))]
    joined = _same_records(flat, any_of)
    return joined[0] if len(joined) == 1 else Or(tuple(joined))


def no(node: Node) -> Node:
    """Take the opposite."""
    return node.node if isinstance(node, Not) else Not(node)


def children(node: Node) -> tuple[Node, ...]:
    """List the parts that a node is made of."""
    if isinstance(node, And | Or):
        return node.nodes
    if isinstance(node, Except):
        return (node.node, node.without)
    return (node.node,) if isinstance(node, Not) else (node.where,) if isinstance(node, Record) else ()


def walk(node: Node) -> Iterator[Node]:
    """Go through a tree, each part before its own parts."""
    yield node
    for child in children(node):
        yield from walk(child)


def _same_records(nodes: list[Node], join: Callable[..., Node]) -> list[Node]:
    """Make one of all that is said about a kind of record, at the place of the first."""
    joined: list[Node] = []
    places: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, Record) and node.kind in places:
            place = places[node.kind]
            joined[place] = Record(node.kind, join(*children(joined[place]), node.where))
        else:
            if isinstance(node, Record):
                places[node.kind] = len(joined)
            joined.append(node)
    return joined
