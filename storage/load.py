"""What a batch of turns needs to know: contacts with their consent, sessions and registrations, a query per table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.sql import ClauseElement

from flows.consent.scopes import ALL
from flows.policy import unpack
from flows.values import Contact, ContactStatus, Key, RecentReplies, RegistrationStatus, Session
from storage.channels import COMMUNITY
from storage.documents import load
from storage.forgotten import recall
from storage.keys import new_key
from storage.plan import Members, Plan, Query, Row, Statement, Write, in_pages, insert_for, insertion
from storage.schema import (
    contacts,
    conversations,
    group_members,
    groups,
    inbound_keys,
    opt_outs,
    registrations,
    sessions,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote: the identity, the phone where there is one, and the name the channel shows."""

    address: str
    phone: str | None
    profile_name: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """The counters of a conversation before the batch."""

    message_count: int = 0
    unread_count: int = 0
    last_inbound_at: int | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A contact as the database holds it, with its conversation's counters."""

    contact: Contact
    recent: RecentReplies = RecentReplies()
    counts: Counts = Counts()


_NEW_KEYS = Members(
    ("now_at",),
    lambda engine, members: (
        insert_for(engine)(inbound_keys)
        .values([{"key": member, "received_at": bindparam("now_at")} for member in members])
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(inbound_keys.c.key)
    ),
)
_KNOWN_KEYS = Members((), lambda _engine, members: select(inbound_keys.c.key).where(inbound_keys.c.key.in_(members)))


def _contacts(engine: str, members: list[BindParameter[Any]]) -> ClauseElement:
    found = select(
        contacts.c.id,
        contacts.c.address,
        contacts.c.name,
        contacts.c.language,
        contacts.c.status,
        contacts.c.doubt_at,
        contacts.c.silent_until_at,
    ).where(
        contacts.c.workspace_id == bindparam("workspace_id"),
        contacts.c.address.in_(members),
        contacts.c.deleted_at.is_(None),
    )
    if engine == "sqlite":  # whose planner would read every contact of the workspace to have them in this order
        return found
    # A contact's messages are handled by one node at a time; in one order, so that two nodes never wait for each other.
    return found.order_by(contacts.c.id).with_for_update()


_CONTACTS = Members(("workspace_id",), _contacts)
_CONTACT = Statement(
    ("workspace_id", "address"),
    select(contacts.c.id, contacts.c.language).where(
        contacts.c.workspace_id == bindparam("workspace_id"),
        contacts.c.address == bindparam("address"),
        contacts.c.deleted_at.is_(None),
    ),
)
_NEW_CONTACT = insertion(
    contacts,
    ("id", "workspace_id", "address", "phone", "name"),
    stamps=("created_at", "updated_at"),
    ignore=True,
)
DAMAGED = "damaged"
_CONVERSATIONS = Members(
    ("channel_id",),
    lambda _engine, members: select(
        conversations.c.contact_id,
        conversations.c.recent,
        conversations.c.message_count,
        conversations.c.unread_count,
        conversations.c.last_inbound_at,
    ).where(conversations.c.contact_id.in_(members), conversations.c.channel_id == bindparam("channel_id")),
)
_SESSION_COLUMNS = (
    sessions.c.contact_id,
    sessions.c.id,
    sessions.c.flow,
    sessions.c.state,
    sessions.c.flow_id,
    sessions.c.flow_version,
    sessions.c.question_id,
    sessions.c.tries,
    sessions.c.path,
    sessions.c.answers,
    sessions.c.started_at,
    sessions.c.remind_at,
    sessions.c.expires_at,
)
_SESSIONS = Members(
    (),
    lambda _engine, members: select(*_SESSION_COLUMNS).where(
        sessions.c.contact_id.in_(members), sessions.c.ended_at.is_(None)
    ),
)
_OPT_OUTS = Members(
    ("workspace_id",),
    lambda _engine, members: select(opt_outs.c.address, opt_outs.c.scope).where(
        opt_outs.c.workspace_id == bindparam("workspace_id"),
        opt_outs.c.address.in_(members),
    ),
)
_REGISTRATIONS = Members(
    (),
    lambda _engine, members: select(registrations.c.contact_id, registrations.c.event_id, registrations.c.status).where(
        registrations.c.contact_id.in_(members)
    ),
)
_IN_COMMUNITY = Members(
    (),
    lambda _engine, members: (
        select(group_members.c.contact_id)
        .join(groups, groups.c.id == group_members.c.group_id)
        .where(group_members.c.contact_id.in_(members), groups.c.name == COMMUNITY)
    ),
)


def claim_keys(keys: Sequence[bytes], now_at: int) -> Plan[set[bytes]]:
    """Write down which inbound messages are here now; gives those that were not here before."""
    fresh: set[bytes] = set()
    for page in in_pages(keys):
        rows = yield _NEW_KEYS.query(page, (now_at,))
        fresh.update(row[0] for row in rows)
    return fresh


def known_keys(keys: Sequence[bytes]) -> Plan[set[bytes]]:
    """Give those of the inbound messages that are here already."""
    known: set[bytes] = set()
    for page in in_pages(keys):
        rows = yield _KNOWN_KEYS.query(page)
        known.update(row[0] for row in rows)
    return known


def load_contacts(workspace_id: Key, channel_id: Key, people: Sequence[Person], now_at: int) -> Plan[dict[str, Loaded]]:
    """Load (and make, where they are new) the contacts of at most 256 people, by address, locked until the commit."""
    wanted = {person.address: person for person in people}
    rows = yield from _contact_rows(workspace_id, list(wanted))
    known = {row[1] for row in rows}
    missing = [person for address, person in wanted.items() if address not in known]
    if missing:
        yield Write(
            _NEW_CONTACT,
            [(new_key(), workspace_id, p.address, p.phone, p.profile_name, now_at) for p in missing],
        )
        yield from recall(workspace_id, [person.address for person in missing])
        rows = [*rows, *(yield from _contact_rows(workspace_id, [person.address for person in missing]))]
    return (yield from _with_details(workspace_id, channel_id, rows))


def find_or_add(workspace_id: Key, person: Person, now_at: int) -> Plan[Contact]:
    """Find a contact, or make it where it is new, reading only the key, the language and whether it opted out."""
    rows = yield Query(_CONTACT, (workspace_id, person.address))
    if not rows:
        yield Write(_NEW_CONTACT, [(new_key(), workspace_id, person.address, person.phone, None, now_at)])
        yield from recall(workspace_id, [person.address])
        rows = yield Query(_CONTACT, (workspace_id, person.address))
    opted_out = yield _OPT_OUTS.query([person.address], (workspace_id,))
    return Contact(rows[0][0], person.address, language=rows[0][1], opted_out=bool(opted_out))


def _contact_rows(workspace_id: Key, addresses: Sequence[str]) -> Plan[list[Row]]:
    rows = yield _CONTACTS.query(addresses, (workspace_id,))
    return list(rows)


def _with_details(workspace_id: Key, channel_id: Key, rows: Sequence[Row]) -> Plan[dict[str, Loaded]]:
    ids = [row[0] for row in rows]
    conversation_rows = yield _CONVERSATIONS.query(ids, (channel_id,))
    session_rows = yield _SESSIONS.query(ids)
    opt_out_rows = yield _OPT_OUTS.query([row[1] for row in rows], (workspace_id,))
    registration_rows = yield _REGISTRATIONS.query(ids)
    community_rows = yield _IN_COMMUNITY.query(ids)
    details = _Details(
        conversations={row[0]: row for row in conversation_rows},
        sessions={row[0]: read_session(row) for row in session_rows},
        scopes=_scopes(opt_out_rows),
        registrations=_by_contact(registration_rows),
        community={row[0] for row in community_rows},
    )
    return {row[1]: _loaded(row, details) for row in rows}


@dataclass(frozen=True, slots=True)
class _Details:
    conversations: dict[Key, Row]
    sessions: dict[Key, Session]
    scopes: dict[str, frozenset[str]]
    """Of the opt-outs, by address."""
    registrations: dict[Key, dict[Key, RegistrationStatus]]
    community: set[Key]


def _loaded(row: Row, details: _Details) -> Loaded:
    contact_id = row[0]
    conversation = details.conversations.get(contact_id)
    scopes = details.scopes.get(row[1], _NO_SCOPES)
    contact = Contact(
        id=contact_id,
        address=row[1],
        name=row[2],
        language=row[3],
        status=ContactStatus(row[4]),
        opted_out=ALL in scopes,
        stopped_topics=scopes - {ALL},
        doubt_at=row[5],
        silent_until_at=row[6],
        in_community=contact_id in details.community,
        registrations=details.registrations.get(contact_id, _NOTHING),
        session=details.sessions.get(contact_id),
    )
    if conversation is None:
        return Loaded(contact)
    return Loaded(contact, unpack(conversation[1]), Counts(conversation[2], conversation[3], conversation[4]))


_NOTHING: dict[Key, RegistrationStatus] = {}
_NO_SCOPES: frozenset[str] = frozenset()


def _scopes(rows: Iterable[Row]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for address, scope in rows:
        found[address] = found.get(address, _NO_SCOPES) | {scope}
    return found


def read_session(row: Row) -> Session:
    """Make the session of a row of `_SESSION_COLUMNS`; one whose documents are damaged is of no flow that goes on."""
    path, answers = _documents(row)
    return Session(
        id=row[1],
        flow=row[2] if isinstance(path, list) and isinstance(answers, dict) else DAMAGED,
        state=row[3],
        flow_id=row[4],
        flow_version=row[5],
        question_id=row[6],
        tries=row[7],
        path=tuple(path) if isinstance(path, list) else (),
        answers=answers if isinstance(answers, dict) else {},
        started_at=row[10],
        remind_at=row[11],
        expires_at=row[12],
    )


def _documents(row: Row) -> tuple[object, object]:
    try:
        return load(row[8]), load(row[9])
    except ValueError:
        return None, None


def _by_contact(rows: Iterable[Any]) -> dict[Key, dict[Key, RegistrationStatus]]:
    found: dict[Key, dict[Key, RegistrationStatus]] = {}
    for contact_id, event_id, status in rows:
        found.setdefault(contact_id, {})[event_id] = RegistrationStatus(status)
    return found
