"""The demo comes into an empty database, stays away from a real provider, and goes whole."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from click.testing import CliRunner

from bot.cli import main
from bot.service import Service, open_service
from bot.settings import load_settings
from flows.values import InboundMessage, Transport
from tests.bot.running import environment
from tests.fakes.twilio import FakeTwilio

ADA, BO = "+15550100101", "+15550100102"
DEMO = {"ROLLCALL_DEMO": "true", "ROLLCALL_SIMULATOR": "true"}


@asynccontextmanager
async def opened(names: dict[str, str]) -> AsyncIterator[Service]:
    """Open a service, which does not work yet."""
    service = await open_service(load_settings(names, None))
    try:
        yield service
    finally:
        await service.database.close()


def from_phone(phone: str, text: str) -> InboundMessage:
    """Return a text from a phone of the simulator."""
    return InboundMessage("simulator", f"{phone} {text}", Transport.SIMULATOR, phone, "+15550100000", text=text)


async def test_the_demo_has_an_operator(database_url: str) -> None:
    """In the demo nobody could command: Ada's phone may, and people can text FEEDBACK and GALA."""
    async with opened({"DATABASE_URL": database_url, **DEMO}) as service:
        assert service.keywords() == ["FEEDBACK", "GALA"]
        assert service.operators() == {ADA}
    async with opened({"DATABASE_URL": database_url, **DEMO}) as service:
        assert service.keywords() == ["FEEDBACK", "GALA"], "a second start loads nothing twice"


async def test_a_real_provider_never_offers_the_demo(database_url: str) -> None:
    """`make run` with Twilio configured let strangers register for a fictional gala: neither loaded nor left over."""
    async with FakeTwilio() as twilio:
        real = {**environment(database_url, twilio), "ROLLCALL_DEMO": "true"}
        async with opened(real) as service:
            assert service.keywords() == []
            assert service.operators() == frozenset()
        async with opened({"DATABASE_URL": database_url, **DEMO}):
            pass
        async with opened(real) as service:
            assert service.keywords() == []
            assert service.operators() == frozenset()
    async with opened({"DATABASE_URL": database_url, **DEMO}) as service:
        assert service.keywords() == ["FEEDBACK", "GALA"], "back in the simulator it is offered again"


async def _play(path: Path) -> None:
    """Let Bo begin the survey and register, in the simulator."""
    service = await open_service(load_settings({"DB_PATH": str(path), **DEMO}, None))
    await service.start()
    for text in ("FEEDBACK", "5", "GALA"):
        await service.receive(from_phone(BO, text))
    await service.stop()


def test_the_demo_goes_whole(tmp_path: Path) -> None:
    """`rollcall demo remove` counts what there is, asks, and leaves no survey, event, answer, person or right."""
    path = tmp_path / "rollcall.db"
    asyncio.run(_play(path))
    refused = CliRunner().invoke(main, ["demo", "remove"], env={"DB_PATH": str(path)}, input="n\n")
    assert "1 demo survey(s) with 1 session(s), 1 demo event(s) with 1 registration(s), and 1 people" in refused.output
    assert refused.exit_code == 1
    assert CliRunner().invoke(main, ["demo", "remove", "--yes"], env={"DB_PATH": str(path)}).exit_code == 0
    with closing(sqlite3.connect(path)) as connection:
        for table in (
            "flows",
            "flow_versions",
            "events",
            "keywords",
            "sessions",
            "answers",
            "registrations",
            "contacts",
        ):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table  # noqa: S608
        assert connection.execute("SELECT count(*) FROM operators WHERE is_active").fetchone() == (0,)
    again = CliRunner().invoke(main, ["demo", "remove"], env={"DB_PATH": str(path)})
    assert again.output == f"There is nothing of the demo in {path}.\n"
