"""The claim: what may leave, and what may not."""

from __future__ import annotations

from typing import Any

import pytest

from flows.limits import Ceiling
from flows.values import MINUTE, Purpose, Transport
from storage.channels import pause_channel, resume_channel, save_channels
from storage.outbox.claim import Claimed
from storage.outbox.spending import Taken, claim_within
from storage.schema import channels, contacts, messages, opt_outs, suppressions
from tests.storage.campaigns.made import campaign_of
from tests.storage.scene import ADA, BO, NODE, NOW, OTHER_NODE, WORKSPACE, Scene

CONFIRMATION, REPLY, CAMPAIGN = Purpose.CONFIRMATION, Purpose.REPLY, Purpose.CAMPAIGN


async def opt_out(scene: Scene, scope: str = "all") -> None:
    """Write down that Ada opted out, without cancelling anything."""
    values = {"workspace_id": WORKSPACE.id, "address": ADA, "scope": scope, "source": "keyword", "opted_out_at": NOW}
    await scene.insert(opt_outs, **values)


async def suppress(scene: Scene, provider: str) -> None:
    """Write down that Ada cannot be reached through a provider."""
    values = {"workspace_id": WORKSPACE.id, "address": ADA, "provider": provider, "category": "hard_fail"}
    await scene.insert(suppressions, **values, created_at=NOW, updated_at=NOW)


async def test_what_a_claim_gives(scene: Scene) -> None:
    """Everything that a call needs, and the row says who calls since when, for which time."""
    ada = await scene.contact()
    extras = {"choices": [["One", "1"]], "media": [{"url": "https://example.org/1.jpg"}]}
    key = await scene.queue(ada, CAMPAIGN, body="Hi", segments=3, not_after_at=NOW + MINUTE, extras=extras)
    (claimed,) = await scene.claim()
    assert claimed == Claimed(
        id=key,
        attempt=1,
        workspace_id=WORKSPACE.id,
        contact_id=ada.id,
        recipient=ADA,
        body="Hi",
        purpose=CAMPAIGN,
        priority=2,
        segments=3,
        claimed_at=NOW,
        not_after_at=NOW + MINUTE,
        choices=(("One", "1"),),
        media_urls=("https://example.org/1.jpg",),
    )
    row = await scene.row(messages)
    assert (row["status"], row["attempt"], row["node_id"], row["claimed_at"]) == ("sending", 1, NODE, NOW)


async def test_nothing_is_claimed_twice(scene: Scene) -> None:
    """What is on its way is nobody else's."""
    key = await scene.queue(await scene.contact())
    assert await scene.claimed_ids() == [key]
    assert await scene.claimed_ids(node_id=OTHER_NODE) == []


@pytest.mark.parametrize("status", ["sent", "delivered", "unknown", "failed", "cancelled", "expired"])
async def test_only_what_is_queued(status: str, scene: Scene) -> None:
    """A message in any other state stays where it is."""
    await scene.queue(await scene.contact(), status=status)
    assert await scene.claim() == ()


async def test_who_opted_out_gets_a_confirmation_only(scene: Scene) -> None:
    """Neither a reply nor a campaign leaves after the opt-out, wherever it came from; the confirmation does."""
    ada = await scene.contact()
    await scene.queue(ada, CAMPAIGN)
    await scene.queue(ada, REPLY)
    await opt_out(scene)
    assert await scene.claim() == ()
    confirmation = await scene.queue(ada, CONFIRMATION)
    assert await scene.claimed_ids() == [confirmation]


async def test_an_opt_out_of_one_event(scene: Scene) -> None:
    """A narrower choice holds nothing else back."""
    key = await scene.queue(await scene.contact())
    await opt_out(scene, "event:12")
    assert await scene.claimed_ids() == [key]


async def test_a_dead_number(scene: Scene) -> None:
    """A number that this provider could not reach gets nothing through it; one that is dead elsewhere does."""
    ada = await scene.contact()
    key = await scene.queue(ada)
    await suppress(scene, "meta")
    assert await scene.claimed_ids() == [key]
    await scene.queue(await scene.contact(BO))
    other = await scene.queue(ada)
    await scene.change(messages, key, status="sent")
    await suppress(scene, "twilio")
    assert other not in await scene.claimed_ids()


async def test_an_operator_hears_the_answer(scene: Scene) -> None:
    """Who opted out and gives a command all the same gets its answer, but not on a dead number."""
    ada = await scene.contact()
    await opt_out(scene)
    answer = await scene.queue(ada, Purpose.COMMAND)
    assert await scene.claimed_ids() == [answer]
    await scene.change(messages, answer, status="sent")
    await scene.queue(ada, Purpose.COMMAND)
    await suppress(scene, "twilio")
    assert await scene.claim() == ()


@pytest.mark.parametrize("fields", [{"status": "blocked"}, {"status": "invalid"}, {"deleted_at": NOW}])
async def test_people_we_do_not_talk_with(fields: dict[str, object], scene: Scene) -> None:
    """Nothing leaves to a contact who was blocked or deleted meanwhile, but the confirmation of a STOP."""
    ada = await scene.contact()
    for purpose in (REPLY, CAMPAIGN, Purpose.COMMAND):
        await scene.queue(ada, purpose)
    await scene.change(contacts, ada.id, **fields)
    assert await scene.claim() == ()
    confirmation = await scene.queue(ada, CONFIRMATION)
    assert await scene.claimed_ids() == [confirmation]


async def test_inactive_people(scene: Scene) -> None:
    """A contact who is inactive gets an answer, but no message of a campaign that runs."""
    running, ada = await campaign_of(scene), await scene.contact()
    await scene.change(contacts, ada.id, status="inactive")
    await scene.queue(ada, CAMPAIGN, campaign_id=running.id)
    assert await scene.claim() == ()
    answer = await scene.queue(ada, REPLY)
    assert await scene.claimed_ids() == [answer]


@pytest.mark.parametrize("status", ["paused", "cancelled", "completed"])
async def test_a_campaign_that_does_not_run(status: str, scene: Scene) -> None:
    """A message of a campaign leaves only while that runs; others are not concerned."""
    stopped, running = await campaign_of(scene, status), await campaign_of(scene)
    await scene.queue(await scene.contact(), CAMPAIGN, campaign_id=stopped.id)
    key = await scene.queue(await scene.contact(BO), CAMPAIGN, campaign_id=running.id)
    assert await scene.claimed_ids() == [key]


async def test_a_channel_that_rests(scene: Scene) -> None:
    """A paused channel lets nothing out until its time, or until it is let go on."""
    key = await scene.queue(await scene.contact())
    await scene.database.run(pause_channel(scene.channel.id, NOW + MINUTE, "account suspended", NOW))
    assert await scene.claim(NOW + MINUTE - 1) == ()
    assert await scene.claimed_ids(NOW + MINUTE) == [key]
    second = await scene.queue(await scene.contact(BO))
    assert await scene.claim() == ()
    await scene.database.run(resume_channel(scene.channel.id, NOW))
    assert await scene.claimed_ids() == [second]


async def test_not_before_its_time(scene: Scene) -> None:
    """What has to wait waits to the microsecond."""
    key = await scene.queue(await scene.contact(), not_before_at=NOW + MINUTE)
    assert await scene.claim(NOW + MINUTE - 1) == ()
    assert await scene.claimed_ids(NOW + MINUTE) == [key]


async def test_not_after_its_time(scene: Scene) -> None:
    """What is too late never leaves."""
    key = await scene.queue(await scene.contact(), not_after_at=NOW + MINUTE)
    assert await scene.claim(NOW + MINUTE) == ()
    assert await scene.claimed_ids(NOW + MINUTE - 1) == [key]


async def answer(scene: Scene, phone: str, cause: dict[str, Any], purpose: Purpose = REPLY) -> bytes:
    """Queue an answer to a text that came then, or was read from the log."""
    contact = await scene.contact(phone)
    text = await scene.queue(contact, direction="inbound", status="received", **cause)
    return await scene.queue(contact, purpose, reply_to_id=text)


@pytest.mark.parametrize("ceiling", [None, Ceiling("2026-01-01", 5)], ids=["no ceiling", "a ceiling"])
async def test_what_nobody_has_just_asked_for_can_be_held_back(scene: Scene, ceiling: Ceiling | None) -> None:
    """While older texts are not read only answers to newer ones leave, and what always does."""
    await scene.queue(await scene.contact("+15550101001"), CAMPAIGN)
    await scene.queue(await scene.contact("+15550101002"))  # a reminder, or what an operator writes
    await answer(scene, "+15550101003", {"created_at": NOW - 1})
    await answer(scene, "+15550101004", {"created_at": NOW, "sent_at": NOW - 1})
    leaves = {
        await answer(scene, "+15550101005", {"created_at": NOW}),
        await answer(scene, "+15550101006", {"created_at": NOW - 1}, Purpose.COMMAND),
        await answer(scene, "+15550101007", {"created_at": NOW, "sent_at": NOW - 1}, Purpose.CONFIRMATION),
    }
    if ceiling is None:
        assert set(await scene.claimed_ids(fresh_since=NOW)) == leaves
        assert len(await scene.claim()) == 4
    else:
        plan = claim_within(scene.channel, NODE, NOW, 10, ceiling, NOW)
        assert {one.id for one in (await scene.database.run(plan)).messages} == leaves
        assert (await scene.database.run(claim_within(scene.channel, NODE, NOW, 10, ceiling, NOW))) == Taken(())


async def test_what_is_held_back_holds_up_nobody(scene: Scene) -> None:
    """An older message to the same person, which waits, lets the answer to their new text pass."""
    await scene.queue(await scene.contact(ADA))
    newer = await answer(scene, ADA, {"created_at": NOW})
    assert await scene.claimed_ids(fresh_since=NOW) == [newer]


async def test_another_attempt_counts_on(scene: Scene) -> None:
    """A message that is queued again gets the next attempt, with nothing left of its looking up."""
    await scene.queue(await scene.contact(), attempt=2, check_at=NOW, check_count=3)
    (claimed,) = await scene.claim()
    row = await scene.row(messages)
    assert (claimed.attempt, row["check_at"], row["check_count"]) == (3, None, 0)


async def test_the_channel_is_the_claimers(scene: Scene) -> None:
    """A claim takes from its own channel only."""
    wanted = ("twilio", Transport.SMS, "+15550109998", 1.0)
    await scene.database.run(save_channels([wanted], WORKSPACE.id, NOW))
    other = await scene.row(channels, address="+15550109998")
    await scene.queue(await scene.contact(), channel_id=other["id"])
    assert await scene.claim() == ()
