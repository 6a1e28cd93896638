"""Numbers as people of different countries write them."""

from __future__ import annotations

import re

from flows.language.text import normalise
from flows.surveys.answers.result import Answer, Misunderstood, Understood, written
from flows.surveys.folding import fold
from flows.surveys.menu import NUMERALS
from flows.surveys.questions import NumberAnswer
from flows.turn import Turn
from flows.values import InboundMessage

Number = int | float

MAX_WORDS = 8
"""In a longer sentence a number need not be the answer."""
MAX_DIGITS = 15
"""More are not exact in JSON, and no quantity."""

_CHUNK = re.compile(r"[.,]?\d(?:[\d.,'’]|[ ](?=\d{3}(?!\d)))*")
_SIGN = re.compile(r"(?:(?:^|[\s(=:$€£])[-−–][$€£]?|\b(?:minus|menos) ?)$")
_GROUPED = re.compile(r"\d{1,3}(?:(['’ ])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
_MANY = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+")
_BOTH = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?!\1)[.,]\d+")
_UNCLEAR = re.compile(r"([1-9]\d{0,2})([.,])(\d{3})")
_SIMPLE = re.compile(r"\d*[.,]?\d+")
_SCALED = re.compile(r" ?(?:[kmb]\b|mil\b|thousand|million|mill[oó]n)")
"""What multiplies the number before it: too easily misread to be taken."""

_WORDS = {normalise(word): value for value, words in NUMERALS.items() for word in words} | {
    normalise(word): value
    for value, words in (
        (11, "eleven once"),
        (12, "twelve doce dozen"),
        (13, "thirteen trece"),
        (14, "fourteen catorce"),
        (15, "fifteen quince"),
        (16, "sixteen dieciséis"),
        (17, "seventeen diecisiete"),
        (18, "eighteen dieciocho"),
        (19, "nineteen diecinueve"),
        (20, "twenty veinte"),
        (30, "thirty treinta"),
        (40, "forty cuarenta"),
        (50, "fifty cincuenta"),
        (100, "hundred cien"),
        (0, "none nothing nada ninguno ninguna"),
    )
    for word in words.split()
}


def read_number(kind: NumberAnswer, message: InboundMessage, turn: Turn) -> Answer:
    """Take the one number of a message, within bounds; where two readings are possible, ask."""
    return read_number_text(kind, written(message), turn.language)


def read_number_text(kind: NumberAnswer, text: str, language: str = "en") -> Answer:
    """Read a text's one number in a language (in English a comma groups thousands, a point begins decimals)."""
    readings = _readings(fold(text))
    if not readings:
        return Misunderstood("number")
    candidates = _whole(readings) if kind.integer else readings
    if not candidates:
        return Misunderstood("number_whole")
    fitting = [number for number in candidates if _is_within(kind, number)]
    if not fitting:
        return Misunderstood("number_range", {"low": show_number(kind.low), "high": show_number(kind.high)})
    if len(fitting) == 1 or language.startswith("en"):
        return Understood(fitting[0])
    return Misunderstood("number_unclear", {"first": show_number(fitting[0]), "second": show_number(fitting[1])})


def show_number(number: Number | None) -> str:
    """Write a number without a needless ".0"; "" for None."""
    if number is None:
        return ""
    return str(int(number) if number == int(number) else number)


def _whole(readings: tuple[Number, ...]) -> tuple[Number, ...]:
    """Give the whole numbers among the readings: 1.000 is a thousand, nobody writes a one so; 5.0 is five."""
    grouped = tuple(number for number in readings if isinstance(number, int))
    return grouped or tuple(int(number) for number in readings if number == int(number))


def _is_within(kind: NumberAnswer, number: Number) -> bool:
    return (kind.low is None or kind.low <= number) and (kind.high is None or number <= kind.high)


def _readings(folded: str) -> tuple[Number, ...]:
    """Give what the number of a text may be, the likelier in English first; empty when there is not exactly one."""
    if folded.isdecimal() and len(folded) <= MAX_DIGITS:
        return (int(folded),)
    if len(folded) > 200 or folded.count(" ") >= MAX_WORDS:
        return ()
    chunks = list(_CHUNK.finditer(folded))
    if not chunks:
        word = _WORDS.get(normalise(folded))
        return () if word is None else (word,)
    found = chunks[0]
    if len(chunks) > 1 or _SCALED.match(folded, found.end()):
        return ()
    sign = -1 if _SIGN.search(folded[: found.start()]) else 1
    return tuple(sign * number for number in _parse(found[0].rstrip(".,'’ ")))


def _parse(chunk: str) -> tuple[Number, ...]:
    if sum(sign.isdigit() for sign in chunk) > MAX_DIGITS:
        return ()
    unclear = _UNCLEAR.fullmatch(chunk)
    if unclear is not None:
        grouped, decimal = int(unclear[1] + unclear[3]), float(f"{unclear[1]}.{unclear[3]}")
        return (grouped, decimal) if unclear[2] == "," else (decimal, grouped)
    if _GROUPED.fullmatch(chunk):
        return (_decimal(re.sub(r"['’ ]", "", chunk)),)
    if _MANY.fullmatch(chunk):
        return (int(re.sub(r"[.,]", "", chunk)),)
    if _BOTH.fullmatch(chunk):
        *groups, decimals = re.split(r"[.,]", chunk)
        return (_decimal("".join(groups) + "." + decimals),)
    return (_decimal(chunk),) if _SIMPLE.fullmatch(chunk) else ()


def _decimal(digits: str) -> Number:
    return float(digits.replace(",", ".")) if "." in digits or "," in digits else int(digits)
