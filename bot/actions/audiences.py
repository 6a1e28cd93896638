"""Audiences as operators write them, as conditions on contacts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false

from bot.actions.base import Desk
from flows.audiences.canonical import text_of
from flows.audiences.parser import parse_audience
from flows.audiences.tree import Event, Node, walk
from flows.turn import Catalogue
from flows.values import Workspace
from storage.audiences.compiling import audience_condition
from storage.audiences.resolving import check_fields, resolve_audience
from storage.campaigns.retrying import retry_condition
from storage.campaigns.rows import Campaign
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant: the canonical words, and the condition on a contact."""

    words: str
    condition: ColumnElement[bool]
    scopes: frozenset[str] = frozenset()
    """Of the opt-outs that count for it beside `all`: its events'."""


async def find_audience(desk: Desk, text: str, *, check: bool = True) -> Audience:
    """Understand an audience; raises `CommandError` naming what is not known and what is near.

    `check` also looks whether anybody has the fields; a campaign under way does not ask that again.
    """
    return await understand(desk.database, desk.house.workspace, desk.house.catalogue, text, check=check)


async def understand(
    database: Database, workspace: Workspace, catalogue: Catalogue, text: str, *, check: bool = True
) -> Audience:
    """Do what `find_audience` does where no service runs."""
    tree = parse_audience(text, workspace.country)
    async with database.read() as connection:
        tree = await resolve_audience(connection, workspace.id, catalogue, tree)
        if check:
            await check_fields(connection, workspace.id, tree)
    condition = audience_condition(tree, workspace, database.engine_name)
    return Audience(text_of(tree), condition, _scopes(catalogue, tree))


async def audience_of(desk: Desk, campaign: Campaign) -> Audience:
    """Return the audience of a campaign: its expression, or whom an earlier one failed to reach.

    Whom a notice tells is fixed when it is made; of its audience only the opt-outs count that concern the event.
    """
    if campaign.texts is not None and campaign.retry_of is None:
        return Audience(campaign.audience, false(), frozenset({campaign.audience.replace(" ", ":")}))
    if campaign.retry_of is None:
        return await find_audience(desk, campaign.audience, check=False)
    return await find_retry(desk, campaign.retry_of, campaign.number)


async def find_retry(desk: Desk, number: int, but: int | None = None) -> Audience:
    """Give those whom a campaign failed to reach for a passing reason; another retry than `but` counts as reached."""
    return Audience(f"failed of {number}", retry_condition(desk.house.workspace.id, number, desk.lasting_codes, but))


def _scopes(catalogue: Catalogue, tree: Node) -> frozenset[str]:
    keys = {node.key for node in walk(tree) if isinstance(node, Event)}
    return frozenset(f"event:{event.number}" for event in catalogue.events.values() if event.id in keys)
