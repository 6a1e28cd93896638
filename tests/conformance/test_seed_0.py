"""What watest (seed 000) did goes on, statement by statement."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import load_settings
from flows.audiences.parser import parse_audience
from storage.adopt.filters import audience_of
from storage.forgotten import forget
from storage.schema import campaigns, contacts, messages, opt_outs, recipients, records
from tests.conformance.conftest import Found

ADA, BO, CY, EVE = "+15550100101", "+15550100102", "+15550100103", "+15550100106"
GUS, HAL, IVY = "+15550100108", "+15550100109", "+15550100110"


def test_s0_02_the_place_in_a_file(tmp_path: Path) -> None:
    """DB_PATH of a `.env` is the same with blanks around it; comments are passed over, and its first line counts."""
    file = tmp_path / ".env"
    for text in (
        "DB_PATH=/srv/watest.db\n",
        "# DB_PATH=/srv/other.db\n\n  DB_PATH   =   /srv/watest.db   \n",
        "DB_PATH= /srv/watest.db\nDB_PATH=/srv/second.db\n# DB_PATH=/srv/third.db\n",
        "ROLLCALL_PORT=9000\r\nDB_PATH=/srv/watest.db\r\n",
    ):
        file.write_bytes(text.encode())
        assert load_settings({}, file).database == "sqlite:////srv/watest.db", text
    assert load_settings({"DB_PATH": "/srv/mine.db"}, file).database == "sqlite:////srv/mine.db"


async def test_s0_20_deleting_a_contact(found: Found) -> None:
    """Vehicles and places in campaigns go with the person, messages stay without the person."""
    town = await found("watest")
    ada = await town.row(contacts, address=ADA)
    said = len(await town.rows(messages))
    assert len(await town.rows(recipients, contact_id=ada["id"])) == 3
    await town.database.run(forget(town.target.workspace_id, ada["id"], ADA))
    assert not await town.rows(records, contact_id=ada["id"])
    assert not await town.rows(recipients, contact_id=ada["id"])
    assert not await town.rows(recipients, address=ADA)
    assert len(await town.rows(messages)) == said
    assert not await town.rows(messages, contact_id=ada["id"])


async def test_s0_22_an_opt_out_outlives_its_contact(found: Found) -> None:
    """Who opted out and is deleted is still opted out when the phone comes back."""
    town = await found("watest")
    eve = await town.row(contacts, address=EVE)
    await town.database.run(forget(town.target.workspace_id, eve["id"], EVE))
    await town.say("Ada", f"ADD {EVE} Eve #back")
    assert [row["scope"] for row in await town.rows(opt_outs, address=EVE)] == ["all"]


async def test_s0_23_many_vehicles(found: Found) -> None:
    """A contact may have several."""
    town = await found("watest")
    ada = await town.row(contacts, address=ADA)
    owned = await town.rows(records, contact_id=ada["id"])
    assert sorted(row["fields"]["make"] for row in owned) == ["Kia", "Toyota"]


async def test_s0_26_an_opt_out_of_a_stranger(found: Found) -> None:
    """An opt-out of a phone that nobody knew holds once it is added."""
    town = await found("watest")
    assert not await town.rows(contacts, address="+15550100199")
    await town.say("Ada", "ADD +15550100199 Zed #new")
    (said,) = await town.say("Ada", "BLAST #new: Hi")
    assert "opted out" in said


async def test_s0_27_every_form_of_a_phone(found: Found) -> None:
    """whatsapp:, blanks, brackets and dashes are one phone, in contacts and in opt-outs."""
    town = await found("watest")
    assert (await town.row(contacts, address=CY))["name"] == "Cy Lee"
    assert town.report.tables["contacts"].merged == 1
    assert (await town.row(opt_outs, address="+15550100107"))["text"] == "STOP"
    assert town.report.tables["opt_outs"].merged == 1


async def test_s0_28_the_log_of_messages(found: Found) -> None:
    """Direction, phone, text, id, state, contact and campaign of each message are there, old ones and new ones."""
    town = await found("watest")
    january = await town.row(campaigns, name="January")
    sent = await town.row(messages, provider_id="SM1")
    assert (sent["direction"], sent["body"], sent["status"]) == ("outbound", "Hi Ada", "delivered")
    assert sent["campaign_id"] == january["id"]
    thanks = await town.row(messages, provider_id="SM4")
    assert (thanks["direction"], thanks["status"], thanks["address"]) == ("inbound", "received", ADA)
    assert thanks["contact_id"] == (await town.row(contacts, address=ADA))["id"]
    await town.say("Ada", "WHOAMI", provider_id="SMnew")
    asked = await town.row(messages, body="WHOAMI")
    answered = await town.row(messages, reply_to_id=asked["id"])
    assert (asked["direction"], asked["address"], asked["provider_id"]) == ("inbound", ADA, "SMnew")
    assert (answered["direction"], answered["status"], bool(answered["provider_id"])) == ("outbound", "sent", True)
    assert answered["contact_id"] == asked["contact_id"] == thanks["contact_id"]


async def test_s0_29_a_webhook_that_comes_again(found: Found) -> None:
    """A message that the old system had is not answered when its webhook is repeated to us."""
    town = await found("watest")
    assert await town.say("Ada", "Thanks!", provider_id="SM4") == []
    assert len(await town.rows(messages, provider_id="SM4")) == 1


async def test_s0_31_counts_after_the_takeover(found: Found) -> None:
    """Total and sent are counted from the recipients, and equal what the old system had counted."""
    town = await found("watest")
    january = await town.row(campaigns, name="January")
    states = [row["status"] for row in await town.rows(recipients, campaign_id=january["id"])]
    assert (len(states), states.count("queued")) == (3, 2)
    assert (january["extras"]["total_recipients"], january["extras"]["sent_count"]) == (3, 2)


async def test_s0_32_templates_and_texts(found: Found) -> None:
    """A campaign of type twilio_template keeps its content sid, one of another type sends its text."""
    town = await found("watest")
    assert (await town.row(campaigns, name="Template"))["content_sid"] == "HX00000000000000000000000000000001"
    assert (await town.row(campaigns, name="Toyotas"))["content_sid"] is None


@pytest.mark.parametrize(
    ("filters", "audience"),
    [
        (None, "community"),
        ({}, "community"),
        ({"status": "active"}, "community"),
        ({"make": "Toyota"}, "vehicle.make=Toyota"),
        ({"make": ["Kia", "Land Rover"]}, '(vehicle.make=Kia or vehicle.make="Land Rover")'),
        ({"year_min": 2018, "maxYear": 2020}, "vehicle.year>=2018 and vehicle.year<=2020"),
        ({"price": {"min": 1000, "max": 20000}}, "vehicle.price>=1000 and vehicle.price<=20000"),
        ({"vehicle_model": "Rio", "status": "active"}, "vehicle.model=Rio and community"),
        ({"mood": "blue"}, None),
        ({"year_min": "soon"}, None),
        ({"status": "inactive"}, None),
        ({"make": []}, None),
        ("{broken", None),
        ([1], None),
    ],
)
def test_s0_33_filters_are_audiences(filters: object, audience: str | None) -> None:
    """What the filters meant is an audience of ours; what is not understood is never guessed."""
    assert audience_of(filters) == audience
    assert audience is None or parse_audience(audience, "US")


async def test_s0_33_preview_and_send_agree(found: Found) -> None:
    """The same filters give the same people in the preview and in the blast."""
    town = await found("watest")
    (said,) = await town.say("Ada", "BLAST vehicle.make=Toyota and vehicle.year>=2018: Hi")
    assert ": 1 person" in said
    heard = await town.confirmed("BLAST vehicle.make=Toyota and vehicle.year>=2018: Hi")
    assert [address for address, texts in heard.items() if "Hi" in texts] == [ADA]


async def test_s0_35_who_is_not_active(found: Found) -> None:
    """Nobody but active people gets a campaign: inactive, opted out, invalid, blocked, or a word that nobody knows."""
    town = await found("watest")
    kept = {row["address"]: row["status"] for row in await town.rows(contacts)}
    others = {CY: "inactive", GUS: "inactive", HAL: "blocked", IVY: "invalid"}
    assert {address: kept[address] for address in others} == others
    assert (await town.row(contacts, address=GUS))["fields"] == {"status_before": "prospect"}
    assert (await town.row(opt_outs, address=EVE))["text"] == "status opted_out"
    heard = await town.confirmed("BLAST community: Hi all")
    assert {address for address, texts in heard.items() if "Hi all" in texts} == {ADA, BO}


async def test_s0_53_who_is_not_active_is_still_answered(found: Found) -> None:
    """Cy is inactive and Gus held back: campaigns leave them out, and they are answered when they write."""
    town = await found("watest")
    assert await town.say("Cy", "HELP") != []
    assert await town.say(GUS, "HELP") != []
    held = [(doubt.row, doubt.column, doubt.word) for doubt in town.report.tables["contacts"].doubts]
    assert held == [("8", "status", "prospect")]
