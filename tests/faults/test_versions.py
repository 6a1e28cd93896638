"""An upgrade under load: one process after the other changes to the next version, the old one goes on beside it."""

from __future__ import annotations

import asyncio
import shutil
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import column, select, table

from storage.migrate import FLOOR, newest_revision
from tests.faults.conftest import Say
from tests.faults.processes import ADA, LONG, TEXT, running
from tests.node import ROOT

PEOPLE = 10_000 if LONG else 1_000
NEXT = "9001"
MIGRATION = f'''
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{NEXT}", "{newest_revision()}"


def upgrade():
    op.add_column("messages", sa.Column("mood", sa.String(20), nullable=True))
    op.create_table("moods", sa.Column("name", sa.String(20), primary_key=True))
'''


def next_version(folder: Path) -> Path:
    """Copy the program with a migration more, which says that the program of before can do without it."""
    for name in ("bot", "flows", "storage", "templates_msg"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "storage/migrations/versions" / f"{NEXT}_the_next.py").write_text(MIGRATION, "utf-8")
    migrate = folder / "storage/migrate.py"
    before = migrate.read_text("utf-8")
    after = before.replace(f'FLOOR = "{FLOOR}"', f'FLOOR = "{newest_revision()}"')
    assert after != before
    migrate.write_text(after, "utf-8")
    return folder


@pytest.mark.timeout(600)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_versions_side_by_side(database_url: str, tmp_path: Path, say: Say) -> None:
    """The schema changes in the midst of a blast; the old version sends on, and starts again, beside the new one."""
    newer, began = next_version(tmp_path / "next"), time.monotonic()
    async with running(database_url, 2, more={"ROLLCALL_RATE_PER_SECOND": "200"}) as cluster:
        people = await cluster.settle(PEOPLE)
        first, second = cluster.nodes
        await cluster.command(f"BLAST community: {TEXT}")
        await cluster.twilio.hears(people[PEOPLE // 10], TEXT)
        await first.end(signal.SIGTERM)
        first.folder = newer
        await first.start()
        assert await cluster.rows(select(column("version_num")).select_from(table("alembic_version"))) == [(NEXT,)]
        await asyncio.sleep(1)
        await second.end()  # killed: the old version starts again on the newer schema
        await second.start()
        await cluster.finished()
        figure = await cluster.sent_once(people)
        for _node in cluster.nodes:  # they take turns with the webhooks
            heard = len(cluster.twilio.accepted)
            await cluster.say(ADA, "STATUS 1")
            await cluster.twilio.hears(ADA, "Campaign 1: completed", heard)
        assert [one.errors for one in (first, second)] == [[], []]
    say(f"two versions, a migration in the midst of a blast: {figure}, {time.monotonic() - began:.0f} s")
