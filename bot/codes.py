"""One-time codes: six digits that set off exactly the command that they were given for."""

from __future__ import annotations

import hmac
import secrets

from flows.values import HOUR, MINUTE, Key
from storage.commands import CommandRow

CODE_LASTS = 5 * MINUTE
MAX_TRIES = 3
"""Wrong codes, and the command is dead."""
MAX_DEAD = 5
"""Dead commands, and the phone is locked."""
LOCK_LASTS = HOUR


def draw_code() -> str:
    """Draw six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def hash_code(secret: bytes, command_id: Key, fingerprint: bytes, code: str) -> bytes:
    """Bind a code to a command and to all that it stands for; what is stored gives no code away."""
    return hmac.digest(secret, command_id + fingerprint + code.encode(), "sha256")


def is_right(secret: bytes, pending: CommandRow, typed: str) -> bool:
    """Compare in a time that tells nothing."""
    expected = pending.code_hash or b""
    return hmac.compare_digest(hash_code(secret, pending.id, pending.fingerprint or b"", typed), expected)
