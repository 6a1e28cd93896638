"""One contact of an audience: what it gets, by which channel, when, or why not. The same for preview and campaign."""

from __future__ import annotations

from dataclasses import dataclass

from bot.turns import House
from flows.campaigns.personal import words_of, write_for
from flows.campaigns.quiet import QuietHours, earliest_at
from flows.campaigns.skips import Skip, outside_window, skipped
from flows.language.phones import SenderKind, sender_kind, time_zones
from flows.language.segments import Measure, measure
from flows.values import Key, Transport
from storage.campaigns.facts import Facts
from storage.channels import Channel


@dataclass(frozen=True, slots=True)
class Considered:
    """What a campaign does about one contact."""

    facts: Facts
    channel: Channel | None
    address: str
    body: str = ""
    measured: Measure | None = None
    due_at: int = 0
    """Now, or the end of quiet hours where the person is."""
    reason: Skip | None = None


def consider(house: House, text: str, default: Key, quiet: QuietHours | None, facts: Facts, now_at: int) -> Considered:
    """Decide about one contact; raises `FlowError` when the text cannot be filled."""
    channel = house.channels_by_id.get(facts.channel_id or default)
    address = facts.channel_address or facts.address
    if channel is None or (facts.channel_id is None and not _can_be_first(channel, facts.address)):
        return Considered(facts, channel, address, reason=Skip.UNREACHABLE)
    reason = skipped(facts.status, facts.opted_out, facts.suppressed, channel.provider)
    if reason is None and outside_window(channel.transport, facts.last_inbound_at, now_at):
        reason = Skip.WINDOW
    if reason is not None:
        return Considered(facts, channel, address, reason=reason)
    body = write_for(text, words_of(facts.name, facts.language, facts.fields, facts.records))
    zones = (facts.time_zone,) if facts.time_zone else time_zones(facts.address) or (house.workspace.time_zone,)
    return Considered(facts, channel, address, body, measure(body), earliest_at(now_at, zones, quiet))


def _can_be_first(channel: Channel, address: str) -> bool:
    """Say whether we may write to somebody who never wrote to us: by phone number, and not by WhatsApp."""
    return sender_kind(address) is SenderKind.PHONE and channel.transport is not Transport.WHATSAPP
