"""An old database is taken over, and then used: the conversations go on the same day."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.values import Transport
from storage.adopt.target import Target
from storage.channels import all_channels, first_workspace, save_channels
from storage.database import Database
from tests.conversations.script import SERVICE, read_script
from tests.conversations.stages import BEGIN_AT, DatabaseStage
from tests.conversations.test_conversations import hold
from tests.storage.adopt.conftest import Build
from tests.storage.adopt.taking import take
from tests.storage.adopt.test_sums import SYSTEMS

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.txt"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_it_goes_on(path: Path, build: Build, database: Database) -> None:
    """After the takeover people and operators are answered as the script says."""
    script = read_script(path)
    stage = await DatabaseStage.open(database, script.settings)
    known = await database.run(first_workspace())
    assert known
    await database.run(save_channels([("simulator", Transport.SIMULATOR, SERVICE, 1_000.0)], known[0].id, BEGIN_AT))
    (channel,) = await database.run(all_channels())
    target = Target(known[0].id, channel.id, channel.provider, BEGIN_AT, "", "US", "UTC")
    await take(await build(path.stem), database, target, SYSTEMS[path.stem][1])
    try:
        await hold(script, stage)
    finally:
        await stage.close()
