"""The janitor: messages that wait for nothing."""

from __future__ import annotations

import pytest

from flows.values import MINUTE, Purpose
from storage.outbox.janitor import clean_queue
from storage.schema import contacts, messages, opt_outs, suppressions
from tests.storage.scene import ADA, BO, NOW, WORKSPACE, Scene

LATER = NOW + MINUTE


async def clean(scene: Scene) -> None:
    """Let the janitor work."""
    await scene.database.run(clean_queue(LATER))


async def test_who_opted_out(scene: Scene) -> None:
    """All but the confirmation and answers to their own commands is cancelled, with the reason; others keep theirs."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    keys = [await scene.queue(ada, purpose) for purpose in Purpose]
    others = await scene.queue(bo)
    values = {"workspace_id": WORKSPACE.id, "address": ADA, "scope": "all", "source": "keyword", "opted_out_at": NOW}
    await scene.insert(opt_outs, **values)
    await clean(scene)
    found = dict(zip(Purpose, await scene.statuses(*keys), strict=True))
    assert found == {
        Purpose.CONFIRMATION: "queued",
        Purpose.COMMAND: "queued",
        Purpose.REPLY: "cancelled",
        Purpose.CAMPAIGN: "cancelled",
    }
    assert await scene.statuses(others) == ["queued"]
    row = await scene.row(messages, status="cancelled", purpose="reply")
    assert (row["error_text"], row["updated_at"]) == ("opted out", LATER)


@pytest.mark.parametrize(
    ("provider", "status", "reason"), [("twilio", "cancelled", "suppressed"), ("meta", "queued", None)]
)
async def test_a_dead_number(provider: str, status: str, reason: str | None, scene: Scene) -> None:
    """What would go to a number that the channel's provider cannot reach is cancelled; what others say is no matter."""
    key = await scene.queue(await scene.contact())
    values = {"workspace_id": WORKSPACE.id, "address": ADA, "provider": provider, "category": "hard_fail"}
    await scene.insert(suppressions, **values, created_at=NOW, updated_at=NOW)
    await clean(scene)
    row = await scene.row(messages, id=key)
    assert (row["status"], row["error_text"]) == (status, reason)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"status": "blocked"}, "blocked"), ({"status": "invalid"}, "invalid"), ({"deleted_at": NOW}, "deleted")],
)
async def test_people_we_do_not_talk_with(fields: dict[str, object], reason: str, scene: Scene) -> None:
    """What waits for a contact who was blocked or deleted meanwhile is cancelled with the reason."""
    ada = await scene.contact()
    key, confirmation = await scene.queue(ada), await scene.queue(ada, Purpose.CONFIRMATION)
    await scene.change(contacts, ada.id, **fields)
    await clean(scene)
    assert await scene.statuses(key, confirmation) == ["cancelled", "queued"]
    assert (await scene.row(messages, id=key))["error_text"] == reason


async def test_inactive_people(scene: Scene) -> None:
    """Of what waits for an inactive contact only the campaign's message is cancelled; an answer still leaves."""
    ada = await scene.contact()
    keys = [await scene.queue(ada, purpose) for purpose in (Purpose.REPLY, Purpose.COMMAND, Purpose.CAMPAIGN)]
    await scene.change(contacts, ada.id, status="inactive")
    await clean(scene)
    assert await scene.statuses(*keys) == ["queued", "queued", "cancelled"]
    assert (await scene.row(messages, id=keys[-1]))["error_text"] == "inactive"


async def test_what_is_too_late(scene: Scene) -> None:
    """A message whose time is over expires; one that has time left, or no end, stays."""
    ada = await scene.contact()
    times = (LATER - 1, LATER, LATER + 1, None)
    keys = [await scene.queue(ada, not_after_at=not_after_at) for not_after_at in times]
    await clean(scene)
    assert await scene.statuses(*keys) == ["expired", "expired", "queued", "queued"]


async def test_what_is_on_its_way_stays(scene: Scene) -> None:
    """Only what is queued can be taken back."""
    ada = await scene.contact()
    keys = [await scene.queue(ada, status=status, not_after_at=NOW) for status in ("sending", "unknown", "sent")]
    values = {"workspace_id": WORKSPACE.id, "address": ADA, "scope": "all", "source": "keyword", "opted_out_at": NOW}
    await scene.insert(opt_outs, **values)
    await clean(scene)
    assert await scene.statuses(*keys) == ["sending", "unknown", "sent"]
