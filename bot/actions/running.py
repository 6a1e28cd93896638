"""STATUS, LIST, PAUSE, RESUME, CANCEL and UNDO: campaigns that are there already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.actions.base import Call, Done
from bot.actions.standing import lapsed_operator
from bot.tally import spoken_status, tally
from bot.times import clock_text
from flows.campaigns.local import say_when
from flows.campaigns.machine import CAMPAIGN_TABLE
from flows.effects import Template
from flows.errors import CommandError, Conflict
from flows.schedules.occurrences import next_occurrence
from flows.schedules.rules import rule_of
from flows.schedules.values import Moment
from flows.values import Key
from storage.campaigns.recipients import count_recipients
from storage.campaigns.rows import Campaign, find_campaign, latest_campaigns, move_campaign, open_campaigns
from storage.campaigns.stopping import take_back
from storage.outbox.spending import spent_on
from storage.plan import Plan
from storage.schedules import Schedule, change_schedule, find_schedule, open_schedules


async def status(call: Call) -> Done:
    """Show how a campaign stands, and what was sent today where that has a ceiling."""
    spending = await _spending(call)
    if spending and call.number() is None and not await call.desk.database.run(latest_campaigns(call.row.workspace_id)):
        return Done(spending)
    campaign = await campaign_of(call)
    return Done((Template("campaign_report", await _values(call, campaign)), *spending))


async def list_open(call: Call) -> Done:
    """List what is scheduled, under way or paused."""
    language = call.language
    found = await call.desk.database.run(open_campaigns(call.row.workspace_id))
    lines = []
    for one in found:
        when = f", {_said(Moment(one.due_at), one.time_zone, language)}" if one.due_at is not None else ""
        stands = spoken_status(one.status).written(language)
        lines.append(f"{one.number} {stands}{when}: {one.audience}: {_short(one.text)}")
    for rule in await call.desk.database.run(open_schedules(call.row.workspace_id)):
        said = rule.stopped_reason or _said(rule, rule.time_zone, language)
        if rule.status == "active" and rule.next_due_at is not None:
            said += f", {_NEXT.get(language[:2], 'next')} {_clock(rule.next_due_at, rule.time_zone, language)}"
        stands = spoken_status(rule.status).written(language)
        lines.append(f"{rule.number} {stands}, {said}: {rule.audience}: {_short(rule.text)}")
    return Done((Template("operator_list", {"lines": lines}),))


async def pause(call: Call) -> Done:
    """Hold a campaign: not one message of it is claimed any more."""
    return await _move(call, "pause")


async def resume(call: Call) -> Done:
    """Let a held campaign go on where it was."""
    return await _move(call, "resume")


async def cancel(call: Call) -> Done:
    """End a campaign; says how many had left."""
    return await _move(call, "cancel")


async def undo(call: Call) -> Done:
    """Take the operator's last campaign back whole, while it is on hold."""
    found = await call.desk.database.run(latest_campaigns(call.row.workspace_id))
    own = next((one for one in found if one.operator_id == call.operator.id and _is_on_side(call, one)), None)
    if own is None or own.status != "scheduled":
        raise CommandError("Nothing is on hold any more. CANCEL with its number ends a campaign that runs.")
    return await _apply(call, own, "cancel")


async def _move(call: Call, event: str) -> Done:
    rule = await call.desk.database.run(find_schedule(call.row.workspace_id, call.number() or 0))
    if rule is not None:
        return await _move_rule(call, rule, event)
    return await _apply(call, await campaign_of(call), event)


_NEXT = {"es": "próxima vez"}
_RULE_MOVES = {
    ("active", "pause"): "paused",
    ("paused", "resume"): "active",
    ("active", "cancel"): "ended",
    ("paused", "cancel"): "ended",
}


async def _move_rule(call: Call, rule: Schedule, event: str) -> Done:
    check_side(call, rule)
    target = _RULE_MOVES.get((rule.status, event))
    if target is None:
        raise CommandError(f"{rule.number} is {rule.status}: it cannot be changed that way.")
    moved = replace(rule, status=target, stopped_reason=None, operator_id=await _holder(call, rule.operator_id, event))
    if event == "resume":
        moved = replace(moved, next_due_at=_next_of(rule, call.now_at))  # what a pause passed over stays out
    values = {"number": rule.number, "status": spoken_status(target), "name": call.operator_name}

    def writes() -> Plan[None]:
        if not (yield from change_schedule(moved, rule.status, call.now_at)):
            raise Conflict

    says = Template("campaign_report", {**values, "reason": "", "counts": []})
    return Done((says,), writes, news=(Template("campaign_news", values),))


def _next_of(rule: Schedule, now_at: int) -> int:
    """Find when a schedule is due next; raises `CommandError` where it never is."""
    try:
        after = next_occurrence(rule_of(rule.rule), rule.time_zone, now_at)
    except (LookupError, ValueError) as error:
        raise CommandError(
            f"{rule.number} cannot go on: its rule or time zone ({rule.time_zone}) cannot be read. "
            f"CANCEL {rule.number} ends it; set it up again with SCHEDULE."
        ) from error
    if after is None:
        raise CommandError(f"{rule.number} has no time any more. CANCEL {rule.number} ends it.")
    return after[0]


def _said(when: Moment | Schedule, zone: str, language: str) -> str:
    """Return when something is due; what cannot be read says so and keeps no list from being shown."""
    try:
        return say_when(rule_of(when.rule) if isinstance(when, Schedule) else when, zone, language)
    except (LookupError, ValueError):
        return f"{zone}?"


def _clock(at: int, zone: str, language: str) -> str:
    try:
        return clock_text(at, zone, language)
    except (LookupError, ValueError):
        return f"{clock_text(at, 'UTC', language)} UTC"


async def _apply(call: Call, campaign: Campaign, event: str) -> Done:
    check_side(call, campaign)
    due_at = campaign.hold_until_at or campaign.due_at or 0
    if event == "resume" and campaign.started_at is None and call.now_at < due_at:
        event = "wait"  # its time is still to come
    target = CAMPAIGN_TABLE.get((campaign.status, event))
    if target is None:
        raise CommandError(f"Campaign {campaign.number} is {campaign.status}: it cannot be changed that way.")
    ended_at = call.now_at if event == "cancel" else None
    started_at = campaign.started_at or (call.now_at if event == "resume" else None)
    holder = await _holder(call, campaign.operator_id, event)
    moved = replace(campaign, status=target, started_at=started_at, completed_at=ended_at, stopped_reason=None)
    moved = replace(moved, operator_id=holder)
    values = {**(await _values(call, moved)), "name": call.operator_name}
    return Done(
        (Template("campaign_report", values),),
        writes_of(call, moved, campaign.status),
        news=(Template("campaign_news", values),),
    )


async def _holder(call: Call, operator_id: Key | None, event: str) -> Key | None:
    """Return in whose right it goes on: whoever resumes what lost its operator answers for it from now on."""
    if event in ("resume", "wait") and await lapsed_operator(call.desk.database, operator_id) is not None:
        return call.operator.id
    return operator_id


def check_side(call: Call, one: Campaign | Schedule) -> None:
    """Raise `CommandError` where the simulator commands what reaches real phones, or the other way round."""
    if not _is_on_side(call, one):
        place = "outside the simulator, which" if call.is_simulated else "in the simulator: a real phone"
        raise CommandError(f"{one.number} was set up {place} cannot change it.")


def _is_on_side(call: Call, one: Campaign | Schedule) -> bool:
    return call.desk.house.is_simulated(one.channel_id) == call.is_simulated


def writes_of(call: Call, moved: Campaign, was: str) -> Callable[[], Plan[None]]:
    """Write a campaign's new state, and take back what has not left where it is cancelled."""

    def writes() -> Plan[None]:
        if not (yield from move_campaign(moved, was, call.now_at)):
            raise Conflict
        if moved.status == "cancelled":
            yield from take_back(moved.id, call.now_at)

    return writes


async def campaign_of(call: Call) -> Campaign:
    """Find the campaign that the command names, the latest where it names none; raises `CommandError`."""
    number = call.number()
    if number is None:
        latest = await call.desk.database.run(latest_campaigns(call.row.workspace_id))
        if not latest:
            raise CommandError("There is no campaign yet. For example: BLAST community: Hello!")
        return latest[0]
    found = await call.desk.database.run(find_campaign(call.row.workspace_id, number))
    if found is None:
        raise CommandError(f"There is no campaign {number}. LIST shows those that are open.")
    return found


async def _values(call: Call, campaign: Campaign) -> dict[str, object]:
    async with call.desk.database.read() as connection:
        counts = tally(await count_recipients(connection, campaign.id))
    reason = campaign.stopped_reason or ""
    return {"number": campaign.number, "status": spoken_status(campaign.status), "reason": reason, "counts": counts}


async def _spending(call: Call) -> tuple[Template, ...]:
    house = call.desk.house
    ceiling = house.limits.ceiling(call.now_at)
    if ceiling is None:
        return ()
    spent = await call.desk.database.run(spent_on(ceiling.day))
    return tuple(
        Template(
            "operator_spending",
            {"channel": channel.address, "segments": spent.get(key, 0), "limit": ceiling.segments},
        )
        for key, channel in house.channels_by_id.items()
    )


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"
