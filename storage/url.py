"""Database URLs and the files they name, checked before anything is opened; no message quotes a URL."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from flows.errors import ConfigError

ENGINES = ("sqlite", "postgresql", "postgres")
HIGHEST_PORT = 65_535
EXAMPLES = "sqlite:///data/rollcall.db or postgresql://rollcall:PASSWORD@127.0.0.1:5432/rollcall"
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_OPTIONS = frozenset(("host", "port", "ssl", "sslmode"))
"""What may follow the `?` of a PostgreSQL URL."""
MEMORY = ":memory:"
"""What SQLite takes for a database without a file."""
_IN_PASSWORDS = "Write @ : / ? # in a password as %40 %3A %2F %3F %23."


def read_url(text: str, name: str = "DATABASE_URL") -> URL:
    """Read a database URL; raises `ConfigError` with the setting's `name` and neither the URL nor its password."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ConfigError(f"{name} is not a database URL. Examples: {EXAMPLES}.") from error
    except ValueError as error:  # SQLAlchemy reads the port with int(); what it chokes on may be part of a password
        raise ConfigError(f"{name}: the port is not a number. Examples: {EXAMPLES}. {_IN_PASSWORDS}") from error
    if url.get_backend_name() not in ENGINES:
        raise ConfigError(f"{name} begins with neither sqlite:// nor postgresql://. Examples: {EXAMPLES}.")
    if url.get_backend_name() == "sqlite":
        _check_file_url(url, name)
    else:
        _check_server(url, name)
    return url


def _check_file_url(url: URL, name: str) -> None:
    """Raise `ConfigError` for what SQLAlchemy would read as a server, a memory or an option of SQLite's.

    A second spelling of a path (`file:rollcall.db?uri=true`) would let two services work on the same file.
    """
    if url.host or url.username or url.port:
        raise ConfigError(f"{name}: sqlite:// takes a third slash before the path, such as sqlite:///data/rollcall.db.")
    if url.query:
        raise ConfigError(f"{name}: a SQLite file takes no options, and its path has no ? in it.")
    if not url.database or url.database == MEMORY:
        raise ConfigError(f"{name}: a database in memory would forget everything; name a file.")


def _check_server(url: URL, name: str) -> None:
    if url.port is not None and not 0 < url.port <= HIGHEST_PORT:
        raise ConfigError(f"{name}: a port is a number from 1 to {HIGHEST_PORT}. Examples: {EXAMPLES}.")
    if not _OPTIONS.issuperset(url.query):
        raise ConfigError(f"{name}: after the ? only sslmode, host and port are understood, such as ?sslmode=require.")
    if url.query.get("sslmode", url.query.get("ssl", "prefer")) not in SSL_MODES:
        raise ConfigError(f"{name}: sslmode is one of {', '.join(SSL_MODES)}.")


def for_engine(url: URL, driver: str) -> URL:
    """Return the URL as SQLAlchemy's driver takes it: `sslmode` is called `ssl` there."""
    query = dict(url.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return url.set(drivername=driver, query=query)


def for_asyncpg(url: URL) -> str:
    """Return the URL as asyncpg itself takes it, with the password."""
    query = dict(url.query)
    if "ssl" in query:
        query["sslmode"] = query.pop("ssl")
    return url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)


def check_file(path: Path) -> None:
    """Raise `ConfigError` where something other than a file has the database's name."""
    if path.is_dir():
        raise ConfigError(
            f"The database {path} is a folder: name a file in it, such as DB_PATH={path / 'rollcall.db'}."
        )
    if path.exists() and not path.is_file():
        raise ConfigError(f"The database {path} is not an ordinary file: set DB_PATH to one, such as data/rollcall.db.")


def make_room(path: Path) -> None:
    """Make the folder of a database file and make sure that the file can be written; raises `ConfigError`.

    A driver that fails to open the file does so in a thread of its own, whose traceback nobody can catch.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o644))
    except OSError as error:
        place = f"The database {path} cannot be written ({error.strerror})"
        raise ConfigError(f"{place}: set DB_PATH to a file in a folder that this user may write to.") from error


def reason_of(error: BaseException) -> str:
    """Return what a driver says of an error, in one line."""
    lines = str(getattr(error, "orig", None) or error).split("\n")
    return lines[0].rstrip(".") or type(error).__name__
