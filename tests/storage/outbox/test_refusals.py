"""What a refusal teaches about a person, once."""

from __future__ import annotations

import pytest

from flows.errors import ErrorClass
from flows.values import DAY, MINUTE, Contact
from storage.keys import new_key
from storage.outbox.refusals import Lesson, learn
from storage.schema import channels, consent_changes, opt_outs, suppressions
from tests.storage.scene import ADA, BO, NOW, OURS, WORKSPACE, Scene


def lesson(error_class: ErrorClass, contact: Contact, code: str = "21610", text: str = "no") -> Lesson:
    """Make a lesson about a contact."""
    return Lesson(b"m" * 16, contact.id, "twilio", error_class, code, text)


async def teach(scene: Scene, *lessons: Lesson, now_at: int = NOW) -> None:
    """Let lessons be learned."""
    await scene.database.run(learn(lessons, now_at))


async def test_an_opt_out_that_the_provider_knows(scene: Scene) -> None:
    """It is an opt-out like any other: state, ledger, and nothing of the queue may leave."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    waiting, others = await scene.queue(ada), await scene.queue(bo)
    await teach(scene, lesson(ErrorClass.OPT, ada))
    row = await scene.row(opt_outs)
    assert (row["address"], row["scope"], row["source"], row["text"]) == (ADA, "all", "message_failure", "21610")
    change = await scene.row(consent_changes)
    assert (change["action"], change["contact_id"], change["message_id"]) == ("opt_out", ada.id, b"m" * 16)
    assert (change["workspace_id"], change["created_at"]) == (WORKSPACE.id, NOW)
    assert await scene.statuses(waiting, others) == ["cancelled", "queued"]


async def test_an_opt_out_without_a_code(scene: Scene) -> None:
    """Where the provider gave no code its words are kept."""
    await teach(scene, lesson(ErrorClass.OPT, await scene.contact(), code="", text="they said no"))
    assert (await scene.row(opt_outs))["text"] == "they said no"


async def test_the_same_lesson_twice(scene: Scene) -> None:
    """The second time changes nothing, but what was queued meanwhile is cancelled all the same."""
    ada = await scene.contact()
    await teach(scene, lesson(ErrorClass.OPT, ada), lesson(ErrorClass.OPT, ada))
    waiting = await scene.queue(ada)
    await teach(scene, lesson(ErrorClass.OPT, ada), now_at=NOW + MINUTE)
    assert (await scene.row(opt_outs))["opted_out_at"] == NOW
    assert len(await scene.rows(consent_changes)) == 1
    assert await scene.statuses(waiting) == ["cancelled"]


async def test_a_dead_number(scene: Scene) -> None:
    """It is suppressed for this provider with the first reason."""
    ada = await scene.contact()
    await teach(scene, lesson(ErrorClass.HARD, ada, "30005", "unknown"), lesson(ErrorClass.HARD, ada, "30006", "line"))
    row = await scene.row(suppressions)
    assert (row["address"], row["provider"], row["category"]) == (ADA, "twilio", "hard_fail")
    assert (row["error_code"], row["reason"], row["message_id"]) == ("30005", "unknown", b"m" * 16)
    assert await scene.rows(opt_outs) == []


async def fail_on(scene: Scene, contact: Contact, *days: float, status: str = "failed") -> None:
    """Put messages there that failed on these days."""
    for day in days:
        await scene.queue(contact, status=status, created_at=NOW + round(day * DAY))


async def is_dead(scene: Scene, contact: Contact) -> bool:
    """Let one more failure be learned; says whether the number counts as dead then."""
    await teach(scene, lesson(ErrorClass.STRIKE, contact))
    return bool(await scene.rows(suppressions))


@pytest.mark.parametrize(
    ("days", "dead"), [((0, 1, 3), True), ((0, 1, 2.99), False), ((0, 3), False), ((0, 1, 2, 3, 9), True)]
)
async def test_one_failure_after_another(days: tuple[float, ...], dead: bool, scene: Scene) -> None:
    """Three in a row over three days, and the number counts as dead; fewer, or all at once, and it does not."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    await fail_on(scene, ada, *days)
    await fail_on(scene, bo, 0, 4, 5)
    assert await is_dead(scene, ada) is dead
    assert [row["address"] for row in await scene.rows(suppressions)] == [ADA] * dead


@pytest.mark.parametrize("status", ["delivered", "read", "received"])
async def test_a_sign_of_life(status: str, scene: Scene) -> None:
    """A delivery, or a message from there, begins the count anew; what merely left is no sign."""
    ada = await scene.contact()
    await fail_on(scene, ada, 0, 2)
    if status == "received":
        await scene.apply(scene.turn(ada))
    else:
        await scene.queue(ada, status=status)
    await fail_on(scene, ada, 3, 4, status="undelivered")
    assert not await is_dead(scene, ada)
    await scene.queue(ada, status="sent")
    await fail_on(scene, ada, 6)
    assert await is_dead(scene, ada)


async def test_failures_elsewhere(scene: Scene) -> None:
    """What failed at another provider says nothing about this one."""
    ada = await scene.contact()
    elsewhere = new_key()
    place = {"workspace_id": WORKSPACE.id, "provider": "meta", "transport": "whatsapp", "address": OURS}
    await scene.insert(channels, id=elsewhere, **place, created_at=NOW, updated_at=NOW)
    for day in (0, 2):
        await scene.queue(ada, status="failed", channel_id=elsewhere, created_at=NOW + day * DAY)
    await fail_on(scene, ada, 4)
    assert not await is_dead(scene, ada)


async def test_lessons_about_nobody_and_nothing(scene: Scene) -> None:
    """A contact that is gone and a class that says nothing about the person leave no trace."""
    gone = Contact(b"gone............", "+15550100009")
    kinds = (ErrorClass.OPT, ErrorClass.HARD, ErrorClass.STRIKE)
    await teach(scene, *(lesson(kind, gone) for kind in kinds), lesson(ErrorClass.CONT, await scene.contact()))
    assert await scene.rows(opt_outs) == []
    assert await scene.rows(suppressions) == []
