"""Taking an old database over, as the tests do it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storage.adopt.report import Report
from storage.adopt.run import adopt, look_through, plan_adoption, recognise
from storage.adopt.source import open_source
from storage.adopt.target import Target
from storage.database import Database
from tests.storage.scene import NOW, WORKSPACE, Scene


def target_of(scene: Scene, **changes: Any) -> Target:
    """Take over into the workspace of the scene."""
    wanted = Target(WORKSPACE.id, scene.channel.id, scene.channel.provider, NOW, "", "US", "America/New_York")
    return replace(wanted, **changes)


async def take(
    url: str, database: Database, target: Target, owner: str | None = None, *, dry_run: bool = False
) -> Report:
    """Take an old database over, which must add up."""
    async with open_source(url) as source:
        planned = await plan_adoption(source, recognise(source), owner)
        if dry_run:
            report = await look_through(source, planned, target, lambda _table, _count: None)
        else:
            report = await adopt(source, planned, database, target, lambda _table, _count: None)
    assert report.adds_up, report.document()
    return report


def sums(report: Report) -> dict[str, tuple[int, int, int, int, int]]:
    """Give read, written, unchanged, merged and refused by table."""
    return {
        name: (one.read, one.written, one.unchanged, one.merged, one.refused) for name, one in report.tables.items()
    }
