"""What Twilio's error codes mean for us; the table itself is data: `error_codes.csv` beside this file.

Codes: twilio.com/docs/api/errors.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from flows.errors import ErrorClass


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """What one error code means."""

    error_class: ErrorClass
    meaning: str
    """Plain words, without a full stop."""
    retry_once: bool = False
    """One more try is worth while, whatever the class."""
    then: ErrorClass | None = None
    """The class after that one try."""


def _read_table() -> Mapping[str, CodeMeaning]:
    text = files(__package__).joinpath("error_codes.csv").read_text("utf-8")
    return MappingProxyType(
        {
            code: CodeMeaning(
                ErrorClass(row["class"]),
                row["meaning"],
                row["retry_once"] == "yes",
                ErrorClass(row["then"]) if row["then"] else None,
            )
            for row in csv.DictReader(text.splitlines())
            for code in row["codes"].split()
        }
    )


CODES: Mapping[str, CodeMeaning] = _read_table()
"""Meaning by code; a code that is not here counts as STRIKE and deserves a line in the log."""

_PASSING = frozenset({ErrorClass.STRIKE, ErrorClass.RETRY, ErrorClass.HOLD, ErrorClass.ACCT, ErrorClass.QUIET})
LASTING_CODES = frozenset(code for code, known in CODES.items() if (known.then or known.error_class) not in _PASSING)
"""The codes after which sending the same again is of no use, or is not allowed."""

_ADVICE: Mapping[ErrorClass, str] = {
    ErrorClass.OPT: "Nothing more is sent until they text START.",
    ErrorClass.HARD: "The number is suppressed on this channel.",
    ErrorClass.STRIKE: "The number may be fine; later messages are still sent.",
    ErrorClass.RETRY: "It is tried again by itself.",
    ErrorClass.HOLD: "Sending goes on when the allowance is renewed.",
    ErrorClass.ACCT: "Sending on this channel is paused: check the account and its settings.",
    ErrorClass.CONT: "Change the content; the number is fine.",
    ErrorClass.WIN: "Only an approved template can be sent now.",
    ErrorClass.QUIET: "It is sent in permitted hours.",
    ErrorClass.UNK: "Whether it was accepted is being looked up; it is not sent again unasked.",
}


def classify(code: str | None, http_status: int = 0, *, retried: bool = False) -> ErrorClass:
    """Return the class of a refusal: by HTTP status where that decides, else by code (status 0: a receipt's code).

    `retried` says that the one extra try of such a code is spent already.
    """
    if http_status == 429:
        return ErrorClass.RETRY
    if http_status == 408 or http_status >= 500 or 0 < http_status < 400:
        return ErrorClass.UNK
    if known := CODES.get(code or ""):
        return known.then if retried and known.then else known.error_class
    return ErrorClass.ACCT if http_status in {401, 403, 404} else ErrorClass.STRIKE


def retry_once(code: str | None) -> bool:
    """Say whether one more try is worth while after a receipt with this code."""
    known = CODES.get(code or "")
    return known is not None and known.retry_once


def reason(code: str | None) -> str:
    """Explain a code in plain words: what happened and what follows."""
    if known := CODES.get(code or ""):
        return f"{known.meaning[0].upper()}{known.meaning[1:]}. {_ADVICE[known.error_class]}"
    if code:
        return f"Twilio reported error {code}: see https://www.twilio.com/docs/api/errors/{code}"
    return "Twilio did not say why."
