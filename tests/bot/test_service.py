"""The whole service over real HTTP, with a loopback Twilio on the other side."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import select

from bot.service import open_service
from bot.settings import load_settings
from storage.schema import opt_outs
from tests.bot.running import Running, run_service
from tests.cases import load_case
from tests.conversations.script import PHONES, SERVICE, Hears, Says, matches, read_script
from tests.conversations.test_conversations import SCRIPTS

ADA = PHONES["Ada"]


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start the service."""
    async with run_service(database_url) as started:
        yield started


SPOKEN = [path for path in SCRIPTS if not re.search(r"\[| ! ", path.read_text("utf-8"))]


@pytest.mark.parametrize("path", [one for one in SPOKEN if not read_script(one).settings], ids=lambda path: path.stem)
async def test_the_service_holds_the_conversation(path: object, running: Running) -> None:
    """Signed webhooks in, Twilio's API out: the provider's log shows what the script says, each message once."""
    script = read_script(path)  # type: ignore[arg-type]
    names = {phone: name for name, phone in PHONES.items()}
    expected = [step for step in script.steps if isinstance(step, Hears) and step.text != "(silence)"]
    heard_count = 0
    for place, step in enumerate(script.steps):
        if not isinstance(step, Says):
            continue
        assert await running.twilio.text(PHONES[step.who], SERVICE, step.text) == 200
        following = script.steps[place + 1 :]
        stop = next((n for n, later in enumerate(following) if isinstance(later, Says)), len(following))
        heard_count += sum(1 for later in following[:stop] if later in expected)
        async with asyncio.timeout(10):
            await running.twilio.wait_for_accepted(heard_count)
    said = [(names[message.recipient], message.body) for message in running.twilio.accepted]
    for who in names.values():
        wanted = [step.text for step in expected if step.who == who]
        got = [body for name, body in said if name == who]
        assert len(got) == len(wanted)
        assert all(matches(pattern, body) for pattern, body in zip(wanted, got, strict=True))


async def test_a_message_posted_five_times_is_answered_once(running: Running) -> None:
    """The same MessageSid, at the same time and again later, is stored and answered once; every post gets 200."""
    posts = [running.twilio.text(ADA, SERVICE, "PIZZA", MessageSid="SM" + "7" * 32) for _ in range(4)]
    assert await asyncio.gather(*posts) == [200] * 4
    assert await running.twilio.text(ADA, SERVICE, "PIZZA", MessageSid="SM" + "7" * 32) == 200
    await running.twilio.wait_for_accepted(1)
    await running.twilio.settle()
    assert await running.count("inbound") == 1
    assert len(running.twilio.accepted) == 1


async def test_a_forged_request_stores_nothing(running: Running) -> None:
    """A wrong signature, a missing one, and a body that is no message are refused with a reason, and leave no row."""
    async with aiohttp.ClientSession() as client:
        url = f"{running.url}/webhooks/twilio/inbound"
        fields = {"From": ADA, "To": SERVICE, "Body": "hi", "MessageSid": "SM1"}
        for headers in ({}, {"X-Twilio-Signature": "bm8="}):
            async with client.post(url, data=fields, headers=headers) as answer:
                assert answer.status == 403
                assert "signature" in await answer.text()
        async with client.post(url, data=b"\xff" * 70_000, headers={"Content-Type": "text/plain"}) as answer:
            assert answer.status in (400, 413)
    assert await running.count("inbound") == 0


async def test_short_codes_are_stored_and_never_answered(running: Running) -> None:
    """What a machine's number writes is kept, without a contact and without an answer."""
    assert await running.twilio.text("72975", SERVICE, "PIZZA") == 200
    assert await running.twilio.text(ADA, SERVICE, "PIZZA") == 200
    await running.twilio.wait_for_accepted(1)
    assert await running.count("inbound") == 2
    assert [message.recipient for message in running.twilio.accepted] == [ADA]


async def test_health_and_metrics(running: Running) -> None:
    """The service says that it lives and is ready, and counts."""
    async with aiohttp.ClientSession() as client:
        for path, said in (
            ("/health/live", "live"),
            ("/health/ready", "ready"),
            ("/metrics", "rollcall_inbox_batch_size"),
        ):
            async with client.get(running.url + path) as answer:
                assert answer.status == 200
                assert said in await answer.text()
        async with client.get(f"{running.url}/events/1.ics") as answer:
            assert answer.status == 404


async def test_a_stop_is_on_record(running: Running) -> None:
    """After a STOP its row is there, with its source and its words."""
    await running.twilio.text(ADA, SERVICE, "please stop texting me")
    async with running.service.database.read() as connection:
        row = (await connection.execute(select(opt_outs.c.address, opt_outs.c.source, opt_outs.c.text))).one()
    assert tuple(row) == (ADA, "phrase", "please stop texting me")


async def test_real_inbound_requests(database_url: str) -> None:
    """Every recorded request is answered as its case says, byte for byte, and stored when it is a message."""
    for case in load_case("twilio_inbound.json"):
        if case["method"] != "POST":
            continue
        account = dict(case.get("form") or {}).get("AccountSid", "AC0")
        names = {
            "DATABASE_URL": database_url,
            "ROLLCALL_PUBLIC_URL": "https://bot.example.org",
            "TWILIO_ACCOUNT_SID": account,
            "TWILIO_AUTH_TOKEN": case["auth_token"],
            "TWILIO_FROM": SERVICE,
            "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
        }
        service = await open_service(load_settings(names, None))
        service.inbox.start(lambda _received: None)
        service.receipts.start()
        runner = web.AppRunner(service.app(), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}" + case["url"].removeprefix("https://bot.example.org")
        async with (
            aiohttp.ClientSession() as client,
            client.post(url, data=case["raw_body"].encode(), headers=case["headers"]) as answer,
        ):
            accepted = case["sign"] == "valid"
            assert answer.status < 500, case["name"]
            assert (answer.status == 403) == (not accepted), case["name"]
        await runner.cleanup()
        await service.inbox.stop()
        await service.receipts.stop()
        await service.database.close()
