"""The links to charts: signed, so that only who got one can look, and only for a day.

A token is the survey's key, the language and when it expires, with an HMAC-SHA-256 (RFC 2104) cut to 16 bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from flows.errors import NotFound
from flows.values import DAY, SECOND, Key

LASTS = DAY
_KEY, _LANGUAGE, _EXPIRY, _SIGNATURE = 16, 2, 5, 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """The chart that a link stands for."""

    flow_id: Key
    language: str


def sign(wanted: Wanted, now_at: int, secret: bytes) -> str:
    """Make a token that is good for a day from now."""
    expires = ((now_at + LASTS) // SECOND).to_bytes(_EXPIRY, "big")
    content = wanted.flow_id + wanted.language[:_LANGUAGE].encode("ascii", "replace").ljust(_LANGUAGE) + expires
    return base64.urlsafe_b64encode(content + _signature(content, secret)).rstrip(b"=").decode()


def check(token: str, now_at: int, secret: bytes) -> Wanted:
    """Read a token; raises `NotFound` for one that is not ours or has expired."""
    try:
        content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise NotFound("There is no such chart.") from error
    content, signature = content[:-_SIGNATURE], content[-_SIGNATURE:]
    is_whole = len(content) == _KEY + _LANGUAGE + _EXPIRY
    if not is_whole or not hmac.compare_digest(signature, _signature(content, secret)):
        raise NotFound("There is no such chart.")
    if int.from_bytes(content[-_EXPIRY:], "big") <= now_at // SECOND:
        raise NotFound("This chart's link has expired: text RESULTS again.")
    return Wanted(content[:_KEY], content[_KEY : _KEY + _LANGUAGE].decode().strip())


def _signature(content: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, content, hashlib.sha256)[:_SIGNATURE]
