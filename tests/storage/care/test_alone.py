"""A SQLite file belongs to one service."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.errors import ConfigError
from storage.care.alone import _lock, _write, alone

HOLD = """
import sys
from storage.care.alone import alone

with alone(sys.argv[1], "made up"):
    print("has it", flush=True)
    input()
"""


def holder(url: str) -> subprocess.Popen[str]:
    """Start a process that holds the lock until it dies."""
    process = subprocess.Popen(  # noqa: S603 - our own words
        (sys.executable, "-c", HOLD, url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "has it\n"
    return process


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    """While a process lives nobody else gets the file, by whatever name; once it is killed the next one does."""
    url = f"sqlite:///{tmp_path}/rollcall.db"
    with holder(url) as process:
        (tmp_path / "link.db").symlink_to(tmp_path / "rollcall.db")
        for name in ("rollcall.db", "link.db"):
            with (
                pytest.raises(ConfigError, match=rf"in use \(made up, process {process.pid}\).*DB_PATH"),
                alone(f"sqlite:///{tmp_path}/{name}", "another"),
            ):
                pass
        process.kill()
    with alone(url, "another"):
        assert (tmp_path / "rollcall.db.lock").read_text("utf-8") == f"another, process {os.getpid()}"
    assert (tmp_path / "rollcall.db.lock").read_text("utf-8") == ""
    with alone(url, "again"):
        pass


def test_an_error_lets_go(tmp_path: Path) -> None:
    """Work that raises lets go of the file, too."""
    url = f"sqlite:///{tmp_path}/rollcall.db"
    with pytest.raises(KeyError), alone(url, "one"):
        raise KeyError
    with alone(url, "two"):
        pass


def test_postgresql_is_shared() -> None:
    """On PostgreSQL as many work side by side as there are."""
    with alone("postgresql://127.0.0.1/x", "one"), alone("postgresql://127.0.0.1/x", "two"):
        pass


def test_what_cannot_be_locked(tmp_path: Path) -> None:
    """A folder in the place of the lock is named in one line."""
    (tmp_path / "rollcall.db.lock").mkdir()
    with (
        pytest.raises(ConfigError, match=r"rollcall\.db\.lock: Is a directory.*DB_PATH"),
        alone(f"sqlite:///{tmp_path}/rollcall.db", "x"),
    ):
        pass


def test_the_lock_of_another_user(tmp_path: Path) -> None:
    """A lock file that this user may only read keeps others off all the same; nobody is named then."""
    place = tmp_path / "rollcall.db.lock"
    place.touch()
    lock = os.open(place, os.O_RDONLY)
    _lock(lock, tmp_path / "rollcall.db")
    _write(lock, "one")
    with (
        pytest.raises(ConfigError, match=r"in use \(another Rollcall\)"),
        alone(f"sqlite:///{tmp_path}/rollcall.db", "two"),
    ):
        pass
    os.close(lock)


def test_a_disk_without_locks() -> None:
    """What the system says of a file that cannot be locked is passed on in one line."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    os.close(write_end)
    with pytest.raises(ConfigError, match=r"cannot be locked \(.*this machine"):
        _lock(read_end, Path("rollcall.db"))


def test_a_file_with_two_names(tmp_path: Path) -> None:
    """Through a hard link a second service started beside the first, and the copy made then was damaged."""
    path, other = tmp_path / "rollcall.db", tmp_path / "other.db"
    path.touch()
    other.hardlink_to(path)
    for name in (path, other):
        with pytest.raises(ConfigError, match=r"has another name on this disk"), alone(f"sqlite:///{name}", "a test"):
            pytest.fail("it was taken")
    other.unlink()
    with alone(f"sqlite:///{path}", "a test"):
        assert path.exists()
