"""The order of the claim: one message on its way to a person at a time, however many nodes claim."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from flows.values import Purpose, Transport
from storage.channels import all_channels, save_channels
from storage.database import open_database
from storage.outbox.claim import in_flight_count
from storage.schema import contacts, messages
from tests.storage.scene import BO, CY, NODE, NOW, ON_POSTGRESQL, OTHER_NODE, WORKSPACE, Scene

CONFIRMATION, REPLY, CAMPAIGN = Purpose.CONFIRMATION, Purpose.REPLY, Purpose.CAMPAIGN


async def test_replies_leave_before_campaigns(scene: Scene) -> None:
    """Confirmations first, then replies, then campaigns; among equals the oldest."""
    people = [await scene.contact(f"+1555010{n:04}") for n in range(6)]
    wanted = (CAMPAIGN, REPLY, CONFIRMATION, CAMPAIGN, REPLY, CONFIRMATION)
    keys = [await scene.queue(one, purpose) for one, purpose in zip(people, wanted, strict=True)]
    assert await scene.claimed_ids(limit=5) == [keys[2], keys[5], keys[1], keys[4], keys[0]]
    assert await scene.claimed_ids() == [keys[3]]


async def test_one_in_flight_per_contact(scene: Scene) -> None:
    """The next message of a contact waits until the one before it has its outcome; others do not."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    first, second = await scene.queue(ada), await scene.queue(ada)
    others = await scene.queue(bo)
    assert await scene.claimed_ids() == [first, others]
    assert await scene.claim() == ()
    await scene.change(messages, first, status="sent")
    assert await scene.claimed_ids() == [second]


async def test_a_lane_is_a_channels(scene: Scene) -> None:
    """What is on its way to a person on one channel holds nothing back on another one."""
    wanted = ("twilio", Transport.WHATSAPP, "+15550109998", 1.0)
    await scene.database.run(save_channels([wanted], WORKSPACE.id, NOW))
    other = next(one for one in await scene.database.run(all_channels()) if one.id != scene.channel.id)
    ada = await scene.contact()
    first = await scene.queue(ada)
    second = await scene.queue(ada, channel_id=other.id)
    assert await scene.claimed_ids() == [first]
    assert [one.id for one in await Scene(scene.database, other).claim()] == [second]


async def test_an_unknown_outcome_holds_the_lane(scene: Scene) -> None:
    """Nobody knows whether the one before arrived: the next one waits, a confirmation does not."""
    ada = await scene.contact()
    lost = await scene.queue(ada, status="unknown")
    reply = await scene.queue(ada)
    assert await scene.claim() == ()
    confirmation = await scene.queue(ada, CONFIRMATION)
    assert await scene.claimed_ids() == [confirmation]
    await scene.change(messages, confirmation, status="sent")
    await scene.change(messages, lost, status="sent")
    assert await scene.claimed_ids() == [reply]


async def test_a_confirmation_waits_for_the_call_in_flight(scene: Scene) -> None:
    """The confirmation of a STOP is the last message: it does not overtake what is on the wire."""
    ada = await scene.contact()
    first = await scene.queue(ada)
    await scene.claim()
    confirmation = await scene.queue(ada, CONFIRMATION)
    assert await scene.claim() == ()
    await scene.change(messages, first, status="sent")
    assert await scene.claimed_ids() == [confirmation]


async def test_no_more_than_asked_for(scene: Scene) -> None:
    """A claim takes as much as can leave soon, and no more."""
    for n in range(5):
        await scene.queue(await scene.contact(f"+1555010{n:04}"))
    assert [len(await scene.claim(limit=2)) for _ in range(4)] == [2, 2, 1, 0]


async def test_two_nodes_claim_at_once(scene: Scene, migrated_url: str) -> None:
    """However many claim from the same rows, every row goes to one of them, once."""
    keys = [await scene.queue(await scene.contact(f"+1555010{n:04}")) for n in range(60)]
    second = Scene(await open_database(migrated_url), scene.channel)
    taken: list[bytes] = []
    for _ in range(30):
        claims = [one.claimed_ids(limit=4, node_id=node) for one, node in ((scene, NODE), (second, OTHER_NODE)) * 3]
        for found in await asyncio.gather(*claims):
            taken += found
    await second.database.close()
    assert sorted(taken) == sorted(keys)


async def test_two_nodes_and_one_lane(scene: Scene, migrated_url: str) -> None:
    """Two nodes that claim at once never have two messages to one person on the wire."""
    ada, bo, cy = await scene.contact(), await scene.contact(BO), await scene.contact(CY)
    for _ in range(4):
        for one in (ada, bo, cy):
            await scene.queue(one)
    second = Scene(await open_database(migrated_url), scene.channel)
    for _ in range(8):
        found = await asyncio.gather(*(one.claim(limit=2) for one in (scene, second) * 2))
        people = [claimed.contact_id for part in found for claimed in part]
        assert len(people) == len(set(people))
        for part in found:
            for claimed in part:
                await scene.change(messages, claimed.id, status="sent")
    await second.database.close()
    assert await scene.rows(messages, status="queued") == []


@ON_POSTGRESQL
async def test_a_batch_that_may_hold_a_stop(scene: Scene) -> None:
    """While a node has a contact's messages in hand, nothing to that contact is claimed; afterwards it is."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    first, others = await scene.queue(ada), await scene.queue(bo)
    async with scene.database.engine.begin() as connection:
        await connection.execute(select(contacts.c.id).where(contacts.c.id == ada.id).with_for_update())
        assert await scene.claimed_ids() == [others]
    assert await scene.claimed_ids() == [first]


async def test_calls_in_flight(scene: Scene) -> None:
    """Only calls that are on the wire count, of the contacts that were asked for, and confirmations do not."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    for status in ("queued", "sending", "unknown", "sent"):
        await scene.queue(ada, status=status)
    await scene.queue(ada, CONFIRMATION, status="sending")
    await scene.queue(bo, status="sending")
    assert await scene.database.run(in_flight_count((ada.id,))) == 1
    assert await scene.database.run(in_flight_count((ada.id, bo.id))) == 2
    assert await scene.database.run(in_flight_count(())) == 0
    assert await scene.database.run(in_flight_count((ada.id,) * 300)) == 2  # asked page by page
