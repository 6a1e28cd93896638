"""`rollcall` where something around it is wrong: one clear line, never a traceback, never a password."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest


async def rollcall(folder: Path, *words: str, **names: str) -> tuple[int, str]:
    """Run the program in a folder until it ends; gives its code and what it said, without the lines of its log."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ROLLCALL_", "TWILIO_"))}
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=folder,
        env={**clean, "PYTHONPATH": str(root), **names},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(60):
        said, _none = await process.communicate()
    lines = [line for line in said.decode().splitlines() if not line.startswith("{")]
    return process.returncode or 0, "\n".join(lines)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("{folder}", "is a folder: name a file in it, such as DB_PATH="),
        ("/dev/null", "is not an ordinary file"),
        ("/dev/null/rollcall.db", "cannot be written ("),
        ("/proc/rollcall.db", "cannot be written ("),
        ("/proc/deep/er/rollcall.db", "cannot be written ("),
    ],
)
async def test_a_database_path_that_cannot_be_written(tmp_path: Path, path: str, said: str) -> None:
    """A folder as DB_PATH printed the traceback of a thread ("Event loop is closed") before any good line."""
    code, shown = await rollcall(tmp_path, "serve", "--port", "0", DB_PATH=path.format(folder=tmp_path))
    assert code == 1
    assert shown.startswith("Error: The database ")
    assert said in shown
    assert "\n" not in shown


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Any other file in the database's place is named as such, without a link to another project's pages."""
    (tmp_path / "notes.txt").write_text("not a database, " * 100, "utf-8")
    code, shown = await rollcall(tmp_path, "serve", "--port", "0", DB_PATH="notes.txt")
    assert code == 1
    assert "file is not a database" in shown
    assert "sqlalche.me" not in shown


@pytest.mark.parametrize("command", [("db", "status"), ("db", "doctor"), ("operator", "list"), ("messages",)])
async def test_other_commands_say_the_same(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Every command that opens a database refuses a folder, and a URL that cannot be read, in one line."""
    code, shown = await rollcall(tmp_path, *command, DB_PATH=str(tmp_path))
    assert (code, shown.count("\n")) == (1, 0)
    assert "is a folder" in shown
    code, shown = await rollcall(tmp_path, *command, DATABASE_URL="postgresql://bot:hunter2@db:x/rollcall")
    assert (code, shown.count("\n")) == (1, 0)
    assert "the port is not a number" in shown
    assert "hunter2" not in shown


async def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    """`db status` said "Connect call failed ('127.0.0.1', 1)" and not which database was meant."""
    code, shown = await rollcall(tmp_path, "db", "status", DATABASE_URL="postgresql://bot:hunter2@127.0.0.1:1/rollcall")
    assert code == 1
    assert shown.endswith("Database in use: postgresql://bot:***@127.0.0.1:1/rollcall")


async def test_what_was_typed_wrong_commands_no_terminal(tmp_path: Path) -> None:
    """A word that was pasted with an escape in it came back raw in the error about it."""
    for words in (("messages", "--status", "\x9b2J"), ("config", "\x9b2J")):
        code, shown = await rollcall(tmp_path, *words)
        assert code == 2
        assert "\\u009b2J" in shown
        assert "\x9b" not in shown


async def test_an_old_database_is_refused_without_its_password(tmp_path: Path) -> None:
    """`db adopt bot:hunter2@db/old` printed the whole URL."""
    code, shown = await rollcall(tmp_path, "db", "adopt", "bot:hunter2@db/old", DB_PATH="new.db")
    assert (code, shown.count("\n")) == (1, 0)
    assert "The old database's URL is not a database URL" in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
async def test_a_wrong_port(tmp_path: Path, port: str) -> None:
    """`--port 99999` was an OverflowError; the setting and the option both say what a port is."""
    code, shown = await rollcall(tmp_path, "serve", "--port", port)
    assert code == 2
    assert "Invalid value for '--port'" in shown
    code, shown = await rollcall(tmp_path, "serve", ROLLCALL_PORT=port)
    assert code == 1
    assert shown.startswith("Error: ROLLCALL_PORT: ")
    assert "ROLLCALL_PORT=8080" in shown


async def test_a_port_or_address_that_cannot_be_had(tmp_path: Path) -> None:
    """A port in use names the next one to try; an address that is not this machine's names the setting."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, shown = await rollcall(tmp_path, "serve", "--port", str(port), DB_PATH="a.db")
    assert code == 1
    assert shown == (
        f"Error: Cannot listen on 127.0.0.1:{port}: address already in use. "
        f"Try another port: rollcall serve --port {port + 1}"
    )
    code, shown = await rollcall(tmp_path, "serve", ROLLCALL_HOST="nobody.invalid", DB_PATH="a.db", **SIMULATED)
    assert code == 1
    assert shown.startswith("Error: Cannot listen on nobody.invalid:8080: ")
    assert shown.endswith("Check ROLLCALL_HOST and ROLLCALL_PORT.")


SIMULATED = {"ROLLCALL_SIMULATOR": "true"}


async def test_an_env_file_in_latin_1(tmp_path: Path) -> None:
    """The `.env` of the folder is named with its line."""
    (tmp_path / ".env").write_bytes(b"ROLLCALL_ORGANISATION=S\xe4nger\n")
    code, shown = await rollcall(tmp_path, "config")
    assert (code, shown) == (1, "Error: .env, line 1: this is not UTF-8. Save the file as UTF-8.")
