"""Free text."""

from __future__ import annotations

from flows.surveys.answers.result import Answer, Misunderstood, Understood, written
from flows.surveys.questions import TextAnswer
from flows.turn import Turn
from flows.values import InboundMessage


def read_text(kind: TextAnswer, message: InboundMessage, _turn: Turn) -> Answer:
    """Take any text of the right length."""
    text = written(message).strip()
    if not text:
        return Misunderstood("text")
    if len(text) < kind.min_length:
        return Misunderstood("text_short", {"min_length": kind.min_length})
    if len(text) > kind.max_length:
        return Misunderstood("text_long", {"limit": kind.max_length + 1, "length": len(text)})
    return Understood(text)
