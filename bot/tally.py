"""How a campaign stands: each recipient in one state, so that the sum is the total at every moment."""

from __future__ import annotations

from collections import Counter

from flows.effects import Spoken

STATES = ("pending", "queued", "unknown", "sent", "delivered", "read", "failed", "cancelled", "skipped")
_STATE_OF = {"sending": "queued", "undelivered": "failed", "expired": "cancelled"}


_STATES_IN_SPANISH = {
    "pending": "por enviar",
    "queued": "en cola",
    "unknown": "sin confirmar",
    "sent": "enviados",
    "delivered": "entregados",
    "read": "leídos",
    "failed": "fallidos",
    "cancelled": "anulados",
    "skipped": "sin envío",
}
_STATUSES_IN_SPANISH = {
    "draft": "en borrador",
    "scheduled": "programada",
    "running": "en marcha",
    "paused": "en pausa",
    "completed": "terminada",
    "failed": "fallida",
    "cancelled": "anulada",
    "expired": "caducada",
    "active": "activa",
    "ended": "terminada",
}


def spoken_status(status: str) -> Spoken:
    """Return how a campaign or a schedule stands, in the language of whoever reads it."""
    return Spoken({"en": status, "es": _STATUSES_IN_SPANISH.get(status, status)})


def tally(counted: list[tuple[str, str | None, str | None, int]]) -> list[Spoken]:
    """Count recipients (status, reason, message's status, how many) by what became of them, a line per state."""
    found: Counter[str] = Counter()
    for status, _reason, message_status, count in counted:
        found[status if message_status is None else _STATE_OF.get(message_status, message_status)] += count
    return [
        Spoken({"en": f"{state}: {found[state]}", "es": f"{_STATES_IN_SPANISH[state]}: {found[state]}"})
        for state in STATES
        if found[state]
    ]
