"""Claims that were committed without our hearing of it: what has not begun to leave is queued again."""

from __future__ import annotations

from flows.limits import Ceiling
from flows.values import SECOND
from storage.outbox.claim import claim
from storage.outbox.lost_claims import put_back
from storage.outbox.spending import claim_within, spent_on
from storage.schema import messages
from tests.storage.scene import ADA, BO, NODE, NOW, OTHER_NODE, Scene


async def test_only_what_has_not_begun(scene: Scene) -> None:
    """What is on its way, and what another process has claimed, is left alone; the rest may be claimed anew."""
    begun, lost = await scene.queue(await scene.contact(ADA)), await scene.queue(await scene.contact(BO))
    assert len(await scene.database.run(claim(scene.channel, NODE, NOW, 10))) == 2
    theirs = await scene.queue(await scene.contact("+15550100009"))
    await scene.database.run(claim(scene.channel, OTHER_NODE, NOW, 10))
    assert await scene.database.run(put_back(scene.channel.id, NODE, frozenset({begun}), NOW + SECOND)) == 1
    assert await scene.statuses(begun, lost, theirs) == ["sending", "queued", "sending"]
    row = await scene.row(messages, id=lost)
    assert (row["attempt"], row["node_id"], row["claimed_at"], row["updated_at"]) == (0, None, None, NOW + SECOND)
    (again,) = await scene.database.run(claim(scene.channel, NODE, NOW + SECOND, 10))
    assert (again.id, again.attempt) == (lost, 1)


async def test_its_segments_count_no_more(scene: Scene) -> None:
    """Under a ceiling the day gets back what never left."""
    ceiling = Ceiling("2026-01-01", 5)
    await scene.queue(await scene.contact(), segments=3)
    await scene.database.run(claim_within(scene.channel, NODE, NOW, 10, ceiling))
    assert await scene.database.run(spent_on(ceiling.day)) == {scene.channel.id: 3}
    assert await scene.database.run(put_back(scene.channel.id, NODE, frozenset(), NOW)) == 1
    assert await scene.database.run(spent_on(ceiling.day)) == {scene.channel.id: 0}
    assert (await scene.row(messages))["spending_day"] is None
