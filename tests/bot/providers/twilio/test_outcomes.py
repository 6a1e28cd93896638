"""What a send ends in, for every way in which the line or Twilio can go wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from bot.providers.twilio.client import TwilioProvider
from bot.providers.twilio.outcome import broken, refused
from flows.errors import ErrorClass, SendError
from tests.bot.providers.twilio.conftest import CALL
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio_faults import (
    ACCEPT_ERROR,
    ACCEPT_GARBAGE,
    ACCEPT_HANG,
    ACCEPT_RESET,
    ERROR_BEFORE,
    HANG_BEFORE,
    RESET_BEFORE,
    Fault,
    Way,
    always,
    in_order,
    refuse,
    too_many,
)

Connect = Callable[..., TwilioProvider]
KEY = ConnectionKey("api.example.org", 443, True, True, None, None, None)


async def failure(provider: TwilioProvider) -> SendError:
    """Send and return the error that it ends in."""
    with pytest.raises(SendError) as caught:
        await provider.send(CALL)
    return caught.value


@pytest.mark.parametrize(
    ("fault", "error_class", "accepted_count"),
    [
        (too_many(), ErrorClass.RETRY, 0),
        (refuse(20003, 401), ErrorClass.ACCT, 0),
        (refuse(None, 403), ErrorClass.ACCT, 0),
        (refuse(21610), ErrorClass.OPT, 0),
        (refuse(21211), ErrorClass.HARD, 0),
        (refuse(21617), ErrorClass.CONT, 0),
        (refuse(21611), ErrorClass.RETRY, 0),
        (refuse(1001), ErrorClass.STRIKE, 0),
        (Fault(Way.REFUSE, 400, body="<html>"), ErrorClass.STRIKE, 0),
        (Fault(Way.REFUSE, 400, body='{"code": null}'), ErrorClass.STRIKE, 0),
        (Fault(Way.REFUSE, 400, body="[1]"), ErrorClass.STRIKE, 0),
        (ERROR_BEFORE, ErrorClass.UNK, 0),
        (RESET_BEFORE, ErrorClass.UNK, 0),
        (HANG_BEFORE, ErrorClass.UNK, 0),
        (Fault(Way.REDIRECT), ErrorClass.UNK, 0),
        (ACCEPT_ERROR, ErrorClass.UNK, 1),
        (ACCEPT_HANG, ErrorClass.UNK, 1),
        (ACCEPT_RESET, ErrorClass.UNK, 1),
        (ACCEPT_GARBAGE, ErrorClass.UNK, 1),
        (Fault(Way.ACCEPT_GARBAGE, 201, body="[]"), ErrorClass.UNK, 1),
        (Fault(Way.ACCEPT_GARBAGE, 201, body='{"status": "queued"}'), ErrorClass.UNK, 1),
        (Fault(Way.ACCEPT_GARBAGE, 200, body=""), ErrorClass.UNK, 1),
        (Fault(Way.ACCEPT_REDIRECT), ErrorClass.UNK, 1),
    ],
    ids=lambda value: f"{value.way}-{value.status}-{value.code}" if isinstance(value, Fault) else str(value),
)
async def test_every_fault_has_its_class(
    fake: FakeTwilio, connect: Connect, fault: Fault, error_class: ErrorClass, accepted_count: int
) -> None:
    """And the message was posted exactly once, whatever happened."""
    fake.choose_fault = always(fault)
    error = await failure(connect())
    assert error.error_class is error_class
    assert error.retryable is (error_class is ErrorClass.RETRY)
    assert (len(fake.attempts), len(fake.accepted)) == (1, accepted_count)


async def test_no_connection_is_safe_to_repeat(fake: FakeTwilio, connect: Connect) -> None:
    """Nothing listens: the request never left; then all is well again."""
    provider = connect()
    await fake.stop_listening()
    assert (await failure(provider)).error_class is ErrorClass.RETRY
    await fake.start_listening()
    assert (await provider.send(CALL)).provider_id == fake.accepted[0].sid


@pytest.mark.parametrize(
    ("error", "error_class"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, OSError("no such name")), ErrorClass.RETRY),
        (aiohttp.ClientConnectorError(KEY, OSError("refused")), ErrorClass.RETRY),
        (aiohttp.ConnectionTimeoutError(), ErrorClass.RETRY),
        (aiohttp.ServerDisconnectedError(), ErrorClass.UNK),
        (aiohttp.ClientOSError(), ErrorClass.UNK),
        (aiohttp.ClientPayloadError(), ErrorClass.UNK),
        (ConnectionResetError(), ErrorClass.UNK),
        (TimeoutError(), ErrorClass.UNK),
    ],
)
def test_only_what_never_left_is_safe_to_repeat(error: Exception, error_class: ErrorClass) -> None:
    """A name that is not found or a connection that is not made, but nothing that came later."""
    assert broken(error).error_class is error_class


async def test_plain_http_answering_tls_is_safe_to_repeat(fake: FakeTwilio, connect: Connect) -> None:
    """A handshake that fails has not carried the request."""
    provider = connect(api_base_url=fake.url.replace("http:", "https:"))
    assert (await failure(provider)).error_class is ErrorClass.RETRY
    assert fake.attempts == []


async def test_a_reset_on_a_kept_connection_is_unknown(fake: FakeTwilio, connect: Connect) -> None:
    """The HTTP library must not post again by itself on a connection that was used before."""
    fake.choose_fault = in_order(None, ACCEPT_RESET)
    provider = connect()
    await provider.send(CALL)
    assert (await failure(provider)).error_class is ErrorClass.UNK
    assert len(fake.attempts) == len(fake.accepted) == 2


async def test_cancelling_stays_a_cancellation(fake: FakeTwilio, connect: Connect) -> None:
    """The task ends cancelled; whether Twilio accepted is for the reconciler to find out."""
    fake.choose_fault = always(ACCEPT_HANG)
    task = asyncio.create_task(connect(timeout_seconds=10).send(CALL))
    await fake.wait_for_accepted(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("999999", 3600.0),
        ("Thu, 01 Jan 2026 00:01:30 GMT", 90.0),
        ("Wed, 31 Dec 2025 23:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(retry_after: str, seconds: float | None) -> None:
    """Measured by Twilio's own clock, and bounded."""
    headers = {"Date": "Thu, 01 Jan 2026 00:00:00 GMT", "Retry-After": retry_after}
    assert refused(429, headers, "").retry_after_seconds == seconds


def test_a_date_cannot_be_measured_without_a_clock() -> None:
    """No Date header: no wait is known."""
    assert refused(429, {"Retry-After": "Thu, 01 Jan 2026 00:01:30 GMT"}, "").retry_after_seconds is None


async def test_retry_after_and_code_reach_the_sender(fake: FakeTwilio, connect: Connect) -> None:
    """What the back-off needs."""
    fake.choose_fault = always(too_many("3"))
    error = await failure(connect())
    assert (error.provider_code, error.retry_after_seconds) == ("20429", 3.0)


async def test_errors_tell_no_phone_number(fake: FakeTwilio, connect: Connect) -> None:
    """Messages of errors go to logs: they hold no number, text or token."""
    fake.choose_fault = in_order(refuse(21211), refuse(1001), ACCEPT_GARBAGE, RESET_BEFORE)
    provider = connect()
    for _ in range(4):
        words = str(await failure(provider))
        assert not [secret for secret in (CALL.recipient, CALL.body, fake.auth_token) if secret in words]


async def test_the_package_logs_no_request(
    fake: FakeTwilio, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """Its HTTP client logs every URL with the numbers in it at INFO: not with us."""
    caplog.set_level(logging.DEBUG)
    provider = connect()
    await provider.send(CALL)
    await provider.list_sent(CALL, 0)
    assert CALL.recipient not in caplog.text
    assert CALL.body not in caplog.text


async def test_the_packages_own_client_ignores_its_time_out(fake: FakeTwilio) -> None:
    """Why the transport is ours: theirs, told 0.1 s, is still waiting after 0.5 s."""
    fake.choose_fault = always(HANG_BEFORE)
    theirs = AsyncTwilioHttpClient(timeout=0.1)
    address = f"{fake.url}/2010-04-01/Accounts/{fake.account_sid}/Messages.json"
    login = {"Authorization": aiohttp.encode_basic_auth(fake.account_sid, fake.auth_token)}
    task = asyncio.create_task(theirs.request("POST", address, headers=login))
    _, waiting = await asyncio.wait([task], timeout=0.5)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await theirs.close()
    assert waiting == {task}


async def test_our_own_transport_keeps_its_time_out(fake: FakeTwilio, connect: Connect) -> None:
    """Half a second, by the loop's clock, for a whole request."""
    fake.choose_fault = always(HANG_BEFORE)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert (await failure(connect(timeout_seconds=0.5))).error_class is ErrorClass.UNK
    assert 0.4 < loop.time() - begun < 3


def test_the_client_is_the_official_one(connect: Connect) -> None:
    """Rollcall speaks to Twilio through the twilio package."""
    assert isinstance(connect()._client, Client)


async def test_a_recipient_can_be_refused(fake: FakeTwilio, connect: Connect) -> None:
    """One number fails with its code, the next does not."""
    provider = connect()
    fake.refused_recipients[CALL.recipient] = 21614
    assert (await failure(provider)).provider_code == "21614"
    await provider.send(replace(CALL, recipient="+15550100002"))
    assert [message.recipient for message in fake.accepted] == ["+15550100002"]
