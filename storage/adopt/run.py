"""Taking over, from the first look to the last count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from flows.errors import ConfigError
from storage.adopt import red_button, sms_admin, wa_client, waqtor, watest
from storage.adopt.memory import known_marks, mark_of, remember
from storage.adopt.parts import Part, System
from storage.adopt.report import Held, Report
from storage.adopt.source import Source
from storage.adopt.taking import take_page
from storage.adopt.talk import OldCampaign
from storage.adopt.target import Target
from storage.adopt.values import Refused, Row
from storage.database import Database
from storage.plan import Plan
from storage.search import begin_anew

SYSTEMS = (watest.SYSTEM, sms_admin.SYSTEM, waqtor.SYSTEM, red_button.SYSTEM, wa_client.SYSTEM)
ANALYSE_AFTER, ANALYSE_GROWTH = 4_000, 4
"""Rows of a table after which the planner's figures are renewed, and then as many times more again."""
INTERNAL = frozenset({"sqlite_sequence", "sqlite_stat1", "sqlite_stat4"})
"""Tables that the engine keeps for itself."""
Progress = Callable[[str, int], None]
"""Hears of rows as they are read, by table."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody whose rows are taken over."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be taken over."""

    system: System
    owner: str | None
    counts: tuple[tuple[Part, int], ...]
    owners: tuple[Owner, ...] = ()
    """Everybody who owns rows in the old database."""


def recognise(source: Source, wanted: str | None = None) -> System:
    """Tell which system a database is of by its tables and columns; raises `ConfigError`."""
    if wanted is not None:
        found = next((system for system in SYSTEMS if system.name == wanted), None)
        if found is None:
            raise ConfigError(f"'{wanted}' is none of {', '.join(system.name for system in SYSTEMS)}.")
        if problem := _missing(source, found):
            raise ConfigError(f"The database is not of {wanted}: {problem}.")
        return found
    fitting = [system for system in SYSTEMS if not _missing(source, system)]
    if len(fitting) != 1:
        there = ", ".join(sorted(source.tables)) or "none"
        names = ", ".join(system.name for system in fitting or SYSTEMS)
        raise ConfigError(f"This is the database of none of the known systems (tables: {there}). Name one of: {names}.")
    return fitting[0]


def _missing(source: Source, system: System) -> str | None:
    for table, columns in system.signature.items():
        if table not in source.tables:
            return f"there is no table {table}"
        there = {system.aliases.get(name, name) for name in source.tables[table]}
        if lacking := sorted(columns - there):
            return f"{table} has no column {lacking[0]}"
    return None


async def plan_adoption(source: Source, system: System, owner: str | None) -> Planned:
    """Count what is there; raises `ConfigError` where it is not clear whose rows are wanted."""
    key, owners = await _owner(source, system, owner)
    counts = []
    for part in system.parts:
        if part.table in source.tables:
            query = f"SELECT count(*) FROM ({part.statement}) AS wanted"  # noqa: S608 - our own statement
            counts.append((part, await source.number(query, owner=key)))
    return Planned(system, key, tuple(counts), owners)


async def _owner(source: Source, system: System, wanted: str | None) -> tuple[str | None, tuple[Owner, ...]]:
    if system.owners is None:
        return None, ()
    query = system.owners(source.tables)
    rows = [tuple(row.values()) async for page in source.pages(query) for row in page]
    owners = tuple(Owner(str(row[0]), str(row[1])) for row in rows)
    if wanted is not None:
        found = [one.key for one in owners if wanted.strip().lower() in (one.key.lower(), one.name.lower())]
        if not found:
            raise ConfigError(f"Nobody here is called '{wanted}'. There is {', '.join(one.name for one in owners)}.")
        return found[0], owners
    having = [row for row in rows if row[2]] or rows
    if len({str(row[1]).lower() for row in having}) != 1:
        names = ", ".join(f"{name} ({count} rows)" for _key, name, count in having)
        raise ConfigError(
            f"Several people own rows here, who must not see each other's: {names or 'nobody'}. "
            "Take over one at a time, each into a database of its own: --owner."
        )
    return str(having[0][0]), owners


def claim_for_owner(planned: Planned, target: Target) -> Plan[None]:
    """Note whose rows this workspace holds; raises `ConfigError` where it holds those of another owner.

    One workspace is one organisation: two owners' people must never meet in it.
    """
    marks = {owner.key: mark_of(f"{planned.system.name}: owner", owner.key.encode()) for owner in planned.owners}
    chosen = next((owner for owner in planned.owners if owner.key == planned.owner), None)
    if chosen is None:
        return
    there = yield from known_marks(target, marks.values())
    for owner in planned.owners:
        if marks[owner.key] in there and owner.name.lower() != chosen.name.lower():
            raise ConfigError(
                f"This database holds the rows of {owner.name} already, who must not see those of {chosen.name}: "
                "take them over into a database of their own (DATABASE_URL)."
            )
    yield from remember(target, [marks[chosen.key]])


async def look_through(source: Source, planned: Planned, target: Target, progress: Progress) -> Report:
    """Read everything and write nothing: what is `written` here would be written, or merged."""
    report = Report(planned.system.name)
    for part, _count in planned.counts:
        tally = report.of(part.name, part.goes_to)
        async for page in source.pages(part.statement, **_values(planned, part)):
            found = read_page(part, page, target)
            tally.read += len(found.items) + len(found.refusals)
            tally.written += len(found.items)
            tally.hold(found.held)
            for row, reason in found.refusals:
                tally.refuse(row, reason)
            progress(part.name, len(page))
    _note_what_stays(source, planned, report)
    return report


async def adopt(source: Source, planned: Planned, database: Database, target: Target, progress: Progress) -> Report:
    """Take everything over; what was taken over before stays as it is. Raises `ConfigError`, `StorageError`."""
    await database.run(claim_for_owner(planned, target))
    report = Report(planned.system.name)
    for part, _count in planned.counts:
        await _take_part(source, planned, part, database, target, (report, progress))
    await _count_conversations(database, target)
    await database.run(begin_anew(target.workspace_id))
    _note_what_stays(source, planned, report)
    return report


def _note_what_stays(source: Source, planned: Planned, report: Report) -> None:
    used = {part.table for part in planned.system.parts}
    for table in sorted(source.tables.keys() - used - INTERNAL):
        reason = planned.system.not_kept.get(table, "nothing of ours corresponds to it")
        report.notes.append(f"{table} is not taken over: {reason}.")
    for table in planned.system.planned:
        if table not in source.tables:
            report.notes.append(f"There is no table {table}: this database was made before it was planned.")


def _values(planned: Planned, part: Part) -> dict[str, Any]:
    return {"owner": planned.owner} if ":owner" in part.statement else {}


def _note_of(part: Part, campaign: OldCampaign) -> str | None:
    """Tell the owner of a campaign that will not go out by itself."""
    if campaign.status == "expired":
        return f"{part.name} {campaign.row} was due before today and is expired: '{campaign.text[:40]}'."
    if campaign.stopped_reason and campaign.status in ("paused", "cancelled"):
        return f"{part.name} {campaign.row} is {campaign.status}: {campaign.stopped_reason}."
    return None


async def _take_part(
    source: Source,
    planned: Planned,
    part: Part,
    database: Database,
    target: Target,
    telling: tuple[Report, Progress],
) -> None:
    report, progress = telling
    tally = report.of(part.name, part.goes_to)
    next_analysis = tally.read + ANALYSE_AFTER
    async for page in source.pages(part.statement, **_values(planned, part)):
        found = read_page(part, page, target)
        tally.read += len(found.items) + len(found.refusals)
        for row, reason in found.refusals:
            tally.refuse(row, reason)
        if found.items:
            await _take_items(part, found, database, target, report)
        progress(part.name, len(page))
        if tally.read >= next_analysis:
            await _analyse(database)
            next_analysis *= ANALYSE_GROWTH


async def _take_items(part: Part, found: Found, database: Database, target: Target, report: Report) -> None:
    tally = report.of(part.name)
    taken = await database.run(take_page(part, target, found.items))
    tally.written += taken.counts.written
    tally.unchanged += taken.counts.unchanged
    tally.merged += taken.counts.merged
    tally.merge(taken.counts.merges)
    for refusal in taken.counts.refusals:
        tally.refuse(refusal.row, refusal.reason)
    tally.hold([*(held for held in found.held if held.key not in taken.known), *taken.counts.held])
    new = [item for item in found.items if isinstance(item, OldCampaign) and item.key not in taken.known]
    report.notes += [note for campaign in new if (note := _note_of(part, campaign))]


async def _analyse(database: Database) -> None:
    """Tell PostgreSQL's planner that tables which were empty a moment ago are large: else it reads them whole."""
    if database.engine_name == "postgresql":
        async with database.engine.begin() as connection:
            await connection.execute(text("ANALYZE"))


@dataclass(slots=True)
class Found:
    """What stands in a page of rows."""

    items: list[Any] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)
    """Rows that are not taken over, with the reason."""
    held: list[Held] = field(default_factory=list)

    def add(self, row: str, item: Any) -> None:
        """Sort in what a row gave."""
        if isinstance(item, Refused):
            self.refusals.append((row, item.reason))
        elif isinstance(item, Held):
            self.held.append(item)
        else:
            self.items.append(item)


def read_page(part: Part, page: Sequence[Row], target: Target) -> Found:
    """Read rows as items, and those that are none with the reason."""
    found = Found()
    for row in page:
        label = str(next(iter(row.values()), "?"))
        try:
            for item in part.read(row, target):
                found.add(label, item)
        except Refused as refused:
            found.add(label, refused)
    return found


_CONVERSATIONS = """
INSERT INTO conversations
    (contact_id, channel_id, workspace_id, address, last_message_at, last_inbound_at, message_count, unread_count)
SELECT messages.contact_id, messages.channel_id, messages.workspace_id, contacts.address, max(messages.created_at),
       max(CASE WHEN messages.direction = 'inbound' THEN messages.created_at END), count(*), 0
FROM messages JOIN contacts ON contacts.id = messages.contact_id
WHERE messages.channel_id = :channel_id AND contacts.deleted_at IS NULL
GROUP BY messages.contact_id, messages.channel_id, messages.workspace_id, contacts.address
ON CONFLICT (contact_id, channel_id) DO UPDATE SET
    last_message_at = CASE WHEN conversations.last_message_at > COALESCE(excluded.last_message_at, 0)
                           THEN conversations.last_message_at ELSE excluded.last_message_at END,
    last_inbound_at = CASE WHEN conversations.last_inbound_at > COALESCE(excluded.last_inbound_at, 0)
                           THEN conversations.last_inbound_at ELSE excluded.last_inbound_at END,
    message_count = CASE WHEN conversations.message_count > excluded.message_count
                         THEN conversations.message_count ELSE excluded.message_count END
"""


async def _count_conversations(database: Database, target: Target) -> None:
    """Say of everybody when the last message was, which is also where answers go."""
    async with database.engine.begin() as connection:
        await connection.execute(text(_CONVERSATIONS), {"channel_id": target.channel_id})
