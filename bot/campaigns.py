"""The runner of campaigns: starts what is due, takes recipients page by page, ends what is done, and reports."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import structlog

from bot.actions.audiences import Audience, audience_of
from bot.actions.base import Desk
from bot.actions.counting import count_audience
from bot.actions.standing import LAPSED, admin_phones, lapsed_operator, pause_schedule
from bot.audience import Considered, consider, sending_of
from bot.clock import Clock
from bot.house import know_all
from bot.letters import Letter, post
from bot.runtime.loop import Loop
from bot.runtime.one_by_one import OneByOne
from bot.tally import spoken_status, tally
from flows.campaigns.local import EAST, SPREAD
from flows.campaigns.machine import CAMPAIGN_TABLE
from flows.campaigns.quiet import QuietHours, read_quiet_hours
from flows.campaigns.skips import Skip
from flows.effects import Template
from flows.errors import Conflict, FlowError
from flows.limits import CEILING
from flows.machine import advance
from flows.schedules.occurrences import next_occurrence
from flows.schedules.rules import rule_of
from flows.values import MINUTE, Key, Purpose
from storage.campaigns.facts import Facts, facts_of, facts_page
from storage.campaigns.progress import has_pending, latest_outcomes, open_count, waits_on
from storage.campaigns.recipients import Recipient, count_recipients, due_recipients, release, write_page
from storage.campaigns.rows import Campaign, due_campaigns, move_campaign, running_campaigns
from storage.campaigns.stopping import postpone
from storage.keys import new_key
from storage.numbers import next_number
from storage.outbox.enqueue import Outgoing
from storage.outbox.spending import full_channels
from storage.plan import Plan
from storage.schedules import Schedule, due_schedules, fire, rest_schedule

log = structlog.get_logger(__name__)
PAGE = 500
"""Recipients per transaction: some 10 ms of the writer."""
AHEAD = 1_000
"""Messages of a campaign that wait in the outbox at most: PAUSE and CANCEL act at once, and memory stays flat."""
BUDGET_OF = 200
"""The last outcomes that the error budget looks at."""
POLL_SECONDS = 0.5


class CampaignRunner:
    """Works on as many nodes as there are: every step is fenced by the campaign's row."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._quiet: QuietHours | None = read_quiet_hours(desk.rules.quiet_hours)
        self.loop = Loop("campaigns", self.run_once, POLL_SECONDS)
        self._schedules = OneByOne("schedule", self.loop.beat)
        self._campaigns = OneByOne("campaign", self.loop.beat)
        self._on_written: Callable[[], None] = lambda: None

    def start(self, on_written: Callable[[], None]) -> None:
        """Begin to work; `on_written` hears when messages were queued."""
        self._on_written = on_written
        self.loop.start()

    async def stop(self) -> None:
        """End after the step that is under way; campaigns go on where they were, here or elsewhere."""
        await self.loop.stop()

    async def run_once(self) -> int:
        """Do the next step of every campaign; gives how many recipients were taken. Raises `StorageError`."""
        database = self._desk.database
        rules = await database.run(due_schedules(self._clock()))
        await self._schedules.run(rules, self._fire_or_pause, self._rest)
        await self._campaigns.run(await database.run(due_campaigns(self._clock())), self._begin, self._set_aside)
        full = await self._full_channels()
        if runs := await database.run(running_campaigns()):
            await database.run(know_all(self._desk.house))
        taken = await self._campaigns.run(runs, lambda one: self._step_or_fail(one, full), self._set_aside)
        if taken:
            self._on_written()
        return taken

    async def _fire_or_pause(self, rule: Schedule) -> int:
        """Fire a schedule, unless whoever set it up may not send any more: then it is paused, and the admins know."""
        who = await lapsed_operator(self._desk.database, rule.operator_id)
        if who is None:
            return await self._fire(rule)
        await self._desk.database.run(know_all(self._desk.house))
        await self._desk.database.run(pause_schedule(self._desk.house, rule, who, self._clock()))
        log.warning("schedule_lapsed", number=rule.number)
        self._on_written()
        return 0

    async def _rest(self, rule: Schedule, reason: str) -> None:
        """Pause a schedule that cannot go on, and tell whoever set it up and the admins why."""
        database, now_at = self._desk.database, self._clock()
        await database.run(know_all(self._desk.house))
        says = (Template("operator_set_aside", {"is_schedule": True, "number": rule.number, "reason": reason}),)
        letters = [Letter(address, says, is_urgent=True) for address in self._concerned(rule.operator_id)]

        def plan() -> Plan[None]:
            if not (yield from rest_schedule(rule.id, reason, now_at)):
                raise Conflict
            yield from post(self._desk.house, rule.channel_id, letters, now_at)

        await database.run(plan())
        self._on_written()

    async def _set_aside(self, campaign: Campaign, reason: str) -> None:
        """Pause a campaign whose step raised, and tell whoever set it up and the admins why."""
        database, now_at = self._desk.database, self._clock()
        await database.run(know_all(self._desk.house))
        paused = replace(campaign, status=advance(CAMPAIGN_TABLE, campaign.status, "pause"), stopped_reason=reason)
        says = (Template("operator_set_aside", {"is_schedule": False, "number": campaign.number, "reason": reason}),)
        letters = [Letter(address, says, is_urgent=True) for address in self._concerned(campaign.operator_id)]

        def plan() -> Plan[None]:
            if not (yield from move_campaign(paused, campaign.status, now_at)):
                raise Conflict
            yield from post(self._desk.house, campaign.channel_id, letters, now_at)

        await database.run(plan())
        self._on_written()

    def _concerned(self, operator_id: Key | None) -> list[str]:
        known = self._desk.house.operators.values()
        return [one.address for one in known if one.role == "admin" or one.id == operator_id]

    async def _fire(self, rule: Schedule) -> int:
        """Make the campaign of one occurrence; its key exists once, on however many nodes."""
        recurrence, due_at, now_at = rule_of(rule.rule), rule.next_due_at or 0, self._clock()
        here = next_occurrence(recurrence, rule.time_zone, due_at - 1)
        # Of what a long absence missed one campaign expires, and says so; the others are passed over.
        lag = self._desk.rules.max_lag_minutes * MINUTE
        after = next_occurrence(recurrence, rule.time_zone, max(due_at, now_at - lag))
        if here is None:
            raise FlowError("Its rule has no time any more.")
        number = await self._desk.database.run(next_number(rule.workspace_id, "campaign"))
        campaign = Campaign(
            id=new_key(),
            workspace_id=rule.workspace_id,
            number=number,
            text=rule.text,
            content_sid=rule.content_sid,
            content_variables=rule.content_variables,
            picture=rule.picture,
            audience=rule.audience,
            channel_id=rule.channel_id,
            status="scheduled",
            time_zone=rule.time_zone,
            operator_id=rule.operator_id,
            schedule_id=rule.id,
            due_at=due_at,
            not_after_at=due_at + lag + (SPREAD if rule.time_zone == EAST else 0),
            created_at=now_at,
        )
        status = "active" if after else "ended"
        moved = replace(rule, next_due_at=after[0] if after else None, status=status)
        await self._desk.database.run(fire(rule, here[1], campaign, moved, now_at))
        return 1

    async def _begin(self, campaign: Campaign) -> int:
        now_at = self._clock()
        is_late = campaign.not_after_at is not None and now_at > campaign.not_after_at
        event = "expire" if is_late else "start"
        moved = replace(campaign, status=advance(CAMPAIGN_TABLE, campaign.status, event), started_at=now_at)
        if is_late:
            moved = replace(moved, completed_at=now_at, stopped_reason="late")
        elif await lapsed_operator(self._desk.database, campaign.operator_id) is not None:
            await self._pause_lapsed(campaign)
            return 0
        await self._move(moved, campaign.status, report=is_late)
        return 1

    async def _pause_lapsed(self, campaign: Campaign) -> None:
        status = advance(CAMPAIGN_TABLE, campaign.status, "pause")
        await self._move(replace(campaign, status=status, stopped_reason=LAPSED), campaign.status, report=True)
        log.warning("campaign_lapsed", number=campaign.number)

    async def _step_or_fail(self, campaign: Campaign, full: frozenset[Key]) -> int:
        """Take the next step; a campaign that cannot go on (its group is gone) ends, and holds no other one up."""
        try:
            return await self._step(campaign, full)
        except FlowError as error:
            failed = replace(campaign, status=advance(CAMPAIGN_TABLE, "running", "fail"), completed_at=self._clock())
            await self._move(replace(failed, stopped_reason=error.message), "running", report=True)
            return 0

    async def _step(self, campaign: Campaign, full: frozenset[Key]) -> int:
        reason = await self._reason_to_pause(campaign, full)
        if reason is not None:
            paused = replace(campaign, status=advance(CAMPAIGN_TABLE, "running", "pause"), stopped_reason=reason)
            await self._move(paused, "running", report=True)
            return 0
        async with self._desk.database.read() as connection:
            waiting_count = await open_count(connection, campaign.id, AHEAD)
        if waiting_count >= AHEAD:
            return 0
        if campaign.expanded_at is None:
            return await self._take_page(campaign)
        released = await self._release(campaign)
        if not released and not waiting_count and not await self._has_pending(campaign):
            done = replace(campaign, status=advance(CAMPAIGN_TABLE, "running", "complete"), completed_at=self._clock())
            await self._move(done, "running", report=True)
        return released

    async def _reason_to_pause(self, campaign: Campaign, full: frozenset[Key]) -> str | None:
        if await lapsed_operator(self._desk.database, campaign.operator_id) is not None:
            return LAPSED
        if await self._is_over_budget(campaign):
            return "errors"
        if full and await self._waits_on(campaign, full):
            return CEILING
        limit = self._desk.house.limits.campaign_segments
        if not limit or campaign.cursor is not None or campaign.expanded_at is not None:
            return None
        # Nobody has been taken yet, and it may be long since the preview counted.
        audience = await audience_of(self._desk, campaign)
        sending = sending_of(campaign, audience.scopes, self._quiet)
        segments = (await count_audience(self._desk, audience, sending, self._clock())).segment_count
        return f"{segments} SMS segments, ROLLCALL_CAMPAIGN_SEGMENTS allows {limit}" if segments > limit else None

    async def _full_channels(self) -> frozenset[Key]:
        """Name the channels on which messages wait for the next day."""
        ceiling = self._desk.house.limits.ceiling(self._clock())
        return frozenset() if ceiling is None else await self._desk.database.run(full_channels(ceiling))

    async def _waits_on(self, campaign: Campaign, full: frozenset[Key]) -> bool:
        async with self._desk.database.read() as connection:
            return await waits_on(connection, campaign.id, full)

    async def _take_page(self, campaign: Campaign) -> int:
        audience = await audience_of(self._desk, campaign)
        is_simulated = self._desk.house.is_simulated(campaign.channel_id)
        async with self._desk.database.read() as connection:
            page = await facts_page(
                connection, campaign.workspace_id, audience.condition, campaign.cursor, PAGE, simulated=is_simulated
            )
        now_at, is_last = self._clock(), len(page) < PAGE
        taken = self._recipients(campaign, audience, page, now_at)
        cursor = page[-1].id if page else campaign.cursor
        return await self._desk.database.run(write_page(campaign, taken, cursor, now_at, is_last=is_last))

    async def _release(self, campaign: Campaign) -> int:
        now_at = self._clock()
        due = await self._desk.database.run(due_recipients(campaign.id, now_at, PAGE))
        if not due:
            return 0
        async with self._desk.database.read() as connection:
            ids, is_simulated = [one.contact_id for one in due], self._desk.house.is_simulated(campaign.channel_id)
            known = await facts_of(connection, campaign.workspace_id, ids, simulated=is_simulated)
        page = self._recipients(campaign, await audience_of(self._desk, campaign), known, now_at)
        there = {one.id for one in known}
        page += [replace(one, due_at=None, reason=Skip.UNREACHABLE) for one in due if one.contact_id not in there]
        await self._desk.database.run(release(campaign, page, now_at))
        return len(page)

    def _recipients(self, campaign: Campaign, audience: Audience, page: list[Facts], now_at: int) -> list[Recipient]:
        sending = sending_of(campaign, audience.scopes, self._quiet)
        house = self._desk.house
        return [self._recipient(campaign, consider(house, sending, facts, now_at), now_at) for facts in page]

    def _recipient(self, campaign: Campaign, one: Considered, now_at: int) -> Recipient:
        facts = one.facts
        if one.measured is None or one.channel is None:
            return Recipient(facts.address, facts.id, reason=one.reason)
        if one.due_at > now_at:
            return Recipient(facts.address, facts.id, due_at=one.due_at)
        too_late_at = now_at + self._desk.rules.max_lag_minutes * MINUTE
        outgoing = Outgoing(
            id=new_key(),
            workspace_id=campaign.workspace_id,
            channel_id=one.channel.id,
            contact_id=facts.id,
            address=one.address,
            body=one.body,
            segments=one.measured.segments,
            encoding=one.measured.encoding,
            purpose=Purpose.CAMPAIGN,
            campaign_id=campaign.id,
            media_url=None if campaign.picture is None else self._desk.picture_url(campaign.picture, now_at),
            content_sid=one.content_sid,
            content_variables=one.content_variables,
            not_after_at=min(too_late_at, one.not_after_at or too_late_at),
        )
        return Recipient(facts.address, facts.id, outgoing)

    async def _has_pending(self, campaign: Campaign) -> bool:
        async with self._desk.database.read() as connection:
            return await has_pending(connection, campaign.id)

    async def _is_over_budget(self, campaign: Campaign) -> bool:
        percent = self._desk.rules.error_budget_percent
        if not percent:
            return False
        async with self._desk.database.read() as connection:
            found = await latest_outcomes(connection, campaign.id, BUDGET_OF)
        failed = found["failed"] + found["undelivered"]
        return found.total() >= BUDGET_OF and failed * 100 > percent * found.total()

    def _told_of(self, campaign: Campaign) -> list[str]:
        """Name the phone of whoever set a campaign up; one that came from elsewhere, or lapsed, is every admin's."""
        own = [one.address for one in self._desk.house.operators.values() if one.id == campaign.operator_id]
        if own and campaign.stopped_reason != LAPSED:
            return own
        return list(dict.fromkeys((*admin_phones(self._desk.house), *own)))

    async def _move(self, campaign: Campaign, was: str, *, report: bool) -> None:
        now_at = self._clock()
        if report:
            await self._desk.database.run(know_all(self._desk.house))
        addresses, is_held = self._told_of(campaign), campaign.stopped_reason == CEILING
        async with self._desk.database.read() as connection:
            counted = await count_recipients(connection, campaign.id)
        values = {
            "number": campaign.number,
            "status": spoken_status(campaign.status),
            "reason": campaign.stopped_reason or "",
        }
        says = (Template("campaign_report", {**values, "counts": tally(counted)}),)

        def plan() -> Plan[None]:
            if not (yield from move_campaign(campaign, was, now_at)):
                raise Conflict
            if is_held:
                yield from postpone(campaign.id, now_at)
            if report and addresses:
                letters = [Letter(address, says, campaign.command_id, is_urgent=is_held) for address in addresses]
                yield from post(self._desk.house, campaign.channel_id, letters, now_at)

        with suppress(Conflict):
            await self._desk.database.run(plan())
        if report:
            self._on_written()
