"""Copies of the database that the service makes by itself, each opened before it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.runtime.loop import Loop
from flows.errors import RollcallError, StorageError
from flows.schedules.occurrences import next_occurrence
from flows.schedules.values import Frequency, Pattern, Recurrence
from flows.values import HOUR, Workspace
from storage.care.backup import backup
from storage.care.backup_plan import BackupPlan, claim_backup, copy_name, note_backup, remove_old_copies
from storage.database import Database

log = structlog.get_logger(__name__)
LOOK_SECONDS = 30.0
LONGEST = 6 * HOUR
"""A copy that takes longer counts as given up: another process may take it."""
AGAIN = HOUR
MOST_TRIES = 3
"""A copy that failed is tried again after an hour, so often in all; then it is the next one's turn."""
SUNDAY = 6
_FIRST = datetime(2026, 1, 1)  # noqa: DTZ001 - local, and long past


def next_copy_at(every: str, clock: str, zone: str, now_at: int) -> int:
    """Find when the next copy is due: at the full hour, at night, or in the night to Sunday."""
    if every == "hour":
        return (now_at // HOUR + 1) * HOUR
    days = Pattern(Frequency.DAILY) if every == "night" else Pattern(Frequency.WEEKLY, weekdays=(SUNDAY,))
    found = next_occurrence(Recurrence(days, (time.fromisoformat(clock),), _FIRST), zone, now_at)
    return found[0] if found else now_at + 24 * HOUR


class Backups:
    """Makes the copies that are due, and tells the admins when one fails."""

    def __init__(
        self,
        database: Database,
        url: str,
        workspace: Workspace,
        clock: Clock,
        tell: Callable[[str, str], Awaitable[None]],
        tools: Path | None = None,
    ) -> None:
        self._database = database
        self._url = url
        self._workspace = workspace
        self._clock = clock
        self._tell = tell
        self._tools = tools
        late_seconds = LONGEST / 1_000_000
        self.loop = Loop("backup", self.run_once, LOOK_SECONDS, is_cut_short=True, late_seconds=late_seconds)

    async def run_once(self) -> None:
        """Make the copy that is due, if one is; raises `StorageError`."""
        now_at = self._clock()
        plan = await self._database.run(claim_backup(self._workspace.id, now_at, now_at + LONGEST))
        if plan is None:
            return
        target = Path(plan.folder) / copy_name(plan.workspace_id, now_at)
        try:
            size = await backup(self._url, target, self._tools)
            removed_count = await asyncio.to_thread(
                remove_old_copies, Path(plan.folder), plan.workspace_id, plan.kept_count
            )
        except (RollcallError, OSError) as error:
            await self._failed(plan, error)
            return
        log.info("backup_made", file=str(target), bytes=size, removed=removed_count)
        done = replace(plan, try_count=0, copied_at=now_at, copied_file=str(target), problem=None)
        await self._keep(done, self._next_at(plan))

    async def _failed(self, plan: BackupPlan, error: Exception) -> None:
        problem = error.message if isinstance(error, RollcallError) else str(error)
        log.error("backup_failed", folder=plan.folder, attempt=plan.try_count, problem=problem)
        is_last, next_at = plan.try_count >= MOST_TRIES, self._next_at(plan)
        due_at = next_at if is_last else min(next_at, self._clock() + AGAIN)
        is_last = is_last or due_at == next_at
        await self._keep(replace(plan, problem=problem, try_count=0 if is_last else plan.try_count), due_at)
        if plan.try_count == 1:  # once for each copy, not for each try
            try:
                await self._tell(problem, plan.copied_file or "")
            except StorageError as again:
                log.warning("backup_not_told", problem=again.message)

    def _next_at(self, plan: BackupPlan) -> int:
        return next_copy_at(plan.every, plan.clock, self._workspace.time_zone, self._clock())

    async def _keep(self, plan: BackupPlan, due_at: int) -> None:
        await self._database.run(note_backup(replace(plan, next_due_at=due_at), self._clock()))
