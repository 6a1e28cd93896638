"""Channels and the workspace."""

from __future__ import annotations

from dataclasses import replace

from flows.values import DAY, MINUTE, Transport, Workspace
from storage.channels import (
    Channel,
    all_channels,
    first_workspace,
    pause_channel,
    resume_channel,
    save_channels,
    save_workspace,
    set_swept,
)
from storage.database import Database
from storage.schema import channels, groups, workspaces
from tests.storage.scene import NOW, OURS, WORKSPACE, Scene

SMS, WHATSAPP = Transport.SMS, Transport.WHATSAPP


async def test_a_new_database_has_no_workspace(database: Database) -> None:
    """Before anything was set up there is none, and no channel."""
    assert await database.run(first_workspace()) is None
    assert await database.run(all_channels()) == ()


async def test_a_workspace_comes_back_as_it_was(database: Database) -> None:
    """All its settings are kept; its catalogue begins at version 0."""
    workspace = Workspace(
        id=b"v" * 16,
        name="Chess Club",
        language="es",
        time_zone="America/Bogota",
        help_contact="help@example.org",
        country="CO",
        double_opt_in=True,
        ask_name=True,
    )
    await database.run(save_workspace(workspace, NOW))
    assert await database.run(first_workspace()) == (workspace, 0)


async def test_settings_change_and_the_rest_stays(scene: Scene) -> None:
    """Saving again changes the settings, not the beginning, the community or the version of the catalogue."""
    await scene.event()
    await scene.database.run(save_workspace(replace(WORKSPACE, name="Harbor Band", country=None), NOW + MINUTE))
    found = await scene.database.run(first_workspace())
    assert found is not None
    assert (found[0].name, found[0].country, found[1]) == ("Harbor Band", None, 1)
    row = await scene.row(workspaces)
    assert (row["created_at"], row["updated_at"]) == (NOW, NOW + MINUTE)
    assert [row["name"] for row in await scene.rows(groups)] == ["community"]


async def test_channels_are_made_once(scene: Scene) -> None:
    """Saving a channel again keeps its id and sets its rate; the same number on another transport is another one."""
    wanted = [("twilio", SMS, OURS, 5.0), ("twilio", WHATSAPP, OURS, 10.0)]
    await scene.database.run(save_channels(wanted, WORKSPACE.id, NOW + MINUTE))
    first, second = await scene.database.run(all_channels())
    assert first == replace(scene.channel, rate_per_second=5.0)
    assert second == Channel(second.id, WORKSPACE.id, "twilio", WHATSAPP, OURS, 10.0)
    row = await scene.row(channels, id=first.id)
    assert (row["created_at"], row["updated_at"]) == (NOW, NOW + MINUTE)


async def test_a_channel_rests_with_a_reason(scene: Scene) -> None:
    """The time and the reason are kept, and both are gone when it goes on; only the first of many pauses is news."""
    pauses = [pause_channel(scene.channel.id, at, "account suspended", NOW) for at in (NOW, NOW + 1, NOW + MINUTE)]
    assert [await scene.database.run(one) for one in pauses] == [True, False, False]
    row = await scene.row(channels)
    assert (row["paused_until_at"], row["paused_reason"]) == (NOW + MINUTE, "account suspended")
    assert [one.paused_until_at for one in await scene.database.run(all_channels())] == [NOW + MINUTE]
    await scene.database.run(resume_channel(scene.channel.id, NOW))
    assert await scene.database.run(all_channels()) == (scene.channel,)
    assert await scene.database.run(pause_channel(scene.channel.id, NOW, "again", NOW))
    assert await scene.database.run(pause_channel(scene.channel.id, NOW + DAY, "much later", NOW + DAY))


async def test_how_far_the_inbound_list_was_read(scene: Scene) -> None:
    """The mark of the sweep is the channel's own."""
    await scene.database.run(set_swept(scene.channel.id, NOW + MINUTE))
    assert await scene.database.run(all_channels()) == (replace(scene.channel, swept_at=NOW + MINUTE),)
