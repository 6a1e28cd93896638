"""The sweep: what people texted and no webhook brought is read from the provider's log."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import select

from bot.sweep import Sweep
from flows.values import HOUR, SECOND, InboundMessage, Transport
from storage.channels import save_channels, set_swept
from storage.keys import inbound_key
from storage.load import claim_keys
from storage.schema import channels
from tests.bot.outbox import ADA, OURS, WORKSPACE, Outbox
from tests.fakes.twilio_faults import HANG_BEFORE, Fault, Way, refuse


def listening(outbox: Outbox, last: str = "") -> tuple[list[str], Sweep]:
    """Give a sweep and the texts that it brings; after the last one the provider's list fails."""
    got: list[str] = []

    async def put(message: InboundMessage) -> None:
        got.append(message.text)
        if message.text == last:
            outbox.fake.list_fault = refuse(20500, 503)

    return got, Sweep(outbox.database, outbox.providers, put, outbox.now_at)


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


async def test_one_text_does_not_hold_up_the_others(outbox: Outbox) -> None:
    """A text of which nothing can be stored kept the service from starting: it the others are read."""
    got: list[str] = []

    async def put(message: InboundMessage) -> None:
        if message.text == "poison":
            raise ValueError(message.text)
        got.append(message.text)

    for text in ("before", "poison", "after"):
        await outbox.fake.text(ADA, OURS, text)
    assert await Sweep(outbox.database, outbox.providers, put, outbox.now_at).run() == {}
    assert got == ["before", "after"]
    assert (await outbox.rows(select(channels)))[0]["swept_at"] is not None


async def test_a_row_that_is_no_message_is_passed_over(outbox: Outbox) -> None:
    """An odd id, an address of 300 characters and half a surrogate pair: the rows around them are read."""
    got, sweep = listening(outbox)
    await outbox.fake.text(ADA, OURS, "before")
    await outbox.fake.text(ADA, OURS, "odd", MessageSid="QX1")
    await outbox.fake.text("whatsapp:US." + "x" * 300, OURS, "long")
    await outbox.fake.text(ADA, OURS, "half \ud800")
    assert await sweep.run() == {}
    assert got == ["before", "half \ufffd"]


async def test_pages_without_an_end(outbox: Outbox) -> None:
    """A list whose every page names another one kept the port closed for ever: it is left after a bound."""
    await outbox.fake.text(ADA, OURS, "STOP")
    got, sweep = listening(outbox)
    outbox.fake.list_fault = Fault(Way.REFUSE, 200, body='{"messages": [], "next_page_uri": "/2010-04-01/again"}')
    (unswept,) = (await sweep.run()).values()
    assert not unswept.moves_on
    assert got == []
    outbox.fake.list_fault = None
    assert await sweep.run() == {}
    assert got == ["STOP"]


@pytest.mark.parametrize(
    "body", ['{"messages": {"a": 1}}', '{"messages": [], "next_page_uri": "/\\ud800"}', "[]", '{"messages": [[], 7]}']
)
async def test_an_answer_that_cannot_be_read(body: str, outbox: Outbox) -> None:
    """Whatever JSON a list holds, the sweep ends: with nothing, or with a reason."""
    _got, sweep = listening(outbox)
    outbox.fake.list_fault = Fault(Way.REFUSE, 200, body=body)
    await sweep.run()


async def test_channels_are_read_side_by_side(outbox: Outbox) -> None:
    """Four numbers of a provider that hangs took four times its time-out: 62 s without an open port."""
    numbers = [f"+1555010999{number}" for number in range(4)]
    wanted = [("twilio", Transport.SMS, number, 1.0) for number in numbers]
    await outbox.database.run(save_channels(wanted, WORKSPACE.id, outbox.now_at()))
    _got, sweep = listening(outbox)
    outbox.fake.list_fault = HANG_BEFORE
    begun_seconds = time.monotonic()
    unswept = await sweep.run()
    assert {one.channel.address for one in unswept.values()} == {*numbers, OURS}
    assert time.monotonic() - begun_seconds < 4.0  # the provider's time-out is 2 s here


async def test_a_round_ends(outbox: Outbox) -> None:
    """A log that takes longer than a round is read on from where the round ended, and nobody is alarmed."""
    got: list[str] = []

    async def put(message: InboundMessage) -> None:
        got.append(message.text)
        await asyncio.sleep(0.5)

    for number in range(3):
        outbox.fake.clock_offset_seconds = (number - 3) * 3_600
        await outbox.fake.text(ADA, OURS, str(number))
    outbox.fake.clock_offset_seconds = 0
    known = Sweep(outbox.database, outbox.providers, put, outbox.now_at, round_seconds=0.9)
    (unswept,) = (await known.run()).values()
    assert unswept.moves_on
    assert len(got) < 3
    for _round in range(5):
        await known.run()
    assert set(got) == {"0", "1", "2"}


async def test_swept_texts_are_dated_by_our_clock(outbox: Outbox) -> None:
    """A START of the log is compared with a STOP that a webhook brought: one clock has to date both."""
    dates: list[int] = []

    async def put(message: InboundMessage) -> None:
        dates.append(message.sent_at or 0)

    outbox.fake.clock_offset_seconds = 7_200
    await outbox.fake.text(ADA, OURS, "START")
    await Sweep(outbox.database, outbox.providers, put, outbox.now_at).run()
    assert abs(dates[0] - outbox.now_at()) < 5 * SECOND
