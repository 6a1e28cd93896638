"""The audit is tamper-evident: commands of a running service get entries, and `rollcall audit --verify` reads them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text

from bot.cli import main
from bot.forwarding import forward
from bot.house import House
from bot.service import Service, open_service
from bot.settings import load_settings
from bot.texts import shipped_texts
from flows.errors import Conflict
from flows.values import HOUR, InboundMessage, Transport
from storage.commands import COLUMNS, FORWARD, CommandRow, add_command
from storage.database import Database, make_engine
from storage.keys import new_key
from storage.operators import all_operators
from storage.people import ensure_contacts
from storage.schema import audit_entries, commands, messages
from tests.conversations.script import PHONES, SERVICE
from tests.conversations.stages import AUDIT_KEY, WORKSPACE, DatabaseStage

ADA, BO = PHONES["Ada"], PHONES["Bo"]
SECRET = "fake secret of the tests"


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[DatabaseStage]:
    """Give a workspace with two admins; at its end the chain has to be sound."""
    opened = await DatabaseStage.open(database, frozenset(("operator Ada admin", "operator Cy admin", "forward")))
    yield opened
    await opened.close()


async def say(stage: DatabaseStage, *lines: str) -> None:
    """Let people write, such as `Ada: STATUS`."""
    for line in lines:
        who, _, words = line.partition(": ")
        key = new_key().hex()
        await stage.say(InboundMessage("simulator", key, Transport.SIMULATOR, PHONES[who], SERVICE, words))


async def test_every_end_has_its_entry(stage: DatabaseStage, database: Database) -> None:
    """Done, refused, dropped, expired and forwarded; replaced by another, dead of wrong codes, turned by MORE."""
    await say(
        stage,
        "Bo: JOIN",
        f"Ada: BOT OFF {BO}",
        "Bo: hello?",
        "Ada: HELP",
        "Ada: STATUS 99",
        "Ada: ADD +15550100104 Dee",
    )
    await say(stage, "Ada: BLAST community: Hi", "Ada: BLAST community: Ho", "Ada: ABORT", "Ada: 111111")
    await say(stage, "Ada: BLAST community: Hi", "Ada: 1 2 3 4 5 6", "Ada: 222222", "Ada: 333333")
    await say(
        stage, *(f"Ada: ADD +15550100104 #{'long' * 8}-{number}" for number in range(15)), "Ada: GROUPS", "Ada: MORE"
    )
    await say(stage, "Ada: BLAST community: Hi")
    await stage.later(HOUR)
    await say(stage, "Ada: WHOAMI")
    async with database.read() as connection:
        statuses = (await connection.execute(select(commands.c.status))).scalars().all()
        entered = (await connection.execute(select(func.count(audit_entries.c.command_id.distinct())))).scalar_one()
        entries = (await connection.execute(select(func.count()).select_from(audit_entries))).scalar_one()
    assert set(statuses) == {"done", "refused", "dropped", "expired"}
    assert entered == len(statuses)
    assert entries > entered  # MORE changed a command that had ended


async def test_forgetting_by_text(stage: DatabaseStage, database: Database) -> None:
    """No command holds the phone any more, nor does the preview that was its answer; the chain is sound."""
    await say(stage, "Bo: hello?", f"Ada: HISTORY {BO}", f"Ada: FORGET {BO}", "Ada: 100001")
    async with database.read() as connection:
        rows = (await connection.execute(select(commands))).all()
    assert {row.status for row in rows} == {"done"}
    assert [row for row in rows if BO in str(row) or "Everything about" in str(row)] == []


async def test_two_processes_forward_once(stage: DatabaseStage, database: Database) -> None:
    """Who read the command before another process ended it sends nothing and enters nothing."""
    await say(stage, "Bo: JOIN", f"Ada: BOT OFF {BO}", "Bo: hello?")
    async with database.read() as connection:
        forwarded = select(*COLUMNS).where(commands.c.verb == FORWARD)
        values = dict((await connection.execute(forwarded)).mappings().one())
        before = (await connection.execute(select(func.count()).select_from(messages))).scalar_one()
    seen = CommandRow(**{**values, "status": "queued"})
    house = House(WORKSPACE, shipped_texts(), AUDIT_KEY)
    operators = await database.run(all_operators(WORKSPACE.id))
    with pytest.raises(Conflict):
        await database.run(forward(house, seen, operators, seen.created_at))
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(messages))).scalar_one() == before


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    """Give a service whose admin is Ada, with a command that ended before its first start."""
    environment = {"DATABASE_URL": database_url, "ROLLCALL_SECRET_KEY": SECRET, "ROLLCALL_ADMIN_PHONES": f"{ADA}:admin"}
    first = await open_service(load_settings(environment, None))
    old = CommandRow(new_key(), first.workspace.id, None, ADA, "STATUS", "STATUS", status="done", created_at=1)
    await first.database.run(add_command(old))
    await first.stop()
    opened = await open_service(load_settings(environment, None))
    yield opened
    await opened.stop()


async def command(service: Service, *texts: str) -> list[bytes]:
    """Let Ada command; gives the keys of the commands."""
    (ada,) = service.house.operators.values()
    rows = [
        CommandRow(new_key(), service.workspace.id, ada.id, ADA, one.partition(" ")[0], one, created_at=1)
        for one in texts
    ]
    for row in rows:
        await service.database.run(add_command(row))
    assert await service.commands.run_once() == len(rows)
    return [row.id for row in rows]


def rollcall(url: str, *words: str, secret: str = SECRET) -> Result:
    """Run the program, which has a loop of its own."""
    environment = {"DATABASE_URL": url, "ROLLCALL_SECRET_KEY": secret}
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: CliRunner().invoke(main, words, env=environment)).result()


async def execute(url: str, statement: str, **values: object) -> None:
    """Change the database past the program."""
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text(statement), values)
    await engine.dispose()


async def test_an_edit_past_the_program_is_named(service: Service, database_url: str) -> None:
    """Sound with code 0 and the head to keep; after one edit in the database the record is named, with code 1."""
    _status, whoami = await command(service, "STATUS", "WHOAMI")
    sound = rollcall(database_url, "audit", "--verify")
    found = re.fullmatch(r"3 entries, all sound; the first is of \S+\.\nHead: (3:[0-9a-f]{64})\n", sound.output)
    assert found is not None, sound.output
    assert sound.exit_code == 0
    await execute(database_url, "UPDATE commands SET text = 'HELP' WHERE id = :key", key=whoami)
    changed = rollcall(database_url, "audit", "--verify")
    named = rf"WRONG: entry 3, command {whoami.hex()}, 20\S+: the command's row was changed\.\n"
    assert re.fullmatch(named, changed.output)
    assert changed.exit_code == 1
    await execute(database_url, "UPDATE commands SET text = 'WHOAMI' WHERE id = :key", key=whoami)
    assert rollcall(database_url, "audit", "--verify", "--head", found[1]).exit_code == 0
    other_key = rollcall(database_url, "audit", "--verify", secret="another fake secret")
    assert "ROLLCALL_SECRET_KEY does not open this database" in other_key.output


async def test_a_head_that_was_kept(service: Service, database_url: str) -> None:
    """Who cuts all three tables back, or begins anew, is given away by it; what is no head is said."""
    await command(service, "STATUS")
    kept = rollcall(database_url, "audit", "--verify").output.rpartition("Head: ")[2].strip()
    assert kept.startswith("2:")
    for table in ("audit_entries", "audit_heads"):
        await execute(database_url, f"DELETE FROM {table}")  # noqa: S608 - our own names
    assert "has no entry (none has one: they are written" in rollcall(database_url, "audit", "--verify").output
    await execute(database_url, "DELETE FROM commands")
    assert rollcall(database_url, "audit", "--verify").output == "0 entries, all sound.\n"
    cut = rollcall(database_url, "audit", "--verify", "--head", kept)
    said = "WRONG: entry 1: the entry is missing, with all up to the head that was kept.\n"
    assert (cut.output, cut.exit_code) == (said, 1)
    assert "'2:ab' is no head" in rollcall(database_url, "audit", "--verify", "--head", "2:ab").output
    assert "--head goes with --verify" in rollcall(database_url, "audit", "--head", kept).output


@pytest.mark.parametrize("value", ["-1", "9223372036854775807", "1"])
async def test_whatever_stands_in_a_record_is_named(value: str, service: Service, database_url: str) -> None:
    """A time that is none is shown as it stands there, without a traceback."""
    await command(service, "STATUS")
    await execute(database_url, f"UPDATE audit_entries SET created_at = {value} WHERE number = 2")  # noqa: S608
    named = rollcall(database_url, "audit", "--verify")
    assert (named.output.startswith("WRONG: entry 2, command "), named.exit_code) == (True, 1)


async def test_forgetting_from_the_command_line(service: Service, database_url: str) -> None:
    """`contacts forget` leaves a sound chain, and the doctor agrees."""
    await service.database.run(ensure_contacts(service.workspace.id, {BO: "Bo"}, 1))
    await command(service, f"STATUS {BO}")
    assert rollcall(database_url, "contacts", "forget", BO, "--yes").exit_code == 0
    assert rollcall(database_url, "audit", "--verify").output.startswith("3 entries, all sound")
    assert "audit: 3 entries" in rollcall(database_url, "db", "doctor").output


async def test_the_doctor_sees_gaps(service: Service, database_url: str) -> None:
    """Without the key: an entry that is missing, and a command that the chain leaves out."""
    await command(service, "STATUS", "WHOAMI")
    await execute(database_url, "DELETE FROM audit_entries WHERE number = 2")
    said = rollcall(database_url, "db", "doctor").output
    assert "WRONG  audit: 2 entries, the last is number 3, the head says 3; 1 commands ended without an entry:" in said
