"""Twilio's request signature: HMAC-SHA1 over the public URL and the sorted parameters, in base64.

Rule: twilio.com/docs/usage/webhooks/webhooks-security. Nothing here raises, whatever comes in.
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from hashlib import sha256
from urllib.parse import parse_qs

_DEFAULT_PORTS = {"http": "80", "https": "443"}


def public_url(base: str, raw_path_qs: str) -> str:
    """Join the configured public base URL with the path and query exactly as they were received."""
    return base.rstrip("/") + raw_path_qs


def check_form(url: str, pairs: Iterable[tuple[str, str]], signature: str | None, tokens: tuple[str, ...]) -> bool:
    """Say whether one of the auth tokens signed this URL with these decoded form parameters."""
    if not signature:
        return False
    # A repeated pair counts once and repeated names go by value: so the official validators do it.
    fields = "".join(map("".join, sorted(set(pairs))))
    given = _octets(signature)
    return any(
        hmac.compare_digest(_sign(token, variant + fields), given)
        for variant in _spellings(url)
        for token in tokens
        if token
    )


def check_json(url: str, raw_body: bytes, signature: str | None, tokens: tuple[str, ...]) -> bool:
    """Say whether one of the auth tokens signed this URL, and the URL's bodySHA256 is that of the body."""
    query = url.partition("?")[2].partition("#")[0]
    try:
        digests = parse_qs(query, max_num_fields=200).get("bodySHA256", [])
    except ValueError:
        return False
    if len(digests) != 1:
        return False
    matches = hmac.compare_digest(sha256(raw_body).hexdigest().encode(), _octets(digests[0]))
    return matches and check_form(url, (), signature, tokens)


def _sign(token: str, text: str) -> bytes:
    return b2a_base64(hmac.digest(_octets(token), _octets(text), "sha1"), newline=False)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _spellings(url: str) -> Iterator[str]:
    """Yield the spellings of one URL that Twilio may have signed: with and without port, quote escaped or not."""
    for variant in _ports(url):
        yield variant
        head, mark, query = variant.partition("?")
        if "'" in query:
            yield head + mark + query.replace("'", "%27")
        elif "%27" in query:
            yield head + mark + query.replace("%27", "'")


def _ports(url: str) -> Iterator[str]:
    yield url
    scheme, mark, rest = url.partition("://")
    netloc, slash, path = rest.partition("/")
    login, at, host = netloc.rpartition("@")
    # The last colon of an IPv6 address in brackets is no port's.
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit():
        yield f"{scheme}{mark}{login}{at}{name}{slash}{path}"
    elif default := _DEFAULT_PORTS.get(scheme.lower()):
        yield f"{scheme}{mark}{login}{at}{host}:{default}{slash}{path}"
