"""The calendar file behind the link of a confirmation."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from tests.bot.posts import get
from tests.bot.running import Running, run_service
from tests.bot.test_edge import locked
from tests.conversations.script import PHONES, SERVICE

BO = PHONES["Bo"]


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start the service."""
    async with run_service(database_url) as started:
        yield started


async def link(running: Running) -> str:
    """Register for the gala and take the path of the link out of the confirmation."""
    assert await running.twilio.text(BO, SERVICE, "GALA") == 200
    confirmation = await running.twilio.hears(BO, r"https?://\S+\.ics")
    return urlsplit(confirmation[0]).path


async def test_the_link_opens(running: Running, database_url: str) -> None:
    """It is the event's file, and is read while somebody else holds the writer: a GET begins no write transaction."""
    path = await link(running)
    async with locked(database_url):
        answer = await get(running, path)
    assert answer.status == 200
    assert "BEGIN:VEVENT" in answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="event-1.ics"'


async def test_events_cannot_be_counted(running: Running) -> None:
    """/events/1.ics, /events/2.ics and on told everybody's events: without its signature a number opens nothing."""
    path = await link(running)
    signature = re.sub(r".*-|\.ics", "", path)
    for wrong in (
        "/events/1.ics",
        "/events/1-.ics",
        path.replace("/1-", "/2-"),
        path.replace(signature, signature[::-1]),
        path.replace(signature, signature[:-1]),
    ):
        assert (await get(running, wrong)).status == 404, wrong
