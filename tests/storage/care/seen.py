"""What the tests of the database's care look at."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url

from flows.values import Workspace
from storage.care.doctor import examine

NOW = 1_795_000_000_000_000
WORKSPACE = Workspace(id=b"w" * 16, name="Harbor Choir")


def is_sqlite(url: str) -> bool:
    """Say which engine it is."""
    return make_url(url).get_backend_name() == "sqlite"


def path_of(url: str) -> Path:
    """Give the file of a SQLite database."""
    return Path(make_url(url).database or "")


async def wrong(url: str) -> dict[str, str]:
    """Give what the doctor finds wrong."""
    return {one.name: one.text async for one in examine(url) if not one.is_sound}
