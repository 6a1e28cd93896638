"""The web edge under bad input, overload and a database that is away."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import quote_from_bytes

import aiohttp
import asyncpg
import pytest
from aiohttp import web
from sqlalchemy import make_url, select, text

from bot.app import SECURITY_HEADERS, make_app
from bot.providers.twilio.inbound import read_form
from bot.turns import Received
from bot.webhooks.twilio import TwilioWebhooks
from flows.values import InboundMessage, Receipt
from storage.schema import messages
from tests.bot.posts import get
from tests.bot.running import PUBLIC_URL, Running, run_service
from tests.cases import load_case
from tests.conversations.script import PHONES, SERVICE

ADA, BO = PHONES["Ada"], PHONES["Bo"]
INBOUND = "/webhooks/twilio/inbound"


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start the service; three messages may wait."""
    async with run_service(database_url, {"ROLLCALL_INBOX_LIMIT": "3"}) as started:
        yield started


@asynccontextmanager
async def locked(database_url: str) -> AsyncIterator[None]:
    """Keep every writer out of the database meanwhile, from a connection of our own."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        connection = sqlite3.connect(url.database or "", isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
            connection.close()
        return
    other = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await other.close()


async def test_overload_is_refused_at_once(running: Running, database_url: str) -> None:
    """Past the bound a message gets 503 and Retry-After, fast; what was taken is kept; later all go through."""
    posts: list[asyncio.Task[int]] = []
    async with locked(database_url):
        for number in range(4):  # the first is in its batch, three wait
            posts.append(asyncio.create_task(running.twilio.text(f"+1555010020{number}", SERVICE, "hello")))
            await asyncio.sleep(0.05)
        fields = {"From": ADA, "To": SERVICE, "Body": "hi", "MessageSid": "SM" + "9" * 32}
        fields["AccountSid"] = running.twilio.account_sid
        headers = {"X-Twilio-Signature": running.twilio.sign(PUBLIC_URL + INBOUND, fields)}
        async with aiohttp.ClientSession() as client:
            started = time.perf_counter()
            async with client.post(running.url + INBOUND, data=fields, headers=headers) as answer:
                assert answer.status == 503
                assert int(answer.headers["Retry-After"]) >= 1
                assert "try again" in await answer.text()
            assert time.perf_counter() - started < 0.1
    assert await asyncio.gather(*posts) == [200] * 4
    assert await running.twilio.text(ADA, SERVICE, "hi", MessageSid="SM" + "9" * 32) == 200
    assert await running.count("inbound") == 5


async def test_a_database_that_is_away_is_said_so(database_url: str) -> None:
    """While the database does not answer, webhooks get 503 and the service is not ready; then all goes on."""
    if not database_url.startswith("postgresql"):
        pytest.skip("a file does not go away; that it is locked is another test")
    async with _cut_off(database_url) as (proxied, cut, mend), run_service(proxied) as running:
        assert await running.twilio.text(ADA, SERVICE, "PIZZA") == 200
        await cut()
        assert await _status(running, "/health/ready") == 503
        assert await _status(running, "/health/live") == 200
        assert await running.twilio.text(ADA, SERVICE, "1") in (0, 503)
        await mend()
        assert await _status(running, "/health/ready") == 200
        assert await running.twilio.text(ADA, SERVICE, "1") == 200
        async with asyncio.timeout(30):
            await running.twilio.wait_for_accepted(2)
        assert await running.count("inbound") == 2


async def _status(running: Running, path: str) -> int:
    async with aiohttp.ClientSession() as client, client.get(running.url + path) as answer:
        return answer.status


Switch = Callable[[], Awaitable[None]]


@asynccontextmanager
async def _cut_off(database_url: str) -> AsyncIterator[tuple[str, Switch, Switch]]:
    """Put a wire between the service and PostgreSQL that can be cut and mended."""
    url = make_url(database_url)
    host, port = str(url.query.get("host", url.host)), url.port or 5432
    writers: set[asyncio.StreamWriter] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65_536):
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if host.startswith("/"):
            far_reader, far_writer = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            far_reader, far_writer = await asyncio.open_connection(host, port)
        writers.update((writer, far_writer))
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    server = await asyncio.start_server(join, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()[1]

    async def cut() -> None:
        server.close()
        for writer in writers:
            writer.close()

    async def mend() -> None:
        nonlocal server
        server = await asyncio.start_server(join, "127.0.0.1", address)

    proxied = url.set(host="127.0.0.1", port=address, query={})
    try:
        yield proxied.render_as_string(hide_password=False), cut, mend
    finally:
        await cut()


async def test_a_poisoned_step_hurts_nobody_else(running: Running) -> None:
    """A step that raises is stored as failed with its error; neighbours go through, and the STOP after it counts."""
    assert await running.twilio.text(ADA, SERVICE, "PIZZA") == 200
    assert await running.twilio.text(BO, SERVICE, "PIZZA") == 200
    async with running.service.database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE sessions SET question_id = 'gone' "
                "WHERE contact_id = (SELECT id FROM contacts WHERE address = :ada)"
            ),
            {"ada": ADA},
        )
    both = await asyncio.gather(running.twilio.text(BO, SERVICE, "1"), running.twilio.text(ADA, SERVICE, "1"))
    assert set(both) == {200}
    async with running.service.database.read() as connection:
        failed = (
            await connection.execute(select(messages.c.address, messages.c.extras).where(messages.c.status == "failed"))
        ).all()
    assert [row[0] for row in failed] == [ADA]
    assert "gone" in json.dumps(failed[0][1])
    async with asyncio.timeout(10):
        await running.twilio.wait_for_accepted(4)  # a STOP would take back what has not left yet
    assert await running.twilio.text(ADA, SERVICE, "STOP") == 200
    async with asyncio.timeout(10):
        await running.twilio.wait_for_accepted(5)
    assert "unsubscribed" in [one.body for one in running.twilio.accepted if one.recipient == ADA][-1]
    assert [one.body for one in running.twilio.accepted if one.recipient == BO][-1] == "Another slice?"


def _fields(running: Running, **more: str) -> dict[str, str]:
    known = {"From": ADA, "To": SERVICE, "Body": "hi", "MessageSid": "SM" + "8" * 32}
    return {**known, "AccountSid": running.twilio.account_sid, **more}


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({"MessageSid": ""}, 400, "MessageSid is missing"),
        ({"From": ""}, 400, "From is missing"),
        ({"From": "not a number at all!"}, 400, "no phone number"),
        ({"To": "+"}, 400, "To is missing"),
        ({"AccountSid": "AC" + "9" * 32}, 403, "another Twilio account"),
    ],
)
async def test_malformed_messages(fields: dict[str, str], status: int, reason: str, running: Running) -> None:
    """A signed request that is no message of ours is refused with the reason, and leaves no row."""
    sent = _fields(running, **fields)
    headers = {"X-Twilio-Signature": running.twilio.sign(PUBLIC_URL + INBOUND, sent)}
    async with aiohttp.ClientSession() as client:
        async with client.post(running.url + INBOUND, data=sent, headers=headers) as answer:
            assert answer.status == status
            assert reason in await answer.text()
        async with client.get(running.url + INBOUND) as answer:
            assert answer.status == 405
        async with client.post(running.url + INBOUND, data=b"x" * 70_000, headers=headers) as answer:
            assert answer.status == 413
        async with client.post(running.url + INBOUND, data=b"<xml/>", headers={"Content-Type": "text/xml"}) as answer:
            assert answer.status == 400
            assert "content type" in await answer.text()
    assert await running.count("inbound") == 0


async def test_every_answer_is_hardened(running: Running) -> None:
    """Answers, refusals and unknown addresses alike say what browsers may do with them, and not which server it is."""
    for path in ("/health/live", "/nowhere", "/webhooks/twilio/inbound", "/metrics"):
        answer = await get(running, path)
        assert SECURITY_HEADERS.items() <= answer.headers.items(), path
        assert "aiohttp" not in answer.headers.get("Server", "")


async def test_signed_garbage_is_never_our_failure(running: Running) -> None:
    """Whatever bytes a correctly signed request holds, the answer is no 5xx, and what is stored can be read again."""
    dice = random.Random(7)  # noqa: S311 the same garbage every time
    letters = ["%00", "%FF", "%C3%28", "%ED%A0%80", "😀", "\u202e", "é", "A", " ", "%", "+", "=", "1" * 1_700, "STOP"]
    async with aiohttp.ClientSession() as client:
        for number in range(120):
            body = "".join(dice.choice(letters) for _ in range(dice.randrange(12)))
            raw = quote_from_bytes(body.encode(), safe="%+=😀".encode().decode("latin-1"))
            sid = f"SM{number:032d}"
            who = f"From=%2B15550100101&To=%2B15550100000&AccountSid={running.twilio.account_sid}"
            form = f"{who}&MessageSid={sid}&Body={raw}"

            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": running.twilio.sign(PUBLIC_URL + INBOUND, dict(read_form(form.encode()))),
            }
            async with client.post(running.url + INBOUND, data=form.encode(), headers=headers) as answer:
                assert answer.status < 500, (raw, await answer.text())
    async with running.service.database.read() as connection:
        bodies = [row[0] for row in await connection.execute(select(messages.c.body))]
    assert len(bodies) >= 100
    assert all("\0" not in body and body.encode().decode() == body for body in bodies)


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    """A request whose body stays away is answered 408 within its bound, and its connection is closed."""

    async def nothing(_value: InboundMessage | Receipt | Received) -> Received:
        raise AssertionError("nothing arrives")

    async def none(_value: Received) -> None:
        raise AssertionError("nothing arrives")

    hooks = TwilioWebhooks("AC0", ("token",), PUBLIC_URL, nothing, nothing, none, body_seconds=0.2)
    runner = web.AppRunner(make_app(hooks.routes()), access_log=None, lingering_time=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
    writer.write(f"POST {INBOUND} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf".encode())
    async with asyncio.timeout(5):
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"did not arrive within 0.2 seconds" in answer
    writer.close()
    await runner.cleanup()


async def test_real_status_callbacks(database_url: str) -> None:
    """Every recorded status callback is answered as its case says; none of an unknown message makes a row."""
    for case in load_case("twilio_status.json"):
        more = {
            "ROLLCALL_PUBLIC_URL": "https://bot.example.org",
            "TWILIO_ACCOUNT_SID": dict(case.get("form") or {}).get("AccountSid", "AC0"),
            "TWILIO_AUTH_TOKEN": case["auth_token"],
        }
        async with run_service(database_url, more) as running, aiohttp.ClientSession() as client:
            url = running.url + case["url"].removeprefix("https://bot.example.org")
            async with client.post(url, data=case["raw_body"].encode(), headers=case["headers"]) as answer:
                assert answer.status < 500, case["name"]
                assert (answer.status == 403) == (case["sign"] != "valid"), case["name"]
            assert await running.count("outbound") == 0
