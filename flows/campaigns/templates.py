"""Texts that name a template of the provider's: `template welcome`, `template order_ready: {name} | 42`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flows.campaigns.personal import write_for
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
    content_sid: str | None = None
    """The provider's own key; without it the template only leaves as plain text."""


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a campaign, and the template that carries it where the channel takes templates."""

    text: str
    """With placeholders such as {name}, filled for each recipient."""
    content_sid: str | None = None
    variables: Mapping[str, str] | None = None
    """The values of the template's gaps, with placeholders; None: no template, or one whose gaps nobody described."""
    template: str = ""
    """The template's name, for people."""
    picture: str | None = None
    """The name of one that goes out with the text."""


def read_call(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Read which template a text names, and the values for its gaps; None for a text that is none of that form."""
    found = _CALL.fullmatch(text)
    if found is None:
        return None
    values = (found[2] or "").strip()
    return found[1], tuple(value.strip() for value in _BAR.split(values)) if values else ()


def fill_template(template: MessageTemplate, values: Sequence[str]) -> Content:
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
    variables = {gap: given[gap] for gap in gaps(template.content) if gap in given}
    return Content(fill_gaps(template.content, given), template.content_sid, variables, template.name)


def gaps(content: str) -> tuple[str, ...]:
    """Name the gaps of a template, each once, in the order in which they stand."""
    return tuple(dict.fromkeys(_PLACE.findall(content)))


def fill_gaps(content: str, given: Mapping[str, str]) -> str:
    """Put values into the gaps in one pass; a gap without a value stays."""
    return _PLACE.sub(lambda found: given.get(found[1], found[0]), content)


def described(content: Content) -> Content:
    """Describe the gaps of a template that came without: `{{1}}` is the name, `{{zip}}` the field of that name."""
    if content.content_sid is None or content.variables is not None:
        return content
    variables = {gap: _described(gap) for gap in gaps(content.text)}
    return replace(content, text=fill_gaps(content.text, variables), variables=variables)


def _described(gap: str) -> str:
    if gap.isdecimal():
        return "{name}" if gap == "1" else ""
    return f"{{{gap}}}"


def fill_variables(variables: Mapping[str, str], words: Mapping[str, object]) -> dict[str, str] | None:
    """Fill a template's variables for one person; None where one of them is empty, which WhatsApp refuses.

    Line breaks and runs of blanks become one blank: WhatsApp refuses these in a variable as well.
    """
    filled = {gap: " ".join(write_for(value, words).split()) for gap, value in variables.items()}
    return filled if all(filled.values()) else None


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
