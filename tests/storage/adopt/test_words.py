"""Words of state: what each becomes; one that nobody knows is held back and reported by table, row and word."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from flows.values import ContactStatus
from storage.adopt.hashes import is_verifiable
from storage.adopt.report import SHOWN, Held, Merge, Report, lines_of, remarks_of
from storage.adopt.words import CONTACT_WORDS, OPT_OUT_WORDS, Place, contact_state, folded
from storage.schema import api_keys, campaigns, contacts, messages, operators, opt_outs, templates
from tests.storage.adopt.conftest import Build
from tests.storage.adopt.taking import take, target_of
from tests.storage.scene import Scene

ADA = "+15550100101"
PLACE = Place("7", "status", b"k")
MATRIX = {
    "active": "active",
    "Active ": "active",
    "INACTIVE": "inactive",
    "Blocked": "blocked",
    "INVALID": "invalid",
    "OPTED_OUT": "opted out",
    "opted-out": "opted out",
    "Unsubscribed": "opted out",
    "stopped": "opted out",
    "do not contact": "opted out",
    "bounced": "invalid",
    "archived": "inactive",
    "paused": "inactive",
    "banned": "blocked",
    "deleted": "held",
    "prospect": "held",
    "complained": "held",
    "actve": "held",
    "не активен": "held",
    "": "active",
}
"""Eleven of these, beside the four that were known, were all taken for active: 11 of 11 got the blast."""


@pytest.mark.parametrize(("word", "expected"), MATRIX.items())
async def test_the_word_of_a_contact(word: str, expected: str, build: Build, scene: Scene) -> None:
    """Only 'active' is active; what is not known is left out of campaigns, kept, and named with its row."""
    url = await build("watest")
    with closing(sqlite3.connect(Path(url.removeprefix("sqlite:///")))) as connection:
        connection.execute("UPDATE contacts SET status = ? WHERE id = 1", (word,))
        connection.commit()
    report = await take(url, scene.database, target_of(scene))
    person = await scene.row(contacts, address=ADA)
    has_opted_out = bool(await scene.rows(opt_outs, address=ADA))
    held = [doubt for doubt in report.tables["contacts"].doubts if doubt.row == "1"]
    assert has_opted_out == (expected == "opted out")
    assert person["status"] == {"opted out": "active", "held": "inactive"}.get(expected, expected)
    assert [(doubt.column, doubt.word) for doubt in held] == ([("status", word)] if expected == "held" else [])
    if expected == "held":
        assert person["fields"] == {"status_before": word}


def test_every_known_word() -> None:
    """Each word of the lists means one thing, however it is written."""
    assert not CONTACT_WORDS.keys() & OPT_OUT_WORDS
    for word, status in CONTACT_WORDS.items():
        for written in (word, word.upper(), word.replace("_", " ").title(), f" {word.replace('_', '-')} "):
            assert contact_state(written, PLACE).status is status
    for word in OPT_OUT_WORDS:
        state = contact_state(word.upper(), PLACE)
        assert (state.has_opted_out, state.status) == (True, ContactStatus.ACTIVE)
    assert contact_state(None, PLACE).status is ContactStatus.ACTIVE
    assert folded("\uff2f\uff50\uff54\uff45\uff44 Out") == "opted_out"  # full-width letters


async def test_the_words_of_messages_and_campaigns(build: Build, scene: Scene) -> None:
    """A message of an unknown state is never sent again; one without a direction is refused; a campaign ends."""
    report = await take(await build("watest"), scene.database, target_of(scene))
    assert [(doubt.row, doubt.word) for doubt in report.tables["messages"].doubts] == [("5", "teleported")]
    assert (await scene.row(messages, provider_id="SM8"))["status"] == "sent"
    assert [one.reason for one in report.tables["messages"].refusals][-1].startswith("its direction 'sideways'")
    assert [(doubt.row, doubt.word) for doubt in report.tables["campaigns"].doubts] == [("9", "archived")]
    assert (await scene.row(campaigns, name="Shelved"))["status"] == "cancelled"
    assert [(doubt.row, doubt.word) for doubt in report.tables["campaign_recipients"].doubts] == [("8", "on the way")]


async def test_the_words_of_sms_admin(build: Build, scene: Scene) -> None:
    """A target that is neither community nor event went to everybody; a category in capitals was no opt-out."""
    report = await take(await build("sms_admin"), scene.database, target_of(scene))
    who = await scene.row(campaigns, text="Who?")
    assert (who["status"], who["audience"]) == ("cancelled", "event 0")
    assert "its target 'vips' is not known" in who["stopped_reason"]
    assert (await scene.row(opt_outs, address="+15550100110"))["text"] == "said STOP"
    held = {
        name: [(doubt.row, doubt.column, doubt.word) for doubt in tally.doubts] for name, tally in report.tables.items()
    }
    assert held["suppressed_contacts"] == [("5", "category", "mystery")]
    assert held["scheduled_messages"] == [("9", "target", "vips")]
    assert held["app_users"] == [("4", "password_hash", "md5$salt...")]


async def test_the_words_of_waqtor(build: Build, scene: Scene) -> None:
    """A word of a recipient was 'blocked' and forgotten; now it is kept, and an unsubscribed one has opted out."""
    url = await build("waqtor")
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE users SET role = 'overlord' WHERE email = 'Owner@Example.org'")
    await connection.execute("UPDATE campaigns SET status = 'dreaming' WHERE name = 'To come'")
    await connection.close()
    report = await take(url, scene.database, target_of(scene), "owner@example.org")
    fay = await scene.row(contacts, address="+15550100107")
    assert (fay["status"], fay["fields"]) == ("inactive", {"status_before": "complained"})
    assert (await scene.row(opt_outs, address="+15550100106"))["source"] == "import"
    assert (await scene.row(operators, email="owner@example.org"))["role"] == "viewer"
    assert (await scene.row(campaigns, name="To come"))["status"] == "cancelled"
    said = [(doubt.column, doubt.word) for tally in report.tables.values() for doubt in tally.doubts]
    assert {
        ("role", "overlord"),
        ("status", "dreaming"),
        ("status", "complained"),
        ("status", "beamed"),
        ("ack_status", "9"),
    } <= set(said)


async def test_the_words_of_a_gorm_database(build: Build, scene: Scene) -> None:
    """Made by GORM it was not recognised (`whats_app_msg_id`), and an unknown status stopped the run."""
    report = await take(await build("wa_client_gorm"), scene.database, target_of(scene))
    assert report.system == "wa-client"
    hi = await scene.row(messages, provider_id="wamid.1")
    assert (hi["direction"], hi["created_at"]) == ("inbound", 1_769_940_000_000_000)
    odd = await scene.row(messages, provider_id="wamid.2")
    assert (odd["status"], odd["created_at"], odd["extras"]["type"]) == ("sent", 0, "sticker")
    assert (await scene.row(templates, name="hello"))["status"] == "pending"
    assert (await scene.row(api_keys, name="website"))["rate_per_hour"] == 0
    said = [(doubt.column, doubt.word) for tally in report.tables.values() for doubt in tally.doubts]
    assert said == [("status", "queued"), ("created_at", "(none)"), ("status", "PAUSED")]


def test_what_can_be_verified() -> None:
    """Hashes of the documents' kinds, whole and within the bounds of a login; nothing else."""
    salted = "pbkdf2:sha256:{}$Nf3kQ9xT$1c5ef2435da37c762080203775ed896180c72c093594b4e3b5fe4ef51d88b856"
    scrypt = "scrypt:{}:8:1$pL5vJ8sD$" + "d1" * 64
    sound = (
        "$2b$04$fVoLgc4QhkWpHvaErXhs2Om3.5Dabm2oC.qWk1HbEzS1MmXC2EplS",
        salted.format(1000),
        scrypt.format(32768),
        "$argon2id$v=19$m=65536,t=3,p=4$zvlkuGlu/IsuN06of/jETw$63sRNdoSF6eLV+lgUgmD2aSJEHexFn6A1FnatkX4MU4",
    )
    broken = (
        "",
        "x",
        "md5$salt$00",
        "$2b$04$short",
        salted.format(99_999_999),
        salted.format(0),
        salted.format(1000)[:-2],
        salted.format(1000).replace("sha256", "sha3"),
        scrypt.format(1 << 24),
        scrypt.format(1000),
    )
    assert [is_verifiable(stored) for stored in sound] == [True] * len(sound)
    assert [is_verifiable(stored) for stored in broken] == [False] * len(broken)


def test_the_report_names_what_was_merged_and_held() -> None:
    """`merged 2` was all that it said; each is named, the first ones on the screen and a thousand in the file."""
    report = Report("watest")
    tally = report.of("contacts", "contacts")
    tally.merge([Merge("4", "the same as row 3: +15550100103")])
    tally.merged = 1
    tally.hold(Held(str(number), "status", "odd", "held", b"key") for number in range(SHOWN + 5))
    tally.refuse("5", "no phone")
    assert (tally.held, len(tally.doubts)) == (SHOWN + 5, SHOWN)
    lines = list(remarks_of(report, 1))
    assert lines == [
        "refused: contacts 5: no phone",
        "held: contacts 0: status 'odd': held",
        "held: contacts: 1,004 more, see --report",
        "merged: contacts 4: the same as row 3: +15550100103",
    ]
    document = report.document()["tables"]["contacts"]
    assert document["merges"] == [{"row": "4", "into": "the same as row 3: +15550100103"}]
    assert document["doubts"][0] == {"row": "0", "column": "status", "word": "odd", "outcome": "held"}
    assert "held" in next(iter(lines_of(report)))
