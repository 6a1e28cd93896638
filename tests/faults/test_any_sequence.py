"""Any sequence of texts, receipts, commands, waits and crashes: no exception, the promises hold, both engines agree."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import and_, func, or_, select

from flows.values import DAY, HOUR, MINUTE, InboundMessage, Transport
from storage.database import Database, open_database
from storage.schema import (
    answers,
    contacts,
    messages,
    opt_outs,
    recipients,
    registrations,
    sessions,
)
from tests.conftest import Originals
from tests.conversations.script import PHONES, SERVICE
from tests.conversations.stages import DatabaseStage, Heard
from tests.faults.conftest import Say
from tests.faults.processes import LONG

EXAMPLES = 600 if LONG else 40
SETTINGS = frozenset(("operator Ada admin", "operator Cy manager", "reminders"))
WHO = ("Ada", "Bo", "Cy", "Dee")
TEXTS = (
    *("JOIN", "LEAVE", "STOP", "START", "HELP", "PIZZA", "1", "2", "no", "yes", "5", "GALA", "REHEARSE", "LEAVE GALA"),
    *("BACK", "SKIP", "RESTART", "CANCEL", "hello", "please stop texting me", "ALTO", "Bo Diaz", "", "🍕", "STOP GALA"),
)
COMMANDS = (
    *("BLAST community: Hi {name|friend}", "SCHEDULE tomorrow 9am community: Later", "LIST", "STATUS", "PAUSE 1"),
    *("RESUME 1", "CANCEL 1", "UNDO", "100001", "100002", "100003", "ADD +15550100104 Dee", "OPTOUT +15550100102"),
    *("BAN +15550100102", "UNBAN +15550100102", "FORGET +15550100104", "RETRY 1", "EVENTS", "BOT OFF +15550100102"),
)
says = st.tuples(st.just("says"), st.sampled_from(WHO), st.sampled_from(TEXTS))
commands = st.tuples(st.just("says"), st.sampled_from(("Ada", "Cy")), st.sampled_from(COMMANDS))
waits = st.tuples(st.just("waits"), st.just(""), st.sampled_from((MINUTE, HOUR, 25 * HOUR, 8 * DAY)))
news = st.tuples(st.just("news"), st.sampled_from(WHO), st.sampled_from(("delivered", "30005", "21610", "30008")))
crash = st.tuples(st.just("crash"), st.just(""), st.just(""))
STEPS = st.lists(says | says | commands | commands | waits | news | crash, min_size=3, max_size=25)
Steps = list[tuple[str, str, object]]


async def play(database: Database, steps: Steps) -> list[Heard]:
    """Take the steps on a database; gives what everybody heard after each."""
    stage = await DatabaseStage.open(database, SETTINGS)
    told: list[Heard] = []
    for number, (kind, who, what) in enumerate(steps):
        if kind == "crash":
            stage = await stage.again()
            told.append({})
        elif kind == "waits":
            told.append(await stage.later(int(str(what))))
        elif kind == "news":
            told.append(await stage.told_if(who, str(what)))
        else:
            phone = PHONES[who]
            message = InboundMessage("simulator", f"in{number}", Transport.SIMULATOR, phone, SERVICE, str(what))
            told.append(await stage.say(message))
            assert await stage.say(message) == {}, "the same message again is answered again"
        await check(database)
    await stage.close()
    return told


async def check(database: Database) -> None:
    """Hold the promises against the rows."""
    theirs = and_(opt_outs.c.workspace_id == messages.c.workspace_id, opt_outs.c.address == messages.c.address)
    after_stop = (
        select(func.count())
        .select_from(messages.join(opt_outs, theirs))
        .where(
            messages.c.direction == "outbound",
            opt_outs.c.scope == "all",
            messages.c.claimed_at > opt_outs.c.opted_out_at,
            messages.c.purpose.not_in(["confirmation", "command"]),
        )
    )
    twice = (
        select(recipients.c.campaign_id)
        .group_by(recipients.c.campaign_id, recipients.c.address)
        .having(func.count() > 1)
    )
    two_sessions = (
        select(sessions.c.contact_id)
        .where(sessions.c.ended_at.is_(None))
        .group_by(sessions.c.contact_id, sessions.c.channel_id)
        .having(func.count() > 1)
    )
    same_id = (
        select(messages.c.provider_id)
        .where(messages.c.provider_id.is_not(None))
        .group_by(messages.c.direction, messages.c.provider_id)
        .having(func.count() > 1)
    )
    failed = select(func.count()).where(or_(messages.c.status == "unknown", messages.c.error_text.like("%Error%")))
    async with database.read() as connection:
        assert (await connection.execute(after_stop)).scalar_one() == 0
        assert (await connection.execute(failed)).scalar_one() == 0
        for query in (twice, two_sessions, same_id):
            assert (await connection.execute(query)).all() == []


async def state(database: Database) -> list[list[tuple[object, ...]]]:
    """Read what is left of a sequence, without keys."""
    of = contacts.c.address
    queries = (
        select(of, contacts.c.name, contacts.c.status, contacts.c.deleted_at),
        select(opt_outs.c.address, opt_outs.c.scope, opt_outs.c.source, opt_outs.c.opted_out_at),
        select(of, sessions.c.state, sessions.c.question_id, sessions.c.started_at, sessions.c.ended_at).join(
            contacts, contacts.c.id == sessions.c.contact_id
        ),
        select(answers.c.question_id, answers.c.text),
        select(of, registrations.c.status, registrations.c.since_at).join(
            contacts, contacts.c.id == registrations.c.contact_id
        ),
        select(messages.c.address, messages.c.direction, messages.c.status, messages.c.body, messages.c.created_at),
    )
    async with database.read() as connection:
        found = [await connection.execute(query) for query in queries]
        return [sorted((tuple(row) for row in rows), key=repr) for rows in found]


@pytest.mark.timeout(1_800)
def test_any_sequence(originals: Originals, originals_server: str, tmp_path: Path, say: Say) -> None:
    """People and operators do what they like, and the service crashes: SQLite and PostgreSQL say and keep the same."""
    numbers, step_count = itertools.count(), 0
    with asyncio.Runner() as runner:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(STEPS)
        def check_sequence(steps: Steps) -> None:
            nonlocal step_count
            step_count += len(steps)
            runner.run(compare(steps))

        async def compare(steps: Steps) -> None:
            found = []
            for url in (
                await originals.copy_file(tmp_path / f"{next(numbers)}.db"),
                await originals.emptied(originals_server),
            ):
                database = await open_database(url)
                try:
                    found.append((await play(database, steps), await state(database)))
                finally:
                    await database.close()
            assert found[0] == found[1]

        check_sequence()
    say(f"{EXAMPLES} random sequences, {step_count:,} steps on each engine: the promises hold, both engines agree")
