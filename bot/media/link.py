"""The links to pictures: signed, so that only who got one can look, and only for some days.

A token is the picture's key and the day on which it expires, with an HMAC-SHA-256 (RFC 2104) cut to 16 bytes. It is the
same all day long, so that a provider that fetches the picture once may keep it for the next message.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from flows.errors import NotFound
from flows.values import DAY, Key

LASTS_DAYS = 3
_KEY, _EXPIRY, _SIGNATURE = 16, 4, 16
TOKEN_LENGTH = 48
"""Characters: 36 bytes in base64."""


def sign(picture_id: Key, now_at: int, secret: bytes) -> str:
    """Make a token that is good for at least two days from now."""
    content = picture_id + (now_at // DAY + LASTS_DAYS).to_bytes(_EXPIRY, "big")
    return base64.urlsafe_b64encode(content + _signature(content, secret)).decode()


def check(token: str, now_at: int, secret: bytes) -> Key:
    """Read a token; raises `NotFound` for one that is not ours or has expired."""
    try:
        decoded = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError) as error:
        raise NotFound("There is no such picture.") from error
    content, signature = decoded[:-_SIGNATURE], decoded[-_SIGNATURE:]
    if len(content) != _KEY + _EXPIRY or not hmac.compare_digest(signature, _signature(content, secret)):
        raise NotFound("There is no such picture.")
    if int.from_bytes(content[_KEY:], "big") <= now_at // DAY:
        raise NotFound("This picture's link has expired.")
    return content[:_KEY]


def _signature(content: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, content, hashlib.sha256)[:_SIGNATURE]
