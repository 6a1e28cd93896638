"""The web application: addresses, errors in plain words, security headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import web

from bot.metrics import WEBHOOKS_REFUSED
from bot.webhooks.twilio import BODY_LIMIT
from flows.errors import BodyTooSlow, RollcallError, StorageError

log = structlog.get_logger(__name__)
RETRY_AFTER_SECONDS = 5
IDLE_SECONDS = 15.0
"""How long a connection may stay open without a request; also for the head of one, which aiohttp waits for in peace."""
DRAIN_SECONDS = 5.0
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""OWASP's for answers that are no pages (cheatsheetseries.owasp.org, HTTP Headers)."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(routes: Sequence[web.AbstractRouteDef]) -> web.Application:
    """Build the application with these addresses."""
    app = web.Application(middlewares=[_answer_errors], client_max_size=BODY_LIMIT)
    app.on_response_prepare.append(_harden)
    app.add_routes(routes)
    return app


def make_runner(app: web.Application, *, idle_seconds: float = IDLE_SECONDS) -> web.AppRunner:
    """Prepare to serve the application: no connection is held open for nothing, and none outlives the end for long."""
    return web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=idle_seconds,
        shutdown_timeout=DRAIN_SECONDS,
        lingering_time=1.0,
    )


async def _harden(_request: web.Request, answer: web.StreamResponse) -> None:
    """Add what keeps browsers from doing more with an answer than it is for; a page's own headers stand."""
    for name, value in SECURITY_HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.pop("Server", None)  # which program, of which version, is nobody's business


@web.middleware
async def _answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except RollcallError as error:
        return _refuse(request, error)
    except web.HTTPException:
        raise
    except Exception as error:
        log.exception("request_failed", path=request.path, kind=type(error).__name__)
        return web.Response(status=500, text="Something went wrong on our side; it is logged.")


def _refuse(request: web.Request, error: RollcallError) -> web.Response:
    WEBHOOKS_REFUSED.labels(error.code).inc()
    log.warning("request_refused", path=request.path, code=error.code, status=error.http_status)
    if isinstance(error, StorageError):  # what went wrong with the database is for the log, not for the world
        log.error("storage_failed", problem=error.message)
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return web.Response(status=error.http_status, text=type(error).__doc__, headers=headers)
    answer = web.Response(status=error.http_status, text=error.message)
    if isinstance(error, BodyTooSlow):
        answer.force_close()  # the rest of that body is not waited for
    return answer
