"""Delivery news over HTTP, in every order, doubled, and before the call they are about has been answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import permutations

import pytest
from sqlalchemy import select

from storage.schema import messages, opt_outs
from tests.bot.posts import STATUS, get, post
from tests.bot.running import Running, run_service
from tests.cases import load_case
from tests.conversations.script import SERVICE
from tests.fakes.twilio_faults import ACCEPT_RESET, Callbacks, always

ORDERS = (
    *((order, "read") for order in permutations(("queued", "sent", "delivered", "read"))),
    *((order, "undelivered") for order in permutations(("sending", "sent", "undelivered"))),
    *((order, "failed") for order in permutations(("queued", "failed", "sent"))),
)


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start the service; Twilio says nothing by itself."""
    async with run_service(database_url) as started:
        started.twilio.callbacks = Callbacks(statuses=())
        yield started


async def answered(running: Running, count: int) -> dict[str, str]:
    """Let so many people text, and give our answers: SID -> where its callbacks go."""
    phones = [f"+1555012{number:04d}" for number in range(count)]
    assert set(await asyncio.gather(*(running.twilio.text(one, SERVICE, "PIZZA") for one in phones))) == {200}
    async with asyncio.timeout(20):
        await running.twilio.wait_for_accepted(count)
    return {one.sid: str(one.status_callback).partition("/webhooks")[2] for one in running.twilio.accepted}


async def statuses(running: Running) -> dict[str | None, str]:
    """Read how our messages stand: SID -> status."""
    async with running.service.database.read() as connection:
        sent = select(messages.c.provider_id, messages.c.status).where(messages.c.direction == "outbound")
        return {row[0]: row[1] for row in await connection.execute(sent)}


async def report(running: Running, sid: str, path: str, status: str, **more: str) -> int:
    """Post one status callback."""
    fields = {"MessageSid": sid, "MessageStatus": status, "AccountSid": running.twilio.account_sid, **more}
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    return (await post(running, body.encode(), path)).status


async def test_every_order_ends_the_same(running: Running) -> None:
    """All orders of real sequences, each callback posted twice, end at the furthest status, and each post gets 200."""
    sids = await answered(running, len(ORDERS))

    async def tell(sid: str, order: tuple[str, ...]) -> list[int]:
        return [await report(running, sid, "/webhooks" + sids[sid], one) for one in order for _ in range(2)]

    told = await asyncio.gather(*(tell(sid, order) for sid, (order, _end) in zip(sids, ORDERS, strict=True)))
    assert {status for one in told for status in one} == {200}
    assert await statuses(running) == {sid: end for sid, (_order, end) in zip(sids, ORDERS, strict=True)}


async def test_real_sequences(running: Running) -> None:
    """Recorded sequences end where they should, with the address of our message and without it."""
    sequences = load_case("twilio_status_sequences.json")["sequences"]
    words = {"canceled": "cancelled"}
    known = [sequence for sequence in sequences if sequence["final"]]
    sids = await answered(running, 2 * len(known))
    await running.service.sender.stop()  # every outcome is written down
    for number, sid in enumerate(sids):
        path = STATUS if number % 2 else "/webhooks" + sids[sid]
        for status in known[number // 2]["statuses"]:
            assert await report(running, sid, path, status) == 200
    ends = await statuses(running)
    for number, sid in enumerate(sids):
        final = known[number // 2]["final"]
        assert ends[sid] == words.get(final, final), known[number // 2]["name"]


async def test_news_of_nobody(running: Running) -> None:
    """Callbacks of an unknown SID, with and without an id of ours, are acknowledged and make no row."""
    for path in (STATUS, f"{STATUS}?m={'0' * 32}&a=1"):
        assert await report(running, "SM" + "5" * 32, path, "delivered") == 200
    for path in (f"{STATUS}?m=nonsense&a=1", f"{STATUS}?m={'0' * 32}&a=x"):
        assert await report(running, "SM" + "5" * 32, path, "delivered") == 400
    assert await running.count("outbound") == 0
    assert (await get(running, STATUS)).status == 405


async def test_news_before_the_answer(running: Running) -> None:
    """What is delivered before our call has been answered is delivered, and stays so when the answer comes late."""
    running.twilio.callbacks = Callbacks(before_answer=True, copies=2)
    await answered(running, 3)
    await running.service.sender.stop()
    assert set((await statuses(running)).values()) == {"delivered"}


async def test_news_where_no_answer_comes(running: Running) -> None:
    """A call that breaks off after it was accepted: its callback alone says what became of it."""
    running.twilio.choose_fault = always(ACCEPT_RESET)
    ((sid, path),) = (await answered(running, 1)).items()
    async with asyncio.timeout(10):
        while await statuses(running) != {None: "unknown"}:  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0.02)
    assert await report(running, sid, "/webhooks" + path, "sent") == 200
    assert await statuses(running) == {sid: "sent"}


async def test_a_refusal_because_of_an_opt_out(running: Running) -> None:
    """Error 21610 in a callback, posted twice, opts the person out once."""
    ((sid, path),) = (await answered(running, 1)).items()
    for _ in range(2):
        assert await report(running, sid, "/webhooks" + path, "failed", ErrorCode="21610") == 200
    async with running.service.database.read() as connection:
        rows = [tuple(row) for row in await connection.execute(select(opt_outs.c.address, opt_outs.c.source))]
    assert rows == [("+15550120000", "message_failure")]
