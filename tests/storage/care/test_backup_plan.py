"""The plan of the copies that the service makes, on both engines."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from flows.errors import ConfigError, StorageError
from flows.values import HOUR
from storage.care.backup import backup, check_tools
from storage.care.backup_plan import (
    BackupPlan,
    claim_backup,
    copy_name,
    drop_backup_plan,
    find_backup_plan,
    note_backup,
    remove_old_copies,
    save_backup_plan,
)
from storage.channels import save_workspace
from storage.database import open_database
from tests.storage.care.seen import NOW, WORKSPACE

KEY = WORKSPACE.id


async def test_a_copy_is_due_once(url: str) -> None:
    """Of several that look at once one takes it; the plan is kept, changed and dropped."""
    database = await open_database(url)
    await database.run(save_workspace(WORKSPACE, NOW))
    assert await database.run(find_backup_plan(KEY)) is None
    plan = BackupPlan(KEY, "night", "03:30", "/srv/copies", 14, NOW)
    await database.run(save_backup_plan(replace(plan, kept_count=3), NOW))
    await database.run(save_backup_plan(plan, NOW))
    assert await database.run(find_backup_plan(KEY)) == plan
    assert await database.run(claim_backup(KEY, NOW - 1, NOW + HOUR)) is None
    taken = await asyncio.gather(*(database.run(claim_backup(KEY, NOW, NOW + HOUR)) for _node in range(3)))
    claimed = replace(plan, try_count=1, next_due_at=NOW + HOUR)
    assert [one for one in taken if one] == [claimed]
    done = replace(claimed, try_count=0, copied_at=NOW, copied_file="/srv/copies/a", problem="No room.")
    await database.run(note_backup(done, NOW))
    assert await database.run(find_backup_plan(KEY)) == done
    await database.run(drop_backup_plan(KEY))
    await database.run(note_backup(done, NOW))
    assert await database.run(find_backup_plan(KEY)) is None
    await database.close()


def test_only_our_old_copies_go(tmp_path: Path) -> None:
    """The newest stay; copies of another database, files of other names, links and folders are never touched."""
    ours = [copy_name(KEY, NOW + number * HOUR) for number in range(5)]
    others = ["copy.db", copy_name(b"o" * 16, NOW), f"{ours[0]}.gz", f"my-{ours[0]}", "rollcall.db"]
    for name in (*ours, *others):
        (tmp_path / name).write_text("x", "utf-8")
    link, folder = copy_name(KEY, NOW - HOUR), copy_name(KEY, NOW - 2 * HOUR)
    (tmp_path / link).symlink_to(tmp_path / "rollcall.db")
    (tmp_path / folder).mkdir()
    assert remove_old_copies(tmp_path, KEY, 2) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*ours[3:], *others, link, folder])
    assert remove_old_copies(tmp_path, KEY, 2) == 0


def test_sqlite_needs_no_programs() -> None:
    """A SQLite file is copied without anything that would have to be installed."""
    check_tools("sqlite:///rollcall.db")


async def test_a_copy_that_cannot_be_put_there(url: str, tools: Path | None, tmp_path: Path) -> None:
    """A file in the place of the folder is one line on either engine."""
    (tmp_path / "way").write_text("x", "utf-8")
    with pytest.raises(StorageError, match=r"way/copy cannot be made: (Not a directory|File exists)"):
        await backup(url, tmp_path / "way" / "copy", tools)


async def test_a_dump_that_is_cut_short(url: str, tmp_path: Path) -> None:
    """A service that stops kills the program that makes the copy, and leaves nothing half-written."""
    slow = tmp_path / "pg_dump"
    slow.write_text("#!/bin/sh\nexec sleep 30\n", "utf-8")
    slow.chmod(0o755)
    copying = asyncio.create_task(backup(url, tmp_path / "there" / "copy", tmp_path))
    await asyncio.sleep(0.3)
    copying.cancel()
    async with asyncio.timeout(5):
        with suppress(asyncio.CancelledError):
            await copying
    assert not list((tmp_path / "there").glob(".*"))


def test_postgresql_needs_its_programs(tmp_path: Path) -> None:
    """What is missing is named before anything is planned."""
    with pytest.raises(ConfigError, match="pg_dump is not installed"):
        check_tools("postgresql://127.0.0.1/x", tmp_path)
    for name in ("pg_dump", "pg_restore"):
        (tmp_path / name).write_text("#!/bin/sh\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    check_tools("postgresql://127.0.0.1/x", tmp_path)
