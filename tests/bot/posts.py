"""Requests to the webhooks, byte for byte, signed as Twilio signs them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from bot.providers.twilio.inbound import read_form
from flows.errors import MalformedPayload
from tests.bot.running import PUBLIC_URL, Running

INBOUND = "/webhooks/twilio/inbound"
STATUS = "/webhooks/twilio/status"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    text: str
    headers: Mapping[str, str]


async def post(running: Running, body: bytes, path: str = INBOUND, *, kind: str = FORM, **headers: str) -> Answer:
    """Post these bytes, signed over the parameters that a form of them holds."""
    try:
        pairs = MultiDict(read_form(body)) if kind.startswith(FORM) else MultiDict[str]()
    except MalformedPayload:
        pairs = MultiDict()
    url = PUBLIC_URL + path
    signature = RequestValidator(running.twilio.auth_token).compute_signature(url, pairs)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"Content-Type": kind, "X-Twilio-Signature": signature, **named}
    async with (
        aiohttp.ClientSession() as client,
        client.post(running.url + path, data=body, headers=sent) as answer,
    ):
        return Answer(answer.status, await answer.text(), answer.headers)


async def get(running: Running, path: str) -> Answer:
    """Fetch a page."""
    async with aiohttp.ClientSession() as client, client.get(running.url + path) as answer:
        return Answer(answer.status, await answer.text(), answer.headers)


def with_digest(body: bytes, path: str = INBOUND) -> str:
    """Give the path to which Twilio posts this JSON."""
    return f"{path}?bodySHA256={hashlib.sha256(body).hexdigest()}"


def form(running: Running, number: int, **more: str) -> str:
    """Write the form of a message; values of `more` are percent-encoded already."""
    fields = {
        "MessageSid": f"SM{number:032x}",
        "AccountSid": running.twilio.account_sid,
        "From": "%2B15550100101",
        "To": "%2B15550100000",
        "Body": "hi",
        **more,
    }
    return "&".join(f"{name}={value}" for name, value in fields.items())
