"""What the sender asks of every provider."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flows.effects import Choice
from flows.values import HOUR, InboundMessage, Key, MessageStatus, Transport


@dataclass(frozen=True, slots=True)
class Call:
    """One message for one provider call; addresses carry no transport prefix."""

    message_id: Key
    attempt: int
    transport: Transport
    sender: str
    recipient: str
    body: str
    media_urls: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    validity_seconds: int | None = None
    """How long the provider may keep trying; None: its default."""
    content_sid: str | None = None
    """A template approved at the provider, sent instead of the body."""
    content_variables: str | None = None
    """The template's variables, a JSON object."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message under this id."""

    provider_id: str
    status: MessageStatus = MessageStatus.SENT


@dataclass(frozen=True, slots=True)
class Listed:
    """One outbound message as the provider's own log shows it."""

    provider_id: str
    sender: str
    recipient: str
    body: str
    status: MessageStatus
    created_at: int
    error_code: str | None = None


LOG_MARGIN = HOUR
"""So much earlier than its first message a log is read: the provider's clock may be behind ours."""
_TRIAL_PREFIX = "Sent from your Twilio trial account - "


def plain(body: str) -> str:
    """Give a text as texts of the provider's log are compared: in one spelling, without what a trial account adds."""
    return " ".join(unicodedata.normalize("NFKC", body.removeprefix(_TRIAL_PREFIX)).split())


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the provider's log, and the provider's clock when it answered (both in UTC microseconds)."""

    messages: tuple[Listed, ...]
    provider_now_at: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the provider's log: what people sent to one of our addresses from then until then (or until now)."""

    recipient: str
    transport: Transport
    since_at: int
    until_at: int | None = None
    limit: int | None = None
    """How many messages are too many; None: none are."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What a piece of the log holds that we have not got, oldest first, and how many messages are in it in all."""

    messages: tuple[InboundMessage, ...]
    listed_count: int


Known = Callable[[Sequence[str]], Awaitable[Collection[str]]]
"""Of the provider's ids of inbound messages, gives those that are here already."""


@dataclass(frozen=True, slots=True)
class MediaRequest:
    """How a file that came with a message is fetched."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """They may hold the account's login: only for this address, never for one that it leads to."""


class Provider(Protocol):
    """A way out: sends one message once, and lists what it has."""

    @property
    def name(self) -> str:
        """The provider's word in the database: twilio, meta, waha or simulator."""

    async def send(self, call: Call) -> Accepted:
        """Make exactly one provider call; raises `SendError` with the class of what went wrong."""

    async def read_clock(self) -> int:
        """Give the provider's time, by which its log is dated, in UTC microseconds; raises `SendError`."""

    async def list_sent(self, call: Call, since_at: int) -> Listing:
        """List what the provider's log holds for the call's sender and recipient since then; raises `SendError`."""

    async def list_all(self, sender: str, transport: Transport, since_at: int) -> tuple[Listed, ...]:
        """List all that the provider's log holds of a sender since then; raises `SendError`."""

    async def list_missed(self, piece: Piece, known: Known) -> Missed | None:
        """List what we have not got of a piece of the log; None: it holds too many. Raises `SendError`."""

    def media_request(self, url: str) -> MediaRequest | None:
        """Say how a file is fetched; None where the address is not this provider's."""

    async def close(self) -> None:
        """Let go of connections."""
