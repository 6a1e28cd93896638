"""Fetching a file that came with a message: from its provider only, bounded in size and time.

The address comes from outside. It has to be the provider's own, and where the provider sends us on, it is to a public
https address (OWASP, server-side request forgery): names are looked up once, by the resolver that the connection uses.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_to_bytes, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from bot.contact_files.refusals import FileRefused
from bot.media.addresses import is_public
from bot.providers.base import MediaRequest, Provider
from flows.errors import CommandError

MAX_BYTES = 5_000_000
"""What Twilio passes on at most (twilio.com/docs/messaging/guides/accepted-mime-types)."""
TIMEOUT_SECONDS = 20.0
_HOPS = 3
_PIECE = 65_536


async def fetch_from(providers: Iterable[Provider], url: str) -> bytes:
    """Fetch a file that came through one of these; raises `CommandError` that says why it cannot be."""
    request = next((found for one in providers if (found := one.media_request(url)) is not None), None)
    if request is None:
        raise CommandError("The file is not at its provider's address: send it again.")
    return await download(request)


async def download(request: MediaRequest, limit: int = MAX_BYTES) -> bytes:
    """Fetch a file; raises `CommandError` that says why it cannot be."""
    if request.url.startswith("data:"):
        return _inline(request.url, limit)
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await _follow(URL(request.url), request.headers, limit)
    except TimeoutError as error:
        raise FileRefused("file_late", count=round(TIMEOUT_SECONDS)) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise CommandError("The file cannot be fetched from the provider: send it again.") from error


async def _follow(url: URL, headers: Mapping[str, str], limit: int) -> bytes:
    first = url.origin()
    for _hop in range(_HOPS):
        is_ours = url.origin() == first
        resolver = None if is_ours else PublicResolver()
        if not is_ours:
            _check(url)
        connector = aiohttp.TCPConnector(resolver=resolver)
        async with (
            aiohttp.ClientSession(connector=connector, auto_decompress=False) as session,
            session.get(url, headers=headers if is_ours else {}, allow_redirects=False) as answer,
        ):
            if answer.status in (301, 302, 303, 307, 308):
                url = url.join(URL(answer.headers.get("Location", "")))
                continue
            if answer.status != 200:
                raise CommandError(f"The provider does not give the file (HTTP {answer.status}): send it again.")
            return await _read(answer, limit)
    raise CommandError("The provider sends us from address to address: the file cannot be fetched.")


async def _read(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    async for piece in answer.content.iter_chunked(_PIECE):
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        pieces.append(piece)
    return b"".join(pieces)


def _inline(url: str, limit: int) -> bytes:
    """Read a data URL (RFC 2397): what the simulator attaches."""
    head, comma, content = url.partition(",")
    if not comma or len(content) > 2 * limit:
        raise _too_large(limit)
    try:
        return base64.b64decode(content, validate=True) if head.endswith(";base64") else unquote_to_bytes(content)
    except binascii.Error as error:
        raise CommandError("The file is damaged: send it again.") from error


def _too_large(limit: int) -> FileRefused:
    return FileRefused("file_too_large", count=limit // 1_000_000)


def _check(url: URL) -> None:
    if url.scheme != "https" or not url.host:
        raise CommandError("The provider sends us to an address that is not https: the file is not fetched.")
    host = urlsplit(str(url)).hostname or ""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return  # a name: the resolver looks at what it stands for
    if not is_public(host):
        raise CommandError("The provider sends us to a private address: the file is not fetched.")


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the public addresses of a name; raises `OSError` where there is none."""
        found = await self._resolver.resolve(host, port, family)
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise OSError(f"{host} has no public address")
        return public

    async def close(self) -> None:
        """Hold nothing."""
        await self._resolver.close()
