"""Single messages, read outside a turn."""

from __future__ import annotations

from dataclasses import replace

from flows.values import InboundMessage, Media
from storage.messages import Stored, read_message
from tests.storage.scene import Scene


async def test_a_message_is_read(scene: Scene) -> None:
    """Its text and how many files came with it; nothing where there is none."""
    plain = scene.turn(await scene.contact())
    assert isinstance(plain.message, InboundMessage)
    pictures = (Media("https://media.example.org/1.jpg", "image/jpeg"), Media("https://media.example.org/2.jpg"))
    other = scene.turn(await scene.contact())
    other = replace(other, message=replace(plain.message, provider_id="SM9", media=pictures))
    await scene.apply(plain, other)
    assert await scene.database.run(read_message(plain.id)) == Stored(plain.message.text, 0)
    assert await scene.database.run(read_message(other.id)) == Stored(plain.message.text, 2)
    assert await scene.database.run(read_message(b"x" * 16)) is None
