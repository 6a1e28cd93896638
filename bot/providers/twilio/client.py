"""Sending through Twilio and reading its log, over the official package's async client."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.rest import Client
from yarl import URL

from bot.providers.base import Accepted, Call, Known, Listed, Listing, MediaRequest, Missed, Piece
from bot.providers.twilio.listing import (
    Row,
    created_at,
    media_count,
    read_listed,
    read_media,
    read_received,
    read_rows,
)
from bot.providers.twilio.outcome import provider_now_at, unreadable
from bot.providers.twilio.receipts import STATUSES, message_token
from bot.providers.twilio.transport import TwilioTransport
from flows.bounds import PROVIDER_ID_LENGTH, clean
from flows.errors import ErrorClass, MalformedPayload, SendError
from flows.values import SECOND, InboundMessage, MessageStatus, Transport

DEFAULT_API_BASE_URL = "https://api.twilio.com"
STATUS_PATH = "/webhooks/twilio/status"

_log = logging.getLogger(__name__)
_LONGEST_VALIDITY_SECONDS = 36_000
_SENT_PAGE_SIZE = 50
_SENT_PAGES = 5
_RECEIVED_PAGE_SIZE = 500
_ALL_PAGES = 2_000
_MISSED_PAGES = 200
"""Of the shortest piece of the log that is asked for."""
MEDIA_WAIT_SECONDS = 600.0
"""How long a message of the log waits for a list of its media; whatever came after it waits as well."""
_ANY = ""
"""No message's id."""


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Whose account it is, and how to reach it and be reached."""

    account_sid: str
    auth_token: str = field(repr=False)
    api_base_url: str = DEFAULT_API_BASE_URL
    messaging_service_sid: str | None = None
    public_url: str | None = None
    """Where Twilio reaches us; status callbacks are asked for when it is https."""
    allow_http_callbacks: bool = False
    """Ask for callbacks on a plain http URL too: for a test server; Twilio itself refuses loopback."""
    timeout_seconds: float = 15.0
    """For one whole request."""
    connection_limit: int = 100


class TwilioProvider:
    """The `Provider` for Twilio: one call to `send` is one HTTP request."""

    name = "twilio"

    def __init__(self, account: TwilioAccount, seconds: Callable[[], float] = time.monotonic) -> None:
        """`seconds` is a clock that only goes forward."""
        self._account = account
        self._transport = TwilioTransport(account.api_base_url, account.timeout_seconds, limit=account.connection_limit)
        self._client = Client(account.account_sid, account.auth_token, http_client=self._transport)
        self._seconds = seconds
        self._media_failed_at: dict[str, float] = {}
        """Messages whose media cannot be listed, since when; under `_ANY` since when none can."""

    async def send(self, call: Call) -> Accepted:
        """Make exactly one provider call; raises `SendError` with the class of what went wrong.

        Cancelled in between, the outcome is as unknown as after a time-out: the row stays in `sending`.
        """
        try:
            message = await self._client.messages.create_async(**send_arguments(self._account, call))
        except (TwilioException, ValueError, TypeError) as error:
            raise unreadable() from error
        sid = clean(str(message.sid or ""))
        if not 0 < len(sid) <= PROVIDER_ID_LENGTH:
            raise unreadable()
        return Accepted(sid, STATUSES.get(str(message.status), MessageStatus.SENT))

    async def read_clock(self) -> int:
        """Give Twilio's time, to the second; raises `SendError`."""
        _page, now_at = await self._get("Messages.json", {"PageSize": "1"})
        return now_at

    async def list_sent(self, call: Call, since_at: int) -> Listing:
        """List what Twilio's log holds for the call's sender and recipient since then; raises `SendError`.

        Times are Twilio's: compare them with `provider_now_at`, never with our own clock. `since_at` only bounds how
        far back to page; the newest page is always given whole.
        """
        query = {"To": _address(call.transport, call.recipient), "PageSize": str(_SENT_PAGE_SIZE)}
        if not _by_service(self._account, call):
            query["From"] = _address(call.transport, call.sender)
        rows: list[Row] = []
        now_at = 0
        async for page, now_at in self._pages(query, _SENT_PAGES):
            rows += page
            if min((created_at(row) or now_at for row in rows), default=0) < since_at:
                break
        return Listing(read_listed(rows, now_at), now_at)

    async def list_all(self, sender: str, transport: Transport, since_at: int) -> tuple[Listed, ...]:
        """List all that Twilio's log holds of a sender since then; raises `SendError`.

        Of an account whose messaging service picks the sender: of every sender.
        """
        query = {"DateSent>": _day_time(since_at), "PageSize": str(_RECEIVED_PAGE_SIZE)}
        if not (self._account.messaging_service_sid and transport is Transport.SMS):
            query["From"] = _address(transport, sender)
        found: list[Listed] = []
        async for page, now_at in self._pages(query, _ALL_PAGES):
            found += read_listed(page, now_at)
        return tuple(found)

    async def list_missed(self, piece: Piece, known: Known) -> Missed | None:
        """List what people sent and we have not got, oldest first; None where a page is full of what they sent.

        Only for what we have not got Twilio is asked for its media. Raises `SendError`.
        """
        query = {
            "To": _address(piece.transport, piece.recipient),
            "DateSent>": _day_time(piece.since_at),
            "PageSize": str(piece.limit or _RECEIVED_PAGE_SIZE),
        }
        if piece.until_at is not None:
            query["DateSent<"] = _day_time(piece.until_at + SECOND)  # to the second, and that one too
        missed: list[InboundMessage] = []
        listed_count = 0
        async for page, _now in self._pages(query, _MISSED_PAGES):
            if piece.limit is not None and len(page) >= piece.limit:
                return None
            listed_count += len(page)
            here = await known([str(row.get("sid")) for row in page])
            missed += await self._read_received([row for row in page if str(row.get("sid")) not in here])
        return Missed(tuple(reversed(missed)), listed_count)

    async def _pages(self, query: Mapping[str, str], most: int) -> AsyncIterator[tuple[tuple[Row, ...], int]]:
        """Yield the pages of the log, newest first, with Twilio's clock when it gave the first.

        Raises `SendError` where there are more than `most`: one of those that nobody read may hold a STOP.
        """
        page, now_at = await self._get("Messages.json", query)
        for _ in range(most):
            yield read_rows(page), now_at
            if not page.get("next_page_uri"):
                return
            page, _later = await self._get(str(page["next_page_uri"]))
        raise SendError(f"Twilio's list has more than {most} pages.", error_class=ErrorClass.UNK)

    async def _read_received(self, rows: Iterable[Row]) -> list[InboundMessage]:
        """Read them with their media; raises `SendError` where those of one of them cannot be listed yet."""
        found: list[InboundMessage] = []
        failure: SendError | None = None
        for row in rows:
            if failure is not None and media_count(row):
                self._waits_for_media(str(row.get("sid")))  # not asked for now; from now on it waits as well
                continue
            try:
                message = await self._received(row)
            except SendError as error:
                failure = error
                continue
            except MalformedPayload as problem:  # the webhook would have refused it, too
                _log.warning("twilio: a row of the list is set aside: %s", problem.message)
                continue
            if message is not None:
                found.append(message)
        if failure is not None:
            raise failure
        return found

    async def _received(self, row: Row) -> InboundMessage | None:
        message = read_received(row, ())
        if message is None or not media_count(row):
            return message
        sid = message.provider_id
        try:
            page, _now = await self._get(f"Messages/{sid}/Media.json")
        except SendError as error:
            # Media may have been deleted; a STOP beside them counts all the same.
            if error.error_class in {ErrorClass.RETRY, ErrorClass.UNK} and self._waits_for_media(sid):
                raise
            _log.warning("twilio: a message is taken without its media, which cannot be listed")
            self._media_failed_at.pop(sid, None)
            return message
        for one in (sid, _ANY):
            self._media_failed_at.pop(one, None)
        return read_received(row, read_media(page, self._account.api_base_url.rstrip("/")))

    def _waits_for_media(self, sid: str) -> bool:
        """Say whether a message waits on for its media: not for long, and not where none could be listed for long."""
        now_seconds = self._seconds()
        since = [self._media_failed_at.setdefault(one, now_seconds) for one in (sid, _ANY)]
        return now_seconds - min(since) < MEDIA_WAIT_SECONDS

    async def _get(self, address: str, query: Mapping[str, str] | None = None) -> tuple[dict[str, Any], int]:
        """Fetch a page of the log: a path below the account, or a whole path as `next_page_uri` has it."""
        path = address if address.startswith("/") else f"/2010-04-01/Accounts/{self._account.account_sid}/{address}"
        answer = await self._client.request_async("GET", DEFAULT_API_BASE_URL + path, params=dict(query or {}))
        return json.loads(answer.text), provider_now_at(answer.headers or {})

    def media_request(self, url: str) -> MediaRequest | None:
        """Fetch files below our account, with its login (twilio.com/docs/messaging/api/media-resource)."""
        path = f"/2010-04-01/Accounts/{self._account.account_sid}/"
        found = URL(url)
        known = (URL(DEFAULT_API_BASE_URL).origin(), URL(self._account.api_base_url).origin())
        if not found.absolute or found.origin() not in known or not found.path.startswith(path):
            return None
        login = aiohttp.encode_basic_auth(self._account.account_sid, self._account.auth_token)
        # Always by the configured base: a test server's messages name Twilio's own address.
        address = URL(self._account.api_base_url).origin().join(found.relative())
        return MediaRequest(str(address), {"Authorization": login})

    async def close(self) -> None:
        """Let go of connections."""
        await self._transport.close()


def send_arguments(account: TwilioAccount, call: Call) -> dict[str, Any]:
    """Say what the package's `messages.create_async` is given for this call."""
    arguments: dict[str, Any] = {"to": _address(call.transport, call.recipient)}
    if not _by_service(account, call):
        arguments["from_"] = _address(call.transport, call.sender)
    if account.messaging_service_sid:
        arguments["messaging_service_sid"] = account.messaging_service_sid
    if call.content_sid:
        arguments["content_sid"] = call.content_sid
        arguments |= {"content_variables": call.content_variables} if call.content_variables else {}
    else:
        arguments["body"] = call.body
    if call.media_urls:
        arguments["media_url"] = list(call.media_urls)
    if call.validity_seconds is not None:
        arguments["validity_period"] = min(max(call.validity_seconds, 1), _LONGEST_VALIDITY_SECONDS)
    if callback := status_callback(account, call):
        arguments["status_callback"] = callback
    return arguments


def status_callback(account: TwilioAccount, call: Call) -> str | None:
    """Return the URL that carries our message id and attempt; None where Twilio could not reach us anyway."""
    base = (account.public_url or "").rstrip("/")
    if base.startswith("https://") or (account.allow_http_callbacks and base.startswith("http://")):
        return f"{base}{STATUS_PATH}?m={message_token(call.message_id)}&a={call.attempt}"
    return None


def _by_service(account: TwilioAccount, call: Call) -> bool:
    """Say whether the messaging service picks the sender: for SMS; every other sender is always named."""
    return bool(account.messaging_service_sid) and call.transport is Transport.SMS


def _address(transport: Transport, address: str) -> str:
    return address if transport is Transport.SMS else f"{transport}:{address}"


def _day_time(at: int) -> str:
    """Write a moment as Twilio's filters take it."""
    return datetime.fromtimestamp(at // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
