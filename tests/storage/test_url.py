"""Database URLs: read once for every driver, and refused without being quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.errors import ConfigError
from storage.url import check_file, for_asyncpg, for_engine, make_room, read_url, reason_of


@pytest.mark.parametrize("name", ["ssl", "sslmode"])
def test_encryption_reaches_both_drivers(name: str) -> None:
    """`?sslmode=require` was a TypeError of SQLAlchemy's driver, `?ssl=require` a refusal of the server's."""
    url = read_url(f"postgresql://bot:a%40b@db:5433/rollcall?{name}=require")
    assert for_engine(url, "postgresql+asyncpg").query == {"ssl": "require"}
    assert for_asyncpg(url) == "postgresql://bot:a%40b@db:5433/rollcall?sslmode=require"
    plain = read_url("postgres://bot@db/rollcall?host=/run/postgresql")
    assert for_engine(plain, "postgresql+asyncpg").query == {"host": "/run/postgresql"}
    assert "host=%2Frun%2Fpostgresql" in for_asyncpg(plain)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "is not a database URL"),
        ("sqlite:x.db", "is not a database URL"),
        ("postgresql://a:hunter2@db:x/y", "port is not a number"),
        ("postgresql://a:hunter2@db:0/y", "from 1 to 65535"),
        ("mongodb://a:hunter2@db/y", "neither sqlite:// nor postgresql://"),
        ("postgresql://a:hunter2@db/y?pool=hunter2", "are understood"),
        ("postgresql://a:hunter2@db/y?sslmode=hunter2", "sslmode is one of"),
    ],
)
def test_a_refusal_quotes_nothing(url: str, said: str) -> None:
    """The name of the setting, what is wrong and an example; nothing of what was written."""
    with pytest.raises(ConfigError, match=f"^OLD_URL.*{said}") as refused:
        read_url(url, "OLD_URL")
    assert "hunter2" not in refused.value.message


def test_files_and_folders(tmp_path: Path) -> None:
    """A new file is made with its folders; a folder and a device are refused."""
    path = tmp_path / "a" / "b" / "rollcall.db"
    make_room(path)
    make_room(path)
    check_file(path)
    assert path.stat().st_size == 0
    with pytest.raises(ConfigError, match="is a folder"):
        check_file(path.parent)
    with pytest.raises(ConfigError, match="not an ordinary file"):
        check_file(Path("/dev/null"))
    with pytest.raises(ConfigError, match="cannot be written"):
        make_room(path / "c.db")


def test_reasons_are_one_line() -> None:
    """What a driver says, without what SQLAlchemy adds; an error without words is called by its kind."""
    assert reason_of(OSError(5, "Input/output error")) == "[Errno 5] Input/output error"
    assert reason_of(ValueError("first.\nsecond")) == "first"
    assert reason_of(TimeoutError()) == "TimeoutError"
