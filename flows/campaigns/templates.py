"""Texts that name a template of the provider's: `template welcome`, `template order_ready: {name} | 42`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flows.errors import CommandError

APPROVED = "approved"
_CALL = re.compile(r"\s*template\s+([\w.-]+)\s*(?::(.*))?", re.IGNORECASE | re.DOTALL)
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BAR = re.compile(r"\|(?![^{}]*\})")  # not that of {name|friend}
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A gap of a template."""

    name: str
    kind: str = "text"
    """`text` or `number`; another word of the provider's is taken for text."""


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A text that the provider looks at before it may be sent."""

    name: str
    status: str
    content: str
    parameters: tuple[Parameter, ...] = ()


def read_call(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Read which template a text names, and the values for its gaps; None for a text that is none of that form."""
    found = _CALL.fullmatch(text)
    if found is None:
        return None
    values = (found[2] or "").strip()
    return found[1], tuple(value.strip() for value in _BAR.split(values)) if values else ()


def fill_template(template: MessageTemplate, values: Sequence[str]) -> str:
    """Put the values into the gaps, `{{1}}` by place and `{{code}}` by name; raises `CommandError`.

    A value may hold a placeholder, such as {name}: it is filled for each recipient.
    """
    if template.status != APPROVED:
        raise CommandError(f"The template {template.name} is {template.status}: only approved ones can be sent.")
    parameters = _parameters(template)
    if len(values) != len(parameters):
        named = " | ".join(one.name for one in parameters)
        raise CommandError(
            f"The template {template.name} has gaps for {len(parameters)}, not for {len(values)}. "
            f"Write: template {template.name}{f': {named}' if parameters else ''}"
        )
    given: dict[str, str] = {}
    for place, (parameter, value) in enumerate(zip(parameters, values, strict=True), 1):
        _check(template, parameter, value)
        given |= {str(place): value, parameter.name: value}
    return _PLACE.sub(lambda found: given.get(found[1], found[0]), template.content)


def _parameters(template: MessageTemplate) -> tuple[Parameter, ...]:
    """Give the gaps; those that the content numbers and nobody described are text."""
    numbers = [int(name) for name in _PLACE.findall(template.content) if name.isdecimal()]
    missing = range(len(template.parameters) + 1, max(numbers, default=0) + 1)
    return (*template.parameters, *(Parameter(str(number)) for number in missing))


def _check(template: MessageTemplate, parameter: Parameter, value: str) -> None:
    if not value:
        raise CommandError(f"The template {template.name} needs a value for {parameter.name}.")
    if parameter.kind == "number" and "{" not in value and not _NUMBER.fullmatch(value):
        raise CommandError(f"The template {template.name} needs a number for {parameter.name}, not '{value}'.")
