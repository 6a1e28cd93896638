"""The garbage collector of a process that serves for a long time."""

from __future__ import annotations

import gc

YOUNG = 20_000
"""New objects between two collections: a batch makes about 10,000, nearly all of which go without the collector."""


def settle_memory() -> None:
    """Leave what the start made out of every later collection: a full one took 50 ms, in the middle of a batch."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
