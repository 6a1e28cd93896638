"""The simulator over HTTP, in front of the whole service."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from tests.bot.simulator.conftest import Client

ADA, BO = "+15550100101", "+15550100102"
JSON = {"Accept": "application/json"}


async def _feed(client: Client, contact: str, after: str = "") -> list[dict[str, Any]]:
    response = await client.get("/simulator/messages", params={"contact": contact, "after": after})
    assert response.status == 200
    bubbles: list[dict[str, Any]] = (await response.json())["messages"]
    return bubbles


async def _answers(client: Client, contact: str, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        while True:
            found = [one for one in await _feed(client, contact) if one["direction"] == "outbound"]
            if len([one for one in found if one["status"] in ("sent", "delivered")]) >= count:
                return found
            await asyncio.sleep(0.05)


async def test_a_keyword_is_answered(client: Client) -> None:
    """A posted text goes through the inbox, and its answer is in the feed."""
    response = await client.post("/simulator/messages", json={"contact": ADA, "text": "FEEDBACK"}, headers=JSON)
    assert response.status == 200
    assert (await response.json())["reply_count"] >= 1
    assert "from 1 to 5" in (await _answers(client, ADA, 1))[-1]["text"]
    assert await _feed(client, BO) == []


async def test_a_choice_is_a_button(client: Client) -> None:
    """A tapped choice is stored as a button and moves the survey on."""
    for text in ("FEEDBACK", "5"):
        await client.post("/simulator/messages", json={"contact": ADA, "text": text}, headers=JSON)
    question = (await _answers(client, ADA, 2))[-1]
    label, value = question["choices"][0]
    form = {"contact": ADA, "text": label, "button": value}
    assert (await client.post("/simulator/messages", data=form, headers=JSON)).status == 200
    assert "come again" in (await _answers(client, ADA, 3))[-1]["text"]


async def test_the_same_post_twice_is_one_message(client: Client) -> None:
    """A retried post has the same id and is answered once."""
    body = {"contact": ADA, "text": "HELP", "id": "one-and-the-same"}
    first, second = [await client.post("/simulator/messages", json=body, headers=JSON) for _ in range(2)]
    assert [(await one.json())["is_duplicate"] for one in (first, second)] == [False, True]
    assert len([one for one in await _feed(client, ADA) if one["direction"] == "inbound"]) == 1


async def test_attachments_are_kept(client: Client) -> None:
    """A photo, a web address and a place are what the feed shows again."""
    for fields in (
        {"attach": "photo"},
        {"media_url": "https://media.example.org/a.pdf"},
        {"latitude": 1.5, "longitude": -2},
    ):
        response = await client.post("/simulator/messages", json={"contact": ADA, **fields}, headers=JSON)
        assert response.status == 200
    said = [one for one in await _feed(client, ADA) if one["direction"] == "inbound"]
    assert [one["media"] for one in said] == [
        ["https://media.example.org/photo.jpg"],
        ["https://media.example.org/a.pdf"],
        [],
    ]
    assert said[2]["location"] == [1.5, -2.0]


async def test_the_feed_goes_on_after_an_id(client: Client) -> None:
    """Only messages above the given id come."""
    await client.post("/simulator/messages", json={"contact": ADA, "text": "HELP"}, headers=JSON)
    bubbles = await _feed(client, ADA)
    assert [one["id"] for one in await _feed(client, ADA, bubbles[0]["id"])] == [one["id"] for one in bubbles[1:]]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"contact": ADA}, "empty"),
        ({"contact": ADA, "text": "  "}, "empty"),
        ({"contact": "Ada", "text": "HELP"}, "no phone number"),
        ({"contact": "+15550100000", "text": "HELP"}, "own number"),
        ({"contact": ADA, "text": "x" * 4097}, "longer than 4096"),
        ({"contact": ADA, "text": ["HELP"]}, "must be a text"),
        ({"contact": ADA, "text": "a\0b"}, "no text"),
        ({"contact": ADA, "text": "\ud800"}, "no text"),
        ({"contact": ADA, "attach": "video"}, "use photo, voice, contacts, location"),
        ({"contact": ADA, "media_url": "file:///x"}, "no web address"),
        ({"contact": ADA, "media_url": "http://[x"}, "no web address"),
        ({"contact": ADA, "latitude": "91", "longitude": "0"}, "from -90 to 90"),
        ({"contact": ADA, "latitude": "nan", "longitude": "0"}, "from -90 to 90"),
        ({"contact": ADA, "latitude": "1"}, "from -180 to 180"),
        ({"contact": ADA, "text": "HELP", "sender": "x"}, "Unknown field"),
        (["HELP"], "JSON object"),
    ],
)
async def test_bad_input_is_refused_with_a_reason(client: Client, fields: object, reason: str) -> None:
    """Nothing is stored, and a sentence says why."""
    response = await client.post("/simulator/messages", json=fields, headers=JSON)
    assert response.status == 400
    assert reason in await response.text()
    assert await _feed(client, ADA) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"\xff"),
        ("application/json", b"[" * 60_000),
        ("application/x-www-form-urlencoded", b"contact=1&contact=2"),
        ("application/x-www-form-urlencoded", b"text=\xff%FF&contact=%2B15550100101&sender=1"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"contact=1"),
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"no boundary"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="text"; filename="a"\r\n\r\nb\r\n--x--',
        ),
        ("text/plain", b"HELP"),
    ],
)
async def test_broken_bodies_are_refused(client: Client, kind: str, body: bytes) -> None:
    """A body that is no form and no JSON is the sender's mistake, never ours."""
    response = await client.post("/simulator/messages", data=body, headers={"Content-Type": kind})
    assert response.status == 400
    assert await _feed(client, ADA) == []


@pytest.mark.parametrize("path", ["messages", "messages?contact=x", "stream", "stream?contact=1"])
async def test_a_feed_needs_phones(client: Client, path: str) -> None:
    """Feed and stream name the phones they are about."""
    assert (await client.get(f"/simulator/{path}")).status == 400


async def test_a_feed_needs_an_id_of_ours(client: Client) -> None:
    """`after` is a message's id or nothing."""
    for after in ("xyz", "00ff"):
        response = await client.get("/simulator/messages", params={"contact": ADA, "after": after})
        assert response.status == 400


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_other_sites_cannot_post(client: Client, headers: dict[str, str]) -> None:
    """A page of another origin is refused and nothing is stored."""
    response = await client.post("/simulator/messages", data={"contact": ADA, "text": "STOP"}, headers=headers)
    assert response.status == 403
    assert await _feed(client, ADA) == []


async def test_our_own_page_can_post(client: Client) -> None:
    """The page's own origin is accepted, and a form's answer leads back to the phone."""
    origin = str(client.make_url("/")).rstrip("/")
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin", "Referer": f"{origin}/simulator?phones=3"}
    form = {"contact": BO, "text": "HELP"}
    response = await client.post("/simulator/messages", data=form, headers=headers, allow_redirects=False)
    assert response.status == 303
    assert response.headers["Location"] == "/simulator?phones=3&show=2#phone-2"


async def test_texts_are_shown_as_texts(client: Client) -> None:
    """What a person writes is never markup, and no script but ours may run."""
    await client.post("/simulator/messages", json={"contact": ADA, "text": "<script>alert(1)</script>"}, headers=JSON)
    response = await client.get("/simulator")
    page = await response.text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("query", "count"), [("", 2), ("?phones=3", 3), ("?phones=99", 8), ("?phones=-1&show=7", 2)])
async def test_the_page_has_several_phones(client: Client, query: str, count: int) -> None:
    """The page shows as many phones as asked for, one of them in front."""
    page = await (await client.get(f"/simulator{query}")).text()
    assert page.count('<section class="phone') == count
    assert page.count('<section class="phone shown"') == 1
    assert "FEEDBACK" in page


async def test_assets(client: Client) -> None:
    """The page's files are served, nothing else of the folder."""
    for name in ("simulator.css", "simulator.js", "icon.svg"):
        assert (await client.get(f"/simulator/assets/{name}")).status == 200
    assert (await client.get("/simulator/assets/bubble.html")).status == 404


async def test_the_stream_tells_messages_and_changes(client: Client) -> None:
    """A watching page hears of a message, and again when its status changes."""
    async with client.get("/simulator/stream", params={"contact": ADA}) as stream:
        await client.post("/simulator/messages", json={"contact": ADA, "text": "HELP"}, headers=JSON)
        async with asyncio.timeout(10):
            async for line in stream.content:
                if line.startswith(b"data: ") and "outbound" in (event := json.loads(line[6:]))["html"]:
                    break
    assert event["contact"] == ADA
    assert f'id="m-{event["id"]}"' in event["html"]


async def test_streams_end_with_the_service(client: Client) -> None:
    """A watching page does not hold up a stop."""
    stream = await client.get("/simulator/stream", params={"contact": ADA})
    started = time.monotonic()
    await client.server.close()
    assert await asyncio.wait_for(stream.content.read(), 5) is not None
    assert time.monotonic() - started < 5


async def test_streams_are_bounded(client: Client) -> None:
    """Past the bound a page is told, and may come once another has left."""
    streams = [await client.get("/simulator/stream", params={"contact": ADA}) for _ in range(32)]
    refused = await client.get("/simulator/stream", params={"contact": ADA})
    assert refused.status == 503
    assert "close a page" in await refused.text()
    for stream in streams:
        stream.close()


async def test_a_silence_is_explained(client: Client) -> None:
    """Whoever tests with the simulator sees why a text got no answer, in the feed and on the page."""
    for text in ("STOP", "is anybody there?"):
        await client.post("/simulator/messages", json={"contact": BO, "text": text}, headers=JSON)
    said = [one for one in await _feed(client, BO) if one["direction"] == "inbound"]
    assert [one["silence"] for one in said] == [None, "no answer: opted out"]
    assert "no answer: opted out" in await (await client.get("/simulator")).text()


async def test_the_page_shows_who_may_command(client: Client) -> None:
    """Ada was an operator nowhere, and the page did not hint at commands: it says so and suggests BLAST."""
    page = await (await client.get("/simulator")).text()
    assert page.count("· operator") == 1
    assert f"{ADA} · operator" in page
    assert "BLAST community: Hi {name|friend}" in page
