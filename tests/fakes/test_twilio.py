"""The fake Twilio does what its knobs say; everything else that is tested with it relies on that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from bot.providers.twilio.inbound import parse_inbound, read_form, read_json
from bot.providers.twilio.payload import Pairs
from bot.providers.twilio.receipts import parse_receipt
from bot.providers.twilio.signature import check_form, check_json
from flows.values import InboundMessage, Media, Receipt
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio_faults import ACCEPT_ERROR, ERROR_BEFORE, Fault, in_order, seeded

PUBLIC = "https://bot.example.org"
OURS, ADA = "+15550109999", "+15550100001"
MESSAGE = {"To": ADA, "From": OURS, "Body": "Hello"}


@dataclass
class Service:
    """A service that records the webhooks it gets and checks their signatures."""

    fake: FakeTwilio
    url: str = ""
    got: list[tuple[str, Pairs, bool]] = field(default_factory=list)
    status: int = 200

    async def take(self, request: web.Request) -> web.Response:
        """Record one webhook: path and query, parameters, whether the signature is right."""
        raw, signature = await request.read(), request.headers.get("X-Twilio-Signature")
        url, tokens = PUBLIC + request.raw_path, (self.fake.auth_token,)
        if request.content_type == "application/json":
            pairs, genuine = read_json(raw), check_json(url, raw, signature, tokens)
        else:
            pairs = read_form(raw)
            genuine = check_form(url, pairs, signature, tokens)
        self.got.append((request.raw_path, pairs, genuine))
        return web.Response(status=self.status)


@pytest.fixture
async def fake() -> AsyncIterator[FakeTwilio]:
    """Give a fake Twilio that listens."""
    async with FakeTwilio() as server:
        yield server


@pytest.fixture
async def service(fake: FakeTwilio) -> AsyncIterator[Service]:
    """Give a service that the fake knows under a public URL."""
    service = Service(fake)
    app = web.Application()
    app.router.add_post("/{path:.*}", service.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    fake.app_url, fake.public_url = service.url, PUBLIC
    yield service
    await runner.cleanup()


async def post(fake: FakeTwilio, token: str | None = None, **changes: str) -> tuple[int, dict[str, object]]:
    """Post a message to the fake; returns status and JSON."""
    login = aiohttp.encode_basic_auth(fake.account_sid, token or fake.auth_token)
    address = f"{fake.url}/2010-04-01/Accounts/{fake.account_sid}/Messages.json"
    callback = {"StatusCallback": f"{PUBLIC}/webhooks/twilio/status?a=1"}
    form = {name: value for name, value in {**MESSAGE, **callback, **changes}.items() if value}
    async with (
        aiohttp.ClientSession(headers={"Authorization": login}) as session,
        session.post(address, data=form) as answer,
    ):
        return answer.status, await answer.json()


async def test_people_text_in_signed_webhooks(fake: FakeTwilio, service: Service) -> None:
    """With all that a webhook has, more as asked, and the service's status as the answer."""
    assert await fake.text(ADA, OURS, "Olá", MediaUrl0="https://example.org/0", MediaContentType0="image/png") == 200
    service.status = 503
    assert await fake.text(ADA, OURS, "again") == 503
    path, pairs, genuine = service.got[0]
    message = parse_inbound(pairs)
    assert (path, genuine) == ("/webhooks/twilio/inbound", True)
    assert isinstance(message, InboundMessage)
    assert (message.sender, message.recipient, message.text) == (ADA, OURS, "Olá")
    assert message.media == (Media("https://example.org/0", "image/png"),)
    assert [received.sid for received in fake.received] == [message.provider_id, dict(service.got[1][1])["MessageSid"]]


async def test_json_webhooks_carry_the_bodys_hash(fake: FakeTwilio, service: Service) -> None:
    """Twilio's other form of a webhook."""
    assert await fake.post(f"{PUBLIC}/x?y=1", {"Body": "é"}, as_json=True) == 200
    assert await fake.post(f"{PUBLIC}/x", {"Body": "é"}, as_json=True, signature="forged") == 200
    assert [(pairs, genuine) for _, pairs, genuine in service.got] == [
        ((("Body", "é"),), True),
        ((("Body", "é"),), False),
    ]


async def test_a_service_that_is_down_gets_nothing(fake: FakeTwilio, service: Service) -> None:
    """The message is logged at Twilio all the same; nothing but loopback is ever called."""
    fake.app_url = "http://127.0.0.1:1"
    assert await fake.text(ADA, OURS, "STOP") == 0
    fake.app_url = None
    assert await fake.text(ADA, OURS, "STOP") == 0
    assert await fake.post("https://example.org/x", {}) == 0
    assert (len(fake.received), service.got) == (2, [])


async def test_duplicates_are_logged_once(fake: FakeTwilio, service: Service) -> None:
    """The same MessageSid twice is two webhooks and one message."""
    for _ in range(2):
        await fake.text(ADA, OURS, "JOIN", MessageSid="SM1")
    assert (len(service.got), len(fake.received)) == (2, 1)


async def test_callbacks_follow_an_accepted_message(fake: FakeTwilio, service: Service) -> None:
    """Signed, in order, to the URL that the message named."""
    status, answer = await post(fake)
    await fake.settle()
    assert (status, answer["status"]) == (201, "queued")
    receipts = [parse_receipt(pairs, {"a": "1"}) for _, pairs, _ in service.got]
    assert [(path, genuine) for path, _, genuine in service.got] == [("/webhooks/twilio/status?a=1", True)] * 2
    assert all(isinstance(receipt, Receipt) and receipt.provider_id == answer["sid"] for receipt in receipts)
    assert [dict(pairs)["MessageStatus"] for _, pairs, _ in service.got] == ["sent", "delivered"]
    assert fake.accepted[0].status == "delivered"


async def test_callbacks_can_be_doubled_shuffled_lost_or_early(fake: FakeTwilio, service: Service) -> None:
    """Each knob does its own; the same seed gives the same order."""
    fake.callbacks.copies, fake.callbacks.shuffled, fake.callbacks.before_answer = 3, True, True
    await post(fake)
    statuses = [dict(pairs)["MessageStatus"] for _, pairs, _ in service.got]
    assert sorted(statuses) == ["delivered"] * 3 + ["sent"] * 3
    assert statuses == fake.callbacks.plan(1, ("sent", "delivered")) != sorted(statuses)
    fake.callbacks.lost_share = 1
    await post(fake)
    fake.callbacks.lost_share, fake.callbacks.statuses = 0, ()
    await post(fake)
    assert len(service.got) == 6


async def test_a_recipient_can_fail_later(fake: FakeTwilio, service: Service) -> None:
    """Accepted first, then undelivered with its code."""
    fake.failing_recipients[ADA] = 30005
    await post(fake)
    await fake.settle()
    assert [dict(pairs).get("ErrorCode") for _, pairs, _ in service.got] == [None, "30005"]
    assert (fake.accepted[0].status, fake.accepted[0].error_code) == ("undelivered", 30005)


@pytest.mark.parametrize(("mode", "type_"), [("default", None), ("advanced", "STOP")])
async def test_its_own_stop_words(fake: FakeTwilio, service: Service, mode: str, type_: str | None) -> None:
    """Answered by itself, later messages refused with 21610, until START."""
    fake.opt_out = "advanced" if mode == "advanced" else "default"
    await fake.text(ADA, OURS, " stop ")
    assert dict(service.got[0][1]).get("OptOutType") == type_
    status, answer = await post(fake)
    assert (status, answer["code"]) == (400, 21610)
    await fake.text(ADA, OURS, "START")
    await fake.text(ADA, OURS, "help")
    await fake.text(ADA, OURS, "please stop")
    assert (await post(fake))[0] == 201
    assert fake.own_replies == [(ADA, "STOP"), (ADA, "START"), (ADA, "HELP")]


async def test_stop_words_can_be_left_to_us(fake: FakeTwilio, service: Service) -> None:
    """Switched off, as the default is, Twilio does nothing about them."""
    await fake.text(ADA, OURS, "STOP")
    assert (await post(fake))[0] == 201
    assert fake.own_replies == []
    assert len(service.got) >= 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "Ada"}, 21211),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"To": "whatsapp:+15550100001"}, 21910),
        ({"StatusCallback": "nowhere"}, 21609),
        ({"ValidityPeriod": "36001"}, 21624),
        ({"Bodi": "x"}, 20001),
    ],
)
async def test_bad_requests_are_refused(fake: FakeTwilio, changes: dict[str, str], code: int) -> None:
    """As Twilio refuses them, and nothing is accepted."""
    status, answer = await post(fake, **changes)
    assert (status, answer["code"], fake.accepted) == (400, code, [])


async def test_a_wrong_token_is_refused(fake: FakeTwilio) -> None:
    """401 with Twilio's code."""
    status, answer = await post(fake, "another-token")
    assert (status, answer["code"]) == (401, 20003)


async def test_a_message_can_be_fetched(fake: FakeTwilio) -> None:
    """By its id, and only by an id that exists."""
    _, answer = await post(fake)
    login = {"Authorization": aiohttp.encode_basic_auth(fake.account_sid, fake.auth_token)}
    async with aiohttp.ClientSession(fake.url, headers=login) as session:
        async with session.get(str(answer["uri"])) as found:
            assert (await found.json())["body"] == "Hello"
        async with session.get(str(answer["uri"]).replace("SM", "MM")) as missing:
            assert missing.status == 404
        async with session.get(str(answer["uri"]).replace("SM", "MM").replace(".json", "/Media.json")) as missing:
            assert missing.status == 404


async def test_faults_come_in_order(fake: FakeTwilio) -> None:
    """One each for the first messages, none for the later ones."""
    fake.choose_fault = in_order(ERROR_BEFORE, None, ACCEPT_ERROR)
    assert [(await post(fake))[0] for _ in range(4)] == [500, 201, 500, 201]
    assert len(fake.accepted) == 3


def test_seeded_faults_are_the_same_every_time() -> None:
    """About the shares asked for, in an order that the seed alone decides."""
    shares: dict[Fault, float] = {ERROR_BEFORE: 0.2, ACCEPT_ERROR: 0.1}
    drawn = [seeded(1, shares)(number, {}) for number in range(1000)]
    assert drawn == [seeded(1, shares)(number, {}) for number in range(1000)]
    assert drawn != [seeded(2, shares)(number, {}) for number in range(1000)]
    assert 150 < drawn.count(ERROR_BEFORE) < 250
    assert 50 < drawn.count(ACCEPT_ERROR) < 150


async def test_its_port_stays_the_same(fake: FakeTwilio) -> None:
    """Stopped, it refuses connections; started again, it is where it was."""
    before = fake.url
    await fake.stop_listening()
    with pytest.raises(aiohttp.ClientConnectorError):
        await post(fake)
    await fake.start_listening()
    assert (fake.url, (await post(fake))[0]) == (before, 201)
