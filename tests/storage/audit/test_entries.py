"""The chain on both engines: written in the transaction that ends a command, read beside the commands."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Table, delete, update

from flows.errors import StorageError
from storage.audit.chain import Fault, Head
from storage.audit.entries import append, begin
from storage.audit.verify import Verdict, verify
from storage.channels import save_workspace
from storage.commands import FORWARD, CommandRow, add_command, change_command, dropped_at, expire_commands
from storage.database import Database, open_database
from storage.forgotten import forget
from storage.keys import new_key
from storage.operators import save_operator
from storage.plan import Plan
from storage.schema import audit_entries, audit_heads, commands
from tests.storage.scene import ADA, BO, NOW, ON_POSTGRESQL, WORKSPACE, Scene

KEY = b"not-a-real-key"
OTHER = replace(WORKSPACE, id=b"x" * 16)


async def ask(database: Database, count: int = 1, **others: Any) -> list[CommandRow]:
    """Write commands down, as a batch does."""
    rows = [
        replace(CommandRow(new_key(), WORKSPACE.id, None, BO, "STATUS", "STATUS", created_at=NOW), **others)
        for _ in range(count)
    ]
    for row in rows:
        await database.run(add_command(row))
    return rows


def end(rows: Sequence[CommandRow], now_at: int = NOW) -> Plan[None]:
    """End queued commands in one transaction, as the worker does."""
    marks: tuple[Any, ...] = ()
    for row in rows:
        marks += yield from change_command(replace(row, status="done", finished_at=now_at), "queued")
    yield from append(KEY, marks, now_at)


async def look(scene: Scene, kept: Head | None = None, workspace_id: bytes = WORKSPACE.id) -> Verdict:
    """Verify the chain of a workspace."""
    async with scene.database.read() as connection:
        return await verify(connection, KEY, workspace_id, kept)


async def faulty(scene: Scene) -> Fault:
    """Verify a chain that is not sound."""
    fault = (await look(scene)).fault
    assert fault is not None
    return fault


async def test_an_entry_for_every_command_that_ends(scene: Scene) -> None:
    """One each, without gaps, also for those that run out and none for those that wait; the head can be kept."""
    assert (await look(scene)).fault is None
    first, second, waits = await ask(scene.database, 3)
    await ask(scene.database, status="pending", expires_at=NOW)
    await scene.database.run(end([first, second]))
    kept = (await look(scene)).head

    def expire() -> Plan[None]:
        yield from append(KEY, (yield from expire_commands(NOW)), NOW + 1)

    await scene.database.run(expire())
    await scene.database.run(expire())
    verdict = await look(scene, kept)
    assert (verdict.entry_count, verdict.began_at, verdict.fault) == (3, NOW, None)
    entered = await scene.rows(audit_entries)
    assert [row["number"] for row in entered] == [1, 2, 3]
    assert waits.id not in {row["command_id"] for row in entered}
    head = await scene.row(audit_heads)
    assert (head["number"], head["mac"]) == (3, entered[-1]["mac"]) == (verdict.head.number, verdict.head.mac)
    assert (await look(scene, Head(2, bytes(32)))).fault is not None


async def test_a_transaction_that_fails_leaves_no_entry(scene: Scene) -> None:
    """Neither the end of the command nor its entry is there."""
    rows = await ask(scene.database)

    def fail() -> Plan[None]:
        yield from end(rows)
        raise StorageError

    with pytest.raises(StorageError):
        await scene.database.run(fail())
    assert await scene.rows(audit_entries) == []
    assert (await scene.row(commands))["status"] == "queued"


async def test_a_command_that_changes_after_its_end(scene: Scene) -> None:
    """Its latest entry counts; of several changes in one transaction the last."""
    (row,) = await ask(scene.database)
    await scene.database.run(end([row]))

    def turn_pages() -> Plan[None]:
        first = yield from change_command(replace(row, status="done", page=2), "done")
        second = yield from change_command(replace(row, status="done", page=3), "done")
        yield from append(KEY, first + second, NOW)

    await scene.database.run(turn_pages())
    assert (await look(scene)).entry_count == 2
    assert (await look(scene)).fault is None


async def test_what_ended_before_there_was_a_chain(scene: Scene) -> None:
    """Whoever writes first enters it, page by page and once; until then verification names it."""
    old = await ask(scene.database, 503, status="done", finished_at=NOW - 1)
    fault = await faulty(scene)
    assert (fault.command_id, fault.at) == (old[0].id, NOW - 1)
    assert "has no entry" in fault.text
    assert await scene.database.run(begin(KEY, WORKSPACE.id, NOW)) == 503
    assert await scene.database.run(begin(KEY, WORKSPACE.id, NOW)) == 0
    assert (await look(scene)).entry_count == 503
    await ask(scene.database, status="done")
    assert await scene.database.run(begin(KEY, WORKSPACE.id, NOW)) == 0
    assert (await faulty(scene)).text == "the command ended and has no entry"


async def test_the_first_command_after_an_upgrade(scene: Scene) -> None:
    """Where no service has begun the chain, the first command that ends does, and stands there once."""
    assert await scene.database.run(begin(KEY, WORKSPACE.id, NOW)) == 0
    (old,) = await ask(scene.database, status="refused")
    rows = await ask(scene.database)
    await scene.database.run(end(rows))
    assert [one["command_id"] for one in await scene.rows(audit_entries)] == [old.id, rows[0].id]
    assert (await look(scene)).fault is None


async def test_forgetting_leaves_a_sound_chain(scene: Scene) -> None:
    """Commands that lose their texts or their rows get entries; what had not ended yet gets its own when it does."""
    ada = await scene.contact()
    forwarded = await ask(scene.database, address=ADA, verb=FORWARD, text="")
    about = await ask(scene.database, text=f"REPLY {ADA} hi", arguments={"phone": ADA})
    await scene.database.run(end([*forwarded, *about]))
    (asks,) = await ask(scene.database, text=f"FORGET {ADA}")

    def erase() -> Plan[None]:
        marks = yield from forget(WORKSPACE.id, ada.id, ADA)
        marks += yield from change_command(dropped_at(asks, NOW), "queued")
        yield from append(KEY, marks, NOW)

    await scene.database.run(erase())
    assert [row["command_id"] for row in await scene.rows(audit_entries)] == [
        *(forwarded[0].id, about[0].id),
        *(forwarded[0].id, about[0].id, asks.id),
    ]
    assert (await look(scene)).fault is None
    await scene.insert(commands, id=forwarded[0].id, workspace_id=WORKSPACE.id, address=BO, door="chat", verb=FORWARD,
        text="", arguments={}, status="done", created_at=NOW)  # fmt: skip
    assert (await faulty(scene)).text == "the command was erased, and its row is there again"


async def test_every_workspace_has_its_own(scene: Scene) -> None:
    """Commands of two that end at once: each chain begins with 1, and neither holds the other's."""
    await scene.database.run(save_workspace(OTHER, NOW))
    rows = await ask(scene.database, 2) + await ask(scene.database, workspace_id=OTHER.id)
    await scene.database.run(end(rows))
    assert [(await look(scene, None, one)).entry_count for one in (WORKSPACE.id, OTHER.id)] == [2, 1]
    assert [(await look(scene, None, one)).fault for one in (WORKSPACE.id, OTHER.id)] == [None, None]


async def test_no_change_hides_another(scene: Scene) -> None:
    """A command that somebody edited stays named when MORE turns its page, or FORGET empties it."""
    ada = await scene.contact()
    first, second = await ask(scene.database, 2, text=f"REPLY {ADA} hi")
    await scene.database.run(end([first, second]))
    for row in (first, second):
        await scene.change(commands, row.id, confirmed_by=BO)

    def turn_page() -> Plan[None]:
        yield from append(KEY, (yield from change_command(replace(first, status="done", page=2), "done")), NOW)

    def erase() -> Plan[None]:
        yield from append(KEY, (yield from forget(WORKSPACE.id, ada.id, ADA)), NOW)

    await scene.database.run(turn_page())
    await scene.database.run(erase())
    assert {row["text"] for row in await scene.rows(commands)} == {"(forgotten)"}
    assert (await faulty(scene)).number == 1
    await scene.database.run(end(await ask(scene.database)))
    assert [row["command_id"] for row in await scene.rows(audit_entries)][:2] == [first.id, second.id]
    assert (await faulty(scene)).number == 1


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (delete(audit_heads), 3),
        (update(audit_heads).values(mac=b"z" * 32), 3),
        (update(audit_heads).values(number=7), 3),
        (update(audit_heads).values(number=0), None),  # all entries are there: nothing was lost
    ],
)
async def test_commands_go_on_after_a_head_was_tampered_with(scene: Scene, change: Any, number: int | None) -> None:
    """The chain goes on after its last entry, and what does not fit stays to be found."""
    await scene.database.run(end(await ask(scene.database, 2)))
    async with scene.database.engine.begin() as connection:
        await connection.execute(change)
    assert "head" in (await faulty(scene)).text or number == 3
    await scene.database.run(begin(KEY, WORKSPACE.id, NOW))
    await scene.database.run(end(await ask(scene.database)))
    fault = (await look(scene)).fault
    assert (fault and fault.number) == number


EDITS: tuple[tuple[Table, str, object], ...] = (
    *((commands, "workspace_id", OTHER.id), (commands, "id", b"n" * 16), (commands, "operator_id", None)),
    *((commands, name, "another") for name in ("address", "verb", "text", "confirmed_by", "answer", "error")),
    *((commands, name, b"z" * 16) for name in ("channel_id", "contact_id", "message_id")),
    *((commands, name, b"z" * 32) for name in ("fingerprint", "code_hash")),
    *((commands, name, 7) for name in ("tries", "page", "created_at", "expires_at", "confirmed_at", "finished_at")),
    *((commands, "door", "api"), (commands, "status", "failed"), (commands, "is_shared", True)),
    *((commands, "status", "queued"), (commands, "arguments", {"a": 2}), (commands, "answer", None)),
    *((audit_entries, name, b"z" * 32) for name in ("digest", "mac")),
    *((audit_entries, "workspace_id", OTHER.id), (audit_entries, "number", 9), (audit_entries, "created_at", 7)),
    (audit_entries, "command_id", b"z" * 16),
)


async def settled(scene: Scene) -> list[CommandRow]:
    """Let three commands end, with a value in nearly every column."""
    ada = await scene.database.run(save_operator(WORKSPACE.id, ADA, None, "admin", NOW))
    await scene.database.run(save_workspace(OTHER, NOW))
    rows = await ask(scene.database, 3, operator_id=ada.id, answer="Done.", expires_at=NOW)
    await scene.database.run(end(rows))
    assert (await look(scene)).fault is None
    return rows


async def test_every_edit_past_the_program_is_named(scene: Scene) -> None:
    """Any column of a command or an entry: the second of three is named, and put back all is sound."""
    row = (await settled(scene))[1]
    at_work = {"attempt_count", "node_id"}  # how often and where a command was begun: not what became of it
    assert {name for table, name, _value in EDITS if table is commands} == {*commands.c.keys()} - at_work
    for table, name, value in EDITS:
        key = "id" if table is commands else "command_id"
        was = (await scene.row(table, **{key: row.id}))[name]
        now = {key: value if name == key else row.id}
        async with scene.database.engine.begin() as connection:
            await connection.execute(update(table).where(table.c[key] == row.id).values({name: value}))
        fault = await faulty(scene)
        assert fault.number == 2, (name, fault)
        async with scene.database.engine.begin() as connection:
            await connection.execute(update(table).where(table.c[key] == now[key]).values({name: was}))
        assert (await look(scene)).fault is None, name


@pytest.mark.parametrize("table", [commands, audit_entries, audit_heads])
async def test_rows_that_are_deleted(table: Table, scene: Scene) -> None:
    """A command, an entry, the last entry, the head: each is missed."""
    rows = await settled(scene)
    wanted = {commands: commands.c.id == rows[1].id, audit_entries: audit_entries.c.number == 2}
    async with scene.database.engine.begin() as connection:
        await connection.execute(delete(table).where(wanted.get(table, audit_heads.c.number == 3)))
    fault = await faulty(scene)
    assert (fault.number, "head" in fault.text) == ((None, True) if table is audit_heads else (2, False))


async def test_the_last_entry_and_its_command_are_deleted(scene: Scene) -> None:
    """The head still knows of it."""
    rows = await settled(scene)
    async with scene.database.engine.begin() as connection:
        await connection.execute(delete(audit_entries).where(audit_entries.c.number == 3))
        await connection.execute(delete(commands).where(commands.c.id == rows[2].id))
    assert (await faulty(scene)).number == 3


@ON_POSTGRESQL
async def test_two_connections_append_at_once(scene: Scene, migrated_url: str) -> None:
    """On PostgreSQL processes wait for each other at the head: one chain, without gaps, and nobody fails."""
    rows = await ask(scene.database, 80)
    others = [await open_database(migrated_url) for _ in range(2)]
    try:
        halves = zip(rows[::2], rows[1::2], strict=True)
        plans = [others[place % 2].run(end(pair)) for place, pair in enumerate(halves)]
        await asyncio.gather(*plans)
    finally:
        for one in others:
            await one.close()
    assert [row["number"] for row in await scene.rows(audit_entries)] == [*range(1, 81)]
    assert (await look(scene)).fault is None
