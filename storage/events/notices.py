"""Notices of a change: a campaign whose recipients are the event's list at the moment of the change."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, bindparam, insert, literal_column, select

from flows.values import ContactStatus, Key, RegistrationStatus
from storage.campaigns.rows import Campaign, add_campaign
from storage.outbox.words import word
from storage.plan import Plan, Statement, Write
from storage.schema import contacts, recipients, registrations

_ON_LIST = registrations.c.status.in_([word(RegistrationStatus.REGISTERED), word(RegistrationStatus.WAITING)])
_CAN_BE_MEANT = (contacts.c.deleted_at.is_(None), contacts.c.status != word(ContactStatus.BLOCKED))
_TAKE = Statement(
    ("campaign_id", "due_at", "event_id"),
    insert(recipients).from_select(
        ["campaign_id", "address", "contact_id", "status", "due_at"],
        select(
            bindparam("campaign_id", type_=recipients.c.campaign_id.type),
            contacts.c.address,
            contacts.c.id,
            literal_column("'pending'"),
            bindparam("due_at", type_=BigInteger),
        )
        .select_from(registrations)
        .join(contacts, contacts.c.id == registrations.c.contact_id)
        .where(registrations.c.event_id == bindparam("event_id"), _ON_LIST, *_CAN_BE_MEANT),
    ),
)


def on_list(event_id: Key) -> ColumnElement[bool]:
    """Say in SQL whether a row of `contacts` is on an event's list or waiting list, blocked people aside."""
    listed = select(registrations.c.contact_id).where(registrations.c.event_id == event_id, _ON_LIST)
    return contacts.c.id.in_(listed) & _CAN_BE_MEANT[0] & _CAN_BE_MEANT[1]


def add_notice(campaign: Campaign, event_id: Key) -> Plan[None]:
    """Write a notice with its recipients, whose event must be held.

    Once it is written the event may go: nothing about the recipients is read from its list again.
    """
    yield from add_campaign(campaign)
    yield Write(_TAKE, [(campaign.id, campaign.due_at, event_id)])
