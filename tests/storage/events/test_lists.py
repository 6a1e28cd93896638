"""Who is on an event's list, and one person more or less."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.effects import Register
from flows.errors import Conflict
from flows.values import Event, RegistrationStatus
from storage.catalogue import load_catalogue
from storage.events.lists import (
    Counts,
    Listed,
    begin_conversation,
    count_list,
    count_moving_up,
    named_on_list,
    people_on_list,
    place_on_list,
    put_on_list,
    take_off_list,
)
from storage.people import ensure_contacts, find_by_name
from storage.schema import contacts, conversations, events, opt_outs, registrations
from storage.timers import due_now
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene

COMES, WAITS, GONE = RegistrationStatus.REGISTERED, RegistrationStatus.WAITING, RegistrationStatus.WITHDRAWN


async def event_of(scene: Scene, **fields: Any) -> Event:
    """Save an event and read it."""
    key = await scene.event(**fields)
    return (await scene.database.run(load_catalogue(WORKSPACE.id))).events[key]


async def put(scene: Scene, event: Event, address: str = ADA, name: str | None = None) -> RegistrationStatus:
    """Put somebody who never wrote on the list."""
    found = await scene.database.run(ensure_contacts(WORKSPACE.id, {address: name}, NOW))
    return await scene.database.run(put_on_list(event, found[address], name, NOW))


async def test_the_last_seat_and_the_waiting_list(scene: Scene) -> None:
    """Who is added gets a seat while there is one and nobody waits; the counts and the list say so."""
    gala = await event_of(scene, capacity=1)
    assert [await put(scene, gala, one, name) for one, name in ((ADA, "Ada"), (BO, None))] == [COMES, WAITS]
    assert await scene.database.run(count_list(gala.id)) == Counts(1, 1)
    assert Counts(1, 1).total == 2
    ada, bo = await scene.contact(), await scene.contact(BO)
    assert await scene.database.run(people_on_list(gala.id)) == (
        Listed(ada.id, ADA, "Ada", None, is_waiting=False),
        Listed(bo.id, BO, None, None, is_waiting=True),
    )
    await scene.change(events, gala.id, capacity=5)
    assert await put(scene, gala, CY) is WAITS  # not before those who wait
    places = [await scene.database.run(place_on_list(gala.id, one.id)) for one in (ada, bo)]
    assert places == [COMES, WAITS]


async def test_nobody_is_added_twice(scene: Scene) -> None:
    """The second of the same commands is a conflict and takes no seat; who comes back has the old name."""
    fair = await event_of(scene)
    await put(scene, fair, ADA, "Ada")
    with pytest.raises(Conflict):
        await put(scene, fair)
    assert await scene.database.run(count_list(fair.id)) == Counts(1, 0)
    ada = await scene.contact()
    await scene.database.run(take_off_list(fair.id, ada.id, COMES, NOW))
    with pytest.raises(Conflict):
        await scene.database.run(take_off_list(fair.id, ada.id, COMES, NOW))
    assert await scene.database.run(count_list(fair.id)) == Counts(0, 0)
    assert await scene.database.run(place_on_list(fair.id, ada.id)) is GONE
    assert await put(scene, fair) is COMES
    assert (await scene.row(registrations))["name"] == "Ada"


async def test_who_waits_gives_no_seat_back(scene: Scene) -> None:
    """And an event that was called off gives none."""
    gala = await event_of(scene, capacity=1)
    await put(scene, gala)
    await put(scene, gala, BO)
    bo = await scene.contact(BO)
    await scene.database.run(take_off_list(gala.id, bo.id, WAITS, NOW))
    assert await scene.database.run(count_list(gala.id)) == Counts(1, 0)
    await scene.change(events, gala.id, is_active=False, capacity=9)
    assert await put(scene, gala, CY) is WAITS


async def test_an_event_that_is_gone(scene: Scene) -> None:
    """Nobody is on its list."""
    assert await scene.database.run(count_list(b"x" * 16)) == Counts(0, 0)


async def test_who_moves_up(scene: Scene) -> None:
    """Those who may be written to: the others keep their place and are passed over."""
    gala = await event_of(scene, capacity=1)
    for address in (ADA, BO, CY):
        await put(scene, gala, address)
    assert await scene.database.run(count_moving_up(gala.id, NOW)) == 2
    stop = {"workspace_id": WORKSPACE.id, "address": BO, "scope": "all", "source": "keyword", "opted_out_at": NOW}
    await scene.insert(opt_outs, **stop)
    assert await scene.database.run(count_moving_up(gala.id, NOW)) == 1


async def test_people_by_name(scene: Scene) -> None:
    """On the list by a whole name or its first word, whatever the case; elsewhere by the whole name."""
    fair = await event_of(scene)
    await put(scene, fair, ADA, "Ada Lind")
    await put(scene, fair, BO, "Adam Berg")
    ada = await scene.contact()
    for name in ("ada", "Ada Lind", "ADA LIND"):
        assert await scene.database.run(named_on_list(fair.id, name)) == (ada.id,)
    assert await scene.database.run(named_on_list(fair.id, "Berg")) == ()
    for name in ("Ada Lind", "ada lind"):
        assert [one.id for one in await scene.database.run(find_by_name(WORKSPACE.id, name))] == [ada.id]
    assert await scene.database.run(find_by_name(WORKSPACE.id, "Ada")) == ()
    await scene.change(contacts, ada.id, deleted_at=NOW)
    assert await scene.database.run(find_by_name(WORKSPACE.id, "Ada Lind")) == ()


async def test_somebody_who_never_wrote_is_reminded(scene: Scene) -> None:
    """An operator put them on the list: the channel by which they were told is the way, until they write elsewhere."""
    minutes = 60
    starts_at = NOW + 10 * 3_600_000_000
    gala = await event_of(scene, starts_at=starts_at)
    await put(scene, gala, ADA)
    ada = await scene.contact()
    near_at = starts_at - minutes * 60_000_000
    assert await scene.database.run(due_now(near_at, (minutes,))) == ()
    for _ in range(2):
        await scene.database.run(begin_conversation(WORKSPACE.id, ada.id, scene.channel.id, ADA))
    assert len(await scene.rows(conversations)) == 1
    (due,) = await scene.database.run(due_now(near_at, (minutes,)))
    assert (due.channel_id, due.person, due.address) == (scene.channel.id, ADA, ADA)


async def test_a_registration_by_the_person(scene: Scene) -> None:
    """It stands on the same list."""
    fair = await event_of(scene)
    bo = await scene.contact(BO)
    await scene.apply(scene.turn(replace(bo), Register(fair.id, COMES)))
    assert await scene.database.run(place_on_list(fair.id, bo.id)) is COMES
