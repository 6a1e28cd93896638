"""The command line: `rollcall serve`, `chat`, `config`, and a group of commands per subject."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.campaigns import campaign
from bot.cli.contacts import contacts
from bot.cli.database import db
from bot.cli.demo import demo
from bot.cli.flows import flows
from bot.cli.operators import operator
from bot.cli.templates import template
from bot.runtime.terminal import echo, visible
from flows.errors import RollcallError, StorageError

if TYPE_CHECKING:
    from bot.rows import Listing
    from storage.message_list import MessageFilter


class _Group(click.Group):
    """Says what went wrong in one sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:  # it quotes what was typed, or pasted
            said = error.format_message()
            if visible(said) == said:
                raise
            raise click.UsageError(visible(said), error.ctx) from error
        except StorageError as error:
            raise click.ClickException(visible(f"{error.message}{_in_use()}")) from error
        except RollcallError as error:
            raise click.ClickException(visible(error.message)) from error
        except _machine_errors() as error:  # looked up only when something went wrong: the import takes its time
            raise click.ClickException(visible(_of_the_machine(error))) from error


def _machine_errors() -> tuple[type[Exception], ...]:
    """Return the errors of disks, networks and databases that no command expects."""
    from sqlalchemy.exc import DBAPIError

    return (OSError, DBAPIError)


def _of_the_machine(error: Exception) -> str:
    """Say in a line what failed."""
    from storage.url import reason_of

    if isinstance(error, ConnectionError | socket.gaierror):  # of the database's server
        return f"{reason_of(error)}{_in_use()}"
    if isinstance(error, OSError):
        place = f": {error.filename}" if error.filename else ""
        return f"{error.strerror or error or type(error).__name__}{place}"
    return f"The database does not answer: {reason_of(error)}.{_in_use()}"


def _in_use() -> str:
    """Return a line that names the database, which depends on where the command was started unless it is set."""
    from bot.settings import load_settings

    with suppress(RollcallError):
        return f"\nDatabase in use: {load_settings().database_place}"
    return ""


@click.group(cls=_Group, help="People text a keyword and get a conversation.")
@click.version_option(package_name="rollcall-bot")
def main() -> None:
    """Run one of the commands."""
    logging.getLogger().addHandler(logging.NullHandler())  # what libraries log is for the service's log alone


@main.command()
@click.option("--host", help="Address to listen on (ROLLCALL_HOST).")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on, 0 for any free one (ROLLCALL_PORT).")
@click.option("--workers", type=click.IntRange(1, 64), default=1, help="Processes behind the port (PostgreSQL only).")
@click.option("--shared-port", is_flag=True, hidden=True)
def serve(host: str | None, port: int | None, workers: int, shared_port: bool) -> None:
    """Start the service."""
    from bot.serve import fast_loop, run_service
    from bot.settings import load_settings
    from bot.workers import run_workers

    asked = {"ROLLCALL_HOST": host, "ROLLCALL_PORT": None if port is None else str(port)}
    settings = load_settings({**os.environ, **{name: value for name, value in asked.items() if value}})
    if workers > 1:
        raise SystemExit(asyncio.run(run_workers(settings, workers)))
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.run(run_service(settings, shares_port=shared_port))


@main.command()
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="A running service.")
@click.option("--phone", default="+15550100101", show_default=True, help="The number to text from.")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the chat as a test script.")
def chat(url: str, phone: str, save: Path | None) -> None:
    """Open a phone in the terminal."""
    from bot.chat import chat as talk

    asyncio.run(talk(url, phone, save))


FORM = click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
SINCE = click.option("--since", help="From this day on (UTC), such as 2026-11-18.")


@main.command()
@click.option("--count", type=click.IntRange(1), help="How many, newest first; all of them without it.")
@SINCE
@FORM
@click.option("--verify", is_flag=True, help="Print nothing, but check that no record was changed, added or left out.")
@click.option("--head", metavar="NUMBER:MAC", help="With --verify: a head that it printed before, to be there still.")
def audit(count: int | None, since: str | None, form: str, verify: bool, head: str | None) -> None:
    """Print the commands of operators: when, who, which door, what, how it ended, who confirmed it.

    With --verify: name the first record that is not as it was written, and end with code 1 where there is one.
    """
    from bot.audit import audit as trail

    if verify:
        _verify(head)
    elif head:
        raise click.UsageError("--head goes with --verify.")
    else:
        _print(trail(count, since), form)


def _verify(head: str | None) -> None:
    from bot.audit import verdict_lines, verify_audit
    from bot.settings import load_settings

    verdict = asyncio.run(verify_audit(load_settings(), head))
    echo("\n".join(verdict_lines(verdict)))
    raise SystemExit(1 if verdict.fault else 0)


@main.command("messages")
@click.option("--count", type=click.IntRange(1), default=50, show_default=True, help="How many, newest first.")
@click.option("--status", "statuses", multiple=True, help="Only of this status, such as failed; may be given again.")
@click.option("--phone", help="Only with this phone, such as +15550100101.")
@click.option("--search", "words", help="Only with this in the text or in the phone, in any case.")
@click.option("--undelivered", is_flag=True, help="Only what was sent over five minutes ago and has not arrived yet.")
@click.option("--counts", is_flag=True, help="Print how many there are by status, instead of each one.")
@SINCE
@FORM
def message_log(count: int, since: str | None, form: str, counts: bool, **wanted: Any) -> None:
    """Print the messages, newest first: when, which way, who, how it stands, the text."""
    from bot.audit import message_counts
    from bot.audit import message_log as trail

    found = _message_filter(**wanted)
    _print(message_counts(since, found) if counts else trail(count, since, found), form)


def _message_filter(
    statuses: tuple[str, ...], phone: str | None, words: str | None, undelivered: bool
) -> MessageFilter:
    from bot.clock import wall_clock
    from flows.values import MINUTE, MessageStatus
    from storage.message_list import MessageFilter

    unknown = sorted(set(statuses) - set(MessageStatus))
    if unknown:
        raise click.BadParameter(f"'{unknown[0]}' is none of {', '.join(MessageStatus)}.", param_hint="--status")
    since_at = wall_clock() - 5 * MINUTE if undelivered else None
    return MessageFilter(0, statuses, phone, words, since_at)


def _print(listing: Listing, form: str) -> None:
    from bot.rows import lines_of
    from bot.settings import load_settings

    async def show() -> None:
        async for line in lines_of(listing, load_settings(), form):
            echo(line)

    asyncio.run(show())


@main.command()
def config() -> None:
    """Print every setting: a star marks what differs from the default, secrets are only said to be set or not."""
    from bot.settings import describe, load_settings

    settings = load_settings()
    for line in describe(settings):
        echo(f"{'*' if line.is_changed else ' '} {line.name}={line.value}")
    echo(f"\n* differs from the default.\nDatabase in use: {settings.database_place}")


for group in (campaign, contacts, db, demo, flows, operator, template):
    main.add_command(group)
