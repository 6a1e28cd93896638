"""The simulator beside a real provider: nothing that is texted, commanded or queued in it reaches a real phone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from sqlalchemy import update

from storage.campaigns.rows import find_campaign
from storage.schema import campaigns
from tests.bot.running import Running, run_service
from tests.conversations.script import PHONES, SERVICE

ADA, BO, CY, DEE, EVE = (PHONES[name] for name in ("Ada", "Bo", "Cy", "Dee", "Eve"))
SETTINGS = {
    "ROLLCALL_ADMIN_PHONES": f"{ADA}:admin,{DEE}:admin",
    "ROLLCALL_QUIET_HOURS": "none",
    "ROLLCALL_HOLD_SECONDS": "0",
    "ROLLCALL_SIMULATOR": "true",
}


@dataclass(slots=True)
class Sides:
    """A service with a provider and the simulator."""

    running: Running
    http: aiohttp.ClientSession

    async def play(self, phone: str, text: str) -> None:
        """Text from a phone of the simulator."""
        async with self.http.post("/simulator/messages", json={"contact": phone, "text": text}) as answer:
            assert answer.status == 200, await answer.text()

    async def played(self, phone: str) -> list[str]:
        """Return what a phone of the simulator shows of us, oldest first."""
        async with self.http.get("/simulator/messages", params={"contact": phone}) as answer:
            bubbles = (await answer.json())["messages"]
        return [bubble["text"] for bubble in bubbles if bubble["direction"] == "outbound"]

    async def shows(self, phone: str, pattern: str) -> re.Match[str]:
        """Wait until a phone of the simulator shows a text; the newest counts."""
        for _look in range(200):
            for text in reversed(said := await self.played(phone)):
                if found := re.search(pattern, text, re.DOTALL):
                    return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"{phone} shows {said}, not {pattern}")

    async def real(self, phone: str, text: str) -> None:
        """Text from a real phone."""
        assert await self.running.twilio.text(phone, SERVICE, text) == 200

    def sent(self, text: str) -> list[str]:
        """Name the real phones that got a text with these words in it."""
        return sorted(one.recipient for one in self.running.twilio.accepted if text in one.body)


@pytest.fixture
async def sides(database_url: str) -> AsyncIterator[Sides]:
    """Start a service with Bo and Dee outside, Eve in the simulator, and Ada on both sides."""
    async with run_service(database_url, SETTINGS) as running:
        headers = {"Accept": "application/json"}
        async with aiohttp.ClientSession(running.url, headers=headers) as http:
            made = Sides(running, http)
            for phone in (BO, DEE, ADA):
                await made.real(phone, "JOIN")
                await running.twilio.hears(phone, "Welcome")
            for phone in (EVE, ADA):
                await made.play(phone, "JOIN")
                await made.shows(phone, "Welcome|already")
            yield made


async def test_a_blast_of_the_simulator_stays_in_it(sides: Sides) -> None:
    """A code was read off the page and used, and Twilio sent to 300 people: now it reaches Eve and Ada, there."""
    await sides.play(ADA, "BLAST community: Free money")
    preview = await sides.shows(ADA, r"BLAST to community: 2 people.*2 no way to reach.*reply (\d{6})")
    await sides.play(ADA, preview[1])
    await sides.shows(ADA, "Campaign 1: completed")
    assert (await sides.played(EVE))[-1] == "Free money"
    await sides.running.twilio.settle()
    assert sides.sent("Free money") == []
    assert sides.sent("reply") == []
    assert sides.sent("Campaign") == []  # nor the news for Dee, who is an admin outside


async def test_a_real_blast_does_not_get_in(sides: Sides) -> None:
    """Eve, who is made up, is no real phone to write to; and Ada's code goes to the phone, though she played last."""
    await sides.real(ADA, "BLAST community: Rehearsal at six")
    code = await sides.running.twilio.hears(ADA, r"BLAST to community: 3 people.*1 no way to reach.*reply (\d{6})")
    assert not [text for text in await sides.played(ADA) if "reply" in text]
    await sides.play(ADA, code[1])  # whoever sees the page may type what they like
    await sides.shows(ADA, "No command waits for this code|We could not|HELP")
    assert sides.sent("Rehearsal at six") == [ADA]  # the preview
    await sides.real(ADA, code[1])
    await sides.running.twilio.hears(ADA, "Campaign 1: completed")
    got = [one.recipient for one in sides.running.twilio.accepted if one.body == "Rehearsal at six"]
    assert sorted(got) == sorted([ADA, BO, DEE])
    assert "Rehearsal at six" not in await sides.played(EVE)


async def test_real_campaigns_are_out_of_reach(sides: Sides) -> None:
    """RESUME in the simulator let a paused campaign go on to real phones; so would MOVE, RETRY and CANCEL change it."""
    await sides.real(ADA, "SCHEDULE tomorrow 9am community: Later")
    code = await sides.running.twilio.hears(ADA, r"reply (\d{6})")
    await sides.real(ADA, code[1])
    await sides.running.twilio.hears(ADA, "Campaign 1 ")
    await sides.real(ADA, "SCHEDULE every day at 9am community: Daily")
    code = await sides.running.twilio.hears(ADA, r"Daily.*reply (\d{6})")
    await sides.real(ADA, code[1])
    await sides.running.twilio.hears(ADA, "Campaign 2 ")
    for command in ("PAUSE 1", "CANCEL 1", "MOVE 1 tomorrow 10am", "PAUSE 2"):
        await sides.play(ADA, command)
        await sides.play(ADA, f"TEST after {command}")
        await sides.shows(ADA, f"after {command}")
    refused = [text for text in await sides.played(ADA) if "set up outside the simulator, which cannot change" in text]
    assert [text[0] for text in refused] == ["1", "1", "1", "2"]
    await sides.play(ADA, "UNDO")
    await sides.shows(ADA, "Nothing is on hold")
    database = sides.running.service.database
    found = await database.run(find_campaign(sides.running.service.workspace.id, 1))
    assert found is not None
    assert found.status == "scheduled"


async def test_a_campaign_of_an_earlier_version(sides: Sides) -> None:
    """One that was set up in the simulator and is due now reaches nobody outside, whatever its people wrote last."""
    await sides.real(ADA, "SCHEDULE tomorrow 9am community: From before")
    code = await sides.running.twilio.hears(ADA, r"reply (\d{6})")
    await sides.real(ADA, code[1])
    await sides.running.twilio.hears(ADA, "Campaign 1 ")
    service = sides.running.service
    simulated = next(key for key, one in service.house.channels_by_id.items() if one.is_simulated)
    async with service.database.engine.begin() as connection:
        await connection.execute(
            update(campaigns).values(channel_id=simulated, due_at=service.clock(), time_zone="UTC")
        )
    await sides.shows(EVE, "From before")
    await sides.shows(ADA, "Campaign 1: completed")
    await sides.running.twilio.settle()
    assert [one for one in sides.running.twilio.accepted if one.body == "From before"] == []


async def test_replies_and_news_stay_where_they_belong(sides: Sides) -> None:
    """REPLY to somebody outside is refused with the reason; news of a command are for the admins on its side."""
    await sides.play(ADA, f"REPLY {BO} Hello Bo")
    await sides.shows(ADA, "has written only outside the simulator, which reaches nobody there: nothing was sent")
    await sides.real(ADA, f"REPLY {EVE} Hello Eve")
    await sides.running.twilio.hears(ADA, "has written only in the simulator: nothing was sent")
    await sides.play(ADA, f"ADD {CY} Cy")
    await sides.shows(ADA, "Cy is in community")
    await sides.play(DEE, "WHOAMI")
    await sides.shows(DEE, "Ada put Cy into community|put Cy into community")
    await sides.running.twilio.settle()
    assert sides.sent("Hello") == []
    assert sides.sent("put Cy into") == []
