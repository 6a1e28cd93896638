"""The root key: 32 random bytes of which every other key is made, sealed with ROLLCALL_SECRET_KEY in the database.

Whoever has the database, or a backup, and not the setting, has no key. The setting changes without anything else
being made anew: `NEW,OLD` opens what OLD sealed, and seals it with NEW.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

import structlog
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from flows.errors import ConfigError
from flows.values import Key
from storage.database import Database
from storage.root_key import keep_sealed_key, sealed_key

log = structlog.get_logger(__name__)
SIZE = 32
"""Bytes of a key."""


async def unlock(database: Database, workspace_id: Key, setting: str) -> bytes:
    """Open the root key, made at the first start, and let the database hash with a key made of it.

    `setting` is ROLLCALL_SECRET_KEY: one or more secrets with commas between them, the newest first.
    Raises `ConfigError` where none of them opens it, `StorageError`.
    """
    masters = master_keys(setting, workspace_id)
    sealed = await database.run(sealed_key(workspace_id))
    if sealed is None:
        made = seal(secrets.token_bytes(SIZE), masters[0])
        await database.run(keep_sealed_key(workspace_id, made, None))  # another process may have been first
        sealed = await database.run(sealed_key(workspace_id)) or made
    root, place = open_sealed(sealed, masters)
    if place:
        await database.run(keep_sealed_key(workspace_id, seal(root, masters[0]), sealed))
        log.info("root_key_sealed_anew")
    database.hash_key = derive(root, "database")
    return root


def audit_key(database: Database) -> bytes:
    """Give the key of the audit's chain; the database is unlocked."""
    return derive(database.hash_key, "audit")


def master_keys(setting: str, workspace_id: Key) -> tuple[bytes, ...]:
    """Give the keys that may have sealed the root key; the last is what protects nothing, where there is no setting."""
    given = [one.strip() for one in setting.split(",") if one.strip()]
    return (*(derive(one.encode(), "master") for one in given), derive(workspace_id, "no secret"))


def seal(root: bytes, master: bytes) -> bytes:
    """Encrypt the root key (XSalsa20 with Poly1305, by libsodium): 72 bytes."""
    return bytes(SecretBox(master).encrypt(root))


def open_sealed(sealed: bytes, masters: Sequence[bytes]) -> tuple[bytes, int]:
    """Decrypt the root key; gives also which of the keys fits. Raises `ConfigError` where none does."""
    for place, master in enumerate(masters):
        try:
            return SecretBox(master).decrypt(sealed), place
        except CryptoError:
            continue
    raise ConfigError(
        "ROLLCALL_SECRET_KEY does not open this database: it was another one before. "
        "Name the earlier secret after the new one, with a comma between them."
    )


def derive(root: bytes, purpose: str) -> bytes:
    """Make the key for one purpose (HMAC-SHA-256 as a key derivation function, NIST SP 800-108)."""
    return hmac.digest(root, b"rollcall " + purpose.encode(), hashlib.sha256)
