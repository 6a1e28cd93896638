"""What left after a copy was made that was put back since: which message takes which line of the provider's log."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from flows.values import HOUR, MessageStatus, Purpose
from storage.channels import set_swept
from storage.outbox.departures import (
    Departure,
    add_departures,
    departures_of,
    drop_departures,
    has_departures,
    prolong_replay,
    settle_doubtful,
)
from storage.schema import campaigns, messages, workspaces
from tests.storage.campaigns.made import campaign_of
from tests.storage.outbox.providers import classify
from tests.storage.scene import ADA, BO, NOW, Scene

SENT = Departure("SM1", MessageStatus.DELIVERED)


@pytest.fixture
async def restored(scene: Scene) -> Scene:
    """Put a database back at NOW, with one line of the log: "hello" to Ada, delivered."""
    async with scene.database.engine.begin() as connection:
        await connection.execute(update(workspaces).values(restored_at=NOW))
    assert not await scene.database.run(has_departures())
    line = (scene.channel.id, "SM1", ADA, "hello", "delivered", NOW - HOUR)
    await scene.database.run(add_departures([line]))
    await scene.database.run(add_departures([line]))  # another process read the log, too
    assert await scene.database.run(has_departures())
    return scene


async def found(scene: Scene, key: bytes, body: str = "hello") -> Departure | None:
    """Look a message up."""
    return (await scene.database.run(departures_of({key: body}))).get(key)


@pytest.mark.parametrize(
    ("who", "others", "departure"),
    [
        (ADA, {"created_at": NOW - 1}, SENT),
        (ADA, {"created_at": NOW + HOUR - 1}, SENT),
        (ADA, {"created_at": NOW + HOUR}, None),
        (ADA, {"body": "hello, Ada", "created_at": NOW}, None),
        (BO, {"created_at": NOW}, None),
    ],
    ids=["before the restore", "soon after it", "long after it", "another text", "somebody else"],
)
async def test_a_reply(restored: Scene, who: str, others: dict[str, Any], departure: Departure | None) -> None:
    """The same words to the same person, made before the restore or by what is answered anew right after it."""
    key = await restored.queue(await restored.contact(who), **others)
    assert await found(restored, key, str(others.get("body", "hello"))) == departure


@pytest.mark.parametrize(
    ("moments", "departure"),
    [
        ({"created_at": NOW - 2 * HOUR}, SENT),
        ({"created_at": NOW + 1}, None),
        ({"created_at": NOW + 1, "due_at": NOW - HOUR}, SENT),
    ],
    ids=["begun before", "a new one", "an occurrence that was due before"],
)
async def test_a_campaign(restored: Scene, moments: dict[str, int], departure: Departure | None) -> None:
    """Its own time counts, however late it is resumed: a new campaign with the same words goes to everybody."""
    campaign = await campaign_of(restored, "running", **moments)
    late = {"campaign_id": campaign.id, "created_at": NOW + 100 * HOUR}
    key = await restored.queue(await restored.contact(), Purpose.CAMPAIGN, **late)
    assert await found(restored, key) == departure


async def test_a_line_is_one_messages(restored: Scene) -> None:
    """A message that has the provider's id leaves nothing for the next one."""
    ada = await restored.contact()
    first, second = await restored.queue(ada), await restored.queue(ada)
    async with restored.database.engine.begin() as connection:
        await connection.execute(update(messages).where(messages.c.id == first).values(provider_id="SM1"))
    assert await found(restored, second) is None


async def test_of_two_that_are_claimed_together_one_has_left(restored: Scene) -> None:
    """The log has the words once."""
    ada = await restored.contact()
    keys = [await restored.queue(ada) for _ in range(2)]
    assert list((await restored.database.run(departures_of(dict.fromkeys(keys, "hello")))).values()) == [SENT]


async def test_the_log_is_forgotten_when_nobody_needs_it(restored: Scene) -> None:
    """Not as long as texts may be answered anew, nor as long as an older campaign may go on."""
    older = await campaign_of(restored, "paused", created_at=NOW - HOUR)
    await campaign_of(restored, "running", created_at=NOW + HOUR)
    await restored.database.run(drop_departures(NOW + HOUR))
    assert await restored.database.run(has_departures())
    async with restored.database.engine.begin() as connection:
        await connection.execute(update(campaigns).where(campaigns.c.id == older.id).values(status="cancelled"))
    await restored.database.run(drop_departures(NOW + HOUR))
    assert await restored.database.run(has_departures())
    await restored.database.run(drop_departures(NOW + HOUR + 1))
    assert not await restored.database.run(has_departures())


async def test_texts_may_be_read_anew_for_long(restored: Scene) -> None:
    """Where the provider's log could be read hours later only, the replies of then count as well."""
    key = await restored.queue(await restored.contact(), created_at=NOW + 3 * HOUR)
    assert await found(restored, key) is None
    await restored.database.run(prolong_replay(NOW + 2 * HOUR + 1))
    assert await found(restored, key) == SENT
    await restored.database.run(set_swept(restored.channel.id, NOW))
    later = await restored.queue(await restored.contact(), created_at=NOW + 9 * HOUR)
    await restored.database.run(prolong_replay(NOW + 9 * HOUR))  # a later start: nothing is read anew
    assert await found(restored, later) is None


async def test_what_waits_keeps_the_log(restored: Scene) -> None:
    """A reply that a ceiling or a pause holds back for a day still finds its line."""
    key = await restored.queue(await restored.contact(), created_at=NOW + 1)
    later = await restored.queue(await restored.contact(), created_at=NOW + HOUR)
    await restored.database.run(drop_departures(NOW + 24 * HOUR))
    assert await found(restored, key) == SENT
    async with restored.database.engine.begin() as connection:
        await connection.execute(update(messages).where(messages.c.id == key).values(status="sent"))
    await restored.database.run(drop_departures(NOW + 24 * HOUR))
    assert not await restored.database.run(has_departures())
    assert await restored.statuses(later) == ["queued"]


async def test_doubts_are_settled_by_the_log(restored: Scene) -> None:
    """One of two doubtful messages with the same words left; the other one stays in doubt."""
    ada = await restored.contact()
    keys = [await restored.queue(ada, status="unknown", claimed_at=NOW) for _ in range(2)]
    after: bytes | None = b""
    while after is not None:
        after = await restored.database.run(settle_doubtful(after, str.strip, NOW, classify))
    rows = [await restored.row(messages, id=key) for key in keys]
    assert sorted((row["status"], row["provider_id"]) for row in rows) == [("delivered", "SM1"), ("unknown", None)]
