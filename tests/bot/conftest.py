"""What the tests of the sender and the reconciler work with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.outbox import Outbox, open_outbox
from tests.bot.town import town
from tests.fakes.twilio import FakeTwilio

__all__ = ("outbox", "town")


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    """Give an outbox whose sender is not started."""
    async with FakeTwilio() as fake:
        fake.callbacks.statuses = ()
        async with open_outbox(tmp_path, fake) as made:
            yield made
