"""Who gets into the simulator: a browser on this machine, and nobody by a slip in the settings."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.service import open_service
from bot.settings import load_settings
from bot.simulator import entrance
from flows.errors import ConfigError
from flows.values import Transport, Workspace
from storage.channels import all_channels, save_channels, save_workspace
from storage.database import Database
from tests.bot.simulator.conftest import Client

ADA = "+15550100101"
JSON = {"Accept": "application/json"}
PATHS = ("/simulator", "/simulator/assets/simulator.js", f"/simulator/messages?contact=%2B{ADA[1:]}")
EVERYWHERE = "0.0.0.0"  # noqa: S104 - named, never listened on
WORKSPACE = Workspace(id=b"w" * 16, name="Harbor Choir")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "192.168.0.7:8080",
        EVERYWHERE,
        "localhost@evil",
        "127.0.0.1?.evil.example",
        "127.0.0.1#.evil.example",
        "",
    ],
)
async def test_a_name_that_leads_here_gets_no_answer(client: Client, host: str, path: str) -> None:
    """DNS rebinding: a page of evil.example, once its name resolved to 127.0.0.1, could read codes and use them."""
    answer = await client.get(path, headers={"Host": host}, allow_redirects=False)
    assert answer.status in (400, 403)
    if answer.status == 403:
        assert "The simulator answers this machine alone" in await answer.text()


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "LOCALHOST:99", "[::1]:8080", "127.1.2.3"])
async def test_this_machine_gets_an_answer(client: Client, host: str) -> None:
    """Every loopback name is this machine, whatever the port outside is."""
    assert (await client.get("/simulator", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "x-forwarded-proto",
        "X-Forwarded-Anything",
        "Forwarded",
        "Via",
        "X-Real-IP",
        "CF-Connecting-IP",
        "True-Client-IP",
        "X-Original-Host",
    ],
)
async def test_what_a_proxy_passed_on_gets_no_answer(client: Client, header: str) -> None:
    """A tunnel or reverse proxy on this machine sends a loopback Host for everybody outside."""
    for path in PATHS:
        answer = await client.get(path, headers={header: "127.0.0.1"})
        assert answer.status == 403
        assert "a proxy passed the request on" in await answer.text()
    posted = await client.post("/simulator/messages", json={"contact": ADA, "text": "JOIN"}, headers={header: "x"})
    assert posted.status == 403
    stream = await client.get("/simulator/stream", params={"contact": ADA}, headers={header: "x"})
    assert stream.status == 403


async def test_http_1_0_gets_no_answer(client: Client) -> None:
    """nginx, as it comes, speaks HTTP/1.0 to its target with the target's own name and no other sign of itself."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"GET /simulator HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    async with asyncio.timeout(10):
        said = await reader.read()
    writer.close()
    assert b" 403 " in said.splitlines()[0]
    assert b"HTTP/1.0" in said


async def test_two_hosts_get_no_answer(client: Client) -> None:
    """Two Host headers are two opinions about whom the request is for."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"GET /simulator HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(10):
        said = await reader.read()
    writer.close()
    assert said.splitlines()[0].split()[1] in (b"400", b"403")


async def test_a_request_for_a_proxy_gets_no_answer(client: Client) -> None:
    """`GET http://evil.example/simulator` with a loopback Host was answered; that line counts (RFC 9112)."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"GET http://evil.example/simulator HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(10):
        said = await reader.read()
    writer.close()
    assert b" 403 " in said.splitlines()[0]


async def test_other_addresses_do_not_mind(client: Client) -> None:
    """Only the simulator is that shy: health is asked for by other names."""
    assert (await client.get("/health/live", headers={"Host": "bot.example.org"})).status == 200


def test_the_gateway_of_a_container(tmp_path: Path) -> None:
    """The kernel lists addresses backwards; outside a container there is no gateway to trust."""
    assert entrance._dotted("010011AC") == "172.17.0.1"
    assert (entrance.gateways() == frozenset()) is not any(sign.exists() for sign in entrance.CONTAINER_SIGNS)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"ROLLCALL_HOST": EVERYWHERE}, "the service would listen for other machines"),
        ({"ROLLCALL_PUBLIC_URL": "https://bot.example.org"}, "the service would listen for other machines"),
        ({"ROLLCALL_SIMULATOR": "false"}, "ROLLCALL_SIMULATOR is false"),
    ],
)
async def test_no_way_in_is_said_before_a_database_is_made(tmp_path: Path, names: dict[str, str], said: str) -> None:
    """Off loopback a missing account used to open the simulator to the whole network; one line names both ways on."""
    path = tmp_path / "rollcall.db"
    with pytest.raises(ConfigError, match=said) as refused:
        await open_service(load_settings({"DB_PATH": str(path), **names}, None))
    assert "TWILIO_ACCOUNT_SID" in refused.value.message
    assert "ROLLCALL_SIMULATOR=true" in refused.value.message
    assert "\n" not in refused.value.message
    assert not path.exists()


async def test_real_data_never_meets_the_simulator_by_itself(database: Database, database_url: str) -> None:
    """With TWILIO_ACCOUNT_SID gone from the settings the simulator came up over the data of 300 real people."""
    await database.run(save_workspace(WORKSPACE, 1))
    await database.run(save_channels([("twilio", Transport.SMS, "+15550109999", 1.0)], WORKSPACE.id, 1))
    await database.close()
    with pytest.raises(ConfigError, match=r"belongs to one \(twilio \+15550109999\)"):
        await open_service(load_settings({"DATABASE_URL": database_url}, None))
    service = await open_service(load_settings({"DATABASE_URL": database_url, "ROLLCALL_SIMULATOR": "true"}, None))
    try:
        assert {one.provider for one in await service.database.run(all_channels())} == {"twilio", "simulator"}
    finally:
        await service.database.close()


async def test_a_new_database_on_loopback_opens_the_simulator(database: Database, database_url: str) -> None:
    """Whoever looks around needs no setting, the first time and again."""
    await database.close()
    for _start in range(2):
        service = await open_service(load_settings({"DATABASE_URL": database_url}, None))
        assert service.settings.simulator_on
        await service.database.close()
