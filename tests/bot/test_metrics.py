"""What Prometheus reads: sound names, and figures that move with what happens."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.bot.posts import get
from tests.bot.running import Running, run_service
from tests.bot.test_edge import locked
from tests.conversations.script import PHONES, SERVICE
from tests.fakes.twilio_faults import RESET_BEFORE, in_order, too_many

ADA, BO, CY = PHONES["Ada"], PHONES["Bo"], "+15550120003"


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start the service."""
    async with run_service(database_url) as started:
        yield started


async def figures(running: Running) -> dict[str, float]:
    """Read the metrics: name and labels -> value."""
    answer = await get(running, "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return {
        sample.name + "".join(f" {value}" for _label, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name.startswith("rollcall_")
    }


async def changes(running: Running, before: dict[str, float]) -> dict[str, float]:
    """Say by how much the figures have moved since."""
    return {name: value - before.get(name, 0) for name, value in (await figures(running)).items()}


async def test_the_names_are_sound(running: Running) -> None:
    """Every metric is ours by its name, says what it is, and names its unit as Prometheus wants it."""
    families = [
        family
        for family in text_string_to_metric_families((await get(running, "/metrics")).text)
        if family.name.startswith("rollcall_")
    ]
    assert len(families) >= 10
    for family in families:
        assert re.fullmatch(r"rollcall(_[a-z]+)+", family.name)
        assert family.documentation
        assert all(re.fullmatch(r"[a-z]+", label) for sample in family.samples for label in sample.labels)
        if "econds" in family.documentation or "Age" in family.documentation:
            assert family.name.removesuffix("_created").endswith("_seconds")


async def test_what_comes_in_is_counted(running: Running, database_url: str) -> None:
    """Stored and doubled messages, refused requests, the size of a batch and who waits for one."""
    before = await figures(running)
    async with locked(database_url):
        posts = [asyncio.create_task(running.twilio.text(ADA, SERVICE, "PIZZA", MessageSid="SM1"))]
        await asyncio.sleep(0.3)  # it is in its batch
        posts += [
            asyncio.create_task(running.twilio.text(phone, SERVICE, "PIZZA", MessageSid=sid))
            for phone, sid in ((ADA, "SM1"), (BO, "SM2"), (CY, "SM3"))
        ]
        while running.service.inbox.waiting_count < 3:  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0.01)
        assert (await figures(running))["rollcall_inbox_waiting"] == 3
    assert await asyncio.gather(*posts) == [200] * 4
    params = {"From": ADA}
    assert await running.twilio.post(running.twilio.known_as("/webhooks/twilio/inbound"), params, signature="x") == 403
    moved = await changes(running, before)
    assert moved["rollcall_inbox_messages_total stored"] == 3
    assert moved["rollcall_inbox_messages_total duplicate"] == 1
    assert moved["rollcall_webhooks_refused_total signature_mismatch"] == 1
    assert moved["rollcall_inbox_batch_size_bucket 1.0"] == 1
    assert moved["rollcall_inbox_batch_size_bucket 4.0"] == 2
    assert moved["rollcall_inbox_batch_size_sum"] == 4
    assert moved["rollcall_inbox_batch_seconds_count"] == 2
    assert (await figures(running))["rollcall_inbox_waiting"] == 0


async def test_what_goes_out_is_counted(running: Running) -> None:
    """Calls by their outcome, receipts, what is unknown, what is queued, and for how long."""
    before = await figures(running)
    running.twilio.choose_fault = in_order(None, RESET_BEFORE, too_many("60"))
    assert await running.twilio.text(ADA, SERVICE, "PIZZA") == 200
    async with asyncio.timeout(10):
        await running.twilio.wait_for_accepted(1)
        await running.twilio.settle()
    for count, phone in ((2, BO), (3, CY)):
        assert await running.twilio.text(phone, SERVICE, "PIZZA") == 200
        async with asyncio.timeout(10):
            while len(running.twilio.attempts) < count:  # noqa: ASYNC110 nobody tells
                await asyncio.sleep(0.02)
    wanted = {"rollcall_outbox_messages unknown": 1, "rollcall_outbox_messages queued": 1}
    async with asyncio.timeout(10):
        while {name: (await figures(running))[name] for name in wanted} != wanted:  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0.05)
    first = (await figures(running))["rollcall_outbox_oldest_queued_seconds"]
    await asyncio.sleep(0.2)
    assert (await figures(running))["rollcall_outbox_oldest_queued_seconds"] >= first + 0.2 > 0.2
    moved = await changes(running, before)
    outcomes = {
        name: value for name, value in moved.items() if name.startswith("rollcall_sent_messages_total") and value
    }
    assert sum(outcomes.values()) == 3
    assert len(outcomes) == 3
    assert moved["rollcall_send_seconds_count"] == 3
    assert moved["rollcall_receipts_total delivered"] == 1
