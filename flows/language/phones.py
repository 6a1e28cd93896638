"""Phone numbers: read as people and providers write them, one form per person, their kind, their time zones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from flows.errors import FlowError

MAX_LENGTH = 80
"""Of a text that is read as a phone number, in characters."""

_ROUNDED = re.compile(r"\d(?:[.,]\d*)?e\+?\d+", re.IGNORECASE)
_FLOAT_END = re.compile(r"(?<=\d{7})[.,]0$")
_TRUNK_ZERO = re.compile(r"(?<=\d)\s*\(0\)")
_EXTENSION = re.compile(r"\d\s*(?:,+|;?\s*(?:x|#|ext|extn|extension))[\s.:=]*\d+#?$", re.IGNORECASE)
_SEPARATORS = re.compile(r"[^\w+]+")
_CHAT_ID = re.compile(r"(\d{7,15})(?::\d+)?@(?:c\.us|s\.whatsapp\.net)")
_PREFIXES = ("whatsapp:", "tel:", "sms:")


class PhoneError(FlowError):
    """The text is no phone number: write it with its country code, like +15550100001."""

    code = "phone"
    http_status = 422


class SenderKind(StrEnum):
    """What kind of sender an address is; only the first two can be answered."""

    PHONE = "phone"
    USER_ID = "user_id"
    SHORT_CODE = "short_code"
    ALPHANUMERIC = "alphanumeric"


def parse_phone(raw: str, country: str | None = None) -> str:
    """Read a phone number as canonical E.164; without a country code it is of `country` (ISO 3166 alpha-2).

    Raises `PhoneError`, which says what is wrong: extensions, short codes, numbers without a known country and
    numbers that a spreadsheet has rounded are refused. That a number exists is not checked.
    """
    if _is_plain_nanp(raw):
        return raw
    text = _clean(raw)
    _refuse_unreadable(raw, text)
    return canonical(_parse(raw, text, (country or "").upper()))


def canonical(e164: str) -> str:
    """Give the one form for all that providers report for the same person; other numbers stay as they are.

    WhatsApp writes Mexican mobiles as +521, leaves out the ninth digit of Brazilian mobiles, and networks disagree on
    the 9 of Argentinian ones (which we only ever text, so that they are mobiles).
    """
    if not e164.startswith("+5"):
        return e164
    length = len(e164)
    if length == 14 and e164.startswith("+521"):
        return "+52" + e164[4:]
    if length == 13 and e164.startswith("+55") and e164[5] in "6789":
        return f"{e164[:5]}9{e164[5:]}"
    if length == 13 and e164.startswith("+54"):
        return "+549" + e164[3:]
    return e164


def is_e164(text: str) -> bool:
    """Say whether a text has the form of E.164: a plus and 7 to 15 digits, the first not 0."""
    return 8 <= len(text) <= 16 and text[0] == "+" and text[1] != "0" and text.isascii() and text[1:].isdigit()


def sender_kind(address: str) -> SenderKind:
    """Tell the kind of a sender's address (without transport prefix) by its form; validity does not matter."""
    digits = address.removeprefix("+")
    if address.isascii() and digits.isdigit():
        least = 7 if digits is not address else 9
        if len(digits) < least:
            return SenderKind.SHORT_CODE
        return SenderKind.PHONE if len(digits) <= 15 else SenderKind.ALPHANUMERIC
    return SenderKind.USER_ID if _is_user_id(address) else SenderKind.ALPHANUMERIC


def mask(address: str) -> str:
    """Hide the middle of an address for logs: +1555***0123; short ones are hidden more."""
    if len(address) >= 12:
        return f"{address[:5]}***{address[-4:]}"
    return f"{address[:3]}***{address[-2:]}" if len(address) >= 8 else "***"


@lru_cache(maxsize=4096)
def time_zones(e164: str) -> tuple[str, ...]:
    """Name every time zone (IANA) that a number may be in, () when unknown."""
    from phonenumbers import NumberParseException, parse, timezone  # noqa: PLC0415 (see `_read`)

    try:
        found: tuple[str, ...] = timezone.time_zones_for_number(parse(canonical(e164)))
    except NumberParseException:
        return ()
    return tuple(zone for zone in found if zone != timezone.UNKNOWN_TIMEZONE)


def _is_plain_nanp(raw: str) -> bool:
    return len(raw) == 12 and raw.startswith("+1") and raw[2] in "23456789" and is_e164(raw)


def _is_user_id(address: str) -> bool:
    # WhatsApp's business-scoped id: a country, a dot, letters and digits; or WAHA's linked id.
    country, dot, rest = address.partition(".")
    if dot and len(country) == 2 and country.isascii() and country.isalpha() and country.isupper():
        return bool(rest) and rest.isascii() and rest.replace(".", "").isalnum()
    return address.endswith("@lid") and address[:-4].isdigit()


def _clean(raw: str) -> str:
    """Make digits and signs plain and take off what programs put around a number."""
    text = unicodedata.normalize("NFKC", raw[: MAX_LENGTH + 1])
    text = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in text
        if unicodedata.category(sign) != "Cf"
    )
    text = text.strip("'\"`´‘’“” \t\r\n\0").lower()
    for prefix in _PREFIXES:
        text = text.removeprefix(prefix).strip()
    chat_id = _CHAT_ID.fullmatch(text)
    if chat_id:
        return "+" + chat_id[1]
    text = _FLOAT_END.sub("", text)
    # (0) is dialled at home only; Italy alone keeps its zero when called from abroad.
    return text if text.startswith("+39") else _TRUNK_ZERO.sub("", text) if text.startswith(("+", "00")) else text


def _refuse_unreadable(raw: str, text: str) -> None:
    shown = f"{raw[:40]!r}"
    if not text:
        raise PhoneError("The phone number is empty: write it with its country code, like +15550100001.")
    if len(text) > MAX_LENGTH or "@" in text:
        raise PhoneError(f"{shown} is no phone number: write it with its country code, like +15550100001.")
    if _ROUNDED.fullmatch(text):
        raise PhoneError(f"{shown} was rounded by a spreadsheet, its digits are lost: format the column as text.")
    if _EXTENSION.search(text):
        raise PhoneError(f"{shown} has an extension, which cannot be texted: leave the extension out.")


def _parse(raw: str, text: str, country: str) -> str:
    has_country = bool(country) or text.startswith(("+", "00"))
    possible = ""
    for candidate, region in _candidates(text, country):
        number, is_valid = _read(candidate, region)
        if is_valid:
            return number
        possible = possible or number
    if not has_country:
        raise PhoneError(f"{raw[:40]!r} has no country code: write it like +15550100001.")
    if possible:
        return possible
    raise PhoneError(f"{raw[:40]!r} is no possible phone number: check the country code and the count of digits.")


def _candidates(text: str, country: str) -> Iterator[tuple[str, str | None]]:
    """Give the ways to read a number, the likeliest first."""
    if text.startswith("+"):
        yield text, None
        return
    if country:
        yield text, country
    if text.startswith("00"):
        yield "+" + text[2:], None
    elif sum(map(str.isdigit, text)) >= 11:
        yield "+" + text, None


def _read(text: str, region: str | None) -> tuple[str, bool]:
    """Give E.164 ("" when impossible) and whether the number is assigned."""
    # Loaded late: its tables take a tenth of a second, and most numbers never need them.
    import phonenumbers  # noqa: PLC0415

    if text.startswith("+"):
        text = canonical(_SEPARATORS.sub("", text))
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return "", False
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if number.extension or not possible:
        return "", False
    e164: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not is_e164(e164):
        return "", False
    # Of several zeros after the country code it drops only one: what we give must be read as itself.
    return (e164, phonenumbers.is_valid_number(number)) if e164 == text else _read(e164, None)
