"""What single words and numbers mean, in English and Spanish; written as the tokens are, without accents."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from flows.schedules.clauses import Clock
from flows.schedules.grammar import Terminal
from flows.schedules.tokens import Kind, Token


def _numbered(*groups: str, start: int = 1) -> dict[str, int]:
    """Number groups of words that mean the same."""
    return {word: number for number, group in enumerate(groups, start) for word in group.split()}


MONTHS = _numbered(
    "january jan enero ene",
    "february feb febrero febr",
    "march mar marzo",
    "april apr abril abr",
    "may mayo",
    "june jun junio",
    "july jul julio",
    "august aug agosto ago",
    "september sep sept septiembre setiembre set",
    "october oct octubre",
    "november nov noviembre",
    "december dec diciembre dic",
)
WEEKDAYS = _numbered(
    "monday mon lunes lun",
    "tuesday tue tues martes",
    "wednesday wed weds miercoles mie",
    "thursday thu thur thurs jueves jue",
    "friday fri viernes vie",
    "saturday sat sabado sab",
    "sunday sun domingo dom",
    start=0,
)
WEEKDAYS_PLURAL = _numbered(
    "mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays", start=0
)
SPANISH_WEEKDAYS = _numbered("lunes", "martes", "miercoles", "jueves", "viernes", "sabados", "domingos", start=0)
"""After "los" they are many; alone, lunes to viernes are one."""
UNITS = _numbered(
    "one un uno una",
    "two dos",
    "three tres",
    "four cuatro",
    "five cinco",
    "six seis",
    "seven siete",
    "eight ocho",
    "nine nueve",
    "ten diez",
    "eleven once",
    "twelve doce",
    "thirteen trece",
    "fourteen catorce",
    "fifteen quince",
    "sixteen dieciseis",
    "seventeen diecisiete",
    "eighteen dieciocho",
    "nineteen diecinueve",
)
TWENTIES = _numbered(
    "veintiun veintiuno", "veintidos", "veintitres", "veinticuatro", "veinticinco", "veintiseis", "veintisiete",
    "veintiocho", "veintinueve", start=21,
)  # fmt: skip
TENS = {"twenty": 20, "veinte": 20, "thirty": 30, "treinta": 30, "forty": 40, "cuarenta": 40, "fifty": 50} | {
    "cincuenta": 50,
    "sixty": 60,
    "sesenta": 60,
    "ninety": 90,
    "noventa": 90,
}
ORDINALS = _numbered(
    "first primero primer primera",
    "second segundo segunda",
    "third tercero tercer tercera",
    "fourth cuarto",
    "fifth quinto",
    "sixth sexto",
    "seventh septimo",
    "eighth octavo",
    "ninth noveno",
    "tenth decimo",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
) | {"thirtieth": 30}
SECONDS_EACH = dict.fromkeys(["second", "seconds", "sec", "secs", "s", "segundo", "segundos", "seg"], 1)
SECONDS_EACH |= dict.fromkeys(["minute", "minutes", "min", "mins", "m", "minuto", "minutos", "'"], 60)
SECONDS_EACH |= dict.fromkeys(["hour", "hours", "hr", "hrs", "h", "hora", "horas", "hs"], 3600)
DAYS_EACH = dict.fromkeys(["day", "days", "d", "dia", "dias"], 1) | dict.fromkeys(
    ["week", "weeks", "wk", "wks", "w", "semana", "semanas", "sem"], 7
)
DAYS_EACH |= dict.fromkeys(["fortnight", "fortnights", "quincena"], 14)
MONTHS_EACH = dict.fromkeys(["month", "months", "mo", "mos", "mes", "meses"], 1) | dict.fromkeys(
    ["year", "years", "yr", "yrs", "ano", "anos"], 12
)
SPANISH_ONLY = frozenset(
    [
        "el",
        "la",
        "los",
        "las",
        "del",
        "de",
        "al",
        "manana",
        "hoy",
        "tarde",
        "noche",
        "mediodia",
        "cada",
        "todos",
        "hasta",
        "desde",
        "dentro",
        "proximo",
        "dia",
    ]
)


def _word(meanings: Mapping[str, int]) -> Terminal:
    return lambda token: meanings.get(token.text)


def _hour(token: Token) -> Clock | None:
    """Read 9, 09 or 17; a small number without a leading zero is open: in the morning or in the evening."""
    if token.kind is not Kind.NUMBER or not token.text.isdecimal() or len(token.text) > 2 or int(token.text) > 23:
        return None
    return _clock(token.text, "0")


def _clock(hour: str, minute: str, second: str = "0") -> Clock | None:
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        return None
    is_open = 1 <= int(hour) <= 12 and not hour.startswith("0")
    return Clock(int(hour), int(minute), int(second), is_open)


def _written(token: Token) -> Clock | None:
    """Read 17:30, 9:00 or 9:01:10; 3h18 is a clock of 24 hours."""
    if token.kind is not Kind.CLOCK:
        return None
    if "h" in token.text:
        hour, _, minute = token.text.partition("h")
        return _clock(hour.zfill(2) if int(hour) < 10 else hour, minute)
    return _clock(*token.text.split(":"))


def _dotted(token: Token) -> Clock | None:
    return _clock(*token.text.split(".")) if token.kind is Kind.DOTTED else None


def _packed(token: Token) -> Clock | None:
    """Read 730 or 1930."""
    if token.kind is not Kind.NUMBER or not token.text.isdecimal() or len(token.text) not in (3, 4):
        return None
    return _clock(token.text[:-2], token.text[-2:])


def _half(token: Token) -> str | None:
    return token.text if token.kind is Kind.HALF and len(token.text) == 2 else None


def _half_letter(token: Token) -> str | None:
    return token.text + "m" if token.kind is Kind.HALF and len(token.text) == 1 else None


def _digits(token: Token) -> int | None:
    is_whole = token.kind is Kind.NUMBER and token.text.isdecimal() and len(token.text) <= 4
    return int(token.text) if is_whole else None


def _decimal(token: Token) -> Fraction | None:
    if token.kind is Kind.FRACTION or (
        token.kind is Kind.NUMBER and not token.text.isdecimal() and len(token.text) < 9
    ):
        return Fraction(token.text.replace(",", "."))
    return None


def _ordinal(token: Token) -> int | None:
    if token.kind is Kind.ORDINAL:
        return int(token.text.rstrip("abcdefghijklmnopqrstuvwxyz"))
    return ORDINALS.get(token.text)


def _iso(token: Token) -> tuple[int, ...] | None:
    return _parts(token) if token.kind is Kind.ISO else None


def _numeric(token: Token) -> tuple[int, ...] | None:
    """Read 8/1/2100, 24.12.2026, 12/24; a dotted one says its day first wherever it is written."""
    return _parts(token) if token.kind is Kind.DATE and "." not in token.text else None


def _dotted_date(token: Token) -> tuple[int, ...] | None:
    return _parts(token) if token.kind is Kind.DATE and "." in token.text else None


def _parts(token: Token) -> tuple[int, ...]:
    return tuple(map(int, token.text.replace("-", "/").replace(".", "/").split("/")))


def _year(token: Token) -> int | None:
    return int(token.text) if token.kind is Kind.NUMBER and len(token.text) == 4 and token.text.isdecimal() else None


def _kind(kind: Kind) -> Terminal:
    return lambda token: token.text if token.kind is kind else None


TERMINALS: Mapping[str, Terminal] = {
    "month": _word(MONTHS),
    "weekday": _word(WEEKDAYS),
    "weekday_plural": _word(WEEKDAYS_PLURAL),
    "weekday_plural_es": _word(SPANISH_WEEKDAYS),
    "units": _word(UNITS),
    "small": _word({word: number for word, number in UNITS.items() if number < 10}),
    "twenties": _word(TWENTIES),
    "tens": _word(TENS),
    "seconds_each": _word(SECONDS_EACH),
    "days_each": _word(DAYS_EACH),
    "months_each": _word(MONTHS_EACH),
    "digits": _digits,
    "decimal": _decimal,
    "ordinal_token": _ordinal,
    "hour_digits": _hour,
    "written": _written,
    "dotted": _dotted,
    "packed": _packed,
    "half": _half,
    "half_letter": _half_letter,
    "iso": _iso,
    "numeric": _numeric,
    "dotted_date": _dotted_date,
    "year": _year,
    "zone_name": _kind(Kind.ZONE),
    "offset": _kind(Kind.OFFSET),
}
