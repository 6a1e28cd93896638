"""Requests rewritten under the same signature: none is accepted with a changed meaning.

Twilio signs names and values run together without delimiters, so that much can be moved unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from bot.providers.twilio.inbound import parse_inbound, read_form
from bot.providers.twilio.payload import Pairs
from bot.providers.twilio.receipts import parse_receipt
from bot.providers.twilio.signature import check_form
from flows.errors import MalformedPayload, RollcallError
from flows.values import InboundMessage, Receipt

TOKEN = "fake-auth-token"
URL = "https://bot.example.org/webhooks/twilio/inbound"
STATUS_URL = "https://bot.example.org/webhooks/twilio/status"
SID = "SM00000000000000000000000000000abc"

SMS = {
    "ToCountry": "US",
    "ToState": "CA",
    "NumMedia": "0",
    "ToCity": "",
    "FromZip": "94107",
    "SmsSid": SID,
    "FromState": "CA",
    "SmsStatus": "received",
    "FromCity": "SAN FRANCISCO",
    "Body": "Please CANCEL Everything, I never said END",
    "FromCountry": "US",
    "To": "+15550109999",
    "ToZip": "",
    "NumSegments": "1",
    "MessageSid": SID,
    "AccountSid": "AC0123456789abcdef0123456789abcdef",
    "From": "+15550100001",
    "ApiVersion": "2010-04-01",
}
BARE = {"MessageSid": SID, "From": "+15550100001", "To": "+15550109999", "Body": "STOP", "OptOutType": "STOP"}
WHATSAPP = {
    **{name: value for name, value in SMS.items() if not name.startswith(("ToC", "ToS", "ToZ", "From"))},
    "From": "whatsapp:+15550100001",
    "To": "whatsapp:+15550109999",
    "Body": "Yes",
    "ButtonText": "Confirm",
    "ButtonPayload": "YES_1",
    "ProfileName": "Ada Lovelace",
    "WaId": "15550100001",
}
PLACE = {**WHATSAPP, "Latitude": "12.5", "Longitude": "-7.25", "Label": "Cafe Example", "Address": "1 Dear Street"}
MMS = {**SMS, "NumMedia": "2"} | {f"MediaUrl{n}": f"https://api.example.org/ME{n}" for n in range(2)}
CANCEL = {**SMS, "Body": "Cancel"}
REQUESTS = (SMS, BARE, WHATSAPP, PLACE, MMS, CANCEL)
STATUS = {
    "AccountSid": SMS["AccountSid"],
    "From": "+15550109999",
    "To": "+15550100001",
    "MessageSid": SID,
    "MessageStatus": "undelivered",
    "ErrorCode": "30005",
    "SmsSid": SID,
    "SmsStatus": "undelivered",
}
QUERY = {"m": "000102030405060708090a0b0c0d0e0f", "a": "12"}


def sign(url: str, params: dict[str, str]) -> str:
    """Sign with the official package."""
    return str(RequestValidator(TOKEN).compute_signature(url, params))


def accepted(raw: bytes, signature: str, url: str = URL) -> object:
    """Return what an inbound request is taken for; None when it is refused."""
    try:
        pairs = read_form(raw)
        return parse_inbound(pairs) if check_form(url, pairs, signature, (TOKEN,)) else None
    except MalformedPayload:
        return None


def pieces(params: dict[str, str]) -> list[str]:
    """Return name, value, name, value ... as they are signed."""
    return [piece for name in sorted(params) for piece in (name, params[name])]


def encode(parts: list[str]) -> bytes:
    """Encode name, value, name, value ... as a form."""
    return urlencode(list(zip(parts[::2], parts[1::2], strict=True))).encode()


def rewritings(params: dict[str, str]) -> Iterator[list[str]]:
    """Yield every shift of one boundary, every merge of two neighbours and every new name cut out of a value."""
    parts = pieces(params)
    for place in range(len(parts) - 1):
        both, usual = parts[place] + parts[place + 1], len(parts[place])
        for cut in range(len(both) + 1):
            if cut != usual:
                yield [*parts[:place], both[:cut], both[cut:], *parts[place + 2 :]]
    for place in range(1, len(parts) - 2, 2):
        yield [*parts[:place], "".join(parts[place : place + 3]), *parts[place + 3 :]]
    for place in range(1, len(parts), 2):
        value = parts[place]
        for start in range(len(value)):
            for end in range(start + 1, len(value) + 1):
                yield [*parts[:place], value[:start], value[start:end], value[end:], *parts[place + 1 :]]


@pytest.mark.parametrize("params", REQUESTS)
def test_no_rewriting_of_a_message_changes_its_meaning(params: dict[str, str]) -> None:
    """Every shift, merge and cut: refused by the signature or the parser, or the very same message."""
    signature = sign(URL, params)
    genuine = accepted(urlencode(params).encode(), signature)
    assert isinstance(genuine, InboundMessage)
    changed = [parts for parts in rewritings(params) if accepted(encode(parts), signature) not in (None, genuine)]
    assert changed == []


def test_no_rewriting_of_a_receipt_changes_its_meaning() -> None:
    """The same for a status callback, whose URL's query may also run over into the first name."""
    url = f"{STATUS_URL}?{urlencode(QUERY)}"
    signature = sign(url, STATUS)
    genuine = parse_receipt(read_form(urlencode(STATUS).encode()), QUERY)
    assert isinstance(genuine, Receipt)
    forms = [(url, parts) for parts in rewritings(STATUS)]
    forms += [(url[:-cut], [url[-cut:] + pieces(STATUS)[0], *pieces(STATUS)[1:]]) for cut in range(1, 50)]
    forms += [(url + pieces(STATUS)[0][:cut], [pieces(STATUS)[0][cut:], *pieces(STATUS)[1:]]) for cut in range(1, 11)]
    assert [parts for address, parts in forms if _receipt(address, parts, signature) not in (None, genuine)] == []


def _receipt(url: str, parts: list[str], signature: str) -> object:
    pairs = read_form(encode(parts))
    if not url.startswith(STATUS_URL) or not check_form(url, pairs, signature, (TOKEN,)):
        return None
    query = dict(read_form(url.partition("?")[2].encode()))
    try:
        return parse_receipt(pairs, query)
    except MalformedPayload:
        return None


@st.composite
def mutated(draw: st.DrawFn) -> tuple[dict[str, str], bytes, str, str]:
    """Draw a genuine request with one thing changed: (its parameters, body, signature, URL)."""
    params = draw(st.sampled_from(REQUESTS))
    raw, signature, url = bytearray(urlencode(params).encode()), sign(URL, params), URL
    place = draw(st.integers(0, len(raw) - 1))
    fields = bytes(raw).split(b"&")
    field = draw(st.integers(0, len(fields) - 1))
    match draw(st.integers(0, 8)):
        case 0:
            raw[place] ^= 1 << draw(st.integers(0, 7))
        case 1:
            raw.insert(place, draw(st.integers(0, 255)))
        case 2:
            del raw[place]
        case 3:
            raw = bytearray(b"&".join([*fields, fields[field]]))
        case 4:
            raw = bytearray(b"&".join(fields[:field] + fields[field + 1 :]))
        case 5:
            raw += b"&" + draw(
                st.sampled_from((b"Body=STOP", b"X=1", b"=", b"From=%2B15550100002", b"OptOutType=STOP"))
            )
        case 6:
            url = draw(
                st.sampled_from((URL + "?x=1", URL + "/", URL.replace("https", "ftp"), URL.replace("org", "com")))
            )
        case 7:
            signature = draw(st.sampled_from(("", "x", signature.lower(), signature[:-1], sign(URL + "x", params))))
        case _:
            other = draw(st.integers(0, len(fields) - 1))
            fields[field], fields[other] = fields[other], fields[field]
            raw = bytearray(b"&".join(fields))
    return params, bytes(raw), signature, url


@settings(max_examples=2000, deadline=None, derandomize=True)
@given(mutated())
def test_two_thousand_mutations_change_no_meaning(request: tuple[dict[str, str], bytes, str, str]) -> None:
    """Flipped bits, added, removed, repeated, reordered fields, other URLs and signatures."""
    params, raw, signature, url = request
    genuine = accepted(urlencode(params).encode(), sign(URL, params))
    assert accepted(raw, signature, url) in (None, genuine)


@settings(max_examples=2000, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.dictionaries(st.sampled_from(sorted(SMS | PLACE | MMS | STATUS)), st.text(max_size=30)).map(
            lambda params: urlencode(params, errors="surrogatepass").encode()
        ),
    )
)
def test_random_bodies_raise_nothing_but_our_own_errors(raw: bytes) -> None:
    """Whatever the bytes, the parsers answer or raise a `RollcallError`."""
    pairs: Pairs = read_form(raw)
    for parse in (parse_inbound, lambda fields: parse_receipt(fields, {"m": "x", "a": "y"})):
        with suppress(RollcallError):
            parse(pairs)
