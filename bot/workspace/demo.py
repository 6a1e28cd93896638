"""The demo: a survey, an event and an operator's phone, for somebody who looks around without an account.

Its rows are marked. A service with a real provider neither loads them nor offers what an earlier demo left behind:
strangers must not be able to register for an event that is made up.
"""

from __future__ import annotations

from pathlib import Path

import structlog

from bot.definitions import Definition, read_definitions, save_definitions
from bot.settings import Settings
from bot.simulator.people import PEOPLE
from flows.values import OperatorSource, Workspace
from storage.database import Database
from storage.operators import Grant, remove_operator, save_operator
from storage.plan import Plan
from storage.workspace.demo import has_offers, mark_offers, switch_offers

log = structlog.get_logger(__name__)
DEMO = Path(__file__).parents[1] / "demo"
FILES = ("gala.yaml", "feedback.yaml")
OPERATOR = PEOPLE[0]
"""Whose phone in the simulator may command."""


async def settle_demo(settings: Settings, database: Database, workspace: Workspace, now_at: int) -> None:
    """Load the demo into a database without surveys and events, or switch it off where a provider is configured."""
    if settings.has_twilio:
        if await database.run(
            _switch_off(workspace, keeps_operator=OPERATOR.phone in settings.admin_phones, now_at=now_at)
        ):
            log.warning("demo_switched_off", advice="`rollcall demo remove` deletes what the demo left behind")
        elif settings.demo:
            log.warning("demo_left_out", advice="ROLLCALL_DEMO is for the simulator; use `make serve` with a provider")
    elif settings.demo and settings.simulator_on:
        definitions = tuple(
            definition for name in FILES for definition in read_definitions(DEMO / name, now_at, workspace.time_zone)
        )
        await database.run(_load(workspace, definitions, now_at))


def _load(workspace: Workspace, definitions: tuple[Definition, ...], now_at: int) -> Plan[None]:
    if (yield from has_offers(workspace.id)):
        yield from switch_offers(workspace.id, is_active=True)
        return
    yield from save_definitions(workspace.id, definitions, now_at)
    yield from mark_offers(workspace.id)
    grant = Grant(OperatorSource.DEMO)
    yield from save_operator(workspace.id, OPERATOR.phone, OPERATOR.name, "admin", now_at, grant=grant)


def _switch_off(workspace: Workspace, *, keeps_operator: bool, now_at: int) -> Plan[bool]:
    has_demo = yield from switch_offers(workspace.id, is_active=False)
    if has_demo and not keeps_operator:
        yield from remove_operator(workspace.id, OPERATOR.phone, now_at)
    return has_demo
