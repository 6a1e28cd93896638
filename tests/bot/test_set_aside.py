"""One bad schedule, campaign or command: it is set aside with its reason, the admins hear of it, the others go on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select, text, update
from structlog.testing import capture_logs

from bot.actions.base import Call, Done, Result
from bot.commands import CommandWorker
from bot.runtime.one_by_one import LONGEST_REASON, MOST_STORAGE_ERRORS, OneByOne, reason_for
from flows.errors import Conflict, FlowError, StorageError
from flows.values import DAY, HOUR, Key
from storage.commands import CommandRow, add_command
from storage.database import Database
from storage.keys import new_key
from storage.operators import save_operator
from storage.schedules import add_schedule, find_schedule
from storage.schema import campaigns, commands, messages, schedules
from tests.bot.town import BOSS, NOW, WORKSPACE, Town, daily, fired

DEE = "+15550109002"


async def said_to(database: Database, address: str) -> list[str]:
    """Read what was queued for a phone."""
    async with database.read() as connection:
        rows = await connection.execute(
            select(messages.c.body).where(messages.c.address == address).order_by(messages.c.id)
        )
        return [row[0] for row in rows]


async def test_a_schedule_with_an_unknown_zone(town: Town) -> None:
    """One schedule whose zone nobody knows stopped all campaigns without a line in the log; now it alone rests."""
    await town.people(2)
    await town.database.run(save_operator(WORKSPACE.id, DEE, "Dee", "admin", NOW))
    bad = replace(daily(town, 9), time_zone="Mars/Olympus", operator_id=None)
    await town.database.run(add_schedule(bad))
    await town.database.run(add_schedule(replace(daily(town, 9), id=new_key(), number=51)))
    town.numbers = 100  # numbers of campaigns that schedules make begin at 1
    campaign = await town.campaign(not_after_at=NOW + 9 * DAY)
    town.now_at = NOW - NOW % DAY + DAY + 9 * HOUR
    with capture_logs() as logs:
        assert await town.runner().run_once() == 4  # the campaign and what the good schedule made
        await town.finish(campaign, town.runner())
    assert [(line["event"], line["kind"]) for line in logs] == [("set_aside", "schedule")]
    assert len(await fired(town)) == 1
    found = await town.database.run(find_schedule(WORKSPACE.id, 50))
    assert found is not None
    assert found.status == "paused"
    assert "Mars/Olympus" in (found.stopped_reason or "")
    for phone in (BOSS, DEE):
        (said,) = [one for one in await said_to(town.database, phone) if "cannot go on" in one]
        assert said.startswith("Schedule 50 cannot go on: ZoneInfoNotFoundError")
        assert "RESUME 50" in said


@pytest.mark.parametrize("rule", ["5", "[]", "[["])
async def test_a_schedule_whose_rule_is_damaged(rule: str, town: Town) -> None:
    """What cannot be read stays as it is in its row, and the schedule rests with a reason."""
    if rule == "[[" and town.database.engine_name == "postgresql":
        pytest.skip("PostgreSQL keeps no broken JSON")
    await town.database.run(add_schedule(daily(town, 9)))
    async with town.database.engine.begin() as connection:
        await connection.execute(text(f"UPDATE schedules SET rule = '{rule}'"))  # noqa: S608
    town.now_at = NOW - NOW % DAY + DAY + 9 * HOUR
    with capture_logs():
        await town.runner().run_once()
        await town.runner().run_once()
    async with town.database.read() as connection:
        row = (await connection.execute(select(schedules.c.status, schedules.c.stopped_reason))).one()
        kept = (await connection.execute(text("SELECT CAST(rule AS TEXT) FROM schedules"))).scalar_one()
    assert tuple(row) == ("paused", "KeyError: 'rrule'")
    assert kept == rule
    assert len([one for one in await said_to(town.database, BOSS) if "Schedule 50 cannot go on" in one]) == 1


async def test_a_campaign_whose_step_raises(town: Town) -> None:
    """It is paused with its reason, RESUME goes on with it after a mend, and its neighbour never waits."""
    await town.people(3)
    bad, good = await town.campaign(content_sid="HX" + "0" * 32, content_variables="{"), await town.campaign()
    with capture_logs() as logs:
        await town.finish(good, town.runner())
    assert [(line["event"], line["kind"]) for line in logs] == [("set_aside", "campaign")]
    assert len(await town.phones(good)) == 3
    found = await town.again(bad)
    assert found.status == "paused"
    assert found.stopped_reason
    (said,) = [one for one in await said_to(town.database, BOSS) if "cannot go on" in one]
    assert said.startswith(f"Campaign {bad.number} cannot go on: ")
    async with town.database.engine.begin() as connection:
        mended = update(campaigns).where(campaigns.c.id == bad.id).values(content_variables=None, status="running")
        await connection.execute(mended)
    await town.finish(bad, town.runner())
    assert len(await town.phones(bad)) == 3


@dataclass(slots=True)
class Thing:
    """A row with a name."""

    id: Key
    name: str


async def test_rows_are_worked_on_one_by_one() -> None:
    """A lost race is no fault, errors of the database are after several, and a row that cannot be set aside waits."""
    beats: list[int] = []
    aside: list[tuple[str, str]] = []
    rows = [Thing(bytes([number]) * 16, name) for number, name in enumerate(("raced", "stuck", "worst", "good"))]

    async def work(row: Thing) -> int:
        if row.name == "raced":
            raise Conflict
        if row.name == "stuck":
            raise StorageError("The statement took too long.")
        if row.name == "worst":
            raise KeyError("worst")
        return 5

    async def set_aside(row: Thing, reason: str) -> None:
        if row.name == "worst":
            raise TypeError
        aside.append((row.name, reason))

    through = OneByOne("things", lambda: beats.append(1))
    with capture_logs() as logs:
        for _round in range(MOST_STORAGE_ERRORS - 1):
            with pytest.raises(StorageError):
                await through.run(rows, work, set_aside)
        assert await through.run(rows, work, set_aside) == 5
        assert await through.run(rows[2:], work, set_aside) == 5
    assert aside == [("stuck", "The statement took too long.")]
    assert [line["event"] for line in logs] == ["set_aside", "set_aside", "not_set_aside"]
    assert len(beats) == 2 * (MOST_STORAGE_ERRORS - 1) + 4 + 1


async def test_a_database_that_is_away_sets_nothing_aside() -> None:
    """While the reason cannot be written down the row stays where it is."""
    row = Thing(b"r" * 16, "row")

    async def away(*_row: object) -> int:
        raise StorageError

    through = OneByOne("things", lambda: None)
    with capture_logs():
        for _round in range(MOST_STORAGE_ERRORS + 2):
            with pytest.raises(StorageError):
                await through.run([row], away, away)


def test_reasons_fit_into_a_text() -> None:
    """Our own errors say their sentence, others their kind; both in one line that is not too long."""
    assert reason_for(FlowError("No\n group.")) == "No group."
    assert reason_for(KeyError("x")) == "KeyError: 'x'"
    assert len(reason_for(ValueError("y" * 900))) == LONGEST_REASON


async def broken(_call: Call) -> Result:
    """Raise what nobody expects."""
    raise LookupError("Mars/Olympus")


async def fine(_call: Call) -> Result:
    """Do it."""
    return Done(("Fine.",))


def worker(town: Town) -> CommandWorker:
    """Make the worker of commands, with one verb that raises."""
    desk = town.runner()._desk
    return CommandWorker(
        desk, {"EVENTS": broken, "GROUPS": fine}, lambda: town.now_at, draw=lambda: "123456", secret=b"s"
    )


async def command(town: Town, verb: str, **others: object) -> CommandRow:
    """Queue a command."""
    usual = CommandRow(
        new_key(),
        WORKSPACE.id,
        town.operator.id,
        BOSS,
        verb,
        verb,
        channel_id=town.channel_id,
        created_at=NOW,
    )
    row = replace(usual, **others)  # type: ignore[arg-type]
    await town.database.run(add_command(row))
    return row


async def statuses(town: Town) -> list[tuple[str, str | None]]:
    """Read how the commands ended."""
    async with town.database.read() as connection:
        rows = await connection.execute(select(commands.c.status, commands.c.error).order_by(commands.c.id))
        return [(row[0], row[1]) for row in rows]


async def test_a_command_that_raises(town: Town) -> None:
    """The asker hears that it failed, the other admins what and why; the reason is in its row, and the next runs."""
    await town.database.run(save_operator(WORKSPACE.id, DEE, "Dee", "admin", NOW))
    await command(town, "EVENTS")
    await command(town, "GROUPS")
    with capture_logs() as logs:
        assert await worker(town).run_once() == 2
    assert await statuses(town) == [("failed", "LookupError: Mars/Olympus"), ("done", None)]
    assert [line["event"] for line in logs] == ["command_failed"]
    assert await said_to(town.database, BOSS) == [
        "That went wrong on our side; nothing was done. It is logged.",
        "Fine.",
    ]
    (said,) = await said_to(town.database, DEE)
    assert said == "Ada: EVENTS failed on our side and did nothing: LookupError: Mars/Olympus"


async def test_a_command_that_cannot_even_be_answered(town: Town) -> None:
    """It comes to its end without its letters, and the next one runs."""
    await command(town, "EVENTS", channel_id=b"gone" * 4)
    await command(town, "GROUPS")
    with capture_logs():
        await worker(town).run_once()
    assert [status for status, _error in await statuses(town)] == ["failed", "done"]


@pytest.mark.parametrize("arguments", ["5", "[["])
async def test_a_command_whose_row_is_damaged(arguments: str, town: Town) -> None:
    """A row that cannot be read stopped all commands; now it fails with that reason."""
    if arguments == "[[" and town.database.engine_name == "postgresql":
        pytest.skip("PostgreSQL keeps no broken JSON")
    damaged = await command(town, "GROUPS")
    await command(town, "GROUPS")
    async with town.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE commands SET arguments = :arguments WHERE id = :id").bindparams(
                arguments=arguments, id=damaged.id
            )
            if town.database.engine_name == "sqlite"
            else update(commands).where(commands.c.id == damaged.id).values(arguments=5)
        )
    with capture_logs():
        await worker(town).run_once()
    failed, done = await statuses(town)
    assert failed == ("failed", "ValueError: its arguments cannot be read")
    assert done == ("done", None)
