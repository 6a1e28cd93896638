"""EVENT <event>, EVENT ADD and EVENT DROP: who is on an event's list, and one person more or less."""

from __future__ import annotations

from dataclasses import replace

from bot.actions.base import Call, Done, Result
from bot.actions.persons import who
from bot.actions.refusals import Refused, refuse_event
from bot.audience import Considered, Sending, consider
from bot.letters import Letter, post
from flows.campaigns.skips import say_skip
from flows.campaigns.templates import Content
from flows.commands.parts import Missing, Person, read_person, tidy
from flows.consent.scopes import event_scope
from flows.effects import Template
from flows.errors import Conflict
from flows.language.phones import mask
from flows.registration.seats import is_past, state_of
from flows.registration.wording import details_of, show_when
from flows.values import MUTE_STATUSES, ContactStatus, Event, RegistrationStatus
from storage.campaigns.facts import facts_of
from storage.events.lists import (
    Listed,
    begin_conversation,
    count_list,
    named_on_list,
    people_on_list,
    place_on_list,
    put_on_list,
    take_off_list,
)
from storage.events.rows import hold_event
from storage.people import Known, ensure_contacts, find_by_address, find_by_id, find_by_name, find_by_number, number_of
from storage.plan import Plan

_MUTE = {ContactStatus.BLOCKED: "add_banned", ContactStatus.INVALID: "add_invalid"}


async def show(call: Call, event: Event, rest: str) -> Done:
    """Show an event with everybody on its list."""
    if rest:
        raise refuse_event("unclear_shown", event, text=rest[:40])
    counts = await call.desk.database.run(count_list(event.id))
    people = await call.desk.database.run(_numbered(call, event))
    come, wait = ([_shown(one) for one in people if one.is_waiting is waits] for waits in (False, True))
    values = {
        "title": event.title,
        "number": event.number,
        "when": show_when(event, call.language),
        "place": event.place or "",
        "state": state_of(event, call.now_at),
        "keywords": list(event.keywords),
        "seats": event.capacity or 0,
        "registered": counts.registered,
        "waiting": counts.waiting,
        "come": come,
        "wait": wait,
        "more": counts.total - len(people),
    }
    return Done((Template("operator_event_shown", values),))


async def add(call: Call, event: Event, rest: str) -> Result:
    """Put somebody on an event's list, or its waiting list when it is full, and tell them; an opt-out stays."""
    if event.is_cancelled or not event.is_active:
        raise refuse_event("add_cancelled" if event.is_cancelled else "add_not_open", event)
    if is_past(event, call.now_at):
        raise refuse_event("add_over", event)
    known = await _person_to_add(call, event, rest)
    label = who(known)
    if known.status in MUTE_STATUSES:
        raise refuse_event(_MUTE[ContactStatus(known.status)], event, who=label)
    place = await call.desk.database.run(place_on_list(event.id, known.id))
    if place is not RegistrationStatus.WITHDRAWN:
        raise refuse_event("on_list", event, who=label, waiting=place is RegistrationStatus.WAITING)
    counts = await call.desk.database.run(count_list(event.id))
    is_full = event.capacity is not None and (counts.registered >= event.capacity or bool(counts.waiting))
    status = RegistrationStatus.WAITING if is_full else RegistrationStatus.REGISTERED
    told = await _told(call, event, known, "added_waiting" if is_full else "added_to_event")

    def writes() -> Plan[None]:
        yield from hold_event(event)
        if (yield from put_on_list(event, known.id, known.name, call.now_at)) is not status:
            raise Conflict  # the last seat went, or one came free: look again
        yield from _tell(call, known, told)

    values = {
        "who": label,
        "title": event.title,
        "waiting": is_full,
        "reason": say_skip(told.reason or "", call.language),
    }
    news = Template("operator_event_added_news", {**values, "name": call.operator_name})
    return Done((Template("operator_event_added", values),), writes, news=(news,))


async def drop(call: Call, event: Event, rest: str) -> Result:
    """Take somebody off an event's list and tell them; the first who waits moves up."""
    known = await _person_on_list(call, event, rest)
    label = who(known)
    place = await call.desk.database.run(place_on_list(event.id, known.id))
    if place is RegistrationStatus.WITHDRAWN:
        raise refuse_event("not_on_list", event, who=label)
    is_coming_up = event.is_active and not is_past(event, call.now_at)
    told = await _told(call, event, known, "dropped_from_event") if is_coming_up else None
    waiting = (await call.desk.database.run(count_list(event.id))).waiting

    def writes() -> Plan[None]:
        yield from hold_event(event)
        yield from take_off_list(event.id, known.id, place, call.now_at)
        if told is not None:
            yield from _tell(call, known, told)

    values = {
        "who": label,
        "title": event.title,
        "told": told is not None and told.reason is None,
        "reason": say_skip(told.reason or "", call.language) if told else "",
        "moves_up": is_coming_up and place is RegistrationStatus.REGISTERED and waiting > 0,
    }
    news = Template("operator_event_dropped_news", {**values, "name": call.operator_name})
    return Done((Template("operator_event_dropped", values),), writes, news=(news,))


async def _person_to_add(call: Call, event: Event, text: str) -> Known:
    """Find whom a text names; a phone that nobody has becomes a new contact, with the name behind it."""
    found = _read(call, event, text, "ADD")
    if found is None:
        return await _one_of(call, text, await call.desk.database.run(find_by_name(call.row.workspace_id, tidy(text))))
    person, name = found
    if person.phone is not None:
        await call.desk.database.run(
            ensure_contacts(call.row.workspace_id, {person.phone: tidy(name) or None}, call.now_at)
        )
    return await _known(call, person)


async def _person_on_list(call: Call, event: Event, text: str) -> Known:
    found = _read(call, event, text, "DROP")
    if found is not None:
        return await _known(call, found[0])
    ids = await call.desk.database.run(named_on_list(event.id, tidy(text)))
    known = [await call.desk.database.run(find_by_id(one)) for one in ids[:6]]
    return await _one_of(call, text, tuple(one for one in known if one is not None))


def _read(call: Call, event: Event, text: str, verb: str) -> tuple[Person, str] | None:
    """Read a phone or a short number; None for a name."""
    if not tidy(text):
        raise refuse_event("ask_person", event, verb=verb)
    found = read_person(text, call.desk.house.workspace.country)
    if isinstance(found, Missing):
        raise refuse_event("unclear_person", event, text=text[:40], verb=verb)
    return found


async def _known(call: Call, person: Person) -> Known:
    """Find a contact by phone or by short number; raises `CommandError`."""
    workspace_id = call.row.workspace_id
    if person.id is not None:
        found = await call.desk.database.run(find_by_number(workspace_id, person.id))
    else:
        found = await call.desk.database.run(find_by_address(workspace_id, person.phone or ""))
    if found is None:
        named = f"@{person.id}" if person.id is not None else person.phone
        raise Refused("operator_nobody_known", who=named)
    return await _with_number(call, found)


async def _one_of(call: Call, text: str, found: tuple[Known, ...]) -> Known:
    """Take the one person of a name; raises `CommandError` for none, and for several with their numbers."""
    name = tidy(text)[:40]
    if not found:
        raise refuse_event("nobody_called", text=name)
    known = [await _with_number(call, one) for one in found]
    if len(known) > 1:
        listed = ", ".join(f"@{one.number} ({one.name}, {mask(one.address)})" for one in known)
        raise refuse_event("several_called", text=name, listed=listed)
    return known[0]


async def _with_number(call: Call, known: Known) -> Known:
    if known.number is not None:
        return known
    return replace(known, number=await call.desk.database.run(number_of(call.row.workspace_id, known.id)))


async def _told(call: Call, event: Event, known: Known, template: str) -> Considered:
    """Write what a person is told in their language, by the same rules as a notice; `reason` says why they are not."""
    house = call.desk.house
    texts = {}
    for language in house.texts.languages():
        says = Template(template, {"title": event.title, "organisation": house.workspace.name})
        has_details = template != "dropped_from_event"
        details = (details_of(event, language, house.workspace),) if has_details else ()
        texts[language] = house.texts.render_reply((says, *details), language)
    scopes = frozenset({event_scope(event.number)})
    sending = Sending(Content(""), call.row.channel_id or b"", scopes=scopes, texts=texts)
    async with call.desk.database.read() as connection:
        is_simulated = house.is_simulated(call.row.channel_id)
        (facts,) = await facts_of(connection, call.row.workspace_id, [known.id], simulated=is_simulated)
    return consider(house, sending, facts, call.now_at)


def _tell(call: Call, known: Known, told: Considered) -> Plan[None]:
    if told.reason is None and told.channel is not None:
        yield from begin_conversation(call.row.workspace_id, known.id, told.channel.id, told.address)
        yield from post(call.desk.house, told.channel.id, [Letter(known.address, (told.body,))], call.now_at)


def _numbered(call: Call, event: Event) -> Plan[tuple[Listed, ...]]:
    """Read an event's list, where everybody gets the short number that commands take."""
    people = yield from people_on_list(event.id)
    numbered = []
    for one in people:
        number = one.number or (yield from number_of(call.row.workspace_id, one.contact_id))
        numbered.append(replace(one, number=number))
    return tuple(numbered)


def _shown(one: Listed) -> str:
    return f"{one.name or mask(one.address)} @{one.number}"
