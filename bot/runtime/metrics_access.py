"""Who may read `/metrics`: they tell how much an organisation sends, and which Python runs."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from aiohttp import hdrs, web

from bot.runtime.loopback import is_loopback, is_passed_on
from flows.errors import Forbidden, Unauthorised

_CLOSED = "The metrics are closed: set ROLLCALL_METRICS_TOKEN, and let Prometheus send it as a bearer token."
_WRONG = "The metrics want the token of ROLLCALL_METRICS_TOKEN: Authorization: Bearer <token>."


@dataclass(frozen=True, slots=True)
class MetricsAccess:
    """The rule: with a token only those who know it; without one only this machine, where no public URL is set."""

    token: str
    is_public: bool
    """A public URL is set: people from outside reach this service, through a proxy perhaps that is on this machine."""

    @property
    def is_closed(self) -> bool:
        """Whether nobody may read them."""
        return self.is_public and not self.token

    def check(self, request: web.Request) -> None:
        """Raise `Unauthorised` or `Forbidden` where the request may not read them."""
        if self.token:
            kind, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
            is_right = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self.token.encode())
            if kind.lower() != "bearer" or not is_right:
                raise Unauthorised(_WRONG)
        elif self.is_public or not _is_direct(request):
            raise Forbidden(_CLOSED)


def _is_direct(request: web.Request) -> bool:
    return is_loopback(request.remote or "") and not is_passed_on(request.headers)
