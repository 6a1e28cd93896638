"""What WaQtor (seed 002) did goes on, statement by statement."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner

from bot.cli import main
from flows.errors import ConfigError
from flows.values import DAY, MINUTE, MessageStatus
from storage.adopt.run import adopt, plan_adoption, recognise
from storage.adopt.source import open_source
from storage.adopt.waqtor import status_of
from storage.schema import campaigns, channels, contacts, groups, messages, metadata, operators
from tests.conformance.conftest import Found

OWNER = "owner@example.org"
STRANGE = ("Not ours", "+15550100109", "other@example.org", "000000000002")
"""What only the other owner's rows say."""
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
    """Text, counts, times, session, metadata and owner stay; what was to come does not go out by itself."""
    town = await found("waqtor", OWNER)
    kept = {row["name"]: row["status"] for row in await town.rows(campaigns)}
    assert kept == {"Done": "completed", "Missed": "expired", "To come": "cancelled"}
    assert any("send it anew" in note for note in town.report.notes)
    done = await town.row(campaigns, name="Done")
    assert (done["text"], done["started_at"], done["completed_at"]) == (
        "Hi {{name}}",
        1_769_940_000_000_000,
        1_769_940_300_000_000,
    )
    assert done["extras"] == {
        "total_recipients": 3,
        "sent_count": 2,
        "failed_count": 1,
        "status_before": "completed",
        "metadata": {"colour": "red"},
        "session": "00000000-0000-4000-8000-000000000011",
    }
    assert done["operator_id"] == (await town.row(operators, email=OWNER))["id"]


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
    """No row of somebody else is in any table, by no route: not by group, by number, by search, nor by a second run."""
    town = await found("waqtor", OWNER)
    for table in metadata.sorted_tables:
        said = [repr(dict(row)) for row in await town.rows(table)]
        strange = [text for text in said for word in STRANGE if word in text]
        assert not strange, table.name
    assert "is nobody we know" in (await town.say("Ada", "HISTORY +15550100109"))[0]
    for command in ("HISTORY @99", "SEARCH ours", "STATUS 4", "BLAST #Not-ours: Hi", "BLAST +15550100109: Hi"):
        assert "Not ours" not in " ".join(await town.say("Ada", command)), command
    async with open_source(town.url) as source:
        planned = await plan_adoption(source, recognise(source), "other@example.org")
        with pytest.raises(ConfigError, match="who must not see those of"):
            await adopt(source, planned, town.database, town.target, lambda _table, _count: None)


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


async def test_s2_31_a_campaign_starts_at_its_time(found: Found) -> None:
    """What is scheduled starts at its time, not a minute before; what WaQtor had planned for who knows whom, never."""
    town = await found("waqtor", OWNER)
    said = (await town.say("Ada", "SCHEDULE in 2 hours #choir: Rehearsal"))[-1]
    await town.say("Ada", said.split("reply ")[1][:6])
    before = await town.stage.later(119 * MINUTE)
    assert not any("Rehearsal" in texts for texts in before.values())
    at_its_time = await town.stage.later(2 * MINUTE)
    assert sorted(address for address, texts in at_its_time.items() if "Rehearsal" in texts) == [ADA, CY]
    scheduled = await town.row(campaigns, text="Rehearsal")
    assert scheduled["due_at"] <= scheduled["started_at"] < scheduled["due_at"] + MINUTE
    heard = await town.stage.later(4 * 366 * DAY)
    assert not any(text.startswith("Hi ") for texts in heard.values() for text in texts)
    assert (await town.row(campaigns, name="To come"))["status"] == "cancelled"


async def test_s2_45_the_queries(found: Found, database_url: str) -> None:
    """Recent messages, those of one user, failed ones, counts by status, running campaigns: a command each."""
    town = await found("waqtor", OWNER)
    await town.say("Ada", "BLAST #choir: Hi all")
    await town.say("Ada", "100001")
    await town.stage.close()

    def run(*words: str) -> list[str]:
        with ThreadPoolExecutor(1) as pool:
            environment = {"DATABASE_URL": database_url, "ROLLCALL_SIMULATOR": "true"}
            return pool.submit(CliRunner().invoke, main, words, None, environment).result().output.splitlines()

    recent = [json.loads(line) for line in run("messages", "--format", "json", "--count", "50")]
    assert [row["at"] for row in recent] == sorted((row["at"] for row in recent), reverse=True)
    assert {row["text"] for row in recent} >= {"Hi", "Waiting", "Hello back", "Odd", "When was this?"}
    assert len(run("messages", "--count", "2")) == 2
    assert "Not ours" not in str(recent)  # a database holds the rows of one user, who is named here:
    assert [row["email"] for row in await town.rows(operators) if row["email"]] == [OWNER]
    (failed,) = run("messages", "--status", "failed", "--format", "json")
    assert json.loads(failed)["error"] == "no route"
    counts = {tuple(line.split()[1:]): int(line.split()[0]) for line in run("messages", "--counts")}
    assert (counts["outbound", "failed"], counts["outbound", "expired"]) == (1, 1)
    assert (counts["inbound", "received"], counts["outbound", "read"]) == (4, 1)
    (running,) = run("campaign", "list", "--status", "running", "--status", "scheduled")
    assert running.split("\t")[0] == "4"
    done = next(line for line in run("campaign", "list") if "Done" in line)
    assert OWNER in done
    assert "'dreaming' is none of draft, scheduled" in " ".join(run("campaign", "list", "--status", "dreaming"))


async def test_s2_33_the_same_phone_twice(found: Found) -> None:
    """It is one person, which keeps what either row knew."""
    town = await found("waqtor", OWNER)
    cy = await town.row(contacts, address=CY)
    assert (cy["name"], cy["fields"]) == ("Cy", {"custom": ["odd"]})
