"""Operators: their codes, their commands, and a hint where they meant one. Nobody else ever notices these rungs."""

from __future__ import annotations

from flows.commands.reading import first_word, read_code, read_command
from flows.commands.verbs import may, near_verb
from flows.consent.reading import Intent
from flows.conversation import consent
from flows.effects import Flag, Outcome, Reply, RunCommand, Template
from flows.turn import Turn
from flows.values import InboundMessage, Purpose

CODE = "CODE"
"""The verb of a message that is nothing but a code."""


def code(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Take the code of a command that waits for one from this phone."""
    digits = read_code(message.text) if turn.operator is not None and turn.awaits_code else None
    if turn.operator is None or digits is None:
        return None
    run = RunCommand(turn.operator.id, CODE, {"code": digits}, "(a code)")
    return Outcome(turn.contact.session, (run,))


def command(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Take a command, which wins by its exact first word; one that the role does not allow is refused.

    A sentence that revokes the operator's own consent ("remove me from your list") is no command.
    """
    read = read_command(message.text) if turn.operator is not None else None
    if turn.operator is None or read is None or consent.read(message).intent is Intent.STOP_PHRASE:
        return None
    if not may(turn.operator.role, read.verb):
        return _say(turn, Template("operator_not_allowed", {"verb": read.verb.name, "role": turn.operator.role}))
    run = RunCommand(turn.operator.id, read.verb.name, {"rest": read.rest}, message.text)
    return Outcome(turn.contact.session, (run,))


def hint(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Answer an operator's plain text, which is never a blast, with the nearest command."""
    if turn.operator is None:
        return None
    near = near_verb(first_word(message.text))
    return _say(
        turn, Template("operator_hint", {"near": near.name if near else "", "example": near.example if near else ""})
    )


def _say(turn: Turn, template: Template) -> Outcome:
    return Outcome(turn.contact.session, (Flag("operator"), Reply((template,), Purpose.COMMAND)))
