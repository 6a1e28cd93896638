"""Refusals of commands, written in the operator's language."""

from __future__ import annotations

from flows.effects import Template
from flows.errors import CommandError
from flows.registration.wording import short_name
from flows.values import Event


class Refused(CommandError):
    """The command is refused: a text of ours says why."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(name)
        self.says = Template(name, values)


def refuse_event(reason: str, event: Event | None = None, **values: object) -> Refused:
    """Return the refusal of an EVENT command for one of the reasons in operator_event_refused."""
    named = {} if event is None else {"title": event.title, "keyword": short_name(event)}
    return Refused("operator_event_refused", reason=reason, **{**named, **values})
