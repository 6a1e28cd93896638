"""The same requests on both engines: the same answers, the same rows, and no column that refuses a message."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from sqlalchemy import Select, select

from storage.schema import commands, contacts, conversations, messages, opt_outs
from tests.bot.posts import FORM, INBOUND, STATUS, form, post
from tests.bot.running import Running, run_service
from tests.bot.test_mutations import MUTATIONS, REQUESTS
from tests.cases import load_case
from tests.conftest import Originals, fresh_database
from tests.conversations.script import PHONES, SERVICE

ADMIN = PHONES["Ada"]
SETTINGS = {"ROLLCALL_ADMIN_PHONES": f"{ADMIN}:admin", "ROLLCALL_PROXY_COUNT": "1"}
"""Behind a proxy nobody is told from others, and so nobody is held off."""
WHATSAPP_ID = "US." + "a1B2" * 25
LONGEST_ID = "US." + "Z9" * 64
TABLES = {
    contacts: ("address", "phone", "name", "language", "status"),
    conversations: ("address", "message_count", "unread_count"),
    messages: ("address", "direction", "body", "extras", "provider_id", "purpose", "segments", "encoding"),
    opt_outs: ("address", "scope", "source", "text"),
}
"""What both engines have to agree about; keys and times differ from run to run."""


@pytest.fixture
async def pair(tmp_path: Path, originals: Originals, originals_server: str) -> AsyncIterator[tuple[Running, Running]]:
    """Run two services with the same settings: one on SQLite, one on PostgreSQL."""
    async with AsyncExitStack() as stack:
        file = await originals.copy_file(tmp_path / "rollcall.db")
        server = await stack.enter_async_context(
            fresh_database(originals_server, lambda admin: originals.template(originals_server, admin))
        )
        yield (
            await stack.enter_async_context(run_service(file, SETTINGS)),
            await stack.enter_async_context(run_service(server, SETTINGS)),
        )


async def rows(running: Running) -> dict[str, list[str]]:
    """Read what a service has stored, in an order that does not depend on the engine."""
    stored = {}
    for table, names in TABLES.items():
        result = await found(running, select(*(table.c[name] for name in names)))
        stored[table.name] = sorted(json.dumps([*row], sort_keys=True) for row in result)
    return stored


async def compare(pair: tuple[Running, Running], bodies: Sequence[tuple[str, bytes]]) -> list[int]:
    """Post the same bytes to both; returns the statuses, which are the same and never 5xx, as the rows are."""
    statuses = []
    for path, body in bodies:
        first, second = [(await post(one, body, path)).status for one in pair]
        assert first == second, body
        assert first < 500, body
        statuses.append(first)
    assert await rows(pair[0]) == await rows(pair[1])
    return statuses


def ours(running: Running, body: str) -> bytes:
    """Make a recorded body one of our account's."""
    return re.sub(r"AccountSid=[^&]*", f"AccountSid={running.twilio.account_sid}", body).encode(
        "utf-8", "surrogatepass"
    )


async def test_every_recorded_request(pair: tuple[Running, Running]) -> None:
    """The requests of the corpus, and a STOP from each of their senders, leave the same on both engines."""
    recorded = [ours(pair[0], case["raw_body"]) for case in load_case("twilio_inbound.json")]
    stops = [re.sub(rb"(?<=\bBody=)[^&]*", b"STOP", re.sub(rb"SM(?=\w{8})", b"SMf", body)) for body in recorded]
    statuses = await compare(pair, [(INBOUND, body) for body in (*recorded, *stops)])
    assert statuses.count(200) > len(recorded)
    assert len((await rows(pair[0]))["opt_outs"]) > 5


async def test_mutated_requests(pair: tuple[Running, Running]) -> None:
    """Requests with pieces moved, cut, doubled and replaced, each signed rightly: neither engine alone refuses one."""
    dice = random.Random("engines")  # noqa: S311 - the same mutations every time
    bodies = []
    for sent in REQUESTS.values():
        path = STATUS if sent.target.startswith(STATUS) else INBOUND
        mutants = [mutate(dice, sent) for mutate in MUTATIONS for _ in range(3)]
        bodies += [
            (path, ours(pair[0], one.body.decode("utf-8", "surrogateescape"))) for one in mutants if one.kind == FORM
        ]
    statuses = await compare(pair, bodies)
    assert {200, 400} <= set(statuses)


LONG = (
    {"From": "whatsapp:" + WHATSAPP_ID, "To": f"whatsapp:{SERVICE}", "ProfileName": "Ada " * 200},
    {"From": "whatsapp:" + LONGEST_ID, "To": f"whatsapp:{SERVICE}", "ProfileName": "\u0105" * 201},
    {"From": "messenger:" + "7" * 64, "To": "messenger:" + "8" * 64},
    {"From": "rcs:" + "agent_" * 10, "To": "rcs:" + "x" * 64},
    {"From": f"whatsapp:{SERVICE}", "To": "whatsapp:US." + "b" * 128},
    {"From": "+" + "1" * 20, "To": "9" * 15},
    {"MessageSid": "SM" + "a" * 64, "Body": "x" * 40_000},
    {"Body": "STOP", "OptOutType": "STOP" * 100, "MessagingServiceSid": "MG" * 3_000},
    {"FromCity": "\u0130" * 3_000, "ReferralUrl": "y" * 9_000, "ReferralBody": "\u202e" * 2_000},
    {"Latitude": "1", "Longitude": "2", "Label": "l" * 9_000, "Address": "a" * 9_000},
    {"ButtonText": "b" * 9_000, "ButtonPayload": "p" * 9_000},
    {"NumMedia": "9" * 5_000, "MediaUrl0": "https://example.org/" + "m" * 9_000, "MediaContentType0": "t" * 9_000},
)


async def test_long_values(pair: tuple[Running, Running]) -> None:
    """A WhatsApp id of 103 characters, and a profile name of 201, were a failed message on PostgreSQL alone."""
    bodies = []
    for number, fields in enumerate(LONG):
        for place, text in enumerate(("PIZZA", "STOP")):
            again = {"MessageSid": f"SM{number}", "Body": text} if place else {}
            named = {"Body": text, **fields, **again}
            bodies.append(form(pair[0], 100 * number + place, **{name: quote_plus(one) for name, one in named.items()}))
    assert set(await compare(pair, [(INBOUND, body.encode()) for body in bodies])) == {200}
    stored = await rows(pair[1])
    assert {WHATSAPP_ID, LONGEST_ID, "messenger:" + "7" * 64} <= {json.loads(row)[0] for row in stored["opt_outs"]}
    assert max(len(json.loads(row)[2] or "") for row in stored["contacts"]) == 200
    assert await found(pair[1], select(messages.c.id).where(messages.c.status == "failed")) == []


async def test_people_with_long_ids_are_answered(pair: tuple[Running, Running]) -> None:
    """The answer goes to the whole address, and so does the confirmation of a STOP."""
    for running in pair:
        for text in ("PIZZA", "STOP"):
            fields = {"MessageSid": f"SM{text}", "From": f"whatsapp:{LONGEST_ID}", "To": f"whatsapp:{SERVICE}"}
            body = urlencode({**fields, "AccountSid": running.twilio.account_sid, "Body": text})
            assert (await post(running, body.encode())).status == 200
            await running.twilio.wait_for_accepted(1 if text == "PIZZA" else 2)
        assert {one.recipient for one in running.twilio.accepted} == {f"whatsapp:{LONGEST_ID}"}


COMMANDS = (
    f"ADD +15550100150 {'Ada ' * 100}",
    f"ADD +15550100151 Bo #{'choir' * 40}",
    f"OPERATOR ADD +15550100152 viewer {'Cy ' * 100}",
    f"EVENT NEW {'Gala ' * 80}",
    f"EVENT NEW Gala on 24 December 7pm at {'Hall ' * 80}",
    f"BLAST #{'choir' * 40}: hello",
    f"SEARCH {'word ' * 300}",
    f"REPLY +15550100150 {'x' * 2_000}",
    f"HISTORY {'1' * 200}",
    "EVENT NEW \ufdfa\ufdfa\ufdfa " + "\ufdfa" * 60,
    "~ " + "\u202e" * 1_000,
)


async def found(running: Running, query: Select[Any]) -> list[Any]:
    """Read rows."""
    async with running.service.database.read() as connection:
        return list(await connection.execute(query))


async def carry_out(running: Running) -> None:
    """Wait until no command is queued."""
    queued = select(commands.c.id).where(commands.c.status == "queued")
    async with asyncio.timeout(20):
        while await found(running, queued):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


async def answers(running: Running) -> list[str]:
    """Read what the admin was answered; a code is another one each time."""
    bodies = select(messages.c.body).where(messages.c.direction == "outbound").order_by(messages.c.id)
    return [re.sub(r"\b\d{6}\b", "CODE", row[0]) for row in await found(running, bodies)]


async def test_long_commands(pair: tuple[Running, Running]) -> None:
    """What an operator writes too long is cut or refused with words, alike on both engines; no command dies of it."""
    for number, text in enumerate(COMMANDS):
        body = form(pair[0], 900 + number, From=quote_plus(ADMIN), Body=quote_plus(text)).encode()
        for running in pair:
            assert (await post(running, body)).status == 200
            await carry_out(running)
    first, second = [await answers(running) for running in pair]
    assert first == second
    assert [one for one in first if "went wrong" in one] == []
