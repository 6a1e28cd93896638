"""Which countries are written to."""

from __future__ import annotations

import pytest

from flows.language.countries import Countries, read_countries
from flows.language.phones import PhoneError

KINGSTON, TORONTO, NEW_YORK = "+18765550100", "+14165550100", "+12125550100"
LONDON, BOGOTA, SATELLITE, NOBODYS = "+442079460100", "+576015550100", "+88155501001", "+15550100101"


def test_names_of_countries() -> None:
    """ISO codes and calling codes, in either case, with or without a plus."""
    assert read_countries(["us", " GB", "+57", "881"]) == Countries(frozenset({"US", "GB"}), frozenset({57, 881}))
    assert read_countries([]) == Countries()


@pytest.mark.parametrize("name", ["UK", "USA", "+", "999", "²", ""])
def test_what_is_no_country(name: str) -> None:
    """It is named, with what could stand there."""
    with pytest.raises(PhoneError, match=r"is no country: write ISO codes such as US or GB, or calling codes"):
        read_countries([name])


@pytest.mark.parametrize(
    ("names", "allowed", "refused"),
    [
        ([], [NEW_YORK, KINGSTON, LONDON, SATELLITE, "+9991234567"], []),
        (["US"], [NEW_YORK, NOBODYS], [TORONTO, KINGSTON, LONDON, BOGOTA, SATELLITE, "+9991234567"]),
        (["US", "CA"], [NEW_YORK, TORONTO], [KINGSTON]),
        (["1"], [NEW_YORK, TORONTO, KINGSTON], [LONDON]),
        (["JM", "44"], [KINGSTON, LONDON], [NEW_YORK, NOBODYS]),
        (["881"], [SATELLITE], [LONDON]),
    ],
)
def test_who_is_written_to(names: list[str], allowed: list[str], refused: list[str]) -> None:
    """By the number's own country, not by its calling code alone; one that nobody has counts as of the main country."""
    countries = read_countries(names)
    assert [one for one in (*allowed, *refused) if countries.allow(one)] == allowed


def test_how_a_number_is_written() -> None:
    """Without a plus, or as WhatsApp writes it, it is the same number."""
    mexico = read_countries(["MX"])
    assert mexico.allow("+5215512345678")
    assert mexico.allow("525512345678")
    assert not mexico.allow("12125550100")


@pytest.mark.parametrize("address", ["US.13491208655302741918", "messenger:1234567890", "12345", "Harbor"])
def test_what_is_no_phone_number(address: str) -> None:
    """It is of no country, and nobody pays for it by country."""
    assert read_countries(["GB"]).allow(address)
