"""One contact of an audience: what it gets, by which channel, when, or why not. The same for preview and campaign."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from bot.house import House
from flows.campaigns.local import EAST, at_their_place
from flows.campaigns.personal import words_of, write_for
from flows.campaigns.pictures import MMS_SEGMENTS, takes_picture
from flows.campaigns.quiet import QuietHours, earliest_at
from flows.campaigns.skips import Skip, outside_window, skipped
from flows.campaigns.templates import Content, described, fill_variables
from flows.language.phones import SenderKind, sender_kind, time_zones
from flows.language.segments import Measure, measure
from flows.values import DAY, ContactStatus, Key, Transport
from storage.campaigns.facts import Facts
from storage.campaigns.rows import Campaign
from storage.channels import Channel
from storage.documents import dump, load


@dataclass(frozen=True, slots=True)
class Sending:
    """What a campaign sends to everybody, and within which bounds."""

    content: Content
    channel_id: Key
    """For those who never wrote; others get it where they wrote last."""
    quiet: QuietHours | None = None
    scopes: AbstractSet[str] = frozenset()
    """Of opt-outs that count beside `all`: those of the events whose people are written to."""
    local_due_at: int | None = None
    """The time where each person is, on the eastern clock (`flows.campaigns.local`); None: at once."""
    texts: Mapping[str, str] | None = None
    """Of a notice of an event's change: the whole text by language. People who came by themselves are told of it, also
    those whom campaigns leave out as inactive."""
    last_at: int | None = None
    """When a notice is of no use any more: quiet hours that last longer do not hold it up."""
    since_at: int = 0
    """What was over where a person is before the command was given is not made up for."""


def sending_of(campaign: Campaign, scopes: AbstractSet[str], quiet: QuietHours | None) -> Sending:
    """Give what a campaign sends."""
    local_due_at = campaign.due_at if campaign.time_zone == EAST else None
    return Sending(
        content_of(campaign),
        campaign.channel_id,
        quiet,
        scopes,
        local_due_at,
        texts=campaign.texts,
        last_at=campaign.not_after_at if campaign.texts is not None else None,
        since_at=campaign.created_at,
    )


def content_of(campaign: Campaign) -> Content:
    """Return what a stored campaign sends: its text, and the template that carries it."""
    known = campaign.content_variables
    variables = None if known is None else load(known)
    return described(Content(campaign.text, campaign.content_sid, variables, picture=campaign.picture))


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
    content_sid: str | None = None
    """Of the template that goes out in place of the body; None: the body does."""
    content_variables: str | None = None
    """The template's filled gaps, a JSON object."""
    is_mms: bool = False
    """It leaves with a picture by SMS."""
    not_after_at: int | None = None
    """When WhatsApp's window for free text ends; None: it does not matter here."""


def consider(house: House, sending: Sending, facts: Facts, now_at: int) -> Considered:
    """Decide about one contact; raises `FlowError` when the text cannot be filled."""
    channel = house.channels_by_id.get(facts.channel_id or sending.channel_id)
    address = facts.channel_address or facts.address
    as_template = channel is not None and takes_template(channel, sending.content)
    is_first = facts.channel_id is None
    if channel is None or _crosses(house, sending, facts, channel):
        return Considered(facts, channel, address, reason=Skip.UNREACHABLE)
    if is_first and not _can_be_first(channel, facts.address, as_template=as_template):
        return Considered(facts, channel, address, reason=Skip.UNREACHABLE)
    due_at, leaves_at = _times(house, sending, facts, now_at)
    reason = _reason(sending, facts, channel, due_at, now_at)
    if reason is None and not house.limits.countries.allow(facts.address):
        reason = Skip.COUNTRY
    if reason is None and not as_template and outside_window(channel.transport, facts.last_inbound_at, leaves_at):
        reason = Skip.WINDOW
    if reason is None and not takes_content(house, channel, address, sending.content):
        reason = Skip.PICTURE
    if reason is not None:
        return Considered(facts, channel, address, reason=reason)
    words = words_of(facts.name, facts.language, facts.fields, facts.records)
    body = write_for(sending.content.text, words) if sending.texts is None else _notice(sending.texts, house, facts)
    if as_template:
        return _as_template(sending, Considered(facts, channel, address, body, measure(body), leaves_at), words)
    window_ends_at = _window_ends_at(channel, facts)
    is_mms = sending.content.picture is not None and channel.transport is Transport.SMS
    measured = replace(measure(body), segments=MMS_SEGMENTS) if is_mms else measure(body)
    return Considered(facts, channel, address, body, measured, leaves_at, is_mms=is_mms, not_after_at=window_ends_at)


def _crosses(house: House, sending: Sending, facts: Facts, channel: Channel) -> bool:
    """Return whether a text of the simulator's would leave it, or another one get in."""
    return facts.is_elsewhere or channel.is_simulated != house.is_simulated(sending.channel_id)


def takes_template(channel: Channel, content: Content) -> bool:
    """Return whether a content goes out on a channel as the provider's template: on WhatsApp, where there is one."""
    return content.content_sid is not None and channel.transport is Transport.WHATSAPP


def takes_content(house: House, channel: Channel, address: str, content: Content) -> bool:
    """Return whether the picture of a content, if there is one, can go to an address through a channel."""
    if content.picture is None or channel.transport is Transport.SIMULATOR:
        return True
    return house.is_public and takes_picture(channel.transport, channel.address, address, content.picture)


def _as_template(sending: Sending, text: Considered, words: Mapping[str, object]) -> Considered:
    variables = fill_variables(sending.content.variables or {}, words)
    if variables is None:
        return Considered(text.facts, text.channel, text.address, reason=Skip.NO_VALUE)
    return replace(
        text, content_sid=sending.content.content_sid, content_variables=dump(variables) if variables else None
    )


def _times(house: House, sending: Sending, facts: Facts, now_at: int) -> tuple[int, int]:
    """Return when a contact's message is due, and when it may leave because it is day there."""
    zones = (facts.time_zone,) if facts.time_zone else time_zones(facts.address) or (house.workspace.time_zone,)
    due_at = now_at
    if sending.local_due_at is not None:
        due_at = at_their_place(sending.local_due_at, zones, house.workspace.time_zone)
    leaves_at = earliest_at(max(due_at, now_at), zones, sending.quiet)
    is_too_late = sending.last_at is not None and leaves_at >= sending.last_at
    return due_at, now_at if is_too_late else leaves_at


def _notice(texts: Mapping[str, str], house: House, facts: Facts) -> str:
    """Return the text of a notice in the person's language, else in the organisation's, else in any."""
    spoken = (facts.language or house.workspace.language, house.workspace.language)
    wanted = (code for language in spoken for code in (language, language.partition("-")[0]))
    return next((texts[code] for code in wanted if code in texts), next(iter(texts.values())))


def _reason(sending: Sending, facts: Facts, channel: Channel, due_at: int, now_at: int) -> Skip | None:
    if not facts.opted_out.isdisjoint(sending.scopes):
        return Skip.OPTED_OUT
    if facts.is_duplicate:
        return Skip.DUPLICATE
    if due_at < (sending.since_at or now_at):
        return Skip.LATE
    is_told = sending.texts is not None and facts.status == ContactStatus.INACTIVE
    status = ContactStatus.ACTIVE if is_told else facts.status
    return skipped(status, facts.opted_out, facts.suppressed, channel.provider)


def _can_be_first(channel: Channel, address: str, *, as_template: bool) -> bool:
    """Return whether we may write to somebody who never wrote to us: by phone number, on WhatsApp by template alone."""
    is_free = channel.transport is not Transport.WHATSAPP or as_template
    return is_free and sender_kind(address) is SenderKind.PHONE


def _window_ends_at(channel: Channel, facts: Facts) -> int | None:
    is_bounded = channel.transport is Transport.WHATSAPP and facts.last_inbound_at is not None
    return (facts.last_inbound_at or 0) + DAY if is_bounded else None
