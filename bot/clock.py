"""Time as an input: the service is given a clock, tests give one that they move."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Gives the time, UTC microseconds since the epoch."""


def wall_clock() -> int:
    """Read the machine's clock."""
    return time.time_ns() // 1_000
