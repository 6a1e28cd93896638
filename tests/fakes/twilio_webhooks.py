"""The fake Twilio's way to our service: signed webhooks, posted on loopback only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import aiohttp
from twilio.request_validator import RequestValidator


@dataclass(frozen=True, slots=True)
class Posted:
    """One webhook request of the fake's: where to, what, and the status it got (0: no answer)."""

    url: str
    params: Mapping[str, str]
    status: int


class Webhooks:
    """Signs and posts; a URL that leads neither to our service nor to loopback is not called."""

    def __init__(self, auth_token: str) -> None:
        self.auth_token = auth_token
        self.app_url: str | None = None
        """Where our service listens; None: it is down, what people text is only logged."""
        self.public_url: str | None = None
        """How our service is known to Twilio, when that differs from `app_url`; signatures are made over it."""
        self.balance: Callable[[], str | None] | None = None
        """Where several nodes are: picks the one for each post, None while all are down."""
        self.posted: list[Posted] = []
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self, url: str, params: Mapping[str, str], *, signature: str | None = None, as_json: bool = False
    ) -> int:
        """Post a signed webhook to this public URL; returns the status, 0 when there was no answer after a retry."""
        if as_json:
            body = json.dumps(dict(params)).encode()
            url += f"{'&' if '?' in url else '?'}bodySHA256={hashlib.sha256(body).hexdigest()}"
        else:
            body = urlencode(params).encode()
        headers = {
            "Content-Type": "application/json" if as_json else "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature if signature is not None else self.sign(url, {} if as_json else params),
        }
        address = self._reachable(url)
        status = await self._deliver(address, body, headers) if address else 0
        self.posted.append(Posted(url, dict(params), status))
        return status

    def sign(self, url: str, params: Mapping[str, str]) -> str:
        """Sign as Twilio does."""
        return str(RequestValidator(self.auth_token).compute_signature(url, dict(params)))

    def known_as(self, path: str) -> str:
        """Return the public URL of a path of our service."""
        return (self.public_url or self.app_url or "").rstrip("/") + path

    async def close_webhooks(self) -> None:
        """Close the connections to our service."""
        if self._session is not None:
            await self._session.close()

    async def _deliver(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15))
        for _ in range(2):
            try:
                async with self._session.post(url, data=body, headers=headers) as answer:
                    return answer.status
            except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError):
                continue
            except (aiohttp.ClientError, TimeoutError):
                return 0
        return 0

    def _reachable(self, url: str) -> str | None:
        """Turn a public URL into the one where our service listens; None when it leads elsewhere."""
        public = (self.public_url or "").rstrip("/")
        app_url = self.balance() if self.balance else self.app_url
        if public and url.startswith(public):
            return app_url.rstrip("/") + url.removeprefix(public) if app_url else None
        return url if urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"} else None
