"""Seed 003, Red Button: users and their address books (SQLite); its jobs and e-mails stay where they are for now."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from storage.adopt.accounts import OldOperator, write_operators
from storage.adopt.parts import Part, System, signature
from storage.adopt.people import OldContact, write_contacts
from storage.adopt.target import Target
from storage.adopt.values import Refused, Row, read_json, read_phone, read_time, stable_key, text_of, without_empty

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
    yield OldOperator(
        stable_key(NAME, "users", row["user_id"]),
        str(row["user_id"]),
        "manager",
        email=(text_of(row["email"], 255) or "").lower() or None,
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
            }
        ),
        created_at=read_time(row["created_at"]),
    )


SYSTEM = System(
    NAME,
    signature(users="user_id email password_hash", jobs="job_id user_id pdf_ref images_ref prompt_ref"),
    (
        Part("users", "operators", _user, write_operators, "SELECT * FROM users WHERE user_id = :owner"),
        Part(
            "contacts",
            "contacts",
            _contact,
            write_contacts,
            "SELECT * FROM contacts WHERE user_id = :owner ORDER BY created_at, contact_id",
        ),
    ),
    owners="SELECT users.user_id, users.email, (SELECT count(*) FROM contacts WHERE contacts.user_id = users.user_id) "
    "FROM users ORDER BY users.email",
    not_kept={
        "jobs": "jobs come with a later version; they stay in the old database until then",
        "email_logs": "they belong to the jobs",
        "contacts_map_history": "it belongs to the jobs",
    },
)
