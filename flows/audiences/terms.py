"""The conditions that begin with a word of their own: groups, events, surveys, campaigns, phones."""

from __future__ import annotations

import re
from collections.abc import Collection

from flows.audiences import vocabulary as words
from flows.audiences.cursor import Cursor
from flows.audiences.fields import Field
from flows.audiences.filters import checked_value, written
from flows.audiences.lexer import Kind, Token, operator_of
from flows.audiences.tree import Answered, Compare, Event, Group, Node, NoReply, Operator, People, Progress, Survey, no
from flows.language.phones import PhoneError, parse_phone
from flows.values import RegistrationStatus

_FEWEST_DIGITS = 7
_NUMBER = re.compile(r"[0-9]{1,9}")


def group(cursor: Cursor) -> Node:
    """Read a group's name, quoted or in as many words as follow; after `#` also one that is a word of the language."""
    first = ""
    if cursor.peek().kind is Kind.HASH:
        cursor.take()
        first = cursor.take().text if cursor.peek().kind is Kind.WORD else ""
    return Group(name_here(cursor, "the name of a group, such as #roofers", first=first))


def event(cursor: Cursor) -> Node:
    """Read what follows `event`: a keyword, number or title, then how people stand with it."""
    name = name_here(cursor, "the keyword or number of an event, such as event 3", words.STATUSES)
    is_not, said = _status(cursor, words.STATUSES)
    found = Event(name, words.STATUSES.get(said, RegistrationStatus.REGISTERED))
    return no(found) if is_not else found


def survey(cursor: Cursor) -> Node:
    """Read what follows `survey`: a keyword or name, then how far people came."""
    name = name_here(cursor, "the keyword of a survey, such as survey FEEDBACK", words.PROGRESS)
    is_not, said = _status(cursor, words.PROGRESS)
    found = Survey(name, words.PROGRESS.get(said, Progress.ANSWERED))
    return no(found) if is_not else found


def no_reply(cursor: Cursor) -> Node:
    """Read what follows `noreply`: the number of a campaign."""
    if cursor.peek().kind is Kind.HASH:
        cursor.take()
    token = cursor.take()
    if token.kind is not Kind.WORD or not _NUMBER.fullmatch(token.text):
        raise cursor.refuse("the number of a campaign, such as noreply 12", token)
    return NoReply(int(token.text))


def answered(cursor: Cursor) -> Node:
    """Read what follows `answered`: a survey, a dot and a question, then perhaps what the answer is compared with."""
    expected = "a survey and a question, such as answered FEEDBACK.2=yes"
    first = written(cursor, expected)
    name, _dot, question = first.text.rpartition(".") if first.kind is Kind.WORD else ("", "", first.text)
    if first.kind is Kind.QUOTED and cursor.peek().is_tight and cursor.peek().text.startswith("."):
        name, question = first.text, cursor.take().text[1:]
    if not name and cursor.peek().kind is not Kind.OPERATOR and question:
        return Survey(question)
    if not name or not (question.replace("_", "").isalnum() and question.isascii()):
        raise cursor.refuse(expected, first)
    return _answer(cursor, name, question)


def people(cursor: Cursor) -> Node:
    """Read one phone or more, with blanks or commas between them."""
    return _people(cursor, frozenset())


def several_people(cursor: Cursor) -> Node:
    """Read one phone or more, as they stand after `except`: also with `and` or `or` between them."""
    return _people(cursor, words.AND | words.OR)


def new_since(cursor: Cursor) -> Node:
    """Read `new since` and a day."""
    cursor.take()
    since = cursor.take()
    day = written(cursor, f"a date: {since.text} 2026-11-01")
    return Compare(Field.CREATED.value, Operator.FROM, checked_value(cursor, Field.CREATED, Operator.FROM, day))


def looks_like_phone(token: Token) -> bool:
    """Say whether a word is nothing but digits and what is written between them."""
    return token.kind is Kind.WORD and _digits(token.text) > 0 and not token.text.strip("+0123456789-./")


def name_here(cursor: Cursor, expected: str, ends: Collection[str] = (), first: str = "") -> str:
    """Read a name: a quoted one, or words up to one that means something or is among `ends`."""
    token = cursor.peek()
    if token.kind is Kind.QUOTED and token.text and not first:
        return cursor.take().text
    parts = [first] if first else []
    while cursor.is_name() and not (parts and cursor.peek().folded in ends):
        parts.append(cursor.take().text)
    if not parts:
        raise cursor.refuse(expected)
    return " ".join(parts)


def _status(cursor: Cursor, known: Collection[str]) -> tuple[bool, str]:
    """Take `waiting` or `not waiting`, where it stands here."""
    ahead = 1 if cursor.peek().folded in words.NOT else 0
    if cursor.peek(ahead).folded not in known or cursor.is_field(ahead):
        return False, ""
    if ahead:
        cursor.take()
    return bool(ahead), cursor.take().folded


def _answer(cursor: Cursor, name: str, question: str) -> Node:
    if cursor.peek().kind is not Kind.OPERATOR:
        return Answered(name, question)
    operator = operator_of(cursor.take())
    token = written(cursor, "a value, such as yes")
    value = checked_value(cursor, None, operator, token)
    if not value:
        raise cursor.refuse("a value, such as yes", token)
    return Answered(name, question, operator, value)


def _people(cursor: Cursor, joiners: Collection[str]) -> Node:
    phones = [_phone(cursor)]
    while _another_phone(cursor, joiners):
        phones.append(_phone(cursor))
    return People(tuple(dict.fromkeys(phones)))


def _another_phone(cursor: Cursor, joiners: Collection[str]) -> bool:
    """Go past what stands between two phones, where another one follows."""
    between = cursor.peek().kind is Kind.COMMA or cursor.says(joiners)
    if not looks_like_phone(cursor.peek(1 if between else 0)):
        return False
    if between:
        cursor.take()
    return True


def _phone(cursor: Cursor) -> str:
    first = cursor.take()
    written = first.text
    while _goes_on(cursor.peek(), written):
        written += cursor.take().text
    try:
        return parse_phone(written, cursor.country)
    except PhoneError as error:
        raise cursor.refuse("a phone such as +15550100101", first) from error


def _goes_on(token: Token, written: str) -> bool:
    """Say whether a word is more of the same phone: +1 555 010 0101 is one."""
    if not looks_like_phone(token) or token.text.startswith("+"):
        return False
    return _digits(token.text) < _FEWEST_DIGITS or _digits(written) < 4


def _digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)
