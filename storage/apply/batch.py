"""One batch of turns, written."""

from __future__ import annotations

from collections.abc import Sequence

from storage.apply.answers import apply_answers
from storage.apply.attention import apply_attention
from storage.apply.commands import apply_commands
from storage.apply.consent import apply_consent
from storage.apply.contacts import apply_contacts
from storage.apply.handled import Draft, Effects, Handled
from storage.apply.messages import apply_messages
from storage.apply.registrations import apply_registrations
from storage.apply.sessions import apply_sessions
from storage.plan import Plan

__all__ = ["Draft", "Handled", "apply_batch", "apply_stop"]


def apply_batch(batch: Sequence[Handled]) -> Plan[None]:
    """Write a batch of turns; raises `Conflict` when another node took the last seat of an event meanwhile."""
    effects = Effects(batch)
    yield from apply_sessions(batch, effects)
    yield from apply_answers(effects)
    yield from apply_consent(effects)
    yield from apply_messages(batch, effects)
    yield from apply_contacts(batch)
    yield from apply_registrations(effects)
    yield from apply_attention(effects)
    yield from apply_commands(effects)


def apply_stop(handled: Handled) -> Plan[None]:
    """Write a STOP whose turn could not be taken: the opt-out, the message and the confirmation, and nothing else."""
    effects = Effects([handled])
    yield from apply_consent(effects)
    yield from apply_messages([handled], effects)
