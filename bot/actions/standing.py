"""Whether the operator behind a campaign or schedule may still send: looked at again whenever it would."""

from __future__ import annotations

from dataclasses import replace

from bot.house import House
from bot.letters import Letter, post
from flows.commands.roles import may
from flows.effects import Template
from flows.errors import Conflict
from flows.values import Key
from storage.database import Database
from storage.operators import find_operator
from storage.plan import Plan
from storage.schedules import Schedule, change_schedule

LAPSED = "operator"
"""Why a campaign is paused whose operator may not send any more."""


async def lapsed_operator(database: Database, operator_id: Key | None) -> str | None:
    """Name the operator who may not send any more; None where the right still holds, or nobody's right is meant.

    A removed operator, one without a row and one whose role has become too low are all the same to a campaign. What
    was adopted from another system has no operator: it is every admin's.
    """
    if operator_id is None:
        return None
    found = await database.run(find_operator(operator_id))
    if found is None:
        return "somebody"
    return None if found.is_active and may(found.role, "BLAST") else found.shown


def pause_schedule(house: House, schedule: Schedule, who: str, now_at: int) -> Plan[None]:
    """Pause a schedule and tell every admin whose it was; raises `Conflict` where it is not active any more."""
    paused = replace(schedule, status="paused")
    if not (yield from change_schedule(paused, schedule.status, now_at)):
        raise Conflict
    news = Template("operator_schedule_lapsed", {"number": schedule.number, "who": who})
    letters = [Letter(address, (news,)) for address in admin_phones(house)]
    yield from post(house, schedule.channel_id, letters, now_at)


def admin_phones(house: House) -> list[str]:
    """Return the phones of the admins."""
    return [one.address for one in house.operators.values() if one.role == "admin"]
