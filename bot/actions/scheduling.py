"""SCHEDULE and MOVE: campaigns at a time, once or again and again, here or where each recipient is."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from bot.actions.audiences import find_audience
from bot.actions.base import Call, Done, Preview, Result, in_each_language, refused
from bot.actions.running import campaign_of, check_side, writes_of
from bot.actions.sending import Planned, ask, draft, plan
from bot.actions.templates import content_of_command
from flows.campaigns.local import EAST, SPREAD, in_the_east, say_when, split_local
from flows.commands.confirm import fingerprint_of
from flows.effects import Template
from flows.errors import CommandError
from flows.schedules.occurrences import next_occurrence
from flows.schedules.reading import parse_when, split_when
from flows.schedules.rules import rule_document
from flows.schedules.values import Recurrence, Refusal, When
from flows.schedules.wording import notes, refusal_text
from flows.values import MINUTE
from storage.campaigns.rows import add_campaign
from storage.keys import new_key
from storage.numbers import next_number
from storage.schedules import Schedule, add_schedule


@dataclass(frozen=True, slots=True)
class Time:
    """When something is to be sent: a moment or a rule, and on whose clock."""

    when: When
    zone: str
    first_at: int
    """The moment, or the rule's first."""

    @property
    def is_local(self) -> bool:
        """Whether it is on each recipient's own clock."""
        return self.zone == EAST

    @property
    def written(self) -> str:
        """The time in words that mean one thing."""
        rule = rule_document(self.when) if isinstance(self.when, Recurrence) else self.first_at
        return json.dumps([self.zone, rule], sort_keys=True)


async def schedule(call: Call) -> Result:
    """Send a text to an audience at a time, or at every time of a rule, after its preview and code."""
    home = call.desk.house.workspace.time_zone
    found = split_when(call.argument("when_and_audience"), call.row.created_at, home)
    if isinstance(found, Refusal):
        return refused(refusal_text(found, call.language))
    is_local, words = split_local(found[1])
    time = _time(call, found[0], is_local=is_local)
    audience = await find_audience(call.desk, words)
    content = await content_of_command(call)
    campaign = draft(call, audience.words, content, due_at=time.first_at, zone=time.zone)
    at = None if time.is_local else time.first_at
    planned = await plan(call, campaign, audience, when=time.written, at=at)
    if isinstance(planned, Done):
        return planned
    lines = (say_when(time.when, time.zone, call.language), *notes(time.when, call.language))
    return ask(call, planned, content, *lines) or await _keep(call, planned, time)


async def move(call: Call) -> Result:
    """Give a campaign that waits another time, after its code."""
    campaign = await campaign_of(call)
    check_side(call, campaign)
    if campaign.status != "scheduled":
        raise CommandError(f"Campaign {campaign.number} is {campaign.status}: only a scheduled one can be moved.")
    found = _parse(call, call.argument("when"))
    if isinstance(found, Refusal):
        return refused(refusal_text(found, call.language))
    when, is_local = found
    if isinstance(when, Recurrence):
        raise CommandError("MOVE takes one time, such as MOVE 12 tomorrow 9am. SCHEDULE makes what recurs.")
    time = _time(call, when, is_local=is_local)
    shown = in_each_language(call, lambda language: say_when(time.when, time.zone, language))
    fingerprint = fingerprint_of("MOVE", {"number": campaign.number, "when": time.written})
    if not call.stands(fingerprint):
        says = Template("operator_move", {"number": campaign.number, "when": shown})
        return Preview((says, *notes(when, call.language)), fingerprint)
    moved = replace(
        campaign,
        due_at=time.first_at,
        time_zone=time.zone,
        hold_until_at=None,
        not_after_at=_not_after(call, time),
    )
    said = {"number": campaign.number, "when": shown, "audience": campaign.audience}
    news = Template("operator_schedule_news", {**said, "name": call.operator_name, "text": campaign.text})
    return Done((Template("operator_scheduled", said),), writes_of(call, moved, "scheduled"), news=(news,))


def _parse(call: Call, text: str) -> tuple[When, bool] | Refusal:
    """Read a time, all of the text, with or without where it counts."""
    home = call.desk.house.workspace.time_zone
    found = split_when(text, call.row.created_at, home)
    is_local, rest = split_local("" if isinstance(found, Refusal) else found[1])
    if is_local and not rest and not isinstance(found, Refusal):
        return found[0], True
    when = parse_when(text, call.row.created_at, home)
    return when if isinstance(when, Refusal) else (when, False)


def _time(call: Call, when: When, *, is_local: bool) -> Time:
    zone = EAST if is_local else call.desk.house.workspace.time_zone
    if is_local:
        when = in_the_east(when, call.desk.house.workspace.time_zone)
    if not isinstance(when, Recurrence):
        return Time(when, zone, when.due_at)
    first = next_occurrence(when, zone, call.row.created_at)
    if first is None:
        raise CommandError("That time never comes any more: nothing was scheduled.")
    return Time(when, zone, first[0])


def _not_after(call: Call, time: Time) -> int:
    return time.first_at + call.desk.rules.max_lag_minutes * MINUTE + (SPREAD if time.is_local else 0)


async def _keep(call: Call, planned: Planned, time: Time) -> Done:
    number = await call.desk.database.run(next_number(call.row.workspace_id, "campaign"))
    shown = in_each_language(call, lambda language: say_when(time.when, time.zone, language))
    said = {"number": number, "when": shown, "audience": planned.audience.words}
    news = Template("operator_schedule_news", {**said, "name": call.operator_name, "text": planned.campaign.text})
    done = Done((Template("operator_scheduled", said),), news=(news,))
    if isinstance(time.when, Recurrence):
        made = _recurring(call, planned, time, time.when, number)
        return replace(done, writes=lambda: add_schedule(made))
    campaign = replace(planned.campaign, number=number, not_after_at=_not_after(call, time))
    return replace(done, writes=lambda: add_campaign(campaign))


def _recurring(call: Call, planned: Planned, time: Time, rule: Recurrence, number: int) -> Schedule:
    return Schedule(
        id=new_key(),
        workspace_id=call.row.workspace_id,
        number=number,
        text=planned.campaign.text,
        content_sid=planned.campaign.content_sid,
        content_variables=planned.campaign.content_variables,
        picture=planned.campaign.picture,
        audience=planned.audience.words,
        channel_id=planned.campaign.channel_id,
        rule=rule_document(rule),
        time_zone=time.zone,
        operator_id=call.operator.id,
        next_due_at=time.first_at,
        created_at=call.now_at,
    )
