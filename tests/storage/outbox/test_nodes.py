"""Nodes: who lives, and what the dead left in flight."""

from __future__ import annotations

from bot.clock import wall_clock
from flows.values import SECOND
from storage.outbox.nodes import take_over
from storage.schema import messages, nodes
from tests.storage.scene import NODE, NOW, ON_POSTGRESQL, ON_SQLITE, OTHER_NODE, Scene


async def live(scene: Scene, node_id: bytes = NODE, now_at: int = NOW) -> None:
    """Let a node say that it lives."""
    await scene.database.run(take_over(node_id, "here", now_at, scene.database.engine_name))


async def in_flight(scene: Scene, node_id: bytes, claimed_at: int = NOW) -> bytes:
    """Put a message there that a node is sending."""
    return await scene.queue(await scene.contact(), status="sending", node_id=node_id, claimed_at=claimed_at)


async def test_a_node_is_known_once(scene: Scene) -> None:
    """The first sign of life makes the row, later ones move its time."""
    await live(scene)
    await live(scene, now_at=NOW + 5 * SECOND)
    row = await scene.row(nodes)
    assert (row["id"], row["name"], row["started_at"]) == (NODE, "here", NOW)
    if scene.database.engine_name == "sqlite":
        assert row["seen_at"] == NOW + 5 * SECOND
    else:
        assert abs(row["seen_at"] - wall_clock()) < 60 * SECOND  # by the clock that all nodes share


async def test_our_own_calls_go_on(scene: Scene) -> None:
    """What this process is sending is left alone."""
    key = await in_flight(scene, NODE)
    await live(scene)
    assert await scene.statuses(key) == ["sending"]


async def test_a_call_of_our_own_that_never_came_back(scene: Scene) -> None:
    """After two minutes its outcome is lost, and nobody waits for it any longer."""
    key = await in_flight(scene, NODE)
    await live(scene, now_at=NOW + 120 * SECOND - 1)
    assert await scene.statuses(key) == ["sending"]
    await live(scene, now_at=NOW + 120 * SECOND)
    assert await scene.statuses(key) == ["unknown"]


async def test_what_a_dead_node_left(scene: Scene) -> None:
    """Its calls in flight become unknown and are looked up at once; other states stay."""
    left = await in_flight(scene, OTHER_NODE)
    done = await scene.queue(await scene.contact(), status="sent", node_id=OTHER_NODE, claimed_at=NOW)
    await live(scene, now_at=NOW + SECOND)
    row = await scene.row(messages, id=left)
    assert (row["status"], row["check_at"], row["updated_at"]) == ("unknown", NOW + SECOND, NOW + SECOND)
    assert await scene.statuses(done) == ["sent"]


@ON_POSTGRESQL
async def test_another_node_that_lives(scene: Scene) -> None:
    """As long as another node was seen lately its calls are its own; half a minute later they are not."""
    key = await in_flight(scene, OTHER_NODE)
    await live(scene, OTHER_NODE)
    await live(scene, now_at=NOW + 60 * SECOND)  # our own clock runs ahead, which is nobody else's death
    assert await scene.statuses(key) == ["sending"]
    seen_at = (await scene.row(nodes, id=OTHER_NODE))["seen_at"]
    await scene.change(nodes, OTHER_NODE, seen_at=seen_at - 20 * SECOND)
    await live(scene)
    assert await scene.statuses(key) == ["sending"]
    await scene.change(nodes, OTHER_NODE, seen_at=seen_at - 31 * SECOND)
    await live(scene)
    assert await scene.statuses(key) == ["unknown"]


@ON_SQLITE
async def test_a_file_has_one_owner(scene: Scene) -> None:
    """Whatever another process was sending when it held the file, it is dead by now."""
    key = await in_flight(scene, OTHER_NODE)
    await live(scene, OTHER_NODE)
    await live(scene)
    assert await scene.statuses(key) == ["unknown"]
