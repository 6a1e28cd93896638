"""The conditions on fields: of the contact, of a record, and the short form that goes on about the same record."""

from __future__ import annotations

from flows.audiences import vocabulary as words
from flows.audiences.cursor import Cursor
from flows.audiences.fields import NAME, Field, contact_field, field_name, read_value, wanted_value
from flows.audiences.lexer import Kind, Token, operator_of
from flows.audiences.tree import Compare, Node, Operator, Record

_WRITTEN = (Kind.WORD, Kind.QUOTED)
_AFTER_NOTHING = words.JOINERS - words.SHORT
"""After `zip= ` (with a blank) these are not its value: it is empty."""


def filter_here(cursor: Cursor, kind: str | None) -> Node:
    """Read a field, an operator and a value; `kind` is the record that a bare field goes on about."""
    first = cursor.take()
    name = first.text
    if cursor.peek().kind is not Kind.OPERATOR:
        name = f"{name}_{cursor.take().text}"  # last seen
    owner, dot, rest = name.partition(".")
    name = _name(cursor, rest if dot else name, first)
    field = None if dot else contact_field(name)
    if dot:
        kind = _name(cursor, owner, first)
    operator = operator_of(cursor.take())
    value = checked_value(cursor, field, operator, _value(cursor))
    if kind is None or field is not None:
        return Compare(field.value if field else name, operator, value)
    return Record(kind, Compare(name, operator, value))


def checked_value(cursor: Cursor, field: Field | None, operator: Operator, token: Token | None) -> str:
    """Give the one form of the value that a token says (None: nothing); raises `AudienceError`."""
    value = read_value(field, operator, token.text if token else "", cursor.country)
    if value is None:
        raise cursor.refuse(wanted_value(field), token)
    return value


def written(cursor: Cursor, expected: str) -> Token:
    """Take a word or a quoted text; raises `AudienceError` where there is none."""
    if cursor.peek().kind not in _WRITTEN:
        raise cursor.refuse(expected)
    return cursor.take()


def _name(cursor: Cursor, text: str, token: Token) -> str:
    name = field_name(text)
    if not NAME.fullmatch(name):
        raise cursor.refuse("the name of a field, such as zip or vehicle.make", token)
    return name


def _value(cursor: Cursor) -> Token | None:
    """Take the value, or stay before what follows where there is none."""
    token = cursor.peek()
    is_other = not token.is_tight and (cursor.is_field() or cursor.says(_AFTER_NOTHING))
    if token.kind not in _WRITTEN or is_other:
        return None
    cursor.take()
    after = cursor.peek()
    if after.kind in _WRITTEN and (after.is_tight or (token.kind is Kind.WORD and cursor.is_name())):
        raise cursor.refuse('and, or, or a value in quotes, as in name="Ann Lee"')
    return token
