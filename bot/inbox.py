"""Hop 2: everything that waits is one batch, one transaction; a request is answered after the commit."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import structlog

from bot.batcher import Batcher
from bot.clock import Clock
from bot.house import House
from bot.metrics import INBOX_BATCH_SECONDS, INBOX_BATCH_SIZE, INBOX_MESSAGES
from bot.turns import Arrival, Received, take_turns
from flows.errors import Conflict, StorageError
from flows.values import InboundMessage
from storage.database import Database
from storage.keys import new_key
from storage.timers import Due

log = structlog.get_logger(__name__)
RACE_TRIES = 5
"""How often a batch runs again after another node was first."""


class Inbox:
    """Takes messages and timers, and gives each what became of it once that is committed."""

    def __init__(self, database: Database, house: House, clock: Clock, *, limit: int = 5_000) -> None:
        self._database = database
        self._house = house
        self._clock = clock
        self._on_received: Callable[[Sequence[Received]], None] = lambda _received: None
        self._batcher: Batcher[Arrival, Received] = Batcher(self._work, limit=limit)

    def start(self, on_received: Callable[[Sequence[Received]], None]) -> None:
        """Begin to work; `on_received` hears of every committed batch."""
        self._on_received = on_received
        self._batcher.start()

    async def stop(self) -> None:
        """Take nothing more, finish what waits, and end."""
        await self._batcher.stop()

    @property
    def waiting_count(self) -> int:
        """How many messages wait for their batch."""
        return self._batcher.waiting_count

    def put(self, message: InboundMessage) -> Awaitable[Received]:
        """Add an inbound message; raises `StorageError` (also from the result) when it could not be kept."""
        return self._batcher.put(Arrival(new_key(), self._clock(), message=message))

    def put_due(self, due: Due) -> Awaitable[Received]:
        """Add a timer that is due; its turn is taken like a message's."""
        return self._batcher.put(Arrival(new_key(), self._clock(), due=due))

    async def _work(self, arrivals: Sequence[Arrival]) -> Sequence[Received | Exception]:
        started = time.perf_counter()
        results = await self._run(arrivals)
        INBOX_BATCH_SIZE.observe(len(arrivals))
        INBOX_BATCH_SECONDS.observe(time.perf_counter() - started)
        received = [result for result in results if isinstance(result, Received)]
        INBOX_MESSAGES.labels("duplicate").inc(sum(result.is_duplicate for result in received))
        INBOX_MESSAGES.labels("stored").inc(sum(not result.is_duplicate for result in received))
        self._on_received(received)
        return results

    async def _run(self, arrivals: Sequence[Arrival]) -> Sequence[Received | Exception]:
        try:
            return await self._transact(arrivals)
        except StorageError:
            raise
        except Exception as error:  # a row that the database refuses must not hurt its neighbours
            if len(arrivals) > 1:
                return [(await self._alone(arrival)) for arrival in arrivals]
            return [await self._set_aside(arrivals[0], error)]

    async def _alone(self, arrival: Arrival) -> Received | Exception:
        try:
            return (await self._run([arrival]))[0]
        except Exception as error:  # nor that it cannot even be set aside
            return error

    async def _transact(self, arrivals: Sequence[Arrival]) -> Sequence[Received | Exception]:
        for _try in range(RACE_TRIES):
            try:
                return await self._database.run(take_turns(self._house, arrivals))
            except Conflict:
                self._house.catalogue_version = -1
        raise Conflict

    async def _set_aside(self, arrival: Arrival, error: Exception) -> Received | Exception:
        """Store a message that cannot be handled as `failed`, without its turn and without what may have broken it."""
        log.error("message_set_aside", message_id=arrival.id.hex(), kind=type(error).__name__)
        if arrival.message is None:
            return error
        bare = replace(arrival.message, metadata={}, profile_name=None, media=(), button=None, location=None)
        problem = f"{type(error).__name__}: the message could not be handled"
        return (await self._transact([Arrival(arrival.id, arrival.now_at, message=bare, problem=problem)]))[0]
