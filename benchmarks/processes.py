"""A command in a process of its own: how long it takes, and how much memory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path


def measure(database_url: str, *words: str) -> tuple[float, float]:
    """Run `rollcall` with these words; gives seconds and the largest resident size in MB. Raises when it fails."""
    environment = {**os.environ, "DATABASE_URL": database_url, "ROLLCALL_SIMULATOR": "true"}
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "bot", *words], env=environment, stdout=subprocess.DEVNULL)
    peak_mb = 0.0
    while process.poll() is None:
        peak_mb = max(peak_mb, _peak_mb(process.pid))
        time.sleep(0.2)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return time.monotonic() - started, peak_mb


def _peak_mb(pid: int) -> float:
    """Read the largest resident size so far from Linux; 0 where there is no /proc, or nothing any more."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1_000 if found else 0.0
