"""The claim under a ceiling: what counts, what waits, what is given back, on however many nodes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from flows.errors import ErrorClass
from flows.lifecycle import Refusal
from flows.limits import Ceiling
from flows.values import MINUTE, SECOND, MessageStatus, Purpose
from storage.channels import pause_channel
from storage.database import open_database
from storage.outbox.claim import Claimed
from storage.outbox.nodes import LOST_AFTER_SECONDS, take_over
from storage.outbox.outcome import Outcome, record
from storage.outbox.spending import Taken, claim_within, full_channels, note_told, spent_on
from storage.outbox.unknowns import close_absent, due_unknowns, settle
from storage.schema import messages, spending
from tests.storage.campaigns.made import campaign_of
from tests.storage.outbox.providers import classify
from tests.storage.scene import ADA, BO, CY, NODE, NOW, OTHER_NODE, Scene

TODAY, TOMORROW = "2026-11-18", "2026-11-19"
REPLY, CAMPAIGN, COMMAND, CONFIRMATION = Purpose.REPLY, Purpose.CAMPAIGN, Purpose.COMMAND, Purpose.CONFIRMATION
PEOPLE = [f"+1555010{number:04}" for number in range(1_000, 1_040)]


async def take(scene: Scene, segments: int, day: str = TODAY, now_at: int = NOW, limit: int = 10) -> Taken:
    """Claim under a ceiling."""
    plan = claim_within(scene.channel, NODE, now_at, limit, Ceiling(day, segments))
    return await scene.database.run(plan)


async def spent(scene: Scene, day: str = TODAY) -> int:
    """Read what the channel has sent on a day."""
    return (await scene.database.run(spent_on(day)))[scene.channel.id]


async def settled(scene: Scene, *outcomes: Outcome) -> None:
    """Write outcomes down."""
    await scene.database.run(record(outcomes, NOW + SECOND, classify))


async def one_in_flight(scene: Scene, segments: int = 3) -> Claimed:
    """Claim a message of three segments to Ada, under a ceiling of ten."""
    await scene.queue(await scene.contact(), segments=segments)
    (claimed,) = (await take(scene, 10)).messages
    assert await spent(scene) == segments
    return claimed


async def test_what_fits_leaves(scene: Scene) -> None:
    """Of five messages four fit; each is counted with its segments, on its day."""
    keys = [await scene.queue(await scene.contact(one), segments=2) for one in PEOPLE[:5]]
    taken = await take(scene, 8)
    assert [one.id for one in taken.messages] == keys[:4]
    assert {one.spending_day for one in taken.messages} == {TODAY}
    assert await spent(scene) == 8
    assert (await take(scene, 8)).messages == ()
    assert await scene.statuses(*keys) == ["sending"] * 4 + ["queued"]


@pytest.mark.parametrize("segments", [None, 0])
async def test_a_message_without_a_measure(segments: int | None, scene: Scene) -> None:
    """A picture alone, or what came from elsewhere, counts as one; given back it counts as none."""
    await scene.queue(await scene.contact(), segments=segments)
    assert (await take(scene, 0)).messages == ()
    (claimed,) = (await take(scene, 1)).messages
    assert await spent(scene) == 1
    await settled(scene, Outcome(claimed, "twilio", refusal=Refusal(ErrorClass.RETRY)))
    assert await spent(scene) == 0


async def test_a_new_day(scene: Scene) -> None:
    """The count starts anew, and what waited leaves; the day before keeps its own."""
    for one in PEOPLE[:5]:
        await scene.queue(await scene.contact(one))
    assert len((await take(scene, 3)).messages) == 3
    assert len((await take(scene, 3, TOMORROW)).messages) == 2
    assert (await spent(scene), await spent(scene, TOMORROW)) == (3, 2)


async def test_a_long_text_lets_shorter_ones_pass(scene: Scene) -> None:
    """It waits, and what still fits is used up."""
    long = await scene.queue(await scene.contact(ADA), segments=5)
    short = [await scene.queue(await scene.contact(one)) for one in (BO, CY)]
    assert [one.id for one in (await take(scene, 2)).messages] == short
    assert await scene.statuses(long) == ["queued"]


async def test_one_persons_order_is_kept(scene: Scene) -> None:
    """A short text does not pass a long one to the same person."""
    ada = await scene.contact()
    await scene.queue(ada, segments=5)
    await scene.queue(ada, segments=1)
    assert (await take(scene, 2)).messages == ()


async def test_confirmations_and_answers_to_commands_always_leave(scene: Scene) -> None:
    """They are counted, also over the ceiling, and do not stand behind what waits in the same lane."""
    for phone in PEOPLE[:12]:  # more than one claim takes
        await scene.queue(await scene.contact(phone))
    assert len((await take(scene, 1)).messages) == 1
    ada = await scene.contact()
    waiting = await scene.queue(ada, REPLY)
    answer = await scene.queue(ada, COMMAND, segments=2)
    confirmation = await scene.queue(await scene.contact(BO), CONFIRMATION)
    assert [one.id for one in (await take(scene, 1)).messages] == [confirmation, answer]
    assert await spent(scene) == 4
    assert await scene.statuses(waiting) == ["queued"]


async def test_an_answer_keeps_its_place_where_there_is_room(scene: Scene) -> None:
    """What was said before it leaves before it, as ever."""
    ada = await scene.contact()
    first = await scene.queue(ada, REPLY)
    await scene.queue(ada, COMMAND)
    assert [one.id for one in (await take(scene, 5)).messages] == [first]


async def test_what_always_leaves_takes_the_room_of_what_can_wait(scene: Scene) -> None:
    """A reply does not take the count over the ceiling because an answer leaves with it."""
    reply = await scene.queue(await scene.contact(ADA), REPLY)
    answer = await scene.queue(await scene.contact(BO), COMMAND, segments=2)
    assert [one.id for one in (await take(scene, 2)).messages] == [answer]
    assert await scene.statuses(reply) == ["queued"]


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal(ErrorClass.RETRY, "20429", retry_after_seconds=1, is_pace=True),
        Refusal(ErrorClass.RETRY),
        Refusal(ErrorClass.STRIKE, "30007"),
        Refusal(ErrorClass.ACCT, "20003"),
        None,
    ],
)
async def test_what_was_not_taken_is_given_back(refusal: Refusal | None, scene: Scene) -> None:
    """A refusal, or a stop on the way, counts on no day; told twice it is given back once."""
    claimed = await one_in_flight(scene)
    outcome = Outcome(claimed, "twilio", refusal=refusal)
    await settled(scene, outcome)
    assert await spent(scene) == 0
    await settled(scene, outcome)
    assert await spent(scene) == 0
    assert (await scene.row(messages))["spending_day"] is None


async def test_a_refusal_after_midnight(scene: Scene) -> None:
    """It is given back to the day on which it was counted."""
    claimed = await one_in_flight(scene)
    await scene.queue(await scene.contact(BO))
    await take(scene, 10, TOMORROW)
    await settled(scene, Outcome(claimed, "twilio", refusal=Refusal(ErrorClass.STRIKE, "30007")))
    assert (await spent(scene), await spent(scene, TOMORROW)) == (0, 1)


async def test_what_was_taken_counts(scene: Scene) -> None:
    """Once."""
    claimed = await one_in_flight(scene)
    await settled(scene, Outcome(claimed, "twilio", "SM1"))
    assert await spent(scene) == 3


async def lost(scene: Scene) -> None:
    """Let the process die that has Ada's message in flight."""
    await one_in_flight(scene)
    await scene.database.run(take_over(OTHER_NODE, "test", NOW + LOST_AFTER_SECONDS * SECOND, "sqlite"))
    assert (await scene.row(messages))["status"] == "unknown"


async def test_what_nobody_knows_counts(scene: Scene) -> None:
    """A lost answer counts until the provider's log shows that the message is absent; then it is given back once."""
    claimed = await one_in_flight(scene)
    await settled(scene, Outcome(claimed, "twilio", refusal=Refusal(ErrorClass.UNK)))
    assert await spent(scene) == 3
    (unknown,) = await scene.database.run(due_unknowns(NOW + MINUTE))
    for _ in range(2):
        await scene.database.run(close_absent(unknown, NOW + MINUTE))
        assert await spent(scene) == 0
    assert len((await take(scene, 3)).messages) == 1
    assert await spent(scene) == 3


async def test_a_late_outcome_gives_nothing_back(scene: Scene) -> None:
    """A refusal that is told when the message has been given up for lost changes nothing about the count."""
    claimed = await one_in_flight(scene)
    await scene.change(messages, claimed.id, status="unknown")
    await settled(scene, Outcome(claimed, "twilio", refusal=Refusal(ErrorClass.STRIKE, "30007")))
    assert await spent(scene) == 3


async def test_a_person_lets_it_go_again(scene: Scene) -> None:
    """Nobody knows whether the first one left: both count."""
    campaign = await campaign_of(scene)
    claimed = await one_in_flight(scene)
    await scene.change(messages, claimed.id, status="unknown", campaign_id=campaign.id)
    assert await scene.database.run(settle(campaign.id, MessageStatus.QUEUED, NOW + 20 * MINUTE)) == 1
    assert len((await take(scene, 10)).messages) == 1
    assert await spent(scene) == 6


async def test_a_claim_without_a_ceiling_counts_nothing(scene: Scene) -> None:
    """It takes a message off no day, and puts it on none."""
    await scene.queue(await scene.contact(), spending_day=TODAY)
    (claimed,) = await scene.claim()
    assert claimed.spending_day is None
    assert (await scene.row(messages))["spending_day"] is None
    assert await scene.rows(spending) == []


async def test_news_once(scene: Scene) -> None:
    """It is news when the first message waits, nothing is in flight any more, and nobody was told of this ceiling."""
    ceiling = Ceiling(TODAY, 1)
    await scene.queue(await scene.contact(ADA))
    (claimed,) = (await take(scene, 1)).messages
    assert not (await take(scene, 1)).is_news  # nothing waits
    await scene.queue(await scene.contact(BO))
    assert not (await take(scene, 1)).is_news  # it may be refused, and there is room again
    await settled(scene, Outcome(claimed, "twilio", "SM1"))
    assert (await take(scene, 1)).is_news
    assert await scene.database.run(full_channels(ceiling)) == frozenset()
    assert [await scene.database.run(note_told(scene.channel.id, ceiling)) for _ in range(2)] == [True, False]
    assert await scene.database.run(full_channels(ceiling)) == {scene.channel.id}
    assert not (await take(scene, 1)).is_news


async def test_a_ceiling_that_was_raised(scene: Scene) -> None:
    """The channel is not full any more, and it is news again when the new one is reached."""
    for one in (ADA, BO, CY):
        await scene.queue(await scene.contact(one), status="queued")
    await take(scene, 1)
    await scene.database.run(note_told(scene.channel.id, Ceiling(TODAY, 1)))
    assert await scene.database.run(full_channels(Ceiling(TODAY, 2))) == frozenset()
    (second,) = (await take(scene, 2)).messages
    for row in await scene.rows(messages, status="sending"):
        await scene.change(messages, row["id"], status="sent")
    assert second.recipient == BO
    assert (await take(scene, 2)).is_news
    assert await scene.database.run(full_channels(Ceiling(TODAY, 1))) == {scene.channel.id}


async def test_what_waits_for_another_reason_is_no_news(scene: Scene) -> None:
    """A channel that is paused, and a message whose time has not come, say nothing about the ceiling."""
    await scene.queue(await scene.contact(ADA), not_before_at=NOW + MINUTE, segments=2)
    assert not (await take(scene, 1)).is_news
    await scene.queue(await scene.contact(BO), segments=2)
    assert (await take(scene, 1)).is_news
    await scene.database.run(pause_channel(scene.channel.id, NOW + MINUTE, "account", NOW))
    assert not (await take(scene, 1)).is_news


async def test_many_claim_at_once(scene: Scene, migrated_url: str) -> None:
    """However many claim, refuse and claim again at the same time, all that is out is exactly the ceiling."""
    for phone in PEOPLE:
        await scene.queue(await scene.contact(phone), segments=1)
    sent: list[Claimed] = []

    async def send(database: Any, refused_every: int) -> None:
        place, idle = 0, 0
        while idle < 3:
            plan = claim_within(scene.channel, NODE, NOW, 3, Ceiling(TODAY, 25))
            taken = (await database.run(plan)).messages
            idle = 0 if taken else idle + 1
            for one in taken:
                place += 1
                refusal = Refusal(ErrorClass.RETRY) if place % refused_every == 0 else None
                sid = None if refusal else f"SM{one.id.hex()}"
                sent.extend([] if refusal else [one])
                await database.run(record([Outcome(one, "twilio", sid, refusal=refusal)], NOW - MINUTE, classify))

    others = [await open_database(migrated_url) for _ in range(2)]
    await asyncio.gather(*(send(one, number) for one in (scene.database, *others) for number in (3, 5)))
    for one in others:
        await one.close()
    await send(scene.database, 1_000)  # what the last refusals gave back
    assert (len(sent), len({one.id for one in sent}), await spent(scene)) == (25, 25, 25)
