"""Statements that took long, for the log: their text, which holds no values, and how long."""

from __future__ import annotations

import logging
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

SLOW_SECONDS = 0.1
SHOWN = 200
"""Characters of a statement."""
log = logging.getLogger(__name__)


def note(statement: str, begun_at: float) -> None:
    """Log a statement that began at this time (`time.perf_counter`) and took long."""
    seconds = time.perf_counter() - begun_at
    if seconds > SLOW_SECONDS:
        log.warning("A statement took %.0f ms: %s", seconds * 1_000, " ".join(statement.split())[:SHOWN])


def watch(engine: AsyncEngine) -> None:
    """Note the slow statements of an engine."""
    event.listen(engine.sync_engine, "before_cursor_execute", _begin)
    event.listen(engine.sync_engine, "after_cursor_execute", _end)


def _begin(_connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    if context is not None:
        context.begun_at = time.perf_counter()


def _end(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
    if context is not None:
        note(statement, context.begun_at)
