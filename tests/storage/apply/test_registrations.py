"""Registrations: who comes, who waits, and never more than there are seats."""

from __future__ import annotations

import asyncio

import pytest

from flows.effects import JoinCommunity, LeaveCommunity, Register, Withdraw
from flows.errors import Conflict
from flows.values import MINUTE, RegistrationStatus
from storage.database import open_database
from storage.schema import events, group_members, messages, registrations
from tests.storage.scene import BO, CY, NOW, Scene

COMES, WAITS, GONE = RegistrationStatus.REGISTERED, RegistrationStatus.WAITING, RegistrationStatus.WITHDRAWN


async def seats(scene: Scene) -> int:
    """Count the seats that are taken, as the event has it."""
    return int((await scene.row(events))["registered_count"])


async def test_a_seat_is_taken(scene: Scene) -> None:
    """The row says who, how and since when, and the event counts the seat."""
    gala = await scene.event(capacity=2)
    ada = await scene.contact()
    await scene.apply(scene.turn(ada, Register(gala, COMES, "Ada L.")))
    assert (
        dict(await scene.row(registrations)).items()
        >= {
            "event_id": gala,
            "contact_id": ada.id,
            "status": "registered",
            "name": "Ada L.",
            "since_at": NOW,
            "created_at": NOW,
        }.items()
    )
    assert await seats(scene) == 1
    assert (await scene.contact()).registrations == {gala: COMES}


async def test_waiting_takes_no_seat(scene: Scene) -> None:
    """Who waits is on the list without a seat, and gives none back."""
    gala = await scene.event(capacity=2)
    await scene.apply(scene.turn(await scene.contact(), Register(gala, WAITS)))
    assert await seats(scene) == 0
    await scene.apply(scene.turn(await scene.contact(), Withdraw(gala, held_seat=False)))
    assert await seats(scene) == 0
    assert (await scene.contact()).registrations == {gala: GONE}


async def test_a_seat_is_given_back_and_taken_again(scene: Scene) -> None:
    """A name once given stays known, the beginning stays, and the order of the waiting list is that of the status."""
    gala = await scene.event(capacity=1)
    await scene.apply(scene.turn(await scene.contact(), Register(gala, COMES, "Ada L.")))
    await scene.apply(scene.turn(await scene.contact(), Withdraw(gala, held_seat=True), now_at=NOW + MINUTE))
    assert await seats(scene) == 0
    await scene.apply(scene.turn(await scene.contact(), Register(gala, COMES), now_at=NOW + 2 * MINUTE))
    row = await scene.row(registrations)
    assert (row["name"], row["created_at"], row["since_at"]) == ("Ada L.", NOW, NOW + 2 * MINUTE)
    assert await seats(scene) == 1


async def test_changes_of_mind_in_one_batch(scene: Scene) -> None:
    """The last word of each counts, and the seats are added up."""
    gala = await scene.event(capacity=1)
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.apply(
        scene.turn(ada, Register(gala, COMES)),
        scene.turn(ada, Withdraw(gala, held_seat=True)),
        scene.turn(bo, Register(gala, COMES)),
    )
    assert await seats(scene) == 1
    assert (await scene.contact()).registrations == {gala: GONE}
    assert (await scene.contact(BO)).registrations == {gala: COMES}


async def test_an_event_without_a_bound(scene: Scene) -> None:
    """Everyone comes, and is counted all the same."""
    fair = await scene.event()
    people = [await scene.contact(address) for address in ("+15550100001", BO, CY)]
    await scene.apply(*(scene.turn(one, Register(fair, COMES)) for one in people))
    assert await seats(scene) == 3


async def test_the_last_seat_is_taken_by_another_node(scene: Scene) -> None:
    """A batch that counted on a seat which is gone is a conflict, and leaves nothing at all."""
    gala = await scene.event(capacity=1)
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.apply(scene.turn(ada, Register(gala, COMES)))
    with pytest.raises(Conflict):
        await scene.apply(scene.turn(bo, Register(gala, COMES)))
    assert await seats(scene) == 1
    assert len(await scene.rows(messages)) == 1
    assert (await scene.contact(BO)).registrations == {}


async def test_two_nodes_want_the_last_seat_at_once(scene: Scene, migrated_url: str) -> None:
    """Exactly one gets it, the other one has to look again."""
    gala = await scene.event(capacity=1)
    ada, bo = await scene.contact(), await scene.contact(BO)
    second = await open_database(migrated_url)
    here, there = Scene(scene.database, scene.channel), Scene(second, scene.channel)
    batches = (here.apply(here.turn(ada, Register(gala, COMES))), there.apply(there.turn(bo, Register(gala, COMES))))
    results = await asyncio.gather(*batches, return_exceptions=True)
    await second.close()
    assert sorted(map(type, results), key=str) == sorted((type(None), Conflict), key=str)
    assert await seats(scene) == 1
    assert len(await scene.rows(registrations)) == 1


async def test_a_seat_that_is_given_back_always_fits(scene: Scene) -> None:
    """An event that holds more than its bound, which was lowered, still lets people go."""
    gala = await scene.event(capacity=3)
    people = [await scene.contact(address) for address in ("+15550100001", BO, CY)]
    await scene.apply(*(scene.turn(one, Register(gala, COMES)) for one in people))
    await scene.change(events, gala, capacity=1)
    await scene.apply(scene.turn(await scene.contact(), Withdraw(gala, held_seat=True)))
    assert await seats(scene) == 2


async def test_the_community(scene: Scene) -> None:
    """People join once however often they say it, and leave."""
    await scene.apply(scene.turn(await scene.contact(), JoinCommunity()), scene.turn(await scene.contact(BO)))
    await scene.apply(scene.turn(await scene.contact(), JoinCommunity(), now_at=NOW + MINUTE))
    row = await scene.row(group_members)
    assert row["added_at"] == NOW
    assert (await scene.contact()).in_community
    assert not (await scene.contact(BO)).in_community
    await scene.apply(scene.turn(await scene.contact(), LeaveCommunity()))
    assert not (await scene.contact()).in_community


async def test_the_last_word_about_the_community(scene: Scene) -> None:
    """Joining and leaving in one batch happen in the order in which they came."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.apply(
        scene.turn(ada, JoinCommunity()),
        scene.turn(bo, LeaveCommunity()),
        scene.turn(ada, LeaveCommunity()),
        scene.turn(bo, JoinCommunity()),
    )
    assert not (await scene.contact()).in_community
    assert (await scene.contact(BO)).in_community
