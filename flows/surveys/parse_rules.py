"""The branches of a question, read from a definition."""

from __future__ import annotations

from collections.abc import Mapping

from flows.surveys.fields import Fields, as_text, shown
from flows.surveys.folding import fold
from flows.surveys.parse_kinds import iso_day
from flows.surveys.questions import (
    DateAnswer,
    Kind,
    MultiChoiceAnswer,
    NumberAnswer,
    RatingAnswer,
    Rule,
    YesNoAnswer,
    menu_of,
)
from flows.surveys.yes_no import read_yes_no

MAX_RULES = 50
MAX_ID = 40


def parse_rules(fields: Fields, kind: Kind) -> tuple[tuple[Rule, ...], str | None]:
    """Read `next`: the rules, and where every other answer leads (None: to the question that follows)."""
    if not isinstance(fields.take("next"), list | tuple):
        return (), fields.string("next", MAX_ID) or None
    rules: list[Rule] = []
    otherwise = None
    listed = fields.items("next", MAX_RULES)
    for position, content in enumerate(listed):
        inner = Fields(content, f"{fields.place}.next[{position}]", fields.problems)
        rule = _parse_rule(inner, kind)
        if "if" in inner:
            rules.append(rule)
            continue
        otherwise = rule.go
        if position < len(listed) - 1:
            inner.problem("", "a rule without 'if' takes every answer; put it last")
    return tuple(rules), otherwise


def _parse_rule(fields: Fields, kind: Kind) -> Rule:
    go = fields.string("go", MAX_ID)
    if not go:
        fields.problem("go", "a question's id or 'end' is needed")
    condition = fields.take("if")
    fields.finish()
    if condition is None:
        return Rule(go)
    if isinstance(condition, Mapping):
        return _parse_range(fields, condition, kind, go)
    wanted = condition if isinstance(condition, list | tuple) else [condition]
    values = [_value(kind, one) for one in wanted]
    if not values or None in values:
        fields.problem("if", f"{shown(condition)} is not an answer that this question can have; {_advice(kind)}")
    return Rule(go, tuple(value for value in values if value is not None))


def _parse_range(fields: Fields, content: Mapping[object, object], kind: Kind, go: str) -> Rule:
    inner = Fields(content, f"{fields.place}.if", fields.problems)
    low, high = (_bound(inner, name, kind) for name in ("from", "to"))
    inner.finish()
    if not isinstance(kind, NumberAnswer | RatingAnswer | DateAnswer):
        inner.problem("", "only a number, a rating or a date has a range; list the answers instead")
    elif low is None and high is None:
        inner.problem("", "a range needs 'from', 'to' or both")
    return Rule(go, (), low, high)


def _bound(fields: Fields, name: str, kind: Kind) -> float | str | None:
    if not isinstance(kind, DateAnswer):
        return fields.number(name)
    value = fields.take(name)
    day = iso_day(value)
    if value is not None and day is None:
        fields.problem(name, f"a date such as 2026-12-31 is needed, not {shown(value)}")
    return day


def _value(kind: Kind, wanted: object) -> object | None:
    """Give the value that an answer would have, None when the question can never have it."""
    if isinstance(kind, YesNoAnswer):
        return wanted if isinstance(wanted, bool) else read_yes_no(as_text(wanted) or "")
    if isinstance(kind, NumberAnswer):
        return wanted if isinstance(wanted, int | float) and not isinstance(wanted, bool) else None
    if isinstance(kind, DateAnswer):
        return iso_day(wanted)
    menu = menu_of(kind)
    value = None if menu is None else menu.names.get(fold(as_text(wanted) or ""))
    return int(value) if isinstance(kind, RatingAnswer) and value is not None else value


def _advice(kind: Kind) -> str:
    menu = menu_of(kind)
    if menu is not None:
        word = "any of" if isinstance(kind, MultiChoiceAnswer) else "one of"
        return f"use {word} {', '.join(repr(option.value) for option in menu.options)}"
    if isinstance(kind, YesNoAnswer):
        return "use yes or no"
    if isinstance(kind, NumberAnswer):
        return "use a number or a range"
    return "use a date such as 2026-12-31" if isinstance(kind, DateAnswer) else "answers of this type do not branch"
