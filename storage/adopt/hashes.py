"""Hashes of passwords and keys that can still be verified: a login that nobody could ever use is reported."""

from __future__ import annotations

import re
from typing import Any

from storage.adopt.report import Held
from storage.adopt.words import Place

MOST_ROUNDS, MOST_MEMORY = 10_000_000, 1 << 28
"""The bounds within which a login verifies a hash."""
_HEX = {"sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}
_BCRYPT = re.compile(r"\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")
_ARGON = re.compile(r"\$argon2(id|i|d)\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+")
_PBKDF2 = re.compile(r"pbkdf2:(\w+):(\d{1,9})\$([^$]+)\$([0-9a-f]+)")
_SCRYPT = re.compile(r"scrypt:(\d{1,9}):(\d{1,4}):(\d{1,4})\$([^$]+)\$[0-9a-f]{128}")


def is_verifiable(stored: str) -> bool:
    """Return whether a password could ever fit this hash."""
    if _BCRYPT.fullmatch(stored) or _ARGON.fullmatch(stored):
        return True
    if found := _PBKDF2.fullmatch(stored):
        return 0 < int(found[2]) <= MOST_ROUNDS and len(found[4]) == _HEX.get(found[1])
    if found := _SCRYPT.fullmatch(stored):
        n, r, p = (int(number) for number in found.groups()[:3])
        return n > 1 and n & (n - 1) == 0 and 0 < 132 * n * r * p <= MOST_MEMORY
    return False


def hash_doubts(stored: Any, place: Place, outcome: str) -> tuple[Held, ...]:
    """Note a hash that nobody can verify, by its beginning: the rest is nobody's business."""
    text = "" if stored is None else str(stored)
    return () if is_verifiable(text) else (place.hold(f"{text[:8]}..." if text else "(none)", outcome),)
