"""Copies of a SQLite file while it is used, each opened and examined before it counts."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from flows.errors import ConfigError, StorageError


async def copy_file(path: Path, target: Path, newest: str) -> None:
    """Write a consistent copy of a database file and examine it; nothing half-written is left where that fails.

    `newest` is the newest revision that this program knows. Raises `ConfigError` where there is no database,
    `StorageError` where the copy cannot be made or is not sound. Who is cancelled does not wait for its end.
    """
    copying = _Copying(path, target, newest)
    work = asyncio.create_task(asyncio.to_thread(copying.run))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        copying.break_off()
        await asyncio.gather(work, return_exceptions=True)
        raise


class _Copying:
    """One copy, made in a thread by VACUUM INTO: page by page it would begin again with every commit beside it."""

    def __init__(self, path: Path, target: Path, newest: str) -> None:
        self._path = path
        self._target = target
        self._newest = newest
        if not path.exists():
            raise ConfigError(f"There is no database at {path}.")
        self._connection = sqlite3.connect(path, timeout=60, check_same_thread=False)

    def run(self) -> None:
        """Make the copy; over there."""
        draft = self._target.with_name(f".{self._target.name}.part")
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            self._connection.execute("VACUUM INTO ?", (str(draft),))
            check_file(draft, self._newest)
            draft.chmod(self._path.stat().st_mode)
            draft.replace(self._target)
        except sqlite3.Error as error:
            raise StorageError(f"The copy cannot be made: {error}.") from error
        except OSError as error:
            raise StorageError(f"The copy {self._target} cannot be made: {error.strerror}.") from error
        finally:
            self._connection.close()
            drop_draft(draft)

    def break_off(self) -> None:
        """End the copy in its midst."""
        self._connection.interrupt()


def drop_draft(draft: Path) -> None:
    """Remove what is left of a copy that was not finished."""
    try:
        draft.unlink()
    except OSError:
        return


def check_file(copy: Path, newest: str) -> None:
    """Open a copy; raises `StorageError` where it is not sound, or of a newer version than the revision `newest`."""
    try:
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StorageError(f"{copy} is no sound copy of a Rollcall database: {error}.") from error
    if found != "ok":
        raise StorageError(f"{copy} is damaged: {found}.")
    if revision is None or revision[0] > newest:
        raise StorageError(f"{copy} is of a newer version of Rollcall than this one.")


def free_name(wanted: Path) -> Path:
    """Return the name, or the first one with a number behind it that is not taken."""
    found, number = wanted, 1
    while found.exists():
        number += 1
        found = wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
    return found
