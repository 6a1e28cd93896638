"""The web application: addresses, errors in plain words, security headers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot.metrics import REQUESTS_LIMITED, WEBHOOKS_REFUSED
from bot.sources import Sources, source_of
from bot.webhooks.twilio import BODY_LIMIT
from flows.errors import BodyTooSlow, RollcallError, StorageError, Unauthorised

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
UNLIMITED = frozenset(("/health/live", "/health/ready", "/metrics"))
"""What load balancers and Prometheus ask for."""


def make_app(routes: Sequence[web.AbstractRouteDef], sources: Sources | None = None) -> web.Application:
    """Build the application with these addresses; with `sources`, who is refused too often is held off."""
    middlewares: list[Middleware] = [_answer_errors] if sources is None else [_hold_off(sources), _answer_errors]
    app = web.Application(middlewares=middlewares, client_max_size=BODY_LIMIT)
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


def _hold_off(sources: Sources) -> Middleware:
    """Make the middleware that answers 429, before anything is read or logged, to sources that were refused too often.

    Answers of 400 to 499 count, and pictures, which take a processor a while.
    """

    @web.middleware
    async def hold_off(request: web.Request, handler: Handler) -> web.StreamResponse:
        forwarded = request.headers.getall(hdrs.X_FORWARDED_FOR, ())
        source = source_of(request.remote, forwarded, sources.proxy_count)
        if source is None or request.path in UNLIMITED:
            return await handler(request)
        if wait_seconds := sources.wait_seconds(source):
            return _too_many(sources, source, wait_seconds)
        try:
            answer = await handler(request)
        except web.HTTPException as refusal:
            _count(sources, source, request.path, refusal.status)
            raise
        _count(sources, source, request.path, answer.status)
        return answer

    return hold_off


def _too_many(sources: Sources, source: str, wait_seconds: float) -> web.Response:
    REQUESTS_LIMITED.inc()
    if sources.is_news(source):
        log.warning("source_held_off", source=source, advice="a proxy of yours? Then set ROLLCALL_PROXY_COUNT")
    headers = {hdrs.RETRY_AFTER: str(math.ceil(wait_seconds))}
    return web.Response(status=429, text="Too many requests from here were refused: come back later.", headers=headers)


def _count(sources: Sources, source: str, path: str, status: int) -> None:
    if path.startswith("/charts/") or (400 <= status < 500 and status != 429):
        sources.refused(source)
    elif path.startswith("/webhooks/") and status == 200:  # only what is signed gets that
        sources.trust(source)


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
    if isinstance(error, Unauthorised):
        answer.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    if isinstance(error, BodyTooSlow):
        answer.force_close()  # the rest of that body is not waited for
    return answer


def front_page(*, has_simulator: bool) -> Handler:
    """Return what `/` answers: where the simulator is, or that the service runs."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        if has_simulator:
            raise web.HTTPFound("/simulator")
        return web.Response(text="Rollcall is running.")

    return answer
