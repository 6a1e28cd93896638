"""What came of reading an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.values import InboundMessage


@dataclass(frozen=True, slots=True)
class Understood:
    """The answer's value: str, int, float, bool, list of str, or dict of JSON values."""

    value: object


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """Why an answer does not count; `survey_retry_<reason>` is the text that says so, and `values` is what it shows."""

    reason: str
    values: Mapping[str, object] = field(default_factory=dict)


Answer = Understood | Misunderstood


def written(message: InboundMessage) -> str:
    """Give what the person wrote, or the text of the button they tapped."""
    return message.text or (message.button.text if message.button else "")


def spellings(message: InboundMessage) -> tuple[str, ...]:
    """Give everything in a message that may name an option: what the button stands for, its text, the text."""
    if message.button is None:
        return (message.text,)
    return (message.button.payload or "", message.button.text, message.text)
