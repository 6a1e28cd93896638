"""What a disk may hold after the power went: the writes of a process, replayed without what was not yet synced.

The process runs under strace, which notes every write with its bytes. A write is on the disk for certain once a sync of
its file, begun after it, has returned; until then it may be there whole, in its first sectors, or not at all, whatever
became of those before and after it. That a file is there, or is not any more, is taken for certain at once.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SECTOR = 512
"""Bytes that a disk writes whole or not at all."""
LINE = re.compile(r"(?P<task>\d+) +(?P<at>\d+\.\d+) (?:<\.\.\. (?P<name>\w+) resumed>)?(?P<text>.*)")
CALL = re.compile(
    r"(?P<name>\w+)\((?:\d+<(?P<file>[^>]*)>|\"(?P<path>[^\"]*)\")"
    r"(?:, \"(?P<data>[^\"]*)\", \d+)?(?:, (?P<number>\d+))?\)\s*= (?P<result>-?\d+)"
)


@dataclass(frozen=True, slots=True)
class Event:
    """A moment of the trace: a call that returned, or a sync that begins."""

    at: float
    """By the wall clock, in seconds."""
    task: int
    name: str
    path: Path
    data: bytes = b""
    number: int = 0
    """Where the data begin; to which length a file is cut."""


def strace(trace: Path) -> tuple[str, ...]:
    """Give the command that runs another one and notes its writes."""
    calls = "trace=pwrite64,fdatasync,fsync,ftruncate,unlink"
    noted = ("-ttt", "-y", "-xx", "-s", "1000000", "-e", "signal=none", "-e", calls)
    return (shutil.which("strace") or "strace", "-f", "-qq", *noted, "-o", str(trace))


def read_trace(trace: Path) -> Iterator[Event]:
    """Read what strace noted; a call during which others went on stands on two lines."""
    begun: dict[str, str] = {}
    with trace.open() as lines:
        for line in lines:
            found = LINE.match(line)
            if found is None:
                continue
            text, task = found["text"], found["task"]
            if text.endswith("<unfinished ...>"):
                begun[task] = text.removesuffix("<unfinished ...>").rstrip()
            elif found["name"]:
                text = begun.pop(task, "") + text.lstrip()
            sync = re.match(r"f(?:data)?sync\(\d+<([^>]*)>", text)
            if sync is not None and not found["name"]:
                yield Event(float(found["at"]), int(task), "sync", Path(_text(sync[1])))
            call = CALL.match(text)
            if call is not None and int(call["result"]) >= 0:
                path = Path(_text(call["file"] or call["path"]))
                number = int(call["number"] or 0)
                yield Event(float(found["at"]), int(task), call["name"], path, _bytes(call["data"] or ""), number)


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def _text(escaped: str) -> str:
    return _bytes(escaped).decode()


class Disk:
    """Some files, as they are for certain, and what was done to them since."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._certain = {path: bytearray(path.read_bytes()) if path.exists() else None for path in paths}
        self._pending: dict[Path, list[Event]] = {path: [] for path in self._certain}
        self._syncing: dict[int, tuple[Path, int]] = {}

    @property
    def pending_count(self) -> int:
        """How many writes are not certain."""
        return sum(map(len, self._pending.values()))

    def take(self, event: Event) -> None:
        """Let an event happen."""
        pending = self._pending.get(event.path)
        if pending is None:
            return
        if event.name in {"pwrite64", "ftruncate"}:
            pending.append(event)
        elif event.name == "sync":
            self._syncing[event.task] = (event.path, len(pending))
        elif event.name == "unlink":
            self._certain[event.path] = None
            pending.clear()
        else:
            self._sync(event.path, self._syncing.pop(event.task)[1])

    def _sync(self, path: Path, count: int) -> None:
        certain, pending = self._certain[path] or bytearray(), self._pending[path]
        for event in pending[:count]:
            _do(certain, event)
        self._certain[path] = certain
        del pending[:count]
        for task, (other, covered) in self._syncing.items():
            if other == path:
                self._syncing[task] = (path, max(0, covered - count))

    def lose_power(self, dice: random.Random) -> dict[Path, bytes]:
        """Give what the files may be now: of what is not certain nothing, everything, or any part."""
        odds = dice.choice([(1, 0, 0), (0, 1, 0), (1, 1, 1)])
        files = {}
        for path, certain in self._certain.items():
            pending = self._pending[path]
            if certain is None and not pending:
                continue
            data = bytearray(certain or b"")
            for event, fate in zip(pending, dice.choices(("lost", "whole", "torn"), odds, k=len(pending)), strict=True):
                if fate == "whole":
                    _do(data, event)
                elif fate == "torn" and event.data:
                    _do(data, event, dice.randrange(len(event.data)) // SECTOR * SECTOR)
            files[path] = bytes(data)
        return files


def _do(data: bytearray, event: Event, length: int | None = None) -> None:
    """Do a write, or its first bytes, or a cut."""
    if event.name == "ftruncate":
        del data[event.number :]
        data.extend(bytes(event.number - len(data)))
        return
    written = event.data[:length]
    data.extend(bytes(max(0, event.number - len(data))))
    data[event.number : event.number + len(written)] = written
