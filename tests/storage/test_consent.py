"""Opt-outs that reach us by another way."""

from __future__ import annotations

from flows.values import Purpose
from storage.consent import record_opt_outs
from storage.schema import consent_changes, messages, opt_outs
from tests.storage.scene import ADA, NOW, WORKSPACE, Scene


async def test_it_holds_like_their_own_stop(scene: Scene) -> None:
    """State, ledger, and what waits is cancelled; a second time changes no state."""
    ada = await scene.contact()
    waiting = await scene.queue(ada, Purpose.CAMPAIGN)
    for now_at in (NOW, NOW + 1):
        await scene.database.run(
            record_opt_outs(WORKSPACE.id, {ADA: ada.id}, now_at, source="manual", note="by e-mail")
        )
    state = await scene.row(opt_outs)
    assert (state["address"], state["scope"], state["source"], state["text"]) == (ADA, "all", "manual", "by e-mail")
    assert state["opted_out_at"] == NOW
    assert [row["action"] for row in await scene.rows(consent_changes)] == ["opt_out", "opt_out"]
    assert (await scene.row(messages, id=waiting))["status"] == "cancelled"
    assert (await scene.contact()).opted_out
