"""What was asked for: the folders at the top, and operators who command over SMS and WhatsApp."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.running import run_service
from tests.conversations.script import SERVICE

ROOT = Path(__file__).parents[2]
ADA, STRANGER = "+15550101234", "+15550104321"
BLAST = "BLAST community: Rehearsal at six"


def test_d_1_the_top_level() -> None:
    """The folders and files that were asked for stand at the top."""
    for name in ("bot", "flows", "templates_msg", "storage", "tests"):
        assert (ROOT / name).is_dir(), name
    for name in ("pyproject.toml", "Dockerfile"):
        assert (ROOT / name).is_file(), name


@pytest.mark.parametrize("prefix", ["", "whatsapp:"], ids=["sms", "whatsapp"])
async def test_d_5_and_d_6_who_may_command(prefix: str, database_url: str) -> None:
    """An operator's phone gets a preview with a code over either channel; a stranger no hint that commands exist."""
    more = {"ROLLCALL_ADMIN_PHONES": f"{ADA}:admin", "TWILIO_FROM": f"{SERVICE},whatsapp:{SERVICE}"}
    async with run_service(database_url, more) as running:
        await running.twilio.text("+15550107777", SERVICE, "JOIN")
        for phone in (ADA, STRANGER):
            await running.twilio.text(f"{prefix}{phone}", f"{prefix}{SERVICE}", BLAST)
        await running.twilio.hears(f"{prefix}{ADA}", "To confirm, reply")
        await running.twilio.hears(f"{prefix}{STRANGER}", "Thanks for writing")
        assert not [text for text in running.heard(f"{prefix}{STRANGER}") if "confirm" in text or "BLAST" in text]
