"""Files read by a process of their own, so that a file that was made to do harm harms nobody else."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import asdict, dataclass
from typing import IO

import orjson

from bot.contact_files.bounds import Bounds
from bot.contact_files.entries import Read
from bot.contact_files.lines import Ended, Line, read_line
from bot.contact_files.reading import About, ReadOptions
from bot.contact_files.refusals import FileRefused
from flows.effects import Template

_LINE_BYTES = 8_000_000
"""Of a line, which holds one row."""
_KEPT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_ALL", "TZ", "HOME", "SYSTEMROOT")
"""Of the environment: what reads a stranger's file knows no secrets."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All that a file says."""

    about: About
    reads: tuple[Read, ...]
    ended: Ended


async def read_whole(content: bytes, options: ReadOptions, bounds: Bounds) -> Whole:
    """Read a file from its beginning to its end; raises `FileRefused`."""
    about, reads, ended = About(), [], Ended(0, 0)
    try:
        with tempfile.TemporaryFile() as file:
            await asyncio.to_thread(file.write, content)
            async with asyncio.timeout(bounds.seconds), aclosing(read_in_child(file, options, bounds)) as lines:
                async for line in lines:
                    if isinstance(line, About):
                        about = line
                    elif isinstance(line, Ended):
                        ended = line
                    else:
                        reads.append(line)
    except TimeoutError as error:
        raise FileRefused("file_too_slow", count=bounds.seconds) from error
    except OSError as error:
        raise FileRefused("file_reader_failed") from error
    return Whole(about, tuple(reads), ended)


async def read_in_child(
    file: IO[bytes], options: ReadOptions, bounds: Bounds
) -> AsyncGenerator[About | Read | Ended, None]:
    """Read a file: what was found out about it, then its rows, then what that took; raises `FileRefused`.

    The process ends with this generator, however that ends.
    """
    order = {"bounds": asdict(bounds), "options": asdict(options), "parent": os.getpid()}
    file.seek(0)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.contact_files.child", orjson.dumps(order).decode()),
        stdin=file,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
        start_new_session=True,  # Ctrl-C is for us; we end it
        limit=_LINE_BYTES,
    )
    assert process.stdout is not None  # noqa: S101 - it was asked for
    count = 0
    try:
        while True:
            line = await _next_line(process.stdout, bounds, count)
            if not line:
                raise _why_it_ended(await process.wait(), bounds)
            told: Line = read_line(line)
            if isinstance(told, Template):
                raise FileRefused(told.name, **told.values)
            yield told
            if isinstance(told, Ended):
                return
            count += 1
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())


async def _next_line(stream: asyncio.StreamReader, bounds: Bounds, count: int) -> bytes:
    try:
        async with asyncio.timeout(bounds.stall_seconds):
            return await stream.readline()
    except TimeoutError as error:
        raise FileRefused("file_stalls", count=bounds.stall_seconds, row=count) from error
    except ValueError as error:  # a longer line than there is
        raise FileRefused("file_reader_failed") from error


def _why_it_ended(code: int, bounds: Bounds) -> FileRefused:
    if code == -signal.SIGXCPU or (code == -signal.SIGKILL and bounds.seconds is not None):
        return FileRefused("file_too_slow", count=bounds.seconds)
    if code in (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS):
        return FileRefused("file_too_much_memory", count=bounds.memory_mb)
    return FileRefused("file_reader_failed")
