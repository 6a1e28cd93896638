"""`rollcall contacts`: what is held about people."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.runtime.terminal import echo, one_line

if TYPE_CHECKING:
    from rich.progress import Progress

    from bot.contact_files.entries import Refused
    from bot.contact_files.intake import Sum, Wish
    from bot.contact_files.reading import About

SHOWN = 20
"""Refused rows that are printed; the report has all of them."""


@click.group()
def contacts() -> None:
    """Take people in, give them out, show and erase them."""


@contacts.command("show")
@click.argument("phone")
def show(phone: str) -> None:
    """Print all that is held about a person, as JSON."""
    from bot.offline import show_person
    from bot.settings import load_settings

    echo(json.dumps(asyncio.run(show_person(load_settings(), phone)), indent=1, ensure_ascii=False))


@contacts.command("status")
@click.argument("phone")
@click.argument("status", required=False, type=click.Choice(["active", "inactive", "blocked", "invalid"]))
def status(phone: str, status: str | None) -> None:
    """Show how somebody stands, or change it; an opt-out is ended by the person alone, with START."""
    from bot.offline import person_status
    from bot.settings import load_settings

    echo(asyncio.run(person_status(load_settings(), phone, status)))


@contacts.command("forget")
@click.argument("phone")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(phone: str, yes: bool) -> None:
    """Erase a person for good; that they opted out stays, by a hash."""
    from bot.offline import forget_person
    from bot.settings import load_settings

    if not yes:
        click.confirm(f"Erase everything about {phone}?", abort=True)
    echo(asyncio.run(forget_person(load_settings(), phone)))


@contacts.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--group", "groups", multiple=True, help="Put everybody into this group; may be given again.")
@click.option(
    "--map", "mapping", multiple=True, help="COLUMN=MEANING: phone, name, zip or any field; empty: leave out."
)
@click.option("--status-column", "statuses", multiple=True, help="This column says who gets messages.")
@click.option(
    "--status",
    "standings",
    multiple=True,
    help="WORD=MEANING of a status column: active, inactive, blocked, invalid or opted-out.",
)
@click.option("--default-country", help="Of numbers without a country code, such as US (ROLLCALL_COUNTRY).")
@click.option("--encoding", help="Of a text, where it is not found out rightly.")
@click.option("--opted-out", is_flag=True, help="The people of the file want no messages.")
@click.option("--overwrite", is_flag=True, help="Where the file and the database differ, the file is right.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write every refused row into this CSV."
)
def import_contacts(file: Path, groups: tuple[str, ...], mapping: tuple[str, ...], **options: Any) -> None:
    """Take people in from a CSV, TSV, Excel or vCard file; who opted out stays opted out."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from bot.contact_files.intake import Wish
    from bot.lists import ListFile, Watcher, import_list
    from bot.settings import load_settings

    refused: list[Refused] = []

    def refuse(one: Refused) -> None:
        if len(refused) < SHOWN:
            refused.append(one)

    mapped = {**dict(map(_mapped, mapping)), **dict.fromkeys(options["statuses"], "status")}
    standings = dict(map(_standing, options["standings"]))
    source = ListFile(
        file, mapped, options["default_country"], options["encoding"], options["report"], standings=standings
    )
    wish = Wish(
        tuple(name.removeprefix("#") for name in groups),
        options["opted_out"],
        options["overwrite"],
        options["dry_run"],
    )
    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} rows"))
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("")
        watcher = Watcher(_approver(bar, wish), lambda count: bar.advance(task, count), refuse)
        total = asyncio.run(import_list(load_settings(), source, wish, watcher))
    for one in refused:
        echo(one_line(f"{one.place}: {one.text} - {one.reason}"), err=True)
    if total.refused_count > len(refused):
        echo(f"... and {total.refused_count - len(refused):,} more: --report FILE lists them all.", err=True)
    echo(_summary(total, dry_run=wish.dry_run))


def _approver(bar: Progress, wish: Wish) -> Callable[[About], None]:
    """Show what the file was read as; ask or refuse where that is not clear, but for a look that changes nothing."""
    from bot.contact_files.doubts import notes_about, refuse_doubts

    def confirm(question: str) -> bool:
        bar.stop()
        answer = click.confirm(question, err=True)
        bar.start()
        return answer

    def approve(about: About) -> None:
        if not wish.dry_run:
            refuse_doubts(about, confirm if sys.stdin.isatty() else None)
        for note in notes_about(about):
            echo(note, err=True)

    return approve


def _standing(text: str) -> tuple[str, str]:
    from bot.contact_files.standing import Standing

    word, _sign, meaning = text.rpartition("=")
    known = {one.value.replace(" ", "-"): one.value for one in Standing}
    if not word or meaning not in known:
        listed = ", ".join(known)
        raise click.BadParameter(f"'{text}' is not WORD=MEANING with one of {listed}.", param_hint="--status")
    return word, known[meaning]


def _mapped(text: str) -> tuple[str, str]:
    column, sign, meaning = text.rpartition("=")
    if not sign:
        raise click.BadParameter(f"'{text}' is not COLUMN=MEANING, such as 'Handy=phone'.", param_hint="--map")
    return column, meaning


def _summary(total: Sum, *, dry_run: bool) -> str:
    taken = total.taken
    would = "would be " if dry_run else ""
    lines = [
        f"{total.row_count:,} rows: {taken.new:,} {would}new, {taken.changed:,} {would}filled up, "
        f"{taken.known:,} known already, {total.repeated_count:,} named twice, {total.refused_count:,} refused.",
        f"{taken.opted_out:,} of them get no messages." if taken.opted_out else "",
        f"{taken.inactive:,} of them are not active: campaigns leave them out." if taken.inactive else "",
    ]
    return "\n".join(filter(None, lines))


@contacts.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["csv", "tsv", "xlsx", "vcard", "jsonl"]), help="Else by the name.")
@click.option("--audience", help="Whom: '#choir and zip=94110'; everybody without it.")
def export_contacts(file: Path, form: str | None, audience: str | None) -> None:
    """Write people into a CSV, TSV, Excel, vCard or JSON lines file."""
    from bot.lists import export_list
    from bot.settings import load_settings

    count = asyncio.run(export_list(load_settings(), file, form, audience))
    echo(f"{count:,} people are in {file}.")
