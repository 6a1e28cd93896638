"""Seed 003, Red Button: users and their address books (SQLite); its jobs and e-mails stay where they are for now."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from storage.adopt.accounts import OldOperator, write_operators
from storage.adopt.hashes import hash_doubts
from storage.adopt.parts import Part, System, signature
from storage.adopt.people import OldContact, write_contacts
from storage.adopt.target import Target
from storage.adopt.values import (
    Refused,
    Row,
    read_json,
    read_phone,
    read_time,
    stable_key,
    text_of,
    whole_name,
    without_empty,
)
from storage.adopt.words import Place

NAME = "red-button"


def trades_of(text: Any) -> list[str]:
    """Read trades, a JSON list or words between commas."""
    try:
        found = read_json(text)
    except Refused:
        found = re.split(r"[,;]", str(text))
    listed = found if isinstance(found, list) else [] if found is None else [found]
    return [name for one in listed if (name := text_of(one))]


def _user(row: Row, _target: Target) -> Iterable[Any]:
    key = stable_key(NAME, "users", row["user_id"])
    email = (text_of(row["email"], 255) or "").lower() or None
    outcome = f"nobody can verify it: `rollcall operator password {email}` sets a new one"
    yield from hash_doubts(row["password_hash"], Place(str(row["user_id"]), "password_hash", key), outcome)
    yield OldOperator(
        key,
        str(row["user_id"]),
        "manager",
        email=email,
        password_hash=row["password_hash"],
        created_at=read_time(row["created_at"]),
    )


def _contact(row: Row, target: Target) -> Iterable[Any]:
    phone = read_phone(row["phone"], target.country) if text_of(row["phone"]) else None
    email = (text_of(row["email"]) or "").lower()
    address = phone or (f"email:{email}" if email else f"contact:{row['contact_id']}")
    yield OldContact(
        stable_key(NAME, "contacts", row["contact_id"]),
        str(row["contact_id"]),
        address[:64],
        phone,
        text_of(row["name"], 200),
        fields=without_empty(
            {
                "email": email,
                "trade": trades_of(row["trades"]),
                "zip": text_of(row["zip_code"]),
                "website": text_of(row["website"]),
                **whole_name(row["name"], 200),
            }
        ),
        created_at=read_time(row["created_at"]),
    )


_MINE = "IN (SELECT user_id FROM users WHERE lower(email) = (SELECT lower(email) FROM users WHERE user_id = :owner))"
"""One account, however its e-mail is written."""


def _owners(tables: Collection[str]) -> str:
    terms = [
        f"(SELECT count(*) FROM {table} WHERE {table}.user_id = users.user_id)"  # noqa: S608 - our own names
        for table in ("jobs", "contacts")
        if table in tables
    ]
    return f"SELECT users.user_id, users.email, {' + '.join(terms)} FROM users ORDER BY users.email"  # noqa: S608


SYSTEM = System(
    NAME,
    signature(users="user_id email password_hash", jobs="job_id user_id pdf_ref images_ref prompt_ref"),
    (
        Part(
            "users",
            "operators",
            _user,
            write_operators,
            f"SELECT * FROM users WHERE user_id {_MINE} ORDER BY created_at",  # noqa: S608
        ),
        Part(
            "contacts",
            "contacts",
            _contact,
            write_contacts,
            f"SELECT * FROM contacts WHERE user_id {_MINE} ORDER BY created_at, contact_id",  # noqa: S608
        ),
    ),
    owners=_owners,
    not_kept={
        "jobs": "jobs come with a later version; they stay in the old database until then",
        "email_logs": "they belong to the jobs",
        "contacts_map_history": "it belongs to the jobs",
    },
    planned=("contacts",),
)
