"""A fake Twilio on loopback, and a provider that talks to it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from bot.providers.base import Call
from bot.providers.twilio.client import TwilioAccount, TwilioProvider
from flows.values import Transport
from tests.fakes.twilio import FakeTwilio

OURS, ADA, BO = "+15550109999", "+15550100001", "+15550100002"
CALL = Call(bytes(range(16)), 1, Transport.SMS, OURS, ADA, "Hello Ada")


@pytest.fixture
async def fake() -> AsyncIterator[FakeTwilio]:
    """Give a fake Twilio that listens."""
    async with FakeTwilio() as server:
        yield server


@pytest.fixture
async def connect(fake: FakeTwilio) -> AsyncIterator[Callable[..., TwilioProvider]]:
    """Give a function that makes providers for the fake, with the account changed as asked."""
    account = TwilioAccount(
        fake.account_sid,
        fake.auth_token,
        api_base_url=fake.url,
        public_url="https://bot.example.org",
        timeout_seconds=0.5,
    )
    providers: list[TwilioProvider] = []

    def make(seconds: Callable[[], float] = time.monotonic, **changes: object) -> TwilioProvider:
        providers.append(TwilioProvider(replace(account, **changes), seconds))  # type: ignore[arg-type]
        return providers[-1]

    yield make
    for provider in providers:
        await provider.close()
