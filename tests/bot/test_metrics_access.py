"""Who may read the metrics."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.settings import load_settings
from flows.errors import ConfigError
from tests.bot.running import run_service

TOKEN = "a-token-that-nobody-guesses"
PUBLIC = {"ROLLCALL_PUBLIC_URL": "https://bot.example.org"}
WITH_TOKEN = {"ROLLCALL_METRICS_TOKEN": TOKEN}


async def status(more: dict[str, str], folder: Path, **headers: str) -> tuple[int, str]:
    """Start a service with these settings and scrape it from loopback."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        run_service(f"sqlite:///{folder}/rollcall.db", more) as running,
        aiohttp.ClientSession() as client,
        client.get(f"{running.url}/metrics", headers=named) as answer,
    ):
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("more", "headers", "wanted"),
    [
        ({}, {}, 200),
        ({}, {"X_Forwarded_For": "203.0.113.7"}, 403),
        ({}, {"X_Forwarded_Proto": "https"}, 403),
        ({}, {"CF_Connecting_IP": "203.0.113.7"}, 403),
        (PUBLIC, {}, 403),
        (PUBLIC, {"Authorization": f"Bearer {TOKEN}"}, 403),
        ({**PUBLIC, **WITH_TOKEN}, {}, 401),
        ({**PUBLIC, **WITH_TOKEN}, {"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({**PUBLIC, **WITH_TOKEN}, {"Authorization": f"Basic {TOKEN}"}, 401),
        ({**PUBLIC, **WITH_TOKEN}, {"Authorization": f"Bearer {TOKEN}"}, 200),
        ({**PUBLIC, **WITH_TOKEN}, {"Authorization": f"bearer  {TOKEN}"}, 200),
        (WITH_TOKEN, {}, 401),
    ],
)
async def test_who_may_read_them(more: dict[str, str], headers: dict[str, str], wanted: int, tmp_path: Path) -> None:
    """Behind a proxy they were everybody's, with the version of Python: now they want a token, or a loopback scrape."""
    found, text = await status(more, tmp_path, **headers)
    assert found == wanted
    assert ("rollcall_inbox_messages" in text) == (wanted == 200)
    assert wanted == 200 or "ROLLCALL_METRICS_TOKEN" in text


async def test_the_start_says_that_they_are_closed(tmp_path: Path) -> None:
    """One line in the log names the setting."""
    with capture_logs() as lines:
        await status(PUBLIC, tmp_path)
    assert [line["log_level"] for line in lines if line["event"] == "metrics_closed"] == ["warning"]


def test_a_short_token_is_refused() -> None:
    """It could be guessed."""
    with pytest.raises(ConfigError, match="ROLLCALL_METRICS_TOKEN"):
        load_settings({"ROLLCALL_METRICS_TOKEN": "short"}, None)
