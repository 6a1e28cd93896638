"""Which messages the provider has answered by itself."""

from __future__ import annotations

from flows.values import InboundMessage, Transport

TWILIO_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "REVOKE", "OPTOUT", "CANCEL"})
TWILIO_START = frozenset({"START", "UNSTOP", "YES"})
TWILIO_HELP = frozenset({"HELP", "INFO"})
"""Twilio's own words on long codes (docs, "Advanced Opt-Out", 2025): the whole message is one of them."""
_TWILIO_WORDS = TWILIO_STOP | TWILIO_START | TWILIO_HELP
_TWILIO_ANSWERS = frozenset({Transport.SMS, Transport.RCS})
"""Since March 2026 a STOP over RCS blocks the sender's SMS too, and the other way round."""


def answered_by_provider(message: InboundMessage, *, own_words: bool) -> bool:
    """Say whether the provider has told the person already.

    It says so itself (OptOutType), or its own handling is on (`own_words`) and the whole SMS or RCS message is one of
    its words. It reacts to a start word only where the sender was blocked before; that is for the caller to know.
    """
    if message.opt_out_type:
        return True
    if not own_words or message.provider != "twilio" or message.transport not in _TWILIO_ANSWERS:
        return False
    return message.text.strip().upper() in _TWILIO_WORDS
