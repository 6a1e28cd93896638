"""Several processes behind one port of one machine: a parent that starts them, and starts again what dies."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

import structlog

from bot.logs import set_up_logs
from bot.settings import Settings
from flows.errors import ConfigError

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 1.0
"""A worker that died is started again after so long."""


async def run_workers(settings: Settings, count: int) -> int:
    """Serve with so many processes until SIGTERM or SIGINT, which each of them gets; gives the exit code.

    Raises `ConfigError` where several processes cannot work: on SQLite, and on any free port.
    """
    if settings.database.startswith("sqlite"):
        raise ConfigError("--workers: a SQLite file belongs to one process; several need PostgreSQL (DATABASE_URL).")
    if settings.port == 0:
        raise ConfigError("--workers: name a port (--port), which all of them listen on.")
    set_up_logs(settings.log_level)
    command = (sys.executable, "-m", "bot", "serve", "--shared-port", "--host", settings.host)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    codes = await asyncio.gather(
        *(_keep_alive((*command, "--port", str(settings.port)), number, stop) for number in range(1, count + 1))
    )
    log.info("workers_stopped", codes=codes)
    return max(codes)


async def _keep_alive(command: Sequence[str], number: int, stop: asyncio.Event) -> int:
    """Run a worker, again and again, until it is told to stop; gives its last code."""
    told = asyncio.create_task(stop.wait())
    while True:
        process = await asyncio.create_subprocess_exec(*command)
        ended = asyncio.create_task(process.wait())
        await asyncio.wait((ended, told), return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            code = await ended
            return 0 if code == -signal.SIGTERM else abs(code)  # it had only begun to start
        log.error("worker_died", worker=number, code=ended.result())
        with suppress(TimeoutError):
            async with asyncio.timeout(AGAIN_SECONDS):
                await stop.wait()
        if stop.is_set():
            return abs(ended.result())
