"""The service as a process of its own, which tests stop, kill and start again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
START_SECONDS = 30.0


@dataclass
class Node:
    """One `rollcall serve`."""

    names: Mapping[str, str]
    """Its settings; it inherits none."""
    words: tuple[str, ...] = ("serve",)
    before: tuple[str, ...] = ()
    """A command that runs it."""
    folder: Path = ROOT
    """Where the program lies."""
    url: str = ""
    """While it serves."""
    lines: list[str] = field(default_factory=list)
    """What it logged, since its first start."""
    process: asyncio.subprocess.Process = field(init=False)
    _reading: asyncio.Task[None] = field(init=False)

    @property
    def errors(self) -> list[str]:
        """What it logged as an error, or not as JSON."""
        return [line for line in self.lines if '"level": "error"' in line or not line.startswith("{")]

    async def start(self) -> None:
        """Start it and wait until it serves; raises `ChildProcessError` where it ends instead, and `TimeoutError`."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ROLLCALL_", "TWILIO_"))}
        self.process = await asyncio.create_subprocess_exec(
            *(*self.before, sys.executable, "-m", "bot", *self.words),
            cwd=self.folder,
            env={**inherited, **self.names},
            stderr=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
        )
        serves_or_ended = asyncio.Event()
        self._reading = asyncio.create_task(self._read(serves_or_ended))
        async with asyncio.timeout(START_SECONDS):
            await serves_or_ended.wait()
        if not self.url:
            raise ChildProcessError("".join(self.lines[-5:]))

    async def _read(self, serves_or_ended: asyncio.Event) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(line.decode())
            if '"serving"' in self.lines[-1]:
                self.url = f"http://127.0.0.1:{json.loads(self.lines[-1])['port']}"
                serves_or_ended.set()
        serves_or_ended.set()

    async def end(self, sign: signal.Signals = signal.SIGKILL) -> int:
        """End it, and give its code."""
        self.url = ""
        if self.process.returncode is None:
            self.process.send_signal(sign)
        code = await self.process.wait()
        await self._reading
        return code

    def memory_mb(self) -> float:
        """Read its resident size (Linux alone tells)."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:"))) / 1_000
