"""Messages of a batch: everything that came in, and the replies that wait."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.effects import Flag, OptOut, Silence
from flows.silence import SilenceReason
from flows.values import Button, Location, Media, Purpose
from storage.apply import Draft
from storage.schema import messages
from tests.storage.scene import ADA, BO, NOW, WORKSPACE, Scene

HELLO = Draft("Hello Ada", Purpose.REPLY, 1, "gsm7")
STOPPED = Draft("You are out.", Purpose.CONFIRMATION, 1, "gsm7")
STOP = OptOut("keyword", "STOP")


async def test_what_came_in(scene: Scene) -> None:
    """The message is stored with who wrote it, where, when and what, and the provider's id."""
    ada = await scene.contact()
    turn = scene.turn(ada)
    assert turn.message is not None
    await scene.apply(turn)
    row = await scene.row(messages)
    assert (row["id"], row["contact_id"], row["channel_id"], row["workspace_id"]) == (
        turn.id,
        ada.id,
        scene.channel.id,
        WORKSPACE.id,
    )
    assert (row["direction"], row["status"], row["address"], row["body"]) == (
        "inbound",
        "received",
        ADA,
        turn.message.text,
    )
    assert (row["provider_id"], row["created_at"], row["extras"], row["priority"]) == ("SM1", NOW, None, None)


async def test_everything_that_came_along(scene: Scene) -> None:
    """Media, the button, the place, what the provider told and the reason to look at it are kept beside the text."""
    turn = scene.turn(await scene.contact(), Flag("unclaimed"), Silence(SilenceReason.PACE))
    assert turn.message is not None
    message = replace(
        turn.message,
        media=(Media("https://example.org/1.jpg", "image/jpeg"), Media("https://example.org/2")),
        button=Button("Yes", "yes-1"),
        location=Location(1.5, -2.25, "Home"),
        opt_out_type="STOP",
        metadata={"NumSegments": "1"},
    )
    await scene.apply(replace(turn, message=message))
    assert (await scene.row(messages))["extras"] == {
        "media": [
            {"url": "https://example.org/1.jpg", "content_type": "image/jpeg"},
            {"url": "https://example.org/2", "content_type": None},
        ],
        "button": {"text": "Yes", "payload": "yes-1"},
        "location": {"latitude": 1.5, "longitude": -2.25, "label": "Home", "address": None},
        "opt_out_type": "STOP",
        "provider": {"NumSegments": "1"},
        "flag": "unclaimed",
        "silence": "pace",
    }


async def test_a_step_that_failed(scene: Scene) -> None:
    """The message is stored as failed with its error, and its neighbour is received."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.apply(scene.turn(ada, error="ValueError: no"), scene.turn(bo))
    rows = await scene.rows(messages)
    assert [(row["status"], row["extras"]) for row in rows] == [
        ("failed", {"error": "ValueError: no"}),
        ("received", None),
    ]


async def test_a_message_of_nobody(scene: Scene) -> None:
    """What a short code wrote is stored without a contact; asking who it was is an error."""
    turn = replace(scene.turn(await scene.contact()), before=None, after=None, address="72975")
    await scene.apply(turn)
    row = await scene.row(messages)
    assert (row["contact_id"], row["address"], row["status"]) == (None, "72975", "received")
    with pytest.raises(ValueError, match="no turn"):
        _ = turn.contact


async def test_a_reply_waits(scene: Scene) -> None:
    """A reply is queued for where the message came from, tied to it, measured, with its choices."""
    draft = Draft("Which?", Purpose.REPLY, 2, "ucs2", (("One", "1"), ("Two", "2")))
    turn = scene.turn(await scene.contact(), drafts=(draft,), address="whatsapp:+15550100001")
    await scene.apply(turn)
    row = await scene.row(messages, direction="outbound")
    assert (row["status"], row["address"], row["body"], row["reply_to_id"]) == (
        "queued",
        "whatsapp:+15550100001",
        "Which?",
        turn.id,
    )
    assert (row["purpose"], row["priority"], row["segments"], row["encoding"]) == ("reply", 1, 2, "ucs2")
    assert row["extras"] == {"choices": [["One", "1"], ["Two", "2"]]}
    assert row["provider_id"] is None


async def test_replies_keep_their_order(scene: Scene) -> None:
    """The replies of a batch sort as they were said, after the messages they answer."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    drafts = [replace(HELLO, body=body) for body in "abcd"]
    await scene.apply(scene.turn(ada, drafts=tuple(drafts[:2])), scene.turn(bo, drafts=tuple(drafts[2:])))
    assert [row["body"] for row in await scene.rows(messages, direction="outbound")] == list("abcd")


async def test_what_a_timer_says(scene: Scene) -> None:
    """A timer's reply is tied to no message, for none came in."""
    await scene.apply(scene.turn(await scene.contact(), message=None, drafts=(HELLO,)))
    row = await scene.row(messages)
    assert (row["direction"], row["reply_to_id"], row["status"]) == ("outbound", None, "queued")


async def test_a_stop_overtakes_earlier_replies_of_its_batch(scene: Scene) -> None:
    """Only what was said before it and to the same person is cancelled, and confirmations never."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.apply(
        scene.turn(ada, drafts=(HELLO, replace(STOPPED, body="earlier"))),
        scene.turn(bo, drafts=(replace(HELLO, body="Bo"),)),
        scene.turn(ada, STOP, drafts=(STOPPED,)),
        scene.turn(ada, drafts=(replace(HELLO, body="later"),)),
    )
    rows = await scene.rows(messages, direction="outbound")
    assert [(row["body"], row["status"], row["error_text"]) for row in rows] == [
        ("Hello Ada", "cancelled", "opted out"),
        ("earlier", "queued", None),
        ("Bo", "queued", None),
        ("You are out.", "queued", None),
        ("later", "queued", None),
    ]


async def test_a_stop_for_one_event_overtakes_nothing(scene: Scene) -> None:
    """A narrower opt-out leaves earlier replies alone."""
    ada = await scene.contact()
    await scene.apply(scene.turn(ada, drafts=(HELLO,)), scene.turn(ada, OptOut("keyword", "no", "event:1")))
    assert (await scene.row(messages, direction="outbound"))["status"] == "queued"
