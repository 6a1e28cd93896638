"""The HTTP side of the twilio package: our own session, our own deadline, one request per call.

The package's own async client ignores its time-out, sends lists in forms as they are, and can post twice.
"""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from yarl import URL

from bot.providers.twilio.outcome import broken, refused, unreadable

# It logs every URL with its query, phone numbers included, at INFO.
_log = logging.getLogger("twilio.http_client")
_log.setLevel(logging.WARNING)


class TwilioTransport(AsyncHttpClient):  # type: ignore[misc] # the package is not typed
    """Carries the package's requests to the base URL; raises `SendError` for all but a JSON object with status 2xx."""

    def __init__(self, base_url: str, timeout_seconds: float, *, limit: int = 100) -> None:
        super().__init__(_log, is_async=True, timeout=timeout_seconds)
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._limit = limit
        self._session: aiohttp.ClientSession | None = None

    async def request(  # noqa: PLR0913, PLR0917 - the package's signature
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the package's signature
        allow_redirects: bool = False,  # noqa: ARG002 - never
    ) -> Response:
        """Make one request."""
        session = self._open()
        try:
            async with (
                asyncio.timeout(timeout or self._timeout_seconds),
                session.request(
                    method,
                    self._address(uri, params),
                    data=urlencode(data, doseq=True).encode() if data else None,
                    headers={**(headers or {}), **_login(auth)},
                    allow_redirects=False,
                ) as answer,
            ):
                text = (await answer.read()).decode("utf-8", "replace")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise broken(error) from error
        if not 200 <= answer.status < 300:
            raise refused(answer.status, answer.headers, text)
        if not _is_object(text):
            raise unreadable()
        return Response(answer.status, text, answer.headers)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._limit),
                # A connection that could not be made is known not to have carried the message.
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._timeout_seconds * 2 / 3),
            )
        return self._session

    def _address(self, uri: str, params: Mapping[str, object] | None) -> URL:
        path = self._base_url + urlsplit(uri)._replace(scheme="", netloc="").geturl()
        if params:
            path += ("&" if "?" in path else "?") + urlencode(params, doseq=True)
        return URL(path, encoded=True)

    async def close(self) -> None:
        """Close the session and its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _login(auth: tuple[str, str] | None) -> dict[str, str]:
    if auth is None:
        return {}
    return {"Authorization": "Basic " + b64encode(":".join(auth).encode()).decode()}


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
