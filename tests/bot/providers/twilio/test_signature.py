"""Twilio's signature: against the official validator, the published vectors and rubbish."""

from __future__ import annotations

import hashlib
import timeit
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from bot.providers.twilio.inbound import read_form
from bot.providers.twilio.signature import check_form, check_json, public_url
from tests.cases import load_case

TOKEN = "fake-auth-token"
URL = "https://bot.example.org/webhooks/twilio/inbound"
PAIRS = (("From", "+15550100001"), ("To", "+15550109999"), ("Body", "Olá 👋"), ("MessageSid", "SM01"))


class MultiValues:
    """Parameters as the official validator wants repeated ones."""

    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        self.pairs = pairs

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self.pairs])

    def __len__(self) -> int:
        return len(self.pairs)

    def getall(self, name: str) -> list[str]:
        """Return all values of a name."""
        return [value for other, value in self.pairs if other == name]


def official(url: str, pairs: tuple[tuple[str, str], ...], token: str = TOKEN) -> str:
    """Sign with the official package."""
    return str(RequestValidator(token).compute_signature(url, MultiValues(pairs)))


words = st.text(st.characters(codec="utf-8"), max_size=12)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(words, words), max_size=12).map(tuple),
    st.sampled_from(("https://a.example", "http://a.example", "https://a.example:8443", "http://u:p@a.example")),
    st.text("abc/=&%20+", max_size=20),
)
def test_generated_requests_agree_with_the_official_validator(
    pairs: tuple[tuple[str, str], ...], base: str, path: str
) -> None:
    """Every request signed by the official package passes, and fails with another token."""
    url = public_url(base, f"/x{path}?m=1")
    signature = official(url, pairs)
    assert RequestValidator(TOKEN).validate(url, MultiValues(pairs), signature) is True
    assert check_form(url, pairs, signature, (TOKEN,)) is True
    assert check_form(url, pairs, signature, ("another-token",)) is False


def test_every_published_vector_is_judged_as_its_sdk_judges_it() -> None:
    """All vectors, the optional ones about quotes too; what makes the Python SDK raise is a mismatch."""
    wrong = []
    for vector in load_case("twilio_signature_vectors.json"):
        tokens = (vector["auth_token"],)
        if vector["body"] is None:
            pairs = tuple((name, value) for name, value in vector["params"])
            judged = check_form(vector["url"], pairs, vector["signature"], tokens)
        else:
            judged = check_json(vector["url"], vector["body"].encode(), vector["signature"], tokens)
        wrong += [vector["name"]] if judged is not vector["valid"] else []
    assert wrong == []


@pytest.mark.parametrize("name", ["twilio_inbound.json", "twilio_status.json"])
def test_real_webhooks_are_judged_as_they_are_marked(name: str) -> None:
    """The recorded bodies, byte for byte."""
    wrong = []
    for case in load_case(name):
        signature = case["headers"].get("X-Twilio-Signature")
        judged = check_form(case["url"], read_form(case["raw_body"].encode()), signature, (case["auth_token"],))
        wrong += [case["name"]] if judged is not case["expect"]["valid_signature"] else []
    assert wrong == []


def test_both_tokens_are_good_while_they_are_rotated() -> None:
    """The old and the new token pass, a third does not."""
    tokens = ("new-token", "old-token")
    assert check_form(URL, PAIRS, official(URL, PAIRS, "old-token"), tokens)
    assert check_form(URL, PAIRS, official(URL, PAIRS, "new-token"), tokens)
    assert not check_form(URL, PAIRS, official(URL, PAIRS, "third-token"), tokens)


def test_an_unset_token_signs_nothing() -> None:
    """An empty token is no token, so a request signed with it is refused."""
    assert not check_form(URL, PAIRS, official(URL, PAIRS, ""), ("",))
    assert not check_form(URL, PAIRS, official(URL, PAIRS), ())


@pytest.mark.parametrize(
    ("configured", "signed"),
    [
        ("https://bot.example.org", "https://bot.example.org:443"),
        ("https://bot.example.org:443", "https://bot.example.org"),
        ("http://bot.example.org/", "http://bot.example.org:80"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]:443"),
        ("https://[2001:db8::1]:443", "https://[2001:db8::1]"),
        ("https://user:pw@bot.example.org:443", "https://user:pw@bot.example.org"),
    ],
)
def test_twilio_may_sign_with_or_without_the_port(configured: str, signed: str) -> None:
    """The signature over the other spelling of the port passes."""
    path = "/webhooks/twilio/status?m=ab&a=1"
    assert check_form(public_url(configured, path), PAIRS, official(signed + path, PAIRS), (TOKEN,))


@pytest.mark.parametrize("signature", [None, "", " ", "=", "WRONG", "é", "\ud800", "A" * 100_000, "\0"])
def test_a_garbage_header_is_a_mismatch(signature: str | None) -> None:
    """Nothing in the header raises."""
    assert check_form(URL, PAIRS, signature, (TOKEN,)) is False
    assert check_json(f"{URL}?bodySHA256=ab", b"{}", signature, (TOKEN,)) is False


@pytest.mark.parametrize("url", ["", "::", "https://", "https://[", "\ud800", "https://h:99999999/?x='%27", "a" * 9000])
def test_a_garbage_url_is_a_mismatch(url: str) -> None:
    """Nothing in the URL raises."""
    assert check_form(url, PAIRS, "WRONG", (TOKEN,)) is False
    assert check_json(url + "?bodySHA256=\ud800&bodySHA256", b"\xff", "WRONG", (TOKEN,)) is False


def test_json_is_bound_by_its_hash() -> None:
    """The signed URL carries the hash: the body passes as it is, and not changed, without or with two hashes."""
    body = '{"Body": "Olá"}'.encode()
    url = f"{URL}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    assert check_json(url, body, official(url, ()), (TOKEN,))
    assert not check_json(url, body + b" ", official(url, ()), (TOKEN,))
    assert not check_json(URL, body, official(URL, ()), (TOKEN,))
    twice = f"{url}&bodySHA256=00"
    assert not check_json(twice, body, official(twice, ()), (TOKEN,))


def test_a_query_of_too_many_fields_is_a_mismatch() -> None:
    """The standard parser's bound is not an exception for us."""
    url = f"{URL}?{'a=1&' * 300}bodySHA256=00"
    assert check_json(url, b"{}", official(url, ()), (TOKEN,)) is False


def test_the_official_validator_raises_where_we_do_not() -> None:
    """Why we do not use it: JSON without bodySHA256, and a missing header, are exceptions there."""
    validator = RequestValidator(TOKEN)
    with pytest.raises(TypeError):
        validator.validate(URL, '{"a": 1}', "x")
    with pytest.raises(TypeError):
        validator.validate(URL, {}, None)
    assert check_json(URL, b'{"a": 1}', "x", (TOKEN,)) is False
    assert check_form(URL, (), None, (TOKEN,)) is False


def test_a_check_is_fast() -> None:
    """A form of twenty fields is read and checked in well under 100 microseconds (about 10 on a quiet machine)."""
    raw = urlencode([(f"Name{number}", "some value") for number in range(20)]).encode()
    signature = official(URL, read_form(raw))
    runs = 500
    seconds = min(timeit.repeat(lambda: check_form(URL, read_form(raw), signature, (TOKEN,)), number=runs, repeat=5))
    assert seconds / runs < 100e-6
