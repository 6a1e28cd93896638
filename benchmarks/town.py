"""A database with a workspace, a survey and as many people in its community as a blast needs."""

from __future__ import annotations

from sqlalchemy import insert, select

from bot.clock import wall_clock
from flows.surveys.definition import parse_survey
from flows.values import Workspace
from storage.catalogue import save_survey
from storage.channels import COMMUNITY, save_workspace
from storage.database import Database, open_database
from storage.keys import new_key
from storage.migrate import upgrade
from storage.schema import contacts, group_members, groups

KEYWORD = "BENCH"
PAGE = 5_000
SURVEY = {
    "name": "Bench",
    "keywords": [KEYWORD],
    "questions": [{"id": "why", "text": "Why do you sing?"}, {"id": "since", "text": "Since when?"}],
}


def person(number: int) -> str:
    """Give the phone of somebody in the community."""
    return f"+1555{2_000_000 + number}"


async def found_town(url: str, total: int) -> None:
    """Make the schema, the workspace and `total` people in its community, as if they had joined long ago."""
    await upgrade(url)
    database = await open_database(url)
    try:
        workspace = Workspace(id=new_key())
        await database.run(save_workspace(workspace, wall_clock()))
        await database.run(save_survey(workspace.id, parse_survey(SURVEY), wall_clock()))
        async with database.read() as connection:
            found = await connection.execute(select(groups.c.id).where(groups.c.name == COMMUNITY))
            group_id = found.scalar_one()
        for start in range(0, total, PAGE):
            await _settle(database, workspace.id, group_id, range(start, min(start + PAGE, total)))
    finally:
        await database.close()


async def _settle(database: Database, workspace_id: bytes, group_id: bytes, numbers: range) -> None:
    now_at = wall_clock()
    stamps = {"workspace_id": workspace_id, "created_at": now_at, "updated_at": now_at}
    people = [
        {"id": new_key(), "address": person(n), "phone": person(n), "name": f"Singer {n}", "status": "active", **stamps}
        for n in numbers
    ]
    members = [{"group_id": group_id, "contact_id": one["id"], "added_at": now_at} for one in people]
    async with database.engine.begin() as connection:
        await connection.execute(insert(contacts), people)
        await connection.execute(insert(group_members), members)
