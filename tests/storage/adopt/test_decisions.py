"""A second takeover, after people and operators have decided something: what they decided stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Table, delete

from flows.errors import ConfigError
from flows.values import ContactStatus, Key
from storage.adopt.run import adopt, plan_adoption, recognise
from storage.adopt.source import open_source
from storage.forgotten import forget
from storage.groups import find_group, take_out
from storage.schema import (
    adopted_rows,
    campaigns,
    consent_changes,
    contacts,
    events,
    flows,
    group_members,
    groups,
    keywords,
    messages,
    operators,
    opt_outs,
    recipients,
    records,
    registrations,
    suppressions,
)
from tests.storage.adopt.conftest import Build
from tests.storage.adopt.taking import sums, take, target_of
from tests.storage.scene import NOW, WORKSPACE, Scene

ADA, BO, CY, EVE = "+15550100101", "+15550100102", "+15550100103", "+15550100106"
LATER = NOW + 1_000_000_000


def change(url: str, *statements: str) -> None:
    """Change an old SQLite database, as its owner still does between two takeovers."""
    with closing(sqlite3.connect(Path(url.removeprefix("sqlite:///")))) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


async def members(scene: Scene, name: str) -> set[str]:
    """Return the addresses of the people in a group."""
    group = await scene.database.run(find_group(WORKSPACE.id, name))
    people = {row["contact_id"] for row in await scene.rows(group_members, group_id=group)}
    return {row["address"] for row in await scene.rows(contacts) if row["id"] in people}


async def erase(scene: Scene, address: str) -> Key:
    """FORGET a person."""
    person = await scene.row(contacts, address=address, deleted_at=None)
    await scene.database.run(forget(WORKSPACE.id, person["id"], address))
    return bytes(person["id"])


async def drop(scene: Scene, table: Table, **wanted: Any) -> None:
    """Delete rows, as an operator or the house-keeping does."""
    statement = delete(table)
    for name, value in wanted.items():
        statement = statement.where(table.c[name] == value)
    async with scene.database.engine.begin() as connection:
        await connection.execute(statement)


async def test_who_left_stays_out(build: Build, scene: Scene) -> None:
    """Ada LEFT the community and Bo was REMOVEd: the second run put both back (2 of 2)."""
    url = await build("watest")
    await take(url, scene.database, target_of(scene))
    for address in (ADA, BO):
        person = await scene.row(contacts, address=address)
        assert await scene.database.run(take_out(WORKSPACE.id, "community", person["id"]))
    await take(url, scene.database, target_of(scene, now_at=LATER))
    assert not await members(scene, "community") & {ADA, BO}


async def test_who_left_a_group_of_waqtor_stays_out(build: Build, scene: Scene) -> None:
    """Cy left #Choir, and #choir-2 was deleted: neither comes back, and who is new in it since is reported."""
    url = await build("waqtor")
    await take(url, scene.database, target_of(scene), "owner@example.org")
    cy = await scene.row(contacts, address=CY)
    await scene.database.run(take_out(WORKSPACE.id, "Choir", cy["id"]))
    await drop(scene, groups, name="choir-2")
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO recipient_groups (recipient_id, group_id) VALUES "
        "('00000000-0000-4000-8000-000000000101', '00000000-0000-4000-8000-000000000203')"
    )
    await connection.close()
    report = await take(url, scene.database, target_of(scene, now_at=LATER), "owner@example.org")
    assert await members(scene, "Choir") == {ADA, BO}
    assert {row["name"] for row in await scene.rows(groups)} == {"community", "Choir", "Community-2"}
    assert [one.reason for one in report.tables["recipient_groups"].refusals][-1:] == [
        "its group 'choir' is not here any more"
    ]


async def test_who_was_forgotten_stays_so(build: Build, scene: Scene) -> None:
    """Ada was FORGOTten: the second run made her again; now even what is new of hers over there is refused."""
    url = await build("watest")
    await take(url, scene.database, target_of(scene))
    await erase(scene, ADA)
    before = len(await scene.rows(messages))
    change(
        url,
        "INSERT INTO messages (id, direction, phone, body) VALUES (90, 'inbound', '+15550100101', 'Me')",
        "INSERT INTO vehicles (contact_id, make, model, year) VALUES (1, 'Seat', 'Ibiza', 2020)",
    )
    report = await take(url, scene.database, target_of(scene, now_at=LATER))
    assert not await scene.rows(contacts, address=ADA)
    assert len(await scene.rows(messages)) == before
    assert len(await scene.rows(records)) == 1
    for table in ("messages", "vehicles"):
        assert any("erased here" in one.reason for one in report.tables[table].refusals), table


async def test_somebody_forgotten_who_came_back(build: Build, scene: Scene) -> None:
    """Who writes again after FORGET is a contact again: new rows of the old system belong to that contact."""
    url = await build("watest")
    await take(url, scene.database, target_of(scene))
    await erase(scene, ADA)
    ada = await scene.contact(ADA)
    change(url, "INSERT INTO messages (id, direction, phone, body) VALUES (90, 'inbound', '+15550100101', 'Again')")
    await take(url, scene.database, target_of(scene, now_at=LATER))
    assert (await scene.row(messages, body="Again"))["contact_id"] == ada.id
    assert not await scene.rows(messages, body="Hi Ada")


async def test_the_marks_hold_no_phone(build: Build, scene: Scene) -> None:
    """What is remembered of somebody forgotten is the same in no two installations, and nobody can try all phones."""
    await take(await build("watest"), scene.database, target_of(scene))
    marks = {bytes(row["mark"]) for row in await scene.rows(adopted_rows)}
    assert len(marks) > 30
    assert not any(address.encode() in mark for mark in marks for address in (ADA, BO))


async def test_a_status_that_was_changed_here(build: Build, scene: Scene) -> None:
    """An operator let Gus (held back for 'prospect') and Hal (blocked) in: only a word that is new is taken over."""
    url = await build("watest")
    await take(url, scene.database, target_of(scene))
    for address in ("+15550100108", "+15550100109"):
        person = await scene.row(contacts, address=address)
        await scene.change(contacts, person["id"], status=ContactStatus.ACTIVE.value)
    change(url, "UPDATE contacts SET status = 'Banned' WHERE id IN (1, 8)")
    report = await take(url, scene.database, target_of(scene, now_at=LATER))
    kept = {row["address"]: row["status"] for row in await scene.rows(contacts)}
    assert kept["+15550100109"] == "active"
    assert (kept[ADA], kept["+15550100108"]) == ("blocked", "blocked")
    assert {merge.row for merge in report.tables["contacts"].merges} == {"1", "8"}
    assert sums(await take(url, scene.database, target_of(scene, now_at=LATER)))["contacts"] == (10, 0, 9, 0, 1)


async def test_who_opted_out_over_there_since(build: Build, scene: Scene) -> None:
    """A status of opted_out that is new since the first run is an opt-out here, though the row was taken before."""
    url = await build("watest")
    await take(url, scene.database, target_of(scene))
    change(url, "UPDATE contacts SET status = 'STOPPED' WHERE id = 1")
    await take(url, scene.database, target_of(scene, now_at=LATER))
    assert (await scene.row(opt_outs, address=ADA))["text"] == "status STOPPED"


async def test_who_opted_in_again_stays_in(build: Build, scene: Scene) -> None:
    """Eve sent START after the first run, Bo before his opt-out of long ago arrived: both may be written to."""
    url = await build("watest")
    await take(url, scene.database, target_of(scene))
    await drop(scene, opt_outs, address=EVE)
    line = {"workspace_id": WORKSPACE.id, "action": "opt_in", "scope": "all", "source": "inbound", "created_at": NOW}
    for number, address in enumerate((EVE, BO)):
        await scene.insert(consent_changes, id=bytes([number]) * 16, address=address, **line)
    change(url, "INSERT INTO opt_outs (phone, opted_out_at) VALUES ('+15550100102', '2026-02-05 10:00:00')")
    report = await take(url, scene.database, target_of(scene, now_at=LATER))
    assert not await scene.rows(opt_outs, address=EVE)
    assert not await scene.rows(opt_outs, address=BO)
    assert "opted in again" in report.tables["opt_outs"].merges[0].into
    assert len(await scene.rows(consent_changes, address=BO)) == 2


@pytest.mark.parametrize(
    ("name", "owner", "table", "wanted"),
    [
        ("watest", None, records, {"kind": "vehicle"}),
        ("watest", None, messages, {"provider_id": "SM4"}),
        ("sms_admin", None, suppressions, {"address": "+15550100102"}),
        ("sms_admin", None, flows, {"name": "Volunteers"}),
        ("sms_admin", None, operators, {"username": "social"}),
        ("sms_admin", None, campaigns, {"text": "A test"}),
        ("waqtor", "owner@example.org", operators, {"email": "owner@example.org"}),
    ],
)
async def test_what_was_deleted_stays_away(
    name: str, owner: str | None, table: Table, wanted: dict[str, Any], build: Build, scene: Scene
) -> None:
    """Whatever was deleted here, by an operator or by the retention of texts, does not come back."""
    url = await build(name)
    await take(url, scene.database, target_of(scene), owner)
    assert await scene.rows(table, **wanted)
    await drop(scene, table, **wanted)
    await take(url, scene.database, target_of(scene, now_at=LATER), owner)
    assert not await scene.rows(table, **wanted)


async def test_an_event_that_was_deleted(build: Build, scene: Scene) -> None:
    """Its registrations do not come back (they crashed the run), and what is new for it goes to nobody."""
    url = await build("sms_admin")
    await take(url, scene.database, target_of(scene))
    gala = await scene.row(events, number=3)
    await drop(scene, keywords, target_id=gala["id"])
    await drop(scene, events, id=gala["id"])
    change(
        url,
        "INSERT INTO event_registrations VALUES (20, 3, 'New', '+15550100120', NULL)",
        "INSERT INTO scheduled_messages (id, scheduled_at, message_body, target, event_id, status) "
        "VALUES (20, '2030-01-01 12:00:00', 'To whom?', 'event', 3, 'pending')",
    )
    report = await take(url, scene.database, target_of(scene, now_at=LATER))
    assert not await scene.rows(events, number=3)
    assert not await scene.rows(registrations)
    assert "its event is not here any more" in [one.reason for one in report.tables["event_registrations"].refusals]
    late = await scene.row(campaigns, text="To whom?")
    assert (late["status"], late["audience"]) == ("cancelled", "event 0")


async def test_who_was_written_to_over_there_since(build: Build, scene: Scene) -> None:
    """Cy was pending at the first run and has got it from the old system since: RESUME here would send it twice."""
    url = await build("watest")
    await take(url, scene.database, target_of(scene))
    assert (await scene.row(recipients, address=CY))["status"] == "pending"
    change(url, "UPDATE campaign_recipients SET status = 'sent', message_sid = 'SMx' WHERE id = 5")
    await take(url, scene.database, target_of(scene, now_at=LATER))
    now = await scene.row(recipients, address=CY)
    assert (now["status"], now["reason"], now["due_at"]) == ("skipped", "sent by the old system", None)


async def test_a_contact_deleted_over_there_since(build: Build, scene: Scene) -> None:
    """The WA client's owner deleted Ada between the runs: campaigns leave her out from then on."""
    url = await build("wa_client")
    await take(url, scene.database, target_of(scene))
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE contacts SET deleted_at = now() WHERE id = 'contact_1'")
    await connection.close()
    report = await take(url, scene.database, target_of(scene, now_at=LATER))
    assert (await scene.row(contacts, address=ADA))["status"] == "inactive"
    assert [merge.row for merge in report.tables["contacts"].merges] == ["contact_1"]


async def test_two_owners_never_meet(build: Build, scene: Scene) -> None:
    """A second owner's rows are refused where the first one's are: two operators would see each other's people."""
    url = await build("waqtor")
    await take(url, scene.database, target_of(scene), "owner@example.org")
    with pytest.raises(ConfigError, match=r"holds the rows of Owner@Example.org already"):
        await take(url, scene.database, target_of(scene), "other@example.org")
    assert not await scene.rows(contacts, address="+15550100109")
    await take(url, scene.database, target_of(scene), "OWNER@example.org")


async def test_a_takeover_that_was_made_before_there_were_marks(build: Build, scene: Scene) -> None:
    """What an earlier version took over is recognised by its keys, and not put back into groups either."""
    url = await build("watest")
    await take(url, scene.database, target_of(scene))
    await drop(scene, adopted_rows)
    ada = await scene.row(contacts, address=ADA)
    await scene.database.run(take_out(WORKSPACE.id, "community", ada["id"]))
    report = await take(url, scene.database, target_of(scene, now_at=LATER))
    assert {tally.written for tally in report.tables.values()} == {0}
    assert ADA not in await members(scene, "community")


async def test_a_refused_row_is_tried_again(build: Build, scene: Scene) -> None:
    """A row that was refused and has been mended over there comes in at the next run."""
    url = await build("sms_admin")
    await take(url, scene.database, target_of(scene))
    change(url, """UPDATE survey_flows SET questions_json = '["Mended?"]' WHERE id = 3""")
    await take(url, scene.database, target_of(scene, now_at=LATER))
    assert (await scene.row(flows, name="Broken"))["is_active"]


async def test_a_cut_in_the_middle_remembers_no_more_than_it_wrote(build: Build, scene: Scene) -> None:
    """Marks and rows are of one transaction: after a failure nothing is taken for done that is not."""
    url = await build("watest")

    def cut(table: str, _count: int) -> None:
        if table == "contacts":
            raise RuntimeError(table)

    async with open_source(url) as source:
        planned = await plan_adoption(source, recognise(source), None)
        with pytest.raises(RuntimeError, match="contacts"):
            await adopt(source, planned, scene.database, target_of(scene), cut)
    assert sums(await take(url, scene.database, target_of(scene)))["contacts"][:3] == (10, 0, 9)
    assert len(await scene.rows(records)) == 3
