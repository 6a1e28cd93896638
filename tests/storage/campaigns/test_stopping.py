"""What a cancelled campaign takes back."""

from __future__ import annotations

from typing import Any

from flows.values import MINUTE, Purpose
from storage.campaigns.recipients import Recipient, due_recipients, write_page
from storage.campaigns.stopping import postpone, take_back
from storage.keys import new_key
from storage.outbox.enqueue import Outgoing
from storage.schema import messages, recipients
from tests.storage.campaigns.made import campaign_of
from tests.storage.scene import ADA, BO, NOW, WORKSPACE, Scene


async def test_what_has_not_left_is_taken_back(scene: Scene) -> None:
    """Queued messages of this campaign are cancelled; what has left, and everybody else's, stays."""
    ada, ours, theirs = await scene.contact(), new_key(), new_key()
    waiting = await scene.queue(ada, Purpose.CAMPAIGN, campaign_id=ours)
    left = await scene.queue(ada, Purpose.CAMPAIGN, campaign_id=ours, status="sent")
    others = await scene.queue(ada, Purpose.CAMPAIGN, campaign_id=theirs)
    assert await scene.database.run(take_back(ours, NOW + MINUTE)) == 1
    assert await scene.statuses(waiting, left, others) == ["cancelled", "sent", "queued"]
    row = await scene.row(messages, id=waiting)
    assert (row["error_text"], row["updated_at"]) == ("campaign cancelled", NOW + MINUTE)


async def test_a_campaign_that_waits_keeps_its_recipients(scene: Scene) -> None:
    """Whose message waits is pending again and will get another one; whose message has left is done with."""
    campaign = await campaign_of(scene)
    page = []
    for phone in (ADA, BO):
        contact = await scene.contact(phone)
        usual: dict[str, Any] = {"workspace_id": WORKSPACE.id, "channel_id": scene.channel.id, "contact_id": contact.id}
        outgoing = Outgoing(
            new_key(), **usual, address=phone, body="Hi", segments=1, encoding="GSM-7", campaign_id=campaign.id
        )
        page.append(Recipient(phone, contact.id, outgoing))
    await scene.database.run(write_page(campaign, page, None, NOW, is_last=True))
    left, waiting = (one.outgoing.id for one in page if one.outgoing)
    await scene.change(messages, left, status="sent")
    for _ in range(2):
        await scene.database.run(postpone(campaign.id, NOW + MINUTE))
    assert await scene.statuses(left, waiting) == ["sent", "cancelled"]
    assert (await scene.row(messages, id=waiting))["error_text"] == "campaign postponed"
    found = {row["address"]: (row["status"], row["message_id"]) for row in await scene.rows(recipients)}
    assert found == {ADA: ("queued", left), BO: ("pending", None)}
    due = await scene.database.run(due_recipients(campaign.id, NOW + MINUTE, 10))
    assert [one.address for one in due] == [BO]
