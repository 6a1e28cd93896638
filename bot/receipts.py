"""Delivery receipts, a transaction per batch: the webhook answers after the commit."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

from bot.batcher import Batcher
from bot.clock import Clock
from bot.metrics import RECEIPTS
from bot.providers.twilio.errors import classify
from bot.runtime.loop import Loop
from bot.transactions import run_until_settled
from flows.errors import ErrorClass
from flows.values import Receipt
from storage.database import Database
from storage.outbox.receipts import apply_receipts

QUEUE_LIMIT = 10_000


def class_of(receipt: Receipt) -> ErrorClass | None:
    """Say what a receipt's error code means at its provider; None where it has none."""
    if receipt.provider == "twilio" and receipt.error_code:
        return classify(receipt.error_code)
    return None


class Receipts:
    """Collects receipts and applies them in batches."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._batcher: Batcher[Receipt, None] = Batcher(self._apply, limit=QUEUE_LIMIT, name="receipts")

    def start(self) -> None:
        """Begin to work."""
        self._batcher.start()

    @property
    def loop(self) -> Loop:
        """The loop that works batches off."""
        return self._batcher.loop

    async def stop(self) -> None:
        """Finish what waits."""
        await self._batcher.stop()

    def put(self, receipt: Receipt) -> Awaitable[None]:
        """Add a receipt; what is returned is done after the commit. Raises `Overloaded`; awaiting: `StorageError`."""
        return self._batcher.put(receipt)

    async def _apply(self, receipts: Sequence[Receipt]) -> Sequence[None]:
        now_at = self._clock()
        await run_until_settled(self._database, lambda: apply_receipts(receipts, now_at, class_of))
        for receipt in receipts:
            RECEIPTS.labels(receipt.status.value).inc()
        return [None] * len(receipts)
