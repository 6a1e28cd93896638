"""Copies that the service makes by itself, and what it says of them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from bot.runtime.backup_setup import WantedBackups, plan_backups, show_backups
from bot.runtime.backups import AGAIN, Backups, next_copy_at
from bot.settings import Settings, load_settings
from flows.errors import ConfigError, StorageError
from flows.values import DAY, HOUR, SECOND, Workspace
from storage.care.backup import check_backup
from storage.care.backup_plan import BackupPlan, find_backup_plan, save_backup_plan
from storage.channels import save_workspace
from storage.database import Database, open_database
from tests.bot.test_process import serving
from tests.bot.test_second_service import run

NOW = 1_795_000_000_000_000
"""Wednesday 18 November 2026, 11:06:40 UTC."""
NEW_YORK = "America/New_York"
WORKSPACE = Workspace(id=b"w" * 16, name="Harbor Choir", time_zone=NEW_YORK)


@dataclass
class Night:
    """A database whose copies are made, and a clock that the test moves."""

    database: Database
    url: str
    folder: Path
    tools: Path | None
    now_at: int = NOW
    told: list[tuple[str, str]] = field(default_factory=list)
    is_deaf: bool = False

    def backups(self) -> Backups:
        """Make what a service has."""
        return Backups(self.database, self.url, WORKSPACE, lambda: self.now_at, self.tell, self.tools)

    async def tell(self, problem: str, file: str) -> None:
        """Hear what the admins would."""
        if self.is_deaf:
            raise StorageError
        self.told.append((problem, file))

    async def plan(self) -> BackupPlan:
        """Read the plan."""
        found = await self.database.run(find_backup_plan(WORKSPACE.id))
        assert found is not None
        return found

    def copies(self) -> list[str]:
        """Name what lies in the folder."""
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []


@pytest.fixture
async def night(database_url: str, tmp_path: Path, tools: Path | None) -> AsyncIterator[Night]:
    """Return a database with a plan whose first copy is due."""
    database = await open_database(database_url)
    await database.run(save_workspace(WORKSPACE, NOW))
    made = Night(database, database_url, tmp_path / "copies", tools)
    plan = BackupPlan(WORKSPACE.id, "night", "03:30", str(made.folder), 2, NOW)
    await database.run(save_backup_plan(plan, NOW))
    with capture_logs():
        yield made
    await database.close()


async def test_every_night_a_copy(night: Night) -> None:
    """Each is opened and sound, the next one is due at half past three there, and two are kept of three."""
    for _night in range(3):
        await night.backups().run_once()
        await night.backups().run_once()  # nothing is due any more
        plan = await night.plan()
        due = datetime.fromtimestamp(plan.next_due_at // SECOND, ZoneInfo(NEW_YORK))
        assert (due.hour, due.minute, plan.try_count, plan.problem) == (3, 30, 0, None)
        await check_backup(night.url, Path(plan.copied_file or ""), night.tools)
        night.now_at = plan.next_due_at
    assert len(night.copies()) == 2
    assert night.told == []


async def test_one_that_fails_is_told_once(night: Night) -> None:
    """The admins hear of a folder in the way once, it is tried again hourly, and the next night counts by itself."""
    night.folder.write_text("in the way", "utf-8")
    begun_at = night.now_at
    for attempt in range(1, 4):
        await night.backups().run_once()
        plan = await night.plan()
        assert plan.problem
        assert len(night.told) == 1
        if attempt < 3:
            assert (plan.next_due_at, plan.try_count) == (night.now_at + AGAIN, attempt)
        night.now_at = plan.next_due_at
    assert night.now_at > begun_at + 3 * HOUR
    night.is_deaf = True
    await night.backups().run_once()
    night.folder.unlink()
    night.now_at += HOUR
    await night.backups().run_once()
    assert (await night.plan()).problem is None
    assert len(night.copies()) == 1


def test_when_copies_are_due() -> None:
    """At the full hour, at night by the clock of the place, or in the night to Sunday; also where clocks change."""
    assert next_copy_at("hour", "03:30", NEW_YORK, NOW) == NOW - NOW % HOUR + HOUR
    nightly = next_copy_at("night", "03:30", NEW_YORK, NOW)
    assert nightly == NOW - NOW % DAY + DAY + 8 * HOUR + HOUR // 2
    weekly = datetime.fromtimestamp(next_copy_at("week", "03:30", NEW_YORK, NOW) // SECOND, ZoneInfo(NEW_YORK))
    assert (weekly.weekday(), weekly.hour, weekly.minute) == (6, 3, 30)


def settings_of(url: str) -> Settings:
    """Name the settings."""
    return load_settings({"DATABASE_URL": url}, None)


async def test_the_command_plans_and_shows(night: Night, tmp_path: Path) -> None:
    """What is not asked for stays as it was; `never` ends it; what cannot be is refused with the option's name."""
    settings = settings_of(night.url)
    said = await plan_backups(settings, WantedBackups("week", "04:15", 5, tmp_path / "there"), night.tools)
    assert str(tmp_path / "there") in said[0]
    assert "keeps the last 5" in said[0]
    assert os.stat(tmp_path / "there").st_mode & 0o077 == 0
    await plan_backups(settings, WantedBackups("night"), night.tools)
    plan = await night.plan()
    assert (plan.every, plan.clock, plan.kept_count, plan.folder) == ("night", "04:15", 5, str(tmp_path / "there"))
    await night.database.run(save_backup_plan(replace(plan, copied_at=NOW, copied_file="x", problem="No room."), NOW))
    shown = "\n".join(await show_backups(settings))
    assert "Last: 18 Nov" in shown
    assert "The last try failed: No room." in shown
    for wanted, message in (
        (WantedBackups("night", "25:00"), "--at 25:00"),
        (WantedBackups("night", folder=Path("/dev/null/x")), "--to /dev/null/x"),
    ):
        with pytest.raises(ConfigError, match=message):
            await plan_backups(settings, wanted, night.tools)
    assert "no copies any more" in (await plan_backups(settings, WantedBackups("never")))[0]
    assert "--every night --keep 14" in (await show_backups(settings))[0]


async def test_postgresql_needs_its_programs(night: Night, tmp_path: Path) -> None:
    """Without pg_dump on the path the plan is refused with that, and not found out at night."""
    if night.url.startswith("sqlite"):
        pytest.skip("of PostgreSQL")
    with pytest.raises(ConfigError, match="pg_dump is not installed"):
        await plan_backups(settings_of(night.url), WantedBackups("night"), tmp_path)


async def test_a_running_service_makes_them(tmp_path: Path) -> None:
    """The command is all that an operator needs: the service that runs has the plan, and a copy that is due is made."""
    async with serving(tmp_path) as service:
        names = dict(service.names)
        code, said = await run(names, "db", "backup", "--every", "night", "--keep", "14")
        assert code == 0, said
        assert "into " + str(tmp_path / "backups") in said
        code, said = await run(names, "db", "backup")
        assert (code, "every night" in said) == (0, True)
        for words in (("copy.db", "--every", "night"), ("copy.db", "--keep", "2"), ("--keep", "2")):
            code, said = await run(names, "db", "backup", *words)
            assert code == 2
