"""`rollcall demo`: the demo's rows."""

from __future__ import annotations

import asyncio

import click

from bot.runtime.terminal import echo


@click.group()
def demo() -> None:
    """Look after the demo's survey, event and people."""


@demo.command("remove")
@click.option("--yes", is_flag=True, help="Do not ask.")
def demo_remove(yes: bool) -> None:
    """Delete what the demo left in the database: its survey, event and operator, and the simulator's people."""
    from bot.offline import count_demo_rows, remove_demo_rows
    from bot.settings import load_settings

    settings = load_settings()
    counts = asyncio.run(count_demo_rows(settings))
    if not counts:
        echo(f"There is nothing of the demo in {settings.database_place}.")
        return
    echo(
        f"In {settings.database_place}: {counts.survey_count} demo survey(s) with {counts.session_count} session(s), "
        f"{counts.event_count} demo event(s) with {counts.registration_count} registration(s), and "
        f"{counts.person_count} people who texted in the simulator alone."
    )
    if not yes:
        click.confirm("Delete them, with the operator's right of the demo's phone?", abort=True)
    asyncio.run(remove_demo_rows(settings))
    echo("The demo is gone.")
