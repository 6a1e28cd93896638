"""Pictures that operators send with a text, over real HTTP: fetched from the provider, kept, served, refused."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from sqlalchemy import delete, update

from bot.media.link import TOKEN_LENGTH, check, sign
from flows.campaigns.templates import MessageTemplate
from flows.errors import NotFound
from flows.values import DAY
from storage.schema import pictures, schedules
from storage.templates import save_template
from tests.bot.running import PUBLIC_URL, Running, run_service
from tests.bot.test_templates import confirmed
from tests.conversations.script import PHONES, SERVICE

ADA, BO, CY = (PHONES[name] for name in ("Ada", "Bo", "Cy"))
LONDON = "+442071838750"
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture of the hall" * 50
GIF = b"GIF89a" + b"a dancing note" * 50
SETTINGS = {
    "ROLLCALL_ADMIN_PHONES": f"{ADA}:admin",
    "ROLLCALL_QUIET_HOURS": "none",
    "ROLLCALL_HOLD_SECONDS": "0",
    "TWILIO_FROM": f"{SERVICE},whatsapp:{SERVICE}",
}


async def joined(running: Running, *people: tuple[str, str]) -> None:
    """Let people join the community."""
    for person, ours in people:
        await running.twilio.text(person, ours, "JOIN")
        await running.twilio.hears(person, "community|Welcome")


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start a service; Bo and somebody in London are on SMS, Cy is on WhatsApp."""
    async with run_service(database_url, SETTINGS) as started:
        ours = f"whatsapp:{SERVICE}"
        await joined(started, (BO, SERVICE), (LONDON, SERVICE), (f"whatsapp:{CY}", ours))
        yield started


def attach(running: Running, content: bytes, number: int = 0) -> dict[str, str]:
    """Put a file at the provider; gives the parameters that a message with it has."""
    path = f"/2010-04-01/Accounts/{running.twilio.account_sid}/Messages/MM{number}/Media/ME{len(content)}"
    running.twilio.files[path] = content
    return {
        f"MediaUrl{number}": f"https://api.twilio.com{path}",
        f"MediaContentType{number}": "application/octet-stream",
    }


async def preview_of(running: Running, command: str, **files: str) -> tuple[str, str]:
    """Return a command with its files; return the preview and the code."""
    before = len(running.twilio.accepted)
    await running.twilio.text(ADA, SERVICE, command, **files)
    found = await running.twilio.hears(ADA, r"(.*)[Rr]eply (\d{6})", before)
    return found[1], found[2]


async def fetched(running: Running, url: str) -> tuple[int, str, bytes]:
    """Fetch what a message's MediaUrl names, as the provider does."""
    assert url.startswith(f"{PUBLIC_URL}/pictures/")
    async with aiohttp.ClientSession(running.url) as session, session.get(url.removeprefix(PUBLIC_URL)) as answer:
        return answer.status, answer.content_type, await answer.read()


def media(running: Running, after: int) -> dict[str, str]:
    """Return the MediaUrl of each message from a point on, by its recipient."""
    forms = [(one.recipient, one.form or {}) for one in running.twilio.accepted[after:]]
    return {person: form["MediaUrl"][0] for person, form in forms if "MediaUrl" in form}


async def test_a_picture_goes_out_with_the_blast(running: Running) -> None:
    """It was dropped without a word: now it leaves by MMS and WhatsApp, and the preview counts who cannot get it."""
    preview, code = await preview_of(running, "BLAST community: This is the hall", **attach(running, PNG))
    assert "with a PNG picture, as MMS to 1 (each counts as 3 SMS segments)" in preview
    assert "SMS segments: 3 each at most, 4 in all" in preview
    assert re.findall("skipped: .*", preview) == ["skipped: 1 cannot get this picture"]
    running.twilio.files.clear()  # the provider deletes it: the code works all the same
    after = len(running.twilio.accepted)
    await running.twilio.text(ADA, SERVICE, code)
    report = await running.twilio.hears(ADA, "Campaign 1: completed\n(.*)")
    assert "skipped: 1" in report[1]
    got = media(running, after)
    assert sorted(got) == sorted([BO, f"whatsapp:{CY}"])
    assert len(set(got.values())) == 1
    assert running.heard(BO)[-1] == "This is the hall"
    url = got[BO]
    assert await fetched(running, url) == (200, "image/png", PNG)
    assert await fetched(running, url) == (200, "image/png", PNG)
    wrong = url[:-8] + ("A" if url[-8] != "A" else "B") + url[-7:]
    assert (await fetched(running, wrong))[0] == 404


async def test_what_is_refused_before_any_code(running: Running) -> None:
    """Each refusal says what, and what to do; nothing is sent and nothing waits for a code."""
    template = MessageTemplate("doors", "approved", "Doors at six", content_sid="HX" + "0" * 32)
    plan = save_template(running.service.workspace.id, template, 1, language="en", category="utility")
    await running.service.database.run(plan)
    for command, files, said in (
        ("BLAST community: Hi", attach(running, b"%PDF-1.7"), "not a JPEG, PNG or GIF picture"),
        ("BLAST community: Hi", attach(running, PNG + bytes(5_000_000)), "larger than 5 MB"),
        ("BLAST community: Hi", attach(running, PNG) | attach(running, GIF, 1), "2 files came with that"),
        ("BLAST community: template doors", attach(running, PNG), "A template brings its own picture"),
        ("~ Look", attach(running, PNG), "~ passes on text alone|no other admin"),
        (f"REPLY {LONDON}: Look", attach(running, PNG), "SMS carries pictures only within the US and Canada"),
        ("BLAST community: Hi", {"MediaUrl0": "https://example.org/a.png"}, "not at its provider's address"),
    ):
        before = len(running.twilio.accepted)
        await running.twilio.text(ADA, SERVICE, command, **files)
        await running.twilio.hears(ADA, said, before)
        assert len(running.twilio.accepted) == before + 1


async def test_a_picture_needs_a_public_address(database_url: str) -> None:
    """Without ROLLCALL_PUBLIC_URL the provider could not fetch it: the command says so at once."""
    async with run_service(database_url, {**SETTINGS, "ROLLCALL_PUBLIC_URL": ""}) as running:
        running.twilio.public_url = running.service.settings.address
        await joined(running, (BO, SERVICE))
        await running.twilio.text(ADA, SERVICE, "BLAST community: Hi", **attach(running, PNG))
        await running.twilio.hears(ADA, "A picture only goes out where ROLLCALL_PUBLIC_URL is set")


async def test_other_commands_take_pictures_too(running: Running) -> None:
    """TEST, REPLY and what a schedule fires; an animated picture does not go to WhatsApp."""
    after = len(running.twilio.accepted)
    await running.twilio.text(ADA, SERVICE, "TEST Hi there", **attach(running, GIF))
    await running.twilio.hears(ADA, "Hi there", after)
    await running.twilio.text(ADA, SERVICE, f"REPLY {BO}: The hall", **attach(running, PNG))
    await running.twilio.hears(BO, "The hall", after)
    got = media(running, after)
    assert (await fetched(running, got[ADA]))[1:] == ("image/gif", GIF)
    assert (await fetched(running, got[BO]))[1:] == ("image/png", PNG)
    preview, code = await preview_of(running, "SCHEDULE every monday 9am community: Dance", **attach(running, GIF))
    assert "skipped: 2 cannot get this picture" in preview
    await running.twilio.text(ADA, SERVICE, code)
    await running.twilio.hears(ADA, "CANCEL 1 ends it")
    after = len(running.twilio.accepted)
    async with running.service.database.engine.begin() as connection:
        await connection.execute(update(schedules).values(next_due_at=running.service.clock()))
    await running.twilio.hears(ADA, "Campaign 2: completed", after)
    assert list(media(running, after)) == [BO]


async def test_a_picture_that_is_not_kept_any_more(running: Running) -> None:
    """RETRY refuses where the picture is gone, and the link of one that is gone says so."""
    running.twilio.failing_recipients[BO] = 30008
    _preview, code = await preview_of(running, "BLAST community: The hall", **attach(running, PNG))
    after = len(running.twilio.accepted)
    await running.twilio.text(ADA, SERVICE, code)
    await running.twilio.hears(ADA, "Campaign 1: completed", after)
    url = media(running, after)[BO]
    async with running.service.database.engine.begin() as connection:
        await connection.execute(delete(pictures))
    assert (await fetched(running, url))[0] == 404
    await running.twilio.text(ADA, SERVICE, "RETRY 1")
    await running.twilio.hears(ADA, "The picture of campaign 1 is not kept any more", after)


def test_links_are_signed_and_expire() -> None:
    """A link is the same all day, good for at least two days more, and only with our signature."""
    token = sign(b"k" * 16, 10 * DAY + 5, b"secret")
    assert token == sign(b"k" * 16, 11 * DAY - 1, b"secret")
    assert len(token) == TOKEN_LENGTH
    assert check(token, 13 * DAY - 1, b"secret") == b"k" * 16
    with pytest.raises(NotFound, match="expired"):
        check(token, 13 * DAY, b"secret")
    for wrong, secret in ((token, b"other"), ("A" * 48, b"secret"), ("A" * 47, b"secret"), (token[:44], b"secret")):
        with pytest.raises(NotFound, match="no such picture"):
            check(wrong, 10 * DAY, secret)


async def test_the_code_stands_for_the_picture(running: Running) -> None:
    """Another picture under the same text is another command: its code is its own."""
    await confirmed(running, "BLAST community: Hello")
    await running.twilio.hears(ADA, "Campaign 1: completed")
    first, _code = await preview_of(running, "BLAST community: The hall", **attach(running, PNG))
    second, _code = await preview_of(running, "BLAST community: The hall", **attach(running, GIF))
    assert ("PNG" in first, "GIF" in second) == (True, True)
