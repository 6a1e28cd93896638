"""Operators who may not send any more: what they set up pauses, and the admins know."""

from __future__ import annotations

import asyncio

import pytest

from bot.campaigns import PAGE
from flows.values import DAY, HOUR
from storage.channels import all_channels
from storage.operators import remove_operator, save_operator
from storage.outbox.claim import claim
from storage.schedules import add_schedule, find_schedule
from tests.bot.town import BOSS, NOW, WORKSPACE, Town, daily, fired

ROOT = "+15550109002"


async def lapse(town: Town, how: str) -> None:
    """Take the right to send away from whoever set everything up; another admin is left."""
    await town.database.run(save_operator(WORKSPACE.id, ROOT, "Root", "admin", NOW))
    if how == "removed":
        await town.database.run(remove_operator(WORKSPACE.id, BOSS, NOW))
    else:
        await town.database.run(save_operator(WORKSPACE.id, BOSS, None, "viewer", NOW))


@pytest.mark.parametrize("how", ["removed", "demoted"])
@pytest.mark.parametrize("status", ["scheduled", "running"])
async def test_a_campaign_pauses_when_its_operator_may_not_send_any_more(town: Town, status: str, how: str) -> None:
    """A held campaign of a removed operator went out to 6 of 6, and nobody was told how it ended."""
    await town.people(6)
    campaign, node = await town.campaign(status), town.runner()
    await lapse(town, how)
    for _step in range(3):
        assert await node.run_once() == 0
    found = await town.again(campaign)
    assert (found.status, found.stopped_reason) == ("paused", "operator")
    assert await town.phones(campaign) == {}
    said = ["Campaign 1: paused (its operator may not send any more; RESUME 1 makes it yours)"]
    assert await town.told(ROOT) == said
    assert await town.told() == (said if how == "demoted" else [])  # whoever is still there to be told


async def test_a_campaign_pauses_between_its_pages(town: Town) -> None:
    """What was taken before the removal waits in the outbox, from which a paused campaign lets nothing go."""
    await town.people(PAGE + 7)
    campaign, node = await town.campaign(), town.runner()
    assert await node.run_once() == PAGE
    await lapse(town, "removed")
    assert await node.run_once() == 0
    (channel,) = await town.database.run(all_channels())
    claimed = await town.database.run(claim(channel, b"n" * 16, town.now_at, 1_000))
    assert [one for one in claimed if one.recipient not in (BOSS, ROOT)] == []
    assert (await town.again(campaign)).status == "paused"


@pytest.mark.parametrize("how", ["removed", "demoted"])
async def test_a_schedule_pauses_when_its_operator_may_not_send_any_more(town: Town, how: str) -> None:
    """The schedule of a removed operator went on for ever; now the first time after the removal pauses it, once."""
    await town.people(6)
    await town.database.run(add_schedule(daily(town, 9)))
    await lapse(town, how)
    town.now_at = NOW - NOW % DAY + DAY + 9 * HOUR
    nodes = [town.runner() for _node in range(3)]
    await asyncio.gather(*(node.run_once() for node in nodes))
    await asyncio.gather(*(node.run_once() for node in nodes))
    found = await town.database.run(find_schedule(WORKSPACE.id, 50))
    assert found is not None
    assert (found.status, await fired(town)) == ("paused", [])
    assert await town.told(ROOT) == [
        "Schedule 50 is paused: Ada may not send any more. RESUME 50 makes it yours, CANCEL 50 ends it."
    ]


async def test_a_campaign_from_another_system_has_no_operator(town: Town) -> None:
    """What was adopted goes on: it is every admin's."""
    await town.people(1)
    adopted = await town.campaign(operator_id=None)
    await lapse(town, "removed")
    await town.runner().run_once()
    assert (await town.again(adopted)).status == "running"
