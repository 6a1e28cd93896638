"""A field compared with a value, in SQL that is true or false and never NULL where it stands for a contact."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, and_, false, func, literal, not_, or_, select

from flows.audiences.folding import number, same_words
from flows.audiences.tree import Compare, Operator
from flows.values import SECOND
from storage.audiences.engines import Column, Engine

Condition = ColumnElement[bool]
_ORDERED: Mapping[Operator, Callable[[Any, Any], Any]] = {
    Operator.OVER: operators.gt,
    Operator.FROM: operators.ge,
    Operator.UNDER: operators.lt,
    Operator.TO: operators.le,
}


def compare_column(engine: Engine, column: Column, said: Compare) -> Condition:
    """Compare a text column."""
    if not said.value:
        is_there = func.coalesce(engine.fold(column), "") != ""
        return is_there if said.operator is Operator.IS_NOT else not_(is_there)
    if said.operator is Operator.IS_NOT:
        return not_(func.coalesce(_holds(engine, column, Operator.IS, said.value), false()))
    return func.coalesce(_holds(engine, column, said.operator, said.value), false())


def compare_entry(engine: Engine, document: Column, said: Compare) -> Condition:
    """Compare a value of a JSON document, or any item of a list.

    Its key is found in any case, with blanks, dashes or underscores.
    """
    entries = engine.entries(document)
    items = engine.items_of(document, entries)
    text = engine.text(items)
    is_not = said.operator is Operator.IS_NOT
    if said.value:
        holds = _holds(engine, text, Operator.IS if is_not else said.operator, said.value)
    else:
        holds, is_not = engine.fold(text) != "", not is_not
    found = _there(entries, spelled(entries.c.key) == said.field, _there(items, holds))
    return not_(found) if is_not else found


def compare_items(engine: Engine, document: Column, operator: Operator | None, value: str) -> Condition:
    """Compare an answer, a single value or any of several; no operator: there is one."""
    items = engine.items(document)
    text = engine.text(items)
    if operator is None:
        return _there(items, text.is_not(None))
    is_not = operator is Operator.IS_NOT
    found = _there(items, _holds(engine, text, Operator.IS if is_not else operator, value))
    return and_(_there(items, text.is_not(None)), not_(found)) if is_not else found


def compare_time(column: Column, said: Compare, time_zone: str) -> Condition:
    """Compare a time (microseconds UTC) with a day of a time zone, from its midnight to the next."""
    if not said.value:
        return column.is_not(None) if said.operator is Operator.IS_NOT else column.is_(None)
    begin, end = day_bounds(said.value, time_zone)
    within = func.coalesce(and_(column >= begin, column < end), false())
    conditions: Mapping[Operator, Condition] = {
        Operator.IS: within,
        Operator.IS_NOT: not_(within),
        Operator.OVER: column >= end,
        Operator.FROM: column >= begin,
        Operator.UNDER: column < begin,
        Operator.TO: column < end,
    }
    return func.coalesce(conditions[said.operator], false())


def spelled(name: Column) -> Column:
    """Bring the name of a field or a kind of record to the form that audiences have it in."""
    return func.lower(func.replace(func.replace(name, " ", "_"), "-", "_"))


def day_bounds(day: str, time_zone: str) -> tuple[int, int]:
    """Give the first moment of an ISO day in a time zone and that of the next, microseconds UTC."""
    zone = ZoneInfo(time_zone)
    first = datetime.combine(datetime.fromisoformat(day), time(), zone)
    begin, end = (int(moment.timestamp()) * SECOND for moment in (first, first + timedelta(days=1)))
    return begin, end


def _there(rows: FromClause, *conditions: Condition) -> Condition:
    return select(literal(1)).select_from(rows).where(*conditions).exists()


def _holds(engine: Engine, text: Column, operator: Operator, value: str) -> Condition:
    """Compare as numbers where both sides are, else as folded text; what is no number is neither over nor under one."""
    wanted = number(value)
    if operator is Operator.IS:
        equal: Condition = or_(*(engine.fold(text) == engine.fold(literal(word)) for word in same_words(value)))
        return equal if wanted is None else or_(equal, engine.number(text) == wanted)
    if operator is Operator.HAS:
        return engine.place(engine.fold(text), engine.fold(literal(value))) > 0
    if wanted is not None:
        found: Condition = _ORDERED[operator](engine.number(text), wanted)
        return found
    ordered: Condition = _ORDERED[operator](engine.in_order(engine.fold(text)), engine.fold(literal(value)))
    return ordered
