"""Receipts: news in any order, as often as they like, that only lead forward."""

from __future__ import annotations

from itertools import permutations

import pytest

from flows.values import DAY, MINUTE, SECOND, Key, MessageStatus, Receipt
from storage.outbox.receipts import apply_orphans, apply_receipts, match_orphans
from storage.schema import messages, opt_outs, orphan_receipts, suppressions
from tests.storage.outbox.providers import classify
from tests.storage.scene import BO, NOW, Scene

SENT, DELIVERED, READ = MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ
FAILED, UNDELIVERED = MessageStatus.FAILED, MessageStatus.UNDELIVERED


def told(
    status: MessageStatus, provider_id: str = "SM1", code: str | None = None, message_id: Key | None = None
) -> Receipt:
    """Make a receipt."""
    return Receipt("twilio", provider_id, status, code, code and f"it is {code}", message_id)


async def tell(scene: Scene, *receipts: Receipt, now_at: int = NOW) -> None:
    """Let news arrive."""
    await scene.database.run(apply_receipts(receipts, now_at, classify))


async def sent(scene: Scene, provider_id: str = "SM1", status: MessageStatus = SENT) -> Key:
    """Put a message there that the provider has taken."""
    ada = await scene.contact()
    return await scene.queue(ada, status=status.value, provider_id=provider_id, sent_at=NOW)


@pytest.mark.parametrize("order", list(permutations((SENT, DELIVERED, READ))), ids=lambda order: order[0].value)
async def test_any_order_ends_at_the_furthest(order: tuple[MessageStatus, ...], scene: Scene) -> None:
    """Whatever comes first, at once or one by one, twice over: the furthest status stays."""
    one, other = await sent(scene), await sent(scene, "SM2")
    for status in order * 2:
        await tell(scene, told(status), now_at=NOW + SECOND)
    await tell(scene, *(told(status, "SM2") for status in order * 2))
    assert await scene.statuses(one, other) == ["read", "read"]


async def test_news_by_our_own_id(scene: Scene) -> None:
    """A receipt that names our message tells us the provider's id, whatever became of the call."""
    for status in ("queued", "sending", "unknown"):
        key = await scene.queue(await scene.contact(), status=status)
        await tell(scene, told(SENT, f"SM-{status}", message_id=key), now_at=NOW + MINUTE)
        row = await scene.row(messages, id=key)
        assert (row["status"], row["provider_id"], row["sent_at"]) == ("sent", f"SM-{status}", NOW + MINUTE)


async def test_the_time_of_sending_is_the_first(scene: Scene) -> None:
    """Later news leave the time of sending alone."""
    key = await sent(scene)
    await tell(scene, told(DELIVERED), now_at=NOW + MINUTE)
    row = await scene.row(messages, id=key)
    assert (row["sent_at"], row["updated_at"]) == (NOW, NOW + MINUTE)


async def test_a_failure_has_its_reason(scene: Scene) -> None:
    """The code and the text are kept, and a delivery that comes afterwards changes nothing."""
    key = await sent(scene)
    await tell(scene, told(UNDELIVERED, code="busy"))
    await tell(scene, told(DELIVERED))
    row = await scene.row(messages, id=key)
    assert (row["status"], row["error_code"], row["error_text"]) == ("undelivered", "busy", "it is busy")


async def test_good_news_with_a_code(scene: Scene) -> None:
    """Only a failure has an error."""
    key = await sent(scene)
    await tell(scene, told(DELIVERED, code="dead"))
    row = await scene.row(messages, id=key)
    assert (row["status"], row["error_code"], row["error_text"]) == ("delivered", None, None)
    assert await scene.rows(suppressions) == []


async def test_a_failure_after_the_delivery(scene: Scene) -> None:
    """What was delivered does not fail any more, and teaches nothing."""
    key = await sent(scene, status=DELIVERED)
    await tell(scene, told(FAILED, code="opted-out"))
    assert await scene.statuses(key) == ["delivered"]
    assert await scene.rows(opt_outs) == []


@pytest.mark.parametrize(
    ("code", "opted_out_count", "suppressed_count"), [("opted-out", 1, 0), ("dead", 0, 1), ("busy", 0, 0), (None, 0, 0)]
)
async def test_what_a_failure_teaches(
    code: str | None, opted_out_count: int, suppressed_count: int, scene: Scene
) -> None:
    """An opt-out and a dead number are remembered, once; other failures are the message's own."""
    await sent(scene)
    await tell(scene, told(FAILED, code=code), told(FAILED, code=code))
    assert len(await scene.rows(opt_outs)) == opted_out_count
    assert len(await scene.rows(suppressions)) == suppressed_count


async def test_another_provider_id_for_a_known_message(scene: Scene) -> None:
    """A receipt about our message under an id that is not the one we have is not believed."""
    key = await sent(scene)
    await tell(scene, told(DELIVERED, "SM7", message_id=key))
    row = await scene.row(messages, id=key)
    assert (row["status"], row["provider_id"]) == ("sent", "SM1")


async def test_a_message_that_came_in_gets_no_receipts(scene: Scene) -> None:
    """An inbound message with the same provider id is not ours to move."""
    turn = scene.turn(await scene.contact())
    await scene.apply(turn)
    await tell(scene, told(DELIVERED), told(DELIVERED, "SM2", message_id=turn.id))
    assert await scene.statuses(turn.id) == ["received"]


async def test_news_about_a_message_that_we_never_had(scene: Scene) -> None:
    """With an id of ours that no row has there is nothing to wait for; without one it waits."""
    await tell(scene, told(SENT, "SM5", message_id=b"gone............"), told(DELIVERED, "SM6", "busy"))
    row = await scene.row(orphan_receipts)
    assert (row["provider"], row["provider_id"], row["status"]) == ("twilio", "SM6", "delivered")
    assert (row["error_code"], row["error_text"], row["received_at"]) == ("busy", "it is busy", NOW)


async def test_our_id_is_wrong_but_the_providers_is_known(scene: Scene) -> None:
    """The provider's own id counts where ours fits nothing."""
    key = await sent(scene)
    await tell(scene, told(DELIVERED, message_id=b"gone............"))
    assert await scene.statuses(key) == ["delivered"]


async def test_orphans_find_their_messages(scene: Scene) -> None:
    """Once the message is known its news are applied in order and forgotten; those of others wait on."""
    await tell(scene, told(SENT), told(FAILED, code="dead"), told(DELIVERED, "SM2"))
    key = await sent(scene)
    await scene.database.run(apply_orphans(["SM1", "SM9"], NOW, classify))
    row = await scene.row(messages, id=key)
    assert (row["status"], row["error_code"]) == ("failed", "dead")
    assert [row["provider_id"] for row in await scene.rows(orphan_receipts)] == ["SM2"]
    assert len(await scene.rows(suppressions)) == 1


async def test_orphans_are_looked_at_again(scene: Scene) -> None:
    """The sweep matches what became known without an outcome, and forgets what is a week old."""
    await tell(scene, told(DELIVERED, "SM1"), told(DELIVERED, "SM2"))
    await tell(scene, told(DELIVERED, "SM3"), now_at=NOW + DAY)
    key = await sent(scene)
    await scene.database.run(match_orphans(NOW + 7 * DAY, classify))
    assert await scene.statuses(key) == ["delivered"]
    assert [row["provider_id"] for row in await scene.rows(orphan_receipts)] == ["SM2", "SM3"]
    await scene.database.run(match_orphans(NOW + 7 * DAY + 1, classify))
    assert [row["provider_id"] for row in await scene.rows(orphan_receipts)] == ["SM3"]


async def test_a_page_of_news(scene: Scene) -> None:
    """Three hundred receipts of one batch, known by either id or not at all."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    ours = [await scene.queue(ada, status="sending") for _ in range(3)]
    theirs = [await scene.queue(bo, status="sent", provider_id=f"SM{n}") for n in range(3)]
    strangers = [told(DELIVERED, f"ZZ{n}") for n in range(294)]
    await tell(
        scene,
        *(told(DELIVERED, f"XX{n}", message_id=key) for n, key in enumerate(ours)),
        *strangers,
        *(told(DELIVERED, f"SM{n}") for n in range(3)),
    )
    assert await scene.statuses(*ours, *theirs) == ["delivered"] * 6
    assert len(await scene.rows(orphan_receipts)) == 294
