"""The pace of a channel: its bucket of segments and its breaker; and receipts through their batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.breaker import OPEN_AFTER, PROBE_SECONDS, Breaker
from bot.bucket import Bucket
from bot.providers.base import Call
from bot.providers.simulator import SimulatorProvider
from bot.receipts import Receipts
from flows.values import MessageStatus, Receipt, Transport
from tests.bot.outbox import open_outbox
from tests.fakes.twilio import FakeTwilio


def test_the_bucket_holds_a_tenth_of_a_second() -> None:
    """A channel of 100 a second gives 10 at once, however long it rested, and so 110 in its first second."""
    bucket = Bucket(100.0, 0.0)
    assert bucket.available(50.0) == pytest.approx(10.0)
    bucket.take(10, 50.0)
    assert bucket.wait_seconds(50.0) == pytest.approx(0.01)
    assert bucket.available(51.0) == pytest.approx(10.0)
    assert Bucket(2.0, 0.0).available(50.0) == pytest.approx(1.0)


def test_a_rest() -> None:
    """A bucket that rests gives nothing until then, and its first token just then."""
    bucket = Bucket(10.0, 100.0)
    bucket.rest(5.0, 100.0)
    assert bucket.available(104.5) < 1.0
    assert bucket.wait_seconds(104.5) == pytest.approx(0.5)
    assert bucket.available(105.0) == pytest.approx(1.0)
    bucket.rest(0.0, 105.0)
    assert bucket.available(105.0) == pytest.approx(1.0)


def test_a_long_message_is_paid_later() -> None:
    """Five segments at one a second: the next message waits for five seconds."""
    bucket = Bucket(1.0, 0.0)
    bucket.take(5, 0.0)
    assert bucket.wait_seconds(0.0) == pytest.approx(5.0)


def test_the_breaker_opens_probes_and_closes() -> None:
    """Five failures in a row open it; one call every 10 s is let through; an answer closes it."""
    breaker = Breaker()
    for _ in range(OPEN_AFTER - 1):
        breaker.heard(failed=True, now_seconds=0.0)
    assert breaker.allowed(32, 0.0) == 32
    breaker.heard(failed=True, now_seconds=0.0)
    assert breaker.is_open
    assert breaker.allowed(32, PROBE_SECONDS - 1) == 0
    assert breaker.allowed(32, PROBE_SECONDS) == 1
    breaker.probing(PROBE_SECONDS)
    assert breaker.allowed(32, PROBE_SECONDS + 1) == 0
    breaker.heard(failed=False, now_seconds=PROBE_SECONDS + 1)
    assert breaker.allowed(32, PROBE_SECONDS + 1) == 32


async def test_the_simulator_delivers() -> None:
    """What is sent to the simulator has arrived, under an id of its own."""
    provider = SimulatorProvider(lambda: 7)
    call = Call(b"\x01" * 16, 1, Transport.SIMULATOR, "sim", "+15550100001", "Hello")
    accepted = await provider.send(call)
    assert (accepted.provider_id, accepted.status) == ("SIM" + "01" * 16, MessageStatus.DELIVERED)
    assert (await provider.list_sent(call, 0)).provider_now_at == 7


async def test_receipts_are_in_the_database_when_awaited(tmp_path: Path) -> None:
    """Awaiting a receipt comes back after its commit; a failed delivery of a dead number keeps its code."""
    async with FakeTwilio() as fake, open_outbox(tmp_path, fake) as outbox:
        key = await outbox.queue(await outbox.contact(), "Hello")
        receipts = Receipts(outbox.database, outbox.now_at)
        receipts.start()
        await receipts.put(Receipt("twilio", "SM1", MessageStatus.UNDELIVERED, "30005", None, key, 1))
        await receipts.stop()
        row = await outbox.row(key)
        assert (row["status"], row["error_code"]) == ("undelivered", "30005")
