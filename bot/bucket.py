"""A token bucket: how many SMS segments may leave now."""

from __future__ import annotations

HELD_SECONDS = 0.1
RECOVERY_SECONDS = 8.0
"""From a standstill to the full rate."""


class Bucket:
    """Fills with `rate_per_second` tokens, holds a tenth of a second's worth (at least one), and may fall into debt.

    So in no second leaves more than 1.1 times the rate, whatever was saved up before.

    A provider that finds it too fast is heard: the rate is halved, and grows back within 8 s.
    """

    def __init__(self, rate_per_second: float, now_seconds: float) -> None:
        self.rate_per_second = rate_per_second
        self._tokens = max(1.0, HELD_SECONDS * rate_per_second)
        self._at_seconds = now_seconds
        self._share = 1.0
        self._slowed_seconds: float | None = None

    def slow_down(self, now_seconds: float) -> None:
        """Halve the rate, at most once a second, down to an eighth."""
        if self._slowed_seconds is None or now_seconds - self._slowed_seconds >= 1.0:
            self._share = max(0.125, self._share_at(now_seconds) / 2)
            self._slowed_seconds = now_seconds

    def _share_at(self, now_seconds: float) -> float:
        since = 0.0 if self._slowed_seconds is None else now_seconds - self._slowed_seconds
        return min(1.0, self._share + since / RECOVERY_SECONDS)

    def available(self, now_seconds: float) -> float:
        """Say how many tokens there are at this time of a monotonic clock."""
        rate = self.rate_per_second * self._share_at(now_seconds)
        grown = self._tokens + (now_seconds - self._at_seconds) * rate
        self._tokens = min(max(1.0, HELD_SECONDS * self.rate_per_second), grown)
        self._at_seconds = now_seconds
        return self._tokens

    def take(self, segments: int, now_seconds: float) -> None:
        """Take tokens, also those that are not there yet: later messages wait the longer."""
        self._tokens = self.available(now_seconds) - segments

    def rest(self, seconds: float, now_seconds: float) -> None:
        """Give nothing out for so long."""
        if seconds > 0:
            self._tokens = 1.0 - seconds * self.rate_per_second
            self._at_seconds = now_seconds

    def wait_seconds(self, now_seconds: float) -> float:
        """Say how long until there is a token."""
        missing = 1.0 - self.available(now_seconds)
        return max(0.0, missing / (self.rate_per_second * self._share_at(now_seconds)))
