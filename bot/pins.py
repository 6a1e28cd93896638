"""Operators' PINs on their way in: a hash goes to the command, and no message keeps the digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.house import House
from flows.commands.confirm import read_pin, without_pin
from flows.conversation.operators import CODE
from flows.effects import Effect, RunCommand
from storage.apply import Handled
from storage.operators import pin_hash
from storage.plan import Plan


def hide_pins(house: House, batch: Sequence[Handled]) -> Plan[list[Handled]]:
    """Give a batch as it may be written down."""
    hidden = []
    for one in batch:
        hidden.append((yield from _without_pin(house, one)))
    return hidden


def _without_pin(house: House, handled: Handled) -> Plan[Handled]:
    message = handled.message
    operator = house.operators.get(handled.before.address) if handled.before is not None else None
    pin = read_pin(message.text) if message is not None else None
    if message is None or operator is None or pin is None:
        return handled
    hashed = yield from pin_hash(operator.id, pin)
    effects = tuple(_with_hash(effect, hashed) for effect in handled.outcome.effects)
    return replace(
        handled,
        message=replace(message, text=without_pin(message.text)),
        outcome=replace(handled.outcome, effects=effects),
    )


def _with_hash(effect: Effect, hashed: bytes) -> Effect:
    if isinstance(effect, RunCommand) and effect.verb == CODE:
        return replace(effect, arguments={**effect.arguments, "pin": hashed.hex()})
    return effect
