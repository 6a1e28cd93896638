"""A circuit breaker: when a provider is away, one message at a time finds out when it is back."""

from __future__ import annotations

OPEN_AFTER = 5
PROBE_SECONDS = 10.0


class Breaker:
    """Opens after 5 calls in a row that failed on the way; then lets one through every 10 s."""

    def __init__(self) -> None:
        self._failures = 0
        self._probed_seconds: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether the provider counts as away."""
        return self._failures >= OPEN_AFTER

    def heard(self, *, failed: bool, now_seconds: float) -> None:
        """Learn how a call ended; any answer of the provider closes the breaker."""
        self._failures = self._failures + 1 if failed else 0
        if failed:
            self._probed_seconds = now_seconds

    def allowed(self, wanted: int, now_seconds: float) -> int:
        """Say how many of the wanted calls may be made now."""
        if not self.is_open:
            return wanted
        since = None if self._probed_seconds is None else now_seconds - self._probed_seconds
        return min(wanted, 1) if since is None or since >= PROBE_SECONDS else 0

    def probing(self, now_seconds: float) -> None:
        """Note that a call is on its way, so that no second probe follows it."""
        self._probed_seconds = now_seconds
