"""Who may command and where each right comes from, as `rollcall operator list` prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.runtime.terminal import one_line
from bot.times import day_text
from flows.values import Key, Operator, OperatorSource


def right_lines(operators: Sequence[Operator], phones: Mapping[str, str]) -> list[str]:
    """Give a line per right with its source, then one per phone of ROLLCALL_ADMIN_PHONES to which it does not apply."""
    names = {one.id: one_line(one.shown) for one in operators}
    lines = [
        f"{one.number}  {one.address}  {one.role}  {one_line(one.name or '')}".rstrip()
        + f"  ({_source(one, phones, names)})"
        for one in operators
        if one.is_active
    ]
    return [*lines, *(line for one in operators if (line := _passed_over(phones, one)))]


def _called(operator: Operator) -> str:
    return f"  {one_line(operator.name)}" if operator.name else ""


def _source(operator: Operator, phones: Mapping[str, str], names: Mapping[Key, str]) -> str:
    """Say where a right comes from."""
    day = "" if operator.granted_at is None else f" on {day_text(operator.granted_at)}"
    if operator.source == OperatorSource.SETTING:
        is_named = operator.address in phones
        return f"ROLLCALL_ADMIN_PHONES{day}{'' if is_named else ', which does not name this phone any more'}"
    if operator.source == OperatorSource.COMMAND:
        return f"OPERATOR ADD by {names.get(operator.granted_by or b'', 'another operator')}{day}"
    if operator.source == OperatorSource.SHELL:
        return f"rollcall operator add{day}"
    return "the demo" if operator.source == OperatorSource.DEMO else "an earlier version"


def _passed_over(phones: Mapping[str, str], operator: Operator) -> str:
    """Say that the setting does not apply to a phone, and how it gets the right back; empty where it does."""
    wanted = phones.get(operator.address)
    if wanted is None or (operator.is_active and operator.role == wanted):
        return ""
    if operator.is_active and operator.source in (OperatorSource.SETTING, OperatorSource.DEMO):
        return ""  # the next start applies it
    day = "" if operator.removed_at is None else f" on {day_text(operator.removed_at)}"
    is_now = f"is {operator.role}" if operator.is_active else f"was removed{day}"
    add = f"rollcall operator add {operator.address} {wanted}"
    return f"{operator.address} {is_now}, so ROLLCALL_ADMIN_PHONES ({wanted}) does not apply: `{add}` changes it."
