"""What became of a call that did not simply succeed: the one place that says safe to repeat, refused or unknown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import aiohttp

from bot.providers.twilio.errors import classify, reason
from flows.bounds import CODE_LENGTH, clean, cut
from flows.errors import ErrorClass, SendError
from flows.values import SECOND

_LONGEST_WAIT_SECONDS = 3600.0
_NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


def broken(error: Exception) -> SendError:
    """Turn a failure of the connection into an error: RETRY when the request never left, else UNK.

    A reset on a connection that was kept alive is UNK too: the request may have arrived before it.
    """
    if isinstance(error, _NEVER_LEFT):
        return SendError(
            f"No connection to Twilio ({type(error).__name__}): it is tried again.", error_class=ErrorClass.RETRY
        )
    return SendError(
        f"Twilio's answer was lost ({type(error).__name__}): whether it accepted is being looked up.",
        error_class=ErrorClass.UNK,
    )


def refused(http_status: int, headers: Mapping[str, str], text: str) -> SendError:
    """Turn an answer that is not 2xx into an error, by the table of codes."""
    code = _code(text)
    error_class = classify(code, http_status)
    return SendError(
        reason(code) if code else f"Twilio answered with HTTP {http_status}.",
        provider_code=code or "",
        error_class=error_class,
        retry_after_seconds=_retry_after(headers) if error_class is ErrorClass.RETRY else None,
        is_pace=http_status == 429,
    )


def unreadable() -> SendError:
    """Make the error for a 2xx answer that does not say what was accepted."""
    return SendError(
        "Twilio's answer cannot be read: whether it accepted is being looked up.", error_class=ErrorClass.UNK
    )


def provider_now_at(headers: Mapping[str, str]) -> int:
    """Return Twilio's clock by the Date header, in UTC microseconds; raises `SendError` when there is none."""
    moment = read_time(headers.get("Date", ""))
    if moment is None:
        raise SendError("Twilio's answer has no Date header: it cannot be dated.", error_class=ErrorClass.UNK)
    return moment


def read_time(text: str) -> int | None:
    """Read an RFC 2822 date to UTC microseconds; None for anything else."""
    try:
        return round(parsedate_to_datetime(text).timestamp()) * SECOND
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _code(text: str) -> str | None:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    code = answer.get("code") if isinstance(answer, dict) else None
    return cut(clean(str(code)), CODE_LENGTH) if isinstance(code, int | str) and code else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After, in seconds or as a date by Twilio's own clock; bounded by an hour."""
    text = headers.get("Retry-After", "").strip()
    until, now = read_time(text), read_time(headers.get("Date", ""))
    if text.isascii() and text.isdigit():
        seconds = float(text)
    elif until is not None and now is not None:
        seconds = (until - now) / SECOND
    else:
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT_SECONDS)
