"""Why somebody gets nothing, in the words of previews."""

from __future__ import annotations

import pytest

from flows.campaigns.skips import Skip, say_skip


@pytest.mark.parametrize("reason", Skip)
def test_reasons_in_both_languages(reason: Skip) -> None:
    """A Spanish preview said "sin aviso: 1 opted out"."""
    assert say_skip(reason, "en") == reason.value
    assert say_skip(reason, "es-MX") != reason.value
    assert say_skip("", "es") == ""
