"""Passwords: argon2id for new ones; those of other systems are verified as they are and hashed anew at the login.

Formats taken over: Werkzeug's `pbkdf2:sha256:<rounds>$<salt>$<hex>` and `scrypt:<n>:<r>:<p>$<salt>$<hex>`, bcrypt's
`$2b$`. Argon2's parameters are its library's defaults (RFC 9106, the second recommended option).
"""

from __future__ import annotations

import hashlib
import hmac

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

BCRYPT_BYTES = 72
"""What bcrypt looks at; the old systems cut there without a word."""
MOST_ROUNDS, MOST_MEMORY = 10_000_000, 1 << 28
"""Bounds on what a stored hash may make us compute."""
_HASHER = PasswordHasher()
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$zvlkuGlu/IsuN06of/jETw$63sRNdoSF6eLV+lgUgmD2aSJEHexFn6A1FnatkX4MU4"
"""The hash of a password that nobody knows, with today's parameters, verified where there is no such login: so guesses
at names take as long as guesses at passwords."""


def hash_password(password: str) -> str:
    """Hash a password."""
    return _HASHER.hash(password)


def verify(password: str, stored: str) -> bool:
    """Say whether a password is the one of a hash; a hash that nobody can read fits nothing."""
    try:
        if stored.startswith("$argon2"):
            return _HASHER.verify(stored, password)
        if stored.startswith(("$2a$", "$2b$", "$2y$")):
            return bcrypt.checkpw(password.encode()[:BCRYPT_BYTES], stored.encode())
        return _verify_werkzeug(password, stored)
    except (VerificationError, InvalidHashError, ValueError, LookupError, MemoryError, OverflowError):
        return False


def is_outdated(stored: str) -> bool:
    """Say whether a hash is not as we make them now."""
    return not stored.startswith("$argon2") or _HASHER.check_needs_rehash(stored)


def _verify_werkzeug(password: str, stored: str) -> bool:
    method, salt, expected = stored.split("$")
    name, *numbers = method.split(":")
    if name == "pbkdf2":
        digest, rounds = numbers[0], int(numbers[1])
        if not 0 < rounds <= MOST_ROUNDS:
            return False
        found = hashlib.pbkdf2_hmac(digest, password.encode(), salt.encode(), rounds)
    elif name == "scrypt":
        n, r, p = (int(number) for number in numbers)
        memory = 132 * n * r * p
        if memory > MOST_MEMORY:
            return False
        found = hashlib.scrypt(password.encode(), salt=salt.encode(), n=n, r=r, p=p, maxmem=memory)
    else:
        return False
    return hmac.compare_digest(found.hex(), expected)
