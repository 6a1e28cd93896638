"""A Twilio on loopback: takes messages, keeps its own log, posts signed webhooks, and goes wrong on request.

    async with FakeTwilio() as fake:
        account = TwilioAccount(fake.account_sid, fake.auth_token, api_base_url=fake.url, ...)
        fake.app_url = "http://127.0.0.1:8080"               # where our service listens
        assert await fake.text("+15550100001", "+15550109999", "JOIN") == 200
        await fake.settle()                                   # all callbacks have been posted
        assert [message.body for message in fake.accepted] == ["Welcome!"]

Everything it does is determined by its knobs: no randomness but what a seed gives.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web

from tests.fakes.twilio_faults import Callbacks, Chooser, Fault, Way, in_order
from tests.fakes.twilio_log import (
    SECOND,
    Form,
    LoggedMessage,
    content_problem,
    content_text,
    ends_before,
    error_body,
    first,
    page,
    problem,
    resource,
)
from tests.fakes.twilio_webhooks import Webhooks

ACCOUNT_SID = "AC" + "0" * 31 + "1"
AUTH_TOKEN = "fake-auth-token"
INBOUND_PATH = "/webhooks/twilio/inbound"
STOP_WORDS = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"))
START_WORDS = frozenset(("START", "UNSTOP", "YES"))
HELP_WORDS = frozenset(("HELP", "INFO"))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST of a message, whatever became of it."""

    number: int
    form: Form
    authorization: str | None
    at: int
    """By the fake's clock, UTC microseconds."""


class FakeTwilio(Webhooks):
    """The server; its public attributes are the knobs (change them at any time) and the records (read them)."""

    def __init__(self, *, account_sid: str = ACCOUNT_SID, auth_token: str = AUTH_TOKEN) -> None:
        super().__init__(auth_token)
        self.account_sid = account_sid
        # Knobs (and `app_url`, `public_url` of the webhooks).
        self.choose_fault: Chooser = in_order()
        self.callbacks = Callbacks()
        self.refused_recipients: dict[str, int] = {}
        """Recipient (with its prefix) -> code, refused when a message is posted."""
        self.contents: dict[str, str] = {}
        """Templates that WhatsApp has approved: content SID -> text with {{1}} or {{name}} for its variables."""
        self.failing_recipients: dict[str, int] = {}
        """Recipient -> code, accepted and reported `undelivered` later."""
        self.opt_out: Literal["off", "default", "advanced"] = "off"
        """Whether Twilio answers stop, start and help words itself; `advanced` also sends OptOutType."""
        self.latency_seconds = 0.0
        self.list_lag_seconds = 0.0
        """How long an accepted message is missing from lists."""
        self.list_fault: Fault | None = None
        """Every list is answered so; None: lists work."""
        self.list_fault_since_at: int | None = None
        """Only lists of what came after this fail; None: all of them."""
        self.media_fault: Fault | None = None
        """Every list of media is answered so."""
        self.clock: Callable[[], int] = lambda: time.time_ns() // 1000
        self.clock_offset_seconds = 0.0
        """How far Twilio's clock is ahead of `clock`."""
        self.files: dict[str, bytes] = {}
        """What came with messages, by the path of its address."""
        self.service_numbers: tuple[str, ...] = ("+15550109999",)
        # Records (and `posted` of the webhooks).
        self.attempts: list[Attempt] = []
        self.accepted: list[LoggedMessage] = []
        """Outbound messages in the order they were accepted: what people get."""
        self.received: list[LoggedMessage] = []
        """What people texted."""
        self.own_replies: list[tuple[str, str]] = []
        """(recipient, stop/start/help word): confirmations that Twilio sent by itself."""
        self.opted_out: set[tuple[str, str]] = set()
        """(person, our number)."""
        self._port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections: set[asyncio.Transport] = set()
        self._closing = asyncio.Event()
        self._changed = asyncio.Event()

    # --- life ---------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        app = web.Application()
        root = f"/2010-04-01/Accounts/{self.account_sid}"
        app.router.add_post(root + "/Messages.json", self._create)
        app.router.add_get(root + "/Messages.json", self._list)
        app.router.add_get(root + "/Messages/{sid}.json", self._fetch)
        app.router.add_get(root + "/Messages/{sid}/Media.json", self._list_media)
        app.router.add_get(root + "/Messages/{sid}/Media/{media}", self._give_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await self.start_listening()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop everything."""
        self._closing.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.close_webhooks()
        await self._runner.cleanup()

    async def start_listening(self) -> None:
        """Listen (again), on the same port as before."""
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await self._site.start()
        self._port = self._runner.addresses[0][1]

    async def stop_listening(self) -> None:
        """Refuse connections and cut those that are open, until `start_listening`."""
        await self._site.stop()
        for connection in self._connections:
            connection.abort()
        self._connections.clear()

    @property
    def url(self) -> str:
        """The base URL of the API: the setting TWILIO_API_BASE_URL."""
        return f"http://127.0.0.1:{self._port}"

    async def settle(self) -> None:
        """Wait until every status callback has been posted."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def wait_for_accepted(self, count: int) -> None:
        """Wait until so many messages have been accepted."""
        while len(self.accepted) < count:
            self._changed.clear()
            await self._changed.wait()

    async def hears(self, phone: str, pattern: str, after: int = 0, seconds: float = 60.0) -> re.Match[str]:
        """Wait until a phone gets a message like this, past so many of `accepted`; raises `TimeoutError`."""
        async with asyncio.timeout(seconds):
            while True:
                count = len(self.accepted)
                for message in self.accepted[after:count]:
                    if message.recipient == phone and (found := re.search(pattern, message.body, re.DOTALL)):
                        return found
                after = count
                await self.wait_for_accepted(count + 1)

    def now_at(self) -> int:
        """Twilio's clock, UTC microseconds."""
        return self.clock() + round(self.clock_offset_seconds * SECOND)

    # --- people -------------------------------------------------------------------------------------------------

    async def text(self, from_: str, to: str, body: str, **extra: str) -> int:
        """Let a person send a message; returns the status our webhook answered with (0: it could not be reached).

        `extra` are further parameters (`MediaUrl0=...`, `ButtonText=...`); `MessageSid` makes a duplicate.
        """
        message = self._receive(from_, to, body, extra)
        word = self._answer_by_itself(message)
        params = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsMessageSid": message.sid,
            "AccountSid": self.account_sid,
            "From": from_,
            "To": to,
            "Body": body,
            "NumMedia": str(len(message.media)),
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
            **({"OptOutType": word} if word and self.opt_out == "advanced" else {}),
            **extra,
        }
        is_known = self.app_url or self.balance
        return await self.post(self.known_as(INBOUND_PATH), params) if is_known else 0

    def _receive(self, from_: str, to: str, body: str, extra: Mapping[str, str]) -> LoggedMessage:
        number, now_at = len(self.received) + 1, self.now_at()
        media = tuple(
            (extra[name], extra.get(f"MediaContentType{name.removeprefix('MediaUrl')}", ""))
            for name in sorted(extra)
            if name.startswith("MediaUrl")
        )
        sid = extra.get("MessageSid", f"{'MM' if media else 'SM'}{number + 0xF0000000:032x}")
        message = LoggedMessage(number, sid, "inbound", from_, to, body, now_at, now_at, "received", media=media)
        if all(known.sid != sid for known in self.received):
            self.received.append(message)
        return message

    def _answer_by_itself(self, message: LoggedMessage) -> str | None:
        """Do what Twilio does about its own words; returns STOP, START, HELP or None."""
        if self.opt_out == "off":
            return None
        text, pair = message.body.strip().upper(), (message.sender, message.recipient)
        if text in STOP_WORDS:
            word = "STOP"
            self.opted_out.add(pair)
        elif text in START_WORDS:
            word = "START"
            self.opted_out.discard(pair)
        elif text in HELP_WORDS:
            word = "HELP"
        else:
            return None
        self.own_replies.append((message.sender, word))
        return word

    # --- status callbacks -----------------------------------------------------------------------------------------

    async def _report(self, message: LoggedMessage) -> None:
        """Move the message on and post its status callbacks."""
        code = self.failing_recipients.get(message.recipient) or self._outside_window(message)
        statuses = (*self.callbacks.statuses[:1], "undelivered") if code else self.callbacks.statuses
        await asyncio.sleep(self.callbacks.delay_seconds)
        if statuses:
            message.status, message.error_code = statuses[-1], code
        for status in self.callbacks.plan(message.number, statuses):
            if message.status_callback:
                await self.post(message.status_callback, self._callback(message, status))

    def _outside_window(self, message: LoggedMessage) -> int | None:
        """Return 63016 for free text to somebody on WhatsApp who sent nothing within 24 hours."""
        if not message.recipient.startswith("whatsapp:") or first(message.form or {}, "ContentSid"):
            return None
        since_at = message.created_at - 24 * 3_600 * SECOND
        heard = (one.sender == message.recipient and one.created_at > since_at for one in self.received)
        return None if any(heard) else 63016

    def _callback(self, message: LoggedMessage, status: str) -> dict[str, str]:
        failed = status in {"undelivered", "failed"} and message.error_code
        return {
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "From": message.sender,
            "To": message.recipient,
            "MessageSid": message.sid,
            "MessageStatus": status,
            "SmsSid": message.sid,
            "SmsStatus": status,
            **({"ErrorCode": str(message.error_code)} if failed else {}),
        }

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- API ----------------------------------------------------------------------------------------------------

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = {
            name: tuple(values)
            for name, values in parse_qs((await request.read()).decode(), keep_blank_values=True).items()
        }
        attempt = Attempt(len(self.attempts) + 1, form, request.headers.get("Authorization"), self.now_at())
        self.attempts.append(attempt)
        if not self._is_authorised(request):
            return self._refusal(20003, 401)
        await asyncio.sleep(self.latency_seconds)
        fault = self.choose_fault(attempt.number, form)
        if fault and not fault.accepts:
            return await self._go_wrong(request, fault)
        if code := self._refused_with(form):
            return self._refusal(code, 400)
        message = self._accept(form)
        if self.callbacks.before_answer:
            await self._report(message)
        else:
            self._spawn(self._report(message))
        return await self._go_wrong(request, fault) if fault else self._answer(resource(message, self.account_sid), 201)

    def _refused_with(self, form: Form) -> int | None:
        recipient = first(form, "To")
        if code := problem(form) or content_problem(form, self.contents) or self.refused_recipients.get(recipient):
            return code
        return 21610 if (recipient, self._sender(form)) in self.opted_out else None

    def _sender(self, form: Form) -> str:
        return first(form, "From") or self.service_numbers[0]

    def _accept(self, form: Form) -> LoggedMessage:
        number, now_at = len(self.accepted) + 1, self.now_at()
        message = LoggedMessage(
            number=number,
            sid=f"SM{number:032x}",
            direction="outbound-api",
            sender=self._sender(form),
            recipient=first(form, "To"),
            body=content_text(form, self.contents) or first(form, "Body"),
            created_at=now_at,
            visible_at=now_at + round(self.list_lag_seconds * SECOND),
            media=tuple((url, "") for url in form.get("MediaUrl", ())),
            form=form,
        )
        self.accepted.append(message)
        self._changed.set()
        return message

    async def _go_wrong(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.way in {Way.HANG, Way.ACCEPT_HANG}:
            await self._closing.wait()
        if fault.way in {Way.RESET, Way.ACCEPT_RESET} and request.transport is not None:
            # Lingering for no time makes the close a reset.
            connection: socket.socket = request.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.transport.abort()
        if fault.way in {Way.REDIRECT, Way.ACCEPT_REDIRECT}:
            return web.Response(status=307, headers={"Location": str(request.url), **self._date()})
        if fault.body is not None:
            return web.Response(status=fault.status, text=fault.body, headers=self._date())
        return self._refusal(fault.code, fault.status, fault.retry_after)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        if not self._is_authorised(request):
            return self._refusal(20003, 401)
        if self.list_fault and not ends_before(dict(request.query), self.list_fault_since_at):
            return await self._go_wrong(request, self.list_fault)
        listing = page([*self.accepted, *self.received], dict(request.query), self.now_at(), request.path)
        listing["messages"] = [resource(message, self.account_sid) for message in listing["messages"]]
        return self._answer(listing)

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        message = self._find(request)
        return self._answer(resource(message, self.account_sid)) if message else self._refusal(20404, 404)

    async def _list_media(self, request: web.Request) -> web.StreamResponse:
        message = self._find(request)
        if self.media_fault:
            return await self._go_wrong(request, self.media_fault)
        if not message:
            return self._refusal(20404, 404)
        rows = [{"uri": urlsplit(url).path + ".json", "content_type": kind} for url, kind in message.media]
        return self._answer({"media_list": rows, "next_page_uri": None})

    async def _give_file(self, request: web.Request) -> web.StreamResponse:
        if not self._is_authorised(request):
            return self._refusal(20003, 401)
        content = self.files.get(request.path)
        return self._refusal(20404, 404) if content is None else web.Response(body=content)

    def _find(self, request: web.Request) -> LoggedMessage | None:
        sid = request.match_info["sid"]
        known = [message for message in (*self.accepted, *self.received) if message.sid == sid]
        return known[0] if known and self._is_authorised(request) else None

    def _is_authorised(self, request: web.Request) -> bool:
        if isinstance(request.transport, asyncio.Transport):
            self._connections.add(request.transport)
        login = aiohttp.encode_basic_auth(self.account_sid, self.auth_token)
        return request.headers.get("Authorization") == login

    def _date(self) -> dict[str, str]:
        return {"Date": formatdate(self.now_at() // SECOND, usegmt=True)}

    def _answer(self, content: Mapping[str, Any], status: int = 200) -> web.Response:
        return web.json_response(content, status=status, headers=self._date())

    def _refusal(self, code: int | None, status: int, retry_after: str | None = None) -> web.Response:
        headers = self._date() | ({"Retry-After": retry_after} if retry_after else {})
        return web.json_response(error_body(code, status), status=status, headers=headers)
