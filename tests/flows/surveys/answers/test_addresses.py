"""Phone numbers and e-mail addresses."""

import pytest

from flows.surveys.answers import Misunderstood, Understood, read_answer
from flows.surveys.questions import EmailAnswer, Kind, PhoneAnswer
from tests.flows.surveys.scene import message, question_of, turn_of


def _read(kind: Kind, text: str) -> object:
    occurrence = message(text)
    return read_answer(question_of(kind), occurrence, turn_of(occurrence))


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+1 202 555 0100", "+12025550100"),
        ("(202) 555-0100", "+12025550100"),
        ("my number is 202-555-0100.", "+12025550100"),
        ("＋４４ 20 7946 0018", "+442079460018"),
    ],
)
def test_a_phone_is_read(text: str, phone: str) -> None:
    """As E.164, with the workspace's country where none is given."""
    assert _read(PhoneAnswer(), text) == Understood(phone)


@pytest.mark.parametrize(
    "text",
    ["", "none of your business", "12", "+0 000 000", "2025550100 or 2025550101", "2" * 900],
)
def test_what_is_no_phone_is_asked_again(text: str) -> None:
    """None, two, or one that cannot exist."""
    assert _read(PhoneAnswer(), text) == Misunderstood("phone")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@example.org", "ada@example.org"),
        ("It is Ada.L@EXAMPLE.org.", "Ada.L@example.org"),
        ("<a~$1+b@ex-2.com>", "a~$1+b@ex-2.com"),
        ("mailto:ada@example.org", "ada@example.org"),
        ("ada＠example.org", "ada@example.org"),
        ("ada@βήτα.example", "ada@βήτα.example"),
    ],
)
def test_an_address_is_read(text: str, address: str) -> None:
    """Alone or in a sentence; the domain in small letters."""
    assert _read(EmailAnswer(), text) == Understood(address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "ada@example",
        "@example.org",
        "a..b@example.org",
        "mailto:.a@example.org",
        "a.@example.org",
        "a@b.com c@d.com",
        "a b@",
        "a@" + "b" * 62 + ("." + "c" * 62) * 3 + ".org",
        "a" * 500 + "@example.org",
    ],
)
def test_what_is_no_address_is_asked_again(text: str) -> None:
    """None, two, or one that no server takes."""
    assert _read(EmailAnswer(), text) == Misunderstood("email")
