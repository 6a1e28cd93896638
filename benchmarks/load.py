"""A load generator: connections that each send their next request when the answer to the last is here."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from benchmarks.server import ACCOUNT, PUBLIC_URL, QUESTIONS, TOKEN

PATH = "/webhooks/twilio/inbound"
ANSWERS = ("1", "Green", "blue")


@dataclass(slots=True)
class Measured:
    """What one run showed."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    failed_count: int = 0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.latencies) / self.seconds

    def quantile_ms(self, share: float) -> float:
        """The latency that this share of the requests stays within, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1_000


def requests(connection: int, run: int, count: int) -> Iterator[bytes]:
    """Make the signed requests of one connection: people who take the survey from its keyword to its end."""
    for number in range(count):
        person, step = divmod(number, QUESTIONS + 1)
        phone = f"+1555{run:01d}{connection:03d}{person:03d}"
        text = "BENCH" if step == 0 else ANSWERS[step % len(ANSWERS)]
        yield inbound(phone, text, f"SM{run:04d}{connection:08d}{number:020d}")


def inbound(phone: str, text: str, sid: str) -> bytes:
    """Make the signed request by which Twilio hands over a person's text."""
    fields = {
        "ToCountry": "US",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "CA",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": text,
        "FromCountry": "US",
        "To": "+15550100000",
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": phone,
        "ApiVersion": "2010-04-01",
    }
    signed = PUBLIC_URL + PATH + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    body = urlencode(fields).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: bench.example.org\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, todo: list[bytes], measured: Measured, done: asyncio.Future[None]) -> None:
        self._todo = todo
        self._measured = measured
        self._done = done
        self._place = 0
        self._sent_at = 0.0
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        self._measured.latencies.append(time.perf_counter() - self._sent_at)
        self._measured.failed_count += not head.startswith(b"HTTP/1.1 200")
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        if self._place == len(self._todo):
            self._done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self._todo[self._place])
        self._place += 1


def _same(connection: _Connection) -> _Connection:
    return connection


async def load(port: int, connections: int, run: int, total: int) -> Measured:
    """Send `total` requests over so many connections; gives rate and latencies."""
    todo = [list(requests(number, run, total // connections)) for number in range(connections)]
    measured = Measured(0.0)
    loop = asyncio.get_running_loop()
    done = [loop.create_future() for _ in todo]
    started = time.perf_counter()
    for mine, future in zip(todo, done, strict=True):
        connection = _Connection(mine, measured, future)
        await loop.create_connection(partial(_same, connection), "127.0.0.1", port)
    await asyncio.gather(*done)
    measured.seconds = time.perf_counter() - started
    return measured
