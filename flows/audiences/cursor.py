"""A place among the tokens of an audience, and what can be seen from it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flows.audiences import vocabulary as words
from flows.audiences.lexer import Kind, Token
from flows.audiences.refusal import AudienceError

MAX_CONDITIONS = 50
MAX_DEPTH = 20
"""Of parentheses and `not` in one another."""
TERM = "a group, an event, a survey or a filter such as zip=94110"
_NO_TERM = frozenset({Kind.CLOSE, Kind.COMMA, Kind.OPERATOR, Kind.END})


@dataclass(slots=True)
class Cursor:
    """Moves from token to token and never back."""

    text: str
    tokens: tuple[Token, ...]
    country: str | None = None
    """Of phones without one, ISO 3166 alpha-2."""
    at: int = 0
    depth: int = 0
    condition_count: int = 0

    def peek(self, ahead: int = 0) -> Token:
        """Look at a token; behind the last one is the end again and again."""
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Take the next token; at the end it stays there."""
        token = self.peek()
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def refuse(self, expected: str, token: Token | None = None) -> AudienceError:
        """Make the error about a token, the next one where none is given."""
        about = token or self.peek()
        return AudienceError(self.text, about.place, about.shown, expected)

    def count(self) -> None:
        """Count one more condition; raises `AudienceError` when there are too many."""
        self.condition_count += 1
        if self.condition_count > MAX_CONDITIONS:
            raise self.refuse(f"at most {MAX_CONDITIONS} conditions")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Read what is one level further in; raises `AudienceError` when that is too deep."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.refuse(f"at most {MAX_DEPTH} parentheses in one another")
        yield
        self.depth -= 1

    def says(self, wanted: Collection[str], ahead: int = 0) -> bool:
        """Say whether a word is one of the language's, not a field's name nor, being short, the last word."""
        token, after = self.peek(ahead), self.peek(ahead + 1)
        if token.folded not in wanted or after.kind is Kind.OPERATOR:
            return False
        return token.folded not in words.SHORT or after.kind not in _NO_TERM

    def is_new_since(self) -> bool:
        """Say whether `new since` begins here."""
        return self.says(words.NEW) and self.peek(1).folded in words.SINCE

    def is_field(self, ahead: int = 0) -> bool:
        """Say whether a field begins here: a name, also `last seen`, before an operator."""
        token, after = self.peek(ahead), self.peek(ahead + 1)
        if token.kind not in (Kind.WORD, Kind.QUOTED):
            return False
        if after.kind is Kind.OPERATOR:
            return True
        is_last = token.folded in words.LAST and after.folded in words.LAST_OF
        return is_last and self.peek(ahead + 2).kind is Kind.OPERATOR

    def is_phone(self) -> bool:
        """Say whether a phone number with its plus begins here."""
        text = self.peek().text
        return self.peek().kind is Kind.WORD and text[:1] == "+" and text[1:2].isdigit()

    def is_term(self) -> bool:
        """Say whether something that picks contacts, or `not`, begins here."""
        return self.peek().kind not in _NO_TERM and not self.says(words.OR | words.EXCEPT)

    def is_name(self) -> bool:
        """Say whether a word stands here that has no meaning of its own: a part of a name."""
        is_other = self.says(words.JOINERS | words.TERMS) or self.is_field() or self.is_phone() or self.is_new_since()
        return self.peek().kind is Kind.WORD and not is_other
