"""Blasts of templates on WhatsApp, over real HTTP: what the provider gets, and what previews say."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from flows.campaigns.templates import MessageTemplate, Parameter
from flows.values import HOUR
from storage.schema import conversations, schedules
from storage.templates import save_template
from tests.bot.running import Running, run_service
from tests.conversations.script import PHONES, SERVICE

ADA, BO, CY, DEE, EVE = (PHONES[name] for name in ("Ada", "Bo", "Cy", "Dee", "Eve"))
SID = "HX" + "0" * 31 + "1"
TEXT = "Hi {{1}}, your order {{2}} is ready."
SETTINGS = {
    "ROLLCALL_ADMIN_PHONES": f"{ADA}:admin",
    "ROLLCALL_QUIET_HOURS": "none",
    "ROLLCALL_HOLD_SECONDS": "0",
    "TWILIO_FROM": f"{SERVICE},whatsapp:{SERVICE}",
}


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start a service with people on SMS and on WhatsApp; one of the latter wrote two days ago, one has no name."""
    async with run_service(database_url, SETTINGS) as started:
        started.twilio.contents[SID] = TEXT
        for phone, name in ((BO, "Bo"), (CY, "Cy"), (EVE, "")):
            await started.twilio.text(f"whatsapp:{phone}", f"whatsapp:{SERVICE}", "JOIN", ProfileName=name)
            await started.twilio.hears(f"whatsapp:{phone}", "Welcome|community")
        await started.twilio.text(DEE, SERVICE, "JOIN")
        await started.twilio.hears(DEE, "Welcome|community")
        await silent_for_days(started, CY)
        parameters = (Parameter("1"), Parameter("2"))
        template = MessageTemplate("ready", "approved", TEXT, parameters, SID)
        plan = save_template(started.service.workspace.id, template, 1, language="en", category="utility")
        assert not await started.service.database.run(plan)
        yield started


async def silent_for_days(running: Running, phone: str) -> None:
    """Let a person's last message be two days old, here and at the provider."""
    async with running.service.database.engine.begin() as connection:
        await connection.execute(
            update(conversations)
            .where(conversations.c.address == phone)
            .values(last_inbound_at=running.service.clock() - 48 * HOUR)
        )
    for message in running.twilio.received:
        if message.sender == f"whatsapp:{phone}":
            message.created_at -= round(timedelta(days=2).total_seconds()) * 1_000_000


async def confirmed(running: Running, command: str) -> str:
    """Return a command and the code of its preview; return the preview."""
    before = len(running.twilio.accepted)
    await running.twilio.text(ADA, SERVICE, command)
    found = await running.twilio.hears(ADA, r"(.*)[Rr]eply (\d{6})", before)
    await running.twilio.text(ADA, SERVICE, found[2])
    return found[1]


def sent(running: Running, after: int = 0) -> dict[str, tuple[str, ...]]:
    """Return what the provider got per person from a point on: the text, or content SID and variables."""
    found: dict[str, tuple[str, ...]] = {}
    for one in running.twilio.accepted[after:]:
        form = one.form or {}
        names = ("Body",) if "Body" in form else ("ContentSid", "ContentVariables")
        found[one.recipient] = tuple(form[name][0] for name in names)
    found.pop(ADA, None)
    return found


async def test_a_template_is_sent_as_the_template(running: Running) -> None:
    """BLAST of a template sent its text and skipped who was outside the window: 1 of 3 on WhatsApp was reached."""
    after = len(running.twilio.accepted)
    preview = await confirmed(running, "BLAST community: template ready: {name} | 42")
    assert "as the WhatsApp template ready: 2 (1 = {name}, 2 = 42)" in preview
    assert re.findall("skipped: .*", preview) == ["skipped: 1 no value for a gap of the template"]
    report = await running.twilio.hears(ADA, "Campaign 1: completed\n(.*)")
    assert sent(running, after) == {
        f"whatsapp:{BO}": (SID, json.dumps({"1": "Bo", "2": "42"}, separators=(",", ":"))),
        f"whatsapp:{CY}": (SID, json.dumps({"1": "Cy", "2": "42"}, separators=(",", ":"))),
        DEE: ("Hi, your order 42 is ready.",),
    }
    await running.twilio.settle()
    assert running.heard(f"whatsapp:{CY}")[-1] == "Hi Cy, your order 42 is ready."
    assert [one.error_code for one in running.twilio.accepted if one.error_code] == []
    assert "skipped: 1" in report[1]


async def test_free_text_stays_within_the_window(running: Running) -> None:
    """Preview and report skip the same people: who has not written to us on WhatsApp for a day gets no free text."""
    preview = await confirmed(running, "BLAST community: Hello {name|friend}")
    assert re.findall("skipped: .*", preview) == ["skipped: 1 outside WhatsApp's 24 hours"]
    report = await running.twilio.hears(ADA, "Campaign 1: completed\n(.*)")
    assert "skipped: 1" in report[1]
    await running.twilio.settle()
    assert [one.error_code for one in running.twilio.accepted if one.error_code] == []


async def test_a_template_without_its_sid(running: Running) -> None:
    """A template that was taken over without content SID goes out as text; the preview says why some are left out."""
    plain = MessageTemplate("plain", "approved", "Doors open at six.")
    plan = save_template(running.service.workspace.id, plain, 1, language="en", category="utility")
    await running.service.database.run(plan)
    preview = await confirmed(running, "BLAST community: template plain")
    assert "The template plain has no content SID" in preview
    assert "skipped: 1 outside WhatsApp's 24 hours" in preview


async def test_schedules_tests_and_replies_send_the_template(running: Running) -> None:
    """A schedule keeps content SID and variables; TEST shows the operator what leaves; REPLY needs it after a day."""
    preview = await confirmed(running, "SCHEDULE every monday 9am community: template ready: {name} | 7")
    assert "as the WhatsApp template ready: 2 (1 = {name}, 2 = 7)" in preview
    after = len(running.twilio.accepted)
    await running.twilio.text(ADA, SERVICE, f"REPLY {CY}: Are you there?")
    await running.twilio.hears(ADA, "has not written on WhatsApp for 24 hours", after)
    await running.twilio.text(ADA, SERVICE, f"REPLY {EVE}: template ready: {{name}} | 7")
    await running.twilio.hears(ADA, "Nothing is known for a gap of the template ready: nothing was sent", after)
    await running.twilio.text(ADA, SERVICE, f"REPLY {CY}: template ready: {{name}} | 9")
    await running.twilio.hears(f"whatsapp:{CY}", "Hi Cy, your order 9 is ready", after)
    await running.twilio.text(f"whatsapp:{ADA}", f"whatsapp:{SERVICE}", "TEST template ready: Ada | 8")
    await running.twilio.hears(f"whatsapp:{ADA}", "Hi Ada, your order 8 is ready", after)
    assert sent(running, after) == {
        f"whatsapp:{CY}": (SID, '{"1":"Cy","2":"9"}'),
        f"whatsapp:{ADA}": (SID, '{"1":"Ada","2":"8"}'),
    }


async def test_an_occurrence_and_a_retry_send_the_template(running: Running) -> None:
    """What a schedule fires, and what RETRY sends again, is the template with its variables."""
    await confirmed(running, "SCHEDULE every monday 9am community: template ready: {name} | 7")
    await running.twilio.hears(ADA, "CANCEL 1 ends it")
    running.twilio.failing_recipients[f"whatsapp:{CY}"] = 30008
    async with running.service.database.engine.begin() as connection:
        await connection.execute(update(schedules).values(next_due_at=running.service.clock()))
    await running.twilio.hears(ADA, "Campaign 2: completed")
    await running.twilio.settle()
    assert sent(running)[f"whatsapp:{CY}"] == (SID, '{"1":"Cy","2":"7"}')
    running.twilio.failing_recipients.clear()
    after = len(running.twilio.accepted)
    for one in running.twilio.accepted:
        if one.error_code:
            await running.twilio.post(one.status_callback or "", running.twilio._callback(one, "undelivered"))
    await confirmed(running, "RETRY 2")
    await running.twilio.hears(ADA, "Campaign 3: completed", after)
    assert sent(running, after) == {f"whatsapp:{CY}": (SID, '{"1":"Cy","2":"7"}')}
