"""What Red Button (seed 003: users and contacts) and the WA client (seed 004) did goes on."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from bot.cli import main
from bot.logins import find_key, log_in
from flows.errors import CommandError
from flows.values import MINUTE
from storage.adopt.red_button import trades_of
from storage.schema import api_keys, contacts, conversations, messages, metadata, operators, templates
from tests.conformance.conftest import Found
from tests.conversations.stages import BEGIN_AT

ADA, BO, CY = "+15550100101", "+15550100102", "+15550100103"


async def test_s3_01_users(found: Found) -> None:
    """The owner comes along, the e-mail in small letters."""
    town = await found("red_button", "u1")
    assert (await town.row(operators, email="builder@example.org"))["password_hash"].startswith("pbkdf2")


async def test_s3_02_one_account_in_any_case(found: Found) -> None:
    """Builder@Example.org and builder@example.org are one account: one login, in any case, with the rows of both."""
    town = await found("red_button", "BUILDER@EXAMPLE.ORG")
    assert [row["email"] for row in await town.rows(operators) if row["email"]] == ["builder@example.org"]
    for name in ("builder@example.org", "Builder@Example.org", "BUILDER@EXAMPLE.ORG"):
        login = await log_in(town.database, town.target.workspace_id, name, "builder-of-2026", BEGIN_AT)
        assert login.role == "manager"
    assert {row["name"] for row in await town.rows(contacts)} >= {"Bo the Painter", "Dee the Plumber"}


async def test_s3_04_contacts(found: Found) -> None:
    """E-mail, trades, zip and website are fields; who has no phone is there all the same, and never texted."""
    town = await found("red_button", "u1")
    bo = await town.row(contacts, address=BO)
    assert bo["fields"] == {
        "email": "bo@example.org",
        "trade": ["paint", "drywall", "tiling"],
        "zip": "94110",
        "website": "https://bo.example.org",
    }
    assert (await town.row(contacts, address="email:mail@example.org"))["phone"] is None
    assert (await town.row(contacts, address="contact:c4"))["name"] == "Neither"
    (said,) = await town.say("Ada", 'BLAST name="Mail only": Hi')
    assert "no way to reach" in said


async def test_s3_26_a_stranger_gets_nothing(found: Found) -> None:
    """The contacts of another user stay where they are, and who is no operator hears nothing of ours by any command."""
    town = await found("red_button", "u1")
    for table in metadata.sorted_tables:
        rows = " ".join(repr(dict(row)) for row in await town.rows(table))
        assert not [word for word in ("Not ours", "notours@", "stranger@", "+15550100109") if word in rows], table.name
    (said,) = await town.say("Ada", "BLAST trade=paint: Hi")
    assert ": 1 person" in said
    with pytest.raises(CommandError):
        await log_in(town.database, town.target.workspace_id, "stranger@example.org", "builder-of-2026", BEGIN_AT)
    for command in ("HISTORY +15550100102", "BLAST trade=paint: Hi", "SEARCH paint", "GROUPS", "@1 hello", "CONTACTS"):
        heard = " ".join(await town.say("Dee", command))
        assert not [word for word in ("Painter", "+15550100102", "94110") if word in heard], command


async def test_s3_29_trades_are_whole_words(found: Found) -> None:
    """A trade is found by its whole name, in any case, in a list or between commas."""
    town = await found("red_button", "u1")
    (said,) = await town.say("Ada", "BLAST trade=ROOFING: Hi")
    assert ": 1 person" in said
    (said,) = await town.say("Ada", "BLAST trade=roof: Hi")
    assert "Nobody to send to" in said
    assert trades_of('["paint"]') == ["paint"]
    assert trades_of("roofing, gutters;tiles") == ["roofing", "gutters", "tiles"]
    assert trades_of(None) == []
    assert trades_of('"paint"') == ["paint"]


async def test_s4_02_messages(found: Found) -> None:
    """Type, media, caption, error and metadata are there; an inbound message has been received."""
    town = await found("wa_client")
    look = await town.row(messages, provider_id="wamid.2")
    assert (look["direction"], look["status"], look["body"]) == ("inbound", "received", "Look")
    assert look["extras"]["type"] == "image"
    assert look["extras"]["caption"] == "Look"
    failed = await town.row(messages, provider_id="wamid.3")
    assert (failed["status"], failed["error_code"], failed["error_text"]) == ("failed", "131026", "undeliverable")


async def test_s4_04_contacts(found: Found) -> None:
    """Picture, metadata and the counts of messages come along."""
    town = await found("wa_client")
    ada = await town.row(contacts, address=ADA)
    assert ada["fields"] == {"picture": "https://files.example.org/ada.jpg", "metadata": {"vip": True}}
    talk = await town.row(conversations, contact_id=ada["id"])
    assert (talk["message_count"], talk["unread_count"]) == (12, 2)


async def test_s4_05_templates(found: Found) -> None:
    """Language, category, parameters and status; the deleted one is kept as such."""
    town = await found("wa_client")
    kept = {(row["name"], row["status"]): row for row in await town.rows(templates)}
    assert kept["hello", "approved"]["parameters"] == ["name"]
    assert kept["hello_old", "rejected"]["deleted_at"] is not None
    assert kept["later", "pending"]["language"] == "es"


async def test_s4_06_api_keys(found: Found) -> None:
    """Hash, permissions, rate per hour and expiry."""
    town = await found("wa_client")
    website = await town.row(api_keys, name="website")
    assert (website["permissions"], website["rate_per_hour"]) == (["send_messages"], 50.0)
    assert (await town.row(api_keys, name="old"))["rate_per_hour"] == 1_000.0


async def test_s4_23_counts_go_on(found: Found) -> None:
    """Each message counts one and sets the time; what comes in is unread until an operator opens it."""
    town = await found("wa_client")
    bo = "+15550100102"
    await town.say(bo, "hello")
    person = await town.row(contacts, address=bo)
    first = await town.row(conversations, contact_id=person["id"])
    said = [row for row in await town.rows(messages) if row["contact_id"] == person["id"]]
    assert first["message_count"] == len(said)
    assert (first["unread_count"], first["last_message_at"] >= BEGIN_AT) == (1, True)
    await town.stage.later(60_000_000)
    await town.say(bo, "hello again")
    second = await town.row(conversations, contact_id=person["id"])
    said = [row for row in await town.rows(messages) if row["contact_id"] == person["id"]]
    assert second["message_count"] == len(said) > first["message_count"]
    assert (second["unread_count"], second["last_message_at"] > first["last_message_at"]) == (2, True)
    ada = await town.row(contacts, address=ADA)
    old = await town.row(conversations, contact_id=ada["id"])
    assert (old["message_count"], old["unread_count"]) == (12, 2)  # as the old system had counted
    await town.say("Ada", f"HISTORY {bo}")
    assert (await town.row(conversations, contact_id=person["id"]))["unread_count"] == 0
    now = await town.row(conversations, contact_id=ada["id"])
    assert (now["message_count"], now["unread_count"]) == (13, 3)


async def test_s4_25_what_was_deleted(found: Found) -> None:
    """Deleted contacts, templates and keys are invisible; the same phone and the same name can be made again."""
    town = await found("wa_client")
    living = [row for row in await town.rows(contacts, address=CY) if row["deleted_at"] is None]
    assert [row["name"] for row in living] == ["Cy now"]
    dan = "+15550100105"
    for audience in ('name="Cy before"', 'name="Deleted Dan"', dan, "all"):
        said = " ".join(await town.say("Ada", f"BLAST {audience}: Hi")).replace(audience, "")
        assert not [word for word in ("Dan", "Cy before", dan) if word in said], audience
    assert "Deleted Dan" not in " ".join(await town.say("Ada", "SEARCH delete"))
    assert "hello_old" not in " ".join(await town.say("Ada", "TEMPLATES"))
    with pytest.raises(CommandError):
        await find_key(town.database, town.target.workspace_id, "key-of-deleted", BEGIN_AT)
    await town.say("Ada", f"ADD {dan} Dan #back")
    again = [row for row in await town.rows(contacts, address=dan) if row["deleted_at"] is None]
    assert [row["name"] for row in again] == ["Dan"]
    heard = await town.confirmed("BLAST #back: Hi {name}")
    assert heard[dan] == ["Hi Dan"]
    old = await town.row(templates, name="hello_old")
    async with town.database.engine.begin() as connection:
        await connection.execute(insert(templates).values({**old, "id": b"t" * 16, "deleted_at": None}))
    assert "hello_old" in " ".join(await town.say("Ada", "TEMPLATES"))


async def test_s4_26_the_template_of_a_message(found: Found) -> None:
    """Its name is in the metadata, as before."""
    town = await found("wa_client")
    assert (await town.row(messages, provider_id="wamid.3"))["extras"]["metadata"] == {"template_name": "hello"}


async def test_s4_06_keys_open_what_they_opened(found: Found) -> None:
    """A key of the old API is verified by its bcrypt hash; an expired one and an unreadable one open nothing."""
    town = await found("wa_client")
    website = await find_key(town.database, town.target.workspace_id, "key-of-the-website", BEGIN_AT)
    assert (website.name, website.permissions) == ("website", ("send_messages",))
    for presented in ("key-of-old", "plain", ""):
        with pytest.raises(CommandError):
            await find_key(town.database, town.target.workspace_id, presented, BEGIN_AT)
    assert [doubt.row for doubt in town.report.tables["api_keys"].doubts] == ["key_4"]


async def test_s4_27_recent_undelivered_found_and_counted(found: Found, database_url: str) -> None:
    """The last messages with a phone, what was sent and has not arrived, a part of a text or phone, and the counts."""
    town = await found("wa_client")
    await town.say("Ada", "REPLY +15550100101 100% sure_ly")
    await town.stage.later(10 * MINUTE)
    await town.stage.close()

    def run(*words: str) -> list[dict[str, str]]:
        with ThreadPoolExecutor(1) as pool:
            environment = {"DATABASE_URL": database_url, "ROLLCALL_SIMULATOR": "true"}
            arguments = ("messages", "--format", "json", *words)
            done = pool.submit(CliRunner().invoke, main, arguments, None, environment).result()
        return [json.loads(line) for line in done.output.splitlines()]

    recent = run("--phone", ADA, "--count", "20")
    assert {row["phone"] for row in recent} == {ADA}
    assert [row["text"] for row in recent][-2:] == ["Look", "Hi"]
    assert len(run("--phone", ADA, "--count", "1")) == 1
    assert [row["text"] for row in run("--search", "HELLO D")] == ["Hello Dee"]
    assert {row["phone"] for row in run("--search", "0100104")} == {"+15550100104"}
    assert {row["text"] for row in run("--search", "100%")} == {"REPLY +15550100101 100% sure_ly", "100% sure_ly"}
    assert run("--search", "sure%ly") == []
    late = run("--undelivered")
    assert late
    assert {row["status"] for row in late} == {"sent"}
    counts = {(row["direction"], row["status"]): int(row["count"]) for row in run("--counts")}
    assert (counts["outbound", "failed"], counts["outbound", "read"]) == (2, 1)
    assert sum(counts.values()) == len(run("--count", "1000"))
