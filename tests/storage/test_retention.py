"""Texts that are deleted after a while."""

from __future__ import annotations

from typing import Any

from flows.values import DAY, Key
from storage.documents import dump
from storage.retention import FIRST, PAGE, empty_page
from storage.schema import messages, search_entries
from storage.search import catch_up, search
from tests.storage.scene import NOW, WORKSPACE, Scene


async def empty_all(scene: Scene, before_at: int) -> int:
    """Empty page after page, as the service does."""
    total, after, came_to = 0, FIRST, None
    while came_to != after:
        came_to = after
        after, count = await scene.database.run(empty_page(WORKSPACE.id, after, before_at))
        total += count
    return total


async def old(scene: Scene, body: str, **others: object) -> Key:
    """Make a message of ten days ago."""
    values: dict[str, Any] = {"created_at": NOW - 10 * DAY, "status": "sent", **others}
    return await scene.queue(await scene.contact(), body=body, **values)


async def test_old_texts_go(scene: Scene) -> None:
    """Text, media and words for SEARCH are gone; the message, its state and the newer ones stay."""
    gone = await old(scene, "secret plan", extras=dump({"media": [{"url": "https://x.example.org"}]}))
    kept = await scene.queue(await scene.contact(), body="secret today", status="sent")
    waits = await old(scene, "secret to be sent", status="queued")
    await scene.database.run(catch_up(WORKSPACE.id))
    assert await empty_all(scene, NOW - 9 * DAY) == 1
    rows = {row["id"]: row for row in await scene.rows(messages)}
    assert (rows[gone]["body"], rows[gone]["extras"], rows[gone]["status"]) == ("", None, "sent")
    assert (rows[kept]["body"], rows[waits]["body"]) == ("secret today", "secret to be sent")
    assert len(await scene.rows(search_entries)) == 2
    assert await scene.database.run(search(WORKSPACE.id, "plan", 5)) == ()
    assert await empty_all(scene, NOW - 9 * DAY) == 0


async def test_more_than_a_page(scene: Scene) -> None:
    """However many there are, all go; another workspace's stay."""
    for _ in range(PAGE + 3):
        await old(scene, "text")
    other = await old(scene, "theirs", workspace_id=b"v" * 16)
    assert await empty_all(scene, NOW) == PAGE + 3
    assert (await scene.row(messages, id=other))["body"] == "theirs"
