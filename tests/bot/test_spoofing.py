"""Who can only write under an admin's number, as SMS lets anybody: nothing is sent, and hardly a guess is judged."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, func, select

from bot.actions.base import Desk, Rules
from bot.actions.table import ACTIONS
from bot.commands import CommandWorker
from bot.house import House
from bot.inbox import Inbox
from bot.runtime.answer_pace import MOST_REFUSALS, REPEATED_WITHIN
from bot.texts import shipped_texts
from flows.commands.confirm import MAX_ASKED, MAX_DEAD, MAX_DECLINED, MAX_TRIES
from flows.commands.pace import ANSWERED_WITHIN, MOST_ANSWERED
from flows.silence import SilenceReason
from flows.values import HOUR, MINUTE, SECOND, InboundMessage, Transport, Workspace
from storage.channels import save_channels, save_workspace
from storage.commands import PAGE
from storage.database import Database, open_database
from storage.messages import silence_of
from storage.operators import save_operator
from storage.schema import campaigns, commands, messages
from tests.conftest import Originals
from tests.conversations.script import PHONES, SERVICE
from tests.conversations.stages import BEGIN_AT

ADA, BO, DEE = PHONES["Ada"], PHONES["Bo"], PHONES["Dee"]
WORKSPACE = Workspace(id=b"w" * 16, name="Harbor Choir")
SPOOFED, CARRIED_OUT = 10_000, 8 * PAGE
ROUNDS, GUESSES_AT_ONCE, BETWEEN_ROUNDS = 250, 4, 48 * SECOND
"""A thousand guesses take over three hours: a phone is locked for one."""


@dataclass(slots=True)
class Line:
    """The real inbox and the real worker of commands, with a forger in front and a clock that the test moves."""

    database: Database
    house: House = field(default_factory=lambda: House(WORKSPACE, shipped_texts(), b"k", provider_answers=False))
    now_at: int = BEGIN_AT
    count: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(4))  # noqa: S311 - the same codes every time
    inbox: Inbox = field(init=False)
    worker: CommandWorker = field(init=False)

    def __post_init__(self) -> None:
        """Set up what a service has between a webhook and the outbox."""
        self.inbox = Inbox(self.database, self.house, lambda: self.now_at)
        desk = Desk(self.database, self.house, Rules(quiet_hours="none"))
        self.worker = CommandWorker(
            desk, ACTIONS, lambda: self.now_at, draw=lambda: f"{self.dice.randrange(1_000_000):06}", secret=b"s"
        )

    async def text(self, *texts: str, sender: str = ADA) -> None:
        """Let texts come in under a number."""
        first = self.count
        self.count += len(texts)
        said = [
            InboundMessage("twilio", f"SM{number:032x}", Transport.SMS, sender, SERVICE, text)
            for number, text in enumerate(texts, first)
        ]
        await asyncio.gather(*(self.inbox.put(one) for one in said))

    async def work(self, most: int = 1_000_000) -> None:
        """Carry out at most so many of the commands that wait, a page at a time."""
        done = 0
        while done < most and (count := await self.worker.run_once()):
            done += count

    async def rows(self, statement: Select[Any]) -> list[Any]:
        """Read rows."""
        async with self.database.read() as connection:
            return list((await connection.execute(statement)).all())


@pytest.fixture
async def line(originals: Originals, tmp_path: Path) -> AsyncIterator[Line]:
    """Give a line with two admins and a community of one, on SQLite; the scripts of codes are held on both engines."""
    database = await open_database(await originals.copy_file(tmp_path / "rollcall.db"))
    await database.run(save_workspace(WORKSPACE, BEGIN_AT))
    await database.run(save_channels([("twilio", Transport.SMS, SERVICE, 1.0)], WORKSPACE.id, BEGIN_AT))
    for phone, name in ((ADA, "Ada"), (DEE, "Dee")):
        await database.run(save_operator(WORKSPACE.id, phone, name, "admin", BEGIN_AT))
    opened = Line(database)
    opened.inbox.start(lambda _received: None)
    await opened.text("JOIN", sender=BO)
    yield opened
    await opened.inbox.stop()
    await database.close()


async def test_ten_thousand_spoofed_blasts_send_nothing(line: Line) -> None:
    """Each waits for a code, in the place of the one before; after twenty codes the phone is locked."""
    words = ("BLAST community: evil {}", "blast Community : buy {} now", "Blast community except +15550100199: {}")
    for start in range(0, SPOOFED, 1_000):
        texts = [line.dice.choice(words).format(number) for number in range(start, start + 1_000)]
        await line.text(*texts)
    await line.work(CARRIED_OUT)
    stood = {row[0]: row[1] for row in await line.rows(select(commands.c.status, func.count()).group_by("status"))}
    refused = CARRIED_OUT - MAX_ASKED
    assert stood == {"queued": SPOOFED - CARRIED_OUT, "dropped": MAX_ASKED - 1, "pending": 1, "refused": refused}
    assert await line.rows(select(campaigns.c.id)) == []
    said = select(messages.c.address, func.count()).where(messages.c.direction == "outbound").group_by("address")
    told = {row[0]: row[1] for row in await line.rows(said)}
    assert told == {
        BO: 1,
        ADA: MAX_ASKED + 1,
        DEE: 1,
    }  # Bo was welcomed; Ada got codes, she and Dee the news of the lock


async def test_a_flood_of_harmless_commands(line: Line) -> None:
    """150 WHOAMI under an admin's number gave 150 answers: sixty are answered, then one says why silence follows."""
    for _ in range(3):
        await line.text(*["WHOAMI"] * 50)
        await line.work()
        line.now_at += MINUTE
    answered = select(messages.c.body).where(messages.c.address == ADA, messages.c.direction == "outbound")
    bodies = [row[0] for row in await line.rows(answered)]
    assert len(bodies) == MOST_ANSWERED + 1
    assert [place for place, body in enumerate(bodies) if "without answers" in body] == [MOST_ANSWERED]
    done = select(func.count()).where(commands.c.status == "done")
    assert [row[0] for row in await line.rows(done)] == [150]
    commanded = select(messages.c.extras).where(messages.c.direction == "inbound", messages.c.body == "WHOAMI")
    silences = [silence_of(row[0], "received") for row in await line.rows(commanded)]
    assert silences.count(SilenceReason.COMMAND_PACE) == 150 - MOST_ANSWERED - 1
    line.now_at += ANSWERED_WITHIN
    await line.text("WHOAMI")
    await line.work()
    assert len(await line.rows(answered)) == MOST_ANSWERED + 2


async def test_a_flood_keeps_nobody_from_stopping(line: Line) -> None:
    """While the phone is flooded its PAUSE is carried out, the other admin is answered, and a code still comes."""
    await line.text(*["WHOAMI"] * 100)
    await line.text("BLAST community: Rehearsal at six", "BOT OFF +15550100103")
    await line.text("WHOAMI", sender=DEE)
    await line.work()
    heard = select(messages.c.body).where(messages.c.direction == "outbound", messages.c.address == DEE)
    assert len([row for row in await line.rows(heard) if "admin" in row[0]]) == 1
    codes = select(messages.c.body).where(messages.c.address == ADA, messages.c.body.like("%eply ______ %"))
    assert len(await line.rows(codes)) == 1
    silent = select(commands.c.status).where(commands.c.verb == "BOT")
    assert [row[0] for row in await line.rows(silent)] != ["queued"]


async def test_blasts_that_are_dropped_again(line: Line) -> None:
    """BLAST and NO in turn, under an admin's number, made preview after preview go out without any bound."""
    for number in range(MAX_DECLINED + 5):
        await line.text(f"BLAST community: evil {number}")
        await line.work()
        await line.text("NO")
        await line.work()
        line.now_at += 30 * SECOND
    previews = select(func.count()).where(messages.c.address == ADA, messages.c.body.like("%eply ______ %"))
    assert [row[0] for row in await line.rows(previews)] == [MAX_DECLINED]
    told = select(messages.c.body).where(messages.c.address == ADA, messages.c.body.like("%dropped 60 previews%"))
    assert await line.rows(told)
    line.now_at += HOUR
    await line.text("BLAST community: Rehearsal at six")
    await line.work()
    assert [row[0] for row in await line.rows(previews)] == [MAX_DECLINED + 1], "the phone was never locked"


async def test_a_locked_phone_that_goes_on_is_left_without_an_answer(line: Line) -> None:
    """Fifty commands under a locked phone: ten are answered, and the other forty are stored with the reason."""
    for number in range(MAX_ASKED + 1):
        await line.text(f"BLAST community: evil {number}")
        await line.work()
    line.now_at += REPEATED_WITHIN + SECOND
    for _ in range(50):
        await line.text("STATUS")
        await line.work()
    told = select(messages.c.id).where(messages.c.body.like("Commands from this phone are locked%"))
    assert len(await line.rows(told)) == 1 + MOST_REFUSALS
    commanded = select(messages.c.extras).where(messages.c.direction == "inbound", messages.c.body == "STATUS")
    silences = [silence_of(row[0], "received") for row in await line.rows(commanded)]
    assert silences.count(SilenceReason.LOCKED) == 50 - MOST_REFUSALS


async def test_of_a_thousand_guesses_few_are_judged(line: Line) -> None:
    """Of a forger's four at once three are judged, of an hour's fifteen; the other admin hears of each lock."""
    for _ in range(ROUNDS):
        await line.text("BLAST community: evil")
        await line.work()
        await line.text(*(f"{line.dice.randrange(1_000_000):06}" for _ in range(GUESSES_AT_ONCE)))
        await line.work()
        line.now_at += BETWEEN_ROUNDS
    blasts = await line.rows(
        select(commands.c.created_at, commands.c.tries, commands.c.status).where(commands.c.verb == "BLAST")
    )
    judged: Counter[int] = Counter()
    for created_at, tries, status in blasts:
        assert (tries, status) in ((MAX_TRIES, "refused"), (0, "refused"))  # dead of its guesses, or locked out
        judged[(created_at - BEGIN_AT) // HOUR] += tries
    assert set(judged.values()) == {MAX_TRIES * MAX_DEAD}
    told = select(messages.c.body).where(messages.c.direction == "outbound", messages.c.address == DEE)
    assert [("Ada is locked" in row[0]) for row in await line.rows(told)] == [True] * len(judged)
    assert await line.rows(select(campaigns.c.id)) == []
