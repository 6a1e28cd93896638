"""An operator whose phone the provider blocks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.actions.base import Desk, Rules
from bot.actions.table import ACTIONS
from bot.commands import CommandWorker
from bot.house import House
from bot.inbox import Inbox
from bot.texts import shipped_texts
from flows.values import InboundMessage, Transport, Workspace
from storage.channels import save_channels, save_workspace
from storage.commands import DECLINED
from storage.database import Database
from storage.operators import save_operator
from storage.schema import commands, messages, opt_outs
from tests.conversations.script import PHONES, SERVICE
from tests.conversations.stages import BEGIN_AT

ADA, BO, CY, DEE = PHONES["Ada"], PHONES["Bo"], PHONES["Cy"], PHONES["Dee"]
WORKSPACE = Workspace(id=b"w" * 16, name="Harbor Choir")


class Line:
    """The real inbox and worker where Twilio handles its stop words itself (TWILIO_OPT_OUT=provider)."""

    def __init__(self, database: Database, *, provider_answers: bool = True) -> None:
        house = House(WORKSPACE, shipped_texts(), b"k", provider_answers=provider_answers)
        self.database = database
        self.inbox = Inbox(database, house, lambda: BEGIN_AT)
        desk = Desk(database, house, Rules(quiet_hours="none"))
        self.worker = CommandWorker(desk, ACTIONS, lambda: BEGIN_AT, draw=lambda: "123456", secret=b"s")
        self.count = 0

    async def text(self, sender: str, text: str) -> None:
        """Let a text come in, and carry out what it commands."""
        self.count += 1
        await self.inbox.put(InboundMessage("twilio", f"SM{self.count:032x}", Transport.SMS, sender, SERVICE, text))
        while await self.worker.run_once():
            pass

    async def heard(self, phone: str) -> list[str]:
        """Return what is on its way to a phone, oldest first."""
        query = select(messages.c.body).where(messages.c.direction == "outbound", messages.c.address == phone)
        async with self.database.read() as connection:
            return [row[0] for row in await connection.execute(query.order_by(messages.c.id))]


async def open_line(database: Database, *, provider_answers: bool) -> Line:
    """Set up two admins and a manager, and somebody in the community."""
    await database.run(save_workspace(WORKSPACE, BEGIN_AT))
    await database.run(save_channels([("twilio", Transport.SMS, SERVICE, 1.0)], WORKSPACE.id, BEGIN_AT))
    for phone, name, role in ((ADA, "Ada", "admin"), (CY, "Cy", "admin"), (DEE, "Dee", "manager")):
        await database.run(save_operator(WORKSPACE.id, phone, name, role, BEGIN_AT))
    line = Line(database, provider_answers=provider_answers)
    line.inbox.start(lambda _received: None)
    await line.text(BO, "JOIN")
    return line


@pytest.fixture
async def line(database: Database) -> AsyncIterator[Line]:
    """Return a line whose stop words Twilio handles."""
    opened = await open_line(database, provider_answers=True)
    yield opened
    await opened.inbox.stop()


async def test_a_lone_cancel_is_the_providers_opt_out(line: Line) -> None:
    """Twilio blocks the phone: the opt-out is recorded, what waited is dropped, and the other admins are told."""
    await line.text(ADA, "BLAST community: Hi")
    await line.text(ADA, "CANCEL")
    async with line.database.read() as connection:
        assert [row[0] for row in await connection.execute(select(opt_outs.c.address))] == [ADA]
        blast = (await connection.execute(select(commands).where(commands.c.verb == "BLAST"))).one()
        said = (await connection.execute(select(messages.c.purpose).where(messages.c.body == "CANCEL"))).scalar_one()
    assert (blast.status, blast.error) == ("dropped", DECLINED)
    assert said is None  # HISTORY shows it, unlike a command
    assert (await line.heard(CY))[-1] == (
        "Ada texted CANCEL: the provider blocks that phone now, so codes and news don't reach it until they text "
        "START. Their BLAST that waited for a code is dropped. NO or ABORT drops a command without that."
    )
    assert await line.heard(DEE) == []
    assert len(await line.heard(ADA)) == 1  # the preview
    await line.text(ADA, "123456")
    assert "No command waits" in (await line.heard(ADA))[-1]


async def test_any_stop_of_an_operator_is_news_once(line: Line) -> None:
    """Also with nothing waiting, and by any word of the provider's; a second STOP changes nothing."""
    await line.text(DEE, "STOP")
    await line.text(DEE, "STOP")
    for phone in (ADA, CY):
        (news,) = await line.heard(phone)
        assert news.startswith("Dee texted STOP: the provider blocks that phone now")
        assert "waited" not in news


async def test_somebody_elses_stop_is_no_news(line: Line) -> None:
    """People who are not operators stop without anybody hearing of it."""
    await line.text(BO, "CANCEL")
    assert await line.heard(ADA) == await line.heard(CY) == []


async def test_where_we_handle_stop_words_a_lone_cancel_drops(database: Database) -> None:
    """With TWILIO_OPT_OUT=rollcall the operator stays subscribed, as with NO and ABORT, which work everywhere."""
    line = await open_line(database, provider_answers=False)
    for word in ("CANCEL", "NO", "ABORT"):
        await line.text(ADA, "BLAST community: Hi")
        await line.text(ADA, word)
        assert (await line.heard(ADA))[-1] == "BLAST is dropped: nothing was done."
    async with database.read() as connection:
        assert (await connection.execute(select(opt_outs.c.address))).all() == []
    await line.inbox.stop()
