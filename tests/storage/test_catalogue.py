"""What a workspace offers, and the words that start it."""

from __future__ import annotations

import pytest

from flows.errors import FlowDefinitionError
from flows.registration.definition import EventDefinition
from flows.surveys.definition import Survey, parse_survey
from flows.turn import Catalogue, Target, Trigger
from flows.values import DAY, HOUR, MINUTE, Event
from storage.catalogue import catalogue_version, load_catalogue, save_event, save_survey, with_seats
from storage.schema import events, flow_versions, flows, keywords, registrations
from tests.storage.scene import BO, NOW, OURS, WORKSPACE, Scene

GALA = EventDefinition(
    "Gala", ("GALA", "Fiesta"), NOW + DAY, NOW + DAY + HOUR, "America/New_York", "Harbor Hall", 2, True
)


def pets(*words: str, **fields: object) -> Survey:
    """Make a survey of one question."""
    document = {"name": "Pets", "keywords": list(words) or ["PETS"], "questions": [{"text": "Which?", "type": "text"}]}
    return parse_survey({**document, **fields})


async def catalogue(scene: Scene) -> Catalogue:
    """Read everything."""
    return await scene.database.run(load_catalogue(WORKSPACE.id))


async def save(scene: Scene, definition: Survey | EventDefinition, now_at: int = NOW) -> int:
    """Save a survey or an event; gives its version or its number."""
    if isinstance(definition, Survey):
        return await scene.database.run(save_survey(WORKSPACE.id, definition, now_at))
    return await scene.database.run(save_event(WORKSPACE.id, definition, now_at))


async def version(scene: Scene) -> int:
    """Read the version of the catalogue."""
    return await scene.database.run(catalogue_version(WORKSPACE.id))


async def test_nothing_is_offered(scene: Scene) -> None:
    """A new workspace has an empty catalogue."""
    assert await catalogue(scene) == Catalogue()
    assert await version(scene) == 0


async def test_an_event_comes_back_as_it_was(scene: Scene) -> None:
    """All its fields, and its keywords in their author's order and writing."""
    assert await save(scene, GALA) == 1
    (event,) = (await catalogue(scene)).events.values()
    assert event == Event(
        id=event.id,
        number=1,
        title="Gala",
        keywords=("GALA", "Fiesta"),
        starts_at=NOW + DAY,
        ends_at=NOW + DAY + HOUR,
        time_zone="America/New_York",
        place="Harbor Hall",
        capacity=2,
        ask_name=True,
    )
    found = (await catalogue(scene)).triggers
    assert found == {word: Trigger(Target.EVENT, event.id) for word in ("gala", "fiesta")}


async def test_an_event_is_changed_by_its_title(scene: Scene) -> None:
    """Saving it again changes what is said of it, and keeps the number, the beginning and those who come."""
    await save(scene, GALA)
    gala = (await scene.row(events))["id"]
    await scene.change(events, gala, registered_count=2)
    assert await save(scene, EventDefinition("Gala", ("BALL",), capacity=5), NOW + MINUTE) == 1
    (event,) = (await catalogue(scene)).events.values()
    assert event == Event(gala, 1, "Gala", ("BALL",), capacity=5, registered_count=2)
    assert set((await catalogue(scene)).triggers) == {"ball"}
    row = await scene.row(events)
    assert (row["created_at"], row["updated_at"]) == (NOW, NOW + MINUTE)


async def test_events_are_numbered(scene: Scene) -> None:
    """Each new title gets the next number."""
    titles = ("Gala", "Fair", "Picnic")
    assert [await save(scene, EventDefinition(title, (title,))) for title in titles] == [1, 2, 3]


async def test_a_survey_comes_back_as_it_was(scene: Scene) -> None:
    """The definition survives the way through the database, and its keywords start it."""
    survey = pets("PETS", "my pets", keyword_match="whole")
    assert await save(scene, survey) == 1
    found = await catalogue(scene)
    (loaded,) = found.surveys.values()
    assert (loaded.survey, loaded.version, loaded.is_active, loaded.event_id) == (survey, 1, True, None)
    assert found.triggers == {word: Trigger(Target.SURVEY, loaded.flow_id, True) for word in ("pets", "my pets")}
    assert found.survey(loaded.flow_id, 1) is loaded


async def test_sessions_keep_their_version(scene: Scene) -> None:
    """Saving a survey again makes a new version; the old one is there for those who began with it."""
    await save(scene, pets())
    assert await save(scene, pets("ANIMALS")) == 2
    found = await catalogue(scene)
    (loaded,) = found.surveys.values()
    assert (loaded.version, loaded.survey.keywords) == (2, ("ANIMALS",))
    older = found.survey(loaded.flow_id, 1)
    assert older is not None
    assert (older.version, older.survey.keywords) == (1, ("PETS",))
    assert set(found.triggers) == {"animals"}
    assert len(await scene.rows(flow_versions)) == 2


async def test_what_is_not_active_starts_nothing(scene: Scene) -> None:
    """A survey or an event that is switched off is known and cannot be started."""
    await save(scene, pets(active=False))
    await save(scene, EventDefinition("Gala", ("GALA",), active=False))
    found = await catalogue(scene)
    assert found.triggers == {}
    assert [one.is_active for one in found.surveys.values()] == [False]
    assert [one.is_active for one in found.events.values()] == [False]


async def test_a_survey_that_registers(scene: Scene) -> None:
    """It finds its event by keyword; where that is nobody's it registers for nothing."""
    await save(scene, pets(event="fiesta"))
    assert [one.event_id for one in (await catalogue(scene)).surveys.values()] == [None]
    await save(scene, GALA)
    gala = (await scene.row(events))["id"]
    assert [one.event_id for one in (await catalogue(scene)).surveys.values()] == [gala]


@pytest.mark.parametrize("taker", [pets("Gála"), EventDefinition("Other", ("gala",))])
async def test_a_keyword_is_taken(taker: Survey | EventDefinition, scene: Scene) -> None:
    """A word that starts something else is refused with what it starts, and nothing of the taker is kept."""
    await save(scene, GALA)
    before = await version(scene)
    with pytest.raises(FlowDefinitionError, match=r"keywords: '.*' starts another event already; choose another word"):
        await save(scene, taker)
    assert len(await scene.rows(events)) == 1
    assert await scene.rows(flows) == []
    assert len(await scene.rows(keywords)) == 2
    assert await version(scene) == before


async def test_every_change_counts(scene: Scene) -> None:
    """Nodes see by the version that there is something to read."""
    await save(scene, GALA)
    await save(scene, pets())
    await save(scene, pets())
    assert await version(scene) == 3


async def test_fresh_seats(scene: Scene) -> None:
    """The numbers of those who come and wait are brought up to date in every bounded event, and in no other."""
    await save(scene, GALA)
    await save(scene, EventDefinition("Fair", ("FAIR",)))
    before = await catalogue(scene)
    gala = next(one for one in before.events.values() if one.title == "Gala")
    assert await scene.database.run(with_seats(WORKSPACE.id, before)) is before
    await scene.change(events, gala.id, registered_count=2)
    for address in (BO, OURS):
        contact = await scene.contact(address)
        values = {"event_id": gala.id, "contact_id": contact.id, "status": "waiting", "since_at": NOW}
        await scene.insert(registrations, **values, created_at=NOW)
    found = await scene.database.run(with_seats(WORKSPACE.id, before))
    assert (found.events[gala.id].registered_count, found.events[gala.id].waiting_count) == (2, 2)
    assert {key: one for key, one in found.events.items() if key != gala.id} == {
        key: one for key, one in before.events.items() if key != gala.id
    }


async def test_no_seats_to_count(scene: Scene) -> None:
    """Where no event has a bound the catalogue is the same as before."""
    await save(scene, EventDefinition("Fair", ("FAIR",)))
    before = await catalogue(scene)
    assert await scene.database.run(with_seats(WORKSPACE.id, before)) is before


async def test_an_event_that_this_node_has_not_read_yet(scene: Scene) -> None:
    """Seats of an event that is new since the catalogue was read are nobody's yet."""
    await save(scene, GALA)
    before = await catalogue(scene)
    await save(scene, EventDefinition("Fair", ("FAIR",), capacity=9))
    assert (await scene.database.run(with_seats(WORKSPACE.id, before))) is before
