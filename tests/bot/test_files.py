"""Files and pictures over real HTTP: a list that comes by MMS, a chart that goes out by link."""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import AsyncIterator

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.charts import web as charts
from bot.charts.link import Wanted, check, sign
from flows.errors import NotFound
from flows.values import DAY
from storage.schema import group_members
from tests.bot.running import PUBLIC_URL, Running, run_service
from tests.conversations.script import PHONES, SERVICE

ADA, BO = PHONES["Ada"], PHONES["Bo"]
PNG = b"\x89PNG\r\n\x1a\n"
LIST = b"name,phone\nCy,+15550100103\nDee,+15550100104\n"


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start a service with an admin."""
    async with run_service(database_url, {"ROLLCALL_ADMIN_PHONES": f"{ADA}:admin"}) as started:
        yield started


async def send_list(running: Running, content: bytes | None) -> None:
    """Let the admin send a file, which the provider keeps (or has lost)."""
    path = f"/2010-04-01/Accounts/{running.twilio.account_sid}/Messages/MM1/Media/ME1"
    if content is not None:
        running.twilio.files[path] = content
    else:
        running.twilio.files.pop(path, None)
    media = {"MediaUrl0": "https://api.twilio.com" + path, "MediaContentType0": "text/csv"}
    assert await running.twilio.text(ADA, SERVICE, "ADD #choir", **media) == 200


async def test_a_list_by_message(running: Running) -> None:
    """The file is fetched from the provider with the account's login, twice: for the preview and for the code."""
    await send_list(running, LIST)
    code = (await running.twilio.hears(ADA, r"2 people into #choir: 2 new, 0 known.*reply (\d{6})"))[1]
    await running.twilio.text(ADA, SERVICE, code)
    await running.twilio.hears(ADA, "2 people are in #choir")
    async with running.service.database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(group_members))).scalar_one() == 2


async def test_a_list_that_changed_or_went_away(running: Running) -> None:
    """The code stands for the file that was seen: another one is previewed again, one that is gone is named."""
    await send_list(running, LIST)
    code = (await running.twilio.hears(ADA, r"2 people into #choir.*reply (\d{6})"))[1]
    (path,) = running.twilio.files
    running.twilio.files[path] = LIST + b"Eve,+15550100105\n"
    await running.twilio.text(ADA, SERVICE, code)
    await running.twilio.hears(ADA, "3 people into #choir")
    await send_list(running, None)
    await running.twilio.hears(ADA, r"does not give the file \(HTTP 404\)")


async def answered(running: Running) -> str:
    """Let Bo take a survey and Ada ask for the results; gives the path of the chart."""
    for text in ("PIZZA", "1", "no"):
        await running.twilio.text(BO, SERVICE, text)
    await running.twilio.hears(BO, "Thank you!")
    await running.twilio.text(ADA, SERVICE, "RESULTS PIZZA")
    await running.twilio.hears(ADA, r"Which one\? Cheese \(1\).Another slice\? No \(1\)")
    found = await running.twilio.hears(ADA, rf"^{re.escape(PUBLIC_URL)}(/charts/[\w-]+\.png)$")
    return found[1]


async def test_a_chart_by_link(running: Running) -> None:
    """By SMS the link is a message of its own; behind it is a picture; with one letter changed there is nothing."""
    path = await answered(running)
    async with aiohttp.ClientSession(running.url) as session:
        for _again in range(2):
            async with session.get(path) as answer:
                picture = await answer.read()
                assert (answer.status, answer.content_type) == (200, "image/png")
        wrong = f"{path[:-6]}{'A' if path[-6] != 'A' else 'B'}{path[-5:]}"
        async with session.get(wrong) as answer:
            assert (answer.status, await answer.text()) == (404, "There is no such chart.")
    assert picture.startswith(PNG)
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height > 300) == (1080, True)


async def test_a_chart_where_pictures_are_taken(running: Running) -> None:
    """On WhatsApp the picture comes with the answer."""
    await running.twilio.text(BO, SERVICE, "PIZZA")
    await running.twilio.text(BO, SERVICE, "1")
    await running.twilio.text(f"whatsapp:{ADA}", f"whatsapp:{SERVICE}", "RESULTS PIZZA")
    async with asyncio.timeout(20):
        while not (found := [one for one in running.twilio.accepted if "Cheese (1)" in one.body]):
            await running.twilio.wait_for_accepted(len(running.twilio.accepted) + 1)
    assert found[0].recipient == f"whatsapp:{ADA}"
    assert (found[0].form or {})["MediaUrl"][0].startswith(f"{PUBLIC_URL}/charts/")


async def test_no_chart_of_own_words(running: Running) -> None:
    """Answers in people's own words have no picture."""
    await running.twilio.text(BO, SERVICE, "VOLUNTEER")
    await running.twilio.text(BO, SERVICE, "Sing and sing")
    await running.twilio.hears(BO, "Which days")
    await running.twilio.text(ADA, SERVICE, "RESULTS VOLUNTEER")
    await running.twilio.hears(ADA, r"Sing and sing \(1\)")
    assert not [one for one in running.twilio.accepted if "/charts/" in one.body or "MediaUrl" in (one.form or {})]


def test_links_expire() -> None:
    """A link is good for a day, for one survey and one language, and only with our signature."""
    wanted = Wanted(b"k" * 16, "es")
    token = sign(wanted, DAY, b"secret")
    assert check(token, 2 * DAY - 1_000_000, b"secret") == wanted
    with pytest.raises(NotFound, match="expired"):
        check(token, 2 * DAY, b"secret")
    for wrong, secret in ((token, b"other"), (token[:-4], b"secret"), ("A" * 20, b"secret"), ("?", b"secret")):
        with pytest.raises(NotFound, match="no such chart"):
            check(wrong, DAY, secret)
    assert len(token) <= charts.TOKEN_LENGTH
