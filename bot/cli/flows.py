"""`rollcall flows`: surveys and events in files."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.runtime.terminal import echo


@click.group()
def flows() -> None:
    """Check and import surveys and events, list surveys and switch them on and off."""


@flows.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Say whether YAML files hold sound definitions, and warn of choices that people cannot answer with."""
    from bot.clock import wall_clock
    from bot.definitions import caution_lines, read_definitions

    for path in files:
        definitions = read_definitions(path, wall_clock())
        count = len(definitions)
        echo(f"{path}: {count} {'definition' if count == 1 else 'definitions'}, all sound")
        for line in caution_lines(definitions):
            echo(f"  Warning: {line}")


@flows.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_(files: tuple[Path, ...]) -> None:
    """Save the surveys and events of YAML files; all of them, or none."""
    from bot.offline import import_definitions
    from bot.settings import load_settings

    for line in asyncio.run(import_definitions(load_settings(), files)):
        echo(line)


@flows.command("list")
def list_() -> None:
    """List the surveys: on or off, name, keywords, how often each was begun and finished."""
    from bot.offline import list_surveys
    from bot.settings import load_settings

    for line in asyncio.run(list_surveys(load_settings())):
        echo(line)


@flows.command("on")
@click.argument("name")
@click.option("--keyword", help="The word that starts it from now on, instead of those that it has.")
def switch_on(name: str, keyword: str | None) -> None:
    """Let people start the survey NAME again, such as one that was taken over switched off."""
    from bot.offline import switch_survey
    from bot.settings import load_settings

    echo(asyncio.run(switch_survey(load_settings(), name, is_on=True, keyword=keyword)))


@flows.command("off")
@click.argument("name")
def switch_off(name: str) -> None:
    """Let nobody start the survey NAME any more; who is in the middle of it may finish."""
    from bot.offline import switch_survey
    from bot.settings import load_settings

    echo(asyncio.run(switch_survey(load_settings(), name, is_on=False)))


@flows.command("diagram")
@click.argument("name", required=False)
def diagram(name: str | None) -> None:
    """Print a state machine as a Mermaid diagram (all of them without a name)."""
    from bot.diagrams import draw

    echo(draw(name))
