"""Phone numbers as people and providers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import RollcallError
from flows.language.phones import (
    PhoneError,
    SenderKind,
    canonical,
    is_e164,
    mask,
    parse_phone,
    sender_kind,
    time_zones,
)
from tests.cases import load_case


@pytest.mark.parametrize(
    ("raw", "country"),
    [
        ("+15550100001", None),
        ("+1 (555) 010-0001", None),
        ("(555) 010-0001", "us"),
        ("15550100001", "US"),
        ("555.010.0001", "US"),
        ("whatsapp:+15550100001", None),
        ("whatsapp: +1 555 010 0001", None),
        ("tel:+1-555-010-0001", None),
        ("15550100001@c.us", None),
        ("15550100001:12@s.whatsapp.net", None),
        ("＋１５５５０１００００１", None),
        ("'+15550100001", None),
        ("\u202a+1\u00a0555\u00a0010\u00a00001\u202c", None),
        ("+15550100001.0", None),
        ("001 555 010 0001", None),
        ("001 555 010 0001", "DE"),
    ],
)
def test_one_number_in_many_forms(raw: str, country: str | None) -> None:
    """Prefixes, separators, marks and foreign digits make no difference."""
    assert parse_phone(raw, country) == "+15550100001"


@pytest.mark.parametrize(
    ("raw", "country", "expected"),
    [
        ("+44 (0)20 7946 0018", None, "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("011 44 20 7946 0018", "US", "+442079460018"),
        ("442079460018", None, "+442079460018"),
        ("+39 06 698 12345", None, "+390669812345"),
        ("+39 (0)6 698 12345", None, "+390669812345"),
        ("٠١٠٠١٢٣٤٥٦٧", "EG", "+201001234567"),
        ("800-FLOWERS", "US", "+18003569377"),
        ("+52 1 55 1234 5678", None, "+525512345678"),
        ("5215512345678", "MX", "+525512345678"),
        ("+88000 3147120", None, "+8803147120"),
    ],
)
def test_numbers_of_the_world(raw: str, country: str | None, expected: str) -> None:
    """Trunk zeros, international prefixes and letters are read as the country means them."""
    assert parse_phone(raw, country) == expected


@pytest.mark.parametrize(
    ("raw", "country", "said"),
    [
        ("", None, "empty"),
        ("  ", "US", "empty"),
        ("call me", None, "no country code"),
        ("5550100001", None, "no country code"),
        ("55501000012345678", None, "no country code"),
        ("5550100001", "ZZ", "no possible"),
        ("+0551234567", None, "no possible"),
        ("+1555", None, "no possible"),
        ("12345", "US", "no possible"),
        ("0000", "DE", "no possible"),
        ("5.55E+11", "US", "rounded by a spreadsheet"),
        ("1,5550100001E+10", "US", "rounded by a spreadsheet"),
        ("+15550100001 x99", None, "extension"),
        ("555-010-0001 ext. 5", "US", "extension"),
        ("tel:+1-555-010-0001;ext=5", None, "extension"),
        ("+15550100001,,123#", None, "extension"),
        ("+15550100001 доб. 55", None, "no possible"),
        ("120363041234567890@g.us", None, "is no phone number"),
        ("1" * 200, "US", "is no phone number"),
        ("\0", None, "empty"),
    ],
)
def test_what_is_refused(raw: str, country: str | None, said: str) -> None:
    """The error is one of ours and says what is wrong."""
    with pytest.raises(PhoneError, match=said) as caught:
        parse_phone(raw, country)
    assert isinstance(caught.value, RollcallError)
    assert (caught.value.code, caught.value.http_status) == ("phone", 422)


@given(st.text(max_size=120), st.sampled_from([None, "US", "MX"]))
def test_any_text_is_read_or_refused(text: str, country: str | None) -> None:
    """No text breaks the parser, and what it gives is stable E.164."""
    try:
        phone = parse_phone(text, country)
    except PhoneError:
        return
    assert is_e164(phone)
    assert parse_phone(phone) == phone


@pytest.mark.parametrize("group", ["parse", "misc", "invalid"])
def test_real_numbers(group: str) -> None:
    """Every real case gives the expected number or is refused; short codes are no phone numbers here."""
    rows = load_case("phone_numbers.json")[group]
    for row in rows:
        expected = row["expect"]
        if expected is not None and not expected.startswith("+"):
            assert sender_kind(expected) is SenderKind.SHORT_CODE
            expected = None
        try:
            found = parse_phone(row["input"], row.get("country") or None)
        except PhoneError:
            found = None
        assert found == expected, row


def test_real_variants() -> None:
    """All forms of one contact have one canonical form."""
    for row in load_case("phone_numbers.json")["variants"]:
        forms = {canonical(form) for form in row["same_contact_forms"]}
        assert forms == {parse_phone(row["input"], row["country"])}, row


@pytest.mark.parametrize(
    ("e164", "expected"),
    [
        ("+15550100001", "+15550100001"),
        ("+5215512345678", "+525512345678"),
        ("+525512345678", "+525512345678"),
        ("+551187654321", "+5511987654321"),
        ("+5511987654321", "+5511987654321"),
        ("+551132654321", "+551132654321"),
        ("+541123456789", "+5491123456789"),
        ("+5491123456789", "+5491123456789"),
        ("+573001234567", "+573001234567"),
    ],
)
def test_canonical(e164: str, expected: str) -> None:
    """Only what providers write in two ways is changed."""
    assert canonical(e164) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+15550100001", True),
        ("+1234567", True),
        ("+123456", False),
        ("+1234567890123456", False),
        ("+01234567", False),
        ("15550100001", False),
        ("+1555010000a", False),
        ("+１５５５０１００００１", False),
        ("", False),
    ],
)
def test_is_e164(text: str, expected: bool) -> None:
    """A plus and 7 to 15 plain digits, the first not 0."""
    assert is_e164(text) is expected


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("+15550100001", SenderKind.PHONE),
        ("+5215512345678", SenderKind.PHONE),
        ("15550100001", SenderKind.PHONE),
        ("+1234567", SenderKind.PHONE),
        ("12345", SenderKind.SHORT_CODE),
        ("12345678", SenderKind.SHORT_CODE),
        ("+12345", SenderKind.SHORT_CODE),
        ("+1234567890123456", SenderKind.ALPHANUMERIC),
        ("IN.2081978709342942", SenderKind.USER_ID),
        ("US.ENT.11815799212886844830", SenderKind.USER_ID),
        ("12345678901234@lid", SenderKind.USER_ID),
        ("US.", SenderKind.ALPHANUMERIC),
        ("us.1234", SenderKind.ALPHANUMERIC),
        ("BANK", SenderKind.ALPHANUMERIC),
        ("Dr. Who", SenderKind.ALPHANUMERIC),
        ("", SenderKind.ALPHANUMERIC),
        ("+", SenderKind.ALPHANUMERIC),
        ("+１５５５０１００００１", SenderKind.ALPHANUMERIC),
    ],
)
def test_sender_kind(address: str, kind: SenderKind) -> None:
    """The form of an address decides, not whether the number exists."""
    assert sender_kind(address) is kind


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("+15550100123", "+1555***0123"),
        ("+673712345", "+67***45"),
        ("12345", "***"),
        ("", "***"),
        ("IN.2081978709342942", "IN.20***2942"),
    ],
)
def test_mask(address: str, masked: str) -> None:
    """The middle is hidden; what is short is hidden altogether."""
    assert mask(address) == masked


@pytest.mark.parametrize(
    ("e164", "zones"),
    [
        ("+12025550143", ("America/New_York",)),
        ("+525512345678", ("America/Mexico_City",)),
        ("+5215512345678", ("America/Mexico_City",)),
        ("+15550100001", ()),
        ("IN.1234", ()),
    ],
)
def test_time_zones(e164: str, zones: tuple[str, ...]) -> None:
    """The zones of the area, none where it is not known."""
    assert time_zones(e164) == zones
