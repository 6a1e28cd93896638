"""Operators: their codes, their commands, and a hint where they meant one. Nobody else ever notices these rungs."""

from __future__ import annotations

from flows.commands.confirm import read_code
from flows.commands.files import TAKE_PICTURES, contact_file
from flows.commands.parse import Command, Hint, Question, Read, read_command
from flows.commands.roles import may
from flows.commands.wording import say_hint, say_question
from flows.consent.reading import Intent
from flows.conversation import consent
from flows.effects import OPERATOR, Flag, Outcome, Reply, RunCommand, Template
from flows.language.text import normalise
from flows.turn import Turn
from flows.values import InboundMessage, Operator, Purpose

CODE = "CODE"
"""The verb of a message that is nothing but a code."""
_CANCELS = frozenset({"cancel", "cancelar"})
_DROPS = frozenset({"abort", "abortar"})


def code(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Take the code of a command that waits for one from this phone."""
    digits = read_code(message.text) if turn.operator is not None and turn.awaits_code else None
    if turn.operator is None or digits is None:
        return None
    run = RunCommand(turn.operator.id, CODE, {"code": digits}, "(a code)")
    return Outcome(turn.contact.session, (run,))


def lone_cancel(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Drop what waits for an operator who texts CANCEL alone, where we handle stop words and not the provider."""
    reading = consent.read(message)
    if turn.operator is None or turn.provider_answered or reading.intent is not Intent.STOP:
        return None
    return _drop(turn, turn.operator, message) if reading.matched in _CANCELS else None


def drop_question(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Take NO or ABORT as the answer to a question about a command; NO may be the answer of an open dialogue."""
    if turn.operator is None or turn.awaits_code:
        return None
    said = normalise(message.text)
    is_drop = said in _DROPS or (said == "no" and turn.contact.session is None)
    return _drop(turn, turn.operator, message) if is_drop else None


def _drop(turn: Turn, operator: Operator, message: InboundMessage) -> Outcome | None:
    if turn.awaits_code:
        return Outcome(turn.contact.session, (RunCommand(operator.id, "ABORT", {}, message.text),))
    return _say(turn, Template("operator_question_dropped")) if turn.awaits_answer else None


def command(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Take a command, which wins by its exact first word; one that the role does not allow is refused.

    A sentence that revokes the operator's own consent ("remove me from your list") is no command.
    """
    read = _read(turn, message)
    if turn.operator is None or read is None or isinstance(read, Hint):
        return None
    if consent.read(message).intent is Intent.STOP_PHRASE:
        return None
    if not may(turn.operator.role, read.verb):
        return _say(turn, Template("operator_not_allowed", {"verb": read.verb, "role": turn.operator.role}))
    if isinstance(read, Question):
        return _say(turn, say_question(read), is_question=True)
    run = RunCommand(turn.operator.id, read.verb, _arguments(read, message), message.text)
    return Outcome(turn.contact.session, (run,))


def stopped(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Say to an operator who unsubscribed why a plain text gets no other answer."""
    if turn.operator is None or read_code(message.text) is not None:
        return hint(turn, message)
    return _say(turn, Template("operator_stopped", {"organisation": turn.workspace.name}))


def hint(turn: Turn, message: InboundMessage) -> Outcome | None:
    """Answer an operator's plain text, which is never a blast, with the nearest command."""
    if turn.operator is None:
        return None
    if read_code(message.text) is not None:
        return _say(turn, Template("operator_code_late"))
    if normalise(message.text) in _DROPS | {"no"}:
        return _say(turn, Template("operator_dropped_nothing"))
    read = _read(turn, message)
    return _say(turn, say_hint(read if isinstance(read, Hint) else Hint()))


def _read(turn: Turn, message: InboundMessage) -> Read | None:
    if turn.operator is None:
        return None
    return read_command(
        message.text,
        country=turn.workspace.country,
        is_pending=turn.awaits_code,
        has_file=contact_file(message.media) is not None,
        events=tuple(turn.catalogue.events.values()),
    )


def _arguments(read: Command, message: InboundMessage) -> dict[str, object]:
    if message.media and read.verb in TAKE_PICTURES:
        first = message.media[0]
        count = len(message.media)
        return {**read.arguments, "file_url": first.url, "file_type": first.content_type, "file_count": count}
    file = contact_file(message.media)
    if file is None or not read.arguments.get("has_file"):
        return dict(read.arguments)
    return {**read.arguments, "file_url": file.url, "file_type": file.content_type}


def _say(turn: Turn, template: Template, *, is_question: bool = False) -> Outcome:
    reply = Reply((template,), Purpose.COMMAND, is_question=is_question)
    return Outcome(turn.contact.session, (Flag(OPERATOR), reply))
