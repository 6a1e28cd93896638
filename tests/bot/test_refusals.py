"""Refusals of EVENT commands: an operator who speaks Spanish got English ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import templates_msg
from bot.actions.refusals import refuse_event
from bot.texts import shipped_texts
from flows.language.segments import measure

SOURCE = (Path(templates_msg.__file__).parent / "en" / "operator_event_refused.txt").read_text("utf-8")
REASONS = (*re.findall(r"reason == '(\w+)'", SOURCE), "unclear")
VALUES = {
    "title": "Spring Gala",
    "keyword": "GALA",
    "text": "friday",
    "listed": "GALA",
    "verb": "ADD",
    "who": "Ada @12",
}
COUNTS = {"limit": 160, "count": 3, "is_survey": 0, "waiting": 1}


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_said_in_both_languages(reason: str) -> None:
    """EVENTO CERRAR GALA twice was answered "Spring Gala is closed already": each reason has its own Spanish text."""
    english, spanish = (
        shipped_texts().render(refuse_event(reason, None, **VALUES, **COUNTS).says, code) for code in ("en", "es")
    )
    assert english != spanish
    assert "EVENT " not in spanish
    assert max(measure(english).segments, measure(spanish).segments) <= 3
