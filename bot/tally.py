"""How a campaign stands: each recipient in one state, so that the sum is the total at every moment."""

from __future__ import annotations

from collections import Counter

STATES = ("pending", "queued", "unknown", "sent", "delivered", "read", "failed", "cancelled", "skipped")
_STATE_OF = {"sending": "queued", "undelivered": "failed", "expired": "cancelled"}


def tally(counted: list[tuple[str, str | None, str | None, int]]) -> list[str]:
    """Count recipients (status, reason, message's status, how many) by what became of them, a line per state."""
    found: Counter[str] = Counter()
    for status, _reason, message_status, count in counted:
        found[status if message_status is None else _STATE_OF.get(message_status, message_status)] += count
    return [f"{state}: {found[state]}" for state in STATES if found[state]]
