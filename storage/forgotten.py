"""People who asked to be forgotten: nothing of them is left but that they opted out, by a hash of their address.

The hash is by a key that only this installation's secret opens: whoever has nothing but the database, or a backup,
cannot try all phone numbers. Who comes back, by a message or in a list, is recognised: the opt-out counts again first.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from sqlalchemy import Text, and_, bindparam, cast, delete, func, literal_column, null, or_, select, update

from flows.values import Key, MessageStatus, Purpose, RegistrationStatus
from storage.audit.chain import Marks
from storage.commands import COLUMNS, changed, locked, marks_of
from storage.outbox.words import QUEUED, SENDING
from storage.plan import Hash, Members, Plan, Query, Statement, Write, in_pages, insertion
from storage.schema import (
    answers,
    campaigns,
    commands,
    consent_changes,
    contacts,
    events,
    forgotten,
    messages,
    opt_outs,
    recipients,
    registrations,
    search_entries,
    suppressions,
)

GONE = "(forgotten)"

_KNOWN = Members(
    ("workspace_id",),
    lambda _engine, members: select(
        forgotten.c.address_hash, forgotten.c.scope, forgotten.c.source, forgotten.c.opted_out_at
    ).where(forgotten.c.workspace_id == bindparam("workspace_id"), forgotten.c.address_hash.in_(members)),
)
_OPT_OUTS = Statement(
    ("workspace_id", "address"),
    select(opt_outs.c.scope, opt_outs.c.source, opt_outs.c.opted_out_at).where(
        opt_outs.c.workspace_id == bindparam("workspace_id"), opt_outs.c.address == bindparam("address")
    ),
)
_KEEP = insertion(forgotten, ("workspace_id", "address_hash", "scope", "source", "opted_out_at"), ignore=True)
_RECALL = insertion(opt_outs, ("workspace_id", "address", "scope", "source", "opted_out_at"), ignore=True)
_DROP = Statement(
    ("workspace_id", "address_hash"),
    delete(forgotten).where(
        forgotten.c.workspace_id == bindparam("workspace_id"), forgotten.c.address_hash == bindparam("address_hash")
    ),
)


def address_hash(workspace_id: Key, address: str) -> Plan[bytes]:
    """Hash an address for one workspace: the same person is another one elsewhere."""
    rows = yield Hash([workspace_id + address.encode()])
    return bytes(rows[0][0])


def address_hashes(workspace_id: Key, addresses: Sequence[str]) -> Plan[dict[bytes, str]]:
    """Give addresses by every hash under which they may be kept: ours, and that of before there was a root key."""
    rows = yield Hash([workspace_id + one.encode() for one in addresses])
    by_hash = {bytes(row[0]): one for row, one in zip(rows, addresses, strict=True)}
    return by_hash | {hmac.digest(workspace_id, one.encode(), hashlib.sha256): one for one in addresses}


def recall(workspace_id: Key, addresses: Sequence[str]) -> Plan[None]:
    """Let the opt-outs of forgotten people among new contacts count again."""
    by_hash = yield from address_hashes(workspace_id, addresses)
    for page in in_pages(list(by_hash)):
        rows = yield _KNOWN.query(page, (workspace_id,))
        if rows:
            yield Write(_RECALL, [(workspace_id, by_hash[bytes(row[0])], *row[1:]) for row in rows])
            yield Write(_DROP, [(workspace_id, key) for key in {row[0] for row in rows}])


_CANCEL = Statement(
    ("contact_id",),
    update(messages)
    .where(messages.c.contact_id == bindparam("contact_id"), messages.c.status == MessageStatus.QUEUED.value)
    .values(status=MessageStatus.CANCELLED.value, error_text="forgotten"),
)
_FREE_SEATS = Statement(
    ("contact_id",),
    update(events)
    .where(
        events.c.id.in_(
            select(registrations.c.event_id).where(
                registrations.c.contact_id == bindparam("contact_id"),
                registrations.c.status == RegistrationStatus.REGISTERED.value,
            )
        )
    )
    .values(registered_count=events.c.registered_count - 1),
)
_BY_CONTACT: tuple[Statement, ...] = (
    _CANCEL,
    _FREE_SEATS,
    Statement(
        ("contact_id",),
        delete(search_entries).where(
            # The index begins with the workspace.
            search_entries.c.workspace_id
            == select(contacts.c.workspace_id).where(contacts.c.id == bindparam("contact_id")).scalar_subquery(),
            search_entries.c.message_id.in_(
                select(messages.c.id).where(messages.c.contact_id == bindparam("contact_id"))
            ),
        ),
    ),
    Statement(
        ("contact_id",),
        update(messages)
        .where(messages.c.contact_id == bindparam("contact_id"))
        .values(contact_id=null(), address=GONE, body="", extras=null(), provider_id=null()),
    ),
    Statement(("contact_id",), delete(answers).where(answers.c.contact_id == bindparam("contact_id"))),
)
_DELETE = Statement(("contact_id",), delete(contacts).where(contacts.c.id == bindparam("contact_id")))
_PLACE = ("workspace_id", "address")
_BY_ADDRESS: tuple[Statement, ...] = (
    Statement(
        _PLACE,
        delete(opt_outs).where(
            opt_outs.c.workspace_id == bindparam("workspace_id"), opt_outs.c.address == bindparam("address")
        ),
    ),
    Statement(
        _PLACE,
        delete(suppressions).where(
            suppressions.c.workspace_id == bindparam("workspace_id"), suppressions.c.address == bindparam("address")
        ),
    ),
    Statement(
        _PLACE,
        update(messages)
        .where(
            messages.c.workspace_id == bindparam("workspace_id"),
            messages.c.purpose == Purpose.COMMAND.value,
            messages.c.body.contains(bindparam("address")),
        )
        .values(body=GONE),
    ),
)
_OURS = commands.c.workspace_id == bindparam("workspace_id")
_THEIR_OWN = and_(commands.c.address == bindparam("address"), commands.c.operator_id.is_(None))
_NAMES_THEM = or_(
    *(
        func.coalesce(cast(column, Text), "").contains(bindparam("address"))
        for column in (commands.c.text, commands.c.arguments, commands.c.answer)
    )
)
_COMMANDS = Statement(
    _PLACE, locked(select(*COLUMNS).where(_OURS, or_(_THEIR_OWN, _NAMES_THEM)).order_by(commands.c.id))
)
_DELETE_COMMANDS = Statement(_PLACE, delete(commands).where(_OURS, _THEIR_OWN))
_EMPTY_COMMANDS = Statement(
    _PLACE,
    update(commands)
    .where(_OURS, _NAMES_THEM)
    .values(text=GONE, arguments=literal_column("'{}'"), answer=null())
    .returning(*COLUMNS),
)
_NUMBER = Statement(("contact_id",), select(contacts.c.number).where(contacts.c.id == bindparam("contact_id")))
_SHOWN = ("workspace_id", "number")
_SAID_TO_OPERATORS = Statement(
    _SHOWN,
    update(messages)
    .where(
        messages.c.workspace_id == bindparam("workspace_id"),
        messages.c.direction == "outbound",
        messages.c.purpose == Purpose.COMMAND.value,
        messages.c.status.not_in([QUEUED, SENDING]),
        messages.c.body.contains(bindparam("number")),
    )
    .values(body=GONE),
)
_ANSWER_SHOWS_THEM = and_(_OURS, commands.c.answer.contains(bindparam("number")))
_ANSWERS = Statement(_SHOWN, locked(select(*COLUMNS).where(_ANSWER_SHOWS_THEM).order_by(commands.c.id)))
_EMPTY_ANSWERS = Statement(_SHOWN, update(commands).where(_ANSWER_SHOWS_THEM).values(answer=null()).returning(*COLUMNS))
_RENAME: tuple[Statement, ...] = (
    Statement(
        (*_PLACE, "label"),
        update(consent_changes)
        .where(
            consent_changes.c.workspace_id == bindparam("workspace_id"),
            consent_changes.c.address == bindparam("address"),
        )
        .values(address=bindparam("label"), text=None, contact_id=None),
    ),
    Statement(
        (*_PLACE, "label"),
        update(recipients)
        .where(
            recipients.c.address == bindparam("address"),
            recipients.c.campaign_id.in_(
                select(campaigns.c.id).where(campaigns.c.workspace_id == bindparam("workspace_id"))
            ),
        )
        .values(address=bindparam("label")),
    ),
)


def forget(workspace_id: Key, contact_id: Key, address: str) -> Plan[Marks]:
    """Erase a person: contact, conversations, answers, registrations, and every text of theirs or about their phone.

    Campaigns keep their counts, the ledger of consent its dates, under a hash instead of the address. Gives what the
    audit's chain is to hold of the commands that are gone or have lost their texts.
    """
    number = (yield Query(_NUMBER, (contact_id,)))[0][0]
    key = yield from address_hash(workspace_id, address)
    rows = yield Query(_OPT_OUTS, (workspace_id, address))
    if rows:
        yield Write(_KEEP, [(workspace_id, key, *row) for row in rows])
    for statement in _BY_CONTACT:
        yield Write(statement, [(contact_id,)])
    for statement in _BY_ADDRESS:
        yield Write(statement, [(workspace_id, address)])
    before = marks_of((yield Query(_COMMANDS, (workspace_id, address))))
    yield Write(_DELETE_COMMANDS, [(workspace_id, address)])
    emptied = marks_of((yield Query(_EMPTY_COMMANDS, (workspace_id, address))))
    label = f"forgotten:{key.hex()[:32]}"
    for statement in _RENAME:
        yield Write(statement, [(workspace_id, address, label)])
    yield Write(_DELETE, [(contact_id,)])
    shown = yield from _forget_what_was_shown(workspace_id, number)
    return changed(before, emptied) + shown


def _forget_what_was_shown(workspace_id: Key, number: int | None) -> Plan[Marks]:
    """Erase what operators were shown under a short number: digests, INBOX, HISTORY.

    `@12` is also found in what shows `@120`: of such old answers a few more go than would have to.
    """
    if number is None:
        return ()
    shown = (workspace_id, f"@{number}")
    yield Write(_SAID_TO_OPERATORS, [shown])
    before = marks_of((yield Query(_ANSWERS, shown)))
    return changed(before, marks_of((yield Query(_EMPTY_ANSWERS, shown))))
