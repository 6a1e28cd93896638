"""SCHEDULE and MOVE: campaigns at a time, once or again and again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from bot.actions.audiences import Audience
from bot.actions.base import Call, Done, Preview, Result, refused
from bot.actions.running import campaign_of, writes_of
from bot.actions.sending import ask, called, check, fingerprint_of
from flows.commands.reading import split_audience
from flows.effects import Template
from flows.errors import CommandError
from flows.schedules.occurrences import next_occurrence
from flows.schedules.reading import parse_when, split_when
from flows.schedules.rules import rule_document
from flows.schedules.values import Moment, Recurrence, Refusal, When
from flows.schedules.wording import notes, refusal_text, when_text
from flows.values import MINUTE
from storage.campaigns.rows import Campaign, add_campaign
from storage.keys import new_key
from storage.numbers import next_number
from storage.schedules import Schedule, add_schedule


async def schedule(call: Call) -> Result:
    """Send a text to an audience at a time, or at every time of a rule, after its preview and code."""
    zone = call.desk.house.workspace.time_zone
    found = split_when(call.argument("rest"), call.row.created_at, zone)
    if isinstance(found, Refusal):
        return refused(refusal_text(found, call.language))
    when, rest = found
    words, text = split_audience(rest)
    checked = await check(call, words, text)
    if isinstance(checked, Done):
        return checked
    audience, count = checked
    fingerprint = fingerprint_of("SCHEDULE", audience, text, count, _written(when))
    if not call.is_confirmed or fingerprint != call.row.fingerprint:
        lines = (when_text(when, zone, call.language), *notes(when, call.language))
        return ask(call, audience, text, count, fingerprint, *lines)
    number = await call.desk.database.run(next_number(call.row.workspace_id, "campaign"))
    said = {"number": number, "when": when_text(when, zone, call.language), "audience": audience.words}
    news = Template("operator_schedule_news", {**said, "name": called(call), "text": text})
    done = Done((Template("operator_scheduled", said),), news=(news,))
    if isinstance(when, Recurrence):
        made = _recurring(call, audience, text, when, number)
        return replace(done, writes=lambda: add_schedule(made))
    campaign = _once(call, audience, text, when, number)
    return replace(done, writes=lambda: add_campaign(campaign))


async def move(call: Call) -> Result:
    """Give a scheduled campaign another time, after its code."""
    typed, _, words = call.argument("rest").strip().partition(" ")
    campaign = await campaign_of(call, typed)
    if campaign.status != "scheduled":
        raise CommandError(f"Campaign {campaign.number} is {campaign.status}: only a scheduled one can be moved.")
    zone = call.desk.house.workspace.time_zone
    when = parse_when(words, call.row.created_at, zone)
    if isinstance(when, Refusal):
        return refused(refusal_text(when, call.language))
    if isinstance(when, Recurrence):
        raise CommandError("MOVE takes one time, such as MOVE 12 tomorrow 9am. SCHEDULE makes what recurs.")
    shown = when_text(when, zone, call.language)
    fingerprint = hashlib.sha256(f"MOVE\0{campaign.number}\0{when.due_at}".encode()).digest()
    if not call.is_confirmed or fingerprint != call.row.fingerprint:
        says = Template("operator_move", {"number": campaign.number, "when": shown})
        return Preview((says, *notes(when, call.language)), fingerprint)
    lag = call.desk.rules.max_lag_minutes * MINUTE
    moved = replace(campaign, due_at=when.due_at, hold_until_at=None, not_after_at=when.due_at + lag)
    said = {"number": campaign.number, "when": shown, "audience": campaign.audience}
    news = Template("operator_schedule_news", {**said, "name": called(call), "text": campaign.text})
    return Done((Template("operator_scheduled", said),), writes_of(call, moved, "scheduled"), news=(news,))


def _written(when: When) -> str:
    if isinstance(when, Moment):
        return str(when.due_at)
    return json.dumps(rule_document(when), sort_keys=True)


def _once(call: Call, audience: Audience, text: str, when: Moment, number: int) -> Campaign:
    return Campaign(
        id=new_key(),
        workspace_id=call.row.workspace_id,
        number=number,
        text=text,
        audience=audience.words,
        channel_id=call.row.channel_id or b"",
        status="scheduled",
        time_zone=call.desk.house.workspace.time_zone,
        operator_id=call.operator.id,
        command_id=call.row.id,
        due_at=when.due_at,
        not_after_at=when.due_at + call.desk.rules.max_lag_minutes * MINUTE,
        created_at=call.now_at,
    )


def _recurring(call: Call, audience: Audience, text: str, rule: Recurrence, number: int) -> Schedule:
    zone = call.desk.house.workspace.time_zone
    first = next_occurrence(rule, zone, call.now_at)
    if first is None:
        raise CommandError("That time never comes any more: nothing was scheduled.")
    return Schedule(
        id=new_key(),
        workspace_id=call.row.workspace_id,
        number=number,
        text=text,
        audience=audience.words,
        channel_id=call.row.channel_id or b"",
        rule=rule_document(rule),
        time_zone=zone,
        operator_id=call.operator.id,
        next_due_at=first[0],
        created_at=call.now_at,
    )
