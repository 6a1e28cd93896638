"""What is due without a message having come."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.effects import Register
from flows.values import (
    DAY,
    HOUR,
    MINUTE,
    Contact,
    EventNear,
    ExpiryDue,
    Key,
    RegistrationStatus,
    ReminderDue,
    SeatFree,
    Session,
    Transport,
)
from storage.channels import all_channels, save_channels
from storage.schema import contacts, events, opt_outs, registrations
from storage.timers import Due, due_now
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene

COMES, WAITS = RegistrationStatus.REGISTERED, RegistrationStatus.WAITING
SESSION = Session(id=b"s" * 16, flow="survey", state="asking", started_at=NOW)
ROUTE = "whatsapp:" + ADA


async def due(scene: Scene, now_at: int = NOW, minutes: tuple[int, ...] = ()) -> tuple[Due, ...]:
    """Read what is due."""
    return await scene.database.run(due_now(now_at, minutes))


async def people_due(scene: Scene, now_at: int = NOW, minutes: tuple[int, ...] = ()) -> list[str]:
    """Name the people for whom something is due."""
    return [one.person for one in await due(scene, now_at, minutes)]


async def open_session(scene: Scene, **changes: Any) -> None:
    """Give Ada an open session, and a conversation."""
    await scene.apply(scene.turn(await scene.contact(), session=replace(SESSION, **changes), address=ROUTE))


async def place(
    scene: Scene, event_id: Key, address: str = ADA, status: RegistrationStatus = WAITS, now_at: int = NOW
) -> Contact:
    """Put a person who wrote on an event's list."""
    contact = await scene.contact(address)
    await scene.apply(scene.turn(contact, Register(event_id, status), now_at=now_at))
    return contact


async def test_nothing(scene: Scene) -> None:
    """Where nobody waits nothing is due."""
    assert await due(scene) == ()


async def test_a_reminder(scene: Scene) -> None:
    """It comes at its time, with the way to the person."""
    await open_session(scene, remind_at=NOW + HOUR)
    assert await due(scene, NOW + HOUR - 1) == ()
    assert await due(scene, NOW + HOUR) == (Due(ReminderDue(SESSION.id), scene.channel.id, ADA, ROUTE),)


async def test_an_expiry(scene: Scene) -> None:
    """It comes at its time; a reminder that is due by then is not worth saying."""
    await open_session(scene, remind_at=NOW + HOUR, expires_at=NOW + DAY)
    assert await due(scene, NOW + DAY - 1) == (Due(ReminderDue(SESSION.id), scene.channel.id, ADA, ROUTE),)
    assert await due(scene, NOW + DAY) == (Due(ExpiryDue(SESSION.id), scene.channel.id, ADA, ROUTE),)


async def test_a_session_that_ended(scene: Scene) -> None:
    """Nothing is due any more."""
    await open_session(scene, remind_at=NOW, expires_at=NOW)
    await scene.apply(scene.turn(await scene.contact()))
    assert await due(scene, NOW + DAY) == ()


async def test_the_longest_waiting_first(scene: Scene) -> None:
    """What was due first comes first."""
    for place_of, address in enumerate((ADA, BO, CY)):
        session = replace(SESSION, id=bytes([place_of]) * 16, remind_at=NOW - place_of)
        await scene.apply(scene.turn(await scene.contact(address), session=session))
    assert await people_due(scene) == [CY, BO, ADA]


async def test_a_free_seat(scene: Scene) -> None:
    """The first on the list is offered the seat, as long as there is one."""
    gala = await scene.event(capacity=1)
    await place(scene, gala, BO)
    await place(scene, gala, ADA, now_at=NOW + 1)
    assert await due(scene) == (Due(SeatFree(gala), scene.channel.id, BO, BO),)
    await scene.change(events, gala, registered_count=1)
    assert await due(scene) == ()


async def test_a_bound_that_was_lifted(scene: Scene) -> None:
    """An event without a bound has a seat for everyone who still waits."""
    gala = await scene.event()
    await place(scene, gala)
    assert await people_due(scene) == [ADA]


async def test_each_event_has_its_list(scene: Scene) -> None:
    """Seats of two events are offered at once, the longest waiting first."""
    gala, fair = await scene.event(), await scene.event("Fair")
    await place(scene, gala, ADA, now_at=NOW + 1)
    await place(scene, fair, BO)
    assert [one.occurrence for one in await due(scene)] == [SeatFree(fair), SeatFree(gala)]


@pytest.mark.parametrize("fields", [{"is_active": False}, {"starts_at": NOW}])
async def test_an_event_that_is_over_or_off(fields: dict[str, object], scene: Scene) -> None:
    """Nobody is offered a seat of an event that has begun or was called off."""
    gala = await scene.event()
    await place(scene, gala)
    await scene.change(events, gala, **fields)
    assert await due(scene) == ()


@pytest.mark.parametrize("fields", [{"status": "blocked"}, {"deleted_at": NOW}, {"silent_until_at": NOW + 1}])
async def test_people_who_cannot_be_told(fields: dict[str, object], scene: Scene) -> None:
    """Who may not be written to keeps the place and is passed over."""
    gala = await scene.event()
    ada = await place(scene, gala)
    await place(scene, gala, BO, now_at=NOW + 1)
    await scene.change(contacts, ada.id, **fields)
    assert await people_due(scene) == [BO]


async def test_inactive_people_keep_their_turn(scene: Scene) -> None:
    """Who is left out of campaigns is still offered the seat that they asked for."""
    gala = await scene.event()
    ada = await place(scene, gala)
    await scene.change(contacts, ada.id, status="inactive")
    assert await people_due(scene) == [ADA]


async def test_people_who_opted_out(scene: Scene) -> None:
    """An opt-out passes a person over, one of another event does not."""
    gala = await scene.event()
    await place(scene, gala)
    await place(scene, gala, BO, now_at=NOW + 1)
    values = {"workspace_id": WORKSPACE.id, "address": ADA, "source": "keyword", "opted_out_at": NOW}
    await scene.insert(opt_outs, **values, scope="event:7")
    assert await people_due(scene) == [ADA]
    await scene.insert(opt_outs, **values, scope="all")
    assert await people_due(scene) == [BO]


async def test_the_silence_of_a_conversation_ends(scene: Scene) -> None:
    """A person whom somebody else talked with until now is offered the seat again."""
    ada = await place(scene, await scene.event())
    await scene.change(contacts, ada.id, silent_until_at=NOW)
    assert await people_due(scene) == [ADA]


async def test_the_answer_goes_where_the_person_wrote_last(scene: Scene) -> None:
    """Of two conversations it is the one with the newest message."""
    wanted = ("twilio", Transport.WHATSAPP, "+15550109998", 1.0)
    await scene.database.run(save_channels([wanted], WORKSPACE.id, NOW))
    other = next(one for one in await scene.database.run(all_channels()) if one.id != scene.channel.id)
    gala = await scene.event()
    ada = await place(scene, gala)
    await scene.apply(scene.turn(ada, channel=other, now_at=NOW + 1, address=ROUTE))
    assert await due(scene) == (Due(SeatFree(gala), other.id, ADA, ROUTE),)


async def test_an_event_that_is_near(scene: Scene) -> None:
    """Who is registered is reminded once per time before the event, of the latest that has come, until it begins."""
    gala = await scene.event(starts_at=NOW + 10 * DAY)
    ada = await place(scene, gala, status=COMES)
    begins, times = NOW + 10 * DAY, (1440, 60)
    assert await due(scene, begins - DAY - 1, times) == ()
    assert [one.occurrence for one in await due(scene, begins - DAY, times)] == [EventNear(gala, 1440)]
    assert [one.occurrence for one in await due(scene, begins - HOUR, times)] == [EventNear(gala, 60)]
    assert await due(scene, begins, times) == ()
    async with scene.database.engine.begin() as connection:
        await connection.execute(
            registrations.update().where(registrations.c.contact_id == ada.id).values(reminded_minutes=1440)
        )
    assert await due(scene, begins - DAY, times) == ()
    assert await people_due(scene, begins - HOUR, times) == [ADA]


async def test_who_may_not_be_written_to_is_not_reminded_of_a_survey(scene: Scene) -> None:
    """A reminder of somebody who opted out waits, and crowds nobody out."""
    await open_session(scene, remind_at=NOW)
    ada = await scene.contact()
    stop = {"address": ada.address, "scope": "all", "source": "keyword", "opted_out_at": 1}
    await scene.insert(opt_outs, workspace_id=WORKSPACE.id, **stop)
    assert await scene.database.run(due_now(NOW)) == ()


async def test_who_is_not_reminded(scene: Scene) -> None:
    """Who waits, who registered after the time, and everybody where no time is set."""
    gala = await scene.event(starts_at=NOW + 2 * HOUR, capacity=1)
    await scene.change(events, gala, registered_count=1)
    await place(scene, gala, ADA, WAITS, NOW - DAY)
    await place(scene, gala, BO, WAITS, NOW - DAY)
    async with scene.database.engine.begin() as connection:
        bo = (await scene.contact(BO)).id
        changed = registrations.update().where(registrations.c.contact_id == bo)
        await connection.execute(changed.values(status="registered", since_at=NOW - MINUTE))
    assert await due(scene, NOW, ()) == ()
    assert await due(scene, NOW, (180,)) == ()
    assert await people_due(scene, NOW + HOUR, (60,)) == [BO]
