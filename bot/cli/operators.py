"""`rollcall operator`: who may command."""

from __future__ import annotations

import asyncio

import click

from bot.runtime.terminal import echo


@click.group()
def operator() -> None:
    """Say who may command by text."""


@operator.command("list")
def operator_list() -> None:
    """List the operators."""
    from bot.offline import list_operators
    from bot.settings import load_settings

    for line in asyncio.run(list_operators(load_settings())):
        echo(line)


@operator.command("add")
@click.argument("phone")
@click.argument("role", type=click.Choice(["admin", "manager", "viewer"]))
@click.option("--name", help="As the other admins will read it.")
def operator_add(phone: str, role: str, name: str | None) -> None:
    """Let a phone command, in a role; a phone that is known changes its role."""
    from bot.offline import add_operator
    from bot.settings import load_settings

    echo(asyncio.run(add_operator(load_settings(), phone, role, name)))


@operator.command("remove")
@click.argument("phone")
def operator_remove(phone: str) -> None:
    """Let a phone command no more: a lost one, say."""
    from bot.offline import drop_operator
    from bot.settings import load_settings

    echo(asyncio.run(drop_operator(load_settings(), phone)))


@operator.command("pin")
@click.argument("phone")
@click.option("--off", is_flag=True, help="Codes from this phone need no PIN any more.")
@click.option("--pin", help="Asked for where it is missing, so that no list shows it.")
def operator_pin(phone: str, off: bool, pin: str | None) -> None:
    """Let codes from a phone need a PIN behind them, so that who finds the phone cannot send."""
    from bot.offline import change_pin
    from bot.settings import load_settings

    if not off and pin is None:
        pin = click.prompt("PIN", hide_input=True, confirmation_prompt=True)
    echo(asyncio.run(change_pin(load_settings(), phone, None if off else pin)))


@operator.command("check")
@click.argument("name")
@click.option(
    "--password", prompt=True, hide_input=True, help="Asked for where it is missing, so that no list shows it."
)
def operator_check(name: str, password: str) -> None:
    """Log in with a name (or e-mail) and a password, to see that they go on working."""
    from bot.offline import check_login
    from bot.settings import load_settings

    echo(asyncio.run(check_login(load_settings(), name, password)))


@operator.command("password")
@click.argument("name")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for where it is missing."
)
def operator_password(name: str, password: str) -> None:
    """Give an operator another password."""
    from bot.offline import set_password
    from bot.settings import load_settings

    echo(asyncio.run(set_password(load_settings(), name, password)))


@operator.command("check-key")
@click.option("--key", prompt=True, hide_input=True, help="Asked for where it is missing.")
def operator_check_key(key: str) -> None:
    """Present a key of the API, to see that it goes on working."""
    from bot.offline import check_key
    from bot.settings import load_settings

    echo(asyncio.run(check_key(load_settings(), key)))
