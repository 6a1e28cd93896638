"""Ceilings on what is sent: the sender, with a provider that keeps its own log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import func, insert, select

from bot.alarms import Alarms
from bot.house import House
from bot.list_lag import ListLag
from bot.sender import Sender
from bot.texts import shipped_texts
from flows.language.countries import read_countries
from flows.limits import Limits
from flows.values import PRIORITY, Purpose, Transport
from storage.channels import all_channels, save_channels
from storage.database import open_database
from storage.keys import new_key
from storage.operators import save_operator
from storage.outbox.spending import spent_on
from storage.schema import contacts, conversations, messages, opt_outs
from tests.bot.outbox import WORKSPACE, Outbox, open_outbox_on
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio_faults import ACCEPT_RESET, RESET_BEFORE, Fault, seeded, too_many

NOON = 1_795_003_200_000_000
"""Wednesday 18 November 2026, 12:00 UTC."""
TODAY, TEXT, CEILING, QUEUED = "2026-11-18", "News", 1_000, 5_000
ADMINS = ["+15550109001", "+15550109002"]
STEP_SECONDS = 11.0
"""The next look at a lost answer is at most so far away."""


@pytest.fixture
async def outbox(database_url: str) -> AsyncIterator[Outbox]:
    """Give an outbox of each engine at noon, whose channel has no pace, and two admins."""
    begun = time.monotonic_ns()
    async with FakeTwilio() as fake:
        fake.callbacks.statuses = ()
        fake.clock = lambda: NOON + (time.monotonic_ns() - begun) // 1_000
        async with open_outbox_on(database_url, fake, "simulator") as made:
            for place, phone in enumerate(ADMINS):
                await made.database.run(save_operator(WORKSPACE.id, phone, f"Admin {place}", "admin", NOON))
            yield made


def alarms(outbox: Outbox) -> Alarms:
    """Tell the admins as a service does."""
    return Alarms(outbox.database, House(WORKSPACE, shipped_texts(), b"k"), outbox.now_at)


async def queue(outbox: Outbox, count: int, purpose: Purpose = Purpose.REPLY) -> list[str]:
    """Queue a message of one segment each to so many people; gives their phones."""
    phones = [f"+1555{number:07}" for number in range(2_000_000, 2_000_000 + count)]
    stamps = {"workspace_id": WORKSPACE.id, "created_at": NOON, "updated_at": NOON}
    people = [{"id": new_key(), "address": one, "phone": one, "status": "active", **stamps} for one in phones]
    usual = {"channel_id": outbox.channel.id, "direction": "outbound", "status": "queued", "body": TEXT, "segments": 1}
    usual |= {"purpose": purpose.value, "priority": PRIORITY[purpose], **stamps}
    rows = [{"id": new_key(), "contact_id": one["id"], "address": one["address"], **usual} for one in people]
    async with outbox.database.engine.begin() as connection:
        await connection.execute(insert(contacts), people)
        await connection.execute(insert(messages), rows)
    return phones


async def count(outbox: Outbox, *statuses: str) -> int:
    """Count the messages in these states."""
    wanted = select(func.count()).where(messages.c.status.in_(statuses), messages.c.body == TEXT)
    return int((await outbox.rows(wanted))[0]["count_1"])


async def told(outbox: Outbox) -> list[int]:
    """Count the alarms to each admin."""
    alarm = select(messages.c.address).where(messages.c.body.contains("ceiling"), messages.c.status != "cancelled")
    found = [row["address"] for row in await outbox.rows(alarm)]
    return [found.count(phone) for phone in ADMINS]


async def elsewhere(outbox: Outbox) -> None:
    """Let the admins have written by another channel of the same side, so that they are answered there."""
    wanted = ("simulator", Transport.SMS, "+15550109998", 1.0)
    await outbox.database.run(save_channels([wanted], WORKSPACE.id, NOON))
    other = next(one for one in await outbox.database.run(all_channels()) if one.address == wanted[2])
    talks = [
        {"contact_id": await outbox.contact(phone), "channel_id": other.id, "workspace_id": WORKSPACE.id}
        | {"address": phone, "last_inbound_at": NOON}
        for phone in ADMINS
    ]
    async with outbox.database.engine.begin() as connection:
        await connection.execute(insert(conversations), talks)


def taken(outbox: Outbox) -> list[str]:
    """Give who got the text, by the provider's log."""
    return [one.recipient for one in outbox.fake.accepted if one.body == TEXT]


async def spent(outbox: Outbox, day: str = TODAY) -> int:
    """Read what the channel has sent on a day."""
    return (await outbox.database.run(spent_on(day))).get(outbox.channel.id, 0)


async def settle(outbox: Outbox, ceiling: int) -> None:
    """Let everything leave that may, while the clock goes on, until the ceiling is used up and nothing is in doubt."""
    async with asyncio.timeout(60):
        while await spent(outbox) < ceiling or await count(outbox, "sending", "unknown") or not all(await told(outbox)):
            await asyncio.sleep(0.2)
            outbox.ahead_seconds[0] += STEP_SECONDS
            await outbox.reconciler.run_once()


FAULTS: dict[str, dict[Fault, float]] = {
    "calm": {},
    "faults": {too_many("1"): 0.1, ACCEPT_RESET: 0.03, RESET_BEFORE: 0.02},
}


@pytest.mark.parametrize("faults", FAULTS)
async def test_exactly_the_ceiling(outbox: Outbox, database_url: str, faults: str) -> None:
    """Of 5,000 messages 1,000 leave, on however many nodes, whatever is refused or lost; each admin is told once."""
    outbox.fake.choose_fault = seeded(7, FAULTS[faults])
    await elsewhere(outbox)
    phones, limits = await queue(outbox, QUEUED), Limits(daily_segments=CEILING)
    async with AsyncExitStack() as stack:
        senders = [outbox.sender]
        if database_url.startswith("postgresql"):
            other = await open_database(database_url)
            stack.push_async_callback(other.close)
            pace = {"node_id": new_key(), "jitter": lambda: 0.5, "lag": ListLag()}
            senders.append(Sender(other, outbox.providers, outbox.now_at, **pace))  # type: ignore[arg-type]
            stack.push_async_callback(senders[1].stop)
        await asyncio.gather(*(sender.start(alarms(outbox), limits) for sender in senders))
        await settle(outbox, CEILING)
    got = taken(outbox)
    assert (len(got), len(set(got))) == (CEILING, CEILING)
    assert set(got) <= set(phones)
    assert await count(outbox, "queued") == QUEUED - CEILING
    assert await told(outbox) == [1, 1]
    assert await spent(outbox) == CEILING
    nodes = await outbox.rows(select(messages.c.node_id).where(messages.c.status == "sent").distinct())
    assert len(nodes) == len(senders)


async def test_midnight(outbox: Outbox) -> None:
    """What waits leaves when the organisation's day begins, and counts on that; nobody is told again of the old one."""
    await queue(outbox, 8)
    await outbox.sender.start(alarms(outbox), Limits(daily_segments=5, time_zone="America/New_York"))
    await settle(outbox, 5)
    assert len(taken(outbox)) == 5
    outbox.ahead_seconds[0] = 16 * 3_600  # 23:00 in New York
    await asyncio.sleep(0.3)
    outbox.sender.wake()
    await asyncio.sleep(0.3)
    assert len(taken(outbox)) == 5
    outbox.ahead_seconds[0] = 17 * 3_600
    outbox.sender.wake()
    await outbox.fake.wait_for_accepted(5 + 2 + 3)
    assert len(set(taken(outbox))) == 8
    assert await spent(outbox, "2026-11-19") == 3
    assert await told(outbox) == [1, 1]


async def test_a_stop_silences_the_alarm(outbox: Outbox) -> None:
    """An admin who opted out hears nothing; the other one does."""
    gone = {"workspace_id": WORKSPACE.id, "address": ADMINS[0], "scope": "all", "source": "keyword"}
    async with outbox.database.engine.begin() as connection:
        await connection.execute(insert(opt_outs).values(**gone, opted_out_at=NOON))
    await queue(outbox, 2)
    await outbox.sender.start(alarms(outbox), Limits(daily_segments=1))
    await outbox.fake.wait_for_accepted(2)
    await outbox.reconciler.run_once()
    assert await told(outbox) == [0, 1]
    assert [one.recipient for one in outbox.fake.accepted[1:]] == ADMINS[1:]


async def test_other_countries(outbox: Outbox) -> None:
    """A message that waits for a phone of another country is not sent, and counts nothing; a confirmation leaves."""
    ours, theirs = "+12125550102", "+14165550104"
    stranger, friend = await outbox.contact(theirs), await outbox.contact(ours)
    barred = await outbox.queue(stranger, "reply", address=theirs)
    left = [
        await outbox.queue(stranger, "stopped", Purpose.CONFIRMATION, address=theirs),
        await outbox.queue(friend, "reply", address=ours),
    ]
    limits = Limits(daily_segments=9, countries=read_countries(["US"]))
    await outbox.sender.start(alarms(outbox), limits)
    for key in left:
        await outbox.until(key, "sent")
    assert (await outbox.until(barred, "cancelled"))["error_text"] == "country"
    assert sorted(one.body for one in outbox.fake.accepted) == ["reply", "stopped"]
    assert await spent(outbox) == 2


async def test_no_limits(outbox: Outbox) -> None:
    """Nothing set, nothing counted."""
    await queue(outbox, 3)
    await outbox.sender.start()
    await outbox.fake.wait_for_accepted(3)
    assert await outbox.database.run(spent_on(TODAY)) == {}
