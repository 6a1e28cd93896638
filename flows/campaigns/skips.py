"""Why somebody in an audience gets nothing."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from enum import StrEnum

from flows.values import DAY, ContactStatus, Transport


class Skip(StrEnum):
    """The reason, in the words of previews and reports."""

    OPTED_OUT = "opted out"
    SUPPRESSED = "number is dead"
    INACTIVE = "inactive"
    BLOCKED = "blocked"
    INVALID = "invalid number"
    WINDOW = "outside WhatsApp's 24 hours"
    PICTURE = "cannot get this picture"
    NO_VALUE = "no value for a gap of the template"
    UNREACHABLE = "no way to reach"
    DUPLICATE = "same phone twice"
    LATE = "time is over there"
    COUNTRY = "in other countries"


_SPANISH = {
    Skip.OPTED_OUT: "de baja",
    Skip.SUPPRESSED: "con el número sin servicio",
    Skip.INACTIVE: "con estado inactivo",
    Skip.BLOCKED: "en la lista de bloqueos",
    Skip.INVALID: "con número no válido",
    Skip.WINDOW: "fuera de las 24 horas de WhatsApp",
    Skip.PICTURE: "sin forma de recibir esta imagen",
    Skip.NO_VALUE: "sin valor para un hueco de la plantilla",
    Skip.UNREACHABLE: "sin forma de contacto",
    Skip.DUPLICATE: "con el teléfono repetido",
    Skip.LATE: "fuera de plazo por la hora de allí",
    Skip.COUNTRY: "en otros países",
}

_OF_STATUS = {
    ContactStatus.INACTIVE: Skip.INACTIVE,
    ContactStatus.BLOCKED: Skip.BLOCKED,
    ContactStatus.INVALID: Skip.INVALID,
}


def say_skip(reason: str, language: str) -> str:
    """Write a reason in the operator's language; it reads after a count and alone."""
    return _SPANISH[Skip(reason)] if reason and language.startswith("es") else reason


def skipped(status: str, opted_out: AbstractSet[str], dead: AbstractSet[str], provider: str) -> Skip | None:
    """Say why a contact gets nothing by this provider, whatever the text; None: it may."""
    if "all" in opted_out:
        return Skip.OPTED_OUT
    if status != ContactStatus.ACTIVE:
        return _OF_STATUS[ContactStatus(status)]
    return Skip.SUPPRESSED if provider in dead else None


def outside_window(transport: Transport, last_inbound_at: int | None, now_at: int) -> bool:
    """Say whether WhatsApp lets only approved templates through: a day after the person's last message."""
    return transport is Transport.WHATSAPP and (last_inbound_at is None or now_at - last_inbound_at >= DAY)
