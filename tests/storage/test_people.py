"""Contacts outside a turn."""

from __future__ import annotations

import pytest

from flows.effects import SetLanguage
from flows.values import MINUTE, ContactStatus, Transport
from storage.channels import all_channels, save_channels
from storage.people import Way, block, ensure_contacts, find_contacts, languages, number_of, set_status, unblock, ways
from storage.schema import contacts, conversations
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene


async def test_contacts_are_found_or_made(scene: Scene) -> None:
    """Who is known keeps id and name, who has none gets the given one; a second time changes nothing."""
    ada = await scene.contact()
    found = await scene.database.run(ensure_contacts(WORKSPACE.id, {ADA: "Ada", BO: "Bo", CY: None}, NOW))
    assert found[ADA] == ada.id
    assert {row["address"]: row["name"] for row in await scene.rows(contacts)} == {ADA: "Ada", BO: "Bo", CY: None}
    assert await scene.database.run(ensure_contacts(WORKSPACE.id, {ADA: "Eve", BO: None, CY: None}, NOW)) == found
    assert {row["address"]: row["name"] for row in await scene.rows(contacts)} == {ADA: "Ada", BO: "Bo", CY: None}


@pytest.mark.parametrize("status", ["active", "inactive"])
async def test_a_ban_that_is_taken_back(status: str, scene: Scene) -> None:
    """UNBAN gives back the status from before the ban: campaigns still leave out who was inactive."""
    ada = await scene.contact()
    await scene.change(contacts, ada.id, status=status)
    for _twice in range(2):
        await scene.database.run(block(ada.id, NOW))
        assert (await scene.row(contacts))["status"] == "blocked"
    await scene.database.run(unblock(ada.id, NOW))
    assert (await scene.row(contacts))["status"] == status
    await scene.database.run(unblock(ada.id, NOW))
    assert (await scene.row(contacts))["status"] == status


async def test_a_status_that_is_set(scene: Scene) -> None:
    """The owner may set each status; a ban keeps what was before, and another status ends it."""
    ada = await scene.contact()
    for status in (ContactStatus.INACTIVE, ContactStatus.BLOCKED, ContactStatus.INVALID, ContactStatus.ACTIVE):
        await scene.database.run(set_status(ada.id, status, NOW))
        row = await scene.row(contacts)
        before = "inactive" if status is ContactStatus.BLOCKED else None
        assert (row["status"], row["status_before"]) == (status, before)


async def test_only_those_who_are_known(scene: Scene) -> None:
    """Strangers and the deleted are left out, however many are asked for."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.change(contacts, bo.id, deleted_at=NOW)
    strangers = [f"+1555011{n:04}" for n in range(300)]
    assert await scene.database.run(find_contacts(WORKSPACE.id, [*strangers, BO, ADA])) == {ADA: ada.id}
    assert await scene.database.run(find_contacts(b"v" * 16, [ADA])) == {}


async def test_where_a_person_wrote_last(scene: Scene) -> None:
    """Of two conversations it is the newer one; one without a message of theirs comes last; strangers are left out."""
    wanted = ("twilio", Transport.WHATSAPP, "+15550109998", 1.0)
    await scene.database.run(save_channels([wanted], WORKSPACE.id, NOW))
    other = next(one for one in await scene.database.run(all_channels()) if one.id != scene.channel.id)
    ada, bo, cy = [await scene.contact(address) for address in (ADA, BO, CY)]
    await scene.apply(
        scene.turn(ada),
        scene.turn(ada, channel=other, now_at=NOW + MINUTE, address="whatsapp:" + ADA),
        scene.turn(bo, message=None, channel=other),
        scene.turn(bo),
    )
    assert await scene.database.run(ways([ada.id, bo.id, cy.id])) == {
        ada.id: Way(other.id, "whatsapp:" + ADA, NOW + MINUTE),
        bo.id: Way(scene.channel.id, BO, NOW),
    }
    assert len(await scene.rows(conversations)) == 4


async def test_languages(scene: Scene) -> None:
    """Only of those who chose one."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.apply(scene.turn(ada, SetLanguage("es")))
    assert await scene.database.run(languages([ada.id, bo.id])) == {ada.id: "es"}


async def test_a_contact_gets_its_number_once(scene: Scene) -> None:
    """Numbers are taken when they are first asked for, and stay."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    asked = [await scene.database.run(number_of(WORKSPACE.id, one.id)) for one in (bo, ada, bo, ada)]
    assert asked == [1, 2, 1, 2]
