"""An event's change, said and done: a preview, a code, and a notice to everybody on the list in their language.

A notice is a campaign: it keeps to opt-outs, bans, quiet hours, WhatsApp's window and the ceilings, STATUS shows it and
CANCEL ends it. Only where the event begins before somebody's quiet hours end it does not wait for that. Its recipients
are the list at the moment of the change, in the same transaction: who registers between the preview and the code is
told, too, and who registers afterwards has read the new state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.actions.audiences import Audience
from bot.actions.base import Call, Done, Preview, Result, in_each_language, refused
from bot.actions.counting import Count, costs_of, count_audience
from bot.actions.sending import draft
from bot.audience import sending_of
from flows.campaigns.quiet import read_quiet_hours
from flows.campaigns.templates import Content
from flows.commands.confirm import fingerprint_of, needs_second
from flows.consent.scopes import event_scope
from flows.effects import Say, Spoken, Template
from flows.registration.wording import details_of, short_name, show_when
from flows.values import MINUTE, Event
from storage.campaigns.rows import Campaign
from storage.events.lists import Counts, count_list
from storage.events.notices import add_notice, on_list
from storage.events.rows import begin_reminders_at, change_event, delete_event, hold_event
from storage.numbers import next_number
from storage.plan import Plan


class Kind(StrEnum):
    """A kind of change to an event; the texts are chosen by it."""

    CLOSED = "closed"
    OPENED = "opened"
    MOVED = "moved"
    RENAMED = "renamed"
    SEATS = "seats"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Change:
    """An event as it was and as it is to be."""

    kind: Kind
    was: Event
    now: Event
    tells: bool = True
    """Whether its people have to hear of it."""
    moving_up: int = 0
    """People of the waiting list who get a seat by it."""

    def will(self, call: Call, counts: Counts | None = None) -> Template:
        """Return what would happen."""
        return Template("operator_event_will", self._values(call, counts))

    def did(self, call: Call) -> Template:
        """Return what has happened."""
        return Template("operator_event_did", self._values(call))

    def news(self, call: Call) -> Template:
        """Tell the other admins."""
        return Template("operator_event_did_news", {**self._values(call), "name": call.operator_name})

    def _values(self, call: Call, counts: Counts | None = None) -> dict[str, object]:
        kept = [one for one in self.now.keywords[1:] if one in self.was.keywords]
        return {
            "kind": self.kind.value,
            "title": self.now.title,
            "before": self.was.title,
            "when": _when(call, self.now),
            "place": self.now.place or "",
            "keyword": short_name(self.now),
            "kept": ", ".join(kept) if self.now.keywords != self.was.keywords else "",
            "seats": self.now.capacity or 0,
            "moving_up": self.moving_up,
            "registered": counts.registered if counts else 0,
            "waiting": counts.waiting if counts else 0,
        }


def _when(call: Call, event: Event) -> Spoken | str:
    if event.starts_at is None:
        return ""
    return in_each_language(call, lambda language: show_when(event, language))


def fingerprint(change: Change) -> bytes:
    """Digest what a code stands for: the event as it is and as it is to be, not who is on its list."""
    said = [
        [repr(value) for value in (one.title, one.keywords, one.starts_at, one.place, one.capacity)]
        for one in (change.was, change.now)
    ]
    bound = {"kind": change.kind.value, "event": change.was.id.hex(), "said": said, "at": change.was.changed_at}
    return fingerprint_of("EVENT", bound)


def done(call: Call, change: Change) -> Done:
    """Carry a change out that nobody on the list has to hear of."""

    def writes() -> Plan[None]:
        yield from change_event(call.row.workspace_id, change.was, change.now, call.now_at)

    return Done((change.did(call),), writes, news=(change.news(call),))


async def announce(call: Call, change: Change, *notes: str) -> Result:
    """Preview a change with whom it tells and what they read, and carry it out by its code.

    Where nobody is on the list and it can be taken back it is done at once.
    """
    counts = await call.desk.database.run(count_list(change.was.id))
    notice = _notice(call, change)
    count = await _count(call, change.was, notice) if counts.total and change.tells else Count()
    limit = call.desk.house.limits.campaign_segments
    if limit and count.segment_count > limit:
        unchanged = Template("operator_event_unchanged", {"title": change.was.title})
        return refused(Template("operator_over_ceiling", {"segments": count.segment_count, "limit": limit}), unchanged)
    needs_code = bool(counts.total) or change.kind is Kind.DELETED
    if needs_code and not call.stands(fingerprint(change)):
        says: tuple[Say, ...] = (change.will(call, counts), *notes, *_telling(call, counts, count, change, notice))
        is_shared = needs_second(count.recipient_count, call.desk.rules.second_admin_above)
        return Preview(says, fingerprint(change), is_shared=is_shared)
    number = await call.desk.database.run(next_number(call.row.workspace_id, "campaign")) if count.total else 0
    told = (Template("operator_event_told", {"told": count.recipient_count, "number": number}),) if number else ()
    return Done(
        (change.did(call), *(() if needs_code else notes), *told),
        lambda: _writes(call, change, replace(notice, number=number)),
        news=(change.news(call),),
    )


def _writes(call: Call, change: Change, notice: Campaign) -> Plan[None]:
    """Change the event and take those to be told, in one transaction: whoever registers waits for its end."""
    if change.kind is Kind.DELETED:
        yield from hold_event(change.was)
    else:
        yield from change_event(call.row.workspace_id, change.was, change.now, call.now_at)
    if change.tells and (yield from count_list(change.was.id)).total:
        if not notice.number:
            number = yield from next_number(call.row.workspace_id, "campaign")
            notice = replace(notice, number=number)
        yield from add_notice(notice, change.was.id)
    if change.kind is Kind.DELETED:
        yield from delete_event(call.row.workspace_id, change.was)
    elif change.now.starts_at != change.was.starts_at:
        yield from begin_reminders_at(change.was.id, _reminder_passed(call, change.now))


def _reminder_passed(call: Call, event: Event) -> int | None:
    """Return the last reminder whose time is over at the new date: the notice itself says when it is."""
    starts_at = event.starts_at or 0
    passed = [one for one in call.desk.house.workspace.reminder_minutes if starts_at - one * MINUTE <= call.now_at]
    return min(passed, default=None)


def _notice(call: Call, change: Change) -> Campaign:
    """Make the campaign that tells everybody on the list."""
    texts, home = _texts(call, change), call.desk.house.workspace.language
    text = texts.get(home) or texts.get(home.partition("-")[0]) or next(iter(texts.values()))
    made = draft(call, f"event {change.was.number}", Content(text))
    starts = [at for at in (change.was.starts_at, change.now.starts_at) if at is not None and at > call.now_at]
    last_at = min(starts, default=call.now_at + call.desk.rules.max_lag_minutes * MINUTE)
    return replace(made, texts=texts, expanded_at=call.now_at, not_after_at=last_at)


def _texts(call: Call, change: Change) -> Mapping[str, str]:
    house, kind = call.desk.house, change.kind
    is_off = kind in (Kind.CANCELLED, Kind.DELETED)
    texts = {}
    for language in house.texts.languages():
        before = change.was.title if change.was.title != change.now.title else ""
        values = {"title": change.now.title, "before": before, "when": show_when(change.was, language)}
        says = Template("event_called_off" if is_off else f"event_{kind.value}", values)
        details = () if is_off else (details_of(change.now, language, house.workspace),)
        texts[language] = house.texts.render_reply((says, *details), language)
    return texts


async def _count(call: Call, event: Event, notice: Campaign) -> Count:
    audience = Audience(notice.audience, on_list(event.id), frozenset({event_scope(event.number)}))
    sending = sending_of(notice, audience.scopes, read_quiet_hours(call.desk.rules.quiet_hours))
    return await count_audience(call.desk, audience, sending, call.now_at)


def _telling(call: Call, counts: Counts, count: Count, change: Change, notice: Campaign) -> tuple[Template, ...]:
    """Show whom a notice tells and what they read, in the operator's language."""
    if not counts.total or not change.tells:
        return ()
    texts = notice.texts or {}
    sample = texts.get(call.language) or texts.get(call.language.partition("-")[0]) or notice.text
    values = {
        "told": count.recipient_count,
        "skips": count.skipped(call.language),
        "deferred": count.deferred_count,
        "sample": sample,
        **costs_of(call, count),
    }
    return (Template("operator_event_notice", values),)
