"""Attempts at commands: counted before the work, by one process at a time."""

from __future__ import annotations

import pytest

from storage.attempts import begin_attempt, give_back, queued_commands
from storage.commands import CommandRow, add_command
from storage.keys import new_key
from storage.outbox.nodes import leave, take_over
from storage.schema import commands
from tests.storage.scene import ADA, NOW, WORKSPACE, Scene

NODE, OTHER = b"n" * 16, b"o" * 16


async def command(scene: Scene) -> CommandRow:
    """Queue a command."""
    row = CommandRow(new_key(), WORKSPACE.id, None, ADA, "ADD", "ADD #choir", created_at=NOW)
    await scene.database.run(add_command(row))
    return row


async def queue(scene: Scene, node_id: bytes, begun_count: int = 0) -> tuple[bytes, ...]:
    """Name the commands that wait for a process."""
    plan = queued_commands(scene.database.engine_name, node_id, begun_count)
    return tuple(row.id for row in await scene.database.run(plan))


async def begin(scene: Scene, row: CommandRow, node_id: bytes = NODE) -> int | None:
    """Begin a command."""
    return await scene.database.run(begin_attempt(row.id, node_id))


async def test_attempts_are_counted(scene: Scene) -> None:
    """Each beginning counts, and is written down before the work: a kill cannot take it back; a stop gives it back."""
    row = await command(scene)
    assert [await begin(scene, row), await begin(scene, row)] == [1, 2]
    await scene.database.run(give_back(row.id, NODE))
    assert await begin(scene, row) == 2
    await scene.database.run(give_back(row.id, OTHER))
    assert await begin(scene, row) == 3


async def test_what_has_ended_is_not_begun(scene: Scene) -> None:
    """A command that another process carried out meanwhile is left alone."""
    row = await command(scene)
    await scene.change(commands, row.id, status="done")
    assert await begin(scene, row) is None


async def test_commands_in_hand_do_not_fill_the_page(scene: Scene) -> None:
    """Twenty files that are being read do not keep the command behind them from being seen."""
    rows = [await command(scene) for _ in range(21)]
    assert len(await queue(scene, NODE)) == 16
    assert (await queue(scene, NODE, 20))[-1] == rows[-1].id


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
async def test_a_living_process_keeps_its_command(scene: Scene) -> None:
    """Another process neither sees nor counts what a living one is at; when that one is gone it takes it over."""
    row = await command(scene)
    await scene.database.run(take_over(NODE, "here", NOW, "postgresql"))
    assert await begin(scene, row) == 1
    assert (await queue(scene, NODE), await queue(scene, OTHER)) == ((row.id,), ())
    assert await begin(scene, row, OTHER) is None
    await scene.database.run(leave(NODE))
    assert await queue(scene, OTHER) == (row.id,)
    assert await begin(scene, row, OTHER) == 2
