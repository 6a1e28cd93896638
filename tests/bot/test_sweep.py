"""The sweep: what people texted and no webhook brought is read from the provider's log."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.sweep import Sweep
from flows.values import HOUR, InboundMessage
from storage.channels import set_swept
from storage.keys import inbound_key
from storage.load import claim_keys
from storage.schema import channels
from tests.bot.outbox import ADA, OURS, Outbox
from tests.fakes.twilio_faults import refuse


def listening(outbox: Outbox, last: str = "") -> tuple[list[str], Sweep]:
    """Give a sweep and the texts that it brings; after the last one the provider's list fails."""
    got: list[str] = []

    async def put(message: InboundMessage) -> None:
        got.append(message.text)
        if message.text == last:
            outbox.fake.list_fault = refuse(20500, 503)

    return got, Sweep(outbox.database, outbox.providers, put)


async def test_the_sweep_brings_in_what_was_missed(outbox: Outbox) -> None:
    """What people texted while we were away is put through the inbox, and the place is remembered."""
    await outbox.fake.text(ADA, OURS, "STOP")
    got, sweep = listening(outbox)
    await sweep.run()
    assert got == ["STOP"]
    assert (await outbox.rows(select(channels)))[0]["swept_at"] is not None


async def test_the_sweep_leaves_out_what_is_here(outbox: Outbox) -> None:
    """The sweep looks back over what the webhooks brought already: only what none of them brought is put."""
    got, sweep = listening(outbox)
    for sid, text in (("SM1", "brought"), ("SM2", "missed")):
        await outbox.fake.text(ADA, OURS, text, MessageSid=sid)
    (channel,) = await outbox.rows(select(channels))
    await outbox.database.run(claim_keys([inbound_key(channel["id"], "SM1")], outbox.now_at()))
    await sweep.run()
    assert got == ["missed"]


async def test_a_long_absence_is_swept_piece_by_piece(outbox: Outbox) -> None:
    """The oldest first, each piece's end remembered; where a list fails the next sweep goes on from there."""
    got, sweep = listening(outbox, "second")
    for hours_ago, text in ((6.5, "first"), (4.5, "second"), (0.5, "third")):
        outbox.fake.clock_offset_seconds = -hours_ago * 3_600
        await outbox.fake.text(ADA, OURS, text)
    outbox.fake.clock_offset_seconds = 0
    await sweep.run()
    assert got == ["first", "second"]
    swept_at = (await outbox.rows(select(channels)))[0]["swept_at"]
    assert 3.5 * HOUR < outbox.now_at() - swept_at <= 4.5 * HOUR
    outbox.fake.list_fault = None
    await sweep.run()
    assert got == ["first", "second", "third"]


async def test_a_sweep_that_fails_early_keeps_its_place(outbox: Outbox) -> None:
    """What is read a second time for safety does not move the place back, however often the rest fails."""
    (channel,) = await outbox.rows(select(channels))
    swept_at = outbox.now_at() - HOUR
    await outbox.database.run(set_swept(channel["id"], swept_at))

    _got, sweep = listening(outbox, "seen")
    outbox.fake.clock_offset_seconds = -3_900  # in the ten minutes before
    await outbox.fake.text(ADA, OURS, "seen")
    outbox.fake.clock_offset_seconds = 0
    for _sweep in range(3):
        outbox.fake.list_fault = None
        await sweep.run()
    assert (await outbox.rows(select(channels)))[0]["swept_at"] == swept_at


@pytest.mark.parametrize("hours", [-2.0, 2.0])
async def test_our_clock_does_not_matter(outbox: Outbox, hours: float) -> None:
    """The provider's log is read by the provider's time: what came in our absence is found with any clock of ours."""
    got, sweep = listening(outbox)
    outbox.ahead_seconds[0] = hours * 3_600
    await sweep.run()
    await outbox.fake.text(ADA, OURS, "STOP")
    outbox.fake.clock_offset_seconds = 1_800  # half an hour later, by every clock
    outbox.ahead_seconds[0] += 1_800
    await sweep.run()
    assert got == ["STOP"]


async def test_a_rush_after_a_quiet_time_is_swept_in_order(outbox: Outbox) -> None:
    """Where an hour of the log is too much it is read in smaller pieces: all of it, once, in order."""
    got, sweep = listening(outbox)
    for number in range(1_200):
        outbox.fake.clock_offset_seconds = number / 10 - 7_200
        await outbox.fake.text(ADA, OURS, str(number))
    outbox.fake.clock_offset_seconds = 0
    await sweep.run()
    assert list(dict.fromkeys(got)) == [str(number) for number in range(1_200)]
    assert len(got) < 1_400  # a piece ends with the second in which the next begins
