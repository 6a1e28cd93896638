"""Messages that wait for a person: one row for each person who wrote them."""

from __future__ import annotations

from flows.effects import LeaveForPerson
from flows.values import Key
from storage.apply.handled import Effects
from storage.plan import Plan
from storage.unanswered import Wrote, keep_for_person


def apply_attention(effects: Effects) -> Plan[None]:
    """Write down who waits for an answer."""
    found: dict[Key, list[Wrote]] = {}
    for handled, effect in effects.of(LeaveForPerson):
        wrote = Wrote(
            handled.contact.id,
            handled.channel.workspace_id,
            handled.id,
            handled.now_at,
            is_news=effect.is_news,
        )
        found.setdefault(wrote.contact_id, []).append(wrote)
    if found:
        yield from keep_for_person(list(found.values()))
