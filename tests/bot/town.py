"""A workspace with campaigns and people in it, for the tests of the runner."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.actions.base import Desk, Rules
from bot.campaigns import CampaignRunner
from bot.house import House
from bot.tally import tally
from bot.texts import shipped_texts
from flows.schedules.rules import rule_document
from flows.schedules.values import Frequency, Pattern, Recurrence
from flows.values import DAY, HOUR, Key, MessageStatus, Operator, Transport, Workspace
from storage.campaigns.recipients import count_recipients
from storage.campaigns.rows import Campaign, add_campaign, find_campaign, latest_campaigns, move_campaign
from storage.channels import all_channels, save_channels, save_workspace
from storage.database import Database
from storage.keys import new_key
from storage.operators import save_operator
from storage.schedules import Schedule
from storage.schema import messages
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
        """Read a campaign again."""
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
        return {state: int(count) for state, count in (line.written("en").split(": ") for line in lines)}

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
        """Return what an operator was told."""
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
    """Return a workspace with a channel and one operator."""
    await database.run(save_workspace(WORKSPACE, NOW))
    await database.run(save_channels([("twilio", Transport.SMS, "+15550109999", 1_000.0)], WORKSPACE.id, NOW))
    operator = await database.run(save_operator(WORKSPACE.id, BOSS, "Ada", "admin", NOW))
    (channel,) = await database.run(all_channels())
    house = House(WORKSPACE, shipped_texts(), b"k")  # as after a start: nobody has texted yet
    return Town(database, house, operator, channel.id)


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
    """Return the campaigns of a schedule, oldest first."""
    found = await town.database.run(latest_campaigns(WORKSPACE.id))
    return sorted((one for one in found if one.schedule_id), key=lambda one: one.number)
