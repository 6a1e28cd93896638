"""Who is refused again and again is held off, and nobody else: providers least of all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.sources import BURST, MOST_SOURCES, TELL_SECONDS, Sources, source_of
from tests.bot.posts import INBOUND, Answer, form, get, post
from tests.bot.running import Running, run_service
from tests.bot.test_metrics import figures

FORGER, TWILIO, NEIGHBOUR = "203.0.113.66", "198.51.100.7", "203.0.113.67"


@dataclass(slots=True)
class Watch:
    """A clock that stands until it is moved."""

    now_seconds: float = 1_000.0
    sources: Sources = field(init=False)

    def __post_init__(self) -> None:
        """Count refusals by this clock."""
        self.sources = Sources(self.seconds)

    def seconds(self) -> float:
        """Give the time."""
        return self.now_seconds

    def refuse(self, source: str, count: int = int(BURST)) -> None:
        """Refuse a source so often."""
        for _ in range(count):
            self.sources.refused(source)


# --- where a request comes from ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "source"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1%eth0", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        *((inside, None) for inside in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "10.1.2.3", "172.16.0.1")),
        *((inside, None) for inside in ("192.168.1.1", "169.254.1.1", "100.64.0.1", "fd00::1", "fe80::1%eth0")),
        *((other, None) for other in ("", None, "/run/rollcall.sock", "localhost", "1.2.3", "01.2.3.4")),
    ],
)
def test_a_peer_is_a_source_unless_it_is_inside(peer: str | None, source: str | None) -> None:
    """An address from outside counts, of IPv6 its /64; one's own machines, where proxies are, do not."""
    assert source_of(peer) == source
    assert source_of(peer, ["203.0.113.99"]) == source  # the header counts only where proxies are expected


@pytest.mark.parametrize(
    ("forwarded", "proxy_count", "source"),
    [
        (["203.0.113.7"], 1, "203.0.113.7"),
        (["198.51.100.1, 203.0.113.7"], 1, "203.0.113.7"),
        (["8.8.8.8,unknown,,203.0.113.7 , 198.51.100.9"], 2, "203.0.113.7"),
        (["8.8.8.8", "203.0.113.7", "198.51.100.9"], 2, "203.0.113.7"),
        ([",".join(["6.6.6.6"] * 900) + ",203.0.113.7"], 1, "203.0.113.7"),
        (["2001:db8::7, 2001:db8:0:9::7"], 1, "2001:db8:0:9::/64"),
        (["203.0.113.7:4711"], 1, "203.0.113.7"),
        (["[2001:db8::7]:4711"], 1, "2001:db8::/64"),
        (["[2001:db8::7]"], 1, "2001:db8::/64"),
        (["203.0.113.7"], 2, None),
        (["203.0.113.7, 10.0.0.1"], 1, None),
        ([], 1, None),
        ([""], 1, None),
        ([","], 2, None),
        *(([odd], 1, None) for odd in ("unknown", "_hidden", "203.0.113.7.8", "::7::", "[", ":", "[]")),
        *(
            ([odd], 1, None)
            for odd in ("203.0.113.7;", "٢٠٣.0.113.7", "203.0.113.\udcff", "1" * 8_000, "%", "2130706433")
        ),
    ],
)
def test_behind_proxies_the_entry_of_the_outermost_counts(
    forwarded: list[str], proxy_count: int, source: str | None
) -> None:
    """Counted from the right, whatever a sender wrote to the left of it; what is no address names no source."""
    assert source_of("10.0.0.9", forwarded, proxy_count) == source
    assert source_of("203.0.113.1", forwarded, proxy_count) == source


# --- buckets ----------------------------------------------------------------------------------------------------------


def test_a_burst_is_borne_and_then_one_a_second() -> None:
    """Sixty refusals at once, then one a second; however many more there were, the wait is not longer."""
    watch = Watch()
    watch.refuse(FORGER, int(BURST) - 1)
    assert watch.sources.wait_seconds(FORGER) == 0
    watch.refuse(FORGER, 500)  # so many were under way at once
    assert watch.sources.wait_seconds(FORGER) == 1
    assert watch.sources.wait_seconds(NEIGHBOUR) == 0
    watch.now_seconds += 0.75
    assert watch.sources.wait_seconds(FORGER) == 0.25
    watch.now_seconds += 0.25
    assert watch.sources.wait_seconds(FORGER) == 0
    watch.refuse(FORGER, 1)
    assert watch.sources.wait_seconds(FORGER) == 1
    watch.now_seconds += 10 * BURST
    watch.refuse(FORGER, int(BURST) - 1)
    assert watch.sources.wait_seconds(FORGER) == 0
    watch.refuse(FORGER, 1)
    assert watch.sources.wait_seconds(FORGER) == 1


def test_who_sent_something_signed_is_never_held_off() -> None:
    """Before or after its refusals: a provider's address is shared by its other customers, a proxy's by everybody."""
    watch = Watch()
    watch.sources.trust(TWILIO)
    watch.refuse(TWILIO, 1_000)
    assert watch.sources.wait_seconds(TWILIO) == 0
    watch.refuse(FORGER)
    watch.sources.trust(FORGER)
    assert watch.sources.wait_seconds(FORGER) == 0


def addresses(count: int) -> Iterator[str]:
    """Give so many addresses."""
    return (str(IPv4Address((11 << 24) + number)) for number in range(count))


def test_memory_is_bounded() -> None:
    """Ten thousand sources are known, whatever comes; who was seen last, also only to be held off, stays known."""
    watch = Watch()
    watch.refuse(FORGER)
    watch.refuse(NEIGHBOUR)
    for address in addresses(3 * MOST_SOURCES):
        watch.sources.refused(address)
        assert watch.sources.wait_seconds(FORGER) == 1
    assert len(watch.sources) == MOST_SOURCES
    assert watch.sources.wait_seconds(NEIGHBOUR) == 0  # forgotten: it begins anew


def test_who_was_never_refused_takes_no_memory() -> None:
    """A source is known from its first refusal on."""
    watch = Watch()
    assert [watch.sources.wait_seconds(address) for address in addresses(100)] == [0.0] * 100
    assert len(watch.sources) == 0


def test_the_log_hears_once_a_minute() -> None:
    """Of each source."""
    watch = Watch()
    assert [watch.sources.is_news(one) for one in (FORGER, FORGER, NEIGHBOUR)] == [True, False, True]
    watch.now_seconds += TELL_SECONDS - 1
    assert not watch.sources.is_news(FORGER)
    watch.now_seconds += 1
    assert [watch.sources.is_news(FORGER) for _ in range(2)] == [True, False]


# --- over HTTP --------------------------------------------------------------------------------------------------------


@pytest.fixture
def watch() -> Watch:
    """Give the clock by which sources are held off."""
    return Watch()


@pytest.fixture
async def running(tmp_path: object, watch: Watch) -> AsyncIterator[Running]:
    """Start the service behind one proxy; sources are held off long before a database is asked."""
    more = {"ROLLCALL_PROXY_COUNT": "1"}
    async with run_service(f"sqlite:///{tmp_path}/rollcall.db", more, watch.seconds) as started:
        yield started


async def forge(running: Running, source: str, count: int) -> list[Answer]:
    """Post so many forged webhooks from a source that pretends to be another one."""
    headers = {"X_Forwarded_For": f"{TWILIO}, {source}", "X_Twilio_Signature": "Zm9yZ2Vk"}
    return [await post(running, form(running, 1).encode(), **headers) for _ in range(count)]


def from_(source: str) -> dict[str, str]:
    """Say where a request comes from."""
    return {"X_Forwarded_For": source}


async def test_a_forger_is_held_off_and_the_provider_is_not(running: Running, watch: Watch) -> None:
    """A hundred forged webhooks: 403 until the burst is spent, then 429; what is signed goes through meanwhile."""
    before = await figures(running)
    with capture_logs() as lines:
        answers = await forge(running, FORGER, 100)
    assert [answer.status for answer in answers] == [403] * 60 + [429] * 40
    assert {answer.headers.get("Retry-After") for answer in answers} == {None, "1"}
    assert "come back later" in answers[-1].text
    assert answers[-1].headers["X-Content-Type-Options"] == "nosniff"
    assert [line["source"] for line in lines if line["event"] == "source_held_off"] == [FORGER]
    assert sum(line["event"] == "request_refused" for line in lines) == 60
    assert (await figures(running))["rollcall_requests_limited_total"] - before["rollcall_requests_limited_total"] == 40
    assert (await post(running, form(running, 1).encode(), **from_(TWILIO))).status == 200
    assert await running.count("inbound") == 1
    watch.now_seconds += 1
    assert [answer.status for answer in await forge(running, FORGER, 2)] == [403, 429]
    watch.now_seconds += 1
    assert (await post(running, form(running, 2).encode(), **from_(FORGER))).status == 200


async def test_a_forger_beside_the_provider_does_not_lock_it_out(running: Running) -> None:
    """Where a signed webhook came from, refusals are no reason to answer the next one 429."""
    assert (await post(running, form(running, 1).encode(), **from_(TWILIO))).status == 200
    assert {answer.status for answer in await forge(running, TWILIO, 100)} == {403}
    assert (await post(running, form(running, 2).encode(), **from_(TWILIO))).status == 200


async def test_many_signed_webhooks_at_once_are_no_reason(running: Running) -> None:
    """Far more than the burst, from one source, twice each: all are answered 200."""
    posts = [post(running, form(running, number % 150).encode(), **from_(TWILIO)) for number in range(300)]
    assert {answer.status for answer in await asyncio.gather(*posts)} == {200}


async def test_every_refusal_counts_and_probes_are_answered(running: Running) -> None:
    """Unknown addresses, wrong methods and bodies take from the same bucket; health and metrics are always answered."""
    async with aiohttp.ClientSession(headers={"X-Forwarded-For": FORGER}) as client:

        async def status(method: str, path: str, body: bytes = b"") -> int:
            async with client.request(method, running.url + path, data=body) as answer:
                return answer.status

        for _ in range(15):
            assert await status("GET", "/nowhere") == 404
            assert await status("GET", INBOUND) == 405
            assert await status("POST", INBOUND, b"x" * 70_000) == 413
            assert await status("GET", "/charts/" + "A" * 52 + ".png") == 404
        for path in ("/nowhere", "/", "/charts/" + "A" * 52 + ".png", "/events/1.ics"):
            assert await status("GET", path) == 429
        for path, answered in (("/health/live", 200), ("/health/ready", 200), ("/metrics", 403)):
            assert await status("GET", path) == answered


async def test_what_is_answered_429_is_not_read(running: Running) -> None:
    """A source that is held off has its answer before any of its body came."""
    await forge(running, FORGER, 60)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(running.url.rpartition(":")[2]))
    head = f"POST {INBOUND} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {FORGER}\r\nContent-Length: 60000\r\n\r\n"
    writer.write(head.encode())
    async with asyncio.timeout(5):
        assert (await reader.readline()).startswith(b"HTTP/1.1 429")
    writer.close()


async def test_without_a_proxy_a_loopback_peer_is_not_limited(tmp_path: object, watch: Watch) -> None:
    """By default nobody on this machine is held off, for it may be a proxy that all come through."""
    async with run_service(f"sqlite:///{tmp_path}/rollcall.db", seconds=watch.seconds) as running:
        assert {answer.status for answer in await forge(running, FORGER, 100)} == {403}
        assert (await get(running, "/health/live")).status == 200
