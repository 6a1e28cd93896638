"""Rows that are worked through one by one: one whose work raises is set aside, and the others go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol, TypeVar

import structlog

from bot.metrics import SET_ASIDE
from flows.errors import Conflict, RollcallError, StorageError
from flows.values import Key

log = structlog.get_logger(__name__)
MOST_STORAGE_ERRORS = 5
"""After so many in a row on the same row it is the row that the database does not get over."""
LONGEST_REASON = 160


class Row(Protocol):
    """Anything that is worked on by its key."""

    @property
    def id(self) -> Key:
        """The key."""


T = TypeVar("T", bound=Row)


def reason_for(error: Exception) -> str:
    """Return what went wrong in a line for the operators."""
    said = error.message if isinstance(error, RollcallError) else f"{type(error).__name__}: {error}"
    line = " ".join(said.split())
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 3]}..."


class OneByOne:
    """Works through rows of a kind; `on_row` hears when the next one begins."""

    def __init__(self, kind: str, on_row: Callable[[], None]) -> None:
        self._kind = kind
        self._on_row = on_row
        self._errors: Counter[Key] = Counter()
        self._given_up: set[Key] = set()
        """Rows that could not even be set aside: they wait for the next start."""

    async def run(
        self, rows: Iterable[T], work: Callable[[T], Awaitable[int]], aside: Callable[[T, str], Awaitable[object]]
    ) -> int:
        """Work on each row; gives the sum of what the work gives. Raises `StorageError`.

        `aside` is called with a row whose work raised, and the reason.
        """
        total = 0
        for row in rows:
            if row.id in self._given_up:
                continue
            self._on_row()
            try:
                total += await work(row)
                self._errors.pop(row.id, None)
            except Conflict:  # another node was first, or somebody paused or ended it
                continue
            except Exception as error:  # one bad row must not stop the others
                if isinstance(error, StorageError) and not self._is_to_blame(row):
                    raise
                await self._set_aside(row, error, aside)
        return total

    def _is_to_blame(self, row: Row) -> bool:
        self._errors[row.id] += 1
        return self._errors[row.id] >= MOST_STORAGE_ERRORS

    async def _set_aside(self, row: T, error: Exception, aside: Callable[[T, str], Awaitable[object]]) -> None:
        log.error("set_aside", kind=self._kind, row=row.id.hex(), problem=type(error).__name__, exc_info=error)
        try:
            await aside(row, reason_for(error))
        except StorageError:  # the database is away, or another node was first: the next round sees
            raise
        except Exception as again:  # nor may it that it cannot be written down
            log.error("not_set_aside", kind=self._kind, row=row.id.hex(), exc_info=again)
            self._given_up.add(row.id)
        self._errors.pop(row.id, None)
        SET_ASIDE.labels(self._kind).inc()
