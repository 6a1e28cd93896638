"""The process that reads one file: it has bounds of its own, and ends with the process that started it.

Run as `python -m bot.contact_files.child OPTIONS`, the file as standard input; it writes lines to standard output. Any
error that is not expected ends it, and whoever started it says that the file cannot be read.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
from typing import IO, Any, BinaryIO

import orjson

HARD = 1
"""Seconds between the signal that says that the CPU time is over and the end."""
WATCH_SECONDS = 0.5


def main() -> None:
    """Read the file within the bounds."""
    order: dict[str, Any] = orjson.loads(sys.argv[1])
    _bind(order["bounds"], order["parent"])
    for heavy in ("numpy", "lxml"):  # openpyxl takes them where they are there, and needs neither
        sys.modules[heavy] = None  # type: ignore[assignment]
    with (
        open(0, "rb", closefd=False) as file,
        open(1, "wb", closefd=False) as out,
        tempfile.TemporaryFile() as keep,
    ):
        _tell(file, keep, out, order)


def _bind(bounds: dict[str, Any], parent: int) -> None:
    """Take on the bounds, and watch the process that started this one."""
    memory = bounds["memory_mb"] * 1_000_000
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
        try:
            resource.setrlimit(kind, (memory, memory))
        except (ValueError, OSError):
            continue  # a system that cannot bound this: time is bounded all the same
    if bounds["seconds"] is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (bounds["seconds"], bounds["seconds"] + HARD))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def watch(_signal: int, _frame: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGALRM, watch)
    signal.setitimer(signal.ITIMER_REAL, WATCH_SECONDS, WATCH_SECONDS)


def _tell(file: BinaryIO, keep: IO[bytes], out: BinaryIO, order: dict[str, Any]) -> None:
    from bot.contact_files.bounds import MB, Bounds  # noqa: PLC0415 - within the bounds
    from bot.contact_files.lines import Ended, write_line  # noqa: PLC0415
    from bot.contact_files.reading import ReadOptions, examine, read_rows  # noqa: PLC0415
    from bot.contact_files.refusals import FileRefused  # noqa: PLC0415
    from flows.effects import Template  # noqa: PLC0415

    bounds, options = Bounds(**order["bounds"]), ReadOptions(**order["options"])
    in_memory = write_line(Template("file_too_much_memory", {"count": bounds.memory_mb}))
    try:
        about = examine(file, options, bounds, keep)
        out.write(write_line(about))
        size = 0
        for read in read_rows(file, about, options, bounds):
            line = write_line(read)
            size += len(line)
            if bounds.text_mb is not None and size > bounds.text_mb * MB:
                raise FileRefused("file_too_much_text", count=bounds.text_mb)
            out.write(line)
        usage = resource.getrusage(resource.RUSAGE_SELF)
        out.write(write_line(Ended(_peak_kb(usage.ru_maxrss) * 1024 / MB, usage.ru_utime + usage.ru_stime)))
    except FileRefused as refused:
        out.write(write_line(refused.says))
    except MemoryError:
        out.write(in_memory)


def _peak_kb(otherwise: int) -> int:
    """Read the most memory that this program had; the system's usual figure has that of the one before it in it."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return otherwise


if __name__ == "__main__":
    main()
