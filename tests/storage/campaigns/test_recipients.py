"""Recipients: page by page, one message per phone, counted exactly."""

from __future__ import annotations

import pytest

from flows.errors import Conflict
from flows.values import MINUTE, Contact, Purpose
from storage.campaigns.recipients import Recipient, count_recipients, due_recipients, release, write_page
from storage.campaigns.rows import Campaign, find_campaign
from storage.keys import new_key
from storage.outbox.enqueue import Outgoing
from storage.schema import messages, recipients
from tests.storage.campaigns.made import campaign_of
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene


def letter(scene: Scene, campaign: Campaign, contact: Contact) -> Outgoing:
    """Make a message of a campaign."""
    return Outgoing(
        new_key(),
        WORKSPACE.id,
        scene.channel.id,
        contact.id,
        contact.address,
        campaign.text,
        1,
        "gsm7",
        Purpose.CAMPAIGN,
        campaign_id=campaign.id,
    )


async def queued(scene: Scene, campaign: Campaign, address: str = ADA) -> Recipient:
    """Make a recipient who gets the message now."""
    contact = await scene.contact(address)
    return Recipient(address, contact.id, letter(scene, campaign, contact))


async def again(scene: Scene, campaign: Campaign) -> Campaign:
    """Read a campaign anew."""
    found = await scene.database.run(find_campaign(WORKSPACE.id, campaign.number))
    assert found is not None
    return found


async def test_a_page(scene: Scene) -> None:
    """Who gets it now, who later and who not: each has a row, and only the first one a message."""
    campaign = await campaign_of(scene)
    ada, bo, cy = await queued(scene, campaign), await scene.contact(BO), await scene.contact(CY)
    page = [ada, Recipient(BO, bo.id, due_at=NOW + MINUTE), Recipient(CY, cy.id, reason="opted out")]
    assert await scene.database.run(write_page(campaign, page, cy.id, NOW, is_last=False)) == 3
    rows = await scene.rows(recipients)
    assert [(row["address"], row["status"], row["reason"], row["due_at"]) for row in rows] == [
        (ADA, "queued", None, None),
        (BO, "pending", None, NOW + MINUTE),
        (CY, "skipped", "opted out", None),
    ]
    assert ada.outgoing is not None
    row = await scene.row(messages)
    assert (row["id"], row["campaign_id"], row["status"]) == (ada.outgoing.id, campaign.id, "queued")
    moved = await again(scene, campaign)
    assert (moved.cursor, moved.expanded_at) == (cy.id, None)


async def test_the_last_page(scene: Scene) -> None:
    """The audience is taken; an empty last page leaves the place where it was."""
    campaign = await campaign_of(scene)
    ada = await queued(scene, campaign)
    await scene.database.run(write_page(campaign, [ada], ada.contact_id, NOW, is_last=False))
    second = await again(scene, campaign)
    assert await scene.database.run(write_page(second, [], None, NOW + 1, is_last=True)) == 0
    done = await again(scene, campaign)
    assert (done.cursor, done.expanded_at) == (ada.contact_id, NOW + 1)


async def test_a_phone_gets_it_once(scene: Scene) -> None:
    """The first contact of a phone counts, within a page and across pages."""
    campaign = await campaign_of(scene)
    first, twin = await queued(scene, campaign), await queued(scene, campaign)
    assert await scene.database.run(write_page(campaign, [first, twin], first.contact_id, NOW, is_last=False)) == 1
    second = await again(scene, campaign)
    page = [await queued(scene, campaign), await queued(scene, campaign, BO)]
    assert await scene.database.run(write_page(second, page, page[1].contact_id, NOW, is_last=True)) == 1
    assert first.outgoing is not None
    assert [row["address"] for row in await scene.rows(messages)] == [ADA, BO]
    assert (await scene.row(recipients, address=ADA))["message_id"] == first.outgoing.id


@pytest.mark.parametrize("status", ["paused", "cancelled"])
async def test_a_campaign_that_was_stopped(status: str, scene: Scene) -> None:
    """A page that comes after the stop is not written at all."""
    campaign = await campaign_of(scene, status)
    ada = await queued(scene, campaign)
    with pytest.raises(Conflict):
        await scene.database.run(write_page(campaign, [ada], ada.contact_id, NOW, is_last=True))
    with pytest.raises(Conflict):
        await scene.database.run(release(campaign, [ada], NOW))
    assert await scene.rows(recipients) == []
    assert await scene.rows(messages) == []


async def test_another_node_took_the_page(scene: Scene) -> None:
    """A page from where somebody else has been is not written."""
    campaign = await campaign_of(scene)
    ada, bo = await queued(scene, campaign), await queued(scene, campaign, BO)
    await scene.database.run(write_page(campaign, [ada], ada.contact_id, NOW, is_last=False))
    with pytest.raises(Conflict):
        await scene.database.run(write_page(campaign, [bo], bo.contact_id, NOW, is_last=False))
    assert [row["address"] for row in await scene.rows(recipients)] == [ADA]


async def test_their_own_time_comes(scene: Scene) -> None:
    """The pending are found when they are due, the earliest first, and get their message or the reason why not."""
    campaign = await campaign_of(scene)
    people = [await scene.contact(address) for address in (ADA, BO, CY)]
    page = [Recipient(one.address, one.id, due_at=NOW - place) for place, one in enumerate(people)]
    await scene.database.run(write_page(campaign, page, people[-1].id, NOW, is_last=True))
    assert await scene.database.run(due_recipients(campaign.id, NOW - 3, 10)) == ()
    assert await scene.database.run(due_recipients(campaign.id, NOW, 2)) == (page[2], page[1])
    released = [await queued(scene, campaign, CY), Recipient(BO, people[1].id, reason="opted out")]
    await scene.database.run(release(campaign, released, NOW))
    assert [row["status"] for row in await scene.rows(recipients)] == ["pending", "skipped", "queued"]
    assert (await scene.row(messages))["address"] == CY
    assert await scene.database.run(due_recipients(campaign.id, NOW, 10)) == (page[0],)


async def test_a_release_happens_once(scene: Scene) -> None:
    """A recipient whom another node released already takes the whole page back."""
    campaign = await campaign_of(scene)
    ada, bo = await scene.contact(), await scene.contact(BO)
    page = [Recipient(ADA, ada.id, due_at=NOW), Recipient(BO, bo.id, due_at=NOW)]
    await scene.database.run(write_page(campaign, page, bo.id, NOW, is_last=True))
    await scene.database.run(release(campaign, [await queued(scene, campaign)], NOW))
    with pytest.raises(Conflict):
        await scene.database.run(
            release(campaign, [await queued(scene, campaign, BO), await queued(scene, campaign)], NOW)
        )
    assert [row["status"] for row in await scene.rows(recipients)] == ["queued", "pending"]
    assert len(await scene.rows(messages)) == 1


async def test_the_counts_are_exact(scene: Scene) -> None:
    """Every recipient is counted once, by what became of the message or why there is none."""
    campaign, other = await campaign_of(scene), await campaign_of(scene)
    people = [await queued(scene, campaign, f"+1555010{n:04}") for n in range(10, 14)]
    skipped = Recipient(CY, (await scene.contact(CY)).id, reason="opted out")
    await scene.database.run(write_page(campaign, [*people, skipped], people[-1].contact_id, NOW, is_last=True))
    await scene.database.run(write_page(other, [await queued(scene, other)], None, NOW, is_last=True))
    assert people[0].outgoing is not None
    await scene.change(messages, people[0].outgoing.id, status="delivered")
    async with scene.database.read() as connection:
        counted = await count_recipients(connection, campaign.id)
    assert sorted(counted, key=str) == [
        ("queued", None, "delivered", 1),
        ("queued", None, "queued", 3),
        ("skipped", "opted out", None, 1),
    ]
