"""`rollcall operator`: who may command."""

from __future__ import annotations

import asyncio

import click


@click.group()
def operator() -> None:
    """Say who may command by text."""


@operator.command("list")
def operator_list() -> None:
    """List the operators."""
    from bot.offline import list_operators
    from bot.settings import load_settings

    for line in asyncio.run(list_operators(load_settings())):
        click.echo(line)


@operator.command("add")
@click.argument("phone")
@click.argument("role", type=click.Choice(["admin", "manager", "viewer"]))
@click.option("--name", help="As the other admins will read it.")
def operator_add(phone: str, role: str, name: str | None) -> None:
    """Let a phone command, in a role; a phone that is known changes its role."""
    from bot.offline import add_operator
    from bot.settings import load_settings

    click.echo(asyncio.run(add_operator(load_settings(), phone, role, name)))


@operator.command("remove")
@click.argument("phone")
def operator_remove(phone: str) -> None:
    """Let a phone command no more: a lost one, say."""
    from bot.offline import drop_operator
    from bot.settings import load_settings

    click.echo(asyncio.run(drop_operator(load_settings(), phone)))
