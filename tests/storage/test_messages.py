"""Single messages, read outside a turn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.language.reactions import Sent
from flows.silence import SilenceReason
from flows.values import InboundMessage, Media
from storage.messages import RECENT, SILENCE, Stored, note_silence, read_message, recently_sent, silence_of
from storage.schema import messages
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


async def test_the_reason_of_a_silence_is_added_later(scene: Scene) -> None:
    """A worker notes why a command's message gets no answer; the other extras stay, and so do other messages."""
    plain, other = scene.turn(await scene.contact()), scene.turn(await scene.contact())
    assert plain.message is not None
    pictured = replace(other, message=replace(plain.message, provider_id="SM9", media=(Media("https://a.example/1"),)))
    untouched = scene.turn(await scene.contact())
    await scene.apply(plain, pictured, untouched)
    for one in (plain, pictured):
        await scene.database.run(note_silence(one.id, SilenceReason.LOCKED))
    assert (await scene.row(messages, id=plain.id))["extras"] == {SILENCE: "locked"}
    extras = (await scene.row(messages, id=pictured.id))["extras"]
    assert extras == {"media": [{"url": "https://a.example/1", "content_type": None}], SILENCE: "locked"}
    assert (await scene.row(messages, id=untouched.id))["extras"] is None


@pytest.mark.parametrize(
    ("extras", "status", "reason"),
    [
        (None, "received", None),
        ({"flag": "unclaimed"}, "received", None),
        ({SILENCE: "opted_out"}, "received", SilenceReason.OPTED_OUT),
        ('{"silence":"pace"}', "received", SilenceReason.PACE),
        ({SILENCE: "a word of a newer version"}, "received", None),
        ({"error": "ValueError: no"}, "failed", SilenceReason.FAILED),
    ],
)
def test_the_reason_is_read(extras: object, status: str, reason: SilenceReason | None) -> None:
    """From a document or its text; a step that failed is a reason of its own."""
    assert silence_of(extras, status) is reason


async def test_what_was_sent_of_late(scene: Scene) -> None:
    """Our messages among the newest with a person, the newest first, with whether files came with them."""
    ada = await scene.contact()
    await scene.queue(ada, body="too long ago")
    await scene.apply(*(scene.turn(ada) for _ in range(RECENT - 2)))
    await scene.queue(ada, body="How was it?")
    await scene.queue(ada, body="Look", extras={"media": [{"url": "https://a.example/1"}]})
    assert await scene.database.run(recently_sent(ada.id)) == (Sent("Look", has_files=True), Sent("How was it?"))
    assert await scene.database.run(recently_sent(b"x" * 16)) == ()
