"""An audience as SQL: the tree, resolved, becomes a select of contact ids.

Blocked and deleted contacts are in no audience. People who opted out or are inactive belong to theirs: a campaign
counts them as skipped.
Each condition is one lookup per contact by a key, so that a page costs what its contacts cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, literal, not_, or_, select

from flows.audiences.fields import TIMES, Field
from flows.audiences.tree import (
    And,
    Answered,
    Compare,
    Event,
    Everybody,
    Except,
    Group,
    Node,
    NoReply,
    Not,
    Operator,
    Or,
    People,
    Progress,
    Record,
    Survey,
    children,
)
from flows.surveys.machine import SurveySession
from flows.values import ContactStatus, MessageStatus, Workspace
from storage.audiences.comparing import Condition, compare_column, compare_entry, compare_items, compare_time, spelled
from storage.audiences.engines import Column, Engine, engine_named
from storage.schema import (
    answers,
    contacts,
    conversations,
    group_members,
    messages,
    recipients,
    records,
    registrations,
    sessions,
)

_REACHED = (MessageStatus.SENT.value, MessageStatus.DELIVERED.value, MessageStatus.READ.value)
_COMPLETED = SurveySession.completed.id


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an audience is picked: the workspace with its own language and time zone, on an engine."""

    workspace: Workspace
    engine: Engine


def audience_condition(tree: Node, workspace: Workspace, engine_name: str) -> Condition:
    """Say in SQL whether a row of `contacts` belongs to an audience."""
    return and_(
        contacts.c.workspace_id == workspace.id,
        contacts.c.deleted_at.is_(None),
        contacts.c.status != ContactStatus.BLOCKED.value,
        _condition(tree, _Place(workspace, engine_named(engine_name))),
    )


def _condition(node: Node, place: _Place) -> Condition:
    return _COMPILERS[type(node)](node, place)


def _exists(*conditions: Condition) -> Condition:
    return select(literal(1)).where(*conditions).correlate(contacts).exists()


def _group(node: Group, _place: _Place) -> Condition:
    return _exists(group_members.c.group_id == node.key, group_members.c.contact_id == contacts.c.id)


def _event(node: Event, _place: _Place) -> Condition:
    return _exists(
        registrations.c.event_id == node.key,
        registrations.c.contact_id == contacts.c.id,
        registrations.c.status == node.status.value,
    )


def _survey(node: Survey, place: _Place) -> Condition:
    begun = select(sessions.c.contact_id).where(sessions.c.flow_id == node.key)
    completed = place.engine.among(contacts.c.id, begun.where(sessions.c.state == _COMPLETED))
    if node.progress is Progress.ANSWERED:
        return completed
    started = place.engine.among(contacts.c.id, begun)
    return started if node.progress is Progress.STARTED else and_(started, not_(completed))


def _no_reply(node: NoReply, _place: _Place) -> Condition:
    sent, reply = messages.alias("sent"), messages.alias("reply")
    replied = (
        select(literal(1))
        .where(
            reply.c.contact_id == contacts.c.id,
            reply.c.direction == "inbound",
            reply.c.created_at >= func.coalesce(sent.c.sent_at, sent.c.created_at),
        )
        .correlate(contacts, sent)
        .exists()
    )
    return _exists(
        recipients.c.campaign_id == node.key,
        recipients.c.address == contacts.c.address,
        sent.c.id == recipients.c.message_id,
        sent.c.status.in_(_REACHED),
        not_(replied),
    )


def _answered(node: Answered, place: _Place) -> Condition:
    given = (
        select(sessions.c.contact_id)
        .join(answers, answers.c.session_id == sessions.c.id)
        .where(
            sessions.c.flow_id == node.key,
            answers.c.question_id == node.question,
            answers.c.replaced_at.is_(None),
            compare_items(place.engine, answers.c.value, node.operator, node.value),
        )
    )
    return place.engine.among(contacts.c.id, given)


def _people(node: People, _place: _Place) -> Condition:
    return or_(contacts.c.address.in_(node.phones), func.coalesce(contacts.c.phone, "").in_(node.phones))


def _compare(node: Compare, place: _Place) -> Condition:
    if node.field == Field.PHONE:
        return _phone(node, place)
    if node.field in TIMES:
        return compare_time(_TIMES[Field(node.field)], node, place.workspace.time_zone)
    if node.field == Field.LANGUAGE and node.value:
        return compare_column(place.engine, func.coalesce(contacts.c.language, place.workspace.language), node)
    if node.field in _COLUMNS:
        return compare_column(place.engine, _COLUMNS[Field(node.field)], node)
    return compare_entry(place.engine, contacts.c.fields, node)


def _phone(node: Compare, place: _Place) -> Condition:
    if not node.value:
        return compare_column(place.engine, contacts.c.phone, node)
    if node.operator is Operator.HAS:
        return func.coalesce(contacts.c.phone, contacts.c.address).contains(node.value, autoescape=True)
    is_it = _people(People((node.value,)), place)
    return not_(is_it) if node.operator is Operator.IS_NOT else is_it


def _record(node: Record, place: _Place) -> Condition:
    return _exists(
        records.c.contact_id == contacts.c.id,
        spelled(records.c.kind) == node.kind,
        _of_record(node.where, place),
    )


def _of_record(node: Node, place: _Place) -> Condition:
    if isinstance(node, Compare):
        return compare_entry(place.engine, records.c.fields, node)
    join = and_ if isinstance(node, And) else or_
    return join(*(_of_record(one, place) for one in children(node)))


def _last(column: Column) -> Column:
    latest = select(func.max(column)).where(conversations.c.contact_id == contacts.c.id)
    return latest.correlate(contacts).scalar_subquery()


_TIMES: Mapping[Field, Column] = {
    Field.CREATED: contacts.c.created_at,
    Field.LAST_SEEN: _last(conversations.c.last_inbound_at),
    Field.LAST_MESSAGE: _last(conversations.c.last_message_at),
}
_COLUMNS: Mapping[Field, Column] = {
    Field.NAME: contacts.c.name,
    Field.LANGUAGE: contacts.c.language,
    Field.STATUS: contacts.c.status,
    Field.TIME_ZONE: contacts.c.time_zone,
}
_COMPILERS: Mapping[type, Callable[[Any, _Place], Condition]] = {
    Everybody: lambda _node, _place: contacts.c.status.in_((ContactStatus.ACTIVE.value, ContactStatus.INACTIVE.value)),
    Group: _group,
    Event: _event,
    Survey: _survey,
    NoReply: _no_reply,
    Answered: _answered,
    People: _people,
    Compare: _compare,
    Record: _record,
    Not: lambda node, place: not_(_condition(node.node, place)),
    And: lambda node, place: and_(*(_condition(one, place) for one in node.nodes)),
    Or: lambda node, place: or_(*(_condition(one, place) for one in node.nodes)),
    Except: lambda node, place: and_(_condition(node.node, place), not_(_condition(node.without, place))),
}
