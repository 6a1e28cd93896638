"""What the command line does to the database while no service needs to run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.clock import wall_clock
from bot.definitions import caution_lines, read_definitions, save_definitions
from bot.keyring import audit_key, unlock
from bot.logins import change_password, find_key, log_in
from bot.runtime.terminal import one_line
from bot.settings import Settings
from bot.workspace.demo import OPERATOR
from bot.workspace.rights import right_lines
from flows.commands.confirm import is_pin
from flows.errors import ConfigError
from flows.language.phones import parse_phone
from flows.surveys.definition import parse_survey
from flows.surveys.document import to_document
from flows.values import MUTE_STATUSES, ContactStatus, Key, Operator, OperatorSource, Workspace
from storage.audit.entries import append
from storage.catalogue import load_catalogue, save_survey
from storage.channels import first_workspace
from storage.commands import drop_pending
from storage.consent import opted_out_among
from storage.database import Database, check_exists, open_database
from storage.forgotten import forget
from storage.migrate import upgrade
from storage.operators import Grant, all_operators, remove_operator, save_operator, set_pin
from storage.people import find_by_address, set_status
from storage.person import person_document
from storage.plan import Plan
from storage.workspace.demo import DemoCounts, count_demo, remove_demo


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Database, Workspace]]:
    """Open the database with its workspace; raises `ConfigError` for one that no service has used yet."""
    check_exists(settings.database)
    await upgrade(settings.database)
    database = await open_database(settings.database)
    try:
        known = await database.run(first_workspace())
        if known is None:
            raise ConfigError(f"The database {settings.database_place} is new: start `rollcall serve` once first.")
        await unlock(database, known[0].id, settings.secret_key.get_secret_value())
        yield database, known[0]
    finally:
        await database.close()


async def list_operators(settings: Settings) -> list[str]:
    """Return a line about each operator who may command, then one about each phone of the setting that may not."""
    async with opened(settings) as (database, workspace):
        return right_lines(await database.run(all_operators(workspace.id)), settings.admin_phones)


async def add_operator(settings: Settings, phone: str, role: str, name: str | None) -> str:
    """Make a phone an operator's; raises `PhoneError`."""
    address = parse_phone(phone, settings.country)
    async with opened(settings) as (database, workspace):
        grant = Grant(OperatorSource.SHELL)
        saved = await database.run(save_operator(workspace.id, address, name, role, wall_clock(), grant=grant))
    return f"Operator {saved.number}: {saved.address} is {saved.role}."


async def drop_operator(settings: Settings, phone: str) -> str:
    """Take the right to command away from a phone; raises `ConfigError` where it had none, `PhoneError`."""
    address = parse_phone(phone, settings.country)
    async with opened(settings) as (database, workspace):
        removed = await database.run(_remove(audit_key(database), workspace.id, address))
    if removed is None:
        raise ConfigError(f"{address} is no operator's phone: `rollcall operator list` shows them.")
    return f"{address} may not command any more. What they set up pauses before it sends; the admins are told then."


def _remove(key: bytes, workspace_id: Key, address: str) -> Plan[Operator | None]:
    now_at = wall_clock()
    removed = yield from remove_operator(workspace_id, address, now_at)
    if removed is not None:
        yield from append(key, (yield from drop_pending(workspace_id, removed.id, now_at)), now_at)
    return removed


async def change_pin(settings: Settings, phone: str, pin: str | None) -> str:
    """Give an operator a PIN or take it away; raises `ConfigError` for no operator's phone or no PIN, `PhoneError`."""
    address = parse_phone(phone, settings.country)
    if pin is not None and not is_pin(pin):
        raise ConfigError("A PIN has four to twelve digits.")
    async with opened(settings) as (database, workspace):
        found = await database.run(set_pin(workspace.id, address, pin, wall_clock()))
    if found is None:
        raise ConfigError(f"{address} is no operator's phone: `rollcall operator list` shows them.")
    return f"Codes from {address} need {'no PIN' if pin is None else 'the PIN behind them'} from now on."


async def import_definitions(settings: Settings, files: Sequence[Path]) -> list[str]:
    """Check all files, then save what they define in one transaction; gives a line about each definition."""
    now_at = wall_clock()
    definitions = tuple(one for path in files for one in read_definitions(path, now_at, settings.time_zone))
    async with opened(settings) as (database, workspace):
        saved = await database.run(save_definitions(workspace.id, definitions, now_at))
    return [*saved, *(f"Warning: {line}" for line in caution_lines(definitions))]


async def list_surveys(settings: Settings) -> list[str]:
    """Return a line about each survey, by name."""
    async with opened(settings) as (database, workspace):
        known = await database.run(load_catalogue(workspace.id))
    found = sorted(known.surveys.values(), key=lambda loaded: loaded.survey.name.lower())
    return [
        f"{'on ' if loaded.is_active else 'off'}  {one_line(loaded.survey.name)}: {', '.join(loaded.survey.keywords)}"
        for loaded in found
    ] or ["There is no survey yet: `rollcall flows import` takes one from a file."]


async def switch_survey(settings: Settings, name: str, *, is_on: bool, keyword: str | None = None) -> str:
    """Switch a survey on or off, with another keyword where one is given.

    Raises `ConfigError` for a survey that is not there, `FlowDefinitionError` for a keyword that cannot be had.
    """
    async with opened(settings) as (database, workspace):
        known = (await database.run(load_catalogue(workspace.id))).surveys.values()
        found = [loaded.survey for loaded in known if loaded.survey.name.lower() == name.strip().lower()]
        if not found:
            names = ", ".join(sorted(loaded.survey.name for loaded in known)) or "none"
            raise ConfigError(f"There is no survey '{name}'. The surveys here: {names}.")
        document = {**to_document(found[0]), "active": is_on}
        if keyword is not None:
            document |= {"keywords": [keyword], "keyword_match": "whole" if " " in keyword.strip() else "first"}
        survey = parse_survey(document)
        await database.run(save_survey(workspace.id, survey, wall_clock()))
    words = " or ".join(survey.keywords)
    return f"{survey.name} is on: {words} starts it." if is_on else f"{survey.name} is off: {words} starts nothing now."


async def show_person(settings: Settings, phone: str) -> dict[str, Any]:
    """Give all that is held about a phone; raises `PhoneError`."""
    address = parse_phone(phone, settings.country)
    async with opened(settings) as (database, workspace), database.read() as connection:
        return await person_document(connection, workspace.id, address)


async def person_status(settings: Settings, phone: str, status: str | None) -> str:
    """Return how a contact stands, after changing that where a status is given.

    Raises `ConfigError` where nobody has the phone, or a list would silence an operator, and `PhoneError`.
    """
    address = parse_phone(phone, settings.country)
    async with opened(settings) as (database, workspace):
        known = await database.run(find_by_address(workspace.id, address))
        if known is None:
            raise ConfigError(f"Nobody here has the phone {address}: nothing was changed.")
        operators = await database.run(all_operators(workspace.id))
        if status in MUTE_STATUSES and any(one.address == address and one.is_active for one in operators):
            raise ConfigError(f"{address} is an operator's phone: `rollcall operator remove` comes first.")
        if status is not None:
            await database.run(set_status(known.id, ContactStatus(status), wall_clock()))
        stopped = await database.run(opted_out_among(workspace.id, [address]))
    also = " They opted out: nothing is sent until they text START." if stopped else ""
    return f"{address} is {status or known.status}.{also}"


async def forget_person(settings: Settings, phone: str) -> str:
    """Erase a person; raises `ConfigError` where nobody has the phone or an operator has it, `PhoneError`."""
    address = parse_phone(phone, settings.country)
    async with opened(settings) as (database, workspace):
        known = await database.run(find_by_address(workspace.id, address))
        operators = await database.run(all_operators(workspace.id))
        if known is None:
            raise ConfigError(f"Nobody here has the phone {address}: nothing was erased.")
        if any(one.address == address and one.is_active for one in operators):
            raise ConfigError(f"{address} is an operator's phone: `rollcall operator remove` comes first.")
        await database.run(_forget(audit_key(database), workspace.id, known.id, address))
        await database.scrub()
    return f"{address} is forgotten."


def _forget(key: bytes, workspace_id: Key, contact_id: Key, address: str) -> Plan[None]:
    marks = yield from forget(workspace_id, contact_id, address)
    yield from append(key, marks, wall_clock())


async def check_login(settings: Settings, name: str, password: str) -> str:
    """Log in; raises `CommandError` where the door stays shut."""
    async with opened(settings) as (database, workspace):
        found = await log_in(database, workspace.id, name, password, wall_clock())
    return f"{found.name} is {found.role}{'; the password has to be changed' * found.must_change_password}."


async def set_password(settings: Settings, name: str, password: str) -> str:
    """Give an operator another password; raises `CommandError`."""
    async with opened(settings) as (database, workspace):
        await change_password(database, workspace.id, name, password, wall_clock())
    return f"The password of {name} is changed."


async def check_key(settings: Settings, key: str) -> str:
    """Present a key of the API; raises `CommandError` where none fits."""
    async with opened(settings) as (database, workspace):
        found = await find_key(database, workspace.id, key, wall_clock())
    return f"{found.name}: {', '.join(found.permissions) or 'no permissions'}, {found.rate_per_hour:.0f} an hour."


async def count_demo_rows(settings: Settings) -> DemoCounts:
    """Count what `remove_demo_rows` would delete."""
    async with opened(settings) as (database, workspace):
        return await database.run(count_demo(workspace.id))


async def remove_demo_rows(settings: Settings) -> None:
    """Delete the demo: survey, event, the right of its operator, and the people of the simulator."""
    async with opened(settings) as (database, workspace):
        await database.run(_remove_demo(audit_key(database), workspace.id))
        await database.scrub()


def _remove_demo(key: bytes, workspace_id: Key) -> Plan[None]:
    yield from remove_operator(workspace_id, OPERATOR.phone, wall_clock())
    marks = yield from remove_demo(workspace_id)
    yield from append(key, marks, wall_clock())
