"""What turns teach about a person, and the counters of the conversation."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import OptIn, SetDoubt, SetLanguage, SetName
from flows.values import MINUTE, Purpose, RecentReplies, Transport
from storage.apply import Draft
from storage.channels import all_channels, save_channels
from storage.load import Counts
from storage.schema import contacts, conversations
from tests.storage.scene import ADA, BO, NOW, WORKSPACE, Scene

HELLO = Draft("Hello", Purpose.REPLY, 1, "gsm7")


async def test_what_a_person_told(scene: Scene) -> None:
    """Name, language and doubt are kept, and forgotten again."""
    later = NOW + MINUTE
    turn = scene.turn(await scene.contact(), SetName("Ada"), SetLanguage("es"), SetDoubt(NOW), now_at=later)
    await scene.apply(turn)
    ada = await scene.contact()
    assert (ada.name, ada.language, ada.doubt_at) == ("Ada", "es", NOW)
    assert (await scene.row(contacts))["updated_at"] == later
    await scene.apply(scene.turn(ada, SetDoubt(None)))
    assert (await scene.contact()).doubt_at is None


async def test_an_inactive_person_who_opts_in(scene: Scene) -> None:
    """START makes an inactive contact active again; who is banned stays banned, whatever they write."""
    await scene.contact()
    for before, later in (("inactive", "active"), ("blocked", "blocked")):
        await scene.change(contacts, (await scene.contact()).id, status=before)
        await scene.apply(scene.turn(await scene.contact(), OptIn("keyword", "START")))
        assert (await scene.row(contacts))["status"] == later


async def test_a_contact_that_did_not_change_is_not_written(scene: Scene) -> None:
    """A turn that teaches nothing leaves the row as it is."""
    await scene.apply(scene.turn(await scene.contact(), now_at=NOW + MINUTE))
    assert (await scene.row(contacts))["updated_at"] == NOW


async def test_the_last_turn_of_a_batch_counts(scene: Scene) -> None:
    """Two turns of one person in one batch: both are seen, the later one wins."""
    first = scene.turn(await scene.contact(), SetName("Ada"), SetLanguage("es"))
    assert first.after is not None
    await scene.apply(first, scene.turn(await scene.contact(BO), SetName("Bo")), scene.turn(first.after, SetName("A.")))
    ada, bo = await scene.contact(), await scene.contact(BO)
    assert (ada.name, ada.language, bo.name) == ("A.", "es", "Bo")


async def test_a_step_that_failed_teaches_nothing(scene: Scene) -> None:
    """Where there is nothing known after the turn, the contact stays as it was."""
    ada = await scene.contact()
    await scene.apply(replace(scene.turn(ada, SetName("Ada")), after=None, error="ValueError: no"))
    assert (await scene.contact()).name is None


async def test_the_counters_of_a_conversation(scene: Scene) -> None:
    """Messages both ways, unread ones and times are counted on from what the batch found."""
    ada = await scene.contact()
    await scene.apply(scene.turn(ada, drafts=(HELLO, HELLO)), scene.turn(ada))
    counts = (await scene.loaded()).counts
    assert counts == Counts(4, 2, NOW)
    later = NOW + MINUTE
    await scene.apply(scene.turn(ada, drafts=(HELLO,), counts=counts, now_at=later, address="whatsapp:" + ADA))
    row = await scene.row(conversations)
    assert (row["message_count"], row["unread_count"], row["workspace_id"]) == (6, 3, WORKSPACE.id)
    assert (row["last_inbound_at"], row["last_message_at"], row["address"]) == (later, later, "whatsapp:" + ADA)


async def test_a_timer_is_no_message_of_the_person(scene: Scene) -> None:
    """What a timer says counts as said, not as heard."""
    ada = await scene.contact()
    await scene.apply(scene.turn(ada))
    counts = (await scene.loaded()).counts
    await scene.apply(scene.turn(ada, message=None, drafts=(HELLO,), counts=counts, now_at=NOW + MINUTE))
    assert (await scene.loaded()).counts == Counts(2, 1, NOW)
    assert (await scene.row(conversations))["last_message_at"] == NOW + MINUTE


async def test_the_bound_on_replies_is_remembered(scene: Scene) -> None:
    """What the policy counted is what the next batch starts from."""
    recent = RecentReplies(NOW, 3, 2, 1, 4_294_967_295, 5, NOW)
    await scene.apply(scene.turn(await scene.contact(), recent=recent))
    assert (await scene.loaded()).recent == recent


async def test_each_channel_has_its_conversation(scene: Scene) -> None:
    """One person on two channels is one contact with two conversations."""
    wanted = ("twilio", Transport.WHATSAPP, "+15550109998", 1.0)
    await scene.database.run(save_channels([wanted], WORKSPACE.id, NOW))
    other = next(one for one in await scene.database.run(all_channels()) if one.transport is Transport.WHATSAPP)
    ada = await scene.contact()
    await scene.apply(scene.turn(ada), scene.turn(ada, channel=other), scene.turn(ada, channel=other))
    rows = await scene.rows(conversations)
    assert {row["channel_id"]: row["message_count"] for row in rows} == {scene.channel.id: 1, other.id: 2}
    assert len(await scene.rows(contacts)) == 1


async def test_a_message_of_nobody_makes_no_conversation(scene: Scene) -> None:
    """A short code is no contact."""
    await scene.apply(replace(scene.turn(await scene.contact()), before=None, after=None))
    assert await scene.rows(conversations) == []
