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


@operator.command("check")
@click.argument("name")
@click.option(
    "--password", prompt=True, hide_input=True, help="Asked for where it is missing, so that no list shows it."
)
def operator_check(name: str, password: str) -> None:
    """Log in with a name (or e-mail) and a password, to see that they go on working."""
    from bot.clock import wall_clock
    from bot.logins import log_in
    from bot.offline import opened
    from bot.settings import load_settings

    async def look() -> str:
        async with opened(load_settings()) as (database, workspace_id):
            found = await log_in(database, workspace_id, name, password, wall_clock())
        return f"{found.name} is {found.role}{'; the password has to be changed' * found.must_change_password}."

    click.echo(asyncio.run(look()))


@operator.command("password")
@click.argument("name")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for where it is missing."
)
def operator_password(name: str, password: str) -> None:
    """Give an operator another password."""
    from bot.clock import wall_clock
    from bot.logins import change_password
    from bot.offline import opened
    from bot.settings import load_settings

    async def change() -> None:
        async with opened(load_settings()) as (database, workspace_id):
            await change_password(database, workspace_id, name, password, wall_clock())

    asyncio.run(change())
    click.echo(f"The password of {name} is changed.")


@operator.command("check-key")
@click.option("--key", prompt=True, hide_input=True, help="Asked for where it is missing.")
def operator_check_key(key: str) -> None:
    """Present a key of the API, to see that it goes on working."""
    from bot.clock import wall_clock
    from bot.logins import find_key
    from bot.offline import opened
    from bot.settings import load_settings

    async def look() -> str:
        async with opened(load_settings()) as (database, workspace_id):
            found = await find_key(database, workspace_id, key, wall_clock())
        return f"{found.name}: {', '.join(found.permissions) or 'no permissions'}, {found.rate_per_hour:.0f} an hour."

    click.echo(asyncio.run(look()))
