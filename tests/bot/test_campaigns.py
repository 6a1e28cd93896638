"""The runner of campaigns on both databases: page by page, on several nodes, through stops, faults and moved clocks."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import delete, func, select, update

from bot.campaigns import AHEAD, PAGE
from flows.values import DAY, HOUR, MINUTE, MessageStatus
from storage.channels import all_channels
from storage.outbox.claim import claim
from storage.schedules import add_schedule, find_schedule
from storage.schema import contacts, messages, recipients
from tests.bot.town import NOW, WORKSPACE, Town, daily, fired


async def test_each_phone_once_on_three_nodes(town: Town) -> None:
    """Three nodes work on one campaign at the same time: everybody is a recipient once and gets one message."""
    await town.people(1_730)
    campaign = await town.campaign()
    nodes = [town.runner() for _node in range(3)]
    for _round in range(60):
        await asyncio.gather(*(node.run_once() for node in nodes))
        await town.set(MessageStatus.SENT, campaign)
        if (await town.again(campaign)).status == "completed":
            break
    phones = await town.phones(campaign)
    assert (len(phones), set(phones.values())) == (1_730, {1})
    assert await town.tally(campaign) == {"sent": 1_730}
    assert await town.told() == ["Campaign 1: completed\nsent: 1730"]


async def test_the_sum_is_the_total_at_every_moment(town: Town) -> None:
    """After each step the states add up to the recipients taken so far; the outbox never holds more than its bound."""
    await town.people(3 * PAGE + 20)
    campaign, node = await town.campaign(), town.runner(error_budget_percent=0)
    for step in range(1, 40):
        await node.run_once()
        async with town.database.read() as connection:
            taken = (await connection.execute(select(func.count()).select_from(recipients))).scalar_one()
        states = await town.tally(campaign)
        assert sum(states.values()) == taken
        assert states.get("queued", 0) < AHEAD + PAGE
        await town.set(MessageStatus.DELIVERED if step % 2 else MessageStatus.FAILED, campaign, 300, error_code="30003")
        if (await town.again(campaign)).status == "completed":
            break
    assert sum((await town.tally(campaign)).values()) == 3 * PAGE + 20


async def test_a_node_that_dies_between_pages(town: Town) -> None:
    """Another one goes on behind the last page that was written."""
    await town.people(PAGE + 7)
    campaign = await town.campaign()
    assert await town.runner().run_once() == PAGE
    await town.finish(campaign, town.runner())
    phones = await town.phones(campaign)
    assert (len(phones), set(phones.values())) == (PAGE + 7, {1})


async def test_a_pause_holds_at_once_and_a_resume_goes_on(town: Town) -> None:
    """Of what waits not one message can be claimed, and no page more is taken; then nobody is left out or doubled."""
    await town.people(PAGE + 7)
    campaign, node = await town.campaign(), town.runner()
    (channel,) = await town.database.run(all_channels())
    await node.run_once()
    await town.move(campaign, "paused")
    assert await town.database.run(claim(channel, b"n" * 16, town.now_at, 100)) == ()
    assert await node.run_once() == 0
    await town.move(campaign, "running")
    assert len(await town.database.run(claim(channel, b"n" * 16, town.now_at, 10))) == 10
    async with town.database.engine.begin() as connection:
        await connection.execute(update(messages).where(messages.c.status == "sending").values(status="sent"))
    await town.finish(campaign, node)
    assert await town.tally(campaign) == {"sent": PAGE + 7}


async def test_the_error_budget(town: Town) -> None:
    """More than a fifth of the last 200 failing for good holds the campaign and tells the operator; RESUME goes on."""
    await town.people(600)
    campaign, node = await town.campaign(), town.runner(error_budget_percent=20)
    await node.run_once()
    await town.set(MessageStatus.SENT, campaign, 158)
    await town.set(MessageStatus.FAILED, campaign, 42)
    await node.run_once()
    held = await town.again(campaign)
    assert (held.status, held.stopped_reason) == ("paused", "errors")
    assert (await town.told())[0].startswith("Campaign 1: paused (errors)")


async def test_errors_within_the_budget(town: Town) -> None:
    """Exactly a fifth is borne."""
    await town.people(600)
    campaign, node = await town.campaign(), town.runner(error_budget_percent=20)
    await node.run_once()
    await town.set(MessageStatus.SENT, campaign, 160)
    await town.set(MessageStatus.FAILED, campaign, 40)
    await node.run_once()
    assert (await town.again(campaign)).status == "running"


async def test_a_campaign_that_cannot_go_on_holds_no_other_up(town: Town) -> None:
    """Its group is gone: it fails with the reason, and the next campaign runs."""
    await town.people(3)
    broken, fine = await town.campaign(audience="#gone"), await town.campaign()
    await town.finish(fine, town.runner())
    assert (await town.again(broken)).status == "failed"
    assert await town.tally(fine) == {"sent": 3}
    assert "Campaign 1: failed (There is no group 'gone'." in (await town.told())[0]


async def test_what_is_too_late_expires(town: Town) -> None:
    """A campaign whose time is over by more than the lag is not sent, and the operator hears it; one within it is."""
    await town.people(3)
    late = await town.campaign("scheduled", not_after_at=NOW - 1)
    soon = await town.campaign("scheduled", due_at=NOW - MINUTE)
    await town.finish(soon, town.runner())
    assert (await town.again(late)).status == "expired"
    assert await town.tally(late) == {}
    assert (await town.told())[0] == "Campaign 1: expired (late)"
    assert await town.tally(soon) == {"sent": 3}


async def test_quiet_hours_come_again_before_a_recipient_is_released(town: Town) -> None:
    """Who was due after the night but is looked at in the next night waits for the next morning; nothing spins."""
    await town.people(2)
    town.now_at = NOW + 12 * HOUR  # 23:06 UTC
    campaign, node = await town.campaign(), town.runner(quiet_hours="21:00-08:00")
    async with town.database.engine.begin() as connection:
        await connection.execute(update(contacts).values(time_zone="UTC"))
    await node.run_once()
    assert await town.tally(campaign) == {"pending": 2}
    town.now_at += DAY
    assert await node.run_once() == 2
    assert await node.run_once() == 0
    assert await town.tally(campaign) == {"pending": 2}
    town.now_at += 10 * HOUR
    await town.finish(campaign, node)
    assert await town.tally(campaign) == {"sent": 2}


async def test_who_is_gone_before_the_time_comes(town: Town) -> None:
    """A contact that is deleted while it waits for its own time is skipped, and the campaign ends."""
    await town.people(2)
    town.now_at = NOW + 12 * HOUR
    campaign, node = await town.campaign(), town.runner(quiet_hours="21:00-08:00")
    async with town.database.engine.begin() as connection:
        await connection.execute(update(contacts).values(time_zone="UTC"))
    await node.run_once()
    async with town.database.engine.begin() as connection:
        await connection.execute(delete(contacts).where(contacts.c.address == "+15552000000"))
    town.now_at += 12 * HOUR
    await town.finish(campaign, node)
    assert await town.tally(campaign) == {"sent": 1, "skipped": 1}


async def test_a_schedule_fires_once_on_three_nodes_and_through_jumps_of_the_clock(town: Town) -> None:
    """However many nodes look and however the clock jumps back, each local time makes one campaign."""
    await town.people(1)
    await town.database.run(add_schedule(daily(town, 9)))
    nodes = [town.runner() for _node in range(3)]
    town.now_at = NOW - NOW % DAY + DAY + 9 * HOUR
    await asyncio.gather(*(node.run_once() for node in nodes))
    town.now_at -= 3 * HOUR  # the clock is set back
    await asyncio.gather(*(node.run_once() for node in nodes))
    town.now_at += 3 * HOUR + MINUTE
    await asyncio.gather(*(town.runner().run_once() for _node in range(3)))
    assert len(await fired(town)) == 1
    town.now_at += DAY
    await asyncio.gather(*(node.run_once() for node in nodes))
    assert len(await fired(town)) == 2


async def test_a_long_absence_makes_one_campaign_that_expires(town: Town) -> None:
    """Nothing is made up for: after a week away one run says that it was late, and the next is in time."""
    await town.people(1)
    await town.database.run(add_schedule(daily(town, 9)))
    node = town.runner()
    town.now_at = NOW - NOW % DAY + 8 * DAY + 12 * HOUR
    for _step in range(3):
        await node.run_once()
    assert [one.status for one in await fired(town)] == ["expired"]
    town.now_at += 21 * HOUR
    for _step in range(2):
        await node.run_once()
    assert [one.status for one in await fired(town)] == ["expired", "running"]


async def test_a_schedule_with_an_end_ends(town: Town) -> None:
    """After its last time it is over."""
    await town.people(1)
    made = daily(town, 9)
    rule = {**made.rule, "count": 2}
    await town.database.run(add_schedule(replace(made, rule=rule)))
    node = town.runner()
    for day in range(1, 5):
        town.now_at = NOW - NOW % DAY + day * DAY + 9 * HOUR
        await node.run_once()
    found = await town.database.run(find_schedule(WORKSPACE.id, 50))
    assert found is not None
    assert (found.status, len(await fired(town))) == ("ended", 1)
