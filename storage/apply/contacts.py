"""What the turns of a batch changed about contacts, and the counters of their conversations."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, update

from flows.policy import pack
from flows.values import Contact, Key
from storage.apply.handled import Handled, write_all
from storage.plan import Plan, Statement, Values, insertion
from storage.schema import contacts, conversations

_CONTACT = Statement(
    ("name", "language", "doubt_at", "status", "now_at", "contact_id"),
    update(contacts)
    .where(contacts.c.id == bindparam("contact_id"))
    .values(
        name=bindparam("name"),
        language=bindparam("language"),
        doubt_at=bindparam("doubt_at"),
        status=bindparam("status"),
        updated_at=bindparam("now_at"),
    ),
)
_KEYS = ("contact_id", "channel_id")
_STATE = ("address", "last_message_at", "last_inbound_at", "message_count", "unread_count", "recent")
_CONVERSATION = insertion(conversations, (*_KEYS, "workspace_id", *_STATE), keys=_KEYS, update=_STATE)


def apply_contacts(batch: Sequence[Handled]) -> Plan[None]:
    """Write the contacts that changed and every conversation that was touched."""
    first: dict[Key, Contact] = {}
    last: dict[Key, Handled] = {}
    talks: dict[tuple[Key, Key], list[Handled]] = {}
    for handled in batch:
        if handled.before is None:
            continue
        contact_id = handled.before.id
        first.setdefault(contact_id, handled.before)
        last[contact_id] = handled
        talks.setdefault((contact_id, handled.channel.id), []).append(handled)
    changed = [_contact_row(last[contact_id]) for contact_id, before in first.items() if _differs(before, last)]
    yield from write_all(((_CONTACT, changed), (_CONVERSATION, [_conversation_row(talk) for talk in talks.values()])))


def _differs(before: Contact, last: dict[Key, Handled]) -> bool:
    after = last[before.id].after
    return after is not None and _written(after) != _written(before)


def _written(contact: Contact) -> Values:
    return (contact.name, contact.language, contact.doubt_at, contact.status.value)


def _contact_row(handled: Handled) -> Values:
    after = handled.after or handled.contact
    return (*_written(after), handled.now_at, after.id)


def _conversation_row(talk: Sequence[Handled]) -> Values:
    end = talk[-1]
    inbound_count = sum(handled.message is not None for handled in talk)
    reply_count = sum(len(handled.drafts) for handled in talk)
    return (
        end.contact.id,
        end.channel.id,
        end.channel.workspace_id,
        end.address,
        end.now_at,
        end.now_at if inbound_count else end.counts.last_inbound_at,
        end.counts.message_count + inbound_count + reply_count,
        end.counts.unread_count + inbound_count,
        pack(end.recent),
    )
