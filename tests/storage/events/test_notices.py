"""Notices: a campaign to exactly those who are on the list when something changes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from flows.effects import Register, Withdraw
from flows.values import ContactStatus, RegistrationStatus
from storage.campaigns.rows import Campaign, due_campaigns
from storage.events.notices import add_notice, on_list
from storage.keys import new_key
from storage.schema import contacts, recipients
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene

COMES, WAITS = RegistrationStatus.REGISTERED, RegistrationStatus.WAITING
DEE, EVE = "+15550100004", "+15550100005"


def notice(scene: Scene) -> Campaign:
    """Make a notice that is due."""
    return Campaign(
        id=new_key(),
        workspace_id=WORKSPACE.id,
        number=1,
        text="Gala is off",
        texts={"en": "Gala is off", "es": "Gala se cancela"},
        audience="event 1",
        channel_id=scene.channel.id,
        status="scheduled",
        time_zone="UTC",
        due_at=NOW,
        expanded_at=NOW,
        created_at=NOW,
    )


async def test_the_list_at_that_moment(scene: Scene) -> None:
    """Who comes and who waits; not who left, is banned, deleted or on another list."""
    gala, fair = await scene.event(), await scene.event("Fair")
    people = {one: await scene.contact(one) for one in (ADA, BO, CY, DEE, EVE)}
    for address, status in ((ADA, COMES), (BO, WAITS), (CY, COMES), (DEE, COMES)):
        await scene.apply(scene.turn(people[address], Register(gala, status)))
    await scene.apply(scene.turn(people[EVE], Register(fair, COMES)))
    await scene.apply(scene.turn(people[CY], Withdraw(gala, held_seat=True)))
    await scene.change(contacts, people[DEE].id, status=ContactStatus.BLOCKED.value)
    made = notice(scene)
    await scene.database.run(add_notice(made, gala))
    taken = await scene.rows(recipients)
    assert [(row["address"], row["status"], row["due_at"]) for row in taken] == [
        (ADA, "pending", NOW),
        (BO, "pending", NOW),
    ]
    async with scene.database.read() as connection:
        found = await connection.execute(select(contacts.c.address).where(on_list(gala)))
        assert sorted(row[0] for row in found) == [ADA, BO]


async def test_its_texts_come_back(scene: Scene) -> None:
    """In each language, whatever the engine keeps JSON as; another campaign has none."""
    made = notice(scene)
    await scene.database.run(add_notice(made, await scene.event()))
    assert await scene.database.run(due_campaigns(NOW)) == (made,)
    other = replace(made, id=new_key(), number=2, texts=None)
    await scene.database.run(add_notice(other, await scene.event()))
    assert [one.texts for one in await scene.database.run(due_campaigns(NOW))] == [made.texts, None]
