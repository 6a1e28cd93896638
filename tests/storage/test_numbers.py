"""Short numbers that people type."""

from __future__ import annotations

import asyncio

from flows.values import Workspace
from storage.channels import save_workspace
from storage.numbers import next_number
from tests.storage.scene import NOW, WORKSPACE, Scene


async def test_each_kind_counts_for_itself(scene: Scene) -> None:
    """Campaigns and operators have their own numbers, in each workspace from one."""
    await scene.database.run(save_workspace(Workspace(b"v" * 16), NOW))
    asked = [
        (WORKSPACE.id, "campaign"),
        (WORKSPACE.id, "campaign"),
        (WORKSPACE.id, "operator"),
        (b"v" * 16, "campaign"),
    ]
    assert [await scene.database.run(next_number(*one)) for one in asked] == [1, 2, 1, 1]


async def test_never_the_same_twice(scene: Scene) -> None:
    """Many at once each get another one."""
    asked = (scene.database.run(next_number(WORKSPACE.id, "campaign")) for _ in range(20))
    assert sorted(await asyncio.gather(*asked)) == list(range(1, 21))
