"""How long a provider's own log takes to show what it accepted: a message counts as absent only well after that."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.metrics import ABSENT_SECONDS
from bot.providers.base import Call, Listing
from flows.values import SECOND

LEAST_ABSENT_SECONDS = 120.0
LAGS = 10
"""A message is absent after so many times the 99th percentile of the lag."""
SAMPLE_SHARE = 0.01
"""Of the accepted messages, looked up for this."""
KEPT = 200
WAITING = 32
"""Samples that wait at most; more would be lists for nothing."""

ListSent = Callable[[str, Call, int], Awaitable[Listing | None]]


@dataclass(frozen=True, slots=True)
class Sample:
    """An accepted message to look for."""

    provider: str
    call: Call
    provider_id: str
    accepted_at: int


class ListLag:
    """Measures on a sample of what is accepted; knows nothing until then, and says the least wait."""

    def __init__(self, least_seconds: float = LEAST_ABSENT_SECONDS) -> None:
        self._least_seconds = least_seconds
        self._waiting: deque[Sample] = deque(maxlen=WAITING)
        self._seconds: deque[float] = deque(maxlen=KEPT)

    @property
    def absent_seconds(self) -> float:
        """How old an attempt must be before lists without it say that it never arrived."""
        ordered = sorted(self._seconds)
        slowest = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] if ordered else 0.0
        return max(self._least_seconds, LAGS * slowest)

    def take(self, sample: Sample) -> None:
        """Look for this one from now on."""
        self._waiting.append(sample)

    async def measure(self, list_sent: ListSent, now_at: int) -> None:
        """Look for what waits; what is not there yet is as late as it is by now, and looked for again."""
        late: list[Sample] = []
        while self._waiting:
            sample = self._waiting.popleft()
            listing = await list_sent(sample.provider, sample.call, sample.accepted_at)
            if listing is None:
                continue
            self._seconds.append((now_at - sample.accepted_at) / SECOND)
            if all(listed.provider_id != sample.provider_id for listed in listing.messages):
                late.append(sample)
        self._waiting.extend(late)
        ABSENT_SECONDS.set(self.absent_seconds)
