"""Each of the five old databases is taken over: the sums, a second time, and what stands in ours afterwards."""

from __future__ import annotations

import pytest

from flows.errors import ConfigError, StorageError
from storage.adopt.run import plan_adoption, recognise
from storage.adopt.source import open_source
from storage.schema import metadata
from tests.storage.adopt.conftest import Build
from tests.storage.adopt.taking import sums, take, target_of
from tests.storage.scene import Scene

SYSTEMS = {
    "watest": ("watest", None),
    "sms_admin": ("sms-admin", None),
    "waqtor": ("waqtor", "owner@example.org"),
    "red_button": ("red-button", "builder@example.org"),
    "wa_client": ("wa-client", None),
}


async def content(scene: Scene) -> dict[str, list[tuple[str, ...]]]:
    """Give every row of ours, but for when they were written."""
    found = {}
    async with scene.database.read() as connection:
        for table in metadata.sorted_tables:
            columns = [column for column in table.c if column.name not in ("updated_at", "catalogue_version")]
            rows = await connection.execute(table.select().with_only_columns(*columns))
            found[table.name] = sorted((tuple(map(repr, row)) for row in rows), key=repr)
    return found


@pytest.mark.parametrize("name", SYSTEMS)
async def test_once_and_again(name: str, build: Build, scene: Scene) -> None:
    """Everything adds up; a second time nothing changes, and the old database has not changed at all."""
    url = await build(name)
    system, owner = SYSTEMS[name]
    first = await take(url, scene.database, target_of(scene), owner)
    assert first.system == system
    before = await content(scene)
    second = await take(url, scene.database, target_of(scene), owner)
    assert await content(scene) == before
    for table, (read, written, _unchanged, merged, refused) in sums(first).items():
        assert sums(second)[table] == (read, 0, read - refused, 0, refused)
        assert written + merged == read - refused
    assert sum(tally.held for tally in second.tables.values()) == 0  # it was said once


@pytest.mark.parametrize("name", SYSTEMS)
async def test_a_dry_run_changes_nothing(name: str, build: Build, scene: Scene) -> None:
    """The refused rows are the same as in earnest, and nothing is written."""
    url = await build(name)
    before = await content(scene)
    would = await take(url, scene.database, target_of(scene), SYSTEMS[name][1], dry_run=True)
    assert await content(scene) == before
    done = await take(url, scene.database, target_of(scene), SYSTEMS[name][1])
    for table, tally in done.tables.items():
        assert tally.refused == would.tables[table].refused


@pytest.mark.parametrize("name", ["watest", "waqtor"])
async def test_the_old_database_cannot_be_written(name: str, build: Build) -> None:
    """It is opened for reading only."""
    async with open_source(await build(name)) as source:
        with pytest.raises(Exception, match=r"(?i)read-?\s?only"):
            await source.number("DELETE FROM messages RETURNING 1")


async def test_what_is_recognised(build: Build) -> None:
    """Each is told by its tables and columns; a name that does not fit says what is missing."""
    for name, (system, _owner) in SYSTEMS.items():
        async with open_source(await build(name)) as source:
            assert recognise(source).name == system
            assert recognise(source, system).name == system
    async with open_source(await build("watest")) as source:
        with pytest.raises(ConfigError, match="not of waqtor: there is no table users"):
            recognise(source, "waqtor")
        with pytest.raises(ConfigError, match="'excel' is none of watest, sms-admin"):
            recognise(source, "excel")


async def test_other_databases(tmp_path_factory: pytest.TempPathFactory, scene: Scene, database_url: str) -> None:
    """A file that is not there, one that is no database, one of another program, and ours are refused."""
    folder = tmp_path_factory.mktemp("other")
    for url, message in (
        (f"sqlite:///{folder}/nothing.db", "There is no database file"),
        ("mysql://127.0.0.1/x", "begins with neither"),
        ("nonsense", "is not a database URL"),
    ):
        with pytest.raises(ConfigError, match=message):
            async with open_source(url):
                pass
    letter = folder / "letter.db"
    letter.write_text("Dear all, " * 200)
    with pytest.raises(StorageError, match="cannot be read"):
        async with open_source(f"sqlite:///{letter}"):
            pass
    async with open_source(
        str(scene.database.engine.url.render_as_string(hide_password=False))
        .replace("+aiosqlite", "")
        .replace("+asyncpg", "")
    ) as source:
        with pytest.raises(ConfigError, match="none of the known systems"):
            recognise(source)


async def test_several_owners(build: Build) -> None:
    """Where several people own rows it has to be said whose are meant."""
    async with open_source(await build("waqtor")) as source:
        system = recognise(source)
        with pytest.raises(ConfigError, match=r"Owner@Example.org \(13 rows\), other@example.org \(2 rows\)"):
            await plan_adoption(source, system, None)
        with pytest.raises(ConfigError, match="Nobody here is called 'me'"):
            await plan_adoption(source, system, "me")
        planned = await plan_adoption(source, system, "other@example.org")
        assert {part.name: count for part, count in planned.counts}["recipients"] == 1
    async with open_source(await build("red_button")) as source:
        assert (await plan_adoption(source, recognise(source), "u1")).owner == "u1"
    async with open_source(await build("red_button_early")) as source:
        assert (await plan_adoption(source, recognise(source), None)).owner == "u1"


EXPECTED = {
    "watest": {
        "opt_outs": (4, 2, 0, 1, 1),
        "contacts (opted_out)": (1, 1, 0, 0, 0),
        "contacts": (10, 8, 0, 1, 1),
        "vehicles": (4, 3, 0, 0, 1),
        "campaigns": (9, 9, 0, 0, 0),
        "messages": (6, 4, 0, 0, 2),
        "campaign_recipients": (8, 7, 0, 0, 1),
    },
    "sms_admin": {
        "events": (2, 2, 0, 0, 0),
        "unsubscribed_contacts": (4, 4, 0, 0, 0),
        "suppressed_contacts (opt_out)": (1, 1, 0, 0, 0),
        "suppressed_contacts": (4, 3, 0, 0, 1),
        "community_members": (5, 4, 0, 0, 1),
        "event_registrations (people)": (4, 1, 0, 3, 0),
        "event_registrations": (4, 2, 0, 1, 1),
        "survey_flows": (6, 5, 0, 0, 1),
        "message_logs": (3, 3, 0, 0, 0),
        "message_logs.details": (6, 3, 0, 0, 3),
        "scheduled_messages": (9, 9, 0, 0, 0),
        "app_users": (4, 3, 0, 0, 1),
    },
    "waqtor": {
        "users": (1, 1, 0, 0, 0),
        "whatsapp_sessions": (1, 1, 0, 0, 0),
        "recipients (opted_out)": (1, 1, 0, 0, 0),
        "recipients": (7, 5, 0, 1, 1),
        "groups": (3, 3, 0, 0, 0),
        "recipient_groups": (7, 5, 0, 1, 1),
        "campaigns": (3, 3, 0, 0, 0),
        "messages": (6, 6, 0, 0, 0),
    },
    "red_button": {"users": (2, 1, 0, 1, 0), "contacts": (7, 5, 0, 1, 1)},
    "wa_client": {
        "contacts": (5, 5, 0, 0, 0),
        "messages": (5, 5, 0, 0, 0),
        "templates": (3, 3, 0, 0, 0),
        "api_keys": (4, 4, 0, 0, 0),
    },
}


@pytest.mark.parametrize("name", SYSTEMS)
async def test_every_row_is_accounted_for(name: str, build: Build, scene: Scene) -> None:
    """Read, written, unchanged, merged and refused, table by table."""
    report = await take(await build(name), scene.database, target_of(scene), SYSTEMS[name][1])
    assert sums(report) == EXPECTED[name]
