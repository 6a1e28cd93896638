"""The command line: `rollcall serve`, `chat`, `flows`, `db`, `config`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import click

from flows.errors import RollcallError


class _Group(click.Group):
    """Says what went wrong in one sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RollcallError as error:
            raise click.ClickException(error.message) from error


@click.group(cls=_Group, help="People text a keyword and get a conversation.")
@click.version_option(package_name="rollcall-bot")
def main() -> None:
    """Run one of the commands."""


@main.command()
@click.option("--host", help="Address to listen on (ROLLCALL_HOST).")
@click.option("--port", type=int, help="Port to listen on, 0 for any free one (ROLLCALL_PORT).")
def serve(host: str | None, port: int | None) -> None:
    """Start the service."""
    from bot.serve import fast_loop, run_service
    from bot.settings import load_settings

    settings = load_settings()
    changes: dict[str, object] = {"host": host} if host else {}
    if port is not None:
        changes["port"] = port
    try:
        with asyncio.Runner(loop_factory=fast_loop()) as runner:
            runner.run(run_service(settings.model_copy(update=changes)))
    except OSError as error:
        raise click.ClickException(f"Cannot listen: {error.strerror or error}.") from error


@main.command()
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="A running service.")
@click.option("--phone", default="+15550100101", show_default=True, help="The number to text from.")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the chat as a test script.")
def chat(url: str, phone: str, save: Path | None) -> None:
    """Open a phone in the terminal."""
    from bot.chat import chat as talk

    asyncio.run(talk(url, phone, save))


@main.group()
def flows() -> None:
    """Check and import surveys and events."""


@flows.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Say whether YAML files hold sound definitions."""
    from bot.clock import wall_clock
    from bot.definitions import read_definitions

    for path in files:
        count = len(read_definitions(path, wall_clock()))
        click.echo(f"{path}: {count} {'definition' if count == 1 else 'definitions'}, all sound")


@flows.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_(files: tuple[Path, ...]) -> None:
    """Save the surveys and events of YAML files; all of them, or none."""
    from bot.offline import import_definitions
    from bot.settings import load_settings

    for line in asyncio.run(import_definitions(load_settings(), files)):
        click.echo(line)


@flows.command("diagram")
@click.argument("name", required=False)
def diagram(name: str | None) -> None:
    """Print a state machine as a Mermaid diagram (all of them without a name)."""
    from bot.diagrams import draw

    click.echo(draw(name))


@main.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
def upgrade_database() -> None:
    """Bring the schema up to date."""
    from bot.settings import load_settings
    from storage.migrate import upgrade

    before, after = asyncio.run(upgrade(load_settings().database))
    click.echo(f"The schema is at {after}." if before == after else f"The schema went from {before} to {after}.")


@main.group()
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


@main.command()
@click.option("--count", type=click.IntRange(1), help="How many, newest first; all of them without it.")
@click.option("--since", help="From this day on (UTC), such as 2026-11-18.")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
def audit(count: int | None, since: str | None, form: str) -> None:
    """Print the commands of operators: when, who, which door, what, how it ended, who confirmed it."""
    from bot.audit import audit as read_audit
    from bot.settings import load_settings

    async def show() -> None:
        async for line in read_audit(load_settings(), form, count, since):
            click.echo(line)

    asyncio.run(show())


@main.command()
def config() -> None:
    """Print every setting, secrets as set or unset."""
    from bot.settings import describe, load_settings

    for name, value in describe(load_settings()):
        click.echo(f"{name}={value}")


if __name__ == "__main__":
    sys.exit(main())
