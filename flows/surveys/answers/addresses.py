"""Phone numbers and e-mail addresses."""

from __future__ import annotations

import re
import unicodedata

from flows.language.phones import PhoneError, parse_phone
from flows.surveys.answers.result import Answer, Misunderstood, Understood, written
from flows.surveys.questions import EmailAnswer, PhoneAnswer
from flows.turn import Turn
from flows.values import InboundMessage

MAX_LENGTH = 400
"""In a longer text an address need not be the answer."""

_NUMBER = re.compile(r"\+?\(?\d[\d\s().\-/]{4,}\d")
_EMAIL = re.compile(r"([^\s@<>()\[\],;:\"\\]{1,64})@((?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24})")
_AROUND = "<>()[]{}.,;:!?\"'“”‘’«»"


def read_phone(_kind: PhoneAnswer, message: InboundMessage, turn: Turn) -> Answer:
    """Take the one phone number of a message, as E.164; without a country code it is of the workspace's country."""
    text = unicodedata.normalize("NFKC", written(message)[: MAX_LENGTH + 1])
    found = _NUMBER.findall(text)
    if len(found) != 1 or len(text) > MAX_LENGTH:
        return Misunderstood("phone")
    try:
        return Understood(parse_phone(found[0], turn.workspace.country))
    except PhoneError:
        return Misunderstood("phone")


def read_email(_kind: EmailAnswer, message: InboundMessage, _turn: Turn) -> Answer:
    """Take the one e-mail address of a message, its domain in small letters (lengths as in RFC 5321)."""
    text = unicodedata.normalize("NFKC", written(message)[: MAX_LENGTH + 1])
    pieces = [piece.strip(_AROUND).removeprefix("mailto:") for piece in text.split() if "@" in piece]
    found = _EMAIL.fullmatch(pieces[0]) if len(pieces) == 1 and len(text) <= MAX_LENGTH else None
    if found is None or len(found[0]) > 254 or not _is_local(found[1]):
        return Misunderstood("email")
    return Understood(f"{found[1]}@{found[2].lower()}")


def _is_local(local: str) -> bool:
    return not local.startswith(".") and not local.endswith(".") and ".." not in local
