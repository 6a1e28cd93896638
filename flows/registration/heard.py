"""What the person of a turn said."""

from __future__ import annotations

from flows.errors import FlowError
from flows.turn import Turn
from flows.values import InboundMessage


def heard(turn: Turn) -> str:
    """Give the text of the turn's message, or of the button that was tapped; raises `FlowError` without a message."""
    message = turn.occurrence
    if not isinstance(message, InboundMessage):
        raise FlowError("Only a message can move a registration on.")
    return message.text or (message.button.text if message.button else "")
