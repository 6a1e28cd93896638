"""Twilio's own log: what we sent and what people sent, through the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from bot.providers.base import Listed, Piece
from bot.providers.twilio.client import MEDIA_WAIT_SECONDS, TwilioProvider
from bot.providers.twilio.inbound import parse_inbound
from bot.providers.twilio.listing import media_count, read_listed, read_received, read_rows
from bot.providers.twilio.outcome import provider_now_at, read_time
from flows.errors import ErrorClass, MalformedPayload, SendError
from flows.values import HOUR, SECOND, InboundMessage, Media, MessageStatus, Transport
from tests.bot.providers.twilio.conftest import ADA, BO, CALL, OURS
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio_faults import ACCEPT_GARBAGE, HANG_BEFORE, Fault, Way, refuse, too_many

Connect = Callable[..., TwilioProvider]
NOON = 1_767_268_800 * SECOND
"""2026-01-01 12:00:00 UTC."""


SINCE_NOON = Piece(OURS, Transport.SMS, NOON)


async def missed(provider: TwilioProvider, piece: Piece, *known: str) -> tuple[InboundMessage, ...]:
    """List what people sent and we, who know these, have not got."""

    async def here(provider_ids: Sequence[str]) -> set[str]:
        return set(known).intersection(provider_ids)

    found = await provider.list_missed(piece, here)
    assert found is not None
    return found.messages


@pytest.fixture
def noon(fake: FakeTwilio) -> FakeTwilio:
    """Give the fake a clock that stands at noon."""
    fake.clock = lambda: NOON
    return fake


async def test_what_was_sent_is_listed_with_twilios_clock(noon: FakeTwilio, connect: Connect) -> None:
    """Only this sender's messages to this recipient; times are Twilio's, an hour ahead of ours."""
    noon.clock_offset_seconds = 3600
    provider = connect()
    accepted = await provider.send(CALL)
    await provider.send(replace(CALL, recipient=BO))
    await noon.settle()
    listing = await provider.list_sent(CALL, NOON)
    assert listing.provider_now_at == NOON + HOUR
    assert listing.messages == (
        Listed(accepted.provider_id, OURS, ADA, "Hello Ada", MessageStatus.DELIVERED, NOON + HOUR),
    )


async def test_whatsapp_is_listed_without_prefixes(noon: FakeTwilio, connect: Connect) -> None:
    """Asked for with them, given without."""
    call = replace(CALL, transport=Transport.WHATSAPP)
    provider = connect()
    await provider.send(call)
    await provider.send(CALL)
    (listed,) = (await provider.list_sent(call, NOON)).messages
    assert (listed.sender, listed.recipient) == (OURS, ADA)


async def test_a_service_is_listed_by_recipient(noon: FakeTwilio, connect: Connect) -> None:
    """Which of its numbers the service took is not known before."""
    noon.service_numbers = ("+15550108888",)
    provider = connect(messaging_service_sid="MG1")
    await provider.send(CALL)
    (listed,) = (await provider.list_sent(CALL, NOON)).messages
    assert listed.sender == "+15550108888"


async def test_a_list_may_lag(noon: FakeTwilio, connect: Connect) -> None:
    """A message is accepted before it is listed."""
    noon.list_lag_seconds = 10
    provider = connect()
    await provider.send(CALL)
    assert (await provider.list_sent(CALL, NOON)).messages == ()
    noon.clock_offset_seconds = 10
    assert len((await provider.list_sent(CALL, NOON)).messages) == 1


async def test_pages_are_followed_as_far_back_as_asked(noon: FakeTwilio, connect: Connect) -> None:
    """Newest first, fifty a page; no further than the time that was asked for."""
    provider = connect()
    for number in range(120):
        noon.clock_offset_seconds = number
        await provider.send(replace(CALL, body=str(number)))
    everything = (await provider.list_sent(CALL, NOON)).messages
    assert [listed.body for listed in everything] == [str(number) for number in reversed(range(120))]
    assert len((await provider.list_sent(CALL, NOON + 100 * SECOND)).messages) == 50


async def test_failures_are_listed_with_their_code(noon: FakeTwilio, connect: Connect) -> None:
    """A message that Twilio could not deliver."""
    noon.failing_recipients[ADA] = 30005
    provider = connect()
    await provider.send(CALL)
    await noon.settle()
    (listed,) = (await provider.list_sent(CALL, NOON)).messages
    assert (listed.status, listed.error_code) == (MessageStatus.UNDELIVERED, "30005")


@pytest.mark.parametrize(
    ("fault", "error_class"),
    [
        (refuse(20003, 401), ErrorClass.ACCT),
        (too_many("2"), ErrorClass.RETRY),
        (Fault(Way.REFUSE, 503), ErrorClass.UNK),
        (HANG_BEFORE, ErrorClass.UNK),
        (ACCEPT_GARBAGE, ErrorClass.UNK),
    ],
)
async def test_a_list_that_fails_says_so(
    fake: FakeTwilio, connect: Connect, fault: Fault, error_class: ErrorClass
) -> None:
    """No list is no proof that a message is absent."""
    fake.list_fault = fault
    with pytest.raises(SendError) as caught:
        await connect().list_sent(CALL, 0)
    assert caught.value.error_class is error_class


async def test_what_people_sent_is_listed_oldest_first(noon: FakeTwilio, connect: Connect) -> None:
    """While we were down: to our address, since then, in the order of arrival, and no answers of ours."""
    provider = connect()
    for number, body in enumerate(("before", "JOIN", "STOP")):
        noon.clock_offset_seconds = number * 60
        await noon.text(ADA, OURS, body)
    await noon.text(BO, "+15550108888", "elsewhere")
    await noon.text(f"whatsapp:{BO}", f"whatsapp:{OURS}", "hola")
    await provider.send(replace(CALL, sender=ADA, recipient=OURS))
    found = await missed(provider, Piece(OURS, Transport.SMS, NOON + 30 * SECOND))
    assert [(message.sender, message.text) for message in found] == [(ADA, "JOIN"), (ADA, "STOP")]
    first = await missed(provider, Piece(OURS, Transport.SMS, NOON, NOON + 60 * SECOND))
    assert [message.text for message in first] == ["before", "JOIN"]
    (hola,) = await missed(provider, Piece(OURS, Transport.WHATSAPP, NOON))
    assert (hola.transport, hola.sender, hola.recipient) == (Transport.WHATSAPP, BO, OURS)


async def test_listed_messages_have_the_webhooks_ids_and_media(noon: FakeTwilio, connect: Connect) -> None:
    """So that a message which came both ways is stored once."""
    path = f"/2010-04-01/Accounts/{noon.account_sid}/Messages/MM1/Media/ME1"
    await noon.text(ADA, OURS, "look", MediaUrl0=noon.url + path, MediaContentType0="image/png")
    (message,) = await missed(connect(), SINCE_NOON)
    assert message.provider_id == noon.received[0].sid
    assert message.media == (Media(noon.url + path, "image/png"),)


async def test_media_that_are_gone_do_not_hide_the_message(noon: FakeTwilio, connect: Connect) -> None:
    """Deleted at Twilio: the text counts."""
    await noon.text(ADA, OURS, "STOP", MediaUrl0="https://example.org/0")
    noon.media_fault = refuse(20404, 404)
    (message,) = await missed(connect(), SINCE_NOON)
    assert (message.text, message.media) == ("STOP", ())


async def test_media_that_cannot_be_listed_hold_nothing_up_for_long(noon: FakeTwilio, connect: Connect) -> None:
    """Unreachable for now: the list fails and is asked for again; after ten minutes all texts count without them."""
    seconds = [0.0]
    provider = connect(seconds=lambda: seconds[0])
    for text in ("one", "two", "STOP"):
        await noon.text(ADA, OURS, text, MediaUrl0="https://example.org/0")
    noon.media_fault = Fault(Way.REFUSE, 503)
    for seconds[0] in (0.0, 5.0, MEDIA_WAIT_SECONDS - 1):
        with pytest.raises(SendError):
            await missed(provider, SINCE_NOON)
    seconds[0] = MEDIA_WAIT_SECONDS
    assert [(one.text, one.media) for one in await missed(provider, SINCE_NOON)] == [
        ("one", ()),
        ("two", ()),
        ("STOP", ()),
    ]
    await noon.text(ADA, OURS, "later", MediaUrl0="https://example.org/0")
    assert (await missed(provider, SINCE_NOON))[-1].media == ()  # while none can be listed nobody waits anew
    noon.media_fault = None
    assert all(one.media for one in await missed(provider, SINCE_NOON))
    noon.media_fault = Fault(Way.REFUSE, 503)
    with pytest.raises(SendError):
        await missed(provider, SINCE_NOON)


async def test_many_received_messages_take_several_pages(noon: FakeTwilio, connect: Connect) -> None:
    """Five hundred a page, all of them in order."""
    for number in range(1100):
        noon.clock_offset_seconds = number
        await noon.text(ADA, OURS, str(number))
    found = await missed(connect(timeout_seconds=5), SINCE_NOON)
    assert [message.text for message in found] == [str(number) for number in range(1100)]


async def test_what_we_have_got_costs_no_requests(noon: FakeTwilio, connect: Connect) -> None:
    """A message that came by webhook is not read again, nor are its media asked for."""
    for sid, body in (("MM1", "came"), ("MM2", "missed")):
        await noon.text(ADA, OURS, body, MessageSid=sid, MediaUrl0="https://example.org/0")
    assert [message.text for message in await missed(connect(), SINCE_NOON, "MM1")] == ["missed"]
    noon.media_fault = Fault(Way.REFUSE, 503)
    assert await missed(connect(), SINCE_NOON, "MM1", "MM2") == ()


async def test_the_clock(noon: FakeTwilio, connect: Connect) -> None:
    """Twilio's own time is asked for, whatever ours is."""
    noon.clock_offset_seconds = -3_600
    assert await connect().read_clock() == NOON - HOUR


async def test_too_much_is_not_read(noon: FakeTwilio, connect: Connect) -> None:
    """A piece of the log that holds as many messages as are too many is left for smaller ones."""
    for number in range(5):
        await noon.text(ADA, OURS, str(number))
    assert await missed(connect(), replace(SINCE_NOON, limit=6)) != ()

    async def nothing(_provider_ids: Sequence[str]) -> set[str]:
        return set()

    assert await connect().list_missed(replace(SINCE_NOON, limit=5), nothing) is None


def test_the_same_message_reads_the_same_both_ways() -> None:
    """A row of the list and the webhook agree in all that matters."""
    row = {"sid": "SM1", "direction": "inbound", "from": f"whatsapp:{ADA}", "to": f"whatsapp:{OURS}", "body": "Hi"}
    pairs = (("MessageSid", "SM1"), ("From", row["from"]), ("To", row["to"]), ("Body", "Hi"))
    assert read_received(row, ()) == parse_inbound(pairs)
    assert isinstance(read_received(row, ()), InboundMessage)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"sid": "SM1", "direction": "outbound-api", "from": ADA, "to": OURS},
        {"sid": "SM1", "direction": "inbound", "from": "telepathy:1", "to": "telepathy:2"},
    ],
)
def test_rows_that_are_no_messages_of_people_are_left_out(row: dict[str, object]) -> None:
    """One odd row does not hide its neighbours."""
    assert read_received(row, ()) is None


@pytest.mark.parametrize(
    "row",
    [
        {"sid": "SM1", "direction": "inbound", "from": None, "to": OURS},
        {"direction": "inbound", "from": ADA, "to": OURS},
        {"sid": ["SM1"], "direction": "inbound", "from": ADA, "to": OURS},
        {"sid": "SM1/../../Keys", "direction": "inbound", "from": ADA, "to": OURS},
        {"sid": "SM" + "1" * 200, "direction": "inbound", "from": ADA, "to": OURS},
        {"sid": "SM1", "direction": "inbound", "from": "whatsapp:US." + "a" * 200, "to": OURS},
    ],
)
def test_rows_that_the_webhook_would_refuse_are_refused(row: dict[str, object]) -> None:
    """An id or an address that is none, or too long for one, is malformed here as it is there."""
    with pytest.raises(MalformedPayload):
        read_received(row, ())


def test_a_row_is_cleaned_as_the_webhook_is() -> None:
    """Half a surrogate pair and a NUL in a row's text kept a service on PostgreSQL from starting."""
    row = {"sid": "SM1", "direction": "inbound", "from": ADA, "to": OURS, "body": "ST\0OP \ud800", "num_media": "9" * 9}
    message = read_received(row, ())
    assert message is not None
    assert message.text == "STOP \ufffd"
    assert media_count(row) == 0
    assert read_listed([{**row, "direction": "outbound-api", "error_code": "3" * 50}], NOON)[0].body == "STOP \ufffd"


def test_odd_pages_read_as_empty() -> None:
    """Whatever JSON comes."""
    assert read_rows({"messages": "x"}) == ()
    assert read_rows({"messages": [1, {"sid": "SM1"}]}) == ({"sid": "SM1"},)
    assert [media_count({"num_media": count}) for count in ("2", 1, None, "x", "²")] == [2, 1, 0, 0, 0]


def test_a_message_without_a_date_counts_as_new() -> None:
    """Leaving it out could make a sent message look absent."""
    rows = [{"sid": "SM1", "direction": "outbound-api", "date_created": None, "status": "queued"}]
    assert read_listed(rows, NOON)[0].created_at == NOON


def test_dates_are_rfc_2822() -> None:
    """With a zone; anything else is no date."""
    assert read_time("Thu, 01 Jan 2026 12:00:00 +0000") == NOON
    assert read_time("Thu, 01 Jan 2026 13:00:00 +0100") == NOON
    assert [read_time(text) for text in ("", "x", "2026-01-01", "Thu, 99 Jan 2026 12:00:00 +0000")] == [None] * 4


def test_an_answer_without_a_date_cannot_be_used() -> None:
    """Its times could not be compared with anything."""
    with pytest.raises(SendError) as caught:
        provider_now_at({})
    assert caught.value.error_class is ErrorClass.UNK
