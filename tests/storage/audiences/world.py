"""A small world of people, and whom an audience picks of them, computed without SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from flows.audiences.folding import fold, number, same_words
from flows.audiences.tree import (
    And,
    Answered,
    Compare,
    Event,
    Everybody,
    Except,
    Group,
    Node,
    NoReply,
    Not,
    Operator,
    Or,
    People,
    Progress,
    Record,
    Survey,
)
from flows.values import DAY, SECOND, Key
from storage.keys import new_key

ZONE = "America/New_York"
LANGUAGE = "es"
GROUPS, EVENTS, SURVEYS, CAMPAIGNS = (
    ("community", "roofers", "Sunday Choir"),
    ("GALA", "PICNIC"),
    ("FEEDBACK", "MENU"),
    (7, 12),
)
QUESTIONS = ("rating", "happy", "dishes")
STATUSES = ("registered", "waiting", "withdrawn")
TEXTS = (
    "Ángel Ruiz",
    "angel ruiz",
    "ANN  LEE",
    "O\u2019Brien",
    "o'brien",
    "94110",
    "02134",
    "2134",
    "2018",
    "2018.0",
    "-3",
    "n/a",
    "",
)
JSON_VALUES = (*TEXTS, None, True, False, 2018, 2019.5, 0.00001, 7)
KEYS = ("zip", "Zip", "Zip Code", "zip-code", "vip", "año")
FIELDS = ("zip", "zip_code", "vip", "año", "nothing")
PARTS = ("an", "RUIZ", "brien", "94", "0", "/", "é")
VALUES = (*(text for text in TEXTS if text), "yes", "sí", "no", "true", "2019.5", "7", "zz")
DAYS = ("2026-11-01", "2026-11-02", "2026-11-18", "2027-01-01")
_FIRST_DAY = 1_793_419_200 * SECOND
"""Saturday 31 October 2026, 00:00 in New York (the clocks are turned back a night later)."""


@dataclass(slots=True)
class Person:
    """One contact with everything that hangs on it."""

    key: Key
    address: str
    phone: str | None
    name: str | None
    language: str | None
    status: str
    is_deleted: bool
    fields: dict[str, Any] | None
    created_at: int
    seen_at: int | None
    written_at: int | None
    groups: frozenset[str]
    events: Mapping[str, str]
    """Status by event."""
    sessions: tuple[tuple[str, str, Mapping[str, Any]], ...]
    """Survey, state, and the value per answered question."""
    records: tuple[tuple[str, dict[str, Any]], ...]
    campaigns: Mapping[int, tuple[str, int]]
    """Status and time of sending of what a campaign sent."""
    inbound_at: tuple[int, ...] = field(default=())


def somebody(rng: Random, place: int) -> Person:
    """Make somebody up."""
    address = f"+1555010{place:04}" if rng.randrange(6) else f"US.person{place}"
    seen_at = rng.choice((None, _moment(rng)))
    return Person(
        key=new_key(),
        address=address,
        phone=address if address[0] == "+" and rng.randrange(5) else None,
        name=rng.choice((None, *TEXTS)),
        language=rng.choice((None, "en", "es")),
        status=rng.choice(("active", "active", "active", "inactive", "blocked", "invalid")),
        is_deleted=not rng.randrange(8),
        fields=rng.choice((None, *[_document(rng) for _ in range(4)])),
        created_at=_moment(rng),
        seen_at=seen_at,
        written_at=rng.choice((seen_at, _moment(rng))),
        groups=frozenset(name for name in GROUPS if rng.randrange(2)),
        events={name: rng.choice(STATUSES) for name in EVENTS if rng.randrange(2)},
        sessions=tuple(_session(rng) for _ in range(rng.randrange(3))),
        records=tuple((rng.choice(("vehicle", "Vehicle", "pet")), _document(rng)) for _ in range(rng.randrange(3))),
        campaigns={
            one: (rng.choice(("sent", "delivered", "read", "failed", "queued")), _moment(rng)) for one in CAMPAIGNS
        },
        inbound_at=tuple(_moment(rng) for _ in range(rng.randrange(2))),
    )


def _moment(rng: Random) -> int:
    return _FIRST_DAY + rng.randrange(0, 20 * DAY, DAY // 8)


def _document(rng: Random) -> dict[str, Any]:
    return {rng.choice(KEYS): _value(rng) for _ in range(rng.randrange(4))}


def _value(rng: Random) -> Any:
    return rng.choice(JSON_VALUES) if rng.randrange(3) else [rng.choice(JSON_VALUES) for _ in range(rng.randrange(3))]


def _session(rng: Random) -> tuple[str, str, Mapping[str, Any]]:
    values = {
        "rating": rng.choice((None, 1, 4, 5)),
        "happy": rng.choice((None, True, False)),
        "dishes": ["soup", "Cake"],
    }
    given = {question: values[question] for question in QUESTIONS if rng.randrange(2)}
    return rng.choice(SURVEYS), rng.choice(("completed", "completed", "expired")), given


def leaf(rng: Random) -> Node:
    """Make a condition about this world, resolved but for its keys."""
    operator = rng.choice(list(Operator))
    makers: tuple[Callable[[], Node], ...] = (
        Everybody,
        lambda: Group(rng.choice(GROUPS)),
        lambda: Event(rng.choice(EVENTS), rng.choice(list(STATUSES))),  # type: ignore[arg-type]
        lambda: Survey(rng.choice(SURVEYS), rng.choice(list(Progress))),
        lambda: NoReply(rng.choice(CAMPAIGNS)),
        lambda: _answered(rng, rng.choice((None, *Operator))),
        lambda: People((f"+1555010{rng.randrange(30):04}", f"+1555010{rng.randrange(30):04}")),
        lambda: Compare("phone", Operator.HAS, rng.choice(("000", "+1555", "9999"))),
        lambda: Compare("phone", rng.choice((Operator.IS, Operator.IS_NOT)), rng.choice(("", "+15550100003"))),
        lambda: _time(rng, operator),
        lambda: custom(rng),
        lambda: _text(rng, operator, rng.choice(("name", "language", "time_zone"))),
        lambda: _text(rng, rng.choice((Operator.IS, Operator.IS_NOT)), "status"),
        lambda: Record("vehicle", custom(rng)),
        lambda: Record("vehicle", And((custom(rng), Or((custom(rng), custom(rng)))))),
    )
    return rng.choice(makers)()


def _answered(rng: Random, operator: Operator | None) -> Node:
    value = rng.choice(("yes", "no", "4", "5", "1", "soup", "CAKE", "ou")) if operator else ""
    return Answered(rng.choice(SURVEYS), rng.choice(QUESTIONS), operator, value)


def _time(rng: Random, operator: Operator) -> Node:
    operator = Operator.IS if operator is Operator.HAS else operator
    is_empty = operator in (Operator.IS, Operator.IS_NOT) and not rng.randrange(3)
    name = rng.choice(("created", "last_seen", "last_message"))
    return Compare(name, operator, "" if is_empty else rng.choice(DAYS))


def custom(rng: Random) -> Compare:
    """Compare a custom field."""
    return _text(rng, rng.choice(list(Operator)), rng.choice(FIELDS))


def _text(rng: Random, operator: Operator, name: str) -> Compare:
    if operator is Operator.HAS:
        return Compare(name, operator, rng.choice(PARTS))
    is_empty = operator in (Operator.IS, Operator.IS_NOT) and not rng.randrange(4)
    values = {"language": ("en", "es"), "status": ("active", "inactive", "invalid")}.get(name, VALUES)
    return Compare(name, operator, "" if is_empty else rng.choice(values))


def picks(node: Node, who: Person) -> bool:
    """Say whether an audience picks somebody."""
    return who.status != "blocked" and not who.is_deleted and _is_true(node, who)


def _is_true(node: Node, who: Person) -> bool:  # noqa: PLR0911 one line per kind of node
    match node:
        case And(nodes):
            return all(_is_true(one, who) for one in nodes)
        case Or(nodes):
            return any(_is_true(one, who) for one in nodes)
        case Not(inner):
            return not _is_true(inner, who)
        case Except(base, without):
            return _is_true(base, who) and not _is_true(without, who)
        case Compare():
            return _compare(node, who)
        case Record(kind, where):
            return any(one.lower() == kind and _of_record(where, fields) for one, fields in who.records)
        case _:
            return _simple(node, who)


def _simple(node: Node, who: Person) -> bool:  # noqa: PLR0911 one line per kind of node
    match node:
        case Everybody():
            return who.status in ("active", "inactive")
        case Group(name):
            return name in who.groups
        case Event(name, wanted):
            return who.events.get(name) == wanted
        case People(phones):
            return who.address in phones or who.phone in phones
        case NoReply(campaign):
            status, at = who.campaigns[campaign]
            return status in ("sent", "delivered", "read") and all(one < at for one in who.inbound_at)
        case Answered():
            return any(_gave(node, given) for survey, _state, given in who.sessions if survey == node.survey)
        case Survey(name, progress):
            states = [state for survey, state, _given in who.sessions if survey == name]
            done = "completed" in states
            return (
                done
                if progress is Progress.ANSWERED
                else bool(states) and not (done and progress is Progress.UNFINISHED)
            )
    raise AssertionError(node)


def _gave(node: Answered, given: Mapping[str, Any]) -> bool:
    value = given.get(node.question)
    items = [one for one in (value if isinstance(value, list) else [value]) if one is not None]
    if node.operator is Operator.IS_NOT:
        return bool(items) and not any(_holds(one, Operator.IS, node.value) for one in items)
    return any(node.operator is None or _holds(one, node.operator, node.value) for one in items)


def _compare(node: Compare, who: Person) -> bool:
    times = {"created": who.created_at, "last_seen": who.seen_at, "last_message": who.written_at}
    if node.field in times:
        return _compare_day(node, times[node.field])
    if node.field == "phone":
        return _compare_phone(node, who)
    own = {"name": who.name, "language": who.language, "status": who.status, "time_zone": None}
    if node.field == "language" and node.value and who.language is None:
        own["language"] = LANGUAGE
    return _compare_values(node, [own[node.field]]) if node.field in own else _of_record(node, who.fields or {})


def _compare_day(node: Compare, at: int | None) -> bool:
    day = "" if at is None else datetime.fromtimestamp(at // SECOND, ZoneInfo(ZONE)).date().isoformat()
    if not node.value or not day:
        return (day == node.value) is (node.operator is Operator.IS) and node.operator in (Operator.IS, Operator.IS_NOT)
    return _in_order(node.operator, day, node.value)


def _in_order(operator: Operator, one: Any, other: Any) -> bool:
    compared: dict[Operator, bool] = {
        Operator.IS: one == other,
        Operator.IS_NOT: one != other,
        Operator.OVER: one > other,
        Operator.FROM: one >= other,
        Operator.UNDER: one < other,
        Operator.TO: one <= other,
    }
    return compared[operator]


def _compare_phone(node: Compare, who: Person) -> bool:
    if not node.value:
        return (who.phone is None) is (node.operator is Operator.IS)
    if node.operator is Operator.HAS:
        return node.value in (who.phone or who.address)
    return (node.value in (who.phone, who.address)) is (node.operator is Operator.IS)


def _of_record(node: Node, fields: Mapping[str, Any]) -> bool:
    if isinstance(node, Compare):
        wanted = node.field
        return _compare_values(
            node, [v for k, v in fields.items() if k.lower().replace(" ", "_").replace("-", "_") == wanted]
        )
    assert isinstance(node, And | Or)
    said = [_of_record(one, fields) for one in node.nodes]
    return all(said) if isinstance(node, And) else any(said)


def _compare_values(node: Compare, values: list[Any]) -> bool:
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    there = [item for item in items if item is not None]
    if not node.value:
        return any(_fold(value) for value in there) is (node.operator is Operator.IS_NOT)
    if node.operator is Operator.IS_NOT:
        return not any(_holds(value, Operator.IS, node.value) for value in there)
    return any(_holds(value, node.operator, node.value) for value in there)


def _holds(value: Any, operator: Operator, wanted: str) -> bool:
    if operator is Operator.IS:
        equal = number(wanted) is not None and _number(value) == number(wanted)
        return equal or _fold(value) in [fold(one) for one in same_words(wanted)]
    if operator is Operator.HAS:
        return (fold(wanted) or "") in _fold(value)
    if number(wanted) is not None:
        found = _number(value)
        return found is not None and _in_order(operator, found, number(wanted))
    return _in_order(operator, _fold(value), fold(wanted))


def _fold(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return fold(value) or ""


def _number(value: Any) -> float | None:
    return None if isinstance(value, bool) else number(value)
