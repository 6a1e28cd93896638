"""The one way to write an audience; `parse_audience` reads it back as the same tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flows.audiences.folding import fold
from flows.audiences.tree import (
    COMMUNITY,
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
    Or,
    People,
    Progress,
    Record,
    Survey,
)
from flows.audiences.vocabulary import RESERVED
from flows.values import RegistrationStatus

_LOOSE, _EITHER, _BOTH, _TIGHT = range(4)
"""How strongly a form holds together: with except, with or, with and, by itself."""
_NAME = re.compile(r"\w[\w-]*")
_VALUE = re.compile(r"[\w@.+-]+")


def text_of(node: Node) -> str:
    """Write an audience."""
    return _WRITERS[type(node)](node, "")[0]


def name_text(name: str) -> str:
    """Write a name, in quotes where it could be something else."""
    is_plain = _NAME.fullmatch(name) and fold(name) not in RESERVED
    return name if is_plain else _quoted(name)


def group_text(name: str) -> str:
    """Write a group as operators do: community, #roofers."""
    return COMMUNITY if name == COMMUNITY else f"#{name_text(name)}"


_Written = tuple[str, int]
"""The text, and how strongly it holds together."""


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _part(node: Node, kind: str, least: int) -> str:
    text, strength = _WRITERS[type(node)](node, kind)
    return text if strength >= least else f"({text})"


def _event(node: Event, _kind: str) -> _Written:
    status = "" if node.status is RegistrationStatus.REGISTERED else f" {node.status}"
    return f"event {name_text(node.name)}{status}", _TIGHT


def _survey(node: Survey, _kind: str) -> _Written:
    progress = "" if node.progress is Progress.ANSWERED else f" {node.progress}"
    return f"survey {name_text(node.name)}{progress}", _TIGHT


def _answered(node: Answered, _kind: str) -> _Written:
    compared = "" if node.operator is None else f"{node.operator}{_value(node.value)}"
    return f"answered {name_text(node.survey)}.{node.question}{compared}", _TIGHT


def _compare(node: Compare, kind: str) -> _Written:
    return f"{kind}{node.field}{node.operator}{_value(node.value)}", _TIGHT


def _value(value: str) -> str:
    return value if _VALUE.fullmatch(value) else _quoted(value)


def _not(node: Not, _kind: str) -> _Written:
    inner = node.node
    if isinstance(inner, Survey):
        return f"survey {name_text(inner.name)} not {inner.progress}", _TIGHT
    if isinstance(inner, Event):
        return f"event {name_text(inner.name)} not {inner.status}", _TIGHT
    return f"not {_part(inner, '', _TIGHT)}", _TIGHT


def _and(node: And, kind: str) -> _Written:
    return " and ".join(_part(one, kind, _BOTH) for one in node.nodes), _BOTH


def _or(node: Or, kind: str) -> _Written:
    return " or ".join(_part(one, kind, _EITHER) for one in node.nodes), _EITHER


def _except(node: Except, _kind: str) -> _Written:
    return f"{_part(node.node, '', _LOOSE)} except {_part(node.without, '', _TIGHT)}", _LOOSE


_WRITERS: dict[type, Callable[[Any, str], _Written]] = {
    Everybody: lambda _node, _kind: ("all", _TIGHT),
    Group: lambda node, _kind: (group_text(node.name), _TIGHT),
    Event: _event,
    Survey: _survey,
    NoReply: lambda node, _kind: (f"noreply {node.number}", _TIGHT),
    Answered: _answered,
    People: lambda node, _kind: (" ".join(node.phones), _TIGHT),
    Compare: _compare,
    Record: lambda node, _kind: _WRITERS[type(node.where)](node.where, f"{node.kind}."),
    Not: _not,
    And: _and,
    Or: _or,
    Except: _except,
}
