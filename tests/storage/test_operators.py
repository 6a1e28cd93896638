"""Operators: who may command."""

from __future__ import annotations

from dataclasses import replace

from flows.values import MINUTE, Operator
from storage.catalogue import catalogue_version
from storage.operators import all_operators, count_dead, remove_operator, save_admin_phones, save_operator
from storage.schema import operators
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene


async def save(scene: Scene, address: str, name: str | None, role: str) -> Operator:
    """Save an operator."""
    return await scene.database.run(save_operator(WORKSPACE.id, address, name, role, NOW))


async def known(scene: Scene) -> tuple[Operator, ...]:
    """Read all of them."""
    return await scene.database.run(all_operators(WORKSPACE.id))


async def test_operators_are_numbered(scene: Scene) -> None:
    """They come back in the order of their numbers, as they were saved."""
    ada = await save(scene, ADA, "Ada", "admin")
    bo = await save(scene, BO, None, "viewer")
    assert (ada.number, bo.number) == (1, 2)
    assert await known(scene) == (ada, bo)
    assert ada == Operator(ada.id, 1, ADA, "Ada", "admin")


async def test_another_role(scene: Scene) -> None:
    """The number and the name stay, unless another name is given."""
    ada = await save(scene, ADA, "Ada", "admin")
    assert await save(scene, ADA, None, "viewer") == replace(ada, role="viewer")
    assert await save(scene, ADA, "A. L.", "viewer") == replace(ada, role="viewer", name="A. L.")
    assert len(await known(scene)) == 1


async def test_an_operator_goes_and_comes_back(scene: Scene) -> None:
    """The row stays, for commands name it; a second removal finds nobody."""
    ada = await save(scene, ADA, "Ada", "admin")
    assert await scene.database.run(remove_operator(WORKSPACE.id, ADA, NOW)) == ada
    assert await known(scene) == (replace(ada, is_active=False),)
    assert await scene.database.run(remove_operator(WORKSPACE.id, ADA, NOW)) is None
    assert await scene.database.run(remove_operator(WORKSPACE.id, BO, NOW)) is None
    assert await save(scene, ADA, None, "admin") == ada


async def test_the_phones_of_the_setting(scene: Scene) -> None:
    """New phones, other roles and removed operators are set right; others, and those that fit, are left alone."""
    await save(scene, ADA, "Ada", "admin")
    await save(scene, BO, "Bo", "viewer")
    await scene.database.run(remove_operator(WORKSPACE.id, BO, NOW))
    await scene.database.run(save_admin_phones(WORKSPACE.id, {ADA: "admin", BO: "viewer", CY: "manager"}, NOW + MINUTE))
    assert [(one.address, one.role, one.name, one.is_active) for one in await known(scene)] == [
        (ADA, "admin", "Ada", True),
        (BO, "viewer", "Bo", True),
        (CY, "manager", None, True),
    ]
    assert (await scene.row(operators, address=ADA))["updated_at"] == NOW
    await scene.database.run(save_admin_phones(WORKSPACE.id, {ADA: "viewer"}, NOW))
    assert [one.role for one in await known(scene)] == ["viewer", "viewer", "manager"]


async def test_every_node_hears_of_it(scene: Scene) -> None:
    """A change of operators is a change of what nodes keep in memory."""
    before = await scene.database.run(catalogue_version(WORKSPACE.id))
    await save(scene, ADA, None, "admin")
    await scene.database.run(remove_operator(WORKSPACE.id, ADA, NOW))
    assert await scene.database.run(catalogue_version(WORKSPACE.id)) == before + 2


async def test_wrong_codes_are_counted(scene: Scene) -> None:
    """The count and the time of the lock are kept."""
    ada = await save(scene, ADA, None, "admin")
    await scene.database.run(count_dead(ada.id, 3, NOW + MINUTE, NOW))
    assert await known(scene) == (replace(ada, dead_count=3, locked_until_at=NOW + MINUTE),)
