"""What Red Button (seed 003: users and contacts) and the WA client (seed 004) did goes on."""

from __future__ import annotations

from storage.adopt.red_button import trades_of
from storage.schema import api_keys, contacts, conversations, messages, operators, templates
from tests.conformance.conftest import Found

ADA, BO, CY = "+15550100101", "+15550100102", "+15550100103"


async def test_s3_01_users(found: Found) -> None:
    """The owner comes along, the e-mail in small letters."""
    town = await found("red_button", "u1")
    assert (await town.row(operators, email="builder@example.org"))["password_hash"].startswith("pbkdf2")


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


async def test_s3_26_one_owners_rows(found: Found) -> None:
    """The rows of another user stay where they are."""
    town = await found("red_button", "u1")
    assert not await town.rows(operators, email="nobody@example.org")


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
    """Another message counts on from the old count."""
    town = await found("wa_client")
    ada = await town.row(contacts, address=ADA)
    await town.say("Ada", "hello")
    assert (await town.row(conversations, contact_id=ada["id"]))["message_count"] > 12


async def test_s4_25_deleted_contacts(found: Found) -> None:
    """They are invisible, and their phone belongs to whoever came after."""
    town = await found("wa_client")
    living = [row for row in await town.rows(contacts, address=CY) if row["deleted_at"] is None]
    assert [row["name"] for row in living] == ["Cy now"]
    (said,) = await town.say("Ada", 'BLAST name="Cy before": Hi')
    assert "Nobody to send to" in said


async def test_s4_26_the_template_of_a_message(found: Found) -> None:
    """Its name is in the metadata, as before."""
    town = await found("wa_client")
    assert (await town.row(messages, provider_id="wamid.3"))["extras"]["metadata"] == {"template_name": "hello"}
