"""BLAST, RETRY and TEST: a text to many, after a preview and a code; a text to oneself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.actions.audiences import Audience, find_audience, find_retry
from bot.actions.base import Call, Done, Preview, Result, refused
from bot.actions.counting import Count, count_audience, names_of, preview_of
from bot.actions.pictures import check_picture
from bot.actions.running import campaign_of, check_side
from bot.actions.templates import content_of_command
from bot.audience import content_of, sending_of
from bot.letters import letter_of, post
from flows.campaigns.personal import check_names, words_of
from flows.campaigns.quiet import read_quiet_hours
from flows.campaigns.templates import Content
from flows.commands.confirm import Reach, fingerprint_of, needs_second
from flows.effects import Template
from flows.errors import CommandError
from flows.values import MINUTE, SECOND
from storage.campaigns.facts import facts_of
from storage.campaigns.rows import Campaign, add_campaign
from storage.documents import dump
from storage.keys import new_key
from storage.numbers import next_number
from storage.pictures import is_kept
from storage.plan import Plan

MAX_CHARACTERS = 1_600
"""One message is one provider call."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A campaign that is about to be confirmed: whom it reaches, and what the code stands for."""

    campaign: Campaign
    audience: Audience
    count: Count
    fingerprint: bytes


async def blast(call: Call) -> Result:
    """Send a text to an audience, after its preview and code."""
    audience = await find_audience(call.desk, call.argument("audience"))
    content = await content_of_command(call)
    return await _send_now(call, audience, draft(call, audience.words, content), content)


async def retry(call: Call) -> Result:
    """Send a campaign again to those alone who failed for a passing reason, after its preview and code."""
    old = await campaign_of(call)
    check_side(call, old)
    if old.status in ("scheduled", "running", "paused"):
        raise CommandError(f"Campaign {old.number} is {old.status}: RETRY comes after its end.")
    number = old.retry_of or old.number
    audience = await find_retry(call.desk, number)
    content = content_of(old)
    if content.picture is not None and not await call.desk.database.run(is_kept(content.picture)):
        raise CommandError(f"The picture of campaign {old.number} is not kept any more: send it as a new blast.")
    again = replace(draft(call, audience.words, content, retry_of=number), texts=old.texts)
    return await _send_now(call, audience, again, content)


async def test(call: Call) -> Result:
    """Send a text to the operator alone, as it would read and leave for them."""
    content = await content_of_command(call)
    async with call.desk.database.read() as connection:
        (one,) = await facts_of(connection, call.row.workspace_id, [call.row.contact_id or b""])
    check_names(content.text, frozenset(names_of(one)))
    words = words_of(one.name, one.language, one.fields, one.records)
    check_picture(call, one, content)
    letter = letter_of(content, words, call.row.address, call.row.message_id or call.row.id)
    if content.picture is not None:
        letter = replace(letter, picture_url=call.desk.picture_url(content.picture, call.now_at))

    def writes() -> Plan[None]:
        yield from post(call.desk.house, call.row.channel_id or b"", [letter], call.now_at)

    return Done((), writes)


def draft(
    call: Call,
    audience: str,
    content: Content,
    *,
    due_at: int | None = None,
    zone: str = "",
    retry_of: int | None = None,
) -> Campaign:
    """Make the campaign of a command, without its number; due at once where no time is given."""
    home = call.desk.house.workspace.time_zone
    asked_at = call.row.created_at
    return Campaign(
        id=new_key(),
        workspace_id=call.row.workspace_id,
        number=0,
        text=content.text,
        content_sid=content.content_sid,
        content_variables=None if content.variables is None else dump(content.variables),
        picture=content.picture,
        audience=audience,
        channel_id=call.row.channel_id or b"",
        status="scheduled",
        time_zone=zone or home,
        operator_id=call.operator.id,
        command_id=call.row.id,
        retry_of=retry_of,
        due_at=call.now_at if due_at is None else due_at,
        created_at=asked_at,
    )


async def plan(
    call: Call, campaign: Campaign, audience: Audience, *, when: str = "", at: int | None = None
) -> Planned | Done:
    """Count whom a campaign would reach and bind all that the code stands for; or say why nothing can be sent.

    `when` is the time in words that mean one thing and `at` its moment; without them it is now. Raises `CommandError`
    for a placeholder that nobody has.
    """
    if len(campaign.text) > MAX_CHARACTERS:
        return refused(Template("operator_too_long", {"length": len(campaign.text), "limit": MAX_CHARACTERS}))
    sending = sending_of(campaign, audience.scopes, read_quiet_hours(call.desk.rules.quiet_hours))
    count = await count_audience(call.desk, audience, sending, at or call.now_at)
    check_names(campaign.text, frozenset(count.known))
    if not count.recipient_count:
        return refused(Template("operator_nobody", {"audience": audience.words, "skips": count.skipped(call.language)}))
    limit = call.desk.house.limits.campaign_segments
    if limit and count.segment_count > limit:
        return refused(Template("operator_over_ceiling", {"segments": count.segment_count, "limit": limit}))
    reach = Reach(count.recipient_count, count.digest.to_bytes(32, "big"))
    bound = {
        "audience": audience.words,
        "text": campaign.text,
        "template": campaign.content_sid,
        "variables": campaign.content_variables,
        "picture": campaign.picture,
        "when": when,
    }
    return Planned(campaign, audience, count, fingerprint_of(call.row.verb, bound, reach))


def ask(call: Call, planned: Planned, content: Content, *lines: str) -> Preview | None:
    """Show what would happen, first the lines, and ask for the code; None when the code for just that was right."""
    if call.stands(planned.fingerprint):
        return None
    says = preview_of(call, planned.audience.words, content, planned.count)
    is_shared = needs_second(planned.count.recipient_count, call.desk.rules.second_admin_above)
    return Preview((*lines, says), planned.fingerprint, is_shared=is_shared)


async def _send_now(call: Call, audience: Audience, campaign: Campaign, content: Content) -> Result:
    planned = await plan(call, campaign, audience)
    if isinstance(planned, Done):
        return planned
    return ask(call, planned, content) or await _begin(call, planned)


async def _begin(call: Call, planned: Planned) -> Done:
    rules, campaign, count = call.desk.rules, planned.campaign, planned.count
    hold_until_at = call.now_at + rules.hold_seconds * SECOND
    not_after_at = hold_until_at + rules.max_lag_minutes * MINUTE
    number = await call.desk.database.run(next_number(call.row.workspace_id, "campaign"))
    begun = replace(campaign, number=number, due_at=call.now_at, hold_until_at=hold_until_at, not_after_at=not_after_at)
    said = {"audience": planned.audience.words, "recipients": count.recipient_count}
    return Done(
        (Template("operator_blast_begun", {**said, "number": number, "hold": rules.hold_seconds}),),
        lambda: add_campaign(begun),
        news=(Template("operator_blast_news", {**said, "name": call.operator_name, "text": campaign.text}),),
    )
