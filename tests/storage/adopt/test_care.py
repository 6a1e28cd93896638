"""People, groups and surveys that were lost, joined or written to wrongly when an old database was taken over."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import asyncpg

from flows.surveys.definition import parse_survey
from storage.adopt.groups import free_name
from storage.care.tables import write_table
from storage.catalogue import save_survey
from storage.groups import put_into
from storage.schema import (
    api_keys,
    consent_changes,
    contacts,
    conversations,
    flow_versions,
    flows,
    group_members,
    groups,
    inbound_keys,
    keywords,
    messages,
    operators,
)
from tests.storage.adopt.conftest import Build
from tests.storage.adopt.taking import sums, take, target_of
from tests.storage.scene import NOW, WORKSPACE, Scene

ADA, BO, CY, DAN = "+15550100101", "+15550100102", "+15550100103", "+15550100105"
OWNER = "owner@example.org"


async def names(scene: Scene, group: str) -> set[str]:
    """Return the addresses of a group's people, by its exact name."""
    found = await scene.row(groups, name=group)
    people = {row["contact_id"] for row in await scene.rows(group_members, group_id=found["id"])}
    return {row["address"] for row in await scene.rows(contacts) if row["id"] in people}


async def test_a_group_called_community(build: Build, scene: Scene) -> None:
    """WaQtor's group Community (one person) became everybody: BLAST to it reached all five."""
    report = await take(await build("waqtor"), scene.database, target_of(scene), OWNER)
    assert await names(scene, "Community-2") == {ADA}
    assert len(await names(scene, "community")) == 5
    held = {doubt.word: doubt.outcome for doubt in report.tables["groups"].doubts}
    assert held["Community"].endswith("the group is called Community-2")


async def test_groups_that_differ_in_case(build: Build, scene: Scene) -> None:
    """`Choir` and `choir` were one group of everybody in either; each keeps its people, description and times."""
    await take(await build("waqtor"), scene.database, target_of(scene), OWNER)
    assert await names(scene, "Choir") == {ADA, BO, CY}
    assert await names(scene, "choir-2") == {CY}
    assert (await scene.row(groups, name="choir-2"))["description"] == "who hums"
    cy = await scene.row(contacts, address=CY)
    choir = await scene.row(groups, name="Choir")
    member = await scene.row(group_members, group_id=choir["id"], contact_id=cy["id"])
    assert member["added_at"] == 1_769_040_000_000_000


async def test_a_group_of_ours_has_the_name(build: Build, scene: Scene) -> None:
    """A group that operators made here stays as it is: the adopted one of that name stands beside it."""
    bo = await scene.contact(BO)
    await scene.database.run(put_into(WORKSPACE.id, "CHOIR", [bo.id], NOW))
    await take(await build("waqtor"), scene.database, target_of(scene), OWNER)
    assert await names(scene, "CHOIR") == {BO}
    assert await names(scene, "Choir-2") == {ADA, BO, CY}


def test_names_that_are_free() -> None:
    """A name that could be taken for another one gets a number; a long one is cut, and still its own."""
    assert free_name("Choir", {"choir", "choir-2"}) == "Choir-3"
    assert free_name("Chör", {"chor"}) == "Chör-2"
    assert free_name("x" * 200, set()) == "x" * 100
    assert free_name("x" * 200, {"x" * 100}) == "x" * 92 + "-2"


async def test_people_of_another_owner_in_our_group(build: Build, scene: Scene) -> None:
    """A membership that joins our group with another owner's person brought that person along."""
    report = await take(await build("waqtor"), scene.database, target_of(scene), OWNER)
    assert not await scene.rows(contacts, address="+15550100109")
    assert [one.reason.endswith("is another owner's") for one in report.tables["recipient_groups"].refusals] == [True]


async def test_a_deleted_contact_with_messages(build: Build, scene: Scene) -> None:
    """Dan was deleted over there and has messages: he came back without a name, and BLAST reached him."""
    await take(await build("wa_client"), scene.database, target_of(scene))
    dan = await scene.row(contacts, address=DAN)
    assert (dan["name"], dan["deleted_at"] is not None) == ("Deleted Dan", True)
    said = await scene.rows(messages, address=DAN)
    assert [row["contact_id"] for row in said] == [dan["id"]] * 2
    assert not await scene.rows(conversations, contact_id=dan["id"])


async def test_messages_without_a_time(build: Build, scene: Scene) -> None:
    """WaQtor's messages without `created_at` came in again at each run, and opened the 24 hours for replies."""
    url = await build("waqtor")
    report = await take(url, scene.database, target_of(scene), OWNER)
    assert [(doubt.column, doubt.word) for doubt in report.tables["messages"].doubts][-1] == ("created_at", "(none)")
    again = await take(url, scene.database, target_of(scene, now_at=NOW + 3_600_000_000), OWNER)
    assert sums(again)["messages"] == (6, 0, 6, 0, 0)
    (undated,) = await scene.rows(messages, body="When was this?")
    assert undated["created_at"] == 0
    ada = await scene.row(contacts, address=ADA)
    talk = await scene.row(conversations, contact_id=ada["id"])
    assert talk["last_inbound_at"] == 1_769_943_600_000_000  # of the message that has a time


async def test_red_button_without_its_planned_tables(build: Build, scene: Scene) -> None:
    """Red Button as its document says it is implemented (users and jobs) failed with 'no such table: contacts'."""
    report = await take(await build("red_button_early"), scene.database, target_of(scene))
    assert sums(report) == {"users": (1, 1, 0, 0, 0)}
    assert (await scene.row(operators))["email"] == "builder@example.org"
    assert "There is no table contacts: this database was made before it was planned." in report.notes


async def test_a_merged_person_keeps_both_trades(build: Build, scene: Scene) -> None:
    """Bo stands twice in the address book: the second row's trades were lost, and the report said `merged 1`."""
    report = await take(await build("red_button"), scene.database, target_of(scene), "builder@example.org")
    bo = await scene.row(contacts, address=BO)
    assert bo["fields"]["trade"] == ["paint", "drywall", "tiling"]
    (merge,) = report.tables["contacts"].merges
    assert (merge.row, merge.into) == (
        "c6",
        f"the same as row c1: {BO} (the name 'Bo P.' gives way to 'Bo the Painter'; zip '94103' gives way to '94110')",
    )


async def test_accounts_that_differ_in_case(build: Build, scene: Scene) -> None:
    """builder@example.org and Builder@Example.org are one account: the rows of both come along, and one login."""
    report = await take(await build("red_button"), scene.database, target_of(scene), "BUILDER@example.org")
    assert [row["email"] for row in await scene.rows(operators)] == ["builder@example.org"]
    assert "builder@example.org is here already" in report.tables["users"].merges[0].into
    assert (await scene.row(contacts, address="+15550100104"))["name"] == "Dee the Plumber"


async def test_a_long_code_of_an_error(build: Build, scene: Scene) -> None:
    """A code of 51 characters was cut to 20; the column is short, and the whole of it is kept beside."""
    await take(await build("wa_client"), scene.database, target_of(scene))
    failed = await scene.row(messages, provider_id="wamid.5")
    assert failed["extras"]["error_code"] == "WHATSAPP_BUSINESS_ACCOUNT_RATE_LIMIT_REACHED_80007"
    assert failed["error_code"] == failed["extras"]["error_code"][:20]


async def test_a_long_id_of_a_message(build: Build, scene: Scene) -> None:
    """WhatsApp's ids of up to 255 characters: the whole one is kept, and a repeated webhook of it is known."""
    url = await build("wa_client")
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE messages SET whatsapp_msg_id = repeat('w', 200) WHERE id = 'msg_2'")
    await connection.execute("UPDATE contacts SET name = repeat('n', 250) WHERE id = 'contact_1'")
    await connection.close()
    before = len(await scene.rows(inbound_keys))
    await take(url, scene.database, target_of(scene))
    long = await scene.row(messages, body="Look")
    assert (len(long["provider_id"]), len(long["extras"]["provider_id"])) == (120, 200)
    assert len(await scene.rows(inbound_keys)) == before + 2
    ada = await scene.row(contacts, address=ADA)
    assert (len(ada["name"]), len(ada["fields"]["full_name"])) == (200, 250)


async def test_surveys_whose_keyword_cannot_be_had(build: Build, scene: Scene) -> None:
    """JOIN is reserved and SPRINGGALA3 taken by an event: both surveys were lost, and come in switched off."""
    report = await take(await build("sms_admin"), scene.database, target_of(scene))
    tenors = await scene.row(flows, name="Sign up for tenors")
    assert (tenors["is_active"], tenors["start_count"], tenors["completion_count"]) == (False, 12, 9)
    assert (await scene.row(keywords, target_id=tenors["id"]))["word"] == "SIGN"
    feedback = await scene.row(flows, name="Gala feedback")
    assert (await scene.row(keywords, target_id=feedback["id"]))["word"] == "GALA"
    held = {doubt.word: doubt.outcome for doubt in report.tables["survey_flows"].doubts}
    assert "reserved" in held["JOIN"]
    assert "comes in switched off, with the free keyword SIGN; `rollcall flows on 'Sign up for" in held["JOIN"]
    assert "starts another event here" in held["SPRINGGALA3"]


async def test_a_survey_of_ours_has_the_name(build: Build, scene: Scene) -> None:
    """It passed for the adopted one, which was lost without a word; now that one comes in beside it."""
    document = {"name": "Volunteers", "keywords": ["HELPER"], "questions": [{"id": "a", "type": "text", "text": "?"}]}
    await scene.database.run(save_survey(WORKSPACE.id, parse_survey(document), NOW))
    report = await take(await build("sms_admin"), scene.database, target_of(scene))
    adopted = await scene.row(flows, name="Volunteers (2)")
    assert not adopted["is_active"]
    assert (await scene.row(keywords, target_id=adopted["id"]))["word"] == "VOLUNTEERS"
    held = [(doubt.column, doubt.word) for doubt in report.tables["survey_flows"].doubts if doubt.row == "1"]
    assert held == [("name", "Volunteers"), ("trigger_keyword", "HELPER")]
    (version,) = await scene.rows(flow_versions, flow_id=adopted["id"])
    assert version["definition"]["event"] == "SPRINGGALA3"


async def test_a_hash_that_nobody_can_verify(build: Build, scene: Scene) -> None:
    """It went in without a word; it still does not open anything, and the owner hears of it."""
    report = await take(await build("wa_client"), scene.database, target_of(scene))
    assert (await scene.row(api_keys, name="unreadable"))["key_hash"] == "plain"
    assert [(doubt.row, doubt.column) for doubt in report.tables["api_keys"].doubts] == [("key_4", "key_hash")]


async def test_every_opt_out_keeps_its_line(build: Build, scene: Scene) -> None:
    """Two opt-outs of one phone are one state and two lines in the ledger of consent."""
    await take(await build("watest"), scene.database, target_of(scene))
    assert len(await scene.rows(consent_changes, address="+15550100107")) == 2


async def test_documents_in_an_exported_table(build: Build, scene: Scene, tmp_path: Path) -> None:
    """`db export` wrote `{'vip': True}`, which no program reads: it is JSON, also of a text or a list."""
    await take(await build("wa_client"), scene.database, target_of(scene))
    url = scene.database.engine.url.render_as_string(hide_password=False)
    plain = url.replace("+aiosqlite", "").replace("+asyncpg", "")
    await write_table(plain, "contacts", tmp_path / "contacts.csv", lambda cell: cell)
    with (tmp_path / "contacts.csv").open(encoding="utf-8", newline="") as file:
        fields = {row["address"]: row["fields"] for row in csv.DictReader(file)}
    assert json.loads(fields[ADA]) == {"picture": "https://files.example.org/ada.jpg", "metadata": {"vip": True}}
    assert fields[BO] == ""
