"""Which internet addresses are everybody's: nothing that comes from outside may lead us to a machine of our own.

The list is ours and not Python's `is_global`, which differs from release to release and looks at the outer address
alone: NAT64, 6to4 and their like carry an IPv4 address within, and that is where the packets go in the end.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_OURS = tuple(
    IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
"""IANA's special-purpose IPv4 addresses (RFC 6890 and its registry), multicast and what is reserved."""
_GLOBAL = IPv6Network("2000::/3")
"""The only part of IPv6 from which addresses are given out."""
_SPECIAL = tuple(IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20"))
"""Protocols (Teredo among them), documentation."""
_EMBEDDING = (
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64 (RFC 6052)
    (IPv6Network("::ffff:0:0/96"), 0),  # IPv4-mapped (RFC 4291)
    (IPv6Network("::ffff:0:0:0/96"), 0),  # IPv4-translated (RFC 2765)
    (IPv6Network("::/96"), 0),  # IPv4-compatible (RFC 4291)
    (IPv6Network("2002::/16"), 80),  # 6to4 (RFC 3056)
)
"""Networks whose addresses hold an IPv4 address, and how many bits stand behind it."""
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The first half of an interface id that ends with an IPv4 address (RFC 5214)."""


def is_public(text: str) -> bool:
    """Return whether an address is one that anybody could reach; False for anything that is no address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return _is_public_v4(address) if isinstance(address, IPv4Address) else _is_public_v6(address)


def _is_public_v4(address: IPv4Address) -> bool:
    return not any(address in network for network in _OURS)


def _is_public_v6(address: IPv6Address) -> bool:
    for network, shift in _EMBEDDING:
        if address in network:
            return _is_public_v4(IPv4Address(int(address) >> shift & 0xFFFF_FFFF))
    if address not in _GLOBAL or any(address in network for network in _SPECIAL):
        return False
    is_isatap = int(address) >> 32 & 0xFFFF_FFFF in _ISATAP
    return not is_isatap or _is_public_v4(IPv4Address(int(address) & 0xFFFF_FFFF))
