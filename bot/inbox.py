"""Hop 2: everything that waits is one batch, one transaction; a request is answered after the commit."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import structlog

from bot.batcher import Batcher
from bot.clock import Clock
from bot.metrics import INBOX_BATCH_SECONDS, INBOX_BATCH_SIZE, INBOX_MESSAGES
from bot.texts import Texts
from flows.effects import OptOut, Outcome, Reply
from flows.errors import Conflict, RollcallError, StorageError
from flows.language.phones import SenderKind, canonical, sender_kind
from flows.language.segments import measure, split
from flows.policy import bound
from flows.router import answered_by_provider, route
from flows.state import after, seats_after
from flows.turn import Catalogue, Turn
from flows.values import Contact, ContactStatus, InboundMessage, Key, Occurrence, Transport, Workspace
from storage.apply import Draft, Handled, apply_batch
from storage.catalogue import catalogue_version, load_catalogue, with_seats
from storage.channels import Channel, all_channels, save_channels
from storage.database import Database
from storage.keys import inbound_key, new_key
from storage.load import Counts, Loaded, Person, claim_keys, load_contacts
from storage.plan import Plan
from storage.timers import Due

log = structlog.get_logger(__name__)
T = TypeVar("T")
RACE_TRIES = 5
MAX_LENGTH = 1_600
"""Characters in one message, Twilio's bound."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an inbound message once it is committed."""

    message_id: Key
    is_duplicate: bool = False
    contact_id: Key | None = None
    opted_out: bool = False
    """True when the person has just opted out: the acknowledgement waits for their call in flight."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message, or a timer, on its way into a batch."""

    id: Key
    now_at: int
    occurrence: Occurrence
    due: Due | None = None


@dataclass(slots=True)
class _Catalogues:
    """The catalogue as this process read it last."""

    version: int = -1
    catalogue: Catalogue = field(default_factory=Catalogue)


@dataclass(slots=True)
class _Batch:
    """The state of one batch while its turns are taken."""

    catalogue: Catalogue
    contacts: dict[tuple[Key, str], Contact] = field(default_factory=dict)
    counts: dict[tuple[Key, str], Counts] = field(default_factory=dict)
    handled: list[Handled] = field(default_factory=list)


class Inbox:
    """Takes messages and timers, and gives each what became of it."""

    def __init__(
        self,
        database: Database,
        texts: Texts,
        workspace: Workspace,
        clock: Clock,
        *,
        limit: int = 5_000,
        provider_answers: bool = True,
    ) -> None:
        self._database = database
        self._texts = texts
        self._workspace = workspace
        self._clock = clock
        self._provider_answers = provider_answers
        self._catalogues = _Catalogues()
        self._channels: dict[tuple[str, Transport, str], Channel] = {}
        self._on_replies: Callable[[], None] = lambda: None
        self._batcher: Batcher[Arrival, Received] = Batcher(self._work, limit=limit)

    def start(self, on_replies: Callable[[], None]) -> None:
        """Begin to work; `on_replies` is called after every batch that queued replies."""
        self._on_replies = on_replies
        self._batcher.start()

    async def stop(self) -> None:
        """Finish what waits and end."""
        await self._batcher.stop()

    @property
    def waiting_count(self) -> int:
        """How many messages wait for their batch."""
        return self._batcher.waiting_count

    def put(self, message: InboundMessage) -> Awaitable[Received]:
        """Add an inbound message; the result comes after its commit. Raises `StorageError` when it cannot be kept."""
        return self._batcher.put(Arrival(new_key(), self._clock(), message))

    def put_due(self, due: Due) -> Awaitable[Received]:
        """Add a timer that is due; its contact's turn is taken like a message's."""
        return self._batcher.put(Arrival(new_key(), self._clock(), due.occurrence, due))

    async def _work(self, arrivals: Sequence[Arrival]) -> Sequence[Received | Exception]:
        started = time.perf_counter()
        try:
            results: Sequence[Received | Exception] = await self._run(arrivals)
        except StorageError:
            raise
        except Exception as error:
            if len(arrivals) == 1:
                results = [await self._quarantine(arrivals[0], error)]
            else:  # one row that the database refuses must not hurt its neighbours
                results = [(await self._work([arrival]))[0] for arrival in arrivals]
        INBOX_BATCH_SIZE.observe(len(arrivals))
        INBOX_BATCH_SECONDS.observe(time.perf_counter() - started)
        return results
