"""What may follow each verb: one reader per grammar.

A reader gives the arguments, what is missing, or None where the text after the verb is of quite another kind: then it
is no command but a sentence that happens to begin like one, such as "remove me from your list".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flows.audiences.split import split
from flows.commands.events import ACTIONS, read_event_command
from flows.commands.nearness import nearest
from flows.commands.parts import Missing, Part, Person, is_courtesy, read_number, read_person, take_groups, tidy
from flows.commands.roles import ROLES
from flows.commands.specs import BY_WORD, SIGNS, Grammar
from flows.language.text import without_courtesy, words
from flows.values import Event

Arguments = Mapping[str, object]
"""Plain JSON values by name."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands after a verb."""

    rest: str
    country: str | None = None
    """Of phone numbers without a country code, ISO 3166 alpha-2."""
    has_file: bool = False
    """A vCard or CSV file came with the message."""
    events: Sequence[Event] = ()
    """Those that the organisation has."""


Reader = Callable[[Typed], Arguments | Missing | None]

_CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)")
_BREAK = re.compile(r"[:\n]")
_FOR = re.compile(r"^(?:for|during|por|durante)\s+", re.IGNORECASE)
_ANSWERED = ("done", "hecho", "listo")
_EVERYBODY = (("all",), ("everybody",), ("everyone",), ("todo",), ("todos",))
_TO = re.compile(r"^(?:to|para)\s+", re.IGNORECASE)


def _nothing(typed: Typed) -> Arguments | None:
    return {} if is_courtesy(typed.rest) else None


def _topic(typed: Typed) -> Arguments | None:
    said = without_courtesy(words(typed.rest))
    sign = SIGNS.get(typed.rest.strip()[:1])
    if sign is not None:
        return {"verb": sign.name}
    if not said:
        return {"verb": None}
    spec = BY_WORD.get(said[0]) or (nearest(said[0]) if len(said) == 1 else None)
    if spec is not None and spec.forms and len(said) > 1 and (action := ACTIONS.get(said[1])):
        return {"verb": spec.name, "action": action}
    return {"verb": spec.name} if spec else None


def _audience_text(typed: Typed) -> Arguments | Missing:
    audience, text = split(typed.rest)
    if not audience:
        return Missing(Part.AUDIENCE, text)
    return {"audience": audience, "text": text} if text else Missing(Part.TEXT, audience)


def _when_audience_text(typed: Typed) -> Arguments | Missing:
    """Split at the first colon that is not a clock's, or line break; which words are the time, the schedule knows."""
    clocks = [range(one.start(), one.end()) for one in _CLOCK.finditer(typed.rest)]
    breaks = (one for one in _BREAK.finditer(typed.rest) if not any(one.start() in clock for clock in clocks))
    first = next(breaks, None)
    head, text = (typed.rest[: first.start()], typed.rest[first.end() :]) if first else (typed.rest, "")
    head, text = tidy(head), text.strip()
    if not head:
        return Missing(Part.WHEN, text)
    return {"when_and_audience": head, "text": text} if text else Missing(Part.TEXT, head)


def _text(typed: Typed) -> Arguments | Missing:
    return {"text": typed.rest} if typed.rest else Missing(Part.TEXT)


def _maybe_number(typed: Typed) -> Arguments | Missing | None:
    return {"number": None} if is_courtesy(typed.rest) else _number(typed)


def _number(typed: Typed) -> Arguments | Missing | None:
    found = read_number(typed.rest)
    if found is None:
        return Missing(Part.NUMBER) if is_courtesy(typed.rest) else None
    # "cancel 12 of my messages" is not "cancel 12": what cannot be undone is asked back.
    return {"number": found[0]} if is_courtesy(found[1]) else Missing(Part.NUMBER, typed.rest)


def _number_when(typed: Typed) -> Arguments | Missing | None:
    found = read_number(typed.rest)
    if found is None:
        return Missing(Part.NUMBER) if is_courtesy(typed.rest) else None
    when = _TO.sub("", found[1])
    return {"number": found[0], "when": when} if when else Missing(Part.WHEN, typed.rest)


def _add(typed: Typed) -> Arguments | Missing | None:
    groups, rest = take_groups(typed.rest)
    if len(groups) > 1:
        return Missing(Part.GROUP, " ".join(f"#{group}" for group in groups))
    group = groups[0] if groups else None
    if not rest:
        many = {"phone": None, "id": None, "name": None, "group": group, "has_file": True}
        return many if typed.has_file else Missing(Part.PERSON)
    found = _person_anywhere(rest, typed.country)
    if found is None or isinstance(found, Missing):
        return found
    person, name = found
    return {**_whom(person), "name": name or None, "group": group, "has_file": typed.has_file}


def _person_anywhere(text: str, country: str | None) -> tuple[Person, str] | Missing | None:
    """Read a person with a name before or after."""
    found = read_person(text, country)
    before, plus, after = text.partition("+")
    if found is not None or not plus:
        return (found[0], tidy(found[1])) if isinstance(found, tuple) else found
    later = read_person(plus + after, country)
    return (later[0], tidy(f"{before} {later[1]}")) if isinstance(later, tuple) else later


def _remove(typed: Typed) -> Arguments | Missing | None:
    groups, rest = take_groups(typed.rest)
    found = _person(Typed(rest, typed.country))
    if found is None or isinstance(found, Missing):
        return found
    person, left = found
    named = (*groups, *(() if is_courtesy(left) else left.split()))
    # A word too many may be a group without its sign; two are asked back, for the wrong list is soon hit.
    if len(named) > 1:
        return Missing(Part.GROUP, " ".join(named))
    return {**_whom(person), "group": named[0] if named else None}


def _event(typed: Typed) -> Arguments | Missing | None:
    return read_event_command(typed.rest, typed.events)


def _survey(typed: Typed) -> Arguments | Missing:
    name = tidy(typed.rest)
    return {"survey": name} if name else Missing(Part.WORDS)


def _search(typed: Typed) -> Arguments | Missing:
    # Quotes stay: they may say that the words belong together.
    wanted = " ".join(typed.rest.split())
    return {"words": wanted} if words(wanted) else Missing(Part.WORDS)


def _only_person(typed: Typed) -> Arguments | Missing | None:
    found = _person(typed, bare=True)
    if found is None or isinstance(found, Missing):
        return found
    return _whom(found[0]) if is_courtesy(found[1]) else Missing(Part.PERSON, typed.rest)


def _person_note(typed: Typed) -> Arguments | Missing | None:
    found = _person(typed)
    return {**_whom(found[0]), "note": found[1] or None} if isinstance(found, tuple) else found


def _person_text(typed: Typed) -> Arguments | Missing | None:
    found = _person(typed)
    if found is None or isinstance(found, Missing):
        return found
    return {**_whom(found[0]), "text": found[1]} if found[1] else Missing(Part.TEXT, typed.rest)


def _inbox(typed: Typed) -> Arguments | Missing | None:
    if is_courtesy(typed.rest):
        return {"action": "list"}
    action, rest = _action(typed)
    if action not in _ANSWERED:
        person = _only_person(typed)
        return person if person is None or isinstance(person, Missing) else {"action": "show", **person}
    if words(rest) in _EVERYBODY:
        return {"action": "done_all"}
    done = _only_person(Typed(rest, typed.country))
    if done is None or isinstance(done, Missing):
        return done or Missing(Part.PERSON, rest)
    return {"action": "done", **done}


def _bot(typed: Typed) -> Arguments | Missing | None:
    action, rest = _action(typed)
    if action not in ("on", "off"):
        return None if typed.rest else Missing(Part.ACTION)
    found = _person(Typed(rest, typed.country), bare=True)
    if found is None or isinstance(found, Missing):
        return found or Missing(Part.PERSON, rest)
    time = _FOR.sub("", found[1])
    if time and action == "on":
        return Missing(Part.TIME, time)
    return {"action": action, **_whom(found[0]), "time": time or None}


def _operator(typed: Typed) -> Arguments | Missing | None:
    action, rest = _action(typed)
    if action == "list":
        return {"action": "list"} if is_courtesy(rest) else None
    if action not in ("add", "remove"):
        return None if typed.rest else Missing(Part.ACTION)
    found = read_person(rest, typed.country)
    if not isinstance(found, tuple) or found[0].phone is None:
        return Missing(Part.PERSON, rest)
    if action == "remove":
        return {"action": "remove", "phone": found[0].phone} if is_courtesy(found[1]) else Missing(Part.PERSON, rest)
    role, _, name = found[1].partition(" ")
    role = role.lower().strip(".,:;")
    known = {"action": "add", "phone": found[0].phone, "role": role, "name": tidy(name) or None}
    return known if role in ROLES else Missing(Part.ROLE, role)


def _action(typed: Typed) -> tuple[str, str]:
    """Split off the word that says what is to be done."""
    action, *rest = typed.rest.split(None, 1) or [""]
    return action.lower().rstrip(":,."), rest[0] if rest else ""


def _person(typed: Typed, *, bare: bool = False) -> tuple[Person, str] | Missing | None:
    if is_courtesy(typed.rest):
        return Missing(Part.PERSON)
    return read_person(typed.rest, typed.country, bare=bare)


def _whom(person: Person) -> dict[str, object]:
    return {"phone": person.phone, "id": person.id}


READERS: Mapping[Grammar, Reader] = {
    Grammar.NOTHING: _nothing,
    Grammar.TOPIC: _topic,
    Grammar.AUDIENCE_TEXT: _audience_text,
    Grammar.WHEN_AUDIENCE_TEXT: _when_audience_text,
    Grammar.TEXT: _text,
    Grammar.MAYBE_NUMBER: _maybe_number,
    Grammar.NUMBER: _number,
    Grammar.NUMBER_WHEN: _number_when,
    Grammar.ADD: _add,
    Grammar.REMOVE: _remove,
    Grammar.EVENT: _event,
    Grammar.SURVEY: _survey,
    Grammar.WORDS: _search,
    Grammar.PERSON: _only_person,
    Grammar.PERSON_NOTE: _person_note,
    Grammar.PERSON_TEXT: _person_text,
    Grammar.BOT: _bot,
    Grammar.INBOX: _inbox,
    Grammar.OPERATOR: _operator,
}
"""How what follows a verb is read."""
