"""Many people at once, for a test of a blast."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.channels import COMMUNITY
from storage.keys import new_key
from storage.schema import contacts, group_members, groups


async def settle_people(engine: AsyncEngine, count: int) -> list[str]:
    """Put so many people into the community; gives their phones."""
    people = [f"+1555{number:07}" for number in range(2_000_000, 2_000_000 + count)]
    async with engine.connect() as connection:
        found = await connection.execute(select(groups.c.id, groups.c.workspace_id).where(groups.c.name == COMMUNITY))
        group_id, workspace_id = found.one()
    async with engine.begin() as connection:  # writes alone: one that has read before cannot wait for its turn
        stamps = {"workspace_id": workspace_id, "created_at": 1, "updated_at": 1}
        rows = [{"id": new_key(), "address": one, "phone": one, "status": "active", **stamps} for one in people]
        await connection.execute(insert(contacts), rows)
        members = [{"group_id": group_id, "contact_id": row["id"], "added_at": 1} for row in rows]
        await connection.execute(insert(group_members), members)
    return people
