"""A service with a listening socket, until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
from collections.abc import Callable
from contextlib import suppress

import structlog
from aiohttp import web

from bot.app import make_runner
from bot.logs import set_up_logs
from bot.memory import settle_memory
from bot.runtime.loopback import is_loopback
from bot.runtime.terminal import echo
from bot.service import Service, open_service
from bot.settings import Settings
from flows.errors import ConfigError
from storage.care.alone import alone

log = structlog.get_logger(__name__)
BROKEN = 70
"""The exit code after a disk failed: whoever watches the process starts it again (EX_SOFTWARE, sysexits.h)."""
LOOK_SECONDS = 0.5


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Give uvloop's event loop where it is installed (`pip install 'rollcall-bot[fast]'`), else None: Python's own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def run_service(settings: Settings, *, shares_port: bool = False) -> None:
    """Serve until SIGTERM or SIGINT, then take nothing more, finish what is under way and end.

    With `shares_port` other processes of this machine may listen on the same one; the system deals connections out.
    Raises `ConfigError` where another service works on the same SQLite file.
    """
    set_up_logs(settings.log_level)
    with alone(settings.database, "rollcall serve"):
        await _serve(settings, shares_port=shares_port)
    log.info("stopped")


async def _serve(settings: Settings, *, shares_port: bool) -> None:
    service = await open_service(settings)
    runner = make_runner(service.app())
    try:
        await service.start()
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.port, backlog=1024, reuse_port=shares_port or None)
        await _listen(site, settings)
        settle_memory()
        stop = _hear_signals()  # before anybody can know that it serves
        _greet(service, runner)
        if not await _told_to_stop(service, stop):
            log.critical("database_broken", advice="look at the disk; what is in doubt is looked up after the restart")
            os._exit(BROKEN)
        log.info("stopping")
        await service.drain()  # while it listens: callbacks of the last calls still come, and `ready` says 503
    finally:
        await runner.cleanup()
        await service.stop()


async def _listen(site: web.TCPSite, settings: Settings) -> None:
    """Begin to listen; raises `ConfigError` where the address or port cannot be had."""
    try:
        await site.start()
    except OSError as error:
        place, reason = f"{settings.host}:{settings.port}", _reason(error)
        if error.errno == errno.EADDRINUSE:
            free = min(settings.port + 1, 65_535)
            raise ConfigError(
                f"Cannot listen on {place}: {reason}. Try another port: rollcall serve --port {free}"
            ) from error
        raise ConfigError(f"Cannot listen on {place}: {reason}. Check ROLLCALL_HOST and ROLLCALL_PORT.") from error


def _reason(error: OSError) -> str:
    """Return why in the system's words alone: asyncio repeats the address in its own."""
    return (
        os.strerror(error.errno).lower()
        if error.errno is not None and error.errno > 0
        else (error.strerror or str(error)).lower()
    )


def _hear_signals() -> asyncio.Event:
    """Return what SIGTERM and SIGINT set; another one after it ends the process at once, as a crash would."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has no signals to wait for
            loop.add_signal_handler(sign, lambda: os._exit(1) if stop.is_set() else stop.set())
    return stop


async def _told_to_stop(service: Service, stop: asyncio.Event) -> bool:
    """Wait until the service is told to stop; False: the database broke, and nothing may be finished on it."""
    while not service.database.is_broken:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await stop.wait()
                return True
    return False


def _greet(service: Service, runner: web.AppRunner) -> None:
    host, port = runner.addresses[0][:2]
    log.info("serving", host=host, port=port)
    if service.settings.simulator_on:
        near = host if is_loopback(host) else "127.0.0.1"  # it answers to no other name
        echo(f"\n  Rollcall is running: http://{near}:{port}/simulator")
        echo(f"  Text one of: {', '.join([*service.keywords(), 'JOIN', 'HELP', 'STOP'])}")
        echo(f"  Database: {service.settings.database_place}\n")
