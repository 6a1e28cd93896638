"""The fake Twilio's log of messages: what a message is, how it is listed, and which requests are refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import urlencode

SECOND = 1_000_000
Form = Mapping[str, tuple[str, ...]]
"""Decoded form parameters; a repeated name has several values."""

PARAMETERS = frozenset(
    (
        *("To", "From", "MessagingServiceSid", "Body", "MediaUrl", "ContentSid", "ContentVariables"),
        *("StatusCallback", "ValidityPeriod"),
    )
)
_ADDRESS = re.compile(
    r"(?:whatsapp:|rcs:)?(?:\+[1-9][0-9]{4,15}|[0-9]{3,8})|whatsapp:[A-Z]{2}\.[A-Za-z0-9.]+|messenger:[0-9]+"
)

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")

TEXTS: Mapping[int, str] = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
}


@dataclass(slots=True)
class LoggedMessage:
    """One message as Twilio has it."""

    number: int
    sid: str
    direction: str
    sender: str
    recipient: str
    body: str
    created_at: int
    """By the fake's clock, UTC microseconds."""
    visible_at: int
    """When lists begin to show it."""
    status: str = "queued"
    error_code: int | None = None
    media: tuple[tuple[str, str], ...] = ()
    """Address and content type each."""
    form: Form | None = None
    """The parameters of our request, for an outbound message."""

    @property
    def status_callback(self) -> str | None:
        """The URL for its status callbacks."""
        return first(self.form or {}, "StatusCallback") or None


def first(form: Form, name: str) -> str:
    """Return the first value of a parameter, or nothing."""
    return form.get(name, ("",))[0]


def problem(form: Form) -> int | None:
    """Return the code with which Twilio refuses this request, or None."""
    sender, recipient = first(form, "From"), first(form, "To")
    validity = first(form, "ValidityPeriod") or "1"
    checks = (
        (20001, set(form) <= PARAMETERS),
        (21604, recipient),
        (21211, _ADDRESS.fullmatch(recipient)),
        (21603, sender or first(form, "MessagingServiceSid")),
        (21602, any(first(form, name) for name in ("Body", "MediaUrl", "ContentSid"))),
        (21617, len(first(form, "Body")) <= 1600),
        (21623, len(form.get("MediaUrl", ())) <= 10),
        (21620, all(re.fullmatch(r"https?://[^/\s]+\S*", url) for url in form.get("MediaUrl", ()))),
        (21910, not sender or sender.rpartition(":")[0] == recipient.rpartition(":")[0]),
        (21609, re.fullmatch(r"(https?://[^/\s]+\S*)?", first(form, "StatusCallback"))),
        (21624, validity.isdigit() and 1 <= int(validity) <= 36_000),
    )
    return next((code for code, holds in checks if not holds), None)


def content_problem(form: Form, contents: Mapping[str, str]) -> int | None:
    """Return the code with which Twilio refuses a template: unknown, or without a value for each variable."""
    sid = first(form, "ContentSid")
    if not sid:
        return None
    if sid not in contents:
        return 21655
    try:
        given = json.loads(first(form, "ContentVariables") or "{}")
    except ValueError:
        return 21656
    is_whole = isinstance(given, dict) and set(given) == set(_VARIABLE.findall(contents[sid]))
    are_texts = is_whole and all(isinstance(value, str) and value and "\n" not in value for value in given.values())
    return None if are_texts else 21656


def content_text(form: Form, contents: Mapping[str, str]) -> str:
    """Render the template that a form names, empty where it names none."""
    given = json.loads(first(form, "ContentVariables") or "{}")
    return _VARIABLE.sub(lambda found: str(given[found[1]]), contents.get(first(form, "ContentSid"), ""))


def error_body(code: int | None, status: int) -> dict[str, object]:
    """Write the JSON of a refusal."""
    text = TEXTS.get(code or 0, "It is refused")
    return {"code": code, "message": text, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}


def resource(message: LoggedMessage, account_sid: str) -> dict[str, object]:
    """Write a message as JSON has it."""
    date = formatdate(message.created_at // SECOND, usegmt=False, localtime=False).replace("-0000", "+0000")
    form = message.form or {}
    return {
        "sid": message.sid,
        "account_sid": account_sid,
        "messaging_service_sid": first(form, "MessagingServiceSid") or None,
        "from": message.sender,
        "to": message.recipient,
        "body": message.body,
        "status": message.status,
        "direction": message.direction,
        "num_media": str(len(message.media)),
        "num_segments": "1",
        "error_code": message.error_code,
        "error_message": None,
        "date_created": date,
        "date_updated": date,
        "date_sent": None if message.status == "queued" else date,
        "price": None,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "uri": f"/2010-04-01/Accounts/{account_sid}/Messages/{message.sid}.json",
    }


def page(messages: Iterable[LoggedMessage], query: Mapping[str, str], now_at: int, path: str) -> dict[str, Any]:
    """Choose one page of the log, newest first; `messages` of the answer are still `LoggedMessage`s."""
    since_at, until_at = (_instant(query.get(name)) for name in ("DateSent>", "DateSent<"))
    found = [
        message
        for message in messages
        if message.visible_at <= now_at
        and (since_at is None or message.created_at >= since_at)
        and (until_at is None or message.created_at <= until_at)
        and query.get("To", message.recipient) == message.recipient
        and query.get("From", message.sender) == message.sender
    ]
    found.sort(key=lambda message: (message.created_at, message.number), reverse=True)
    size = min(int(query.get("PageSize", "50")), 1000)
    number = int(query.get("Page", "0"))
    more = len(found) > (number + 1) * size
    following = {**query, "Page": str(number + 1), "PageToken": f"PA{number + 1}"}
    return {
        "messages": found[number * size : (number + 1) * size],
        "page": number,
        "page_size": size,
        "next_page_uri": f"{path}?{urlencode(following)}" if more else None,
    }


def ends_before(query: Mapping[str, str], at: int | None) -> bool:
    """Return whether a list holds nothing that came after a moment; one without dates asks for the clock alone."""
    until_at = _instant(query.get("DateSent<"))
    return at is not None and ("DateSent>" not in query or (until_at is not None and until_at <= at))


def _instant(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp() * SECOND
