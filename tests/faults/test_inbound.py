"""Webhooks come one to five times, to several nodes, which are killed: each message once, each reply once, in order."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter

import pytest
from sqlalchemy import select

from storage.schema import flows, messages
from tests.conversations.script import SERVICE
from tests.faults.conftest import Say
from tests.faults.processes import LONG, Cluster, running

PEOPLE, KILLS = (6_667, 20) if LONG else (1_000, 5)
STEPS = ("PIZZA", "1", "no")
CONNECTIONS = 50
PARTS = ("Three questions", "Another slice?", "Thank you", "LEAVE REHEARSE")


async def post(cluster: Cluster, phone: str, text: str, sid: str, copies: int) -> int:
    """Post a message so many times at once, and again until one is taken; gives how many posts there were."""
    posts = 0
    while True:
        answers = await asyncio.gather(
            *(cluster.twilio.text(phone, SERVICE, text, MessageSid=sid) for _copy in range(copies))
        )
        posts += copies
        if 200 in answers:
            return posts
        await asyncio.sleep(0.2)


async def person(cluster: Cluster, number: int, gate: asyncio.Semaphore) -> int:
    """Take the survey, a step after the other; gives how many posts there were."""
    dice, posts = random.Random(number), 0  # noqa: S311 - a dice, no secret
    for place, text in enumerate(STEPS):
        async with gate:
            sid = f"SM{number * 10 + place:032x}"
            posts += await post(cluster, phone_of(number), text, sid, dice.randint(1, 5))
    return posts


def phone_of(number: int) -> str:
    """Give the phone of a person."""
    return f"+1555{3_000_000 + number}"


@pytest.mark.timeout(900)
async def test_every_message_once(database_url: str, say: Say) -> None:
    """Whatever is killed when: what was answered 200 took effect once, and everybody reads the survey in order."""
    async with running(database_url, 3, more={"ROLLCALL_RATE_PER_SECOND": "2000"}) as cluster:
        began, gate = time.monotonic(), asyncio.Semaphore(CONNECTIONS)
        everybody = asyncio.gather(*(person(cluster, number, gate) for number in range(PEOPLE)))
        for _kill in range(KILLS):
            await asyncio.sleep(cluster.dice.uniform(0.5, 1.5))
            await cluster.kill_one()
        posts = sum(await everybody)
        spent = time.monotonic() - began
        await cluster.worked_off()
        await check(cluster)
    say(
        f"inbound, {cluster}: {PEOPLE * len(STEPS):,} messages in {posts:,} posts, {KILLS} kills, {spent:.0f} s: "
        f"each once, {PEOPLE:,} surveys completed, every reply once and in order"
    )


def is_right(said: list[str]) -> bool:
    """Say whether a person heard the survey, each part once and in order."""
    return len(said) == len(PARTS) and all(part in body for part, body in zip(PARTS, said, strict=True))


async def check(cluster: Cluster) -> None:
    """Compare rows and the provider's log with what everybody did."""
    stored = await cluster.rows(select(messages.c.provider_id).where(messages.c.direction == "inbound"))
    assert Counter(row[0] for row in stored) == Counter(
        f"SM{number * 10 + place:032x}" for number in range(PEOPLE) for place in range(len(STEPS))
    )
    heard: dict[str, list[str]] = {}
    for message in cluster.twilio.accepted:
        heard.setdefault(message.recipient, []).append(message.body)
    wrong = {number: said for number in range(PEOPLE) if not is_right(said := heard.get(phone_of(number), []))}
    assert wrong == {}
    counts = await cluster.rows(
        select(flows.c.start_count, flows.c.completion_count).where(flows.c.completion_count > 0)
    )
    assert counts == [(PEOPLE, PEOPLE)]
