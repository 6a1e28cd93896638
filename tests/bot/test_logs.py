"""What the process writes to its log: JSON, and nothing of what people said or are called."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import aiohttp

from tests.bot.test_process import CANARY, PHONE, serving
from tests.conversations.script import SERVICE

NO_HTTP = (
    f"POST /webhooks/twilio/inbound HTTP/1.1\r\nHost: x\r\n{CANARY} {PHONE}\r\n\r\n",
    f"{CANARY} {PHONE} HTTP/1.1\r\n\r\n",
    f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {PHONE}{CANARY}\r\n\r\n",
)


async def test_errors_quote_nobody(tmp_path: Path) -> None:
    """An error that quotes a text, and bytes that are no HTTP, leave kind and place in the log, and not one word."""
    async with serving(tmp_path) as service:
        assert await service.twilio.text(PHONE, SERVICE, "FEEDBACK") == 200
        with sqlite3.connect(service.path) as connection:
            connection.execute("UPDATE sessions SET question_id = ?", [f"{CANARY} {PHONE}"])
        assert await service.twilio.text(PHONE, SERVICE, CANARY) == 200
        for sent in NO_HTTP:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(service.url.rpartition(":")[2]))
            writer.write(sent.encode())
            async with asyncio.timeout(5):
                assert b"Traceback" not in await reader.read()
            writer.close()
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"{service.url}/{CANARY}/{PHONE}?{PHONE}") as answer,
        ):
            assert answer.status == 404
        await service.twilio.settle()
        service.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            assert await service.process.wait() == 0
    events = [json.loads(line) for line in service.lines]
    (failed,) = [event for event in events if event["event"] == "step_failed"]
    assert failed["kind"] == failed["exception"][0]["exc_type"]
    assert failed["exception"][0]["frames"][-1]["lineno"]
    assert not [event for event in events if event["logger"] == "aiohttp.server"]  # anybody could fill the disk
    assert all({"event", "level", "timestamp", "logger"} <= event.keys() for event in events)
    log = "".join(service.lines)
    assert not [secret for secret in ("xylophone", "marmalade", PHONE, PHONE[1:]) if secret in log]
    with sqlite3.connect(service.path) as connection:
        ((error,),) = connection.execute("SELECT extras FROM messages WHERE status = 'failed'")
    assert CANARY in error  # with the message itself the whole error is kept


LOGS_IN_A_TERMINAL = """
import structlog
from bot.logs import set_up_logs
set_up_logs("INFO")
log = structlog.get_logger("bot.serve")
log.info("serving", host="127.0.0.1", port=8080)
log.warning("secret_key_missing", advice="set\x1b[2J it")
try:
    raise ValueError("xylophone")
except ValueError:
    log.exception("step_failed")
"""


def test_a_person_at_a_terminal_reads_words() -> None:
    """`make run` greeted newcomers with lines of JSON: a terminal gets a short line each, escapes made visible."""
    reader, writer = pty.openpty()
    subprocess.run([sys.executable, "-c", LOGS_IN_A_TERMINAL], stderr=writer, check=True)  # noqa: S603
    os.close(writer)
    first, second, third = os.read(reader, 10_000).decode().splitlines()
    os.close(reader)
    assert first[8:] == " serving host=127.0.0.1 port=8080"
    assert second[8:].startswith(" WARNING secret key missing advice=set")
    assert "\x1b" not in second
    assert third[8:] == " ERROR step failed ValueError"
