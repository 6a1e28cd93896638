"""Hop 2: everything that waits is one batch, one transaction; a request is answered after the commit."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from bot.batcher import Batcher
from bot.clock import Clock
from bot.house import House, for_transaction, keep_learned
from bot.inbound.set_aside import WAYS, Aside
from bot.metrics import INBOX_BATCH_SECONDS, INBOX_BATCH_SIZE, INBOX_MESSAGES, INBOX_SET_ASIDE
from bot.runtime.loop import Loop
from bot.turns import Arrival, Received, take_turns
from flows.errors import Conflict, StorageError
from flows.values import InboundMessage
from storage.database import Database
from storage.keys import new_key
from storage.plan import Plan
from storage.timers import Due

T = TypeVar("T")
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
        self._batcher: Batcher[Arrival, Received] = Batcher(self._work, limit=limit, name="inbox")

    def start(self, on_received: Callable[[Sequence[Received]], None]) -> None:
        """Begin to work; `on_received` hears of every committed batch."""
        self._on_received = on_received
        self._batcher.start()

    @property
    def loop(self) -> Loop:
        """The loop that works batches off."""
        return self._batcher.loop

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
        results = await self._attempt(self._transact(arrivals))
        if not isinstance(results, Exception):
            return results
        if len(arrivals) == 1:
            return [await self._once_more(arrivals[0], results)]
        # A row that the database refuses must not hurt its neighbours, nor a race that one of them keeps losing.
        return [(await self._alone(arrival)) for arrival in arrivals]

    async def _alone(self, arrival: Arrival) -> Received | Exception:
        try:
            return (await self._run([arrival]))[0]
        except Exception as error:  # nor one that cannot even be set aside
            return error

    async def _attempt(self, work: Awaitable[T]) -> T | Exception:
        """Return what became of it, or the error; raises `StorageError` where everything has to wait."""
        try:
            return await work
        except Conflict as error:
            return error
        except StorageError:
            raise
        except Exception as error:
            return error

    async def _transact(self, arrivals: Sequence[Arrival], *, afresh: bool = False) -> Sequence[Received | Exception]:
        for _try in range(RACE_TRIES):
            try:
                return await self._learn(lambda house: take_turns(house, arrivals), afresh=afresh)
            except Conflict:
                self._house.catalogue_version = -1
        raise Conflict

    async def _learn(self, plan: Callable[[House], Plan[T]], *, afresh: bool = False) -> T:
        """Run a plan; what it learns of the organisation on its way counts once it is committed."""
        learned = for_transaction(self._house, afresh=afresh)
        result = await self._database.run(plan(learned))
        keep_learned(self._house, learned)
        return result

    async def _once_more(self, arrival: Arrival, error: Exception) -> Received | Exception:
        """Take the turn with nothing but what the database says now; set the message aside where that fails, too."""
        if isinstance(error, Conflict):
            raise error
        results = await self._attempt(self._transact([arrival], afresh=True))
        if not isinstance(results, Exception):
            return results[0]
        log.error("message_set_aside", message_id=arrival.id.hex(), kind=type(results).__name__)
        return await self._set_aside(arrival, results) if arrival.message is not None else results

    async def _set_aside(self, arrival: Arrival, error: Exception) -> Received | Exception:
        """Keep what can be kept of a message, and its STOP; the error where nothing can."""
        problem = f"{type(error).__name__}: the message could not be handled"
        for way in WAYS:
            received = await self._keep(way, arrival, problem)
            if isinstance(received, Received):
                INBOX_SET_ASIDE.labels(way.__name__.removeprefix("keep_")).inc()
                return received
            if received is not None:
                log.error(
                    "message_refused", message_id=arrival.id.hex(), way=way.__name__, kind=type(received).__name__
                )
        return error

    async def _keep(self, way: Aside, arrival: Arrival, problem: str) -> Received | Exception | None:
        return await self._attempt(self._learn(lambda house: way(house, arrival, problem), afresh=True))
