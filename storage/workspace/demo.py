"""The demo's rows: marked when they are loaded, switched off beside a real provider, removed whole."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BindParameter, Select, bindparam, delete, exists, func, not_, or_, select, update

from flows.values import Key
from storage.audit.chain import Marks
from storage.catalogue import touch_catalogue
from storage.forgotten import forget
from storage.plan import Plan, Query, Statement, Write
from storage.schema import (
    answers,
    channels,
    contacts,
    conversations,
    events,
    flow_versions,
    flows,
    keywords,
    operators,
    registrations,
    sessions,
)

SIMULATOR = "simulator"
_OFFERS = (flows, events)
_IN_WORKSPACE: BindParameter[Key] = bindparam("workspace_id")
_FLOW_IDS = select(flows.c.id).where(flows.c.workspace_id == _IN_WORKSPACE, flows.c.is_demo)
_EVENT_IDS = select(events.c.id).where(events.c.workspace_id == _IN_WORKSPACE, events.c.is_demo)
_SESSION_IDS = select(sessions.c.id).where(sessions.c.flow_id.in_(_FLOW_IDS))

_HAS_OFFERS = Statement(
    ("workspace_id",),
    select(
        or_(
            exists(select(flows.c.id).where(flows.c.workspace_id == _IN_WORKSPACE)),
            exists(select(events.c.id).where(events.c.workspace_id == _IN_WORKSPACE)),
        )
    ),
)
_MARK = tuple(
    Statement(("workspace_id",), update(table).where(table.c.workspace_id == _IN_WORKSPACE).values(is_demo=True))
    for table in _OFFERS
)
_SWITCH = tuple(
    Statement(
        ("is_active", "workspace_id"),
        update(table)
        .where(table.c.workspace_id == _IN_WORKSPACE, table.c.is_demo)
        .values(is_active=bindparam("is_active")),
    )
    for table in _OFFERS
)
_DELETE = tuple(
    Statement(("workspace_id",), statement)
    for statement in (
        delete(answers).where(answers.c.session_id.in_(_SESSION_IDS)),
        delete(sessions).where(sessions.c.flow_id.in_(_FLOW_IDS)),
        delete(registrations).where(registrations.c.event_id.in_(_EVENT_IDS)),
        delete(keywords).where(
            keywords.c.workspace_id == _IN_WORKSPACE,
            or_(keywords.c.target_id.in_(_FLOW_IDS), keywords.c.target_id.in_(_EVENT_IDS)),
        ),
        delete(flow_versions).where(flow_versions.c.flow_id.in_(_FLOW_IDS)),
        delete(flows).where(flows.c.workspace_id == _IN_WORKSPACE, flows.c.is_demo),
        delete(events).where(events.c.workspace_id == _IN_WORKSPACE, events.c.is_demo),
    )
)
_ON_SIMULATOR = conversations.c.channel_id.in_(select(channels.c.id).where(channels.c.provider == SIMULATOR))
_THEIRS = conversations.c.contact_id == contacts.c.id
_PEOPLE = Statement(
    ("workspace_id",),
    select(contacts.c.id, contacts.c.address)
    .where(
        contacts.c.workspace_id == _IN_WORKSPACE,
        contacts.c.id.in_(select(conversations.c.contact_id).where(_ON_SIMULATOR)),
        not_(exists(select(conversations.c.contact_id).where(_THEIRS, not_(_ON_SIMULATOR)))),
        not_(
            exists(
                select(operators.c.id).where(
                    operators.c.workspace_id == contacts.c.workspace_id,
                    operators.c.address == contacts.c.address,
                    operators.c.is_active,
                )
            )
        ),
    )
    .order_by(contacts.c.id),
)


def _count(query: Select[tuple[Key]]) -> Statement:
    return Statement(("workspace_id",), select(func.count()).select_from(query.subquery()))


_COUNTS = (
    _count(_FLOW_IDS),
    _count(_EVENT_IDS),
    _count(_SESSION_IDS),
    _count(select(registrations.c.contact_id).where(registrations.c.event_id.in_(_EVENT_IDS))),
)


@dataclass(frozen=True, slots=True)
class DemoCounts:
    """How much of the demo a workspace holds."""

    survey_count: int
    event_count: int
    session_count: int
    registration_count: int
    person_count: int
    """People who have only ever texted in the simulator, and are not operators."""

    def __bool__(self) -> bool:
        """Return whether there is anything to remove."""
        return any((self.survey_count, self.event_count, self.person_count))


def has_offers(workspace_id: Key) -> Plan[bool]:
    """Return whether the workspace has a survey or an event, active or not."""
    rows = yield Query(_HAS_OFFERS, (workspace_id,))
    return bool(rows[0][0])


def mark_offers(workspace_id: Key) -> Plan[None]:
    """Mark every survey and event of a workspace as the demo's: nothing else may be there."""
    for statement in _MARK:
        yield Write(statement, [(workspace_id,)])


def switch_offers(workspace_id: Key, *, is_active: bool) -> Plan[bool]:
    """Let people use the demo's surveys and events, or not; return whether there are any."""
    counts = yield from count_demo(workspace_id)
    if not counts.survey_count and not counts.event_count:
        return False
    for statement in _SWITCH:
        yield Write(statement, [(is_active, workspace_id)])
    yield from touch_catalogue(workspace_id)
    return True


def count_demo(workspace_id: Key) -> Plan[DemoCounts]:
    """Count what `remove_demo` would delete."""
    counts = []
    for statement in _COUNTS:
        rows = yield Query(statement, (workspace_id,))
        counts.append(int(rows[0][0]))
    people = yield Query(_PEOPLE, (workspace_id,))
    survey_count, event_count, session_count, registration_count = counts
    return DemoCounts(survey_count, event_count, session_count, registration_count, len(people))


def remove_demo(workspace_id: Key) -> Plan[Marks]:
    """Delete the demo's surveys and events with their answers and registrations, and the simulator's people.

    Returns what the audit's chain is to hold of commands that lose their texts.
    """
    for statement in _DELETE:
        yield Write(statement, [(workspace_id,)])
    marks: Marks = ()
    for contact_id, address in (yield Query(_PEOPLE, (workspace_id,))):
        marks += yield from forget(workspace_id, contact_id, address)
    yield from touch_catalogue(workspace_id)
    return marks
