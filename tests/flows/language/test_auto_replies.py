"""Texts that phones and mailboxes send by themselves."""

from __future__ import annotations

import pytest

from flows.consent.reading import Intent, read_consent
from flows.language.auto_replies import is_auto_reply

AUTOMATIC = [
    "I'm driving with Do Not Disturb While Driving turned on. I'll see your message when I get where I'm going.",
    "I’m driving with Focus turned on. I’ll see your message when I get where I’m going.",
    "(I'm not receiving notifications. If this is urgent, reply “urgent” to send a notification through with your "
    "original message.)",
    "I'm driving right now.",
    "I'm driving right now - I'll get back to you later",
    "Estoy conduciendo con No molestar al conducir activado. Veré tu mensaje cuando llegue a mi destino.",
    "(No recibo notificaciones. Si es urgente, responde “urgente” para enviar una notificación con tu mensaje.)",
    "Je conduis avec la fonctionnalité Ne pas déranger en voiture activée.",
    "Estou dirigindo com o recurso Não Perturbe ao Dirigir ativado.",
    "Ich fahre gerade mit aktivierter Funktion „Beim Fahren nicht stören“.",
    "Auto-reply: I am away until Monday.",
    "This is an automated response. We are closed.",
    "Respuesta automática: estoy fuera de la oficina.",
]


@pytest.mark.parametrize("text", AUTOMATIC)
def test_automatic_replies(text: str) -> None:
    """They are known in several languages, and none of them is read as an opt-out."""
    assert is_auto_reply(text)
    assert read_consent(text).intent in (Intent.NONE, Intent.DOUBT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I'm driving",
        "I'm driving three people to the gala",
        "I'm driving right now but count me in",
        "Estoy conduciendo",
        "automatic",
        "out of cheese",
        "Do not disturb the choir",
        AUTOMATIC[0] + " " + "We talked about it for a while. " * 12,
    ],
)
def test_what_people_write(text: str) -> None:
    """An answer about driving is an answer."""
    assert not is_auto_reply(text)
