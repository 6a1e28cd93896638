"""Events that change: once, on however many nodes, and never under somebody who is registering."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from flows.effects import Register
from flows.errors import Conflict, FlowDefinitionError
from flows.registration.definition import EventDefinition
from flows.turn import Catalogue
from flows.values import HOUR, Event, RegistrationStatus
from storage.catalogue import load_catalogue, open_event, save_event
from storage.database import open_database
from storage.events.rows import begin_reminders_at, change_event, delete_event, hold_event
from storage.plan import Plan
from storage.schema import events, keywords, registrations
from tests.storage.scene import BO, NOW, WORKSPACE, Scene

COMES, WAITS = RegistrationStatus.REGISTERED, RegistrationStatus.WAITING


async def catalogue(scene: Scene) -> Catalogue:
    """Read what is offered."""
    return await scene.database.run(load_catalogue(WORKSPACE.id))


async def gala_of(scene: Scene, **fields: Any) -> Event:
    """Save an event, and read it as a turn sees it."""
    key = await scene.event(**fields)
    return (await catalogue(scene)).events[key]


async def change(scene: Scene, was: Event, now_at: int = NOW, **fields: Any) -> Event:
    """Change an event; return it as it is read again."""
    await scene.database.run(change_event(WORKSPACE.id, was, replace(was, **fields), now_at))
    return (await catalogue(scene)).events[was.id]


async def test_what_is_said_of_an_event_changes(scene: Scene) -> None:
    """Title, date, place, seats and keywords; every node sees by the version that there is something to read."""
    was = await gala_of(scene, capacity=2)
    fields: dict[str, Any] = {"title": "Ball", "starts_at": NOW + HOUR, "place": "Pier 4", "capacity": 5}
    now = await change(scene, was, **fields, keywords=("BALL", "GALA"))
    assert now == replace(was, **fields, keywords=("BALL", "GALA"))
    assert set((await catalogue(scene)).triggers) == {"ball", "gala"}
    assert now.changed_at is not None
    assert was.changed_at is not None
    assert now.changed_at > was.changed_at  # by a clock that stands still, too


async def test_states(scene: Scene) -> None:
    """Closed and cancelled events are still found by their keyword, for an answer; when that was stays known."""
    was = await gala_of(scene)
    closed = await change(scene, was, is_closed=True)
    assert (closed.is_closed, closed.takes_people, closed.is_active) == (True, False, True)
    moved = await change(scene, closed, NOW + HOUR, place="Pier 4")
    assert (await scene.row(events))["closed_at"] == NOW
    off = await change(scene, moved, is_active=False, is_cancelled=True)
    assert (off.is_cancelled, off.takes_people) == (True, False)
    assert set((await catalogue(scene)).triggers) == {"gala"}
    again = await change(scene, off, is_active=True, is_cancelled=False, is_closed=False)
    assert (again.is_cancelled, again.is_closed, again.takes_people) == (False, False, True)


async def test_a_definition_that_is_imported_again_reinstates(scene: Scene) -> None:
    """An event that its author offers again is not cancelled any more."""
    off = await change(scene, await gala_of(scene), is_active=False, is_cancelled=True)
    await scene.database.run(save_event(WORKSPACE.id, EventDefinition("Gala", ("GALA",)), NOW))
    assert not (await catalogue(scene)).events[off.id].is_cancelled


async def test_the_second_of_two_changes_looks_again(scene: Scene) -> None:
    """The same command twice, or two nodes at once: what was read before is refused."""
    was = await gala_of(scene)
    await change(scene, was, is_closed=True)
    with pytest.raises(Conflict):
        await change(scene, was, place="Pier 4")
    with pytest.raises(Conflict):
        await scene.database.run(hold_event(was))
    with pytest.raises(Conflict):
        await change(scene, replace(was, id=b"x" * 16), place="Pier 4")


async def test_seats_are_never_fewer_than_people(scene: Scene) -> None:
    """Somebody who registered meanwhile counts."""
    was = await gala_of(scene, capacity=3)
    for address in ("+15550100001", BO):
        await scene.apply(scene.turn(await scene.contact(address), Register(was.id, COMES)))
    with pytest.raises(Conflict):
        await change(scene, was, capacity=1)
    assert (await change(scene, was, capacity=2)).capacity == 2


async def test_a_keyword_is_taken(scene: Scene) -> None:
    """The word of another event is refused, and nothing is changed."""
    was = await gala_of(scene)
    await scene.event("Fair")
    with pytest.raises(FlowDefinitionError, match="'FAIR' starts another event already"):
        await change(scene, was, title="Ball", keywords=("FAIR", "GALA"))
    assert (await catalogue(scene)).events[was.id].title == "Gala"


@pytest.mark.parametrize("status", [COMES, WAITS])
async def test_who_registers_for_what_has_changed_looks_again(scene: Scene, status: RegistrationStatus) -> None:
    """A person who was told the old date, or got into an event that was cancelled at that moment, is a conflict."""
    was = await gala_of(scene)
    ada = await scene.contact()
    await change(scene, was, starts_at=NOW + HOUR)
    with pytest.raises(Conflict):
        await scene.apply(scene.turn(ada, Register(was.id, status, seen_at=was.changed_at)))
    assert await scene.rows(registrations) == []
    now = (await catalogue(scene)).events[was.id]
    await scene.apply(scene.turn(ada, Register(was.id, status, seen_at=now.changed_at)))
    assert [row["status"] for row in await scene.rows(registrations)] == [status.value]


async def test_a_change_and_a_registration_at_once(scene: Scene, migrated_url: str) -> None:
    """On two nodes whoever is second sees the other's work, so that nobody registers unseen by the change."""
    was = await gala_of(scene)
    ada = await scene.contact()
    second = await open_database(migrated_url)
    cancel = change_event(WORKSPACE.id, was, replace(was, is_active=False, is_cancelled=True), NOW)
    register = scene.apply(scene.turn(ada, Register(was.id, COMES, seen_at=was.changed_at)))
    results = await asyncio.gather(second.run(cancel), register, return_exceptions=True)
    await second.close()
    listed = await scene.rows(registrations)
    assert results[0] is None
    assert (results[1] is None) == (len(listed) == 1)
    assert results[1] is None or isinstance(results[1], Conflict)


async def test_reminders_begin_again(scene: Scene) -> None:
    """For everybody, but for the reminder whose time is over at the new date."""
    was = await gala_of(scene)
    await scene.apply(scene.turn(await scene.contact(), Register(was.id, COMES)))
    for minutes in (60, None):
        await scene.database.run(begin_reminders_at(was.id, minutes))
        assert (await scene.row(registrations))["reminded_minutes"] == minutes


async def test_a_deleted_event_leaves_nothing_and_its_number_is_not_given_again(scene: Scene) -> None:
    """Opt-outs and audiences name events by number: the next one must not inherit them."""
    was = await gala_of(scene)
    await scene.apply(scene.turn(await scene.contact(), Register(was.id, COMES)))

    def plan() -> Plan[None]:
        yield from hold_event(was)
        yield from delete_event(WORKSPACE.id, was)

    await scene.database.run(plan())
    assert [await scene.rows(table) for table in (events, registrations, keywords)] == [[], [], []]
    assert (await catalogue(scene)).events == {}
    assert await scene.database.run(save_event(WORKSPACE.id, EventDefinition("Gala", ("GALA",)), NOW)) == 2


async def test_numbers_go_on_after_those_that_came_from_elsewhere(scene: Scene) -> None:
    """An event that a takeover wrote under number 7 is passed over."""
    gala = await scene.event()
    await scene.change(events, gala, number=7)
    assert await scene.database.run(save_event(WORKSPACE.id, EventDefinition("Fair", ("FAIR",)), NOW)) == 8


async def test_two_nodes_open_the_same_event(scene: Scene, migrated_url: str) -> None:
    """The title is one event's: the second is refused, where it wrote over the first before."""
    second = await open_database(migrated_url)
    plans = [open_event(WORKSPACE.id, EventDefinition("Gala", (word,)), NOW) for word in ("GALA", "BALL")]
    results = await asyncio.gather(scene.database.run(plans[0]), second.run(plans[1]), return_exceptions=True)
    await second.close()
    assert sorted(type(one).__name__ for one in results) == ["FlowDefinitionError", "int"]
    assert len(await scene.rows(events)) == 1
    assert len(await scene.rows(keywords)) == 1
