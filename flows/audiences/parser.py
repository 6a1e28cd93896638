"""From the text of an audience to its tree.

    audience   = either { "except" (phones | condition) }
    either     = both { "or" both }
    both       = condition { ["and"] condition }
    condition  = "not" condition | "(" audience ")" | "community" | "all" | #group | event ... | survey ...
               | noreply ... | answered ... | new since ... | phones | field operator [value]

Words of the language are known in any case, in English and Spanish; a bare word is the name of a group.
"""

from __future__ import annotations

from collections.abc import Callable

from flows.audiences import terms
from flows.audiences import vocabulary as words
from flows.audiences.canonical import text_of
from flows.audiences.cursor import TERM, Cursor
from flows.audiences.filters import filter_here
from flows.audiences.lexer import MAX_LENGTH, Kind, clean, tokens
from flows.audiences.refusal import AudienceError
from flows.audiences.tree import COMMUNITY, Everybody, Except, Group, Node, Record, all_of, any_of, no

_TERMS: tuple[tuple[frozenset[str], Callable[[Cursor], Node]], ...] = (
    (words.COMMUNITY_WORDS, lambda _cursor: Group(COMMUNITY)),
    (words.EVERYBODY, lambda _cursor: Everybody()),
    (words.EVENT, terms.event),
    (words.SURVEY, terms.survey),
    (words.NO_REPLY, terms.no_reply),
    (words.ANSWERED, terms.answered),
)


def parse_audience(text: str, country: str | None = None) -> Node:
    """Read an audience; phones without a country code are of `country` (ISO 3166 alpha-2).

    Raises `AudienceError`, which shows the place and says what was found there and what was expected.
    """
    plain = clean(text)
    _check_length(plain)
    cursor = Cursor(plain, tokens(plain), country)
    found = _audience(cursor)
    if cursor.peek().kind is not Kind.END:
        raise cursor.refuse("and, or, except, or the end")
    _check_length(text_of(found))
    return found


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise AudienceError(text, MAX_LENGTH, f"{len(text)} characters", f"at most {MAX_LENGTH}")


def _audience(cursor: Cursor) -> Node:
    found = _either(cursor)
    while cursor.says(words.EXCEPT):
        cursor.take()
        if terms.looks_like_phone(cursor.peek()):
            found = Except(found, _counted(cursor, terms.several_people))
        else:
            found = Except(found, _condition(cursor, None))
        if cursor.is_term() or cursor.says(words.OR):
            raise cursor.refuse("the end, or parentheses around what comes after except")
    return found


def _either(cursor: Cursor) -> Node:
    found = [_both(cursor)]
    while cursor.says(words.OR):
        cursor.take()
        found.append(_both(cursor))
    return any_of(*found)


def _both(cursor: Cursor) -> Node:
    found = [_condition(cursor, None)]
    while cursor.is_term():
        is_joined = cursor.says(words.AND)
        if is_joined:
            cursor.take()
        last = found[-1]
        # `vehicle.make=Toyota year>=2018`: a bare field right after a record's is about the same record.
        found.append(_condition(cursor, last.kind if isinstance(last, Record) and not is_joined else None))
    return all_of(*found)


def _condition(cursor: Cursor, kind: str | None) -> Node:
    if cursor.peek().kind is Kind.OPEN:
        return _group(cursor)
    if cursor.says(words.NOT):
        with cursor.deeper():
            cursor.take()
            return no(_condition(cursor, None))
    if cursor.is_field():
        return _counted(cursor, lambda here: filter_here(here, kind))
    return _counted(cursor, _term)


def _group(cursor: Cursor) -> Node:
    with cursor.deeper():
        cursor.take()
        found = _audience(cursor)
    if cursor.peek().kind is not Kind.CLOSE:
        raise cursor.refuse("and, or, except, or )")
    cursor.take()
    return found


def _term(cursor: Cursor) -> Node:
    if cursor.is_phone():
        return terms.people(cursor)
    if cursor.is_new_since():
        return terms.new_since(cursor)
    for said, read in _TERMS:
        if cursor.says(said):
            cursor.take()
            return read(cursor)
    if cursor.peek().kind not in (Kind.HASH, Kind.WORD, Kind.QUOTED):
        raise cursor.refuse(TERM)
    return terms.group(cursor)


def _counted(cursor: Cursor, read: Callable[[Cursor], Node]) -> Node:
    cursor.count()
    return read(cursor)
