"""Campaigns as they are stored."""

from __future__ import annotations

from dataclasses import replace

from flows.values import HOUR, MINUTE
from storage.campaigns.rows import (
    due_campaigns,
    find_campaign,
    latest_campaigns,
    move_campaign,
    open_campaigns,
    running_campaigns,
)
from tests.storage.campaigns.made import campaign_of
from tests.storage.scene import NOW, WORKSPACE, Scene


async def test_a_campaign_comes_back_as_it_was(scene: Scene) -> None:
    """Every field survives; a number that is nobody's finds nothing."""
    made = await campaign_of(
        scene,
        "paused",
        time_zone="Etc/GMT-14",
        retry_of=7,
        cursor=b"c" * 16,
        stopped_reason="too many failures",
        due_at=NOW,
        hold_until_at=NOW + 1,
        not_after_at=NOW + 2,
        started_at=NOW + 3,
        expanded_at=NOW + 4,
        completed_at=NOW + 5,
    )
    assert await scene.database.run(find_campaign(WORKSPACE.id, made.number)) == made
    assert await scene.database.run(find_campaign(WORKSPACE.id, 99)) is None
    assert await scene.database.run(find_campaign(b"v" * 16, made.number)) is None


async def test_what_is_due(scene: Scene) -> None:
    """Its time has come and its hold is over; the earliest first."""
    second = await campaign_of(scene, "scheduled", due_at=NOW)
    first = await campaign_of(scene, "scheduled", due_at=NOW - 1, hold_until_at=NOW)
    await campaign_of(scene, "scheduled", due_at=NOW + 1)
    await campaign_of(scene, "scheduled", due_at=NOW, hold_until_at=NOW + 1)
    await campaign_of(scene, "paused", due_at=NOW)
    assert await scene.database.run(due_campaigns(NOW)) == (first, second)


async def test_what_is_under_way(scene: Scene) -> None:
    """Running ones only."""
    running = await campaign_of(scene)
    await campaign_of(scene, "completed")
    assert await scene.database.run(running_campaigns()) == (running,)


async def test_lists(scene: Scene) -> None:
    """What is open is in the order of its time, everything is newest first."""
    later = await campaign_of(scene, "scheduled", due_at=NOW + HOUR)
    sooner = await campaign_of(scene, "paused", due_at=NOW)
    done = await campaign_of(scene, "completed", due_at=NOW)
    assert await scene.database.run(open_campaigns(WORKSPACE.id)) == (sooner, later)
    assert await scene.database.run(latest_campaigns(WORKSPACE.id)) == (done, sooner, later)
    assert await scene.database.run(latest_campaigns(b"v" * 16)) == ()


async def test_a_move_happens_once(scene: Scene) -> None:
    """The new status and times are written where it stands as it was; whoever comes second is told."""
    made = await campaign_of(scene, "scheduled", due_at=NOW)
    running = replace(made, status="running", started_at=NOW + MINUTE)
    assert await scene.database.run(move_campaign(running, "scheduled", NOW))
    assert not await scene.database.run(move_campaign(replace(made, status="cancelled"), "scheduled", NOW))
    assert await scene.database.run(find_campaign(WORKSPACE.id, made.number)) == running
