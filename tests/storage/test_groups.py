"""Groups outside a turn."""

from __future__ import annotations

from storage.groups import put_into, take_out
from storage.schema import group_members, groups
from tests.storage.scene import NOW, WORKSPACE, Scene


async def test_into_a_group_and_out_again(scene: Scene) -> None:
    """The group is made at the first time, whatever the case of its name; nobody is in it twice, or leaves twice."""
    ada = await scene.contact()
    for name in ("Choir", "choir", "CHOIR"):
        put = await scene.database.run(put_into(WORKSPACE.id, name, [ada.id, ada.id], NOW))
        assert put == (name == "Choir")
    assert [row["name"] for row in await scene.rows(groups, name="Choir")] == ["Choir"]
    assert len(await scene.rows(group_members)) == 1
    assert await scene.database.run(take_out(WORKSPACE.id, "choir", ada.id))
    assert not await scene.database.run(take_out(WORKSPACE.id, "choir", ada.id))
    assert not await scene.database.run(take_out(WORKSPACE.id, "nobody", ada.id))
