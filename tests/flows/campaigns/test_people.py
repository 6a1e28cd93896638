"""What one person of an audience reads, and why another gets nothing."""

from __future__ import annotations

import pytest

from flows.campaigns.personal import check_names, words_of, write_for
from flows.campaigns.skips import Skip, outside_window, skipped
from flows.errors import CommandError
from flows.values import DAY, Transport

WORDS = words_of(
    "Ada Lovelace", "es", {"zip": "94110", "tags": ["x"]}, {"vehicle": [{"make": "Toyota"}, {"make": "?"}]}
)


def test_a_person_in_words() -> None:
    """Name, first name, language, own fields and the first of each kind of record; lists are no words."""
    assert WORDS == {
        "name": "Ada Lovelace",
        "first_name": "Ada",
        "language": "es",
        "zip": "94110",
        "vehicle.make": "Toyota",
    }
    assert words_of(None, None, {}, {}) == {"name": "", "first_name": "", "language": ""}


def test_a_text_for_one_person() -> None:
    """What is not known of this one is empty or the default, and values are never placeholders."""
    assert write_for("Hi {first_name|friend}, {{vehicle.make}} {city|town}{dog}", WORDS) == "Hi Ada, Toyota town"
    assert write_for("Hi {name|friend}", words_of(None, None, {}, {})) == "Hi friend"
    assert write_for("{name}", {"name": "{zip}", "zip": "1"}) == "{zip}"


def test_what_nobody_has_is_refused() -> None:
    """A placeholder that is known of nobody is a slip: it is named, with those that are known."""
    check_names("Hi {name} {zip}", frozenset({"zip"}))
    with pytest.raises(CommandError, match="which nobody here has"):
        check_names("Hi {dog}", frozenset({"zip"}))


@pytest.mark.parametrize(
    ("status", "opted_out", "dead", "why"),
    [
        ("active", set(), set(), None),
        ("active", {"event:12"}, {"meta"}, None),
        ("active", {"all"}, {"twilio"}, Skip.OPTED_OUT),
        ("blocked", {"all"}, set(), Skip.OPTED_OUT),
        ("blocked", set(), {"twilio"}, Skip.BLOCKED),
        ("invalid", set(), set(), Skip.INVALID),
        ("inactive", set(), {"twilio"}, Skip.INACTIVE),
        ("active", set(), {"twilio"}, Skip.SUPPRESSED),
    ],
)
def test_why_somebody_is_skipped(status: str, opted_out: set[str], dead: set[str], why: Skip | None) -> None:
    """Their own choice comes first, then ours, then a dead number at this provider."""
    assert skipped(status, opted_out, dead, "twilio") is why


def test_the_window_of_whatsapp() -> None:
    """A day after their last message only templates go through; SMS has no window."""
    assert not outside_window(Transport.WHATSAPP, 5, 5 + DAY - 1)
    assert outside_window(Transport.WHATSAPP, 5, 5 + DAY)
    assert outside_window(Transport.WHATSAPP, None, 5)
    assert not outside_window(Transport.SMS, None, 5)
