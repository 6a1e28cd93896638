"""Words in statements that must stand there literally, so that the partial indexes are used, and the guards."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal_column, or_, select
from sqlalchemy.types import String

from flows.values import ContactStatus, MessageStatus, Purpose
from storage.schema import campaigns, channels, contacts, messages, opt_outs, suppressions


def word(value: StrEnum | str) -> ColumnElement[Any]:
    """Write a word of ours into a statement; never for words of others."""
    return literal_column(f"'{value}'", String())


QUEUED = word(MessageStatus.QUEUED)
SENDING = word(MessageStatus.SENDING)
UNKNOWN = word(MessageStatus.UNKNOWN)
CONFIRMATION = word(Purpose.CONFIRMATION)
COMMAND = word(Purpose.COMMAND)
CAMPAIGN = word(Purpose.CAMPAIGN)


def is_uncertain() -> ColumnElement[bool]:
    """Repeat the condition of the index `ix_messages_uncertain`, without which SQLite does not use it."""
    return messages.c.status.in_([SENDING, UNKNOWN])


def is_open() -> ColumnElement[bool]:
    """Repeat the condition of the index `ix_messages_open`."""
    return messages.c.status.in_([QUEUED, SENDING, UNKNOWN])


def _is_theirs(address: ColumnElement[str]) -> ColumnElement[bool]:
    """Say that an address is the contact's: who wrote under a user id is also the one with that phone."""
    return address.in_([contacts.c.address, contacts.c.phone])


def opted_out() -> ColumnElement[bool]:
    """Say that the contact beside the message has opted out of everything."""
    return exists().where(
        opt_outs.c.workspace_id == messages.c.workspace_id,
        _is_theirs(opt_outs.c.address),
        opt_outs.c.scope == word("all"),
    )


def suppressed() -> ColumnElement[bool]:
    """Say that the contact beside the message cannot be reached through the channel's provider."""
    # A look-up instead of a join: a planner that begins with the channels has to sort the whole queue.
    of_channel = select(channels.c.provider).where(channels.c.id == messages.c.channel_id)
    provider = of_channel.correlate(messages).scalar_subquery()  # two levels up, where SQLAlchemy does not look itself
    return exists().where(
        suppressions.c.workspace_id == messages.c.workspace_id,
        _is_theirs(suppressions.c.address),
        suppressions.c.provider == provider,
    )


def reachable() -> ColumnElement[bool]:
    """Say that the contact beside the message may get it: its status allows that, and the number is not dead."""
    allowed = or_(
        contacts.c.status == word(ContactStatus.ACTIVE),
        and_(contacts.c.status == word(ContactStatus.INACTIVE), messages.c.purpose != CAMPAIGN),
    )
    return and_(allowed, contacts.c.deleted_at.is_(None), ~suppressed())


def may_be_sent() -> ColumnElement[bool]:
    """Say that consent lets the message out.

    A confirmation always; the answer to an operator's own command also after their STOP; anything else to people who
    are reachable and have not opted out, and what belongs to a campaign only while that runs.
    """
    runs = or_(
        messages.c.campaign_id.is_(None),
        exists().where(campaigns.c.id == messages.c.campaign_id, campaigns.c.status.in_([word("running")])),
    )
    return or_(
        messages.c.purpose == CONFIRMATION,
        and_(reachable(), or_(messages.c.purpose == COMMAND, and_(~opted_out(), runs))),
    )
