"""What phones write by themselves: stored, but never an answer, a try, a keyword or a forward."""

from __future__ import annotations

from flows.effects import OPERATOR, Effect, Flag, Outcome, Silence
from flows.language.auto_replies import is_auto_reply
from flows.silence import SilenceReason
from flows.turn import Turn
from flows.values import InboundMessage


def reaction(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Store a reaction to a message of ours: Liked “How was it?”."""
    is_typed = message.button is None and not message.media
    return _stored(turn, SilenceReason.REACTION) if turn.is_reaction and is_typed else None


def auto_reply(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Store what a phone answers by itself while its owner drives or is away."""
    is_typed = message.button is None and not message.media
    return _stored(turn, SilenceReason.AUTO_REPLY) if is_typed and is_auto_reply(message.text) else None


def _stored(turn: Turn, reason: SilenceReason) -> Outcome:
    # A reaction to the answer of a command quotes it, so it is as private as the answer.
    private: tuple[Effect, ...] = () if turn.operator is None else (Flag(OPERATOR),)
    return Outcome(turn.contact.session, (*private, Silence(reason)))
