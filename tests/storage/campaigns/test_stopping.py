"""What a cancelled campaign takes back."""

from __future__ import annotations

from flows.values import MINUTE, Purpose
from storage.campaigns.stopping import take_back
from storage.keys import new_key
from storage.schema import messages
from tests.storage.scene import NOW, Scene


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
