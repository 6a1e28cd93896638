"""Commands and their audit trail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.errors import Conflict
from flows.values import MINUTE
from storage.attempts import queued_commands
from storage.commands import (
    UNREADABLE,
    CommandRow,
    add_command,
    awaited_phones,
    change_command,
    drop_pending,
    expire_commands,
    failed_at,
    last_answered,
    pending_commands,
)
from storage.keys import new_key
from storage.operators import remove_operator, save_operator
from storage.schema import commands
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene

NODE = b"n" * 16


async def add(scene: Scene, **others: Any) -> CommandRow:
    """Write a command of Ada's down."""
    row = CommandRow(new_key(), WORKSPACE.id, None, ADA, "BLAST", "BLAST community: hi", created_at=NOW)
    row = replace(row, **others)
    await scene.database.run(add_command(row))
    return row


def pending(**others: Any) -> dict[str, Any]:
    """Make a command wait for its code."""
    return {"status": "pending", "code_hash": b"c" * 32, "expires_at": NOW + MINUTE, **others}


async def test_a_command_comes_back_as_it_was(scene: Scene) -> None:
    """Every field survives, with who asked."""
    ada = await scene.database.run(save_operator(WORKSPACE.id, ADA, None, "admin", NOW))
    row = await add(
        scene,
        operator_id=ada.id,
        arguments={"audience": "community", "n": 2},
        door="api",
        channel_id=b"1" * 16,
        contact_id=b"2" * 16,
        message_id=b"3" * 16,
        fingerprint=b"f" * 32,
        is_shared=True,
        tries=1,
        confirmed_by=BO,
        answer="done",
        page=2,
        error="no",
        confirmed_at=NOW + 1,
        finished_at=NOW + 2,
    )
    assert await scene.database.run(queued_commands(scene.database.engine_name, NODE)) == (row,)


async def test_the_queue(scene: Scene) -> None:
    """The oldest first, a page at most, and only what is queued."""
    rows = [await add(scene) for _ in range(18)]
    await add(scene, **pending())
    assert await scene.database.run(queued_commands(scene.database.engine_name, NODE)) == tuple(rows[:16])


async def test_what_waits_for_its_code(scene: Scene) -> None:
    """The newest first, as long as the code counts."""
    first, second = await add(scene, **pending()), await add(scene, **pending(address=BO))
    await add(scene, **pending(expires_at=NOW))
    await add(scene)
    assert await scene.database.run(pending_commands(WORKSPACE.id, NOW)) == (second, first)
    assert await scene.database.run(pending_commands(b"v" * 16, NOW)) == ()


async def test_what_a_removed_operator_had_waiting_is_dropped(scene: Scene) -> None:
    """With the right goes every code: asked for again within its five minutes it would have counted once more."""
    ada = await scene.database.run(save_operator(WORKSPACE.id, ADA, None, "admin", NOW))
    own = await add(scene, **pending(operator_id=ada.id))
    others = await add(scene, **pending(address=BO))
    (mark,) = await scene.database.run(drop_pending(WORKSPACE.id, ada.id, NOW))
    assert mark.command_id == own.id
    assert await scene.database.run(pending_commands(WORKSPACE.id, NOW)) == (others,)
    assert await scene.database.run(drop_pending(WORKSPACE.id, ada.id, NOW)) == ()


async def test_phones_from_which_a_code_may_come(scene: Scene) -> None:
    """The asker's own; where another admin has to agree, every other active admin's, and never the asker's."""
    for address, role in ((ADA, "admin"), (BO, "admin"), (CY, "viewer"), ("+15550100004", "admin")):
        await scene.database.run(save_operator(WORKSPACE.id, address, None, role, NOW))
    await scene.database.run(remove_operator(WORKSPACE.id, "+15550100004", NOW))
    assert await scene.database.run(awaited_phones(WORKSPACE.id, NOW)) == frozenset()
    await add(scene, **pending(is_shared=True))
    assert await scene.database.run(awaited_phones(WORKSPACE.id, NOW)) == {BO}
    await add(scene, **pending(address=CY))
    assert await scene.database.run(awaited_phones(WORKSPACE.id, NOW)) == {BO, CY}
    await add(scene, **pending(address=BO, is_shared=True))
    assert await scene.database.run(awaited_phones(WORKSPACE.id, NOW)) == {ADA, BO, CY}


async def test_the_last_answer(scene: Scene) -> None:
    """The newest command of that phone that was answered."""
    assert await scene.database.run(last_answered(WORKSPACE.id, ADA)) is None
    await add(scene, answer="one", status="done")
    second = await add(scene, answer="two", status="done")
    await add(scene)
    await add(scene, address=BO, answer="three", status="done")
    assert await scene.database.run(last_answered(WORKSPACE.id, ADA)) == second


async def test_a_change_happens_once(scene: Scene) -> None:
    """Where it stands as it was; the second node is told, and an answer that was erased does not come back."""
    row = await add(scene, **pending())
    done = replace(row, status="done", code_hash=None, confirmed_by=ADA, finished_at=NOW + 1)
    (mark,) = await scene.database.run(change_command(done, "pending", "sent"))
    assert (mark.workspace_id, mark.command_id) == (WORKSPACE.id, row.id)
    with pytest.raises(Conflict):
        await scene.database.run(change_command(replace(done, status="failed"), "pending"))
    await scene.database.run(change_command(replace(done, answer="erased since"), "done"))
    stored = await scene.row(commands)
    assert (stored["status"], stored["answer"], stored["code_hash"]) == ("done", "sent", None)


@pytest.mark.parametrize(
    ("now_at", "count", "status"), [(NOW + MINUTE - 1, 0, "pending"), (NOW + MINUTE, 1, "expired")]
)
async def test_codes_run_out(now_at: int, count: int, status: str, scene: Scene) -> None:
    """In time, once, and nothing of the code is kept."""
    await add(scene, **pending())
    await add(scene, expires_at=NOW)
    assert len(await scene.database.run(expire_commands(now_at))) == count
    assert await scene.database.run(expire_commands(now_at)) == ()
    first, second = await scene.rows(commands)
    assert (first["status"], first["code_hash"] is None, second["status"]) == (status, count == 1, "queued")


async def test_a_row_that_is_damaged(scene: Scene) -> None:
    """It holds no other one up: it comes with an error in the place of its arguments, and ends as failed."""
    await add(scene, arguments=[5])
    (row,) = await scene.database.run(queued_commands(scene.database.engine_name, NODE))
    assert (row.arguments, row.error) == ({}, UNREADABLE)
    await scene.database.run(change_command(failed_at(row, UNREADABLE, NOW), "queued"))
    assert await scene.database.run(queued_commands(scene.database.engine_name, NODE)) == ()
