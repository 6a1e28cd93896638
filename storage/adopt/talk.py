"""What was said: messages, campaigns and who got them, templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import bindparam, select, update

from flows.values import Key, MessageStatus, Purpose
from storage.adopt.numbers import event_numbers
from storage.adopt.people import ensure_people
from storage.adopt.target import Counts, Ledger, Target, insert, insert_new, known_keys, numbered
from storage.documents import dump
from storage.keys import inbound_key
from storage.plan import Members, Plan, Statement, Write, in_pages
from storage.schema import campaigns, inbound_keys, messages, operators, recipients, templates

LENGTH, CODE_LENGTH = 120, 20
"""Of a provider's id, and of its code of an error; a longer one stands whole in the extras."""
SENT_OVER_THERE = "sent by the old system"
GONE_EVENT = "event 0"
"""The audience of what was meant for an event that is not here: nobody."""


@dataclass(frozen=True, slots=True)
class OldMessage:
    """A message, in or out."""

    key: Key
    row: str
    address: str
    is_inbound: bool
    status: MessageStatus
    body: str
    provider_id: str | None
    created_at: int
    updated_at: int | None = None
    campaign: Key | None = None
    error_code: str | None = None
    error_text: str | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Type, media, caption, acknowledgement, and whatever the old system noted."""


@dataclass(frozen=True, slots=True)
class OldCampaign:
    """A text to an audience."""

    key: Key
    row: str
    name: str | None
    text: str
    audience: str
    status: str
    content_sid: str | None = None
    due_at: int | None = None
    started_at: int | None = None
    completed_at: int | None = None
    created_at: int | None = None
    stopped_reason: str | None = None
    event: Key | None = None
    """Whose people it goes to, instead of the audience."""
    operator: Key | None = None
    """Who set it up."""
    is_expanded: bool = True
    """Its recipients are rows of their own; nobody is added."""
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OldRecipient:
    """One person of a campaign."""

    key: Key
    row: str
    campaign: Key
    address: str
    status: MessageStatus | None
    """None: nothing has been sent."""
    text: str = ""
    provider_id: str | None = None
    at: int | None = None
    error_text: str | None = None
    skipped: str | None = None
    """Why nothing ever will be."""
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Of the message, where the old log has none of its own."""


@dataclass(frozen=True, slots=True)
class OldTemplate:
    """A text approved at the provider, or waiting for that."""

    key: Key
    row: str
    name: str
    language: str
    category: str
    status: str
    content: str
    parameters: list[Any]
    created_at: int | None = None
    updated_at: int | None = None
    deleted_at: int | None = None


_BY_PROVIDER_ID = Members(
    (),
    lambda _engine, members: select(messages.c.provider_id, messages.c.id).where(
        messages.c.direction == "outbound", messages.c.provider_id.in_(members)
    ),
)
_RECIPIENTS = Members(
    ("campaign_id",),
    lambda _engine, members: select(recipients.c.address).where(
        recipients.c.campaign_id == bindparam("campaign_id"), recipients.c.address.in_(members)
    ),
)
_SETTLE = Statement(
    ("reason", "campaign_id", "address"),
    update(recipients)
    .where(
        recipients.c.campaign_id == bindparam("campaign_id"),
        recipients.c.address == bindparam("address"),
        recipients.c.status == "pending",
    )
    .values(status="skipped", reason=bindparam("reason"), due_at=None),
)
_TEMPLATES = Members(
    ("workspace_id",),
    lambda _engine, members: select(templates.c.name).where(
        templates.c.workspace_id == bindparam("workspace_id"),
        templates.c.name.in_(members),
        templates.c.deleted_at.is_(None),
    ),
)


def write_messages(target: Target, items: Sequence[OldMessage]) -> Plan[Counts]:
    """Write messages; a webhook that is repeated for one of them later is known as such."""
    people = yield from ensure_people(target, [one.address for one in items], min(one.created_at for one in items))
    counts = yield from insert_new(messages, [_message(target, one, people[one.address]) for one in items])
    seen = [one for one in items if one.is_inbound and one.provider_id]
    yield from insert(
        inbound_keys,
        [{"key": inbound_key(target.channel_id, one.provider_id or ""), "received_at": one.created_at} for one in seen],
    )
    return counts


def _message(target: Target, one: OldMessage, contact_id: Key) -> dict[str, Any]:
    out = not one.is_inbound
    purpose = Purpose.CAMPAIGN if one.campaign else Purpose.REPLY
    left = out and one.status in (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ)
    return {
        "id": one.key,
        "workspace_id": target.workspace_id,
        "channel_id": target.channel_id,
        "contact_id": contact_id,
        "direction": "outbound" if out else "inbound",
        "status": one.status.value,
        "address": one.address,
        "body": one.body,
        "extras": dump(extras) if (extras := _extras(one)) else None,
        "provider_id": one.provider_id[:LENGTH] if one.provider_id else None,
        "campaign_id": one.campaign,
        "purpose": purpose.value if out else None,
        "sent_at": one.created_at if left else None,
        "error_code": one.error_code[:CODE_LENGTH] if one.error_code else None,
        "error_text": one.error_text,
        "created_at": one.created_at,
        "updated_at": one.updated_at or one.created_at,
    }


def _extras(one: OldMessage) -> dict[str, Any]:
    """Keep whole what a column has no room for."""
    cut = {
        name: value
        for name, value, room in (
            ("provider_id", one.provider_id, LENGTH),
            ("error_code", one.error_code, CODE_LENGTH),
        )
        if value and len(value) > room
    }
    return {**one.extras, **cut}


def write_campaigns(target: Target, items: Sequence[OldCampaign]) -> Plan[Counts]:
    """Write campaigns, each under a number of its own."""
    known = yield from known_keys(campaigns, [one.key for one in items])
    there = yield from known_keys(operators, list({one.operator for one in items if one.operator}))
    items = [one if one.operator in there else replace(one, operator=None) for one in items]
    new = [one for one in items if one.key not in known]
    taken = yield from numbered(target.workspace_id, "campaign", len(new))
    events = (yield from event_numbers(target)) if any(one.event for one in new) else {}
    placed = [_with_event(one, events) for one in new]
    rows = [_campaign(target, one, number) for one, number in zip(placed, taken, strict=True)]
    yield from insert(campaigns, rows)
    return Counts(len(new), len(known))


def _with_event(one: OldCampaign, events: Mapping[Key, int]) -> OldCampaign:
    """Name the event whose people a campaign goes to; without the event it goes to nobody, and not by itself."""
    if one.event is None:
        return one
    if one.event in events:
        return replace(one, audience=f"event {events[one.event]}")
    is_open = one.status not in ("completed", "failed", "cancelled", "expired")
    reason = "its event is not here any more" if is_open else one.stopped_reason
    return replace(one, audience=GONE_EVENT, status="cancelled" if is_open else one.status, stopped_reason=reason)


def _campaign(target: Target, one: OldCampaign, number: int) -> dict[str, Any]:
    has_ended = one.status in ("completed", "failed", "cancelled", "expired")
    ended_at = one.completed_at or one.started_at or one.created_at or target.now_at
    is_late = one.status == "scheduled" and one.due_at is not None and one.due_at <= target.now_at
    due_at = target.now_at if is_late else one.due_at
    return {
        "id": one.key,
        "workspace_id": target.workspace_id,
        "number": number,
        "operator_id": one.operator,
        "name": one.name,
        "text": one.text,
        "content_sid": one.content_sid,
        "extras": dump(dict(one.extras)) if one.extras else None,
        "audience": one.audience,
        "channel_id": target.channel_id,
        "status": one.status,
        "time_zone": target.time_zone,
        "due_at": due_at,
        "not_after_at": due_at + target.max_lag if one.status == "scheduled" and due_at is not None else None,
        "started_at": one.started_at,
        "expanded_at": (one.started_at or target.now_at) if one.is_expanded else None,
        "completed_at": ended_at if has_ended else None,
        "stopped_reason": one.stopped_reason,
        "created_at": one.created_at or target.now_at,
        "updated_at": target.now_at,
    }


def write_recipients(target: Target, items: Sequence[OldRecipient]) -> Plan[Counts]:
    """Write who got a campaign; a hand-over without a message of its own in the old log gets one."""
    ledger = Ledger()
    people = yield from ensure_people(target, [one.address for one in items])
    sent: dict[str, Key] = {}
    for page in in_pages(list({one.provider_id for one in items if one.provider_id})):
        sent |= {row[0]: row[1] for row in (yield _BY_PROVIDER_ID.query(page))}
    there = yield from _recipients(items)
    own = yield from known_keys(messages, [one.key for one in items])
    rows, made, placed = [], [], set[tuple[Key, str]]()
    for one in items:
        place = (one.campaign, one.address)
        if place in there or place in placed:
            if place in placed:
                ledger.merge(one.row, f"{one.address} is a recipient of this campaign already")
            ledger.unchanged += place not in placed
            continue
        placed.add(place)
        ledger.written += 1
        message = sent.get(one.provider_id or "") if one.status is not None else None
        if one.status is not None and message is None:
            message = one.key
            if one.key not in own:
                made.append(_handed_over(target, one, people[one.address]))
        rows.append(_recipient(target, one, people[one.address], message))
    yield from insert(messages, made)
    yield from insert(recipients, rows)
    return ledger.counts()


def settle_handed_over(items: Sequence[OldRecipient]) -> Plan[None]:
    """Leave out whom the old system has written to since we took them over as pending: nobody gets it twice."""
    rows = [(SENT_OVER_THERE, item.campaign, item.address) for item in items if item.status is not None]
    if rows:
        yield Write(_SETTLE, rows)


def _recipients(items: Sequence[OldRecipient]) -> Plan[set[tuple[Key, str]]]:
    found: set[tuple[Key, str]] = set()
    for campaign in dict.fromkeys(one.campaign for one in items):
        for page in in_pages(list({one.address for one in items if one.campaign == campaign})):
            found |= {(campaign, row[0]) for row in (yield _RECIPIENTS.query(page, (campaign,)))}
    return found


def _handed_over(target: Target, one: OldRecipient, contact_id: Key) -> dict[str, Any]:
    at = one.at or target.now_at
    status = one.status or MessageStatus.SENT
    message = OldMessage(
        one.key, one.row, one.address, False, status, one.text, one.provider_id, at, None, one.campaign, None,
        one.error_text, one.extras,
    )  # fmt: skip
    return _message(target, message, contact_id)


def _recipient(target: Target, one: OldRecipient, contact_id: Key, message: Key | None) -> dict[str, Any]:
    status = "queued" if message else "skipped" if one.skipped else "pending"
    return {
        "campaign_id": one.campaign,
        "address": one.address,
        "contact_id": contact_id,
        "status": status,
        "reason": one.skipped[:40] if one.skipped and message is None else None,
        "message_id": message,
        "due_at": target.now_at if status == "pending" else None,
    }


def write_templates(target: Target, items: Sequence[OldTemplate]) -> Plan[Counts]:
    """Write templates; a living one whose name is taken is that one."""
    own = yield from known_keys(templates, [one.key for one in items])
    taken: set[str] = set()
    for page in in_pages(list({one.name for one in items})):
        taken |= {row[0] for row in (yield _TEMPLATES.query(page, (target.workspace_id,)))}
    ledger, rows = Ledger(), []
    for one in items:
        if one.key in own:
            ledger.unchanged += 1
        elif one.deleted_at is None and one.name in taken:
            ledger.merge(one.row, f"the template {one.name} is here already, and stays as it is")
        else:
            ledger.written += 1
            taken |= {one.name} if one.deleted_at is None else set()
            rows.append(_template(target, one))
    yield from insert(templates, rows)
    return ledger.counts()


def _template(target: Target, one: OldTemplate) -> dict[str, Any]:
    return {
        "id": one.key,
        "workspace_id": target.workspace_id,
        "name": one.name,
        "language": one.language,
        "category": one.category,
        "status": one.status,
        "content": one.content,
        "parameters": dump(one.parameters),
        "created_at": one.created_at or target.now_at,
        "updated_at": one.updated_at or one.created_at or target.now_at,
        "deleted_at": one.deleted_at,
    }
