"""Bring a database's schema up to date: one transaction, under a lock, by one node at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from flows.errors import StorageError
from storage.database import make_engine

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
LOCK = 7_255_170_210
"""The PostgreSQL advisory lock that says: I am migrating."""


async def upgrade(url: str) -> tuple[str | None, str]:
    """Run what is missing of the migrations; gives the revision before and after.

    Raises `StorageError` when the database is away or newer than this program.
    """
    engine = make_engine(url)
    path = engine.url.database
    try:
        if engine.dialect.name == "sqlite" and path:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        async with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                await connection.exec_driver_sql("COMMIT")  # the transaction that Core began, to begin a writing one
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            before, after = await connection.run_sync(_upgrade)
            await connection.commit()
            return before, after
    except (DBAPIError, OSError) as error:
        raise StorageError(f"The database cannot be brought up to date: {error}.") from error
    finally:
        await engine.dispose()


def _upgrade(connection: Any) -> tuple[str | None, str]:
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = alembic_config(connection)
    known = ScriptDirectory.from_config(config)
    head = known.get_current_head() or ""
    before = MigrationContext.configure(connection).get_current_revision()
    if before is not None and before not in {script.revision for script in known.walk_revisions()}:
        raise StorageError(
            f"The database is at revision {before}, which this version of Rollcall does not know: "
            "run the newer version, or restore a backup."
        )
    if before != head:
        command.upgrade(config, "head")
    return before, head


def alembic_config(connection: Any) -> Config:
    """Tell Alembic where the migrations are and which connection to use."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
