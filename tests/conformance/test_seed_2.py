"""What WaQtor (seed 002) did goes on, statement by statement."""

from __future__ import annotations

import pytest

from flows.values import MessageStatus
from storage.adopt.waqtor import status_of
from storage.schema import campaigns, channels, contacts, groups, messages, operators
from tests.conformance.conftest import Found

OWNER = "owner@example.org"
ADA, BO, CY = "+15550100101", "+15550100102", "+15550100103"


async def test_s2_02_users(found: Found) -> None:
    """The owner comes along with e-mail, role, hash and last login."""
    town = await found("waqtor", OWNER)
    owner = await town.row(operators, email=OWNER)
    assert (owner["role"], owner["is_active"], owner["password_hash"][:4]) == ("admin", True, "$2b$")
    assert owner["last_login_at"] == 1_772_359_200_000_000


async def test_s2_03_sessions(found: Found) -> None:
    """A session is a channel of WAHA that knows its name; the login in it stays behind."""
    town = await found("waqtor", OWNER)
    session = await town.row(channels, provider="waha")
    assert session["extras"] == {"session": "main", "status_before": "ready", "phone": "+15550100000"}


@pytest.mark.parametrize(
    ("status", "ack", "expected"),
    [
        ("pending", 0, MessageStatus.EXPIRED),
        ("sent", 0, MessageStatus.SENT),
        ("sent", 2, MessageStatus.DELIVERED),
        ("sent", 3, MessageStatus.READ),
        ("delivered", 1, MessageStatus.DELIVERED),
        ("read", 4, MessageStatus.READ),
        ("sent", -1, MessageStatus.FAILED),
        ("failed", 1, MessageStatus.FAILED),
        ("delivered", -1, MessageStatus.DELIVERED),
        (None, None, MessageStatus.EXPIRED),
    ],
)
def test_s2_05_acknowledgements(status: str | None, ack: int | None, expected: MessageStatus) -> None:
    """Status and acknowledgement become the further of the two; a failure counts before a delivery only."""
    assert status_of(status, ack) is expected


async def test_s2_04_messages(found: Found) -> None:
    """Text, media, acknowledgement, error and metadata are there; what came in is inbound."""
    town = await found("waqtor", OWNER)
    failed = await town.row(messages, provider_id="x")
    assert failed["status"] == "failed"
    assert failed["error_text"] == "no route"
    assert failed["extras"]["media"] == [{"url": "https://files.example.org/a.jpg", "content_type": "image"}]
    assert failed["extras"]["metadata"] == {"tries": 2}
    assert (await town.row(messages, body="Hello back"))["direction"] == "inbound"
    assert (await town.row(messages, body="Waiting"))["status"] == "expired"


async def test_s2_06_campaigns(found: Found) -> None:
    """What is over stays; what was to come does not go out by itself, for nobody knows to whom."""
    town = await found("waqtor", OWNER)
    kept = {row["name"]: row["status"] for row in await town.rows(campaigns)}
    assert kept == {"Done": "completed", "Missed": "expired", "To come": "cancelled"}
    assert any("send it anew" in note for note in town.report.notes)


async def test_s2_07_recipients(found: Found) -> None:
    """Name, e-mail, custom fields and status; chat ids and blanks in a phone are one phone."""
    town = await found("waqtor", OWNER)
    ada = await town.row(contacts, address=ADA)
    assert ada["fields"] == {"part": "alto", "seat": 4, "email": "ada@example.org"}
    assert (await town.row(contacts, address=BO))["status"] == "blocked"
    assert (await town.row(contacts, address=CY))["name"] == "Cy"
    assert town.report.tables["recipients"].merged == 1


async def test_s2_08_groups(found: Found) -> None:
    """Name and description."""
    town = await found("waqtor", OWNER)
    assert (await town.row(groups, name="Choir"))["description"] == "who sings"


async def test_s2_22_nothing_of_another_owner(found: Found) -> None:
    """Not one row of somebody else comes along."""
    town = await found("waqtor", OWNER)
    assert not await town.rows(contacts, address="+15550100109")
    assert not await town.rows(groups, name="Not ours")
    assert not await town.rows(messages, body="Not ours")
    assert not await town.rows(operators, email="other@example.org")


async def test_s2_28_variables(found: Found) -> None:
    """Name, e-mail and custom fields fill a text; one that nobody has is refused in the preview."""
    town = await found("waqtor", OWNER)
    heard = await town.confirmed("BLAST #choir: {{name}}, {{email|no mail}}, seat {{seat|none}}")
    assert heard[ADA][0] == "Ada, ada@example.org, seat 4"
    assert heard[CY] == ["Cy, no mail, seat none"]
    (said,) = await town.say("Ada", "BLAST #choir: Hi {colour}")
    assert "colour" in said


async def test_s2_29_blocked_people_are_passed_over(found: Found) -> None:
    """An audience is its groups' active people, each once."""
    town = await found("waqtor", OWNER)
    heard = await town.confirmed("BLAST #choir or community: Hi")
    assert sorted(address for address, texts in heard.items() if texts.count("Hi") == 1) == [ADA, CY]


async def test_s2_33_the_same_phone_twice(found: Found) -> None:
    """It is one person, which keeps what either row knew."""
    town = await found("waqtor", OWNER)
    cy = await town.row(contacts, address=CY)
    assert (cy["name"], cy["fields"]) == ("Cy", {"custom": ["odd"]})
