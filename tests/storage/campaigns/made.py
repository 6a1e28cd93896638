"""A campaign of the community, in whatever state a test needs it."""

from __future__ import annotations

from typing import Any

from storage.campaigns.rows import Campaign, add_campaign
from storage.keys import new_key
from storage.numbers import next_number
from tests.storage.scene import NOW, WORKSPACE, Scene


async def campaign_of(scene: Scene, status: str = "running", **others: Any) -> Campaign:
    """Write a campaign with the next number."""
    number = await scene.database.run(next_number(WORKSPACE.id, "campaign"))
    usual: dict[str, Any] = {
        "id": new_key(),
        "workspace_id": WORKSPACE.id,
        "number": number,
        "text": "See you!",
        "audience": "community",
        "channel_id": scene.channel.id,
        "status": status,
        "time_zone": "UTC",
        "created_at": NOW,
    }
    made = Campaign(**{**usual, **others})
    await scene.database.run(add_campaign(made))
    return made
