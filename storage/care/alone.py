"""One service per SQLite file: a lock beside the file, which the system lets go of when its process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import ConfigError
from storage.url import read_url, reason_of

SUFFIX = ".lock"
"""Of the file that carries the lock; it stays behind, empty, for removing it would let two processes in."""


@contextmanager
def alone(url: str, purpose: str) -> Iterator[None]:
    """Keep every other service off a SQLite file meanwhile; raises `ConfigError` where one is at work on it.

    PostgreSQL is shared by as many as there are. The database file itself cannot carry the lock: closing it anywhere
    in the process would drop SQLite's own locks.
    """
    parsed = read_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        yield
        return
    path = Path(parsed.database)
    lock = _open(path.resolve())
    try:
        _lock(lock, path)
        _check_names(path)
        _write(lock, f"{purpose}, process {os.getpid()}")
        yield
        _write(lock, "")
    finally:
        os.close(lock)


def _check_names(path: Path) -> None:
    """Raise `ConfigError` for a file with a second name on its disk, under which another service would not see us.

    SQLite keeps its journal beside each name: two processes under two names damage the file (sqlite.org/howtocorrupt).
    """
    if path.is_file() and path.stat().st_nlink > 1:
        raise ConfigError(
            f"The database {path} has another name on this disk (a hard link), and SQLite damages a file that is used "
            f"under two names. Find the other one with `find / -xdev -samefile {path}` and remove it, or use a copy."
        )


def _open(path: Path) -> int:
    """Open the file of the lock; one that another user made carries the lock as well."""
    place = path.with_name(path.name + SUFFIX)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        may_write = not place.exists() or os.access(place, os.W_OK)
        return os.open(place, os.O_RDWR | os.O_CREAT if may_write else os.O_RDONLY, 0o644)
    except OSError as error:
        raise ConfigError(
            f"The database {path} cannot be written ({place}: {error.strerror}): "
            "set DB_PATH to a file in a folder that this user may write to."
        ) from error


def _lock(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(lock, 200, 0).decode(errors="replace").strip() or "another Rollcall"
        raise ConfigError(
            f"The database {path} is in use ({holder}): a SQLite file belongs to one service. "
            "Stop that one first, or name another file with DB_PATH."
        ) from error
    except OSError as error:
        raise ConfigError(
            f"The database {path} cannot be locked ({reason_of(error)}): SQLite needs a disk of this machine."
        ) from error


def _write(lock: int, text: str) -> None:
    """Leave word of who holds the lock, where the file may be written."""
    if fcntl.fcntl(lock, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDWR:
        os.ftruncate(lock, 0)
        os.pwrite(lock, text.encode(), 0)
