"""Operators: who may command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.values import MINUTE, Operator, OperatorSource
from storage.catalogue import catalogue_version
from storage.operators import (
    Grant,
    all_operators,
    count_dead,
    find_operator,
    remove_operator,
    save_admin_phones,
    save_operator,
)
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
    assert await known(scene) == (replace(ada, is_active=False, removed_at=NOW),)
    assert await scene.database.run(remove_operator(WORKSPACE.id, ADA, NOW)) is None
    assert await scene.database.run(remove_operator(WORKSPACE.id, BO, NOW)) is None
    assert await save(scene, ADA, None, "admin") == ada


async def apply(scene: Scene, phones: dict[str, str], now_at: int = NOW) -> tuple[str, ...]:
    """Start a service with these phones in ROLLCALL_ADMIN_PHONES; gives those that it passed over."""
    return await scene.database.run(save_admin_phones(WORKSPACE.id, phones, now_at))


async def test_the_phones_of_the_setting(scene: Scene) -> None:
    """New phones become operators, and the setting changes what it gave itself; what fits is left alone."""
    assert await apply(scene, {ADA: "admin", CY: "manager"}) == ()
    assert await apply(scene, {ADA: "admin", CY: "viewer"}, NOW + MINUTE) == ()
    assert [(one.address, one.role, one.source, one.granted_at) for one in await known(scene)] == [
        (ADA, "admin", "setting", NOW),
        (CY, "viewer", "setting", NOW + MINUTE),
    ]
    assert (await scene.row(operators, address=ADA))["updated_at"] == NOW


async def test_a_removal_outlasts_the_setting(scene: Scene) -> None:
    """A removed operator was admin again at each start: 1 of 1; now only a person gives the right back."""
    await apply(scene, {ADA: "admin"})
    await scene.database.run(remove_operator(WORKSPACE.id, ADA, NOW + MINUTE))
    for _start in range(2):
        assert await apply(scene, {ADA: "admin"}) == (ADA,)
    (ada,) = await known(scene)
    assert (ada.is_active, ada.removed_at) == (False, NOW + MINUTE)
    back = await scene.database.run(
        save_operator(WORKSPACE.id, ADA, None, "admin", NOW, grant=Grant(OperatorSource.SHELL))
    )
    assert (back.is_active, back.source, back.removed_at) == (True, "shell", None)
    assert await apply(scene, {ADA: "admin"}) == ()


@pytest.mark.parametrize("source", [OperatorSource.COMMAND, OperatorSource.SHELL])
async def test_a_role_that_a_person_gave_outlasts_the_setting(scene: Scene, source: OperatorSource) -> None:
    """A demotion was undone at the next start as well."""
    await apply(scene, {ADA: "admin", BO: "admin"})
    ada = (await known(scene))[0]
    grant = Grant(source, ada.id)
    await scene.database.run(save_operator(WORKSPACE.id, BO, None, "viewer", NOW, grant=grant))
    assert await apply(scene, {ADA: "admin", BO: "admin"}) == (BO,)
    bo = (await known(scene))[1]
    assert (bo.role, bo.source, bo.granted_by) == ("viewer", source, ada.id)


async def test_rows_of_an_earlier_version(scene: Scene) -> None:
    """Where nobody wrote down who decided, the setting may confirm a right, and never change it."""
    await save(scene, ADA, None, "admin")
    await save(scene, BO, None, "viewer")
    assert await apply(scene, {ADA: "admin", BO: "admin"}) == (BO,)
    assert [(one.role, one.source) for one in await known(scene)] == [("admin", "setting"), ("viewer", None)]


async def test_one_operator(scene: Scene) -> None:
    """An operator is found by key, also after the removal; an unknown key finds nobody."""
    ada = await save(scene, ADA, "Ada", "admin")
    assert await scene.database.run(find_operator(ada.id)) == ada
    await scene.database.run(remove_operator(WORKSPACE.id, ADA, NOW))
    found = await scene.database.run(find_operator(ada.id))
    assert found is not None
    assert not found.is_active
    assert await scene.database.run(find_operator(b"?" * 16)) is None


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
