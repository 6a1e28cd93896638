"""A whole service on a new SQLite database, listening on a free port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.service import open_service
from bot.settings import load_settings

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """Start the service with its demo and give a client to it."""
    environment = {"DB_PATH": str(tmp_path / "rollcall.db"), "ROLLCALL_DEMO": "true", "ROLLCALL_SIMULATOR": "true"}
    service = await open_service(load_settings(environment, None))
    await service.start()
    async with TestClient(TestServer(service.app())) as started:
        yield started
    await service.stop()
