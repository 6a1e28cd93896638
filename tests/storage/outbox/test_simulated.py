"""What an earlier version let the simulator queue for real phones is withdrawn at the start."""

from __future__ import annotations

from flows.values import Key, Transport
from storage.channels import Channel, all_channels, save_channels
from storage.keys import new_key
from storage.outbox.enqueue import Outgoing, enqueue
from storage.outbox.simulated import withdraw_simulated
from storage.schema import campaigns, messages
from tests.storage.scene import ADA, NOW, WORKSPACE, Scene


async def queue(scene: Scene, channel: Channel, **others: Key | None) -> Key:
    """Queue a message to Ada."""
    contact = await scene.contact()
    made = Outgoing(new_key(), WORKSPACE.id, channel.id, contact.id, ADA, "Hello", 1, "gsm", **others)  # type: ignore[arg-type]
    await scene.database.run(enqueue([made], NOW))
    return made.id


async def test_what_the_simulator_caused_is_withdrawn(scene: Scene) -> None:
    """Answers to its texts and messages of its campaigns, on real channels alone; the rest is left as it was."""
    wanted = ("simulator", Transport.SIMULATOR, "+15550109997", 1.0)
    await scene.database.run(save_channels([wanted], WORKSPACE.id, NOW))
    simulated = next(one for one in await scene.database.run(all_channels()) if one.is_simulated)
    causes: dict[str, tuple[Key, Key]] = {}
    sent: dict[tuple[str, str, str], Key] = {}
    for name, channel in (("simulated", simulated), ("real", scene.channel)):
        ada = await scene.contact()
        await scene.apply(turn := scene.turn(ada, channel=channel))
        campaign_id = new_key()
        await scene.insert(
            campaigns,
            id=campaign_id,
            workspace_id=WORKSPACE.id,
            number=len(causes) + 1,
            text="Hello",
            audience="community",
            channel_id=channel.id,
            status="running",
            time_zone="UTC",
            created_at=NOW,
            updated_at=NOW,
        )
        causes[name] = (turn.id, campaign_id)
    for name, (cause, campaign) in causes.items():
        for channel in (simulated, scene.channel):
            side = "simulated" if channel.is_simulated else "real"
            sent[name, side, "answer"] = await queue(scene, channel, reply_to_id=cause)
            sent[name, side, "campaign"] = await queue(scene, channel, campaign_id=campaign)
    assert await scene.database.run(withdraw_simulated(NOW)) == 2
    assert await scene.database.run(withdraw_simulated(NOW)) == 0
    rows = {row["id"]: row for row in await scene.rows(messages)}
    withdrawn = {key for key, made in sent.items() if rows[made]["status"] == "cancelled"}
    assert withdrawn == {("simulated", "real", "answer"), ("simulated", "real", "campaign")}
    assert rows[sent["simulated", "real", "answer"]]["error_text"] == "asked for in the simulator"
