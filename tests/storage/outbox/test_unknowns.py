"""Unknown outcomes: looked up until somebody knows, never guessed."""

from __future__ import annotations

import pytest

from flows.values import MINUTE, Key, MessageStatus, Purpose, Receipt, Transport
from storage.outbox.outcome import Outcome, record
from storage.outbox.unknowns import Unknown, assign, close_absent, due_unknowns, postpone
from storage.schema import messages, opt_outs
from tests.storage.outbox.providers import classify
from tests.storage.scene import ADA, BO, NOW, OURS, WORKSPACE, Scene


async def lose(scene: Scene, purpose: Purpose = Purpose.REPLY, **others: object) -> Key:
    """Put a message there of which nobody knows what became."""
    ada = await scene.contact()
    values = {"status": "unknown", "attempt": 1, "claimed_at": NOW, "check_at": NOW, **others}
    return await scene.queue(ada, purpose, **values)


async def due(scene: Scene, now_at: int = NOW) -> tuple[Unknown, ...]:
    """Read what should be looked up."""
    return await scene.database.run(due_unknowns(now_at))


async def opt_out(scene: Scene) -> None:
    """Let Ada opt out."""
    values = {"workspace_id": WORKSPACE.id, "address": ADA, "scope": "all", "source": "keyword", "opted_out_at": NOW}
    await scene.insert(opt_outs, **values)


async def test_what_is_due(scene: Scene) -> None:
    """Everything that a search in the provider's list needs."""
    key = await lose(scene, body="Hi", check_count=1)
    assert await due(scene) == (
        Unknown(
            id=key,
            attempt=1,
            channel_id=scene.channel.id,
            provider="twilio",
            transport=Transport.SMS,
            sender=OURS,
            recipient=ADA,
            body="Hi",
            purpose=Purpose.REPLY,
            claimed_at=NOW,
            check_count=1,
            is_opted_out=False,
        ),
    )


async def test_only_when_it_is_time(scene: Scene) -> None:
    """The earliest comes first; later ones, and messages in other states, are left alone."""
    second, first = await lose(scene, check_at=NOW - 1), await lose(scene, check_at=NOW - 2)
    await lose(scene, check_at=NOW + 1)
    await lose(scene, status="sending")
    assert [one.id for one in await due(scene)] == [first, second]


async def test_a_page_at_most(scene: Scene) -> None:
    """Many are looked up page by page."""
    for n in range(66):
        await lose(scene, check_at=NOW - n)
    assert len(await due(scene)) == 64


async def test_who_opted_out_meanwhile(scene: Scene) -> None:
    """The reconciler learns of it with the message."""
    await lose(scene)
    await opt_out(scene)
    assert [one.is_opted_out for one in await due(scene)] == [True]


async def test_found_in_the_list(scene: Scene) -> None:
    """The first entry that is no message's yet is this one's; entries that are taken stay where they are."""
    key = await lose(scene)
    other = await scene.queue(await scene.contact(BO), status="sent", provider_id="SM1")
    seen = [Receipt("twilio", sid, MessageStatus.DELIVERED, message_id=key) for sid in ("SM1", "SM2", "SM3")]
    assert await scene.database.run(assign(seen, NOW, classify))
    row = await scene.row(messages, id=key)
    assert (row["status"], row["provider_id"]) == ("delivered", "SM2")
    assert await scene.statuses(other) == ["sent"]


async def test_a_list_where_everything_is_taken(scene: Scene) -> None:
    """It stays unknown where no entry is free, and where there is none at all."""
    key = await lose(scene)
    await scene.queue(await scene.contact(BO), status="sent", provider_id="SM1")
    seen = [Receipt("twilio", "SM1", MessageStatus.SENT, message_id=key)]
    assert not await scene.database.run(assign(seen, NOW, classify))
    assert not await scene.database.run(assign([], NOW, classify))
    assert await scene.statuses(key) == ["unknown"]


async def test_look_again_later(scene: Scene) -> None:
    """The time and the count of good lists are kept."""
    await lose(scene)
    (unknown,) = await due(scene)
    await scene.database.run(postpone(unknown, NOW + MINUTE, 2, NOW))
    assert await due(scene) == ()
    assert [one.check_count for one in await due(scene, NOW + MINUTE)] == [2]


@pytest.mark.parametrize(
    ("attempt", "opted_out", "purpose", "status", "reason"),
    [
        (1, False, Purpose.REPLY, "queued", None),
        (2, False, Purpose.CAMPAIGN, "queued", None),
        (3, False, Purpose.REPLY, "failed", "unresolved"),
        (1, True, Purpose.REPLY, "cancelled", "opted out"),
        (3, True, Purpose.CAMPAIGN, "cancelled", "opted out"),
        (1, True, Purpose.CONFIRMATION, "queued", None),
        (3, True, Purpose.CONFIRMATION, "failed", "unresolved"),
    ],
)
async def test_verifiably_absent(
    attempt: int, opted_out: bool, purpose: Purpose, status: str, reason: str | None, scene: Scene
) -> None:
    """It is sent again, up to a number of attempts, and never to a person who opted out."""
    await lose(scene, purpose, attempt=attempt)
    if opted_out:
        await opt_out(scene)
    (unknown,) = await due(scene)
    await scene.database.run(close_absent(unknown, NOW))
    row = await scene.row(messages)
    assert (row["status"], row["error_text"]) == (status, reason)


async def test_somebody_knew_better(scene: Scene) -> None:
    """Neither a verdict nor a postponement touches a message that moved on meanwhile."""
    key = await lose(scene)
    (unknown,) = await due(scene)
    await scene.database.run(close_absent(unknown, NOW))
    (claimed,) = await scene.claim()
    await scene.database.run(record([Outcome(claimed, "twilio", "SM1")], NOW, classify))
    await scene.database.run(close_absent(unknown, NOW))
    await scene.database.run(postpone(unknown, NOW + MINUTE, 5, NOW))
    row = await scene.row(messages, id=key)
    assert (row["status"], row["check_at"], row["check_count"]) == ("sent", None, 0)


async def test_an_old_verdict_about_a_new_attempt(scene: Scene) -> None:
    """A verdict about the first attempt says nothing about the second, also unknown by now."""
    key = await lose(scene)
    (unknown,) = await due(scene)
    await scene.change(messages, key, attempt=2)
    await scene.database.run(close_absent(unknown, NOW))
    assert await scene.statuses(key) == ["unknown"]
