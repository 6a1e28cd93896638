"""Whom RETRY writes to."""

from __future__ import annotations

import pytest

from flows.values import Key, Purpose
from storage.campaigns.facts import facts_page
from storage.campaigns.retrying import retry_condition
from storage.campaigns.rows import Campaign
from storage.schema import contacts, recipients
from tests.storage.campaigns.made import campaign_of
from tests.storage.scene import ADA, BO, NOW, WORKSPACE, Scene

LASTING = frozenset({"21610", "30006"})


async def reach(
    scene: Scene, campaign: Campaign, status: str | None, code: str | None = None, address: str = ADA
) -> Key:
    """Let a campaign have a message to somebody in a status; None: still pending."""
    person = await scene.contact(address)
    message_id = None
    if status is not None:
        others = {"campaign_id": campaign.id, "status": status, "error_code": code}
        message_id = await scene.queue(person, Purpose.CAMPAIGN, **others)
    values = {"campaign_id": campaign.id, "address": address, "contact_id": person.id, "message_id": message_id}
    await scene.insert(recipients, **values, status="queued" if message_id else "pending")
    return person.id


async def chosen(scene: Scene, number: int, but: int | None = None) -> list[Key]:
    """Pick those to write to again."""
    async with scene.database.read() as connection:
        condition = retry_condition(WORKSPACE.id, number, LASTING, but)
        return [one.id for one in await facts_page(connection, WORKSPACE.id, condition, None, 10)]


@pytest.mark.parametrize(
    ("status", "code", "is_chosen"),
    [
        ("failed", "30003", True),
        ("undelivered", None, True),
        ("expired", None, True),
        ("failed", "30006", False),
        ("undelivered", "21610", False),
        ("unknown", None, False),
        ("cancelled", None, False),
        ("sent", None, False),
        ("delivered", None, False),
        (None, None, False),
    ],
)
async def test_only_what_failed_for_a_passing_reason(
    scene: Scene, status: str | None, code: str | None, is_chosen: bool
) -> None:
    """Never what may have arrived, was taken back, or failed for good."""
    campaign = await campaign_of(scene, "completed")
    person = await reach(scene, campaign, status, code)
    assert await chosen(scene, campaign.number) == ([person] if is_chosen else [])


@pytest.mark.parametrize(
    ("status", "is_chosen"),
    [("sent", False), ("queued", False), ("unknown", False), (None, False), ("undelivered", True)],
)
async def test_nobody_gets_it_twice(scene: Scene, status: str | None, is_chosen: bool) -> None:
    """Another retry that reached somebody, or may yet, counts; one that failed in the same way does not."""
    campaign = await campaign_of(scene, "completed")
    person = await reach(scene, campaign, "failed", "30003")
    again = await campaign_of(scene, "completed", retry_of=campaign.number)
    await reach(scene, again, status)
    assert await chosen(scene, campaign.number) == ([person] if is_chosen else [])
    assert await chosen(scene, campaign.number, again.number) == [person]


async def test_others_are_not_ours(scene: Scene) -> None:
    """Other campaigns' failures, deleted people and other workspaces are left out."""
    campaign, other = await campaign_of(scene, "completed"), await campaign_of(scene, "completed")
    await reach(scene, campaign, "failed", "30003")
    await reach(scene, other, "failed", "30003", BO)
    assert len(await chosen(scene, campaign.number)) == 1
    await scene.change(contacts, (await scene.contact()).id, deleted_at=NOW)
    assert await chosen(scene, campaign.number) == []
