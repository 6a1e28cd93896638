"""The countries whose phones we write to, by ISO code or by calling code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from flows.language.phones import PhoneError, SenderKind, canonical, sender_kind


@dataclass(frozen=True, slots=True)
class Countries:
    """A choice of countries; none named: all of them."""

    regions: frozenset[str] = frozenset()
    """ISO 3166 alpha-2: US."""
    codes: frozenset[int] = frozenset()
    """Whole calling codes: 44; 1 is all of North America and the Caribbean."""

    def allow(self, address: str) -> bool:
        """Say whether an address may be written to; one that is no phone number is of no country."""
        if not (self.regions or self.codes) or sender_kind(address) is not SenderKind.PHONE:
            return True
        region, code = _place(canonical(f"+{address.removeprefix('+')}"))
        return region in self.regions or code in self.codes


def read_countries(names: Iterable[str]) -> Countries:
    """Read `US`, `us`, `44` and `+44`; raises `PhoneError` naming what is no country."""
    wanted = tuple(names)
    if not wanted:
        return Countries()
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS  # noqa: PLC0415 (see `phones._read`)

    regions, codes = set(), set()
    for name in wanted:
        word = name.strip().upper()
        digits = word.removeprefix("+")
        if word in SUPPORTED_REGIONS:
            regions.add(word)
        elif digits.isdecimal() and int(digits) in COUNTRY_CODE_TO_REGION_CODE:
            codes.add(int(digits))
        else:
            raise PhoneError(f"'{name}' is no country: write ISO codes such as US or GB, or calling codes such as 44.")
    return Countries(frozenset(regions), frozenset(codes))


@lru_cache(maxsize=4096)
def _place(e164: str) -> tuple[str, int]:
    """Give a number's country and calling code; ("", 0) where it has none.

    A number that no country has given out counts as of the main one of its calling code.
    """
    from phonenumbers import (  # noqa: PLC0415 (see `phones._read`)
        NumberParseException,
        parse,
        region_code_for_country_code,
        region_code_for_number,
    )

    try:
        number = parse(e164)
    except NumberParseException:
        return "", 0
    code = number.country_code or 0
    return region_code_for_number(number) or region_code_for_country_code(code), code
