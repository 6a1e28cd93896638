"""`rollcall db backup --every night`: has the service make copies by itself, and shows how that goes."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from bot.clock import wall_clock
from bot.offline import opened
from bot.runtime.backups import next_copy_at
from bot.settings import Settings
from bot.times import clock_text
from flows.errors import ConfigError
from storage.care.backup import check_tools
from storage.care.backup_plan import BackupPlan, drop_backup_plan, find_backup_plan, save_backup_plan

AT, KEEP = "03:30", 14
_HINT = "Begin with: rollcall db backup --every night --keep 14"


@dataclass(frozen=True, slots=True)
class WantedBackups:
    """What the command line asks for; None where it says nothing."""

    every: str
    clock: str | None = None
    kept_count: int | None = None
    folder: Path | None = None


async def plan_backups(settings: Settings, wanted: WantedBackups, tools: Path | None = None) -> list[str]:
    """Keep the plan for the service; gives what to say. What is not asked for stays as it was.

    Raises `ConfigError` where copies could not be made: a folder that cannot be written, or no pg_dump.
    """
    async with opened(settings) as (database, workspace):
        if wanted.every == "never":
            await database.run(drop_backup_plan(workspace.id))
            return ["The service makes no copies any more; those that it made stay where they are."]
        check_tools(settings.database, tools)
        now_at, before = wall_clock(), await database.run(find_backup_plan(workspace.id))
        clock = _checked_clock(wanted.clock or (before.clock if before else AT))
        kept = Path(before.folder) if before else _default_folder(settings.database)
        folder = _usable(wanted.folder or kept)
        plan = BackupPlan(
            workspace_id=workspace.id,
            every=wanted.every,
            clock=clock,
            folder=str(folder),
            kept_count=wanted.kept_count or (before.kept_count if before else KEEP),
            next_due_at=next_copy_at(wanted.every, clock, workspace.time_zone, now_at),
            copied_at=before.copied_at if before else None,
            copied_file=before.copied_file if before else None,
        )
        await database.run(save_backup_plan(plan, now_at))
        return _lines(plan, workspace.time_zone)


async def show_backups(settings: Settings) -> list[str]:
    """Return what the plan is and how the last copy went."""
    async with opened(settings) as (database, workspace):
        plan = await database.run(find_backup_plan(workspace.id))
        return _lines(plan, workspace.time_zone) if plan else [f"The service makes no copies by itself. {_HINT}"]


def _lines(plan: BackupPlan, zone: str) -> list[str]:
    lines = [
        f"The service copies its database every {plan.every} into {plan.folder} and keeps the last {plan.kept_count}.",
        f"Next: {clock_text(plan.next_due_at, zone)} ({zone}), while `rollcall serve` runs. "
        "Admins get a text when a copy fails.",
    ]
    if plan.copied_at is not None:
        lines.append(f"Last: {clock_text(plan.copied_at, zone)}, {plan.copied_file}, opened and found sound.")
    if plan.problem:
        lines.append(f"The last try failed: {plan.problem}")
    return [*lines, "Take the copies to another machine, too: a disk that breaks takes both."]


def _checked_clock(clock: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", clock):
        raise ConfigError(f"--at {clock} is not a time of day: write it like 03:30.")
    return clock


def _default_folder(url: str) -> Path:
    parsed = make_url(url)
    beside = Path(parsed.database or "").parent if parsed.get_backend_name() == "sqlite" else Path("data")
    return beside / "backups"


def _usable(folder: Path) -> Path:
    """Make the folder, for its owner alone, and try to write in it; raises `ConfigError`."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigError(
            f"--to {folder}: no copy can be written there ({error.strerror}). Name another folder."
        ) from error
    return folder.resolve()
