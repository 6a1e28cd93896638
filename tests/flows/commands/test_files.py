"""Files of contacts that come with a command."""

from __future__ import annotations

import pytest

from flows.commands.files import contact_file
from flows.values import Media


@pytest.mark.parametrize(
    ("kind", "is_one"),
    [
        ("text/vcard", True),
        ("text/x-vCard; charset=utf-8", True),
        ("text/csv", True),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", True),
        ("image/jpeg", False),
        ("", False),
        (None, False),
    ],
)
def test_what_may_hold_contacts(kind: str | None, is_one: bool) -> None:
    """Cards, tables and spreadsheets, by the type that the provider names."""
    file = Media("https://media.example.org/1", kind)
    assert contact_file([Media("https://media.example.org/2", "audio/ogg"), file]) == (file if is_one else None)
