"""One-time codes: six digits that set off exactly the command that they were given for.

A code is bound to a fingerprint of the command: verb, arguments, and who would be reached. What is stored is a keyed
hash, so that neither the database nor a backup of it gives a code away.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from flows.values import HOUR, MINUTE, Key, Operator

CODE_LASTS = 5 * MINUTE
MAX_TRIES = 3
"""Wrong codes, and the command is dead."""
MAX_DEAD = 5
"""Dead commands, and the phone is locked."""
MAX_ASKED = 20
"""Codes given within an hour that nobody used, and the phone is locked: each goes out as a message."""
MAX_DECLINED = 60
"""Previews declined within an hour, and there are no more for a while: a forger of the number could go on for ever."""
LOCK_LASTS = HOUR

_MOST = 64
"""Characters of a message that may be a code."""
_CODE = re.compile(
    r"[\"'“‘(]?(?:(?:code|c[oó]digo)\b *[:#]? *)?((?:\d *){5}\d|\d{3} ?- ?\d{3})"
    r"(?:[ ,]+(?:pin\b *[:#]? *)?(\d{4,12}))?[\"'”’).!]?",
    re.IGNORECASE,
)
_PIN = re.compile(r"\d{4,12}", re.ASCII)
_DASH = re.compile(r"[‐-―−]")


class Verdict(StrEnum):
    """What a code did."""

    RIGHT = "right"
    WRONG = "wrong"
    """It may be tried again."""
    DEAD = "dead"
    """The command is dropped: too many wrong codes."""
    LATE = "late"
    """The command waits no more."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a command would reach."""

    count: int
    digest: bytes
    """Of who gets what, whatever the order."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command that is about to wait for its code."""

    command_id: Key
    address: str
    """The phone that asked."""
    fingerprint: bytes
    is_shared: bool = False
    """The code has to come from another admin's phone."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A command that waits for its code."""

    command_id: Key
    address: str
    fingerprint: bytes
    code_hash: bytes
    expires_at: int
    is_shared: bool = False
    """The code has to come from another admin's phone."""
    tries: int = 0
    """Wrong codes so far."""


@dataclass(frozen=True, slots=True)
class CodeOutcome:
    """What a code did, and the command as it stands after it."""

    verdict: Verdict
    pending: Pending

    @property
    def left_count(self) -> int:
        """Tries that are left."""
        return max(0, MAX_TRIES - self.pending.tries)


def read_code(text: str) -> str | None:
    """Find the six digits of a message that is nothing but a code, or a code and a PIN: "123456", "code 123-456"."""
    return _digits(text, 1)


def read_pin(text: str) -> str | None:
    """Find the PIN behind a code, four to twelve digits: "123456 7391", "123456 PIN 7391"."""
    return _digits(text, 2)


def is_pin(text: str) -> bool:
    """Say whether a text can be a PIN: four to twelve digits."""
    return _PIN.fullmatch(text) is not None


def without_pin(text: str) -> str:
    """Give a text as it may be kept: of a code with a PIN only the code."""
    code = read_code(text)
    return text if code is None or read_pin(text) is None else f"{code} ****"


def _digits(text: str, place: int) -> str | None:
    if len(text) > _MOST:
        return None
    plain = " ".join(_DASH.sub("-", unicodedata.normalize("NFKC", text)).split())
    found = _CODE.fullmatch(plain)
    if found is None or found[place] is None:
        return None
    return "".join(str(unicodedata.decimal(sign)) for sign in found[place] if sign.isdecimal())


def fingerprint_of(verb: str, arguments: Mapping[str, object], reach: Reach | None = None) -> bytes:
    """Digest exactly what a code stands for: the same in any order of the arguments, another at any other change.

    Arguments are plain JSON values; words that were resolved since (a time) belong among them as what they mean.
    """
    whom = [reach.count, reach.digest.hex()] if reach else None
    return hashlib.sha256(_canonical([verb, arguments, whom]).encode("utf-8", "surrogatepass")).digest()


def needs_second(recipient_count: int, above: int) -> bool:
    """Say whether so many recipients need a second admin; `above` 0 means never."""
    return 0 < above < recipient_count


def open_pending(request: Request, code: str, now_at: int, secret: bytes) -> Pending:
    """Let a command wait for a code that was drawn for it; raises `ValueError` unless the code is six digits."""
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        raise ValueError("A code is six digits.")
    return Pending(
        command_id=request.command_id,
        address=request.address,
        fingerprint=request.fingerprint,
        code_hash=_hash(secret, request.command_id, request.fingerprint, code),
        expires_at=now_at + CODE_LASTS,
        is_shared=request.is_shared,
    )


def replaces(new: Pending, old: Pending) -> bool:
    """Say whether a new command takes an older one's place: one phone has one that waits."""
    return new.address == old.address and new.command_id != old.command_id


def takes_code_of(pending: Pending, operator: Operator) -> bool:
    """Say whether a code for a command may come from this operator: who asked, or another admin where it is shared."""
    if not operator.is_active:
        return False
    if pending.is_shared:
        return operator.role == "admin" and operator.address != pending.address
    return operator.address == pending.address


def check_code(pending: Pending, typed: str, now_at: int, secret: bytes) -> CodeOutcome:
    """Judge six digits that were typed for a command; a wrong one is counted in the outcome's `pending`.

    RIGHT says that the code is the one that was given, not that the audience is still the same: see `still_stands`.
    """
    if pending.tries >= MAX_TRIES:
        return CodeOutcome(Verdict.DEAD, pending)
    if now_at >= pending.expires_at:
        return CodeOutcome(Verdict.LATE, pending)
    given = _hash(secret, pending.command_id, pending.fingerprint, typed)
    if hmac.compare_digest(given, pending.code_hash):
        return CodeOutcome(Verdict.RIGHT, pending)
    tried = replace(pending, tries=pending.tries + 1)
    return CodeOutcome(Verdict.DEAD if tried.tries >= MAX_TRIES else Verdict.WRONG, tried)


def still_stands(pending: Pending, fingerprint: bytes) -> bool:
    """Say whether a command, resolved again, is what its code was given for; if not, it is previewed again."""
    return hmac.compare_digest(pending.fingerprint, fingerprint)


def is_locked(operator: Operator, now_at: int) -> bool:
    """Say whether no command is taken from an operator's phone now."""
    return operator.locked_until_at is not None and now_at < operator.locked_until_at


def count_dead(operator: Operator, now_at: int) -> Operator:
    """Count a command that died of this operator's wrong codes; at the last that is borne the phone is locked.

    Who is locked by it (`is_locked` of the result) is news for the other admins.
    """
    count = operator.dead_count + 1
    return replace(operator, dead_count=count) if count < MAX_DEAD else lock(operator, now_at)


def lock(operator: Operator, now_at: int) -> Operator:
    """Take no command from an operator's phone for a while."""
    return replace(operator, dead_count=0, locked_until_at=now_at + LOCK_LASTS)


def forgive(operator: Operator) -> Operator:
    """Forget the commands that died, after a right code."""
    return replace(operator, dead_count=0, locked_until_at=None)


def _hash(secret: bytes, command_id: Key, fingerprint: bytes, code: str) -> bytes:
    # Lengths first, so that no two rows of parts read as the same bytes.
    parts = (command_id, fingerprint, code.encode("utf-8", "surrogatepass"))
    return hmac.digest(secret, b"".join(len(part).to_bytes(2, "big") + part for part in parts), "sha256")


def _canonical(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key!r}:{_canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_canonical, value)) + "]"
    return repr(value)
