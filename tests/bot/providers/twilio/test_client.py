"""Requests that we make to Twilio, as the fake on loopback sees them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.providers.base import Accepted, Call, Provider
from bot.providers.twilio.client import TwilioAccount, TwilioProvider, send_arguments, status_callback
from flows.values import MessageStatus, Transport
from tests.bot.providers.twilio.conftest import ADA, CALL, OURS
from tests.cases import load_case
from tests.fakes.twilio import FakeTwilio

Connect = Callable[..., TwilioProvider]
CALLBACK = "https://bot.example.org/webhooks/twilio/status?m=000102030405060708090a0b0c0d0e0f&a=1"
ACCOUNT = TwilioAccount("AC1", "fake-auth-token")


async def sent(fake: FakeTwilio, provider: TwilioProvider, call: Call) -> dict[str, tuple[str, ...]]:
    """Send and return the form that arrived."""
    await provider.send(call)
    return dict(fake.attempts[-1].form)


async def test_a_text_is_one_request(fake: FakeTwilio, connect: Connect) -> None:
    """All of it: login, parameters, callback, and the id that comes back."""
    provider: Provider = connect()
    assert await provider.send(CALL) == Accepted("SM00000000000000000000000000000001", MessageStatus.SENT)
    (attempt,) = fake.attempts
    assert attempt.authorization == "Basic " + b64encode(f"{fake.account_sid}:{fake.auth_token}".encode()).decode()
    assert attempt.form == {"To": (ADA,), "From": (OURS,), "Body": ("Hello Ada",), "StatusCallback": (CALLBACK,)}


async def test_whatsapp_addresses_have_their_prefix(fake: FakeTwilio, connect: Connect) -> None:
    """Phones and user ids alike."""
    call = replace(CALL, transport=Transport.WHATSAPP, recipient="US.1234")
    form = await sent(fake, connect(), call)
    assert (form["From"], form["To"]) == ((f"whatsapp:{OURS}",), ("whatsapp:US.1234",))


async def test_several_media_are_several_parameters(fake: FakeTwilio, connect: Connect) -> None:
    """The package hands on a list, which its own HTTP client cannot encode."""
    urls = ("https://example.org/a.png", "https://example.org/b.png")
    form = await sent(fake, connect(), replace(CALL, body="", media_urls=urls))
    assert (form["MediaUrl"], form["Body"]) == (urls, ("",))


async def test_a_template_goes_instead_of_the_body(fake: FakeTwilio, connect: Connect) -> None:
    """With its variables as JSON."""
    fake.contents["HX1"] = "Hi {{1}}"
    call = replace(CALL, transport=Transport.WHATSAPP, content_sid="HX1", content_variables='{"1": "Ada"}')
    form = await sent(fake, connect(messaging_service_sid="MG1"), call)
    assert "Body" not in form
    assert (form["ContentSid"], form["ContentVariables"]) == (("HX1",), ('{"1": "Ada"}',))
    assert (form["From"], form["MessagingServiceSid"]) == ((f"whatsapp:{OURS}",), ("MG1",))


async def test_a_messaging_service_picks_the_sms_sender(fake: FakeTwilio, connect: Connect) -> None:
    """No From: the service knows the number that fits."""
    form = await sent(fake, connect(messaging_service_sid="MG1"), CALL)
    assert form["MessagingServiceSid"] == ("MG1",)
    assert "From" not in form


@pytest.mark.parametrize(("seconds", "period"), [(0, 1), (90, 90), (99_999, 36_000)])
def test_validity_is_kept_within_twilios_bounds(seconds: int, period: int) -> None:
    """From one second to ten hours."""
    assert send_arguments(ACCOUNT, replace(CALL, validity_seconds=seconds))["validity_period"] == period


@pytest.mark.parametrize(
    ("public_url", "allow_http", "callback"),
    [
        ("https://bot.example.org", False, CALLBACK),
        ("https://bot.example.org/", False, CALLBACK),
        ("http://127.0.0.1:8080", False, None),
        ("http://bot.example.org", True, CALLBACK.replace("https", "http")),
        (None, True, None),
        ("", True, None),
    ],
)
def test_callbacks_are_asked_for_where_twilio_can_reach_us(
    public_url: str | None, allow_http: bool, callback: str | None
) -> None:
    """Twilio refuses a message whose callback is on loopback."""
    account = replace(ACCOUNT, public_url=public_url, allow_http_callbacks=allow_http)
    assert status_callback(account, CALL) == callback
    assert send_arguments(account, CALL).get("status_callback") == callback


def test_the_token_is_not_shown() -> None:
    """An account in a log line does not tell its token."""
    assert "fake-auth-token" not in repr(ACCOUNT)


async def test_texts_arrive_as_they_are(fake: FakeTwilio, connect: Connect) -> None:
    """Accents, emoji, line breaks and characters that forms escape."""
    text = "¡Hola, señora! 👋🏽\n1+1=2 & 100 % sure?"
    form = await sent(fake, connect(), replace(CALL, body=text))
    assert form["Body"] == (text,)


async def test_connections_are_kept(fake: FakeTwilio, connect: Connect) -> None:
    """Closing twice is harmless, and a closed provider opens again."""
    provider = connect()
    await provider.send(CALL)
    await provider.close()
    await provider.close()
    await provider.send(CALL)
    assert len(fake.accepted) == 2


async def test_recorded_intents_become_the_recorded_requests(fake: FakeTwilio, connect: Connect) -> None:
    """By meaning: addresses, sender or service, text, media, template and variables."""
    for case in load_case("twilio_outgoing.json"):
        wanted = case["expect_requests"][0]["form"]
        service = wanted.get("MessagingServiceSid", [None])[0]
        provider = connect(messaging_service_sid=service)
        try:
            call = _intent(case["send"], wanted)
            if call.content_sid is not None:  # the account has the template, with just these variables
                names = json.loads(call.content_variables or "{}")
                fake.contents[call.content_sid] = " ".join(f"{{{{{name}}}}}" for name in names)
            form = await sent(fake, provider, call)
        finally:
            await provider.close()
        assert "StatusCallback" in form
        meaning = {name: list(values) for name, values in form.items() if name != "StatusCallback"}
        expected = {name: values for name, values in wanted.items() if name != "StatusCallback"}
        assert _readable(meaning) == _readable(expected), case["name"]


def _intent(send: dict[str, object], wanted: dict[str, list[str]]) -> Call:
    """Turn a recorded intent into a call; a long text is one message a row with us, so its first part is taken."""
    channel, _, address = str(send["urn"]).partition(":")
    phone = address if address.startswith("+") or "." in address else f"+{address}"
    template = json.loads(str(send.get("template") or "{}"))
    variables = [variable["value"] for variable in template.get("variables", ())]
    attachments = send.get("attachments") or []
    assert isinstance(attachments, list)
    return replace(
        CALL,
        transport=Transport.WHATSAPP if channel == "whatsapp" else Transport.SMS,
        sender=wanted.get("From", ["2020"])[0].removeprefix("whatsapp:"),
        recipient=phone,
        body=wanted["Body"][0] if str(send.get("text", "")).startswith(wanted.get("Body", ["\0"])[0]) else "",
        media_urls=tuple(str(attachment).partition(":")[2] for attachment in attachments),
        content_sid=template.get("external_id"),
        content_variables=json.dumps({str(place + 1): value for place, value in enumerate(variables)}) or None,
    )


def _readable(form: dict[str, list[str]]) -> dict[str, object]:
    return {name: json.loads(values[0]) if name == "ContentVariables" else values for name, values in form.items()}


def test_every_parameter_is_in_the_published_api() -> None:
    """Names and types of all that we can send, against the provider's OpenAPI document."""
    document = load_case("openapi/twilio_messages_v2010.prism.json")
    (form,) = [
        operation["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        for path, operation in document["paths"].items()
        if path.endswith("/Messages.json")
    ]
    names = {
        "to": "To",
        "from_": "From",
        "messaging_service_sid": "MessagingServiceSid",
        "body": "Body",
        "media_url": "MediaUrl",
        "content_sid": "ContentSid",
        "content_variables": "ContentVariables",
        "validity_period": "ValidityPeriod",
        "status_callback": "StatusCallback",
    }
    account = replace(ACCOUNT, public_url="https://bot.example.org", messaging_service_sid="MG1")
    call = replace(CALL, media_urls=("https://example.org/a.png",), validity_seconds=60)
    whatsapp = replace(call, transport=Transport.WHATSAPP, content_sid="HX1", content_variables="{}")
    arguments = {**send_arguments(account, call), **send_arguments(account, whatsapp)}
    assert arguments.keys() == names.keys()
    assert {names[name] for name in arguments} <= form["properties"].keys()
    assert set(form["required"]) <= {names[name] for name in arguments}
    types = {"string": str, "integer": int, "array": list}
    for name, value in arguments.items():
        assert isinstance(value, types[form["properties"][names[name]]["type"]]), name
