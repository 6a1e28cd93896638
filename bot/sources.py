"""Sources of requests: who is refused again and again is answered 429 until it has rested.

Only refusals take from a source's allowance. A source from which a signed webhook came is never held off: providers
share their addresses among customers, and a proxy shares its own among everybody, so that a forger may sit beside them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

BURST = 60.0
"""Refusals that a source may have at once."""
REFILL_PER_SECOND = 1.0
"""Refusals that it may have in the long run."""
MOST_SOURCES = 10_000
"""Sources that are remembered; who was not seen for the longest goes first, and begins anew."""
TELL_SECONDS = 60.0
"""The log hears of a source that is held off once in so long."""
_LONGEST = 64
"""Characters of an address with its port; the longest of IPv6 has 53."""
_INSIDE = tuple(
    ip_network(text)
    for text in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)
"""Addresses of one's own machines (RFC 1918, 3927, 6598, 4193, 4291): a proxy's, behind which everybody may stand."""


def source_of(peer: str | None, forwarded: Iterable[str] = (), proxy_count: int = 0) -> str | None:
    """Name where a request comes from: an IPv4 address, or the /64 of an IPv6 one, which is one customer's (RFC 6177).

    Behind proxies it is the entry of X-Forwarded-For that the outermost of them wrote, counted from the right: what
    stands left of it anybody can write. None where the source cannot be told from others: an inside address, or no
    entry that can be read.
    """
    if not proxy_count:
        return _name(peer or "")
    entries = ",".join(forwarded).rsplit(",", proxy_count)[-proxy_count:]
    return _name(entries[0].strip()[:_LONGEST]) if len(entries) == proxy_count else None


@lru_cache(maxsize=1_024)
def _name(text: str) -> str | None:
    try:
        address = ip_address(_without_port(text).partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if any(address in network for network in _INSIDE):
        return None
    if isinstance(address, IPv6Address):
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)


def _without_port(text: str) -> str:
    """Some proxies write `203.0.113.7:4711` and `[2001:db8::7]:4711`."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


@dataclass(slots=True)
class _Known:
    """What is known of one source."""

    at_seconds: float
    tokens: float = BURST
    is_trusted: bool = False
    told_at_seconds: float | None = None


class Sources:
    """Counts refusals by source, with one bucket each; `seconds` is a monotonic clock."""

    def __init__(self, seconds: Callable[[], float], proxy_count: int = 0) -> None:
        self._seconds = seconds
        self.proxy_count = proxy_count
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def wait_seconds(self, source: str) -> float:
        """Say how long a source has to wait; 0 where it may ask."""
        if source not in self._known:
            return 0.0
        known = self._seen(source)
        return 0.0 if known.is_trusted else max(0.0, (1.0 - known.tokens) / REFILL_PER_SECOND)

    def refused(self, source: str) -> None:
        """Take a token for a refusal, or for work that is as dear."""
        known = self._seen(source)
        known.tokens = max(0.0, known.tokens - 1.0)

    def trust(self, source: str) -> None:
        """Never hold a source off again: a signed webhook came from it."""
        self._seen(source).is_trusted = True

    def is_news(self, source: str) -> bool:
        """Say whether the log should hear now that a source is held off."""
        known = self._seen(source)
        if known.told_at_seconds is not None and known.at_seconds - known.told_at_seconds < TELL_SECONDS:
            return False
        known.told_at_seconds = known.at_seconds
        return True

    def _seen(self, source: str) -> _Known:
        now_seconds = self._seconds()
        known = self._known.setdefault(source, _Known(now_seconds))
        known.tokens = min(BURST, known.tokens + (now_seconds - known.at_seconds) * REFILL_PER_SECOND)
        known.at_seconds = now_seconds
        self._known.move_to_end(source)
        while len(self._known) > MOST_SOURCES:
            self._known.popitem(last=False)
        return known
