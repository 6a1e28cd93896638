"""`rollcall db`: the database's own care."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
def upgrade_database() -> None:
    """Bring the schema up to date."""
    from bot.settings import load_settings
    from storage.migrate import upgrade

    before, after = asyncio.run(upgrade(load_settings().database))
    went = f"The schema went from {before or 'none'} to {after}."
    click.echo(f"The schema is at {after}." if before == after else went)


@db.command("status")
def status() -> None:
    """Show where the database is, at which revision, how large, and its rows by table."""
    from bot.settings import load_settings
    from storage.care.status import read_status

    found = asyncio.run(read_status(load_settings().database))
    is_new = found.revision == found.newest_revision
    click.echo(f"{found.place}\nrevision {found.revision or 'none'}", nl=False)
    click.echo("" if is_new else f" (this program brings {found.newest_revision}: rollcall db upgrade)")
    click.echo(f"{found.byte_count / 1e6:.1f} MB")
    for name, count in found.row_counts.items():
        click.echo(f"{count:>10,}  {name}")


@db.command("doctor")
def doctor() -> None:
    """Examine the database; ends with a verdict, and code 1 where something is wrong."""
    from bot.settings import load_settings
    from storage.care.doctor import Finding, examine

    async def look() -> list[Finding]:
        found = []
        async for one in examine(load_settings().database):
            click.echo(f"{'ok   ' if one.is_sound else 'WRONG'}  {one.name}{f': {one.text}' if one.text else ''}")
            found.append(one)
        return found

    wrong = [one for one in asyncio.run(look()) if not one.is_sound]
    click.echo("The database is sound." if not wrong else f"Not sound: {', '.join(one.name for one in wrong)}.")
    raise SystemExit(1 if wrong else 0)


@db.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_database(file: Path) -> None:
    """Write a consistent copy to FILE while the service runs, and check it by opening it."""
    from bot.settings import load_settings
    from storage.care.backup import backup

    size = asyncio.run(backup(load_settings().database, file))
    click.echo(f"{file}: {size / 1e6:.1f} MB, opened and found sound.")


@db.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace what the database holds.")
def restore_database(file: Path, force: bool) -> None:
    """Put a copy in the place of the database, while no service runs."""
    from bot.settings import load_settings
    from storage.care.backup import restore

    asyncio.run(restore(load_settings().database, file, force=force))
    click.echo(f"The database is that of {file}. `rollcall db upgrade` brings its schema up to date.")


@db.command("snapshot")
def snapshot() -> None:
    """Print the schema as it really is, as JSON: compare two with diff."""
    from bot.settings import load_settings
    from storage.care.snapshot import snapshot_of

    click.echo(json.dumps(asyncio.run(snapshot_of(load_settings().database)), indent=1, sort_keys=True))
