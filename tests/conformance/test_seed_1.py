"""What SMS Admin (seed 001) did goes on, statement by statement."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from bot.logins import log_in
from flows.errors import CommandError
from flows.values import DAY
from storage.schema import (
    answers,
    campaigns,
    contacts,
    events,
    flows,
    group_members,
    groups,
    messages,
    operators,
    opt_outs,
    recipients,
    registrations,
    suppressions,
)
from tests.conformance.conftest import Found
from tests.conversations.stages import BEGIN_AT

ADA, BO, CY, DEE = "+15550100101", "+15550100102", "+15550100103", "+15550100104"


async def test_s1_02_roles(found: Found) -> None:
    """Admins stay admins, social managers are managers; another role is refused, not guessed."""
    town = await found("sms_admin")
    assert {row["username"]: row["role"] for row in await town.rows(operators) if row["username"]} == {
        "boss": "admin",
        "social": "manager",
        "ancient": "admin",
    }
    assert town.report.tables["app_users"].refused == 1


async def test_s1_03_passwords(found: Found) -> None:
    """The hashes of Werkzeug (pbkdf2, scrypt) are verified as they are, whatever the role; a wrong password is not."""
    town = await found("sms_admin")
    for name, password, role in (("boss", "choir-of-2026", "admin"), ("social", "social-of-2026", "manager")):
        login = await log_in(town.database, town.target.workspace_id, name, password, BEGIN_AT)
        assert (login.role, login.must_change_password) == (role, name == "social")
        with pytest.raises(CommandError):
            await log_in(town.database, town.target.workspace_id, name, "wrong", BEGIN_AT)
    assert (await town.row(operators, username="boss"))["password_hash"].startswith("$argon2")
    held = {doubt.row: doubt.column for doubt in town.report.tables["app_users"].doubts}
    assert held == {"4": "password_hash"}


async def test_s1_05_events_with_and_without_a_day(found: Found) -> None:
    """A date without an hour fills its day; an event without a date has none."""
    town = await found("sms_admin")
    gala = await town.row(events, number=3)
    assert (gala["title"], gala["all_day"], gala["starts_at"]) == ("Spring Gala", True, 1_810_166_400_000_000)
    assert (await town.row(events, title="Picnic"))["starts_at"] is None


async def test_s1_08_registering_twice(found: Found) -> None:
    """The same phone in two forms is one registration; taking over again adds none."""
    town = await found("sms_admin")
    gala = await town.row(events, number=3)
    assert len(await town.rows(registrations, event_id=gala["id"])) == 2
    assert gala["registered_count"] == 2
    assert town.report.tables["event_registrations"].merged == 1


async def test_s1_09_registrants_are_no_members(found: Found) -> None:
    """Who only came to an event is not in the community."""
    town = await found("sms_admin")
    dee = await town.row(contacts, address=DEE)
    community = await town.row(groups, name="community")
    assert not await town.rows(group_members, group_id=community["id"], contact_id=dee["id"])


async def test_s1_11_sources_of_opt_outs(found: Found) -> None:
    """Each keeps its source and reason; one of an event that is gone holds for all."""
    town = await found("sms_admin")
    kept = {row["address"]: (row["scope"], row["source"], row["text"]) for row in await town.rows(opt_outs)}
    assert kept["+15550100107"] == ("all", "inbound", "texted STOP")
    assert kept[DEE] == ("event:3", "event:3", None)
    assert kept["+15550100108"] == ("all", "import", "list of 2025")
    assert kept["+15550100109"] == ("all", "event:44", None)
    assert kept["+15550100110"] == ("all", "message_failure", "said STOP")


async def test_s1_12_dead_numbers(found: Found) -> None:
    """A hard failure keeps its reason and where it came from."""
    town = await found("sms_admin")
    dead = await town.row(suppressions, address=BO)
    assert (dead["category"], dead["reason"]) == ("hard_fail", "Invalid number")
    assert (dead["source"], dead["source_type"]) == ("message_log:1", "message_log")


async def test_s1_13_soft_failures_suppress_nobody(found: Found) -> None:
    """They are left out, and the report says so."""
    town = await found("sms_admin")
    assert not await town.rows(suppressions, address="+15550100111")
    assert town.report.tables["suppressed_contacts"].refused == 1


async def test_s1_15_details_of_a_log(found: Found) -> None:
    """Each entry is a recipient with name, outcome and error; those that are none are refused with their place."""
    town = await found("sms_admin")
    log = await town.row(campaigns, text="Hello all", status="completed", name=None, due_at=None)
    kept = await town.rows(recipients, campaign_id=log["id"])
    assert [row["address"] for row in kept] == [ADA, BO, CY]
    sent = {row["address"]: row for row in await town.rows(messages, campaign_id=log["id"])}
    assert {address: (row["status"], row["error_text"]) for address, row in sent.items()} == {
        ADA: ("sent", None),
        BO: ("failed", "Invalid number"),
        CY: ("sent", None),
    }
    assert (sent[CY]["extras"], sent[BO]["extras"]) == ({"name": "Cy"}, None)
    assert log["extras"]["success_count"] + log["extras"]["failure_count"] == log["extras"]["total_recipients"] == 3
    refused = [one.reason for one in town.report.tables["message_logs.details"].refusals]
    assert [reason[:4] for reason in refused] == ["1[3]", "1[4]", "its "]


async def test_s1_17_attempts_at_the_old_door(found: Found) -> None:
    """The old table of attempts, with its index and defaults, is recognised and left: a lock of the old door passes."""
    town = await found("sms_admin")
    with closing(sqlite3.connect(town.url.removeprefix("sqlite:///"))) as old:
        assert old.execute(
            "SELECT client_ip, attempt_count, locked_until IS NOT NULL FROM login_attempts"
        ).fetchall() == [("192.0.2.1", 3, 1)]
        assert old.execute("PRAGMA index_info(ix_login_attempts_client_ip)").fetchall()[0][2] == "client_ip"
    assert "login_attempts is not taken over: they lock out guesses at the old door, and pass by themselves." in (
        town.report.notes
    )
    login = await log_in(town.database, town.target.workspace_id, "boss", "choir-of-2026", BEGIN_AT)
    assert login.name == "boss"


async def test_s1_22_who_gets_a_blast(found: Found) -> None:
    """The community without who opted out or is dead; an event's people likewise."""
    town = await found("sms_admin")
    heard = await town.confirmed("BLAST community: Hi all")
    assert sorted(address for address, texts in heard.items() if "Hi all" in texts) == [ADA, CY]
    heard = await town.confirmed("BLAST event 3: Hi guests")
    assert [address for address, texts in heard.items() if "Hi guests" in texts] == [ADA]


async def test_s1_23_a_greeting_without_a_name(found: Found) -> None:
    """It is clean."""
    town = await found("sms_admin")
    await town.say("Ada", "ADD +15550100105 #late")
    heard = await town.confirmed("BLAST #late: Hi {name}, news")
    assert heard["+15550100105"] == ["Hi, news"]


async def test_s1_24_keywords_start_surveys(found: Found) -> None:
    """In any case and with blanks; the start is counted; a survey at rest starts nothing."""
    town = await found("sms_admin")
    assert await town.say("Cy", "  helper ") == ["Welcome!\nWhat is your name?"]
    assert (await town.row(flows, name="Volunteers"))["start_count"] == 8
    assert "rest" not in (await town.say("Dee", "REST"))[0].lower().split()


async def test_s1_25_questions_in_order(found: Found) -> None:
    """Intro and question, answer by answer, then the thanks; the completion is counted."""
    town = await found("sms_admin")
    await town.say("Cy", "HELPER")
    assert await town.say("Cy", "Cy Lee") == ["Which day?"]
    assert (await town.say("Cy", "Friday"))[0] == "Thank you!"
    assert (await town.row(flows, name="Volunteers"))["completion_count"] == 5
    assert [row["text"] for row in await town.rows(answers)] == ["Cy Lee", "Friday"]


async def test_s1_26_completion_registers_once(found: Found) -> None:
    """The linked event has the person afterwards, also when the survey is taken twice."""
    town = await found("sms_admin")
    for _ in range(2):
        for text in ("HELPER", "Cy Lee", "Friday"):
            await town.say("Cy", text)
    cy = await town.row(contacts, address=CY)
    assert len(await town.rows(registrations, contact_id=cy["id"])) == 1


async def test_s1_29_questions_that_are_broken(found: Found) -> None:
    """They are refused when they are taken over, never at run time."""
    town = await found("sms_admin")
    refused = {one.row: one.reason for one in town.report.tables["survey_flows"].refusals}
    assert "its JSON cannot be read" in refused["3"]
    assert list(refused) == ["3"]
    assert await town.say("Cy", "EMPTY") == ["Just this\nBye"]
    assert (await town.row(flows, name="Empty"))["completion_count"] == 1


async def test_s1_33_scopes_of_opt_outs(found: Found) -> None:
    """Dee left the gala alone: its blasts pass her by, others do not; a STOP is for all."""
    town = await found("sms_admin")
    await town.say("Ada", f"ADD {DEE} Dee #choir")
    assert (await town.confirmed("BLAST #choir: Hi"))[DEE] == ["Hi"]
    assert DEE not in await town.confirmed("BLAST event 3: Hi")
    await town.say("Dee", "STOP")
    (said,) = await town.say("Ada", "BLAST #choir: Hi")
    assert "opted out" in said


async def test_s1_34_scheduled_messages(found: Found) -> None:
    """Pending is scheduled, overdue expires, sent, failed and cancelled stay what they were."""
    town = await found("sms_admin")
    kept = {row["text"]: row["status"] for row in await town.rows(campaigns)}
    assert kept["Happy new year, {name}"] == "scheduled"
    assert kept["Missed"] == "expired"
    assert kept["Nowhere"] == "cancelled"
    assert len([one for one in town.report.notes if "is expired" in one]) == 1


async def test_s1_34_overdue_work_on_request(found: Found) -> None:
    """With --send-overdue what was missed goes out at once, to those who may get it."""
    town = await found("sms_admin", send_overdue=True)
    assert "Missed" in await town.say("Cy", "hello")
    assert sorted(row["address"] for row in await town.rows(messages, body="Missed")) == [ADA, CY]


async def test_s1_35_a_test_reaches_the_admin_alone(found: Found) -> None:
    """A test goes to the admin's phone: TEST does that at once; an adopted one is cancelled, and says so."""
    town = await found("sms_admin")
    test = await town.row(campaigns, text="A test")
    assert (test["status"], test["extras"]["test_mode"]) == ("cancelled", True)
    assert any("TEST with its text sends it there" in note for note in town.report.notes)
    said = await town.say("Ada", "TEST A test of ours")
    assert any("A test of ours" in text for text in said)
    sent = await town.rows(messages, direction="outbound")
    assert {row["address"] for row in sent if "A test" in row["body"]} == {ADA}
    heard = await town.stage.later(4 * 366 * DAY)  # past the day for which the old test was planned
    assert not any("A test" in text for texts in heard.values() for text in texts)


async def test_s1_37_work_that_was_cut_off(found: Found) -> None:
    """What was being sent when the old system stopped is failed, and never sent twice."""
    town = await found("sms_admin")
    stuck = await town.row(campaigns, text="Stuck")
    assert (stuck["status"], "not known" in stuck["stopped_reason"]) == ("failed", True)
