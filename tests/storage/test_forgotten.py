"""People who asked to be forgotten, and what is held about a person."""

from __future__ import annotations

import hmac

from flows.effects import LeaveForPerson, OptOut, Register, SaveAnswer
from flows.values import Purpose, RegistrationStatus
from storage.campaigns.recipients import count_recipients
from storage.commands import FORWARD, CommandRow, add_command
from storage.consent import opted_out_among
from storage.documents import dump
from storage.forgotten import GONE, address_hash, forget, recall
from storage.keys import new_key
from storage.people import ensure_contacts, number_of
from storage.person import person_document
from storage.schema import (
    answers,
    commands,
    consent_changes,
    contacts,
    events,
    forgotten,
    messages,
    opt_outs,
    recipients,
    records,
    registrations,
    search_entries,
    suppressions,
    unanswered,
)
from storage.search import catch_up
from tests.storage.campaigns.made import campaign_of
from tests.storage.scene import ADA, BO, NOW, WORKSPACE, Scene


async def with_traces(scene: Scene) -> bytes:
    """Let Ada leave a trace in every table; gives the event she comes to."""
    ada, event = await scene.contact(), await scene.event()
    coming = Register(event, RegistrationStatus.REGISTERED)
    answer = SaveAnswer(b"s" * 16, "q1", "Which?", "a dog", "dog")
    await scene.apply(scene.turn(ada, answer, coming, OptOut("keyword", "STOP"), OptOut("keyword", "no", "event:1")))
    stamps = {"created_at": NOW, "updated_at": NOW}
    keys = {"workspace_id": WORKSPACE.id, "contact_id": ada.id}
    await scene.insert(records, id=new_key(), kind="vehicle", fields={"make": "Kia"}, **keys, **stamps)
    dead = {"workspace_id": WORKSPACE.id, "address": ADA, "provider": "meta", "category": "hard_fail"}
    await scene.insert(suppressions, **dead, **stamps)
    campaign = await campaign_of(scene, "completed")
    sent = await scene.queue(ada, Purpose.CAMPAIGN, campaign_id=campaign.id, status="sent", extras=dump({"a": 1}))
    await scene.queue(ada, body="waits")
    to = {"campaign_id": campaign.id, "address": ADA, "contact_id": ada.id, "message_id": sent}
    await scene.insert(recipients, **to, status="queued")
    bo = await scene.contact(BO)
    await scene.queue(bo, Purpose.COMMAND, body=f"Sent to {ADA}.", status="sent")
    await scene.queue(bo, body=f"call {ADA}", status="sent")
    asked = CommandRow(new_key(), WORKSPACE.id, None, BO, "REPLY", f"REPLY {ADA} hi", {"phone": ADA}, created_at=NOW)
    passed = CommandRow(new_key(), WORKSPACE.id, None, ADA, FORWARD, "", created_at=NOW)
    other = CommandRow(new_key(), WORKSPACE.id, None, BO, "STATUS", "STATUS", created_at=NOW)
    for row in (asked, passed, other):
        await scene.database.run(add_command(row))
    await scene.database.run(catch_up(WORKSPACE.id))
    return event


async def test_nothing_of_a_person_is_left(scene: Scene) -> None:
    """No table holds the phone, a text or a key of theirs; counts of campaigns and seats still add up."""
    event = await with_traces(scene)
    ada = await scene.contact()
    await scene.database.run(forget(WORKSPACE.id, ada.id, ADA))
    for table in (answers, registrations, records, suppressions, opt_outs):
        assert await scene.rows(table) == []
    assert [row["address"] for row in await scene.rows(contacts)] == [BO]
    assert (await scene.row(events, id=event))["registered_count"] == 0
    kept = await scene.rows(messages, "id")
    assert {row["body"] for row in kept if row["contact_id"] is None} == {""}
    assert {row["status"] for row in kept if row["contact_id"] is None} == {"received", "sent", "cancelled"}
    assert [row["body"] for row in kept if row["purpose"] == "command"] == [GONE]
    assert all(row["extras"] is None and row["provider_id"] is None for row in kept if row["contact_id"] is None)
    label = f"forgotten:{(await scene.database.run(address_hash(WORKSPACE.id, ADA))).hex()[:32]}"
    assert {(row["address"], row["text"]) for row in await scene.rows(consent_changes)} == {(label, None)}
    (recipient,) = await scene.rows(recipients)
    assert (recipient["address"], recipient["contact_id"]) == (label, None)
    async with scene.database.read() as connection:
        assert await count_recipients(connection, recipient["campaign_id"]) == [("queued", None, "sent", 1)]
    assert [(row["verb"], row["text"]) for row in await scene.rows(commands, "verb")] == [
        ("REPLY", GONE),
        ("STATUS", "STATUS"),
    ]
    left = {row["id"] for row in kept if row["contact_id"] is not None}
    assert {row["message_id"] for row in await scene.rows(search_entries)} <= left
    assert len(await scene.rows(forgotten)) == 2


async def test_what_operators_were_shown_is_erased(scene: Scene) -> None:
    """A digest and an answer of INBOX quote people under their short number: with the person the quotes go."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.apply(scene.turn(ada, LeaveForPerson()))
    number = await scene.database.run(number_of(WORKSPACE.id, ada.id))
    quote = f"Waiting for an answer:\n@{number}: my knee hurts"
    await scene.queue(bo, Purpose.COMMAND, body=quote, status="sent")
    asked = CommandRow(
        new_key(),
        WORKSPACE.id,
        None,
        BO,
        "INBOX",
        "INBOX",
        status="done",
        answer=quote,
        created_at=NOW,
        finished_at=NOW,
    )
    await scene.database.run(add_command(asked))
    marks = await scene.database.run(forget(WORKSPACE.id, ada.id, ADA))
    assert [mark.command_id for mark in marks] == [asked.id]
    assert (await scene.row(commands))["answer"] is None
    assert await scene.rows(unanswered) == []
    assert "knee" not in str([row["body"] for row in await scene.rows(messages)])


async def test_the_opt_out_counts_when_they_come_back(scene: Scene) -> None:
    """By a message or in a list; of somebody else nothing is known, nor in another workspace."""
    await with_traces(scene)
    await scene.database.run(forget(WORKSPACE.id, (await scene.contact()).id, ADA))
    assert (await scene.contact()).opted_out
    assert {row["scope"] for row in await scene.rows(opt_outs)} == {"all", "event:1"}
    assert await scene.rows(forgotten) == []
    await scene.database.run(forget(WORKSPACE.id, (await scene.contact()).id, ADA))
    await scene.database.run(ensure_contacts(WORKSPACE.id, {ADA: None, "+15550100042": None}, NOW))
    assert {row["address"] for row in await scene.rows(opt_outs)} == {ADA}
    await scene.database.run(recall(b"v" * 16, [ADA]))
    here, there = [await scene.database.run(address_hash(one, ADA)) for one in (WORKSPACE.id, b"v" * 16)]
    assert here != there


async def test_only_the_key_tells_who_was_forgotten(scene: Scene) -> None:
    """With another key, or none, the hash that is kept is nobody's; one of before there were keys still counts."""
    await with_traces(scene)
    scene.database.hash_key = b"k" * 32
    await scene.database.run(forget(WORKSPACE.id, (await scene.contact()).id, ADA))
    scene.database.hash_key = b""
    assert await scene.database.run(opted_out_among(WORKSPACE.id, [ADA, BO])) == set()
    scene.database.hash_key = b"k" * 32
    assert await scene.database.run(opted_out_among(WORKSPACE.id, [ADA, BO])) == {ADA}
    early = {"address_hash": hmac.digest(WORKSPACE.id, BO.encode(), "sha256"), "scope": "all", "source": "keyword"}
    await scene.insert(forgotten, workspace_id=WORKSPACE.id, opted_out_at=NOW, **early)
    assert await scene.database.run(opted_out_among(WORKSPACE.id, [ADA, BO])) == {ADA, BO}


async def test_who_never_opted_out_leaves_nothing(scene: Scene) -> None:
    """Not even a hash."""
    await scene.database.run(forget(WORKSPACE.id, (await scene.contact()).id, ADA))
    assert await scene.rows(forgotten) == []
    assert not (await scene.contact()).opted_out


async def test_all_that_is_held(scene: Scene) -> None:
    """Every row about a person, with names instead of keys and times that people read."""
    await with_traces(scene)
    async with scene.database.read() as connection:
        held = await person_document(connection, WORKSPACE.id, ADA)
        nobody = await person_document(connection, WORKSPACE.id, "+15550100099")
    assert {name for name, rows in held.items() if rows} == held.keys() - {"groups", "sessions", "answers"}
    assert held["contacts"][0]["created_at"] == "2026-11-18T11:06:40+00:00"
    assert held["records"][0]["fields"] == {"make": "Kia"}
    assert held["registrations"][0]["event"] == "Gala"
    assert held["campaigns"][0]["campaign"] == 1
    assert {one["body"] for one in held["messages"]} >= {"waits", "hello"}
    assert not any(
        isinstance(value, bytes)
        for rows in held.values()
        if isinstance(rows, list)
        for one in rows
        for value in one.values()
    )
    assert {name for name, rows in nobody.items() if rows} == {"address"}
