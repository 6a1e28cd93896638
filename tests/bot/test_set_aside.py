"""Messages that cannot be handled: their neighbours, later texts and above all a STOP are none the worse for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import quote_plus

import pytest
from sqlalchemy import Select, select, text
from structlog.testing import capture_logs

from bot.inbox import Inbox
from bot.turns import Arrival
from flows.values import InboundMessage, Transport
from storage.keys import new_key
from storage.schema import channels, consent_changes, messages, opt_outs
from tests.bot.posts import form, post
from tests.bot.running import Running, run_service
from tests.bot.test_edge import locked
from tests.conversations.script import PHONES, SERVICE

BO, CY = PHONES["Bo"], "+15550100177"
NEW = "+15550109876"
"""A number of ours that nobody has configured yet."""
POISON = "poison"
REFUSE = {
    "sqlite": (
        "CREATE TRIGGER poison BEFORE INSERT ON messages WHEN NEW.{column} LIKE '%poison%' "
        "BEGIN SELECT RAISE(ABORT, 'the row is refused'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION poison() RETURNS trigger AS $$ BEGIN IF NEW.{column}::text LIKE '%poison%' THEN "
        "RAISE EXCEPTION 'the row is refused' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$ "
        "LANGUAGE plpgsql",
        "CREATE TRIGGER poison BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION poison()",
    ),
}
"""Has a database refuse a row, as a constraint would."""
UNKNOWN_STATUS = {
    "sqlite": ("PRAGMA ignore_check_constraints=ON", "UPDATE contacts SET status = 'martian'"),
    "postgresql": ("ALTER TABLE contacts DROP CONSTRAINT ck_contacts_status", "UPDATE contacts SET status = 'martian'"),
}


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start the service; its log is not painted on a terminal, which takes a second for each error."""
    async with run_service(database_url) as started:
        with capture_logs():
            yield started


async def change(running: Running, statements: Sequence[str]) -> None:
    """Change the database behind the service's back."""
    async with running.service.database.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def refuse(running: Running, column: str) -> None:
    """Have the database refuse messages with the poison in a column."""
    engine = running.service.database.engine_name
    await change(running, [statement.format(column=column) for statement in REFUSE[engine]])


async def rows(running: Running, query: Select[Any]) -> list[Any]:
    """Read rows."""
    async with running.service.database.read() as connection:
        return [row[0] if len(row) == 1 else tuple(row) for row in await connection.execute(query)]


async def say(running: Running, number: int, body: str, to: str = NEW, **more: str) -> int:
    """Let Bo text; returns the status of the answer."""
    fields = {"From": quote_plus(BO), "To": quote_plus(to), "Body": quote_plus(body), **more}
    return (await post(running, form(running, number, **fields).encode())).status


async def test_a_batch_that_fails_teaches_nothing(running: Running) -> None:
    """A text to a new number failed; every later one to it, STOP too, was stored as failed and answered 200."""
    await refuse(running, "extras")
    assert await say(running, 1, "PIZZA", FromCity=POISON) == 200
    assert NEW in await rows(running, select(channels.c.address))
    assert await say(running, 2, "PIZZA") == 200
    assert await say(running, 3, "STOP") == 200
    stored = await rows(running, select(messages.c.status).where(messages.c.direction == "inbound"))
    assert stored == ["failed", "received", "received"]
    assert await rows(running, select(opt_outs.c.address)) == [BO]


async def test_a_database_that_was_away_teaches_nothing(running: Running, database_url: str) -> None:
    """A text to a new number while the database is locked is answered 503; the next is handled."""
    async with locked(database_url):
        assert await say(running, 1, "PIZZA") == 503
    assert await say(running, 1, "PIZZA") == 200
    assert await rows(running, select(messages.c.status).where(messages.c.direction == "inbound")) == ["received"]


async def test_a_channel_that_is_gone_is_met_again(running: Running) -> None:
    """What the process remembers is checked against the database before a message is set aside for it."""
    assert await say(running, 1, "hello") == 200
    await change(running, ["DELETE FROM channels WHERE address = '+15550109876'"])
    assert await say(running, 2, "PIZZA") == 200
    stored = await rows(running, select(messages.c.status).where(messages.c.direction == "inbound"))
    assert stored == ["received", "received"]


async def test_a_race_that_fails_a_batch_spares_the_others(running: Running) -> None:
    """Where one of a batch cannot be handled, nothing of it stays in memory: the others meet the channel themselves."""
    await refuse(running, "extras")
    inbox = Inbox(running.service.database, running.service.house, running.service.clock)
    arrivals = [arrival(running, number, "STOP" if number else "hi", poison=number == 0) for number in range(3)]
    results = await inbox._run(arrivals)
    assert [isinstance(one, Exception) for one in results] == [False] * 3
    assert sorted(await rows(running, select(opt_outs.c.address))) == ["+15550102001", "+15550102002"]


def arrival(running: Running, number: int, body: str, *, poison: bool) -> Arrival:
    """Make an arrival at the new number."""
    metadata = {"FromCity": POISON} if poison else {}
    sender = f"+1555010200{number}"
    message = InboundMessage("twilio", f"SM{number}", Transport.SMS, sender, NEW, body, metadata=metadata)
    return Arrival(new_key(), running.service.clock(), message=message)


@pytest.mark.parametrize(("body", "source"), [("STOP", "keyword"), ("please stop texting me", "phrase")])
async def test_a_stop_that_is_set_aside_counts(body: str, source: str, running: Running) -> None:
    """The row of a STOP is refused: the opt-out is recorded and confirmed, and the text is kept without the rest."""
    await refuse(running, "extras")
    assert await say(running, 1, body, to=SERVICE, FromCity=POISON) == 200
    assert await rows(running, select(opt_outs.c.address, opt_outs.c.source)) == [(BO, source)]
    assert await rows(running, select(consent_changes.c.action)) == ["opt_out"]
    stored = select(messages.c.body, messages.c.status).where(messages.c.direction == "inbound")
    assert await rows(running, stored) == [(body, "failed")]
    await running.twilio.hears(BO, "no more|will not|unsubscribed", seconds=10)
    assert await say(running, 1, body, to=SERVICE, FromCity=POISON) == 200
    assert await running.count("outbound") == 1


async def test_a_stop_whose_text_is_refused_counts(running: Running) -> None:
    """Not even the text can be stored: the opt-out is recorded and confirmed without it."""
    await refuse(running, "body")
    assert await say(running, 1, f"please stop texting me, {POISON}", to=SERVICE) == 200
    assert await rows(running, select(opt_outs.c.address)) == [BO]
    await running.twilio.hears(BO, ".", seconds=10)
    assert await running.count("inbound") == 0


async def test_a_contact_that_cannot_be_read_can_stop(running: Running) -> None:
    """A status that this version does not know: texts are set aside, a STOP counts, and its confirmation is queued."""
    assert await say(running, 1, "hello", to=SERVICE) == 200
    await running.twilio.hears(BO, ".", seconds=10)
    await change(running, UNKNOWN_STATUS[running.service.database.engine_name])
    assert await say(running, 2, "PIZZA", to=SERVICE) == 200
    assert await say(running, 3, "STOP", to=SERVICE) == 200
    assert await rows(running, select(opt_outs.c.address)) == [BO]
    stored = await rows(running, select(messages.c.status).where(messages.c.direction == "inbound"))
    assert stored == ["received", "failed", "failed"]
    assert await running.count("outbound") == 2


async def test_a_step_that_fails_on_a_stop_stops(running: Running) -> None:
    """A stop word of another language in the midst of a survey that is damaged is taken for what it is."""
    assert await say(running, 1, "PIZZA", to=SERVICE) == 200
    await running.twilio.hears(BO, ".", seconds=10)
    await change(running, ["UPDATE sessions SET question_id = 'gone'"])
    assert await say(running, 2, "alto", to=SERVICE) == 200
    assert await rows(running, select(opt_outs.c.address)) == [BO]


async def test_the_provider_has_answered_already(running: Running) -> None:
    """A STOP that the provider answered is recorded, and nothing is sent."""
    await refuse(running, "extras")
    assert await say(running, 1, "basta ya", to=SERVICE, OptOutType="STOP", FromCity=POISON) == 200
    assert await rows(running, select(opt_outs.c.source)) == ["provider"]
    assert await running.count("outbound") == 0


async def test_what_is_no_stop_is_only_kept(running: Running) -> None:
    """A text, and one from a short code, are stored as failed; nobody is opted out, nobody is answered."""
    await refuse(running, "extras")
    assert await say(running, 1, "do not stop", to=SERVICE, FromCity=POISON) == 200
    assert await say(running, 2, "STOP", to=SERVICE, From="12345", FromCity=POISON) == 200
    assert await rows(running, select(opt_outs.c.address)) == []
    assert await running.count("inbound") == 2
    assert await running.count("outbound") == 0
