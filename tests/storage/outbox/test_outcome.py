"""Outcomes of calls: written once, and only if nobody knows better by now."""

from __future__ import annotations

import pytest

from flows.errors import ErrorClass
from flows.lifecycle import Refusal
from flows.values import HOUR, MINUTE, SECOND, MessageStatus, Receipt
from storage.outbox.claim import Claimed
from storage.outbox.outcome import Outcome, record
from storage.outbox.receipts import apply_receipts
from storage.schema import messages, opt_outs, orphan_receipts, suppressions
from tests.storage.outbox.providers import classify
from tests.storage.scene import NODE, NOW, Scene

LATER = NOW + 2 * SECOND


async def in_flight(scene: Scene) -> Claimed:
    """Claim a message of Ada's."""
    await scene.queue(await scene.contact())
    (claimed,) = await scene.claim()
    return claimed


async def settle(scene: Scene, *outcomes: Outcome, now_at: int = LATER) -> None:
    """Write outcomes down."""
    await scene.database.run(record(outcomes, now_at, classify))


async def test_a_call_that_was_taken(scene: Scene) -> None:
    """The message is sent, the provider's id and the time are known."""
    claimed = await in_flight(scene)
    await settle(scene, Outcome(claimed, "twilio", "SM9"))
    row = await scene.row(messages)
    assert (row["status"], row["provider_id"], row["sent_at"], row["updated_at"]) == ("sent", "SM9", LATER, LATER)
    assert (row["attempt"], row["error_code"], row["error_text"]) == (1, None, None)


async def test_a_call_that_was_stopped_on_its_way(scene: Scene) -> None:
    """Neither taken nor refused: the person opted out before the call was made."""
    claimed = await in_flight(scene)
    await settle(scene, Outcome(claimed, "twilio"))
    row = await scene.row(messages)
    assert (row["status"], row["error_text"], row["sent_at"]) == ("cancelled", "opted out", None)


async def test_a_refusal_that_is_safe_to_repeat(scene: Scene) -> None:
    """It waits as long as the provider asked, counted, and is claimed again then."""
    claimed = await in_flight(scene)
    refusal = Refusal(ErrorClass.RETRY, "20429", "too many", retry_after_seconds=60)
    await settle(scene, Outcome(claimed, "twilio", refusal=refusal))
    row = await scene.row(messages)
    assert (row["status"], row["attempt"], row["not_before_at"]) == ("queued", 1, LATER + MINUTE)
    assert (row["error_code"], row["error_text"]) == ("20429", "too many")
    assert await scene.claim(LATER + MINUTE - 1) == ()
    (again,) = await scene.claim(LATER + MINUTE)
    assert again.attempt == 2


async def test_an_outage_costs_no_attempt(scene: Scene) -> None:
    """Nobody was there to refuse it: the attempt does not count."""
    claimed = await in_flight(scene)
    await settle(scene, Outcome(claimed, "twilio", refusal=Refusal(ErrorClass.RETRY)))
    row = await scene.row(messages)
    assert (row["status"], row["attempt"], row["error_code"], row["error_text"]) == ("queued", 0, None, None)


async def test_a_time_before_which_it_may_not_leave_stays(scene: Scene) -> None:
    """A refusal without a delay of its own leaves the message's own time alone."""
    await scene.queue(await scene.contact(), not_before_at=NOW)
    (claimed,) = await scene.claim()
    await settle(scene, Outcome(claimed, "twilio", refusal=Refusal(ErrorClass.ACCT, "20003")))
    row = await scene.row(messages)
    assert (row["status"], row["not_before_at"]) == ("queued", NOW)


async def test_nobody_knows(scene: Scene) -> None:
    """An outcome that is not known is looked up soon."""
    claimed = await in_flight(scene)
    await settle(scene, Outcome(claimed, "twilio", refusal=Refusal(ErrorClass.UNK, "", "timeout")))
    row = await scene.row(messages)
    assert (row["status"], row["check_at"], row["not_before_at"]) == ("unknown", LATER + 10 * SECOND, None)


@pytest.mark.parametrize(
    ("error_class", "opted_out_count", "suppressed_count"),
    [(ErrorClass.OPT, 1, 0), (ErrorClass.HARD, 0, 1), (ErrorClass.STRIKE, 0, 0)],
)
async def test_what_a_refusal_teaches(
    error_class: ErrorClass, opted_out_count: int, suppressed_count: int, scene: Scene
) -> None:
    """An opt-out and a dead number are remembered; a message that merely failed says nothing about the person."""
    claimed = await in_flight(scene)
    await settle(scene, Outcome(claimed, "twilio", refusal=Refusal(error_class, "30005", "no")))
    row = await scene.row(messages)
    assert (row["status"], row["error_code"]) == ("failed", "30005")
    assert len(await scene.rows(opt_outs)) == opted_out_count
    assert len(await scene.rows(suppressions)) == suppressed_count


async def test_a_late_outcome_of_an_earlier_attempt(scene: Scene) -> None:
    """An answer to the first call changes nothing about the second, which is under way."""
    claimed = await in_flight(scene)
    await scene.change(messages, claimed.id, status="queued", node_id=None)
    (again,) = await scene.claim(LATER)
    assert again.attempt == 2
    await settle(scene, Outcome(claimed, "twilio", "SM1"))
    row = await scene.row(messages)
    assert (row["status"], row["provider_id"], row["node_id"]) == ("sending", None, NODE)
    await settle(scene, Outcome(again, "twilio", "SM2"))
    assert (await scene.row(messages))["provider_id"] == "SM2"


async def test_a_receipt_that_was_faster(scene: Scene) -> None:
    """What a receipt told before the call returned is not set back by its outcome."""
    claimed = await in_flight(scene)
    told = Receipt("twilio", "SM1", MessageStatus.DELIVERED, message_id=claimed.id)
    await scene.database.run(apply_receipts([told], NOW, classify))
    await settle(scene, Outcome(claimed, "twilio", "SM1"))
    assert (await scene.row(messages))["status"] == "delivered"
    await settle(scene, Outcome(claimed, "twilio", refusal=Refusal(ErrorClass.UNK)))
    assert (await scene.row(messages))["status"] == "delivered"


async def test_a_receipt_that_came_before_its_id(scene: Scene) -> None:
    """A receipt that fitted nothing waits for the outcome that names its message."""
    claimed = await in_flight(scene)
    await scene.database.run(apply_receipts([Receipt("twilio", "SM1", MessageStatus.DELIVERED)], NOW, classify))
    assert len(await scene.rows(orphan_receipts)) == 1
    await settle(scene, Outcome(claimed, "twilio", "SM1"))
    assert (await scene.row(messages))["status"] == "delivered"
    assert await scene.rows(orphan_receipts) == []


async def test_many_outcomes_at_once(scene: Scene) -> None:
    """A batch of outcomes is one transaction, each for its own message."""
    for n in range(3):
        await scene.queue(await scene.contact(f"+1555010{n:04}"))
    first, second, third = await scene.claim()
    await settle(
        scene,
        Outcome(third, "twilio", "SM3"),
        Outcome(first, "twilio", refusal=Refusal(ErrorClass.QUIET)),
        Outcome(second, "twilio", refusal=Refusal(ErrorClass.STRIKE, "1")),
    )
    assert await scene.statuses(first.id, second.id, third.id) == ["queued", "failed", "sent"]
    assert (await scene.row(messages, id=first.id))["not_before_at"] == LATER + HOUR


async def test_no_outcomes(scene: Scene) -> None:
    """Nothing to write is nothing written."""
    await settle(scene)
    assert await scene.rows(messages) == []


async def test_the_status_that_the_provider_gave(scene: Scene) -> None:
    """A provider that says more than sent is believed."""
    claimed = await in_flight(scene)
    await settle(scene, Outcome(claimed, "simulator", "1", MessageStatus.DELIVERED))
    assert (await scene.row(messages))["status"] == "delivered"
