"""Seed 001, SMS Admin: community and event blasts, surveys, opt-outs (Flask and SQLAlchemy on SQLite)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from flows.errors import FlowDefinitionError
from flows.surveys.definition import parse_survey
from storage.adopt.accounts import OldOperator, write_operators
from storage.adopt.consent import OldOptOut, OldSuppression, write_opt_outs, write_suppressions
from storage.adopt.hashes import hash_doubts
from storage.adopt.offers import (
    OldEvent,
    OldRegistration,
    write_events,
    write_registrations,
)
from storage.adopt.parts import Part, System, signature
from storage.adopt.people import OldContact, write_contacts
from storage.adopt.sms_admin_blasts import NAME, read_detail, read_log, read_scheduled
from storage.adopt.surveys import PLACEHOLDER, OldSurvey, write_surveys
from storage.adopt.talk import write_campaigns, write_recipients
from storage.adopt.target import Target
from storage.adopt.values import (
    Refused,
    Row,
    read_json,
    read_phone,
    read_time,
    stable_key,
    text_of,
)
from storage.adopt.words import OPT_OUT_WORDS, Place, Unknown, folded, read_word
from storage.channels import COMMUNITY

ROLES = {"admin": "admin", "social_manager": "manager"}
_CATEGORIES = {"opt_out": "opt_out", "hard_fail": "hard_fail", "soft_fail": "soft_fail"}
_HELD_CATEGORY = Unknown("hard_fail", "not known, so the number counts as dead and gets nothing")
_EVENT_SOURCE = re.compile(r"event:(\d+)")


def _key(row: Row, table: str) -> bytes:
    return stable_key(NAME, table, row["id"])


def _event_key(number: Any) -> bytes | None:
    return None if number is None else stable_key(NAME, "events", number)


def keyword_for(title: str, number: int) -> str:
    """Make the keyword by which a survey leads to an event that never had one: SPRINGGALA3."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().upper()
    return f"{re.sub('[^A-Z]', '', plain)[:20] or 'EVENT'}{number}"


def _event(row: Row, _target: Target) -> Iterable[Any]:
    title = text_of(row["title"], 200) or f"Event {row['id']}"
    keyword = keyword_for(title, row["id"]) if row["survey_count"] else None
    at = read_time(row["created_at"])
    yield OldEvent(_key(row, "events"), str(row["id"]), title, row["id"], keyword, read_time(row["date"]), at)


def _unsubscribed(row: Row, target: Target) -> Iterable[Any]:
    phone = read_phone(row["phone"], target.country)
    source = text_of(row["source"], 50) or "manual"
    of_event = _EVENT_SOURCE.fullmatch(source)
    event = _event_key(int(of_event[1])) if of_event and row["event_exists"] else None
    reason, at = text_of(row["reason"]), read_time(row["created_at"])
    yield OldOptOut(_key(row, "unsubscribed_contacts"), str(row["id"]), phone, source, reason, at, event)


def _suppressed_opt_out(row: Row, target: Target) -> Iterable[Any]:
    if folded(row["category"]) not in {"opt_out", *OPT_OUT_WORDS}:
        return
    phone = read_phone(row["phone"], target.country)
    at = read_time(row["created_at"])
    source = _suppression_source(row) or "message_failure"
    yield OldOptOut(_key(row, "suppressed_contacts"), str(row["id"]), phone, source, text_of(row["reason"]), at)


def _suppression_source(row: Row) -> str | None:
    log = row["source_message_log_id"]
    return text_of(row["source"], 50) or (None if log is None else f"message_log:{log}")


def _suppressed(row: Row, target: Target) -> Iterable[Any]:
    key = _key(row, "suppressed_contacts")
    if folded(row["category"]) in {"opt_out", *OPT_OUT_WORDS}:
        return
    read = read_word(_CATEGORIES, row["category"], _HELD_CATEGORY, Place(str(row["id"]), "category", key))
    if read.value == "soft_fail":
        raise Refused("a passing failure (soft_fail) suppresses nobody")
    yield from read.held
    yield OldSuppression(
        key,
        str(row["id"]),
        read_phone(row["phone"], target.country),
        "hard_fail",
        text_of(row["reason"]),
        _suppression_source(row),
        text_of(row["source_type"], 50),
        read_time(row["created_at"]),
        read_time(row["updated_at"]),
    )


def _member(row: Row, target: Target) -> Iterable[Any]:
    phone = read_phone(row["phone"], target.country)
    at = read_time(row["created_at"])
    yield OldContact(
        _key(row, "community_members"),
        str(row["id"]),
        phone,
        phone,
        text_of(row["name"], 200),
        groups=(COMMUNITY,),
        created_at=at,
    )


def _registrant(row: Row, target: Target) -> Iterable[Any]:
    phone, at = read_phone(row["phone"], target.country), read_time(row["created_at"])
    key = _key(row, "event_registrations.contact")
    yield OldContact(key, str(row["id"]), phone, phone, text_of(row["name"], 200), created_at=at)


def _registration(row: Row, target: Target) -> Iterable[Any]:
    if not row["event_exists"]:
        raise Refused(f"its event {row['event_id']} does not exist")
    yield OldRegistration(
        _key(row, "event_registrations"),
        str(row["id"]),
        stable_key(NAME, "events", row["event_id"]),
        read_phone(row["phone"], target.country),
        text_of(row["name"], 200),
        read_time(row["created_at"]),
    )


def _survey(row: Row, _target: Target) -> Iterable[Any]:
    prompts = read_json(row["questions_json"])
    if not isinstance(prompts, list) or not all(isinstance(one, str) and one.strip() for one in prompts):
        raise Refused("its questions are no list of texts")
    document: dict[str, object] = {
        "name": text_of(row["name"], 120) or f"Survey {row['id']}",
        "questions": [
            {"id": f"q{number}", "type": "text", "text": prompt.strip()} for number, prompt in enumerate(prompts, 1)
        ],
        "active": bool(row["is_active"]),
    }
    if intro := text_of(row["intro_message"]):
        document["intro"] = intro
    if completion := text_of(row["completion_message"]):
        document["completion"] = completion
    try:
        parse_survey({**document, "keywords": [PLACEHOLDER]})
    except FlowDefinitionError as error:
        raise Refused(" ".join(error.message.split())) from error
    yield OldSurvey(
        _key(row, "survey_flows"),
        str(row["id"]),
        document,
        text_of(row["trigger_keyword"]) or "",
        _event_key(row["linked_event_id"]) if row["event_title"] is not None else None,
        row["start_count"] or 0,
        row["completion_count"] or 0,
    )


def _user(row: Row, _target: Target) -> Iterable[Any]:
    key, name = _key(row, "users"), text_of(row["username"], 80)
    if folded(row["role"]) not in ROLES:
        raise Refused(f"its role is '{row['role']}', which is none of {', '.join(ROLES)}: '{name}' cannot log in")
    outcome = f"nobody can verify it: `rollcall operator password {name}` sets a new one"
    yield from hash_doubts(row["password_hash"], Place(str(row["id"]), "password_hash", key), outcome)
    yield OldOperator(
        key,
        str(row["id"]),
        ROLES[folded(row["role"])],
        username=name,
        name=name,
        password_hash=row["password_hash"],
        must_change_password=bool(row["must_change_password"]),
        created_at=read_time(row["created_at"]),
    )


_EXISTS = "EXISTS (SELECT 1 FROM events WHERE events.id = {0}.event_id) AS event_exists"
SYSTEM = System(
    NAME,
    signature(
        community_members="phone name",
        events="title date",
        event_registrations="event_id phone",
        unsubscribed_contacts="phone source reason",
        suppressed_contacts="phone category",
        message_logs="message_body target details",
        scheduled_messages="scheduled_at message_body test_mode",
        survey_flows="trigger_keyword questions_json",
    ),
    (
        Part(
            "events",
            "events",
            _event,
            write_events,
            "SELECT events.*, (SELECT count(*) FROM survey_flows WHERE linked_event_id = events.id) AS survey_count "
            "FROM events ORDER BY id",
        ),
        Part(
            "unsubscribed_contacts",
            "opt_outs, consent_changes",
            _unsubscribed,
            write_opt_outs,
            "SELECT *, EXISTS (SELECT 1 FROM events WHERE 'event:' || events.id = source) AS event_exists "
            "FROM unsubscribed_contacts ORDER BY id",
        ),
        Part(
            "suppressed_contacts",
            "opt_outs, consent_changes",
            _suppressed_opt_out,
            write_opt_outs,
            "SELECT * FROM suppressed_contacts WHERE lower(category) NOT IN ('hard_fail', 'soft_fail') ORDER BY id",
            "suppressed_contacts (opt_out)",
        ),
        Part(
            "suppressed_contacts",
            "suppressions",
            _suppressed,
            write_suppressions,
            "SELECT * FROM suppressed_contacts WHERE lower(category) <> 'opt_out' ORDER BY id",
        ),
        Part("community_members", "contacts, group community", _member, write_contacts),
        Part("event_registrations", "contacts", _registrant, write_contacts, named="event_registrations (people)"),
        Part(
            "event_registrations",
            "registrations",
            _registration,
            write_registrations,
            f"SELECT *, {_EXISTS.format('event_registrations')} FROM event_registrations ORDER BY id",  # noqa: S608
        ),
        Part(
            "survey_flows",
            "flows, flow_versions, keywords",
            _survey,
            write_surveys,
            "SELECT survey_flows.*, events.title AS event_title FROM survey_flows "
            "LEFT JOIN events ON events.id = survey_flows.linked_event_id ORDER BY survey_flows.id",
        ),
        Part("message_logs", "campaigns", read_log, write_campaigns),
        Part(
            "message_logs",
            "recipients, messages",
            read_detail,
            write_recipients,
            "SELECT * FROM message_logs WHERE details IS NOT NULL AND details <> '' ORDER BY id",
            "message_logs.details",
        ),
        Part(
            "scheduled_messages",
            "campaigns",
            read_scheduled,
            write_campaigns,
            f"SELECT *, {_EXISTS.format('scheduled_messages')} FROM scheduled_messages ORDER BY id",  # noqa: S608
        ),
        *(Part(table, "operators", _user, write_operators) for table in ("app_users", "users", "app_user")),
    ),
    not_kept={
        "login_attempts": "they lock out guesses at the old door, and pass by themselves",
        "schema_migrations": "they are about the old schema",
        "schema_migration_lock": "it is about the old schema",
    },
)
