"""`rollcall db`: the database's own care."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bot.runtime.terminal import echo, one_line, visible

SHOWN = 10
"""Rows that were refused, held back or merged that are printed per table."""


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@click.option("--no-copy", is_flag=True, help="SQLite: keep no copy of the file before the schema changes.")
def upgrade_database(no_copy: bool) -> None:
    """Bring the schema up to date; a SQLite file is copied beside itself first."""
    from bot.settings import load_settings
    from storage.migrate import upgrade

    settings = load_settings()
    before, after = asyncio.run(upgrade(settings.database, keeps_copy=not no_copy, say=click.echo))
    if before is None:
        echo(f"Created the database {settings.database_place}.")
    is_moved = before not in (None, after)
    echo(f"The schema went from {before} to {after}." if is_moved else f"The schema is at {after}.")


@db.command("status")
def status() -> None:
    """Show where the database is, at which revision, how large, and its rows by table."""
    from bot.settings import load_settings
    from storage.care.status import read_status

    found = asyncio.run(read_status(load_settings().database))
    is_new = found.revision == found.newest_revision
    echo(f"{found.place}\nrevision {found.revision or 'none'}", end="")
    echo("" if is_new else f" (this program brings {found.newest_revision}: rollcall db upgrade)")
    echo(f"{found.byte_count / 1e6:.1f} MB")
    for name, count in found.row_counts.items():
        echo(f"{count:>10,}  {name}")


@db.command("usage")
def usage() -> None:
    """Show what takes the room, which indexes nobody reads, and which statements wait for others."""
    from bot.settings import load_settings
    from storage.care.usage import read_usage

    found = asyncio.run(read_usage(load_settings().database))
    for name, count in found.byte_counts.items():
        echo(f"{count / 1e6:>10,.2f} MB  {name}")
    for name in found.unused_indexes:
        echo(f"not read so far: {name}")
    for one in found.waiting:
        others = ", ".join(map(str, one.for_pids))
        echo(f"{one.pid} waits {one.seconds:.0f} s for {others}: {one.statement}")


@db.command("tidy")
def tidy_database() -> None:
    """Give room back, build the indexes anew, bring the planner's figures up to date."""
    from bot.settings import load_settings
    from storage.care.tidy import tidy

    before, after = asyncio.run(tidy(load_settings().database))
    echo(f"{before / 1e6:.1f} MB before, {after / 1e6:.1f} MB now.")


@db.command("export")
@click.argument("table")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_table(table: str, file: Path) -> None:
    """Write one TABLE as CSV into FILE."""
    from bot.cells import guarded
    from bot.settings import load_settings
    from storage.care.tables import write_table

    count = asyncio.run(write_table(load_settings().database, table, file, guarded))
    echo(f"{file}: {count:,} rows of {table}.")


@db.command("doctor")
def doctor() -> None:
    """Examine the database; ends with a verdict, and code 1 where something is wrong."""
    from bot.settings import load_settings
    from storage.care.doctor import Finding, examine

    async def look() -> list[Finding]:
        found = []
        async for one in examine(load_settings().database):
            echo(f"{'ok   ' if one.is_sound else 'WRONG'}  {one.name}{f': {one.text}' if one.text else ''}")
            found.append(one)
        return found

    wrong = [one for one in asyncio.run(look()) if not one.is_sound]
    echo("The database is sound." if not wrong else f"Not sound: {', '.join(one.name for one in wrong)}.")
    raise SystemExit(1 if wrong else 0)


@db.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--every", type=click.Choice(["night", "week", "hour", "never"]), help="Have the service make copies.")
@click.option("--at", "clock", help="With --every night or week: the local time, such as 03:30.")
@click.option("--keep", "kept_count", type=click.IntRange(1, 1_000), help="With --every: how many stay (14).")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="With --every: the folder.")
def backup_database(file: Path | None, every: str | None, **wanted: Any) -> None:
    """Write a consistent copy to FILE while the service runs, and check it by opening it.

    With --every the running service makes such copies by itself and tells the admins when one fails. Without FILE and
    --every: show how that stands.
    """
    from bot.runtime.backup_setup import WantedBackups, plan_backups, show_backups
    from bot.settings import load_settings
    from storage.care.backup import backup

    if (file or not every) and any(value is not None for value in wanted.values()):
        raise click.UsageError("--at, --keep and --to go with --every.")
    if file and every:
        raise click.UsageError("Name a FILE for one copy now, or --every for those that the service makes; not both.")
    if file is None:
        settings = load_settings()
        plan = plan_backups(settings, WantedBackups(every, **wanted)) if every else show_backups(settings)
        echo("\n".join(asyncio.run(plan)))
        return
    size = asyncio.run(backup(load_settings().database, file))
    echo(f"{file}: {size / 1e6:.1f} MB, opened and found sound.")


@db.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace what the database holds.")
def restore_database(file: Path, force: bool) -> None:
    """Put a copy in the place of the database, while no service runs.

    Messages that waited are looked up in the provider's log first, campaigns and schedules that were due are paused.
    """
    from bot.clock import wall_clock
    from bot.settings import load_settings
    from storage.care.backup import restore

    held = asyncio.run(restore(load_settings().database, file, wall_clock(), force=force))
    echo(f"The database is that of {file}, its schema up to date.")
    echo(f"{held.message_count} messages that waited are looked up in the provider's log before they are sent.")
    echo(f"{held.campaign_count} campaigns are paused: RESUME N goes on with those who have not got it.")
    echo(f"{held.schedule_count} schedules that were due are paused: RESUME N goes on with the next time.")


@db.command("snapshot")
def snapshot() -> None:
    """Print the schema as it really is, as JSON: compare two with diff."""
    from bot.settings import load_settings
    from storage.care.snapshot import snapshot_of

    echo(json.dumps(asyncio.run(snapshot_of(load_settings().database)), indent=1, sort_keys=True))


@db.command("adopt")
@click.argument("url")
@click.option(
    "--as", "system", help="Of which system the database is: watest, sms-admin, waqtor, red-button, wa-client."
)
@click.option("--owner", help="Whose rows, by e-mail, where several people own some.")
@click.option("--default-country", help="Of numbers without a country code, such as US (ROLLCALL_COUNTRY).")
@click.option("--send-overdue", is_flag=True, help="What was due before now still goes out; else it expires.")
@click.option("--dry-run", is_flag=True, help="Read everything, report it, change nothing.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the whole report as JSON.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def adopt_database(url: str, system: str | None, owner: str | None, **options: Any) -> None:
    """Take over the database of another system; the old one is only read, and again is as good as once."""
    from bot.adopting import Wanted, open_takeover
    from bot.settings import load_settings
    from storage.adopt.report import Report, lines_of, remarks_of

    wanted = Wanted(url, system, owner, options["default_country"], options["send_overdue"])

    async def take() -> Report:
        async with open_takeover(load_settings(), wanted) as takeover:
            planned = takeover.planned
            echo(f"This is the database of {planned.system.name}.")
            for part, count in planned.counts:
                echo(f"{count:>10,}  {part.name} -> {part.goes_to}")
            echo(f"Conversations go on from {takeover.address} ({takeover.provider}).")
            if not options["yes"] and not options["dry_run"]:
                click.confirm("Take it over?", abort=True)
            with _progress(sum(count for _part, count in planned.counts)) as advance:
                return await (takeover.rehearse if options["dry_run"] else takeover.run)(advance)

    report = asyncio.run(take())
    for line in lines_of(report):
        echo(line)
    for line in (*remarks_of(report, SHOWN), *report.notes):
        echo(one_line(line))
    if options["report"]:
        document = json.dumps(report.document(), indent=1, ensure_ascii=False)
        options["report"].write_text(visible(document), encoding="utf-8")
    raise SystemExit(0 if report.adds_up else 1)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str, int], None]]:
    """Show a bar where there is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)

        def advance(name: str, count: int) -> None:
            bar.update(task, description=name, advance=count)

        yield advance
