"""A batch as a whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.effects import OptOut, Register, RunCommand, SetName
from flows.errors import Conflict
from flows.values import Purpose, RegistrationStatus
from storage.apply import Draft, apply_batch, apply_stop
from storage.operators import save_operator
from storage.schema import commands, contacts, conversations, messages, opt_outs
from tests.storage.scene import ADA, BO, NOW, WORKSPACE, Scene

HELLO = Draft("Hello", Purpose.REPLY, 1, "gsm7")


async def test_an_empty_batch(scene: Scene) -> None:
    """Nothing to write is nothing written."""
    await scene.database.run(apply_batch([]))
    assert await scene.rows(messages) == []


async def test_all_or_nothing(scene: Scene) -> None:
    """What comes last fails, and nothing that came before it is there."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    gone = Register(b"no such event...", RegistrationStatus.REGISTERED)
    stop = scene.turn(ada, OptOut("keyword", "STOP"), SetName("Ada"), drafts=(HELLO,))
    with pytest.raises(Conflict):  # an event that was deleted meanwhile
        await scene.apply(stop, scene.turn(bo, gone))
    assert [len(await scene.rows(table)) for table in (messages, opt_outs, conversations)] == [0, 0, 0]
    assert [row["name"] for row in await scene.rows(contacts)] == [None, None]


async def test_256_turns(scene: Scene) -> None:
    """The largest batch is written whole."""
    people = [await scene.contact(f"+1555010{n:04}") for n in range(8)]
    await scene.apply(*(scene.turn(people[n % 8], drafts=(HELLO,)) for n in range(256)))
    assert len(await scene.rows(messages)) == 512
    assert [row["message_count"] for row in await scene.rows(conversations)] == [64] * 8


async def test_commands_wait_in_order(scene: Scene) -> None:
    """What operators asked for is queued with who asked, where, when and by which message."""
    ada = await scene.contact()
    operator = await scene.database.run(save_operator(WORKSPACE.id, ADA, "Ada", "admin", NOW))
    asked = [RunCommand(operator.id, verb, {"n": n}, f"{verb} all") for n, verb in enumerate(("LIST", "STATUS"))]
    turns = [scene.turn(ada, command) for command in asked]
    await scene.apply(*turns)
    rows = await scene.rows(commands)
    assert [(row["verb"], row["text"], row["arguments"]) for row in rows] == [
        ("LIST", "LIST all", {"n": 0}),
        ("STATUS", "STATUS all", {"n": 1}),
    ]
    assert [(row["message_id"], row["contact_id"], row["channel_id"]) for row in rows] == [
        (turn.id, ada.id, scene.channel.id) for turn in turns
    ]
    assert {(row["status"], row["created_at"], row["operator_id"], row["address"]) for row in rows} == {
        ("queued", NOW, operator.id, ADA)
    }


async def test_a_stop_alone_is_written(scene: Scene) -> None:
    """The opt-out, the message and the confirmation; neither the conversation nor the session is touched."""
    ada = await scene.contact()
    handled = scene.turn(ada, OptOut("keyword", "STOP"), drafts=(Draft("Bye", Purpose.CONFIRMATION, 1, "GSM-7"),))
    await scene.database.run(apply_stop(replace(handled, error="ValueError")))
    assert [row["address"] for row in await scene.rows(opt_outs)] == [ADA]
    assert sorted(row["status"] for row in await scene.rows(messages)) == ["failed", "queued"]
    assert await scene.rows(conversations) == []
