"""Addresses that only this machine can reach."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

FORWARDING = frozenset(
    (
        *("forwarded", "via", "x-real-ip", "x-real-host", "x-client-ip", "x-cluster-client-ip", "true-client-ip"),
        *("client-ip", "x-host", "x-original-host", "x-original-url", "x-rewrite-url", "x-proxyuser-ip", "cdn-loop"),
        *("cf-connecting-ip", "cf-ray", "fastly-client-ip", "fly-client-ip", "x-envoy-external-address"),
        *("x-appengine-user-ip", "x-azure-clientip", "x-azure-ref", "x-amzn-trace-id"),
    )
)
"""Headers that a proxy adds, beside every one that begins with `x-forwarded`."""


def is_passed_on(headers: Iterable[str]) -> bool:
    """Return whether one of a request's headers is a proxy's: then it may come from anywhere."""
    return any(name.lower() in FORWARDING or name.lower().startswith("x-forwarded") for name in headers)


def is_loopback(host: str) -> bool:
    """Return whether a host name or address, without a port, means this machine alone."""
    name = host.strip().removeprefix("[").removesuffix("]").lower().removesuffix(".")
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def host_of(url_or_host: str) -> str:
    """Return the host of a web address or of a Host header, without the port; empty where there is none."""
    try:
        parts = urlsplit(url_or_host if "://" in url_or_host else f"//{url_or_host}")
        if parts.port is not None and not 0 <= parts.port <= 65_535:
            return ""
        is_more = parts.path or parts.query or parts.fragment or parts.username is not None
        return "" if is_more else parts.hostname or ""
    except ValueError:
        return ""
