"""Copies of a database while it is used, and back from a copy."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, inspect, make_url

from flows.errors import ConfigError, StorageError
from storage.care.alone import alone
from storage.care.hold import Held, hold
from storage.copying import check_file, copy_file, drop_draft
from storage.database import make_engine
from storage.migrate import newest_revision, upgrade


async def backup(url: str, target: Path, tools: Path | None = None) -> int:
    """Write a consistent copy and check it by opening it; gives its size in bytes.

    `tools` is where pg_dump lies when it is not on the path. Raises `ConfigError` when the target is there already,
    `StorageError` when the copy cannot be made or is not sound; nothing half-written is left then.
    """
    if target.exists():
        raise ConfigError(f"{target} is there already: name another file.")
    if _is_sqlite(url):
        await copy_file(_path(url), target, newest_revision())
    else:
        await _dump(url, target, tools)
    return target.stat().st_size


async def _dump(url: str, target: Path, tools: Path | None) -> None:
    program = _tool("pg_dump", tools)
    draft = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        await _run(program, ["--format=custom", "--no-owner", "--file", str(draft)], url)
        await check_backup(url, draft, tools)
        draft.replace(target)
    except OSError as error:
        raise StorageError(f"The copy {target} cannot be made: {error.strerror}.") from error
    finally:
        drop_draft(draft)


async def check_backup(url: str, copy: Path, tools: Path | None = None) -> None:
    """Open a copy; raises `StorageError` when it is not sound, or of a newer version than this program."""
    if not copy.exists():
        raise ConfigError(f"There is no file {copy}.")
    if _is_sqlite(url):
        await asyncio.to_thread(check_file, copy, newest_revision())
    else:
        await _run(_tool("pg_restore", tools), ["--list", str(copy)], None)


async def restore(url: str, copy: Path, now_at: int, *, force: bool = False, tools: Path | None = None) -> Held:
    """Put a copy in the place of a database, its schema up to date; the old one stays where the copy is not sound.

    What waited to be sent may have left since the copy was made: it is held back, and how much is given.
    Raises `ConfigError` for a database that holds something (unless `force`) or is in use, `StorageError`.
    """
    await check_backup(url, copy, tools)
    with alone(url, "rollcall db restore"):
        if _is_sqlite(url):
            await asyncio.to_thread(_replace_file, _path(url), copy, force)
        else:
            await _replace_tables(url, copy, force, tools)
        await upgrade(url, keeps_copy=False)
        return await hold(url, now_at)


async def _replace_tables(url: str, copy: Path, force: bool, tools: Path | None) -> None:
    if not force and await _has_tables(url):
        raise ConfigError("The database is not empty: --force replaces what it holds.")
    options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
    await _run(_tool("pg_restore", tools), [*options, "--dbname", _plain(url)[0], str(copy)], url)


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _path(url: str) -> Path:
    return Path(make_url(url).database or "")


def _replace_file(path: Path, copy: Path, force: bool) -> None:
    if path.exists():
        if not force:
            raise ConfigError(f"{path} is there already: --force replaces it.")
        _check_unused(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        shutil.copyfile(copy, draft)
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        for rest in ("-wal", "-shm"):
            path.with_name(path.name + rest).unlink(missing_ok=True)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _check_unused(path: Path) -> None:
    """Refuse a file that a service has open: only who is alone may leave the write-ahead log."""
    try:
        with closing(sqlite3.connect(path, timeout=0.2)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if "locked" not in str(error):
            return  # damaged: that is what the copy is for
        mode = "wal"
    if mode == "wal":
        raise ConfigError(f"{path} is in use: stop Rollcall first.")


async def _has_tables(url: str) -> bool:
    engine = make_engine(url)
    try:
        async with engine.connect() as connection:
            return bool(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))
    finally:
        await engine.dispose()


def _tool(name: str, tools: Path | None) -> str:
    found = shutil.which(name, path=str(tools) if tools else None)
    if found is None:
        raise ConfigError(f"{name} is not installed: it comes with PostgreSQL's client programs.")
    return found


def _plain(url: str) -> tuple[str, str]:
    """Give a URL as libpq reads it, without its password, and the password."""
    parsed = make_url(url)
    bare = URL.create(
        "postgresql", parsed.username, None, parsed.host, parsed.port, parsed.database, query=parsed.query
    )
    return bare.render_as_string(), parsed.password or ""


async def _run(program: str, arguments: Sequence[str], url: str | None) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where no list of processes shows it."""
    address, password = _plain(url) if url else ("", "")
    named = ["--dbname", address] if url and "--dbname" not in arguments else []
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    process = await asyncio.create_subprocess_exec(
        program, *named, *arguments, env=environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        _out, problems = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        last = problems.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
        raise StorageError(f"{Path(program).name} failed: {last[0]}")


def check_tools(url: str, tools: Path | None = None) -> None:
    """Raise `ConfigError` where the programs are missing that copies of this database need."""
    if not _is_sqlite(url):
        for name in ("pg_dump", "pg_restore"):
            _tool(name, tools)
