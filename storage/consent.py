"""Opt-outs outside a turn: those that reach us by another way than the person's own message, and who has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, func, select

from flows.values import Key
from storage.apply.consent import CANCEL_QUEUED, CHANGE, OPT_OUT
from storage.forgotten import address_hashes
from storage.keys import new_key
from storage.plan import Members, Plan, Write, in_pages
from storage.schema import consent_changes, forgotten, messages, opt_outs

ALL = "all"

_STOPPED = Members(
    ("workspace_id",),
    lambda _engine, members: select(opt_outs.c.address).where(
        opt_outs.c.workspace_id == bindparam("workspace_id"),
        opt_outs.c.address.in_(members),
        opt_outs.c.scope == ALL,
    ),
)
_LAST_STOPS = Members(
    ("workspace_id",),
    lambda _engine, members: (
        select(consent_changes.c.address, func.max(func.coalesce(messages.c.sent_at, consent_changes.c.created_at)))
        .select_from(consent_changes.outerjoin(messages, messages.c.id == consent_changes.c.message_id))
        .where(
            consent_changes.c.workspace_id == bindparam("workspace_id"),
            consent_changes.c.address.in_(members),
            consent_changes.c.action == "opt_out",
            consent_changes.c.scope == ALL,
        )
        .group_by(consent_changes.c.address)
    ),
)
_FORGOTTEN = Members(
    ("workspace_id",),
    lambda _engine, members: select(forgotten.c.address_hash).where(
        forgotten.c.workspace_id == bindparam("workspace_id"),
        forgotten.c.address_hash.in_(members),
        forgotten.c.scope == ALL,
    ),
)


def record_opt_outs(
    workspace_id: Key, contact_ids: Mapping[str, Key], now_at: int, *, source: str, note: str | None = None
) -> Plan[None]:
    """Write opt-outs down, by address, as if the people had sent STOP: state, ledger, and nothing that waits leaves."""
    yield Write(OPT_OUT, [(workspace_id, address, ALL, source, note, now_at) for address in contact_ids])
    changes = [
        (new_key(), workspace_id, key, address, "opt_out", ALL, source, note, None, now_at)
        for address, key in contact_ids.items()
    ]
    yield Write(CHANGE, changes)
    yield Write(CANCEL_QUEUED, [(now_at, key) for key in contact_ids.values()])


def last_stops(workspace_id: Key, addresses: Sequence[str]) -> Plan[dict[str, int]]:
    """Return when each of these people last opted out of everything: when it was sent, else when it came."""
    rows = yield _LAST_STOPS.query(addresses, (workspace_id,))
    return {row[0]: row[1] for row in rows}


def opted_out_among(workspace_id: Key, addresses: Sequence[str]) -> Plan[set[str]]:
    """Say who of these opted out of everything, known or not, or forgotten since."""
    found: set[str] = set()
    for page in in_pages(addresses):
        found |= {row[0] for row in (yield _STOPPED.query(page, (workspace_id,)))}
    by_hash = yield from address_hashes(workspace_id, addresses)
    for hashes in in_pages(list(by_hash)):
        found |= {by_hash[bytes(row[0])] for row in (yield _FORGOTTEN.query(hashes, (workspace_id,)))}
    return found
