"""Twilio's auth token is rotated without a message lost: both tokens sign, one calls the API."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from twilio.request_validator import RequestValidator

from tests.bot.posts import INBOUND, STATUS
from tests.bot.running import PUBLIC_URL, Running, run_service
from tests.conversations.script import PHONES, SERVICE
from tests.fakes.twilio import AUTH_TOKEN

ADA, BO = PHONES["Ada"], PHONES["Bo"]
OTHER_TOKEN = "the-token-that-is-rotated"


@pytest.fixture
async def running(tmp_path: object) -> AsyncIterator[Running]:
    """Start a service that knows both tokens; the database has no part in it."""
    more = {"TWILIO_AUTH_TOKEN_SECONDARY": OTHER_TOKEN}
    async with run_service(f"sqlite:///{tmp_path}/rollcall.db", more) as started:
        yield started


async def signed_with(token: str, running: Running, path: str, **params: str) -> int:
    """Post a webhook that this token signed; gives the status."""
    fields = {"AccountSid": running.twilio.account_sid, "From": ADA, "To": SERVICE, "Body": "PIZZA", **params}
    signature = RequestValidator(token).compute_signature(PUBLIC_URL + path, fields)
    return await running.twilio.post(PUBLIC_URL + path, fields, signature=signature)


async def test_either_token_signs(running: Running) -> None:
    """Messages and receipts signed by the old and by the new token are taken, by a third one or none they are not."""
    for number, token in enumerate((AUTH_TOKEN, OTHER_TOKEN)):
        assert await signed_with(token, running, INBOUND, MessageSid=f"SM{number}") == 200
        assert await signed_with(token, running, STATUS, MessageSid=f"SM{number}", MessageStatus="sent") == 200
    for token in ("a-third-token", "", OTHER_TOKEN[:-1], OTHER_TOKEN + AUTH_TOKEN):
        assert await signed_with(token, running, INBOUND, MessageSid="SM9") == 403
        assert await signed_with(token, running, STATUS, MessageSid="SM9", MessageStatus="sent") == 403
    assert await running.count("inbound") == 2


async def test_the_api_is_called_with_the_first_token(running: Running) -> None:
    """Whichever token signed the question, the answer goes out with TWILIO_AUTH_TOKEN."""
    await signed_with(OTHER_TOKEN, running, INBOUND, MessageSid="SM1")
    await signed_with(AUTH_TOKEN, running, INBOUND, MessageSid="SM2", From=BO)
    await running.twilio.hears(ADA, "Which one")
    await running.twilio.hears(BO, "Which one")
    login = aiohttp.encode_basic_auth(running.twilio.account_sid, AUTH_TOKEN)
    assert {attempt.authorization for attempt in running.twilio.attempts} == {login}


async def test_before_and_after_a_rotation_there_is_one_token(tmp_path: object) -> None:
    """Without the second setting, or where it is empty, the other token signs nothing, and neither does none."""
    for more in ({}, {"TWILIO_AUTH_TOKEN_SECONDARY": " "}):
        async with run_service(f"sqlite:///{tmp_path}/rollcall.db", more) as running:
            assert await signed_with(AUTH_TOKEN, running, INBOUND, MessageSid="SM1") == 200
            assert await signed_with(OTHER_TOKEN, running, INBOUND, MessageSid="SM2") == 403
            assert await signed_with("", running, INBOUND, MessageSid="SM3") == 403
