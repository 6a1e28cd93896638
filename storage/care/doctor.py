"""Whether a database is sound: its file, its keys, its schema, its counters, and the room it has."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from flows.values import ContactStatus, RegistrationStatus
from storage.audit.verify import without_entry
from storage.database import existing_engine
from storage.migrate import newest_revision, read_revision
from storage.schema import (
    answers,
    audit_entries,
    audit_heads,
    channels,
    contacts,
    events,
    flows,
    keywords,
    messages,
    metadata,
    recipients,
    registrations,
    sessions,
)
from storage.schema.search import INDEXES

ROOM_FACTOR = 3
"""A backup and a rebuild need the database's own size again, each; and some."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one examination found."""

    name: str
    is_sound: bool
    text: str = ""
    """What is wrong and what to do, or a figure."""


Seen = tuple[bool, str]
Look = Callable[[AsyncConnection, AsyncEngine], Awaitable[Seen]]


async def examine(url: str) -> AsyncIterator[Finding]:
    """Examine a database, one finding after the other, without changing it; raises `ConfigError` where none is."""
    engine = existing_engine(url)
    try:
        async with engine.connect() as connection:
            revision = await read_revision(connection)
            if revision != newest_revision():
                yield Finding(
                    "schema", False, f"at revision {revision or 'none'}, not {newest_revision()}: rollcall db upgrade"
                )
                return
            for name, look in _LOOKS.items():
                yield await _look(name, look, connection, engine)
    finally:
        await engine.dispose()


async def _look(name: str, look: Look, connection: AsyncConnection, engine: AsyncEngine) -> Finding:
    try:
        is_sound, said = await look(connection, engine)
    except DBAPIError as error:
        return Finding(name, False, f"cannot be read ({error.orig}): restore a backup")
    return Finding(name, is_sound, said)


async def _integrity(connection: AsyncConnection, engine: AsyncEngine) -> Seen:
    if engine.dialect.name != "sqlite":
        return True, "PostgreSQL checks its pages itself (pg_amcheck looks deeper)"
    rows = [row[0] for row in await connection.execute(text("PRAGMA integrity_check(20)"))]
    is_sound = rows == ["ok"]
    return is_sound, "" if is_sound else f"{'; '.join(rows)}: restore a backup"


async def _durability(connection: AsyncConnection, engine: AsyncEngine) -> Seen:
    """Look whether a power cut can take what was committed: SQLite is told by every connection of ours."""
    if engine.dialect.name != "sqlite":
        wanted = text("SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'")
        names = sorted((await connection.execute(wanted)).scalars())
        return not names, f"off at the server: {', '.join(names)}: a power cut can damage it" if names else ""
    return True, ""


async def _foreign_keys(connection: AsyncConnection, engine: AsyncEngine) -> Seen:
    if engine.dialect.name != "sqlite":
        unchecked = text("SELECT conname FROM pg_constraint WHERE contype = 'f' AND NOT convalidated")
        names = [row[0] for row in await connection.execute(unchecked)]
        return not names, f"not validated: {', '.join(names)}" if names else ""
    is_on = (await connection.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1
    broken = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
    tables = sorted({row[0] for row in broken})
    wrong = [] if is_on else ["they are off"]
    wrong += [f"{len(broken)} rows of {', '.join(tables)} refer to nothing: restore a backup"] if broken else []
    return not wrong, "; ".join(wrong)


async def _drift(connection: AsyncConnection, _engine: AsyncEngine) -> Seen:
    found = await connection.run_sync(schema_differences)
    return not found, "; ".join(found)


def schema_differences(connection: Connection) -> list[str]:
    """Name what the database has otherwise than the program expects."""
    from alembic.autogenerate import compare_metadata  # imported late: it takes a quarter of a second
    from alembic.runtime.migration import MigrationContext

    options = {
        "compare_type": True,
        "compare_server_default": True,
        "include_name": lambda name, _kind, _parents: not (name or "").startswith(INDEXES),
    }
    return [
        _difference(one) for one in compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    ]


def _difference(one: Any) -> str:
    first = one[0] if isinstance(one, list) else one
    words = [part if isinstance(part, str) else getattr(part, "name", None) for part in first]
    return " ".join(str(word) for word in words if word)


def _missing(table: Any, column: Any, target: Any) -> Select[Any]:
    """Count the rows whose reference, which no foreign key watches, leads nowhere."""
    there = select(target.c.id).where(target.c.id == column).exists()
    return select(func.count()).select_from(table).where(column.is_not(None), ~there)


async def _orphans(connection: AsyncConnection, _engine: AsyncEngine) -> Seen:
    target = or_(
        and_(keywords.c.target == "event", ~select(events.c.id).where(events.c.id == keywords.c.target_id).exists()),
        and_(keywords.c.target == "survey", ~select(flows.c.id).where(flows.c.id == keywords.c.target_id).exists()),
    )
    looked = {
        "messages without their contact": _missing(messages, messages.c.contact_id, contacts),
        "messages without their channel": _missing(messages, messages.c.channel_id, channels),
        "recipients without their message": _missing(recipients, recipients.c.message_id, messages),
        "answers without their session": _missing(answers, answers.c.session_id, sessions),
        "keywords that start nothing": select(func.count()).select_from(keywords).where(target),
    }
    found = {name: (await connection.execute(query)).scalar_one() for name, query in looked.items()}
    return not any(found.values()), "; ".join(f"{count} {name}" for name, count in found.items() if count)


async def _counters(connection: AsyncConnection, _engine: AsyncEngine) -> Seen:
    comes = (
        select(func.count())
        .where(
            registrations.c.event_id == events.c.id,
            registrations.c.status == RegistrationStatus.REGISTERED.value,
        )
        .correlate(events)
        .scalar_subquery()
    )
    wrong = (await connection.execute(select(events.c.number).where(events.c.registered_count != comes))).scalars()
    said = ", ".join(str(number) for number in wrong)
    return not said, f"registered_count of event {said} is not the number of its registrations" if said else ""


async def _contacts(connection: AsyncConnection, _engine: AsyncEngine) -> Seen:
    """Count the contacts by their status, and look for words that are not one."""
    query = select(contacts.c.status, func.count()).where(contacts.c.deleted_at.is_(None)).group_by(contacts.c.status)
    counts = {row[0]: row[1] for row in await connection.execute(query)}
    unknown = sorted(counts.keys() - set(ContactStatus))
    if unknown:
        return False, f"a status that is not known: {', '.join(unknown)}: restore a backup"
    return True, ", ".join(f"{counts[status]:,} {status}" for status in ContactStatus if status in counts)


async def _audit(connection: AsyncConnection, _engine: AsyncEngine) -> Seen:
    """Look at the audit's chain as far as that goes without its key: gaps, and commands that it leaves out."""
    entries = select(audit_entries.c.workspace_id, func.count().label("count"), func.max(audit_entries.c.number))
    counted = {row[0]: (row[1], row[2]) for row in await connection.execute(entries.group_by("workspace_id"))}
    heads = {row.workspace_id: row.number for row in await connection.execute(select(audit_heads))}
    total, wrong = sum(count for count, _last in counted.values()), []
    for workspace_id in counted.keys() | heads.keys():
        count, last = counted.get(workspace_id, (0, 0))
        ends = heads.get(workspace_id, 0)
        if not count == last == ends:
            wrong.append(f"{count} entries, the last is number {last}, the head says {ends}")
        missing = select(func.count()).select_from(without_entry(workspace_id).subquery())
        if left := (await connection.execute(missing)).scalar_one():
            wrong.append(f"{left} commands ended without an entry")
    return not wrong, f"{'; '.join(wrong)}: rollcall audit --verify" if wrong else f"{total} entries"


async def _room(connection: AsyncConnection, engine: AsyncEngine) -> Seen:
    if engine.dialect.name != "sqlite":
        size = (await connection.execute(select(func.pg_database_size(func.current_database())))).scalar_one()
        return True, f"{size / 1e6:.1f} MB; the server's own disk is not seen from here"
    path = Path(engine.url.database or "")
    size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    is_sound = free > ROOM_FACTOR * size
    said = f"{size / 1e6:.1f} MB, {free / 1e6:.0f} MB free"
    return is_sound, said if is_sound else f"{said}: make room for {ROOM_FACTOR} times the database"


_LOOKS: Mapping[str, Look] = {
    "integrity": _integrity,
    "durability": _durability,
    "foreign keys": _foreign_keys,
    "schema": _drift,
    "orphans": _orphans,
    "counters": _counters,
    "contacts": _contacts,
    "audit": _audit,
    "room": _room,
}
