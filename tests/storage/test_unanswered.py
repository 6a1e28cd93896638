"""Who waits for a person's answer: kept, listed, told of and taken out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from flows.effects import Flag, LeaveForPerson
from flows.values import MINUTE, SECOND, Contact
from storage.apply import Handled
from storage.digests import Reader, claim_digest, digest_readers, newest_news, news_for
from storage.operators import save_operator
from storage.people import block
from storage.plan import Plan, Query
from storage.schema import digests, unanswered
from storage.unanswered import (
    Waiting,
    find_waiting,
    take_everybody_out,
    take_out,
    waiting_people,
    waiting_texts,
)
from tests.storage.scene import NOW, WORKSPACE, Scene

ADA, BO = "+15550100101", "+15550100102"


async def wrote(scene: Scene, contact: Contact, body: str, at: int = NOW, *, is_news: bool = True) -> None:
    """Let somebody write what a person should look at."""
    effects = (Flag("unclaimed"), LeaveForPerson(is_news=is_news))
    await scene.apply(texted(scene.turn(contact, *effects, now_at=at), body))


def texted(handled: Handled, body: str) -> Handled:
    """Give a message its text."""
    assert handled.message is not None
    return replace(handled, message=replace(handled.message, text=body))


async def people(scene: Scene) -> tuple[Waiting, ...]:
    """List who waits."""
    return await scene.database.run(waiting_people(WORKSPACE.id, 10))


async def test_one_row_for_each_person(scene: Scene) -> None:
    """However much somebody writes, it is one entry with the last text; who wrote last comes first."""
    ada, bo = await scene.contact(ADA), await scene.contact(BO)
    await wrote(scene, ada, "hello?")
    await wrote(scene, bo, "parking?", NOW + SECOND)
    effects = (LeaveForPerson(),)
    await scene.apply(
        texted(scene.turn(ada, *effects, now_at=NOW + MINUTE), "anybody?"),
        texted(scene.turn(ada, *effects, now_at=NOW + MINUTE), "please"),
    )
    found = await people(scene)
    assert [(one.address, one.message_count, one.body) for one in found] == [(ADA, 3, "please"), (BO, 1, "parking?")]
    texts = await scene.database.run(waiting_texts(found[0], 2))
    assert [one.body for one in texts] == ["anybody?", "please"]
    assert await scene.database.run(waiting_people(b"v" * 16, 10)) == ()


async def test_people_are_taken_out(scene: Scene) -> None:
    """One by an answer, all of those who have not written since; who is blocked is not shown."""
    ada, bo = await scene.contact(ADA), await scene.contact(BO)
    await wrote(scene, ada, "hello?")
    await wrote(scene, bo, "parking?", NOW + SECOND)
    assert (await scene.database.run(find_waiting(ada.id))) is not None
    await scene.database.run(take_out(ada.id))
    assert (await scene.database.run(find_waiting(ada.id))) is None
    await scene.database.run(take_everybody_out(WORKSPACE.id, NOW))
    assert [one.address for one in await people(scene)] == [BO]
    await scene.database.run(block(bo.id, NOW))
    assert await people(scene) == ()
    await scene.database.run(take_everybody_out(WORKSPACE.id, NOW + MINUTE))
    assert await scene.rows(unanswered) == []


async def readers(scene: Scene) -> tuple[Reader, ...]:
    """Read the operators who may be told."""
    return await scene.database.run(digest_readers(WORKSPACE.id))


async def test_news_are_told_once(scene: Scene) -> None:
    """Each operator is told up to a moment; of two nodes one takes the digest on, the first time and later."""
    await scene.database.run(save_operator(WORKSPACE.id, ADA, "Ada", "admin", NOW))
    bo = await scene.contact(BO)
    assert await scene.database.run(newest_news(WORKSPACE.id, NOW)) is None
    await wrote(scene, bo, "parking?")
    assert await scene.database.run(newest_news(WORKSPACE.id, NOW - 1)) is None
    assert await scene.database.run(newest_news(WORKSPACE.id, NOW)) == NOW
    (reader,) = await readers(scene)
    assert (reader.address, reader.role, reader.sent_at, reader.told_until_at) == (ADA, "admin", 0, 0)
    assert [one.address for one in await scene.database.run(news_for(WORKSPACE.id, reader, NOW, 10))] == [BO]
    assert await scene.database.run(claim_digest(reader, NOW, NOW))
    assert not await scene.database.run(claim_digest(reader, NOW, NOW))
    (told,) = await readers(scene)
    assert (told.sent_at, told.told_until_at) == (NOW, NOW)
    assert await scene.database.run(news_for(WORKSPACE.id, told, NOW + MINUTE, 10)) == ()
    await wrote(scene, bo, "and a toilet?", NOW + SECOND, is_news=False)
    assert await scene.database.run(news_for(WORKSPACE.id, told, NOW + MINUTE, 10)) == ()
    await wrote(scene, bo, "still there?", NOW + MINUTE)
    assert len(await scene.database.run(news_for(WORKSPACE.id, told, NOW + MINUTE, 10))) == 1
    assert await scene.database.run(claim_digest(told, NOW + MINUTE, NOW + MINUTE))
    assert not await scene.database.run(claim_digest(told, NOW + MINUTE, NOW + MINUTE))
    assert len(await scene.rows(digests)) == 1


READER = Reader(b"o" * 16, ADA, "admin", None, 0, NOW - SECOND)
SOMEBODY = Waiting(b"c" * 16, ADA, None, 1, b"m" * 16, NOW, 1, b"", "", None)
PLANS: tuple[tuple[str, Callable[[], Plan[object]]], ...] = (
    ("ix_unanswered_latest", lambda: waiting_people(WORKSPACE.id, 51)),
    ("ix_unanswered_news", lambda: newest_news(WORKSPACE.id, NOW)),
    ("ix_unanswered_news", lambda: news_for(WORKSPACE.id, READER, NOW, 51)),
    ("ix_messages_contact", lambda: waiting_texts(SOMEBODY, 20)),
)


MANY_MESSAGES = """
    INSERT INTO messages
        (id, workspace_id, channel_id, contact_id, direction, status, address, body, created_at, updated_at)
    SELECT decode('7a' || lpad(to_hex(n), 30, '0'), 'hex'), 'w', 'c', decode(lpad(to_hex(n % 50), 32, '0'), 'hex'),
           'inbound', 'received', '+15550100000', 'hello', n, n
    FROM generate_series(1, 1000) AS n
"""
"""Twenty messages of each of fifty people: without any, PostgreSQL finds one index as good as another."""


@pytest.mark.parametrize(("index", "plan"), PLANS, ids=["list", "newest", "news", "texts"])
async def test_no_statement_grows_with_what_is_stored(
    scene: Scene, index: str, plan: Callable[[], Plan[object]]
) -> None:
    """Each reads a range of an index, in its order: with a million people it reads no more than it shows."""
    query = next(plan())
    assert isinstance(query, Query)
    engine = scene.database.engine_name
    compiled = query.statement.for_engine(engine)
    values = tuple(compiled.arrange(query.values) if compiled.arrange else query.values)
    words = "EXPLAIN QUERY PLAN " if engine == "sqlite" else "EXPLAIN "
    async with scene.database.engine.connect() as connection:
        if engine != "sqlite":
            await connection.exec_driver_sql(MANY_MESSAGES)
            await connection.exec_driver_sql("ANALYZE messages")
            for way in ("seqscan", "sort", "bitmapscan"):
                await connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        rows = await connection.exec_driver_sql(words + compiled.sql, values)
        shown = "\n".join(" ".join(map(str, row)) for row in rows)
    assert index in shown, shown
    assert not re.search(r"SCAN (?!.*INDEX)|Seq Scan|Sort|TEMP B-TREE", shown), shown
