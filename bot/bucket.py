"""A token bucket: how many SMS segments may leave now."""

from __future__ import annotations


class Bucket:
    """Fills with `rate_per_second` tokens, holds one second's worth (at least one), and may fall into debt."""

    def __init__(self, rate_per_second: float, now_seconds: float) -> None:
        self.rate_per_second = rate_per_second
        self._tokens = max(1.0, rate_per_second)
        self._at_seconds = now_seconds

    def available(self, now_seconds: float) -> float:
        """Say how many tokens there are at this time of a monotonic clock."""
        grown = self._tokens + (now_seconds - self._at_seconds) * self.rate_per_second
        self._tokens = min(max(1.0, self.rate_per_second), grown)
        self._at_seconds = now_seconds
        return self._tokens

    def take(self, segments: int, now_seconds: float) -> None:
        """Take tokens, also those that are not there yet: later messages wait the longer."""
        self._tokens = self.available(now_seconds) - segments

    def wait_seconds(self, now_seconds: float) -> float:
        """Say how long until there is a token."""
        missing = 1.0 - self.available(now_seconds)
        return max(0.0, missing / self.rate_per_second)
