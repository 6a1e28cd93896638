"""Recurring sends: every occurrence once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from flows.errors import Conflict
from flows.values import DAY, HOUR
from storage.campaigns.rows import Campaign
from storage.database import open_database
from storage.documents import read_document
from storage.keys import new_key
from storage.schedules import (
    Schedule,
    add_schedule,
    change_schedule,
    due_schedules,
    find_schedule,
    fire,
    open_schedules,
    rest_schedule,
)
from storage.schema import campaigns, schedule_runs
from tests.storage.scene import NOW, WORKSPACE, Scene

KEY = "2026-11-18T09:00 daily"


async def schedule_of(scene: Scene, number: int = 1, **others: Any) -> Schedule:
    """Write a schedule that is due."""
    made = Schedule(
        id=new_key(),
        workspace_id=WORKSPACE.id,
        number=number,
        text="See you!",
        audience="community",
        channel_id=scene.channel.id,
        rule={"every": "day", "at": "09:00"},
        time_zone="Europe/Riga",
        next_due_at=NOW,
        created_at=NOW,
    )
    made = replace(made, **others)
    await scene.database.run(add_schedule(made))
    return made


def campaign_of(schedule: Schedule, number: int) -> Campaign:
    """Make the campaign of an occurrence."""
    return Campaign(
        id=new_key(),
        workspace_id=WORKSPACE.id,
        number=number,
        text=schedule.text,
        audience=schedule.audience,
        channel_id=schedule.channel_id,
        status="scheduled",
        time_zone=schedule.time_zone,
        schedule_id=schedule.id,
        due_at=schedule.next_due_at,
        created_at=NOW,
    )


async def go(scene: Scene, schedule: Schedule, number: int, key: str = KEY) -> None:
    """Let an occurrence happen; the next one is a day later."""
    assert schedule.next_due_at is not None
    after = replace(schedule, next_due_at=schedule.next_due_at + DAY)
    await scene.database.run(fire(schedule, key, campaign_of(schedule, number), after, NOW))


async def test_a_schedule_comes_back_as_it_was(scene: Scene) -> None:
    """Every field survives; a number that is nobody's finds nothing."""
    made = await schedule_of(scene, status="paused", remaining_count=3)
    assert await scene.database.run(find_schedule(WORKSPACE.id, 1)) == made
    assert await scene.database.run(find_schedule(WORKSPACE.id, 2)) is None


async def test_what_is_due_and_what_is_open(scene: Scene) -> None:
    """Due is what is active and whose time has come; open is all that did not end; both in the order of time."""
    later = await schedule_of(scene, 1)
    sooner = await schedule_of(scene, 2, next_due_at=NOW - 1)
    future = await schedule_of(scene, 3, next_due_at=NOW + HOUR)
    paused = await schedule_of(scene, 4, status="paused", next_due_at=NOW - HOUR)
    await schedule_of(scene, 5, status="ended")
    assert await scene.database.run(due_schedules(NOW)) == (sooner, later)
    assert await scene.database.run(open_schedules(WORKSPACE.id)) == (paused, sooner, later, future)
    assert await scene.database.run(open_schedules(b"v" * 16)) == ()


async def test_a_change_happens_once(scene: Scene) -> None:
    """Status, rule, bound and next time are written where it stands as it was."""
    made = await schedule_of(scene)
    paused = replace(made, status="paused", remaining_count=1, next_due_at=None, rule={"every": "week"})
    assert await scene.database.run(change_schedule(paused, "active", NOW))
    assert not await scene.database.run(change_schedule(made, "active", NOW))
    assert await scene.database.run(find_schedule(WORKSPACE.id, 1)) == paused


async def test_an_occurrence(scene: Scene) -> None:
    """It makes its campaign and a run, and moves the schedule on."""
    made = await schedule_of(scene)
    await go(scene, made, 2)
    run, campaign = await scene.row(schedule_runs), await scene.row(campaigns)
    assert (run["occurrence_key"], run["due_at"], run["campaign_id"]) == (KEY, NOW, campaign["id"])
    assert (campaign["number"], campaign["schedule_id"], campaign["status"]) == (2, made.id, "scheduled")
    assert await scene.database.run(due_schedules(NOW)) == ()
    assert [one.next_due_at for one in await scene.database.run(due_schedules(NOW + DAY))] == [NOW + DAY]


async def test_the_same_occurrence_again(scene: Scene) -> None:
    """A restart that forgot nothing, or a night that has the hour twice: it stays at one campaign."""
    made = await schedule_of(scene)
    await go(scene, made, 2)
    with pytest.raises(Conflict):
        await go(scene, made, 3)
    assert len(await scene.rows(campaigns)) == 1
    moved = await scene.database.run(find_schedule(WORKSPACE.id, 1))
    assert moved is not None
    assert moved.next_due_at == NOW + DAY
    await go(scene, moved, 3, "2026-11-19T09:00 daily")
    assert len(await scene.rows(campaigns)) == 2


async def test_a_schedule_that_was_paused_meanwhile(scene: Scene) -> None:
    """It does not fire any more, and no run is left that would keep it from firing later."""
    made = await schedule_of(scene)
    await scene.database.run(change_schedule(replace(made, status="paused"), "active", NOW))
    with pytest.raises(Conflict):
        await go(scene, made, 2)
    assert await scene.rows(schedule_runs) == []
    assert await scene.rows(campaigns) == []


async def test_two_nodes_fire_at_once(scene: Scene, migrated_url: str) -> None:
    """Exactly one of them makes the campaign."""
    made = await schedule_of(scene)
    second = await open_database(migrated_url)
    nodes = (scene, Scene(second, scene.channel))
    results = await asyncio.gather(*(go(nodes[n % 2], made, 10 + n) for n in range(6)), return_exceptions=True)
    await second.close()
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 5
    assert len(await scene.rows(campaigns)) == 1


async def test_a_schedule_rests_with_its_reason(scene: Scene) -> None:
    """Only an active one is paused, its reason stays until it goes on, and a rule that cannot be read is kept."""
    made = await schedule_of(scene)
    assert await scene.database.run(rest_schedule(made.id, "It raised.", NOW))
    assert not await scene.database.run(rest_schedule(made.id, "Again.", NOW))
    found = await scene.database.run(find_schedule(WORKSPACE.id, 1))
    assert found == replace(made, status="paused", stopped_reason="It raised.")
    goes_on = replace(found, status="active", stopped_reason=None)
    assert await scene.database.run(change_schedule(goes_on, "paused", NOW))
    assert await scene.database.run(find_schedule(WORKSPACE.id, 1)) == made
    for stored in ("5", "[[", '["a"]'):
        assert read_document(stored) is None
    assert read_document('{"a": 1}') == read_document({"a": 1}) == {"a": 1}
