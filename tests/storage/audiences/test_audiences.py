"""Whom audiences pick, on both engines: the same people as when the tree is gone through by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import Table, insert, select

from flows.audiences.canonical import text_of
from flows.audiences.parser import parse_audience
from flows.audiences.tree import Node
from flows.errors import CommandError
from flows.surveys.definition import parse_survey
from flows.values import HOUR, Key, Workspace
from storage.audiences.comparing import day_bounds
from storage.audiences.compiling import audience_condition
from storage.audiences.resolving import check_fields, resolve_audience
from storage.catalogue import load_catalogue, save_survey
from storage.keys import new_key
from storage.schema import (
    answers,
    campaigns,
    contacts,
    conversations,
    events,
    flows,
    group_members,
    groups,
    messages,
    recipients,
    records,
    registrations,
    sessions,
)
from tests.flows.audiences.trees import grow
from tests.storage.audiences.world import (
    CAMPAIGNS,
    EVENTS,
    GROUPS,
    LANGUAGE,
    SURVEYS,
    ZONE,
    Person,
    leaf,
    picks,
    somebody,
)
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene

OURS = replace(WORKSPACE, language=LANGUAGE, time_zone=ZONE)
STAMPS = {"workspace_id": WORKSPACE.id, "created_at": NOW, "updated_at": NOW}
QUESTIONS = [
    {"id": "rating", "text": "How?", "type": "rating"},
    {"id": "happy", "text": "Happy?", "type": "yes_no"},
    {"id": "dishes", "text": "Dishes?", "type": "multi_choice", "choices": ["soup", "Cake"]},
]


async def fill(scene: Scene, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows."""
    async with scene.database.engine.begin() as connection:
        if rows:
            await connection.execute(insert(table), list(rows))


async def name_things(scene: Scene) -> dict[object, Key]:
    """Write the groups, events, surveys and campaigns of the world; gives their keys."""
    await fill(scene, groups, [{"id": new_key(), **_stamps(1), "name": name} for name in GROUPS[1:]])
    for name in EVENTS:
        await scene.event(name.title())
    for name in SURVEYS:
        survey = parse_survey({"name": name.title(), "keyword": name, "questions": QUESTIONS})
        await scene.database.run(save_survey(WORKSPACE.id, survey, NOW))
    common = {
        "text": "Hi",
        "audience": "all",
        "channel_id": scene.channel.id,
        "status": "completed",
        "time_zone": "UTC",
    }
    await fill(scene, campaigns, [{"id": new_key(), "number": one, **common, **STAMPS} for one in CAMPAIGNS])
    keys: dict[object, Key] = {}
    for table, column in ((groups, "name"), (events, "title"), (flows, "name"), (campaigns, "number")):
        keys |= {_name(row[column]): row["id"] for row in await scene.rows(table)}
    return keys


def _name(name: object) -> object:
    return name.upper() if isinstance(name, str) and name.upper() in (*EVENTS, *SURVEYS) else name


def _stamps(count: int = 2) -> dict[str, object]:
    return {name: STAMPS[name] for name in ("workspace_id", "created_at", "updated_at")[: count + 1]}


async def settle(scene: Scene, people: Sequence[Person]) -> None:
    """Write a world."""
    keys = await name_things(scene)
    await fill(scene, contacts, [_contact(who) for who in people])
    channel = {"channel_id": scene.channel.id, "workspace_id": WORKSPACE.id}
    seen = [who for who in people if who.seen_at or who.written_at]
    await fill(
        scene,
        conversations,
        [
            {"contact_id": who.key, "address": who.address, "last_inbound_at": who.seen_at}
            | {"last_message_at": who.written_at, **channel}
            for who in seen
        ],
    )
    await fill(
        scene,
        group_members,
        [{"group_id": keys[name], "contact_id": who.key, "added_at": NOW} for who in people for name in who.groups],
    )
    await fill(
        scene,
        registrations,
        [
            {"event_id": keys[name], "contact_id": who.key, "status": status, "since_at": NOW, "created_at": NOW}
            for who in people
            for name, status in who.events.items()
        ],
    )
    await fill(
        scene,
        records,
        [
            {"id": new_key(), "contact_id": who.key, "kind": kind, "fields": fields, **STAMPS}
            for who in people
            for kind, fields in who.records
        ],
    )
    for who in people:
        await _sessions(scene, who, keys)
        await _messages(scene, who, keys)


def _contact(who: Person) -> dict[str, Any]:
    return {
        "id": who.key,
        "workspace_id": WORKSPACE.id,
        "address": who.address,
        "phone": who.phone,
        "name": who.name,
        "language": who.language,
        "status": who.status,
        "fields": who.fields,
        "created_at": who.created_at,
        "updated_at": NOW,
        "deleted_at": NOW if who.is_deleted else None,
    }


async def _sessions(scene: Scene, who: Person, keys: dict[object, Key]) -> None:
    for survey, state, given in who.sessions:
        session = {"id": new_key(), "contact_id": who.key, "workspace_id": WORKSPACE.id}
        flow = {"flow": "survey", "flow_id": keys[survey], "flow_version": 1, "state": state, "question_id": "rating"}
        rest = {"tries": 0, "path": [], "answers": {}, "started_at": NOW, "ended_at": NOW}
        await fill(scene, sessions, [session | flow | {"channel_id": scene.channel.id} | rest])
        answer = {"session_id": session["id"], "contact_id": who.key, "workspace_id": WORKSPACE.id, "answered_at": NOW}
        rows = [
            {"id": new_key(), **answer, "question_id": name, "question": "?", "text": "?", "value": value}
            for name, value in given.items()
        ]
        taken_back = {"id": new_key(), **answer, "question_id": "rating", "question": "?", "text": "?", "value": 1}
        await fill(scene, answers, [row | {"replaced_at": None} for row in rows] + [taken_back | {"replaced_at": NOW}])


async def _messages(scene: Scene, who: Person, keys: dict[object, Key]) -> None:
    common = {"channel_id": scene.channel.id, "contact_id": who.key, "address": who.address, "body": "x", **_stamps(0)}
    received = {"direction": "inbound", "status": "received", "campaign_id": None, "sent_at": None}
    rows = [{"id": new_key(), **common, **received, "created_at": at, "updated_at": at} for at in who.inbound_at]
    wanted = []
    for number, (status, at) in who.campaigns.items():
        sent = {"direction": "outbound", "status": status, "campaign_id": keys[number], "sent_at": at}
        rows.append({"id": new_key(), **common, **sent, "created_at": at - HOUR, "updated_at": at})
        queued = {"status": "queued", "message_id": rows[-1]["id"], "contact_id": who.key}
        wanted.append({"campaign_id": keys[number], "address": who.address, **queued})
    await fill(scene, messages, rows)
    await fill(scene, recipients, wanted)


async def resolved(scene: Scene, text: str) -> Node:
    """Read an audience and find what its names stand for."""
    catalogue = await scene.database.run(load_catalogue(WORKSPACE.id))
    async with scene.database.read() as connection:
        return await resolve_audience(connection, WORKSPACE.id, catalogue, parse_audience(text))


async def picked(scene: Scene, tree: Node, workspace: Workspace = OURS) -> list[Key]:
    """Pick an audience."""
    condition = audience_condition(tree, workspace, scene.database.engine_name)
    async with scene.database.read() as connection:
        return [row[0] for row in await connection.execute(select(contacts.c.id).where(condition))]


@pytest.mark.parametrize("seed", [1, 2])
async def test_sql_picks_whom_the_tree_means(scene: Scene, seed: int) -> None:
    """For trees of every shape over people of every kind, the database picks exactly those that Python does."""
    rng = Random(seed)  # noqa: S311 - not a secret
    people = [somebody(rng, place) for place in range(30)]
    await settle(scene, people)
    catalogue = await scene.database.run(load_catalogue(WORKSPACE.id))
    sizes = set()
    for _ in range(250):
        tree = parse_audience(text_of(grow(rng, leaf, 3)))
        async with scene.database.read() as connection:
            tree = await resolve_audience(connection, WORKSPACE.id, catalogue, tree)
        found = await picked(scene, tree)
        assert sorted(found) == sorted(who.key for who in people if picks(tree, who)), text_of(tree)
        sizes.add(len(found))
    assert len(sizes) > 8


async def test_only_the_workspaces_own(scene: Scene) -> None:
    """Everybody is everybody here; in another workspace there is nobody of us."""
    keys = sorted([(await scene.contact(address)).id for address in (ADA, BO, CY)])
    everybody = await resolved(scene, "all")
    assert sorted(await picked(scene, everybody)) == keys
    assert await picked(scene, everybody, replace(OURS, id=b"v" * 16)) == []


async def test_nothing_is_known_of_somebody(scene: Scene) -> None:
    """Fields that are NULL are empty: `=` finds that, `!=` is true and all else is false, and `not` turns it round."""
    ada = await scene.contact()
    for text in (
        "zip=",
        "zip!=1",
        "name!=Ann",
        "last_seen=",
        "last_seen!=2026-11-01",
        "not zip~1",
        "not last_seen>2020-01-01",
    ):
        assert await picked(scene, parse_audience(text)) == [ada.id], text
    for text in ('zip!=""', "zip=1", "zip<1", "zip~1", "name=Ann", 'name!=""', "last_seen>2020-01-01", 'last_seen!=""'):
        assert await picked(scene, parse_audience(text)) == [], text


async def test_names_without_a_key_pick_nobody(scene: Scene) -> None:
    """A tree that was not resolved picks nobody by its names."""
    await scene.contact()
    for text in ("#roofers", "event GALA", "survey FEEDBACK", "noreply 12", "answered FEEDBACK.2"):
        assert await picked(scene, parse_audience(text)) == [], text


async def test_lists_and_awkward_documents(scene: Scene) -> None:
    """Lists are text, documents that are no objects hold nothing, and no sign of a pattern means more than itself."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.change(contacts, ada.id, fields={"tags": ["choir", "50%"], "nested": {"a": 1}}, name="100% [Ann]")
    await scene.change(contacts, bo.id, fields=[1, "tags"], name="Bo")
    for text, keys in (
        ("tags~choir", [ada.id]),
        ("tags~50%", [ada.id]),
        ('name~"%"', [ada.id]),
        ("name~_", []),
        ("name~[ann]", [ada.id]),
        ("phone~0001", [ada.id]),
        ("phone~+1555010", sorted([ada.id, bo.id])),
        ("tags=", [bo.id]),
    ):
        assert sorted(await picked(scene, parse_audience(text))) == keys, text


async def test_days_are_those_of_the_workspace(scene: Scene) -> None:
    """A day lasts from midnight to midnight in the workspace's zone, 25 hours when the clocks go back."""
    begin, end = day_bounds("2026-11-01", ZONE)
    assert end - begin == 25 * HOUR
    ada = await scene.contact()
    for at, text, is_there in (
        (begin, "created=2026-11-01", True),
        (begin - 1, "created=2026-11-01", False),
        (end - 1, "created>2026-11-01", False),
        (end, "created>2026-11-01", True),
        (end - 1, "created<=2026-11-01", True),
        (end, "created<=2026-11-01", False),
        (begin, "new since 2026-11-01", True),
        (begin, "created<2026-11-01", False),
    ):
        await scene.change(contacts, ada.id, created_at=at)
        assert await picked(scene, parse_audience(text)) == ([ada.id] if is_there else []), (at, text)


async def test_names_are_looked_up(scene: Scene) -> None:
    """Groups and campaigns are found in the database, and the latest campaigns are named for one that is not there."""
    await name_things(scene)
    assert text_of(await resolved(scene, "sunday-choir and noreply 7")) == '#"Sunday Choir" and noreply 7'
    for text, said in (
        ("#sunday", "There is no group 'sunday'. Did you mean #\"Sunday Choir\"?"),
        ("noreply 8", "There is no campaign 8. The latest: 12."),
    ):
        with pytest.raises(CommandError) as caught:
            await resolved(scene, text)
        assert caught.value.message == said


async def test_fields_that_nobody_has(scene: Scene) -> None:
    """Custom fields and those of records are known where somebody in the workspace has them, in any spelling."""
    ada = await scene.contact()
    await scene.change(contacts, ada.id, fields={"Zip Code": 1, "trade": None})
    await scene.insert(records, id=new_key(), contact_id=ada.id, kind="Vehicle", fields={"Make": "Kia"}, **STAMPS)
    async with scene.database.read() as connection:
        for text in ("all", "name=Ann and zip-code=1 or not trade=", "vehicle.make=Kia", "created=2026-11-01"):
            await check_fields(connection, WORKSPACE.id, parse_audience(text))
        for text, said in (
            ("zipcode=1", "Nobody has 'zipcode'. Did you mean zip_code?"),
            ("not vehicle.maker=Kia", "Nobody has 'vehicle.maker'. Did you mean vehicle.make?"),
            ("all except make=Kia", "Nobody has 'make'. Did you mean vehicle.make?"),
            ("vehicle.make=Kia and (zip=1 or xyz=2)", "Nobody has 'xyz'."),
        ):
            with pytest.raises(CommandError) as caught:
                await check_fields(connection, WORKSPACE.id, parse_audience(text))
            assert caught.value.message.startswith(said)
        with pytest.raises(CommandError):
            await check_fields(connection, b"v" * 16, parse_audience("trade=roofing"))
