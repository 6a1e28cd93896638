"""The runner of campaigns on both databases: page by page, on several nodes, through stops, faults and moved clocks."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from bot.actions.base import Desk, Rules
from bot.campaigns import AHEAD, PAGE, CampaignRunner
from bot.house import House
from bot.tally import tally
from bot.texts import shipped_texts
from flows.schedules.rules import rule_document
from flows.schedules.values import Frequency, Pattern, Recurrence
from flows.values import DAY, HOUR, MINUTE, Key, MessageStatus, Operator, Transport, Workspace
from storage.campaigns.recipients import count_recipients
from storage.campaigns.rows import Campaign, add_campaign, find_campaign, latest_campaigns, move_campaign
from storage.channels import all_channels, save_channels, save_workspace
from storage.database import Database
from storage.keys import new_key
from storage.operators import remove_operator, save_operator
from storage.outbox.claim import claim
from storage.schedules import Schedule, add_schedule, find_schedule
from storage.schema import contacts, messages, recipients
from tests.people import settle_people

NOW = 1_795_000_000_000_000
"""Wednesday 18 November 2026, 11:06:40 UTC."""
WORKSPACE = Workspace(id=b"w" * 16, name="Harbor Choir")
BOSS = "+15550109001"


@dataclass(slots=True)
class Town:
    """A workspace with people in it, nodes that run its campaigns, and a clock that the test moves."""

    database: Database
    house: House
    operator: Operator
    channel_id: Key
    now_at: int = NOW
    numbers: int = 0
    runners: list[CampaignRunner] = field(default_factory=list)

    def runner(self, **rules: Any) -> CampaignRunner:
        """Start another node."""
        desk = Desk(self.database, self.house, Rules(**{"quiet_hours": "none", **rules}))
        return CampaignRunner(desk, lambda: self.now_at)

    async def people(self, count: int) -> None:
        """Put so many people into the community."""
        await settle_people(self.database.engine, count)

    async def campaign(self, status: str = "running", **others: Any) -> Campaign:
        """Set a campaign up."""
        self.numbers += 1
        usual: dict[str, Any] = {
            "id": new_key(),
            "workspace_id": WORKSPACE.id,
            "number": self.numbers,
            "text": "Rehearsal at six",
            "audience": "community",
            "channel_id": self.channel_id,
            "status": status,
            "time_zone": "UTC",
            "operator_id": self.operator.id,
            "due_at": NOW,
            "not_after_at": NOW + HOUR,
            "created_at": NOW,
        }
        made = Campaign(**{**usual, **others})
        await self.database.run(add_campaign(made))
        return made

    async def again(self, campaign: Campaign) -> Campaign:
        """Read a campaign anew."""
        found = await self.database.run(find_campaign(WORKSPACE.id, campaign.number))
        assert found is not None
        return found

    async def move(self, campaign: Campaign, status: str) -> None:
        """Change a campaign as an operator would."""
        moved = replace(await self.again(campaign), status=status)
        assert await self.database.run(move_campaign(moved, (await self.again(campaign)).status, self.now_at))

    async def set(self, status: MessageStatus, campaign: Campaign, limit: int = 1_000_000, **others: Any) -> int:
        """Let messages of a campaign that wait come to a status."""
        chosen = (
            select(messages.c.id)
            .where(messages.c.campaign_id == campaign.id, messages.c.status == "queued")
            .limit(limit)
        )
        async with self.database.engine.begin() as connection:
            changed = await connection.execute(
                update(messages)
                .where(messages.c.id.in_(chosen.scalar_subquery()))
                .values(status=status.value, **others)
            )
        return changed.rowcount

    async def tally(self, campaign: Campaign) -> dict[str, int]:
        """Count the recipients by what became of them."""
        async with self.database.read() as connection:
            lines = tally(await count_recipients(connection, campaign.id))
        return {state: int(count) for state, count in (line.split(": ") for line in lines)}

    async def phones(self, campaign: Campaign) -> Counter[str]:
        """Count the messages of a campaign by phone."""
        async with self.database.read() as connection:
            rows = await connection.execute(
                select(messages.c.address, func.count())
                .where(messages.c.campaign_id == campaign.id)
                .group_by(messages.c.address)
            )
            return Counter({row[0]: row[1] for row in rows})

    async def told(self, phone: str = BOSS) -> list[str]:
        """Give what an operator was told."""
        async with self.database.read() as connection:
            rows = await connection.execute(
                select(messages.c.body).where(messages.c.address == phone).order_by(messages.c.id)
            )
            return [row[0] for row in rows]

    async def finish(self, campaign: Campaign, *runners: CampaignRunner) -> None:
        """Let everything leave until the campaign is over."""
        for _round in range(100):
            for runner in runners:
                await runner.run_once()
            await self.set(MessageStatus.SENT, campaign)
            if (await self.again(campaign)).status != "running":
                return
        raise AssertionError("the campaign does not end")


@pytest.fixture
async def town(database: Database) -> Town:
    """Give a workspace with a channel and one operator."""
    await database.run(save_workspace(WORKSPACE, NOW))
    await database.run(save_channels([("twilio", Transport.SMS, "+15550109999", 1_000.0)], WORKSPACE.id, NOW))
    operator = await database.run(save_operator(WORKSPACE.id, BOSS, "Ada", "admin", NOW))
    (channel,) = await database.run(all_channels())
    house = House(WORKSPACE, shipped_texts(), b"k")  # as after a start: nobody has texted yet
    return Town(database, house, operator, channel.id)


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


def daily(town: Town, hour: int) -> Schedule:
    """Make a schedule: every day at an hour."""
    rule = Recurrence(Pattern(Frequency.DAILY), (time(hour),), datetime(2026, 11, 18))  # noqa: DTZ001 local
    return Schedule(
        id=new_key(),
        workspace_id=WORKSPACE.id,
        number=50,
        text="Good morning",
        audience="community",
        channel_id=town.channel_id,
        rule=rule_document(rule),
        time_zone="UTC",
        operator_id=town.operator.id,
        next_due_at=NOW - NOW % DAY + DAY + hour * HOUR,
        created_at=NOW,
    )


async def fired(town: Town) -> list[Campaign]:
    """Give the campaigns of a schedule, oldest first."""
    found = await town.database.run(latest_campaigns(WORKSPACE.id))
    return sorted((one for one in found if one.schedule_id), key=lambda one: one.number)


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
