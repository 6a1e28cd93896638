"""Messages that no turn made."""

from __future__ import annotations

import pytest

from flows.values import MINUTE, PRIORITY, Purpose
from storage.keys import new_key
from storage.outbox.enqueue import Outgoing, enqueue
from storage.schema import messages
from tests.storage.campaigns.made import campaign_of
from tests.storage.scene import ADA, NOW, WORKSPACE, Scene


async def test_everything_is_queued(scene: Scene) -> None:
    """The message waits with all that the claim and the call need."""
    ada = await scene.contact()
    key, parent, campaign = new_key(), new_key(), (await campaign_of(scene)).id
    outgoing = Outgoing(
        key,
        WORKSPACE.id,
        scene.channel.id,
        ada.id,
        ADA,
        "Hi",
        2,
        "ucs2",
        Purpose.CAMPAIGN,
        reply_to_id=parent,
        campaign_id=campaign,
        not_before_at=NOW,
        not_after_at=NOW + MINUTE,
        media_url="https://example.org/1.jpg",
    )
    await scene.database.run(enqueue([outgoing], NOW))
    row = await scene.row(messages)
    assert (row["direction"], row["status"], row["encoding"], row["created_at"]) == ("outbound", "queued", "ucs2", NOW)
    assert (row["reply_to_id"], row["campaign_id"], row["not_before_at"]) == (parent, campaign, NOW)
    (claimed,) = await scene.claim()
    assert (claimed.id, claimed.body, claimed.purpose, claimed.segments) == (key, "Hi", Purpose.CAMPAIGN, 2)
    assert (claimed.not_after_at, claimed.media_urls) == (NOW + MINUTE, ("https://example.org/1.jpg",))


@pytest.mark.parametrize(
    ("purpose", "priority"), [(Purpose.CONFIRMATION, 0), (Purpose.REPLY, 1), (Purpose.CAMPAIGN, 2)]
)
async def test_priorities(purpose: Purpose, priority: int, scene: Scene) -> None:
    """The purpose says what leaves first."""
    ada = await scene.contact()
    one = Outgoing(new_key(), WORKSPACE.id, scene.channel.id, ada.id, ADA, "Hi", 1, "gsm7", purpose)
    await scene.database.run(enqueue([one], NOW))
    row = await scene.row(messages)
    assert (row["priority"], row["extras"]) == (PRIORITY[purpose], None)
