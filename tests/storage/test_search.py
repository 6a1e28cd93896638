"""Finding messages by their words, on both engines."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert

from flows.effects import RunCommand
from flows.values import Purpose
from storage.keys import new_key
from storage.plan import Plan, Statement, Write
from storage.schema import contacts, messages, search_entries
from storage.search import PAGE, catch_up, search
from tests.storage.scene import ADA, BO, NOW, WORKSPACE, Scene


async def found(scene: Scene, text: str, limit: int = 10) -> list[tuple[str, str]]:
    """Index what is new and search; gives who and what."""
    while await scene.database.run(catch_up(WORKSPACE.id)):
        pass
    return [(one.who, one.body) for one in await scene.database.run(search(WORKSPACE.id, text, limit))]


async def say(scene: Scene, address: str, text: str) -> None:
    """Store a person's message."""
    turn = scene.turn(await scene.contact(address))
    await scene.apply(turn)
    await scene.change(messages, turn.id, body=text)


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("keys", ["Where are my keys?", "Lost keys found"]),
        ("KEY", ["Where are my keys?", "Lost keys found"]),
        ("keys lost", ["Lost keys found"]),
        ('"my keys"', ["Where are my keys?"]),
        ('"keys my"', []),
        ('found "lost keys"', ["Lost keys found"]),
        ("mañana", ["¡Mañana a las 5!"]),
        ("manana 5", ["¡Mañana a las 5!"]),
        ("eys", []),
        ("is", []),
        ("…", []),
        ("'); DROP TABLE", []),
        ("keys OR mañana", []),
        ("NEAR(keys)", []),
        ("keys*", ["Where are my keys?", "Lost keys found"]),
    ],
)
async def test_words(scene: Scene, text: str, bodies: list[str]) -> None:
    """All words have to be there, in any case and with or without accents; nothing in them is the engine's language."""
    for body in ("Lost keys found", "¡Mañana a las 5!", "Where are my keys?", "It's a thing"):
        await say(scene, ADA, body)
    assert [body for _who, body in await found(scene, text)] == bodies


async def test_people_are_named_without_their_phones(scene: Scene) -> None:
    """By name and short number, given at the first time; who is unknown is somebody."""
    await say(scene, ADA, "hello one")
    await say(scene, BO, "hello two")
    await scene.change(contacts, (await scene.contact(BO)).id, name="Bo")
    await scene.insert(
        messages,
        id=new_key(),
        workspace_id=WORKSPACE.id,
        channel_id=scene.channel.id,
        direction="inbound",
        status="received",
        address="12345",
        body="hello three",
        created_at=NOW,
        updated_at=NOW,
    )
    assert await found(scene, "hello") == [("somebody", "hello three"), ("Bo @1", "hello two"), ("@2", "hello one")]
    assert await found(scene, "hello", limit=1) == [("somebody", "hello three")]
    assert await scene.database.run(search(b"v" * 16, "hello", 10)) == ()


async def test_commands_and_their_answers_are_not_found(scene: Scene) -> None:
    """What operators write to command, and what they are answered, is no conversation with anybody."""
    ada = await scene.contact()
    turn = scene.turn(ada, RunCommand(None, "BLAST", {}, "BLAST all: hello"))  # type: ignore[arg-type]
    await scene.apply(turn)
    await scene.change(messages, turn.id, body="BLAST all: hello")
    await scene.queue(ada, Purpose.COMMAND, body="hello, reply 123456")
    await scene.queue(ada, Purpose.REPLY, body="hello there")
    assert await found(scene, "hello") == [("@1", "hello there")]


async def test_late_messages_are_found_and_deleted_ones_forgotten(scene: Scene) -> None:
    """A message whose key is older than the newest indexed one is still indexed; a deleted entry leaves the index."""
    early = new_key()
    await say(scene, ADA, "hello first")
    assert len(await found(scene, "hello")) == 1
    columns = {"workspace_id": WORKSPACE.id, "channel_id": scene.channel.id, "direction": "inbound"}
    stamps = {"status": "received", "address": ADA, "created_at": NOW, "updated_at": NOW}
    await scene.insert(messages, id=early, body="hello late", **columns, **stamps)
    assert [body for _who, body in await found(scene, "hello")] == ["hello first", "hello late"]

    def forget() -> Plan[None]:
        yield Write(Statement((), delete(search_entries)), [()])

    await scene.database.run(forget())
    assert await scene.database.run(search(WORKSPACE.id, "hello", 10)) == ()
    assert len(await found(scene, "hello")) == 2


async def test_many_messages_are_indexed_page_by_page(scene: Scene) -> None:
    """A page at a time, so that the writer is never held for long; an empty text is no hindrance."""
    rows = [
        {
            "id": new_key(),
            "workspace_id": WORKSPACE.id,
            "channel_id": scene.channel.id,
            "direction": "inbound",
            "status": "received",
            "address": ADA,
            "body": f"word{number}" if number else "",
            "created_at": NOW,
            "updated_at": NOW,
        }
        for number in range(PAGE + 1)
    ]
    async with scene.database.engine.begin() as connection:
        await connection.execute(insert(messages), rows)
    assert [await scene.database.run(catch_up(WORKSPACE.id)) for _page in range(3)] == [PAGE, 1, 0]
    assert [body for _who, body in await found(scene, f"word{PAGE}")] == [f"word{PAGE}"]
