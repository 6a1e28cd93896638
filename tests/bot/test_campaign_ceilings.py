"""Campaigns under the ceilings: of a day, of a campaign, and where they go at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.actions.base import Call, Desk, Rules, refused
from bot.actions.sending import retry
from bot.alarms import Alarms
from bot.campaigns import CampaignRunner
from bot.house import House
from bot.texts import shipped_texts
from flows.effects import Template
from flows.language.countries import read_countries
from flows.limits import Limits
from flows.values import DAY, HOUR, MessageStatus, Transport
from storage.campaigns.rows import Campaign
from storage.channels import all_channels, save_channels, save_workspace
from storage.commands import CommandRow
from storage.database import Database
from storage.keys import new_key
from storage.operators import save_operator
from storage.outbox.outcome import Outcome, record
from storage.outbox.spending import claim_within
from storage.schedules import add_schedule
from storage.schema import contacts, messages, recipients
from tests.bot.town import BOSS, NOW, WORKSPACE, Town, daily, fired

PEOPLE, CEILING = 30, 12
OVER = "30 SMS segments, ROLLCALL_CAMPAIGN_SEGMENTS allows 29"


@pytest.fixture
async def town(database: Database) -> Town:
    """Give a workspace with a channel, one operator and some people."""
    await database.run(save_workspace(WORKSPACE, NOW))
    await database.run(save_channels([("twilio", Transport.SMS, "+15550109999", 1_000.0)], WORKSPACE.id, NOW))
    operator = await database.run(save_operator(WORKSPACE.id, BOSS, "Ada", "admin", NOW))
    (channel,) = await database.run(all_channels())
    made = Town(database, House(WORKSPACE, shipped_texts(), b"k"), operator, channel.id)
    await made.people(PEOPLE)
    return made


def node(town: Town, **limits: Any) -> CampaignRunner:
    """Start a node with limits."""
    town.house = replace(town.house, limits=Limits(**limits))
    return town.runner()


async def send(town: Town) -> None:
    """Let everything leave that the day's ceiling lets out, as the sender does."""
    (channel,) = await town.database.run(all_channels())
    ceiling = town.house.limits.ceiling(town.now_at)
    assert ceiling is not None
    while True:
        taken = await town.database.run(claim_within(channel, b"n" * 16, town.now_at, 100, ceiling))
        if taken.is_news:
            await Alarms(town.database, town.house, lambda: town.now_at).ceiling_reached(channel, ceiling)
        elif not taken.messages:
            return
        outcomes = [Outcome(one, "twilio", f"SM{one.id.hex()}") for one in taken.messages]
        await town.database.run(record(outcomes, town.now_at, lambda _receipt: None))


async def sent(town: Town, campaign: Campaign) -> Counter[str]:
    """Count what each phone got of a campaign."""
    async with town.database.read() as connection:
        rows = await connection.execute(
            select(messages.c.address).where(messages.c.campaign_id == campaign.id, messages.c.status == "sent")
        )
        return Counter(row[0] for row in rows)


async def step(town: Town, runner: CampaignRunner) -> None:
    """Let campaigns and sender work until nothing moves."""
    for _round in range(4):
        await runner.run_once()
        await send(town)


async def test_a_day_that_is_used_up_pauses(town: Town) -> None:
    """As many leave as may, the operator hears it; RESUME the next day reaches everybody else, and nobody twice."""
    campaign, runner = await town.campaign(command_id=None), node(town, daily_segments=CEILING)
    await step(town, runner)
    held = await town.again(campaign)
    assert (held.status, held.stopped_reason) == ("paused", "ceiling")
    assert (await sent(town, campaign)).total() == CEILING
    assert await town.tally(campaign) == {"pending": PEOPLE - CEILING, "sent": CEILING}
    alarm, report = await town.told()
    assert alarm.startswith("+15550109999 has reached the ceiling of 12 SMS segments a day")
    assert report.startswith("Campaign 1: paused (ceiling)")
    for day in (1, 2, 3):
        town.now_at = NOW + day * DAY
        await town.move(campaign, "running")
        await step(town, runner)
    assert (await town.again(campaign)).status == "completed"
    got = await sent(town, campaign)
    assert (len(got), set(got.values())) == (PEOPLE, {1})


async def test_resume_on_the_same_day(town: Town) -> None:
    """It is paused again, and not one message more leaves."""
    campaign, runner = await town.campaign(), node(town, daily_segments=CEILING)
    await step(town, runner)
    await town.move(campaign, "running")
    await step(town, runner)
    assert (await town.again(campaign)).status == "paused"
    assert (await sent(town, campaign)).total() == CEILING


async def test_a_ceiling_that_is_raised(town: Town) -> None:
    """After RESUME the campaign goes on the same day."""
    campaign = await town.campaign()
    await step(town, node(town, daily_segments=CEILING))
    await town.move(campaign, "running")
    await step(town, node(town, daily_segments=1_000))
    assert (await town.again(campaign)).status == "completed"
    assert (await sent(town, campaign)).total() == PEOPLE


async def test_what_leaves_elsewhere_goes_on(town: Town) -> None:
    """A campaign with nothing that waits on the full channel is not paused."""
    blocked, runner = await town.campaign(), node(town, daily_segments=CEILING)
    await step(town, runner)
    assert (await town.again(blocked)).status == "paused"
    await town.database.run(save_channels([("meta", Transport.SMS, "+15550109998", 1.0)], WORKSPACE.id, NOW))
    other = next(one for one in await town.database.run(all_channels()) if one.provider == "meta")
    free = await town.campaign(channel_id=other.id)
    await town.finish(free, runner)
    assert await town.tally(free) == {"sent": PEOPLE}


async def test_an_audience_that_has_grown(town: Town) -> None:
    """What takes more than a campaign may is paused and reported when its time comes, also after RESUME."""
    campaign, runner = await town.campaign("scheduled"), node(town, campaign_segments=PEOPLE - 1)
    for place in (1, 2):
        await runner.run_once()
        await runner.run_once()
        held = await town.again(campaign)
        assert (held.status, held.stopped_reason) == ("paused", OVER)
        assert await town.tally(campaign) == {}
        assert await town.told() == [f"Campaign 1: paused ({OVER})"] * place
        await town.move(campaign, "running")
    await town.finish(campaign, node(town, campaign_segments=PEOPLE))
    assert await town.tally(campaign) == {"sent": PEOPLE}


async def test_every_occurrence_is_counted(town: Town) -> None:
    """A campaign of a schedule is held to the ceiling by what its audience takes at its own time."""
    await town.database.run(add_schedule(daily(town, 9)))
    runner = node(town, campaign_segments=PEOPLE)
    for day in (1, 2):
        town.now_at = NOW - NOW % DAY + day * DAY + 9 * HOUR
        await runner.run_once()
        await runner.run_once()
        await town.set(MessageStatus.SENT, (await fired(town))[-1])
        await runner.run_once()
        runner = node(town, campaign_segments=PEOPLE - 1)
    assert [(one.status, one.stopped_reason) for one in await fired(town)] == [("completed", None), ("paused", OVER)]


async def test_under_way_it_is_not_counted_again(town: Town) -> None:
    """Who has begun may end: the ceiling is for what begins."""
    campaign = await town.campaign()
    await node(town).run_once()
    await town.finish(campaign, node(town, campaign_segments=1))
    assert await town.tally(campaign) == {"sent": PEOPLE}


async def test_a_retry_is_held_to_it_too(town: Town) -> None:
    """RETRY is refused, as BLAST and SCHEDULE are, with the count and the setting."""
    campaign = await town.campaign()
    await node(town).run_once()
    await town.set(MessageStatus.FAILED, campaign, error_code="30003")
    await town.move(campaign, "completed")
    desk = Desk(town.database, replace(town.house, limits=Limits(campaign_segments=PEOPLE - 1)), Rules())
    asked = CommandRow(new_key(), WORKSPACE.id, town.operator.id, BOSS, "RETRY", "RETRY 1", created_at=NOW)
    asked = replace(asked, arguments={"number": 1}, channel_id=town.channel_id)
    done = await retry(Call(desk, asked, town.operator, NOW))
    assert done == refused(Template("operator_over_ceiling", {"segments": PEOPLE, "limit": PEOPLE - 1}))


async def test_other_countries(town: Town) -> None:
    """Who has a phone of another country is skipped, and the row says why."""
    async with town.database.engine.begin() as connection:
        moved = update(contacts).where(contacts.c.address == "+15552000003")
        await connection.execute(moved.values(address="+442079460103", phone="+442079460103"))
    campaign, runner = await town.campaign(), node(town, countries=read_countries(["US"]))
    await town.finish(campaign, runner)
    assert await town.tally(campaign) == {"sent": PEOPLE - 1, "skipped": 1}
    async with town.database.read() as connection:
        rows = await connection.execute(
            select(recipients.c.address, recipients.c.reason).where(recipients.c.status == "skipped")
        )
        assert [tuple(row) for row in rows] == [("+442079460103", "in other countries")]
