"""What the command line does to the database while no service needs to run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.clock import wall_clock
from bot.definitions import read_definitions, save_definitions
from bot.settings import Settings
from flows.errors import ConfigError
from storage.channels import first_workspace
from storage.database import open_database
from storage.migrate import upgrade


async def import_definitions(settings: Settings, files: Sequence[Path]) -> list[str]:
    """Check all files, then save what they define in one transaction; gives a line about each definition."""
    now_at = wall_clock()
    definitions = tuple(one for path in files for one in read_definitions(path, now_at, settings.time_zone))
    await upgrade(settings.database)
    database = await open_database(settings.database)
    try:
        known = await database.run(first_workspace())
        if known is None:
            raise ConfigError("This database is new: start `rollcall serve` once, then import.")
        return await database.run(save_definitions(known[0].id, definitions, now_at))
    finally:
        await database.close()
