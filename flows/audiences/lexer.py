"""The words of an audience: the text made plain sign by sign, then cut into tokens that know their place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flows.audiences.folding import fold
from flows.audiences.refusal import AudienceError
from flows.audiences.tree import Operator

MAX_LENGTH = 1_000
"""Of an audience, in characters."""


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted"
    HASH = "#"
    OPERATOR = "operator"
    OPEN = "("
    CLOSE = ")"
    COMMA = ","
    UNCLOSED = '"'
    END = "the end"


@dataclass(frozen=True, slots=True)
class Token:
    """One word, sign or quoted text."""

    kind: Kind
    text: str
    """What it says, without its quotes."""
    place: int
    is_tight: bool = False
    """Nothing stands between it and the token before."""

    @property
    def folded(self) -> str:
        """Give a word as the vocabulary has it, empty for everything else."""
        return (fold(self.text) or "") if self.kind is Kind.WORD else ""

    @property
    def shown(self) -> str:
        """Name the token in a sentence."""
        return self.kind.value if self.kind is Kind.END else f"'{self.text[:20]}'"


_QUOTES = dict.fromkeys("“”„‟″«»＂", '"') | dict.fromkeys("‘’‚‛′ʼ＇", "'")
_INVISIBLE = frozenset("\u00ad\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_TOKEN = re.compile(
    r"""
    (?P<quoted> " (?P<double> (?: [^"] | "" )* ) " | ' (?P<single> [^']+ ) ' (?= [\s),] | $ ) )
    | (?P<unclosed> " )
    | (?P<operator> != | <> | >= | => | <= | =< | == | =~ | [=~<>≠≥≤] )
    | (?P<open> \( ) | (?P<close> \) ) | (?P<comma> , )
    | (?P<hash> (?<! [=~<>≠≥≤] ) \# )
    | (?P<word> (?: [^\s"()=~<>≠≥≤,!] | ! (?! = ) )+ )
    """,
    re.VERBOSE,
)
_OPERATORS: Mapping[str, Operator] = {
    **{operator.value: operator for operator in Operator},
    "==": Operator.IS,
    "<>": Operator.IS_NOT,
    "≠": Operator.IS_NOT,
    "=~": Operator.HAS,
    "=>": Operator.FROM,
    "≥": Operator.FROM,
    "=<": Operator.TO,
    "≤": Operator.TO,
}


def clean(text: str) -> str:
    """Make quotes plain and every blank a space, and drop signs that nobody sees."""
    return "".join(_plain(sign) for sign in text)


def _plain(sign: str) -> str:
    if sign.isascii() and sign.isprintable():
        return sign
    if sign.isspace() or unicodedata.category(sign) == "Cc":
        return " "
    if sign in _INVISIBLE or unicodedata.category(sign) == "Cs":
        return ""
    return _QUOTES.get(sign, sign)


def tokens(text: str) -> tuple[Token, ...]:
    """Cut a clean text into tokens, the last one its end; raises `AudienceError` for a quote that stays open."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        token = _token(match, bool(found) and text[match.start() - 1] != " ")
        if token.kind is Kind.UNCLOSED:
            raise AudienceError(text, token.place, "a quote without its end", 'text in quotes, as in name="Ann Lee"')
        found.append(token)
    return (*found, Token(Kind.END, "", len(text)))


def operator_of(token: Token) -> Operator:
    """Give the comparison that an operator's token means."""
    return _OPERATORS[token.text]


def _token(match: re.Match[str], is_tight: bool) -> Token:
    kind = Kind.__members__[(match.lastgroup or "").upper()]
    if kind is not Kind.QUOTED:
        return Token(kind, match[0], match.start(), is_tight)
    inside = match["single"] if match["double"] is None else match["double"].replace('""', '"')
    return Token(kind, " ".join(inside.split()), match.start(), is_tight)
