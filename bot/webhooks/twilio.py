"""Twilio's webhooks: verify the signature, parse, put in the inbox, answer after the commit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import hdrs, web

from bot.providers.twilio.inbound import parse_inbound, read_form, read_json
from bot.providers.twilio.payload import Ignored, Pairs
from bot.providers.twilio.receipts import parse_receipt
from bot.providers.twilio.signature import check_form, check_json, public_url
from bot.turns import Received
from flows.errors import BodyTooLarge, BodyTooSlow, MalformedPayload, SignatureMismatch
from flows.values import InboundMessage, Receipt

BODY_LIMIT = 64 * 1024
"""Bytes; Twilio's largest webhook is far below."""
BODY_SECONDS = 10.0
SIGNATURE = "X-Twilio-Signature"
_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
_XML = {hdrs.CONTENT_TYPE: "text/xml"}
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class TwilioWebhooks:
    """What the two addresses need; `receive` and `record` give their result after the commit."""

    account_sid: str
    tokens: tuple[str, ...]
    public_url: str
    receive: Callable[[InboundMessage], Awaitable[Received]]
    record: Callable[[Receipt], Awaitable[object]]
    settle: Callable[[Received], Awaitable[None]]
    """Waits for the call in flight to a person who has just opted out."""
    body_seconds: float = BODY_SECONDS
    """How long a request's body may take to arrive."""

    def routes(self) -> Sequence[web.RouteDef]:
        """Give the two addresses."""
        return (
            web.post("/webhooks/twilio/inbound", self.inbound),
            web.post("/webhooks/twilio/status", self.status),
        )

    async def inbound(self, request: web.Request) -> web.Response:
        """Take a message; 200 once it and its replies are committed."""
        message = parse_inbound(await self._verified(request))
        if isinstance(message, Ignored):
            return web.Response(text=message.reason)
        received = await self.receive(message)
        if received.opted_out:
            await self.settle(received)
        return web.Response(body=_TWIML, headers=_XML)

    async def status(self, request: web.Request) -> web.Response:
        """Take delivery news; 200 once it is committed."""
        receipt = parse_receipt(await self._verified(request), request.query)
        if isinstance(receipt, Ignored):
            return web.Response(text=receipt.reason)
        await self.record(receipt)
        return web.Response()

    async def _verified(self, request: web.Request) -> Pairs:
        body = await read_body(request, self.body_seconds)
        url = public_url(self.public_url, request.raw_path)
        signature = request.headers.get(SIGNATURE)
        if request.content_type == "application/json":
            if not check_json(url, body, signature, self.tokens):
                raise SignatureMismatch
            pairs = read_json(body)
        elif request.content_type in (_FORM, "application/octet-stream"):
            pairs = read_form(body)
            if not check_form(url, pairs, signature, self.tokens):
                raise SignatureMismatch
        else:
            raise MalformedPayload(f"The content type '{request.content_type}' is none that Twilio posts.")
        for name, value in pairs:
            if name == "AccountSid" and value != self.account_sid:
                raise SignatureMismatch("The request is about another Twilio account: check TWILIO_ACCOUNT_SID.")
        return pairs


async def read_body(request: web.Request, seconds: float) -> bytes:
    """Read a request's body within its bounds of size and time; raises `WebhookError`."""
    try:
        if request.content.is_eof():  # it came in one piece with the headers: no clock is needed
            return await request.read()
        async with asyncio.timeout(seconds):
            return await request.read()
    except TimeoutError as error:
        raise BodyTooSlow(f"The body did not arrive within {seconds:g} seconds.") from error
    except web.HTTPRequestEntityTooLarge as error:
        raise BodyTooLarge(f"The body is larger than {BODY_LIMIT} bytes.") from error
    except (web.RequestPayloadError, ConnectionError) as error:
        raise MalformedPayload("The body is cut short, or is not packed as its Content-Encoding says.") from error
