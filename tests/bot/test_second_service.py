"""A second `rollcall serve` on one SQLite file, as processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.bot.test_process import serving
from tests.node import ROOT, Node


async def run(names: dict[str, str], *words: str) -> tuple[int, str]:
    """Run a command of `rollcall`; gives its code and what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=ROOT,
        env={**os.environ, **names},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _nothing = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_a_second_service_is_refused(tmp_path: Path) -> None:
    """Both sent before; now the second ends with one line that says why, and starts once the first is dead."""
    async with serving(tmp_path) as service:
        names = dict(service.names)
        code, said = await run(names, "serve")
        assert code == 1
        assert f"is in use (rollcall serve, process {service.process.pid})" in said
        assert "Traceback" not in said
        copy = tmp_path / "copy.db"
        assert (await run(names, "db", "backup", str(copy)))[0] == 0
        for words in (("db", "restore", str(copy), "--force"), ("db", "tidy")):
            code, said = await run(names, *words)
            assert (code, "is in use (rollcall serve" in said) == (1, True)
        people = tmp_path / "people.csv"
        people.write_text("phone,name\n+15550100123,Ada\n", "utf-8")
        code, said = await run(names, "contacts", "import", str(people))
        assert code == 0, said
        service.process.send_signal(signal.SIGKILL)
        await service.process.wait()
        second = Node(names)
        try:
            await second.start()
        finally:
            await second.end()


@pytest.mark.parametrize("words", [("db", "status"), ("db", "doctor")])
async def test_a_look_needs_no_lock(words: tuple[str, ...], tmp_path: Path) -> None:
    """Commands that only look run beside the service."""
    async with serving(tmp_path) as service:
        assert (await run(dict(service.names), *words))[0] == 0
