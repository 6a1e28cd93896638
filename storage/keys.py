"""Keys made by us: time-ordered, 16 bytes."""

from __future__ import annotations

from hashlib import blake2b

import uuid_utils

from flows.values import Key


def new_key() -> Key:
    """Make a key: a UUID version 7 (RFC 9562) as 16 bytes, later ones sort after earlier ones."""
    return uuid_utils.uuid7().bytes


def inbound_key(channel_id: Key, provider_id: str) -> Key:
    """Hash what makes an inbound message unique, so that the unique index stays small."""
    return blake2b(channel_id + provider_id.encode("utf-8", "surrogatepass"), digest_size=16).digest()
