"""Running a plan again where another node was first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flows.errors import Conflict
from storage.database import Database
from storage.plan import Plan

T = TypeVar("T")
_TRIES = 4


async def run_until_settled(database: Database, make: Callable[[], Plan[T]]) -> T:
    """Run a plan, anew after each lost race; raises `StorageError`, and `Conflict` after four lost races."""
    for _ in range(_TRIES - 1):
        try:
            return await database.run(make())
        except Conflict:
            continue
    return await database.run(make())
