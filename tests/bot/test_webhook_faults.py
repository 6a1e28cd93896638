"""Requests that are damaged, doubled, too big, too slow, or in another writing than expected."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.app import make_app, make_runner
from storage.schema import messages
from tests.bot.posts import FORM, INBOUND, STATUS, form, get, post, with_digest
from tests.bot.running import Running, run_service


@pytest.fixture
async def running(tmp_path: object) -> AsyncIterator[Running]:
    """Start the service on SQLite: what is refused here never reaches a database."""
    async with run_service(f"sqlite:///{tmp_path}/rollcall.db") as started:
        yield started


async def bodies(running: Running) -> list[str]:
    """Read the texts that came in and are stored."""
    texts = select(messages.c.body).where(messages.c.direction == "inbound").order_by(messages.c.id)
    async with running.service.database.read() as connection:
        return [row[0] for row in await connection.execute(texts)]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("&MessageSid=SM1", "more than once"),
        ("&From=%2B15550100102", "more than once"),
        ("&" + "&".join(f"Extra{n}=1" for n in range(5_000)), "more than 200 fields"),
        ("&%00=1", "no parameter of Twilio's"),
        ("&%ED%A0%80=1", "no parameter of Twilio's"),
    ],
)
async def test_a_form_that_can_be_read_in_two_ways(more: str, reason: str, running: Running) -> None:
    """A signed form with a doubled, an impossible or far too many parameters is refused at both addresses."""
    for path in (INBOUND, STATUS):
        answer = await post(running, (form(running, 1, MessageStatus="received") + more).encode(), path)
        assert (answer.status, reason in answer.text) == (400, True)
    assert await bodies(running) == []


ODD = (
    ("a%00b", "ab"),
    ("%ED%A0%80", "\ufffd" * 3),
    ("caf%E9", "caf\ufffd"),
    ("\u202eolleh %F0%9F%91%A9%E2%80%8D%F0%9F%9A%80", "\u202eolleh 👩\u200d🚀"),
    ("1" * 5_000, "1" * 5_000),
)


@pytest.mark.parametrize("charset", ["", "; charset=utf-99", "; charset=utf-7"])
async def test_odd_letters_are_kept_as_they_can_be(charset: str, running: Running) -> None:
    """Broken bytes and any charset, known or not, give a text that can be stored."""
    for number, (body, _stored) in enumerate(ODD):
        answer = await post(running, form(running, number, Body=body).encode(), kind=FORM + charset)
        assert answer.status == 200
    assert await bodies(running) == [stored for _body, stored in ODD]


async def test_json_counts_with_its_digest_only(running: Running) -> None:
    """JSON is taken where the signed address holds the digest of the body; without it, or with another, it is 403."""
    fields = {"MessageSid": "SM1", "From": "+15550100101", "To": "+15550100000", "Body": "half \ud800 and \0"}
    body = json.dumps(fields).encode()
    for path in (INBOUND, with_digest(body + b" "), f"{INBOUND}?bodySHA256="):
        answer = await post(running, body, path, kind="application/json")
        assert (answer.status, "signature" in answer.text) == (403, True)
    assert await bodies(running) == []
    assert (await post(running, body, with_digest(body), kind="application/json")).status == 200
    assert await bodies(running) == ["half ? and "]


async def test_json_that_is_no_message(running: Running) -> None:
    """Signed JSON that is no object of parameters is malformed."""
    for body in (b"", b"[]", b"[" * 20_000, b"null", b'{"MessageSid": {"a": [1]}}', b"\xff\xfe"):
        assert (await post(running, body, with_digest(body), kind="application/json")).status == 400
    assert await bodies(running) == []


async def test_other_content_types(running: Running) -> None:
    """What Twilio does not post is refused by its type, or by its signature where no type can be read."""
    for kind in ("text/plain", "multipart/form-data; boundary=x", "image/png", "text/xml", "nonsense"):
        answer = await post(running, form(running, 1).encode(), kind=kind)
        assert answer.status in (400, 403)
        assert "content type" in answer.text or "signature" in answer.text
    assert await bodies(running) == []


async def test_packed_bodies(running: Running) -> None:
    """A packed body is unpacked; one that would be huge is 413, one that is no archive 400."""
    raw = form(running, 1).encode()
    bomb = gzip.compress(b"Body=" + b"x" * 50_000_000)
    assert (await post(running, bomb, Content_Encoding="gzip")).status == 413
    for broken in (b"no archive", zlib.compress(raw)[:-8]):
        for encoding in ("gzip", "deflate"):
            assert (await post(running, broken, Content_Encoding=encoding)).status == 400
    assert await bodies(running) == []


async def test_a_size_and_a_method_that_are_not_twilios(running: Running) -> None:
    """More than 64 KiB are refused, GET is not offered."""
    for path in (INBOUND, STATUS):
        answer = await post(running, b"Body=" + b"x" * 65_536, path)
        assert (answer.status, "larger than" in answer.text) == (413, True)
        assert (await get(running, path)).status == 405
    assert await bodies(running) == []


LETTERS = st.text(max_size=300) | st.sampled_from(
    ["STOP", "PIZZA", "+15550100101", "SM1", "whatsapp:+1555", "rcs:", "é"]
)
NEEDED = ("MessageSid", "From", "To", "Body")
NAMES = st.sampled_from([*NEEDED, "MessageStatus", "ErrorCode", "MediaUrl0", "Latitude"])
FIELDS = st.lists(st.tuples(NAMES | LETTERS, LETTERS | st.binary(max_size=60)), max_size=8)


def test_no_signed_request_is_our_failure(database_url: str) -> None:
    """Whatever correctly signed bytes hold, as form or JSON, at both addresses, the answer is never 5xx."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        running = runner.run(stack.enter_async_context(run_service(database_url)))

        @settings(max_examples=150, deadline=None, database=None, derandomize=True)
        @given(st.binary(max_size=300), FIELDS, st.sampled_from([INBOUND, STATUS]), st.booleans(), st.integers(0, 999))
        def check(raw: bytes, fields: list[tuple[str, str | bytes]], path: str, is_json: bool, number: int) -> None:
            if is_json:
                body = json.dumps({name: repr(value) for name, value in fields}).encode() + raw[:1]
                answer = runner.run(post(running, body, with_digest(body, path), kind="application/json"))
            else:
                known = form(running, number) if number % 2 else ""  # half of them are whole, with odd things behind
                more = [_field(name, value) for name, value in fields if not (known and name in NEEDED)]
                body = known.encode() + b"".join(more) + (b"" if known else raw)
                answer = runner.run(post(running, body, path))
            assert answer.status in (200, 400, 403), answer.text

        check()
        assert runner.run(bodies(running))
        assert all(body.encode().decode() == body and "\0" not in body for body in runner.run(bodies(running)))
        runner.run(stack.aclose())


def _field(name: str, value: str | bytes) -> bytes:
    octets = value if isinstance(value, bytes) else value.encode()
    return b"&" + name.encode() + b"=" + b"".join(b"%%%02X" % octet for octet in octets)


@pytest.mark.parametrize(
    "sent", [b"", b"POST /webhooks/twilio/inbound HTTP/1.1\r\nHost: x\r\nX-", b"GET /a HTTP/1.1\r\nHo"]
)
async def test_a_head_that_does_not_come_is_not_waited_for(sent: bytes) -> None:
    """A connection on which no whole request arrives is closed, its first as well as a later one."""
    runner = make_runner(make_app([web.get("/", _hello)]), idle_seconds=0.3)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    for earlier in (b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
        writer.write(earlier)
        if earlier:
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        writer.write(sent)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()
    await runner.cleanup()


async def _hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


async def test_what_is_no_http_is_no_failure(running: Running) -> None:
    """Bytes that are no HTTP are answered 400 and the connection is closed."""
    address = running.url.rpartition(":")[2]
    for sent in (b"\x16\x03\x01\x02\x00\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nA\x00B: 1\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address))
        writer.write(sent)
        async with asyncio.timeout(5):
            assert (await reader.read()).split(b" ")[1] in (b"400", b"505")
        writer.close()
