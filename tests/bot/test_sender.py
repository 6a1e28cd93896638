"""The outbox end to end: a real database, real HTTP to a fake Twilio."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.receipts import class_of
from flows.errors import ErrorClass
from flows.lifecycle import Refusal
from flows.values import MessageStatus, Purpose, Receipt
from storage.channels import pause_channel, resume_channel
from storage.outbox.claim import claim
from storage.outbox.nodes import take_over
from storage.outbox.outcome import Outcome, record
from storage.outbox.receipts import apply_receipts
from storage.outbox.refusals import Lesson, learn
from storage.schema import channels, consent_changes, messages, opt_outs, orphan_receipts, suppressions
from tests.bot.outbox import ADA, OURS, Outbox, Told, until
from tests.cases import load_case
from tests.fakes.twilio_faults import ACCEPT_RESET, in_order, refuse, too_many

SID = "SM" + "a" * 32


async def test_sends_once(outbox: Outbox) -> None:
    """One row is one call, and the row knows the provider's id."""
    key = await outbox.queue(await outbox.contact(), "Hello")
    await outbox.sender.start()
    row = await outbox.until(key, "sent")
    assert [message.sid for message in outbox.fake.accepted] == [row["provider_id"]]
    assert len(outbox.fake.attempts) == 1
    assert row["sent_at"] is not None


async def test_wake_sends_at_once(outbox: Outbox) -> None:
    """What is queued while the sender rests leaves when it is woken."""
    await outbox.sender.start()
    contact_id = await outbox.contact()
    key = await outbox.queue(contact_id, "Hello")
    outbox.sender.wake()
    await outbox.until(key, "sent")
    assert await outbox.sender.wait_for_calls([contact_id])


async def test_too_many_is_tried_again(outbox: Outbox) -> None:
    """A 429 waits as long as Twilio says and is sent then, once; it counts for no attempt."""
    outbox.fake.choose_fault = in_order(too_many("1"))
    key = await outbox.queue(await outbox.contact(), "Hello")
    await outbox.sender.start()
    row = await outbox.until(key, "sent")
    assert row["attempt"] == 1
    assert len(outbox.fake.accepted) == 1
    assert len(outbox.fake.attempts) == 2


async def test_a_lost_answer_is_looked_up(outbox: Outbox) -> None:
    """Accepted and the answer lost: unknown, then found in the provider's list, never sent again."""
    outbox.fake.choose_fault = in_order(ACCEPT_RESET)
    key = await outbox.queue(await outbox.contact(), "Hello")
    await outbox.sender.start()
    await outbox.until(key, "unknown")
    outbox.ahead_seconds[0] += 11
    await outbox.reconciler.run_once()
    row = await outbox.row(key)
    assert row["provider_id"] == outbox.fake.accepted[0].sid
    assert row["status"] == "sent"
    assert len(outbox.fake.attempts) == 1


async def test_verified_absence_sends_again(outbox: Outbox) -> None:
    """A message that two late lists do not show was never taken: it is sent again."""
    key = await outbox.queue(await outbox.contact(), "Hello")
    await outbox.database.run(claim(outbox.channel, b"d" * 16, outbox.now_at(), 1))
    await outbox.database.run(take_over(outbox.node_id, "test", outbox.now_at(), "sqlite"))
    statuses = []
    for seconds in (1, 30, 100, 121):
        outbox.ahead_seconds[0] += seconds
        await outbox.reconciler.run_once()
        statuses.append((await outbox.row(key))["status"])
    assert statuses == ["unknown", "unknown", "unknown", "queued"]


async def test_a_failing_list_decides_nothing(outbox: Outbox) -> None:
    """While the list is down the outcome stays unknown, however old it is."""
    key = await outbox.queue(await outbox.contact(), "Hello")
    await outbox.database.run(claim(outbox.channel, b"d" * 16, outbox.now_at(), 1))
    await outbox.database.run(take_over(outbox.node_id, "test", outbox.now_at(), "sqlite"))
    outbox.fake.list_fault = refuse(None, 500)
    for _ in range(4):
        outbox.ahead_seconds[0] += 200
        await outbox.reconciler.run_once()
    assert (await outbox.row(key))["status"] == "unknown"


async def test_a_receipt_before_the_answer(outbox: Outbox) -> None:
    """A receipt that came first stands; the answer that comes after it does not take it back."""
    key = await outbox.queue(await outbox.contact(), "Hello")
    claimed = await outbox.database.run(claim(outbox.channel, outbox.node_id, outbox.now_at(), 1))
    told = Receipt("twilio", SID, MessageStatus.DELIVERED, message_id=key)
    await outbox.database.run(apply_receipts([told], outbox.now_at(), class_of))
    await outbox.database.run(record([Outcome(claimed[0], "twilio", SID)], outbox.now_at(), class_of))
    row = await outbox.row(key)
    assert (row["status"], row["provider_id"]) == ("delivered", SID)


async def test_an_orphan_receipt_waits(outbox: Outbox) -> None:
    """A receipt without our id for a message not known yet makes no message, and counts once it is known."""
    key = await outbox.queue(await outbox.contact(), "Hello")
    claimed = await outbox.database.run(claim(outbox.channel, outbox.node_id, outbox.now_at(), 1))
    told = Receipt("twilio", SID, MessageStatus.DELIVERED)
    await outbox.database.run(apply_receipts([told], outbox.now_at(), class_of))
    assert len(await outbox.rows(select(messages))) == 1
    assert len(await outbox.rows(select(orphan_receipts))) == 1
    await outbox.database.run(record([Outcome(claimed[0], "twilio", SID)], outbox.now_at(), class_of))
    assert (await outbox.row(key))["status"] == "delivered"
    assert await outbox.rows(select(orphan_receipts)) == []


async def test_an_opt_out_blocks_all_but_the_confirmation(outbox: Outbox) -> None:
    """After an opt-out what is queued is cancelled, later messages stay, and the confirmation leaves."""
    contact_id = await outbox.contact()
    before = await outbox.queue(contact_id, "before")
    lesson = Lesson(before, contact_id, "twilio", ErrorClass.OPT, "21610", "opted out")
    await outbox.database.run(learn([lesson, lesson], outbox.now_at()))
    after = await outbox.queue(contact_id, "after", Purpose.CAMPAIGN)
    confirmation = await outbox.queue(contact_id, "bye", Purpose.CONFIRMATION)
    claimed = await outbox.database.run(claim(outbox.channel, outbox.node_id, outbox.now_at(), 9))
    assert [message.id for message in claimed] == [confirmation]
    assert (await outbox.row(before))["status"] == "cancelled"
    assert len(await outbox.rows(select(consent_changes))) == 1
    await outbox.reconciler.run_once()
    assert (await outbox.row(after))["status"] == "cancelled"


@pytest.mark.parametrize(("code", "opted", "dead"), [(21610, 1, 0), (21614, 0, 1), (21617, 0, 0)])
async def test_a_refusal_suppresses(outbox: Outbox, code: int, opted: int, dead: int) -> None:
    """The code of a refusal says whether the contact is opted out, dead on this channel, or neither."""
    outbox.fake.refused_recipients[ADA] = code
    key = await outbox.queue(await outbox.contact(), "Hello")
    await outbox.sender.start()
    row = await outbox.until(key, "failed")
    assert row["error_code"] == str(code)
    assert len(await outbox.rows(select(opt_outs))) == opted
    assert len(await outbox.rows(select(suppressions))) == dead


async def test_the_account_pauses_the_channel(outbox: Outbox) -> None:
    """A problem of the account fails no message: the channel pauses, the attempt does not count, somebody is told."""
    outbox.fake.choose_fault = in_order(refuse(20003, 401))
    key = await outbox.queue(await outbox.contact(), "Hello")
    told = Told()
    await outbox.sender.start(told)
    row = await until(lambda: outbox.row(key), lambda row: row["error_code"] == "20003")
    assert (row["status"], row["attempt"]) == ("queued", 0)
    assert (await outbox.rows(select(channels)))[0]["paused_until_at"] > outbox.now_at()
    assert [(address, "paused: check the account" in reason) for address, reason in told.paused] == [(OURS, True)]


async def test_the_lane_keeps_the_order(outbox: Outbox) -> None:
    """One message per contact is in flight: confirmation, replies in their order, campaigns last."""
    contact_id = await outbox.contact()
    purposes = (Purpose.CAMPAIGN, Purpose.REPLY, Purpose.REPLY, Purpose.CONFIRMATION)
    keys = [await outbox.queue(contact_id, str(place), purpose) for place, purpose in enumerate(purposes)]
    order = []
    for number in range(4):
        claimed = await outbox.database.run(claim(outbox.channel, outbox.node_id, outbox.now_at(), 9))
        assert len(claimed) == 1
        assert await outbox.database.run(claim(outbox.channel, outbox.node_id, outbox.now_at(), 9)) == ()
        order.append(claimed[0].id)
        await outbox.database.run(record([Outcome(claimed[0], "twilio", f"SM{number}")], outbox.now_at(), class_of))
    assert order == [keys[3], keys[1], keys[2], keys[0]]


async def test_an_unknown_blocks_all_but_a_confirmation(outbox: Outbox) -> None:
    """A doubtful message holds its contact's lane, except for the confirmation."""
    contact_id = await outbox.contact()
    await outbox.queue(contact_id, "first")
    claimed = await outbox.database.run(claim(outbox.channel, outbox.node_id, outbox.now_at(), 1))
    lost = Outcome(claimed[0], "twilio", refusal=Refusal(ErrorClass.UNK))
    await outbox.database.run(record([lost], outbox.now_at(), class_of))
    await outbox.queue(contact_id, "second")
    assert await outbox.database.run(claim(outbox.channel, outbox.node_id, outbox.now_at(), 9)) == ()
    confirmation = await outbox.queue(contact_id, "bye", Purpose.CONFIRMATION)
    claimed = await outbox.database.run(claim(outbox.channel, outbox.node_id, outbox.now_at(), 9))
    assert [message.id for message in claimed] == [confirmation]


async def test_the_guards_of_the_claim(outbox: Outbox) -> None:
    """A paused channel, a passed deadline and texts that are not read keep messages in."""
    late = await outbox.queue(await outbox.contact(), "late", not_after_at=outbox.now_at())
    await outbox.queue(await outbox.contact("+15550100002"), "blast", Purpose.CAMPAIGN)
    plan = claim(outbox.channel, outbox.node_id, outbox.now_at(), 9, fresh_since=outbox.now_at())
    assert await outbox.database.run(plan) == ()
    await outbox.database.run(pause_channel(outbox.channel.id, outbox.now_at() + 10**9, "test", outbox.now_at()))
    assert await outbox.database.run(claim(outbox.channel, outbox.node_id, outbox.now_at(), 9)) == ()
    await outbox.database.run(resume_channel(outbox.channel.id, outbox.now_at()))
    assert len(await outbox.database.run(claim(outbox.channel, outbox.node_id, outbox.now_at(), 9))) == 1
    await outbox.reconciler.run_once()
    assert (await outbox.row(late))["status"] == "expired"


async def test_a_stop_in_memory_stops_what_was_claimed(outbox: Outbox) -> None:
    """What was claimed before a STOP and is not on the wire yet is cancelled, not sent."""
    contact_id = await outbox.contact()
    outbox.ahead_seconds[0] = 5
    outbox.sender.opted_out([contact_id])
    outbox.ahead_seconds[0] = 0
    key = await outbox.queue(contact_id, "Hello")
    await outbox.sender.start()
    await outbox.until(key, "cancelled")
    assert outbox.fake.attempts == []


async def test_the_barrier_waits_for_the_call(outbox: Outbox) -> None:
    """The barrier comes back when the call in flight has ended, and says so when that takes too long."""
    contact_id = await outbox.contact()
    outbox.fake.latency_seconds = 0.4
    key = await outbox.queue(contact_id, "Hello")
    await outbox.sender.start()
    await outbox.until(key, "sending")
    assert not await outbox.sender.wait_for_calls([contact_id], 0.05)
    assert await outbox.sender.wait_for_calls([contact_id])
    assert (await outbox.row(key))["status"] == "sent"


async def test_stop_finishes_the_calls_in_flight(outbox: Outbox) -> None:
    """Stopping waits for the answer and writes it down."""
    outbox.fake.latency_seconds = 0.3
    key = await outbox.queue(await outbox.contact(), "Hello")
    await outbox.sender.start()
    await outbox.until(key, "sending")
    await outbox.sender.stop()
    assert (await outbox.row(key))["status"] == "sent"


async def test_real_sequences_of_statuses(outbox: Outbox) -> None:
    """Real sequences end where they should; an unknown id makes no message."""
    words = {"canceled": "cancelled", "accepted": "sent", "scheduled": "sent", "queued": "sent", "sending": "sent"}
    for number, sequence in enumerate(load_case("twilio_status_sequences.json")["sequences"]):
        sid, final = f"SM{number:032x}", sequence["final"]
        known = final is not None
        key = await outbox.queue(await outbox.contact(f"+1555010{number:04}"), "Hello") if known else None
        for status in sequence["statuses"]:
            told = Receipt("twilio", sid, MessageStatus(words.get(status, status)), message_id=key)
            await outbox.database.run(apply_receipts([told], outbox.now_at(), class_of))
        if key is None:
            assert await outbox.rows(select(messages).where(messages.c.provider_id == sid)) == []
        else:
            assert (await outbox.row(key))["status"] == words.get(final, final), sequence["name"]
