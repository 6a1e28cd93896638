"""Audiences as operators write them: a group, an event's people, a survey's, all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Select, select

from bot.actions.base import Desk
from flows.errors import CommandError, FlowError
from flows.language.phones import PhoneError, parse_phone
from flows.language.text import normalise
from flows.turn import Target
from flows.values import RegistrationStatus
from storage.schema import contacts, group_members, groups, registrations, sessions

_EXCEPT = re.compile(r"\s+except\s+(.+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant: the canonical words, and a select of contact ids."""

    words: str
    query: Select[Any]


async def find_audience(desk: Desk, text: str) -> Audience:
    """Understand an audience; raises `CommandError` naming what is not known and what is near."""
    found = _EXCEPT.search(text)
    base = await _base(desk, text[: found.start()] if found else text)
    if found is None:
        return base
    phones = [_phone(desk, one) for one in re.split(r"[\s,]+", found[1].strip())]
    kept = base.query.where(contacts.c.address.not_in(phones))
    return Audience(f"{base.words} except {' '.join(phones)}", kept)


def _everybody(desk: Desk) -> Select[Any]:
    return select(contacts.c.id).where(
        contacts.c.workspace_id == desk.house.workspace.id, contacts.c.deleted_at.is_(None)
    )


async def _base(desk: Desk, text: str) -> Audience:
    words = text.split()
    kind = words[0].lower() if words else ""
    if not words:
        raise CommandError("Who should get it? For example: BLAST community: Hello!")
    if kind in ("all", "everybody") and len(words) == 1:
        return Audience("all", _everybody(desk))
    if kind == "event" and len(words) > 1:
        return _event(desk, words[1:])
    if kind == "survey" and len(words) > 1:
        return _survey(desk, words[1:])
    return await _group(desk, text.removeprefix("#").strip())


def _event(desk: Desk, words: list[str]) -> Audience:
    waiting = words[-1].lower() == "waiting" and len(words) > 1
    wanted = normalise(" ".join(words[:-1] if waiting else words))
    catalogue = desk.house.catalogue
    trigger = catalogue.triggers.get(wanted)
    by_number = next((event for event in catalogue.events.values() if str(event.number) == wanted), None)
    event = catalogue.events.get(trigger.id) if trigger and trigger.target is Target.EVENT else by_number
    if event is None:
        known = [one.keywords[0] for one in catalogue.events.values() if one.keywords]
        raise CommandError(f"There is no event '{' '.join(words)}'. Events: {', '.join(known) or 'none yet'}.")
    status = RegistrationStatus.WAITING if waiting else RegistrationStatus.REGISTERED
    people = select(registrations.c.contact_id).where(
        registrations.c.event_id == event.id, registrations.c.status == status.value
    )
    label = f"event {event.keywords[0] if event.keywords else event.number}{' waiting' if waiting else ''}"
    return Audience(label, _everybody(desk).where(contacts.c.id.in_(people)))


def _survey(desk: Desk, words: list[str]) -> Audience:
    negated = [word.lower() for word in words[-2:]] == ["not", "answered"]
    name = words[:-2] if negated else [word for word in words if word.lower() != "answered"]
    catalogue = desk.house.catalogue
    trigger = catalogue.triggers.get(normalise(" ".join(name)))
    if trigger is None or trigger.target is not Target.SURVEY:
        known = [one.survey.keywords[0] for one in catalogue.surveys.values() if one.survey.keywords]
        raise CommandError(f"There is no survey '{' '.join(name)}'. Surveys: {', '.join(known) or 'none yet'}.")
    done = select(sessions.c.contact_id).where(sessions.c.flow_id == trigger.id, sessions.c.state == "completed")
    chosen = contacts.c.id.not_in(done) if negated else contacts.c.id.in_(done)
    label = f"survey {catalogue.surveys[trigger.id].survey.keywords[0]}{' not answered' if negated else ''}"
    return Audience(label, _everybody(desk).where(chosen))


async def _group(desk: Desk, name: str) -> Audience:
    async with desk.database.read() as connection:
        rows = (
            await connection.execute(
                select(groups.c.id, groups.c.name).where(groups.c.workspace_id == desk.house.workspace.id)
            )
        ).all()
    by_name = {row[1].casefold(): row for row in rows}
    found = by_name.get(name.casefold())
    if found is None:
        near = get_close_matches(name.casefold(), by_name, n=3, cutoff=0.5)
        shown = ", ".join(_label(by_name[one][1]) for one in near or sorted(by_name))
        raise CommandError(f"There is no audience '{name}'. Did you mean: {shown}?")
    members = select(group_members.c.contact_id).where(group_members.c.group_id == found[0])
    return Audience(_label(found[1]), _everybody(desk).where(contacts.c.id.in_(members)))


def _label(name: str) -> str:
    return name if name == "community" else f"#{name}"


def _phone(desk: Desk, text: str) -> str:
    try:
        return parse_phone(text, desk.house.workspace.country)
    except (PhoneError, FlowError) as error:
        raise CommandError(f"'{text}' is no phone number: write it like +15550100101.") from error
