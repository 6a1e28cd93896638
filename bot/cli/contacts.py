"""`rollcall contacts`: what is held about people."""

from __future__ import annotations

import asyncio
import json

import click


@click.group()
def contacts() -> None:
    """Show and erase people."""


@contacts.command("show")
@click.argument("phone")
def show(phone: str) -> None:
    """Print all that is held about a person, as JSON."""
    from bot.offline import show_person
    from bot.settings import load_settings

    click.echo(json.dumps(asyncio.run(show_person(load_settings(), phone)), indent=1, ensure_ascii=False))


@contacts.command("forget")
@click.argument("phone")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(phone: str, yes: bool) -> None:
    """Erase a person for good; that they opted out stays, by a hash."""
    from bot.offline import forget_person
    from bot.settings import load_settings

    if not yes:
        click.confirm(f"Erase everything about {phone}?", abort=True)
    click.echo(asyncio.run(forget_person(load_settings(), phone)))
