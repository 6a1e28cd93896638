"""Which addresses a redirect may lead to."""

from __future__ import annotations

import pytest

from bot.media.addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.1",
            "224.0.0.1",
        ),
        *("192.0.2.1", "198.18.0.1", "203.0.113.9", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "3fff::1", "fec0::1"),
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "64:ff9b:1:7f00:0:100:808:808",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::",
        "2002:c0a8:101::5",
        "2001::1",
        "2001:0:808:808:0:0:f5ff:fffe",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:127.0.0.1",
        "::127.0.0.1",
        "2a00:1450:4001::5efe:10.0.0.1",
        "2a00:1450:4001::200:5efe:192.168.1.1",
        *("", "localhost", "127.1", "1.2.3.4.5"),
    ],
)
def test_a_way_to_our_own_machines(address: str) -> None:
    """Private, reserved, and each way in which IPv6 carries a private IPv4 address: NAT64 and 6to4 were let through."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1"),
        *("2a00:1450:4001::8a", "2606:4700::1111", "2a00:1450:4001::5efe:808:808"),
        *("64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"),
    ],
)
def test_an_address_of_everybody(address: str) -> None:
    """Also what a network without IPv4 makes of a public address (DNS64)."""
    assert is_public(address)
