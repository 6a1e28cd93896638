"""One contact of an audience: what it gets, by which channel, when, or why not. The same for preview and campaign."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.house import House
from flows.campaigns.local import EAST, at_their_place
from flows.campaigns.personal import words_of, write_for
from flows.campaigns.quiet import QuietHours, earliest_at
from flows.campaigns.skips import Skip, outside_window, skipped
from flows.language.phones import SenderKind, sender_kind, time_zones
from flows.language.segments import Measure, measure
from flows.values import Key, Transport
from storage.campaigns.facts import Facts
from storage.campaigns.rows import Campaign
from storage.channels import Channel


@dataclass(frozen=True, slots=True)
class Sending:
    """What a campaign sends to everybody, and within which bounds."""

    text: str
    channel_id: Key
    """For those who never wrote; others get it where they wrote last."""
    quiet: QuietHours | None = None
    scopes: AbstractSet[str] = frozenset()
    """Of opt-outs that count beside `all`: those of the events whose people are written to."""
    local_due_at: int | None = None
    """The time where each person is, on the eastern clock (`flows.campaigns.local`); None: at once."""
    is_template: bool = False
    """A template approved at the provider: it may begin a conversation, and go out of WhatsApp's window."""
    since_at: int = 0
    """What was over where a person is before the command was given is not made up for."""


def sending_of(campaign: Campaign, scopes: AbstractSet[str], quiet: QuietHours | None) -> Sending:
    """Give what a campaign sends."""
    local_due_at = campaign.due_at if campaign.time_zone == EAST else None
    is_template = campaign.content_sid is not None
    return Sending(campaign.text, campaign.channel_id, quiet, scopes, local_due_at, is_template, campaign.created_at)


@dataclass(frozen=True, slots=True)
class Considered:
    """What a campaign does about one contact."""

    facts: Facts
    channel: Channel | None
    address: str
    body: str = ""
    measured: Measure | None = None
    due_at: int = 0
    """Now, the local time where the person is, or the end of quiet hours there."""
    reason: Skip | None = None


def consider(house: House, sending: Sending, facts: Facts, now_at: int) -> Considered:
    """Decide about one contact; raises `FlowError` when the text cannot be filled."""
    channel = house.channels_by_id.get(facts.channel_id or sending.channel_id)
    address = facts.channel_address or facts.address
    is_first = facts.channel_id is None and not sending.is_template
    if channel is None or (is_first and not _can_be_first(channel, facts.address)):
        return Considered(facts, channel, address, reason=Skip.UNREACHABLE)
    zones = (facts.time_zone,) if facts.time_zone else time_zones(facts.address) or (house.workspace.time_zone,)
    due_at = now_at
    if sending.local_due_at is not None:
        due_at = at_their_place(sending.local_due_at, zones, house.workspace.time_zone)
    reason = _reason(sending, facts, channel, due_at, now_at)
    if reason is None and not house.limits.countries.allow(facts.address):
        reason = Skip.COUNTRY
    if reason is not None:
        return Considered(facts, channel, address, reason=reason)
    body = write_for(sending.text, words_of(facts.name, facts.language, facts.fields, facts.records))
    leaves_at = earliest_at(max(due_at, now_at), zones, sending.quiet)
    return Considered(facts, channel, address, body, measure(body), leaves_at)


def _reason(sending: Sending, facts: Facts, channel: Channel, due_at: int, now_at: int) -> Skip | None:
    if not facts.opted_out.isdisjoint(sending.scopes):
        return Skip.OPTED_OUT
    if facts.is_duplicate:
        return Skip.DUPLICATE
    if due_at < (sending.since_at or now_at):
        return Skip.LATE
    reason = skipped(facts.status, facts.opted_out, facts.suppressed, channel.provider)
    if reason is not None or sending.is_template:
        return reason
    is_outside = outside_window(channel.transport, facts.last_inbound_at, max(due_at, now_at))
    return Skip.WINDOW if is_outside else None


def _can_be_first(channel: Channel, address: str) -> bool:
    """Say whether we may write to somebody who never wrote to us: by phone number, and not by WhatsApp."""
    return sender_kind(address) is SenderKind.PHONE and channel.transport is not Transport.WHATSAPP
