"""`rollcall campaign`: campaigns beside the provider's own log."""

from __future__ import annotations

import asyncio

import click

from bot.runtime.terminal import echo

SHOWN = 20
"""Phones that are printed of each kind."""


@click.group()
def campaign() -> None:
    """Look after campaigns."""


@campaign.command("list")
@click.option("--status", "statuses", multiple=True, help="Only of this status, such as running; may be given again.")
@click.option("--count", type=click.IntRange(1), default=50, show_default=True, help="How many, newest first.")
@click.option("--format", "form", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
def list_(statuses: tuple[str, ...], count: int, form: str) -> None:
    """Print the campaigns, newest first: number, status, when, whose, to whom, name and text."""
    from bot.audit import campaign_list
    from bot.rows import lines_of
    from bot.settings import load_settings
    from flows.campaigns.machine import CAMPAIGN_STATES

    unknown = sorted(set(statuses) - set(CAMPAIGN_STATES))
    if unknown:
        raise click.BadParameter(f"'{unknown[0]}' is none of {', '.join(CAMPAIGN_STATES)}.", param_hint="--status")

    async def show() -> None:
        async for line in lines_of(campaign_list(count, statuses), load_settings(), form):
            echo(line)

    asyncio.run(show())


@campaign.command("verify")
@click.argument("number", type=int)
def verify(number: int) -> None:
    """Compare campaign NUMBER with the provider's log; ends with code 1 where the two differ."""
    from bot.settings import load_settings
    from bot.verifying import verify as compare

    found = asyncio.run(compare(load_settings(), number))
    echo(f"{found.both_count} messages are in the provider's log and in ours.")
    for said, phones in (
        ("We say that they left, the log does not have them", found.missing),
        ("The log has them, we do not say that they left", found.extra),
        ("The log has them more than once", found.twice),
        ("We do not know yet whether they left", found.doubtful),
    ):
        if phones:
            more = f" and {len(phones) - SHOWN} more" if len(phones) > SHOWN else ""
            echo(f"{said}: {', '.join(phones[:SHOWN])}{more}")
    raise SystemExit(0 if found.is_clean else 1)


@campaign.command("settle")
@click.argument("number", type=int)
@click.argument("decision", type=click.Choice(["sent", "again"]))
def settle(number: int, decision: str) -> None:
    """Decide about messages of campaign NUMBER that were unknown for ten minutes: they left, or they go out again."""
    from bot.settings import load_settings
    from bot.verifying import settle_campaign

    count = asyncio.run(settle_campaign(load_settings(), number, left=decision == "sent"))
    what = "count as sent" if decision == "sent" else "go out again"
    echo(f"{count} messages {what}.")
