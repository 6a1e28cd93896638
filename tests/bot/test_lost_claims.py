"""A claim that was committed although the sender heard of an error."""

from __future__ import annotations

from typing import TypeVar

from bot.list_lag import ListLag
from bot.sender import Sender
from flows.errors import StorageError
from storage.database import Database
from storage.keys import new_key
from storage.outbox.spending import Taken
from storage.plan import Statements
from tests.bot.outbox import Outbox

T = TypeVar("T")


class Deaf:
    """A way to the database on which the answer to a claim that took something is lost now and then."""

    is_broken = False

    def __init__(self, database: Database) -> None:
        self._database = database
        self.loses = 0

    async def open(self) -> None:
        """It is open."""

    async def run(self, plan: Statements[T]) -> T:
        """Commit the plan, whether we hear of it or not."""
        result = await self._database.run(plan)
        if self.loses and isinstance(result, tuple) and isinstance(result[0], Taken) and result[0].messages:
            self.loses -= 1
            raise StorageError("The connection is lost.")
        return result

    async def scrub(self) -> None:
        """Leave it to the database."""

    async def close(self) -> None:
        """Leave it to the database."""


async def test_a_claim_whose_answer_is_lost(outbox: Outbox) -> None:
    """What it marked is queued again at once and leaves once; what was on its way meanwhile is not touched."""
    deaf = Deaf(outbox.database)
    database = Database(outbox.database.engine, deaf)
    sender = Sender(database, outbox.providers, outbox.now_at, node_id=new_key(), jitter=lambda: 0.5, lag=ListLag())
    outbox.fake.latency_seconds = 1.5
    await sender.start()
    first = await outbox.queue(await outbox.contact(), "first")
    await outbox.until(first, "sending")
    deaf.loses = 1
    second = await outbox.queue(await outbox.contact("+15550100002"), "second", address="+15550100002")
    sender.wake()
    row = await outbox.until(second, "sent")
    await sender.stop()
    assert (row["attempt"], deaf.loses) == (1, 0)
    assert (await outbox.row(first))["status"] == "sent"
    assert [attempt.form["Body"] for attempt in outbox.fake.attempts] == [("first",), ("second",)]
