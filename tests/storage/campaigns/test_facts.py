"""What a campaign knows about each contact."""

from __future__ import annotations

from sqlalchemy import true

from flows.effects import OptOut
from flows.values import MINUTE, Key, Transport
from storage.campaigns.facts import Facts, facts_of, facts_page
from storage.channels import all_channels, save_channels
from storage.keys import new_key
from storage.people import ways
from storage.schema import contacts, conversations, records, suppressions
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene

EVERYBODY = true()


async def page(scene: Scene, after: Key | None = None, limit: int = 10) -> list[Facts]:
    """Read a page of everybody."""
    async with scene.database.read() as connection:
        return await facts_page(connection, WORKSPACE.id, EVERYBODY, after, limit)


async def of(scene: Scene, *contact_ids: Key) -> list[Facts]:
    """Read some."""
    async with scene.database.read() as connection:
        return await facts_of(connection, WORKSPACE.id, contact_ids)


async def test_a_stranger(scene: Scene) -> None:
    """A contact that never wrote has no way, no fields and no records."""
    ada = await scene.contact()
    assert await of(scene, ada.id) == [Facts(ada.id, ADA, ADA, None, None, None, "active")]


async def test_everything_that_is_known(scene: Scene) -> None:
    """Name, zone, fields, both kinds of opt-outs, dead numbers, the last way and the records by kind, oldest first."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.apply(scene.turn(ada, OptOut("keyword", "STOP"), OptOut("keyword", "no", "event:12")), scene.turn(bo))
    fields = {"city": "Riga", "age": 42}
    await scene.change(contacts, ada.id, name="Ada", language="es", time_zone="Europe/Riga", fields=fields)
    for provider in ("twilio", "meta"):
        values = {"workspace_id": WORKSPACE.id, "address": ADA, "provider": provider, "category": "hard_fail"}
        await scene.insert(suppressions, **values, created_at=NOW, updated_at=NOW)
    for kind, make in (("vehicle", "Toyota"), ("trade", "roofing"), ("vehicle", "Kia")):
        keys = {"id": new_key(), "workspace_id": WORKSPACE.id, "contact_id": ada.id}
        await scene.insert(records, **keys, kind=kind, fields={"make": make}, created_at=NOW, updated_at=NOW)
    (found, other) = await of(scene, bo.id, ada.id)
    assert found == Facts(
        id=ada.id,
        address=ADA,
        phone=ADA,
        name="Ada",
        language="es",
        time_zone="Europe/Riga",
        status="active",
        fields=fields,
        opted_out=frozenset({"all", "event:12"}),
        suppressed=frozenset({"twilio", "meta"}),
        channel_id=scene.channel.id,
        channel_address=ADA,
        last_inbound_at=NOW,
        records={"vehicle": [{"make": "Toyota"}, {"make": "Kia"}], "trade": [{"make": "roofing"}]},
    )
    assert (other.opted_out, other.suppressed, other.records, other.channel_address) == (
        frozenset(),
        frozenset(),
        {},
        BO,
    )


async def test_pages_in_the_order_of_the_keys(scene: Scene) -> None:
    """Page after page everybody comes once; after the last one there is nobody; other workspaces are not ours."""
    people = [await scene.contact(address) for address in (ADA, BO, CY)]
    keys = sorted(one.id for one in people)
    assert [one.id for one in await page(scene, limit=2)] == keys[:2]
    assert [one.id for one in await page(scene, after=keys[1], limit=2)] == keys[2:]
    assert await page(scene, after=keys[2]) == []
    async with scene.database.read() as connection:
        assert await facts_page(connection, b"v" * 16, EVERYBODY, None, 10) == []


async def test_the_way_to_a_person(scene: Scene) -> None:
    """It is where they wrote last, on a channel that still is there."""
    wanted = ("twilio", Transport.WHATSAPP, "+15550109998", 1.0)
    await scene.database.run(save_channels([wanted], WORKSPACE.id, NOW))
    other = next(one for one in await scene.database.run(all_channels()) if one.id != scene.channel.id)
    ada = await scene.contact()
    await scene.apply(scene.turn(ada), scene.turn(ada, channel=other, now_at=NOW + MINUTE, address="whatsapp:" + ADA))
    (found,) = await of(scene, ada.id)
    assert (found.channel_id, found.channel_address, found.last_inbound_at) == (
        other.id,
        "whatsapp:" + ADA,
        NOW + MINUTE,
    )
    assert len(await scene.rows(conversations)) == 2


async def test_one_person_twice(scene: Scene) -> None:
    """Who is there by phone and, from another app, by a user id with that phone, is one person: the phone counts."""
    ada, other, cy = [await scene.contact(address) for address in (ADA, "US.1234567890", CY)]
    await scene.change(contacts, other.id, phone=ADA)
    await scene.change(contacts, cy.id, phone="+15550100077")
    doubled = {one.id: one.is_duplicate for one in await page(scene)}
    assert doubled == {ada.id: False, other.id: True, cy.id: False}
    await scene.change(contacts, ada.id, deleted_at=NOW)
    async with scene.database.read() as connection:
        left = await facts_page(connection, WORKSPACE.id, contacts.c.deleted_at.is_(None), None, 10)
    assert {one.id: one.is_duplicate for one in left} == {other.id: False, cy.id: False}


async def test_an_opt_out_of_the_phone_is_one_of_the_person(scene: Scene) -> None:
    """Who stopped by SMS gets nothing under the user id of another app with that phone, and nothing is claimed."""
    ada, other = await scene.contact(), await scene.contact("US.1234567890")
    await scene.apply(scene.turn(ada, OptOut("keyword", "STOP")))
    await scene.change(contacts, other.id, phone=ADA)
    (found,) = await of(scene, other.id)
    assert found.opted_out == {"all"}
    await scene.queue(other)
    assert await scene.claimed_ids() == []


async def test_the_simulator_and_everything_else(scene: Scene) -> None:
    """On each side the last way is the last one there; who wrote only on the other is elsewhere."""
    wanted = ("simulator", Transport.SIMULATOR, "+15550109997", 1.0)
    await scene.database.run(save_channels([wanted], WORKSPACE.id, NOW))
    simulated = next(one for one in await scene.database.run(all_channels()) if one.is_simulated)
    ada, bo, cy = [await scene.contact(address) for address in (ADA, BO, CY)]
    await scene.apply(
        scene.turn(ada), scene.turn(ada, channel=simulated, now_at=NOW + MINUTE), scene.turn(bo, channel=simulated)
    )
    assert [(one.channel_id, one.is_elsewhere) for one in await of(scene, ada.id, bo.id, cy.id)] == [
        (scene.channel.id, False),
        (None, True),
        (None, False),
    ]
    async with scene.database.read() as connection:
        found = await facts_page(connection, WORKSPACE.id, EVERYBODY, None, 10, simulated=True)
    assert [(one.channel_id, one.is_elsewhere) for one in found] == [
        (simulated.id, False),
        (simulated.id, False),
        (None, False),
    ]
    assert set(await scene.database.run(ways([ada.id, bo.id, cy.id]))) == {ada.id}
    assert set(await scene.database.run(ways([ada.id, bo.id, cy.id], simulated=True))) == {ada.id, bo.id}
