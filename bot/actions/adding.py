"""ADD with a file: everybody whom an attached vCard or table names."""

from __future__ import annotations

import asyncio
import hashlib
import io
from itertools import islice

from bot.actions.base import Call, Done, Preview, Result
from bot.actions.persons import check_lengths
from bot.contact_files.entries import Entry, Read, Refused
from bot.contact_files.intake import Wish, person_of
from bot.contact_files.reading import read_contacts
from flows.audiences.canonical import group_text
from flows.commands.confirm import fingerprint_of
from flows.effects import Template
from flows.errors import CommandError
from storage.channels import COMMUNITY
from storage.intake import Taken, merged, survey_people, take_in
from storage.plan import Plan

MOST = 5_000
"""People of one file; more go in by `rollcall contacts import`, which pauses between pages."""
SHOWN = 5
"""Refused rows that a preview names."""


async def add_many(call: Call) -> Result:
    """Put everybody of an attached file into a group, after a preview and a code that stands for this very file."""
    desk, workspace_id = call.desk, call.row.workspace_id
    group = call.argument("group") or COMMUNITY
    check_lengths(name=None, group=group)
    content = await desk.fetch(call.argument("file_url"))
    reads = await asyncio.to_thread(_read, content, desk.house.workspace.country)
    wish = Wish(groups=(group,))
    people = merged(person_of(one, wish) for one in reads if isinstance(one, Entry))
    refused = [one for one in reads if isinstance(one, Refused)]
    if not people:
        reason = f" {refused[0].place}: {refused[0].reason}" if refused else ""
        raise CommandError(f"The file names nobody who could be texted.{reason}")
    arguments = {"group": group, "file": hashlib.sha256(content).hexdigest()}
    fingerprint = fingerprint_of("ADD", arguments)
    if not call.stands(fingerprint):
        expected = await desk.database.run(survey_people(workspace_id, people))
        return Preview((_preview(group, expected, refused, len(reads)),), fingerprint)

    def writes() -> Plan[None]:
        yield from take_in(workspace_id, people, call.now_at)

    values = {"count": len(people), "group": group_text(group)}
    news = Template("operator_added_many_news", {**values, "name": call.operator_name})
    return Done((Template("operator_added_many", values),), writes, news=(news,))


def _read(content: bytes, country: str | None) -> list[Read]:
    reads = list(islice(read_contacts(io.BytesIO(content), country=country), MOST + 1))
    if len(reads) > MOST:
        raise CommandError(f"The file has more than {MOST:,} rows: whoever runs the service can import it.")
    return reads


def _preview(group: str, expected: Taken, refused: list[Refused], row_count: int) -> Template:
    known = expected.changed + expected.known
    return Template(
        "operator_add_many",
        {
            "group": group_text(group),
            "count": expected.new + known,
            "new": expected.new,
            "known": known,
            "opted_out": expected.opted_out,
            "repeated": row_count - len(refused) - expected.new - known,
            "refused": len(refused),
            "rows": [f"{one.place}: {one.text} - {one.reason}" for one in refused[:SHOWN]],
        },
    )
