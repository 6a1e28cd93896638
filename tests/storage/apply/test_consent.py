"""Consent: the state that sending looks at, and the ledger that forgets nothing."""

from __future__ import annotations

import pytest

from flows.effects import Effect, OptIn, OptOut, RecordConsent
from flows.values import MINUTE, Purpose
from storage.schema import consent_changes, messages, opt_outs
from tests.storage.campaigns.made import campaign_of
from tests.storage.scene import ADA, BO, NOW, WORKSPACE, Scene

STOP, START = OptOut("keyword", "STOP"), OptIn("keyword", "START")


async def say(scene: Scene, *effects: Effect, now_at: int = NOW) -> None:
    """Let Ada's consent change in a turn of its own."""
    await scene.apply(scene.turn(await scene.contact(), *effects, now_at=now_at))


async def test_a_stop_is_on_record(scene: Scene) -> None:
    """The state and the ledger name the person, the source, the words, the message and the time."""
    ada = await scene.contact()
    turn = scene.turn(ada, STOP)
    await scene.apply(turn)
    assert (
        dict(await scene.row(opt_outs)).items()
        >= {
            "workspace_id": WORKSPACE.id,
            "address": ADA,
            "scope": "all",
            "source": "keyword",
            "text": "STOP",
            "opted_out_at": NOW,
        }.items()
    )
    assert (
        dict(await scene.row(consent_changes)).items()
        >= {
            "workspace_id": WORKSPACE.id,
            "contact_id": ada.id,
            "address": ADA,
            "action": "opt_out",
            "scope": "all",
            "source": "keyword",
            "text": "STOP",
            "message_id": turn.id,
            "created_at": NOW,
        }.items()
    )
    assert (await scene.contact()).opted_out


async def test_a_second_stop_keeps_the_first_time(scene: Scene) -> None:
    """The state says since when; the ledger has both."""
    await say(scene, STOP)
    await say(scene, OptOut("phrase", "leave me alone"), now_at=NOW + MINUTE)
    assert (await scene.row(opt_outs))["opted_out_at"] == NOW
    assert [row["source"] for row in await scene.rows(consent_changes)] == ["keyword", "phrase"]


async def test_a_start_takes_it_back(scene: Scene) -> None:
    """The contact may be written to again, and the ledger has both changes in order."""
    await say(scene, STOP)
    await say(scene, START)
    assert await scene.rows(opt_outs) == []
    assert [row["action"] for row in await scene.rows(consent_changes)] == ["opt_out", "opt_in"]
    assert not (await scene.contact()).opted_out


async def test_the_last_word_of_a_batch_counts(scene: Scene) -> None:
    """STOP, START and STOP again in one batch is a STOP; the other way round it is none."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    await scene.apply(
        scene.turn(ada, STOP),
        scene.turn(bo, STOP),
        scene.turn(ada, START),
        scene.turn(bo, START),
        scene.turn(ada, STOP),
    )
    assert [row["address"] for row in await scene.rows(opt_outs)] == [ADA]
    assert len(await scene.rows(consent_changes)) == 5


async def test_a_stop_cancels_what_waits(scene: Scene) -> None:
    """Whatever was queued for the contact is cancelled with the reason, for others it stays."""
    ada, bo = await scene.contact(), await scene.contact(BO)
    reply, blast = await scene.queue(ada), await scene.queue(ada, Purpose.CAMPAIGN)
    sent, others = await scene.queue(ada, status="sent"), await scene.queue(bo)
    await say(scene, STOP, now_at=NOW + MINUTE)
    assert await scene.statuses(reply, blast, sent, others) == ["cancelled", "cancelled", "sent", "queued"]
    row = await scene.row(messages, id=reply)
    assert (row["error_text"], row["updated_at"]) == ("opted out", NOW + MINUTE)


async def test_a_stop_for_one_event_only(scene: Scene) -> None:
    """A narrower choice is kept beside the other, cancels nothing and silences nothing else."""
    queued = await scene.queue(await scene.contact())
    await say(scene, OptOut("keyword", "no more of the gala", "event:12"))
    assert not (await scene.contact()).opted_out
    assert await scene.statuses(queued) == ["queued"]
    await say(scene, STOP, OptIn("keyword", "the gala again", "event:12"))
    assert [row["scope"] for row in await scene.rows(opt_outs)] == ["all"]


async def test_questions_about_consent_are_kept_too(scene: Scene) -> None:
    """HELP and doubts are lines of the ledger that change no state."""
    await say(scene, RecordConsent("doubt_asked", "phrase", "maybe stop"))
    row = await scene.row(consent_changes)
    assert (row["action"], row["scope"], row["text"]) == ("doubt_asked", "all", "maybe stop")
    assert await scene.rows(opt_outs) == []


@pytest.mark.parametrize(
    ("audience", "status"),
    [
        ("event GALA", "cancelled"),
        ("event 7 and not #choir", "cancelled"),
        ('#choir or event "Spring Gala"', "cancelled"),
        ("event PICNIC", "queued"),
        ("community", "queued"),
        ("failed of 3", "queued"),
        ('event "GALA', "queued"),
    ],
)
async def test_the_stop_of_an_event_withdraws_its_campaigns(audience: str, status: str, scene: Scene) -> None:
    """What waits for a person of campaigns to that event does not leave after STOP GALA; everything else does."""
    ada, running = await scene.contact(), await campaign_of(scene, audience=audience)
    waiting = await scene.queue(ada, Purpose.CAMPAIGN, campaign_id=running.id)
    others = await scene.queue(await scene.contact(BO), Purpose.CAMPAIGN, campaign_id=running.id)
    reply = await scene.queue(ada)
    names = ("7", "gala", "spring gala")
    await say(scene, OptOut("keyword", "STOP GALA", "event:7", names))
    stands = {row["id"]: (row["status"], row["error_text"]) for row in await scene.rows(messages, direction="outbound")}
    assert stands[waiting] == (status, "opted out" if status == "cancelled" else None)
    assert stands[others] == stands[reply] == ("queued", None)
    assert [row["scope"] for row in await scene.rows(opt_outs)] == ["event:7"]
