"""A database as it is after years: a million contacts, five million messages, and all that goes with them.

`python -m benchmarks.big URL [contacts]` fills a new database; everything else grows in proportion to the contacts.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

import asyncpg
from sqlalchemy import make_url

from bot.clock import wall_clock
from flows.values import DAY, HOUR, MINUTE, Key, Transport, Workspace
from storage.channels import COMMUNITY, all_channels, save_channels, save_workspace
from storage.database import open_database
from storage.groups import find_group
from storage.keys import new_key
from storage.migrate import upgrade

MILLION = 1_000_000
NUMBER = "+15550100000"
PAGE = 50_000
MESSAGES_EACH = 5
CAMPAIGN_COUNT, EVENT_COUNT, GROUP_COUNT = 500, 200, 20
REGISTERED_EACH = 10
"""Contacts per registration; the shares below are meant in the same way."""
SESSIONS_EACH, SEARCHED_EACH, OPTED_OUT_EACH, DEAD_EACH = 3, 5, 50, 100
Rows = Iterator[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Town:
    """The organisation, the channel and the size that the rows are made for."""

    contact_count: int
    workspace_id: Key
    channel_id: Key
    community_id: Key
    now_at: int

    def at(self, place: int) -> int:
        """Return when a contact came: evenly over the last three years, the first one first."""
        return self.now_at - 3 * 365 * DAY + place * (3 * 365 * DAY // self.contact_count)

    def key(self, kind: int, place: int) -> Key:
        """Return the key of a row: ordered by time like those of RFC 9562, the same at every call."""
        return (self.at(place // kind) // 1_000).to_bytes(6, "big") + kind.to_bytes(2, "big") + place.to_bytes(8, "big")

    def phone(self, place: int) -> str:
        """Return the phone of a contact."""
        return f"+1555{place:07d}"


CONTACT, MESSAGE, SESSION, CAMPAIGN, EVENT, ANSWER, GROUP = 1, MESSAGES_EACH, 7, 11, 13, 17, 19
"""The kinds of keys."""


async def fill(url: str, contact_count: int) -> None:
    """Bring a new database up to date and fill it; every other table grows in proportion."""
    await upgrade(url)
    town = await _found(url, contact_count)
    if make_url(url).get_backend_name() == "sqlite":
        _fill_sqlite(make_url(url).database or "", town)
    else:
        await _fill_postgresql(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False), town)


async def _found(url: str, contact_count: int) -> Town:
    database, now_at = await open_database(url), wall_clock()
    try:
        workspace = Workspace(id=new_key())
        await database.run(save_workspace(workspace, now_at))
        await database.run(save_channels([("twilio", Transport.SMS, NUMBER, 1_000.0)], workspace.id, now_at))
        channel = (await database.run(all_channels()))[0]
        community = await database.run(find_group(workspace.id, COMMUNITY))
    finally:
        await database.close()
    if community is None:
        raise ValueError("a new workspace has a community")
    return Town(contact_count, workspace.id, channel.id, community, now_at)


def rows_of(town: Town) -> Mapping[str, tuple[tuple[str, ...], Rows]]:
    """Return the columns and the rows of every table, parents first."""
    return {
        "contacts": (
            ("id", "workspace_id", "address", "phone", "name", "status", "created_at", "updated_at"),
            _contacts(town),
        ),
        "groups": (("id", "workspace_id", "name", "created_at"), _groups(town)),
        "group_members": (("group_id", "contact_id", "added_at"), _members(town)),
        "conversations": (
            ("contact_id", "channel_id", "workspace_id", "address", "last_message_at", "last_inbound_at"),
            _conversations(town),
        ),
        "opt_outs": (("workspace_id", "address", "scope", "source", "opted_out_at"), _opt_outs(town)),
        "suppressions": (
            ("workspace_id", "address", "provider", "category", "created_at", "updated_at"),
            _suppressions(town),
        ),
        "campaigns": (
            (
                *("id", "workspace_id", "number", "text", "audience", "channel_id", "status", "time_zone"),
                *("started_at", "expanded_at", "completed_at", "created_at", "updated_at"),
            ),
            _campaigns(town),
        ),
        "messages": (
            (
                *("id", "workspace_id", "channel_id", "contact_id", "direction", "status", "address", "body"),
                *("created_at", "updated_at", "provider_id", "campaign_id", "purpose", "priority", "segments"),
            ),
            _messages(town),
        ),
        "recipients": (("campaign_id", "address", "contact_id", "status", "message_id"), _recipients(town)),
        "inbound_keys": (("key", "received_at"), _inbound_keys(town)),
        "flows": (("id", "workspace_id", "name", "version", "created_at", "updated_at"), _flows(town)),
        "sessions": (
            (
                *("id", "workspace_id", "contact_id", "channel_id", "flow", "flow_id", "flow_version", "state"),
                *("question_id", "tries", "path", "answers", "started_at", "remind_at", "expires_at", "ended_at"),
            ),
            _sessions(town),
        ),
        "answers": (
            ("session_id", "id", "workspace_id", "contact_id", "question_id", "question", "text", "answered_at"),
            _answers(town),
        ),
        "events": (
            (
                *("id", "workspace_id", "number", "title", "starts_at", "time_zone", "capacity"),
                *("registered_count", "created_at", "updated_at"),
            ),
            _events(town),
        ),
        "registrations": (("event_id", "contact_id", "status", "since_at", "created_at"), _registrations(town)),
        "search_entries": (("workspace_id", "message_id", "words"), _search_entries(town)),
    }


def _contacts(town: Town) -> Rows:
    for place in range(town.contact_count):
        at = town.at(place)
        phone = town.phone(place)
        yield town.key(CONTACT, place), town.workspace_id, phone, phone, f"Singer {place}", "active", at, at


def _groups(town: Town) -> Rows:
    for number in range(GROUP_COUNT):
        yield town.key(GROUP, number), town.workspace_id, f"group{number}", town.now_at


def _members(town: Town) -> Rows:
    for place in range(town.contact_count):
        key, at = town.key(CONTACT, place), town.at(place)
        yield town.community_id, key, at
        yield town.key(GROUP, place % GROUP_COUNT), key, at


def _conversations(town: Town) -> Rows:
    for place in range(town.contact_count):
        at = town.at(place)
        yield town.key(CONTACT, place), town.channel_id, town.workspace_id, town.phone(place), at, at


def _opt_outs(town: Town) -> Rows:
    for place in range(0, town.contact_count, OPTED_OUT_EACH):
        yield town.workspace_id, town.phone(place), "all", "inbound", town.at(place)


def _suppressions(town: Town) -> Rows:
    for place in range(1, town.contact_count, DEAD_EACH):
        yield town.workspace_id, town.phone(place), "twilio", "hard_fail", town.at(place), town.at(place)


def _campaigns(town: Town) -> Rows:
    for number in range(CAMPAIGN_COUNT):
        at = town.now_at - (CAMPAIGN_COUNT - number) * DAY
        yield (
            *(town.key(CAMPAIGN, number), town.workspace_id, number + 1, "Hi {name}", "community", town.channel_id),
            *("completed", "UTC", at, at, at, at, at),
        )


def _campaign_of(town: Town, message: int) -> Key:
    return town.key(CAMPAIGN, (message // MESSAGES_EACH + message % MESSAGES_EACH) % CAMPAIGN_COUNT)


def _messages(town: Town) -> Rows:
    for place in range(town.contact_count * MESSAGES_EACH):
        person, turn = divmod(place, MESSAGES_EACH)
        at = town.at(person)
        head = (town.key(MESSAGE, place), town.workspace_id, town.channel_id, town.key(CONTACT, person))
        if turn == 0:
            yield (*head, "inbound", "received", town.phone(person), "JOIN please", at, at, *(None,) * 5)
        else:
            campaign = _campaign_of(town, place) if turn > 1 else None
            purpose = "reply" if campaign is None else "campaign"
            status = "failed" if place % 97 == 0 else "delivered"
            tail = (f"SM{place:032x}", campaign, purpose, 4 if campaign else 2, 1)
            yield (*head, "outbound", status, town.phone(person), f"Rehearsal {place % 997} at six", at, at, *tail)


def _recipients(town: Town) -> Rows:
    for place in range(town.contact_count * MESSAGES_EACH):
        person, turn = divmod(place, MESSAGES_EACH)
        if turn > 1:
            phone = town.phone(person)
            yield _campaign_of(town, place), phone, town.key(CONTACT, person), "queued", town.key(MESSAGE, place)


def _inbound_keys(town: Town) -> Rows:
    for place in range(town.contact_count):
        yield (place * 0x9E3779B97F4A7C15 % 2**64).to_bytes(8, "big") + place.to_bytes(8, "big"), town.at(place)


def _flows(town: Town) -> Rows:
    yield town.key(SESSION, 0), town.workspace_id, "Concert", 1, town.now_at, town.now_at


def _sessions(town: Town) -> Rows:
    for place in range(1, town.contact_count, SESSIONS_EACH):
        at, is_open = town.at(place), place % 20 == 1
        ends = (town.now_at + HOUR, town.now_at + DAY, None) if is_open else (None, None, at + MINUTE)
        yield (
            *(town.key(SESSION, place), town.workspace_id, town.key(CONTACT, place), town.channel_id, "survey"),
            *(town.key(SESSION, 0), 1, "asking" if is_open else "completed", "why", 0, "[]", "{}", at, *ends),
        )


def _answers(town: Town) -> Rows:
    for place in range(1, town.contact_count, SESSIONS_EACH):
        for question in range(3):
            yield (
                *(town.key(SESSION, place), town.key(ANSWER, 3 * place + question), town.workspace_id),
                *(town.key(CONTACT, place), f"q{question}", "Why?", str(place % 5), town.at(place)),
            )


def _events(town: Town) -> Rows:
    each = town.contact_count // REGISTERED_EACH // EVENT_COUNT
    for number in range(EVENT_COUNT):
        starts_at = town.now_at + (number - EVENT_COUNT + 5) * 7 * DAY
        head = (town.key(EVENT, number), town.workspace_id, number + 1, f"Concert {number}", starts_at, "UTC")
        yield (*head, each + 100, each, town.now_at, town.now_at)


def _registrations(town: Town) -> Rows:
    for place in range(0, town.contact_count, REGISTERED_EACH):
        event = town.key(EVENT, place // REGISTERED_EACH % EVENT_COUNT)
        yield event, town.key(CONTACT, place), "registered", town.at(place), town.at(place)


def _search_entries(town: Town) -> Rows:
    for place in range(0, town.contact_count * MESSAGES_EACH, SEARCHED_EACH):
        yield town.workspace_id, town.key(MESSAGE, place), f"join please {place % 997}"


def _fill_sqlite(path: str, town: Town) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -400000"):
            connection.execute(f"PRAGMA {pragma}")
        for name, (columns, rows) in rows_of(town).items():
            marks = ", ".join("?" * len(columns))
            while page := list(islice(rows, PAGE)):
                connection.execute("BEGIN")
                connection.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", page)  # noqa: S608
                connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _fill_postgresql(url: str, town: Town) -> None:
    connection = await asyncpg.connect(url)
    try:
        # COPY is binary; a jsonb begins with the number of its version (PostgreSQL, src/backend/utils/adt/jsonb.c).
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", format="binary", encoder=lambda text: b"\x01" + text.encode(), decoder=bytes
        )
        for name, (columns, rows) in rows_of(town).items():
            if name == "search_entries":
                await _copy_words(connection, columns, rows)
            else:
                while page := list(islice(rows, PAGE)):
                    await connection.copy_records_to_table(name, records=page, columns=list(columns))
    finally:
        await connection.close()


async def _copy_words(connection: asyncpg.Connection, columns: tuple[str, ...], rows: Rows) -> None:
    insert = f"INSERT INTO search_entries ({', '.join(columns)}) SELECT *, to_tsvector('simple', w) FROM "  # noqa: S608
    insert = insert.replace("SELECT *", "SELECT workspace, message")
    while page := list(islice(rows, PAGE)):
        await connection.execute(
            f"{insert} unnest($1::bytea[], $2::bytea[], $3::text[]) AS t(workspace, message, w)",
            *map(list, zip(*page, strict=True)),
        )


if __name__ == "__main__":
    asyncio.run(fill(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else MILLION))
