"""What the audit's chain is made of, and how it is followed: values in, values out.

An entry holds a digest of its command's row and a MAC (HMAC-SHA-256, RFC 2104) over itself and the MAC before it; the
head holds the last number and MAC under a seal of its own. Who has no key can change no entry, leave none out and put
none in between. The digest is keyed, too: of a row whose texts were erased it must not give a phone away to guessing.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from flows.values import Key

START = bytes(32)
"""Stands where the first entry has no MAC before it."""
GONE = b""
"""The form of a command whose row was erased."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How a command looks now, on its way into the chain."""

    workspace_id: Key
    command_id: Key
    form: bytes
    """Of its whole row (`form_of`), or `GONE`."""
    before: bytes | None = None
    """Where it had ended already: the form that it had then, so that what was changed otherwise stays to be found."""


Marks = tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as it is stored."""

    workspace_id: Key
    number: int
    """1, 2, 3 ... without gaps, per workspace."""
    command_id: Key
    digest: bytes
    mac: bytes
    created_at: int


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends."""

    number: int = 0
    mac: bytes = START
    """Of the entry with that number."""
    seal: bytes = START

    def __str__(self) -> str:
        return f"{self.number}:{self.mac.hex()}"


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry beside its command, as they stand in the database."""

    entry: Entry
    is_latest: bool
    """No later entry is about the same command."""
    form: bytes
    """Of the command's row; `GONE` where there is none."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad record, as far as it says who it is."""

    text: str
    number: int | None = None
    command_id: Key | None = None
    at: int | None = None
    """When the entry was written, or the command came to its end."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a chain was followed, and what was found."""

    number: int = 0
    mac: bytes = START
    began_at: int | None = None
    broken: Fault | None = None
    """In the chain itself: what comes after it proves nothing."""
    differs: Fault | None = None
    """The first command that is not as its latest entry says."""


def form_of(values: Mapping[str, Any]) -> bytes:
    """Write named plain values in one way only, whichever engine they come from.

    What is None is left out: a column that comes later, empty in the old rows, changes none of their digests.
    """
    return orjson.dumps([[name, _plain(values[name])] for name in sorted(values) if values[name] is not None])


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return [value.hex()]  # in a list, so that no text reads as these bytes
    return int(value) if isinstance(value, bool) else value


def digest_of(key: bytes, command_id: Key, form: bytes) -> bytes:
    """Digest how a command looks: 32 bytes."""
    return _sign(key, {"kind": "command", "id": command_id, "form": form})


def mac_of(key: bytes, before: bytes, entry: Entry) -> bytes:
    """Authenticate an entry (but for its own MAC) and, with the MAC of the one before it, all that came earlier."""
    said = {"id": entry.command_id, "digest": entry.digest, "workspace_id": entry.workspace_id}
    return _sign(key, {"kind": "entry", "before": before, "number": entry.number, "at": entry.created_at, **said})


def seal_of(key: bytes, workspace_id: Key, head: Head) -> bytes:
    """Authenticate where a chain ends: 32 bytes, which cannot be computed from the entries that are left."""
    return _sign(key, {"kind": "head", "id": workspace_id, "number": head.number, "mac": head.mac})


def _sign(key: bytes, values: Mapping[str, Any]) -> bytes:
    return hmac.digest(key, form_of(values), "sha256")


def enter(key: bytes, before: Head, mark: Mark, now_at: int) -> Entry:
    """Make the entry that comes after the head."""
    digest = digest_of(key, mark.command_id, mark.form)
    entry = Entry(mark.workspace_id, before.number + 1, mark.command_id, digest, START, now_at)
    return replace(entry, mac=mac_of(key, before.mac, entry))


def follow(key: bytes, walk: Walk, seen: Seen, kept: Head | None = None) -> Walk:
    """Go on by one entry; a broken chain is followed no further. `kept`: a head that was written down elsewhere."""
    entry = seen.entry
    if walk.broken:
        return walk
    if broken := _broken(key, walk, entry, kept):
        return replace(walk, broken=broken)
    differs = walk.differs or _differs(key, seen)
    began_at = entry.created_at if walk.began_at is None else walk.began_at
    return Walk(entry.number, entry.mac, began_at, None, differs)


def _broken(key: bytes, walk: Walk, entry: Entry, kept: Head | None) -> Fault | None:
    wanted = walk.number + 1
    if isinstance(entry.number, int) and entry.number < wanted:
        return _fault("the entry was put in", entry)
    if entry.number != wanted:
        return Fault("the entry is missing", wanted)
    if entry.mac != mac_of(key, walk.mac, entry):
        said = "the entry is not the one that was written (or ROLLCALL_SECRET_KEY is another one than then)"
        return _fault(said, entry)
    if kept and entry.number == kept.number and entry.mac != kept.mac:
        return _fault("the entry is not the head that was kept", entry)
    return None


def _differs(key: bytes, seen: Seen) -> Fault | None:
    entry = seen.entry
    if not seen.is_latest or entry.digest == digest_of(key, entry.command_id, seen.form):
        return None
    if seen.form == GONE:
        return _fault("the command's row is missing", entry)
    is_back = entry.digest == digest_of(key, entry.command_id, GONE)
    return _fault(
        "the command was erased, and its row is there again" if is_back else "the command's row was changed", entry
    )


def _fault(text: str, entry: Entry) -> Fault:
    return Fault(text, entry.number, entry.command_id, entry.created_at)


def judge(key: bytes, workspace_id: Key, walk: Walk, head: Head | None, kept: Head | None = None) -> Fault | None:
    """Name the first bad record of a chain that was followed to its end; None where all is sound.

    The chain itself comes first: what a broken one says of commands proves nothing.
    """
    return walk.broken or _cut(key, workspace_id, walk, head, kept) or walk.differs


def _cut(key: bytes, workspace_id: Key, walk: Walk, head: Head | None, kept: Head | None) -> Fault | None:
    if kept and walk.number < kept.number:
        return Fault("the entry is missing, with all up to the head that was kept", walk.number + 1)
    if head is None and walk.number == 0:
        return None  # nothing was ever entered
    if head is None or head.seal != seal_of(key, workspace_id, head):
        return Fault("the head of the chain is not the one that was written")
    if walk.number < head.number:
        return Fault("the entry is missing, with all that came after it", walk.number + 1)
    is_old = (head.number, head.mac) != (walk.number, walk.mac)
    return Fault("the head of the chain is an older one") if is_old else None
