"""Contacts read for a file."""

from __future__ import annotations

from sqlalchemy import true

from storage.export import PAGE, field_names, people
from storage.intake import Person, merged, take_in
from storage.keys import new_key
from storage.schema import contacts, records
from tests.storage.scene import ADA, BO, CY, NOW, WORKSPACE, Scene


async def test_everything_about_everybody(scene: Scene) -> None:
    """Groups in their order, whether messages are wanted, records; the deleted are left out."""
    listed = [
        Person(ADA, "Ada", "en", None, {"zip": "94110"}, ("choir", "Board")),
        Person(BO, fields={"part": "bass"}, opted_out=True),
        Person(CY),
    ]
    await scene.database.run(take_in(WORKSPACE.id, merged(listed), NOW))
    ada, cy = await scene.row(contacts, address=ADA), await scene.row(contacts, address=CY)
    await scene.change(contacts, cy["id"], deleted_at=NOW)
    keys = {"workspace_id": WORKSPACE.id, "contact_id": ada["id"], "created_at": NOW, "updated_at": NOW}
    await scene.insert(records, id=new_key(), kind="vehicle", fields={"make": "Kia"}, **keys)
    async with scene.database.read() as connection:
        assert sorted(await field_names(connection, WORKSPACE.id, true())) == ["part", "zip"]
        (page,) = [one async for one in people(connection, WORKSPACE.id, true())]
    kept = {"language": None, "time_zone": None, "status": "active"}
    assert sorted(page, key=lambda one: one["phone"]) == [
        {
            **kept,
            "phone": ADA,
            "name": "Ada",
            "language": "en",
            "opted_out": False,
            "groups": ["Board", "choir"],
            "fields": {"zip": "94110"},
            "records": [{"kind": "vehicle", "make": "Kia"}],
        },
        {**kept, "phone": BO, "name": None, "opted_out": True, "groups": [], "fields": {"part": "bass"}, "records": []},
    ]


async def test_page_by_page(scene: Scene) -> None:
    """More people than fit into a page all come, once; nobody is an empty file."""
    async with scene.database.read() as connection:
        assert [one async for one in people(connection, WORKSPACE.id, true())] == []
    many = [Person(f"+1555011{n:04}", fields={f"f{n % 3}": "x"}) for n in range(PAGE + 1)]
    for start in (0, 600):
        await scene.database.run(take_in(WORKSPACE.id, merged(many[start : start + 600]), NOW))
    async with scene.database.read() as connection:
        pages = [one async for one in people(connection, WORKSPACE.id, true())]
        assert sorted(await field_names(connection, WORKSPACE.id, true())) == ["f0", "f1", "f2"]
    assert [len(page) for page in pages] == [PAGE, 1]
    assert len({one["phone"] for page in pages for one in page}) == PAGE + 1
