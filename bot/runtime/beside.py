"""Commands that are carried out beside the others, because they wait for a file to be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog

from bot.contact_files.reader import Interrupted
from flows.errors import Conflict, StorageError
from flows.values import Key
from storage.attempts import give_back
from storage.commands import CommandRow
from storage.database import Database

log = structlog.get_logger(__name__)


class BesideOthers:
    """The commands whose file is being fetched and read; `on_end` hears when one of them is over."""

    def __init__(self, database: Database, node_id: Key) -> None:
        self._database = database
        self._node_id = node_id
        self._tasks: dict[Key, tuple[str, asyncio.Task[None]]] = {}

    def __contains__(self, command_id: Key) -> bool:
        return command_id in self._tasks

    def __len__(self) -> int:
        return len(self._tasks)

    def count_of(self, address: str) -> int:
        """Count the commands of one phone."""
        return sum(one == address for one, _task in self._tasks.values())

    def begin(self, row: CommandRow, work: Coroutine[Any, Any, None], on_end: Callable[[], None]) -> None:
        """Carry a command out while the next ones come."""
        task = asyncio.create_task(self._guard(row, work, on_end), name="command with a file")
        self._tasks[row.id] = (row.address, task)

    async def settle(self) -> None:
        """Wait until all of them are over."""
        while tasks := [task for _address, task in self._tasks.values()]:
            await asyncio.wait(tasks)

    async def _guard(self, row: CommandRow, work: Coroutine[Any, Any, None], on_end: Callable[[], None]) -> None:
        try:
            with suppress(Conflict):  # another node was first
                await work
        except Interrupted:
            await self._database.run(give_back(row.id, self._node_id))
        except StorageError as error:
            log.warning("commands_wait", problem=error.message)
        finally:
            del self._tasks[row.id]
            on_end()
