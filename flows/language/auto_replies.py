"""Texts that phones and mailboxes send by themselves: while their owner drives, or is away."""

from __future__ import annotations

import re

from flows.language.text import normalise

LONGEST = 400
"""Characters: what phones send by themselves is short; a longer text was written by somebody."""

_PARTS = (
    "do not disturb while driving",
    "im driving with focus turned on",
    "driving focus turned on",
    "im not receiving notifications if this is urgent reply urgent",
    "no molestar al conducir",
    "no molestar mientras conduces",
    "no molestar al manejar",
    "estoy conduciendo con un modo de concentracion",
    "no recibo notificaciones si es urgente responde urgente",
    "ne pas deranger en voiture",
    "je ne recois pas de notifications si c est urgent repondez urgent",
    "nao perturbe ao dirigir",
    "nao incomodar ao conduzir",
    "nao estou recebendo notificacoes se for urgente responda urgente",
    "beim fahren nicht storen",
    "non disturbare alla guida",
    "niet storen tijdens het rijden",
)
"""What only the driving modes of iPhones say, in their two texts."""
_WHOLE = frozenset(
    {
        "im driving right now",
        "im driving right now ill get back to you later",
        "im driving ill reply when i arrive",
        "im driving ill text you later",
        "estoy conduciendo en este momento",
        "estoy manejando en este momento",
    }
)
"""The ready-made replies of cars and Android phones: they count as the whole text alone."""
_BEGINNING = re.compile(
    r"(?:this is an? )?(?:auto(?:matic|mated)? ?(?:reply|response|message)|out of office)\b|respuesta automatica\b"
    r"|(?:reponse|message) automatique\b|resposta automatica\b|automatische antwort\b|risposta automatica\b"
)


def is_auto_reply(text: str) -> bool:
    """Return whether a phone or a mailbox wrote a text by itself."""
    if len(text) > LONGEST:
        return False
    said = normalise(text)
    return said in _WHOLE or any(part in said for part in _PARTS) or _BEGINNING.match(said) is not None
