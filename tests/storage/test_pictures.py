"""Pictures that go out with texts: kept once, within bounds, as long as something sends them."""

from __future__ import annotations

from dataclasses import replace

from flows.values import DAY
from storage import pictures as kept
from storage.campaigns.rows import move_campaign
from storage.pictures import KEPT_FOR, drop_pictures, find_picture, is_kept, key_of, read_picture, save_picture
from storage.schema import pictures
from tests.storage.campaigns.made import campaign_of
from tests.storage.scene import NOW, WORKSPACE, Scene

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
URL = "https://api.twilio.com/ME1"


async def test_a_picture_is_kept_once(scene: Scene) -> None:
    """By the address it came from, however often the command runs; it is read by its key."""
    run = scene.database.run
    assert await run(find_picture(WORKSPACE.id, URL)) is None
    name = await run(save_picture(WORKSPACE.id, URL, PNG, "png", NOW))
    assert name is not None
    assert name.endswith(".png")
    assert await run(save_picture(WORKSPACE.id, URL, PNG, "png", NOW)) == name
    assert await run(find_picture(WORKSPACE.id, URL)) == name
    assert await run(read_picture(key_of(name))) == PNG
    assert await run(read_picture(bytes(16))) is None
    assert len(await scene.rows(pictures)) == 1


async def test_there_is_a_bound_on_all_of_them(scene: Scene) -> None:
    """A picture that does not fit is not kept."""
    name = await scene.database.run(save_picture(WORKSPACE.id, URL, PNG, "png", NOW))
    await scene.change(pictures, key_of(name or ""), byte_count=kept.MOST_BYTES)
    assert await scene.database.run(save_picture(WORKSPACE.id, URL + "2", PNG, "png", NOW)) is None


async def test_old_ones_go_unless_something_sends_them(scene: Scene) -> None:
    """After a month, when no open campaign or schedule names it."""
    run = scene.database.run
    name = await run(save_picture(WORKSPACE.id, URL, PNG, "png", NOW)) or ""
    other = await run(save_picture(WORKSPACE.id, URL + "2", PNG, "png", NOW + KEPT_FOR)) or ""
    campaign = await campaign_of(scene, "running", picture=name)
    await run(drop_pictures(NOW + KEPT_FOR + DAY))
    assert await run(is_kept(name))
    await run(move_campaign(replace(campaign, status="completed"), "running", NOW))
    await run(drop_pictures(NOW + KEPT_FOR))
    assert await run(is_kept(name))
    await run(drop_pictures(NOW + KEPT_FOR + DAY))
    assert (await run(is_kept(name)), await run(is_kept(other))) == (False, True)
