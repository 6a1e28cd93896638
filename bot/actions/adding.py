"""ADD with a file: everybody whom an attached vCard or table names."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from itertools import islice

from bot.actions.base import Call, Done, Preview, Result
from bot.contact_files.bounds import BY_CHAT
from bot.contact_files.children import Whole, read_whole
from bot.contact_files.entries import Entry, Refused
from bot.contact_files.guessing import title_of
from bot.contact_files.intake import PAGE, Wish, person_of
from bot.contact_files.reading import About, ReadOptions
from bot.contact_files.refusals import FileRefused
from bot.contact_files.standing import Standing
from bot.contact_files.statuses import StatusColumn, Word
from flows.audiences.canonical import group_text
from flows.commands.confirm import fingerprint_of
from flows.effects import Template
from storage.channels import COMMUNITY
from storage.intake import Person, Taken, merged, survey_people, take_in

SHOWN = 5
"""Refused rows that a preview names."""
_MARKS: Mapping[Standing, str] = {
    Standing.INACTIVE: "inactive",
    Standing.INVALID: "invalid",
    Standing.BLOCKED: "banned",
    Standing.OPTED_OUT: "opted_out",
}


async def add_many(call: Call) -> Result:
    """Put everybody of an attached file into a group, after a preview and a code that stands for this very file.

    The pages are written one after the other before the command is done, so that nobody's text waits for a long list;
    what a process that ended left unwritten is written when the command is begun again.
    """
    group = call.argument("group") or COMMUNITY
    digest, whole = await call.desk.files.run(lambda: _fetched(call))
    people = await asyncio.to_thread(_people, whole, Wish(groups=(group,)))
    refused = [one for one in whole.reads if isinstance(one, Refused)]
    if not people:
        raise FileRefused("file_nobody", reason=f"{refused[0].place}: {refused[0].reason}" if refused else "")
    fingerprint = fingerprint_of("ADD", {"group": group, "file": digest})
    if not call.stands(fingerprint):
        expected = await _survey(call, people)
        preview = _preview(group, expected, refused, len(whole.reads))
        return Preview((*_doubts(whole.about), preview), fingerprint)
    for page in _pages(people):
        await call.desk.database.run(take_in(call.row.workspace_id, page, call.now_at))
    values = {"count": len(people), "group": group_text(group)}
    news = Template("operator_added_many_news", {**values, "name": call.operator_name})
    return Done((Template("operator_added_many", values),), news=(news,))


async def _fetched(call: Call) -> tuple[str, Whole]:
    """Fetch the file and read it; gives its digest with what it says."""
    content = await call.desk.fetch(call.argument("file_url"))
    options = ReadOptions(call.desk.house.workspace.country, language=call.language)
    return hashlib.sha256(content).hexdigest(), await read_whole(content, options, BY_CHAT)


def _people(whole: Whole, wish: Wish) -> dict[str, Person]:
    return merged(person_of(one, wish) for one in whole.reads if isinstance(one, Entry))


def _pages(people: Mapping[str, Person]) -> Iterator[dict[str, Person]]:
    left = iter(people.items())
    while page := dict(islice(left, PAGE)):
        yield page


async def _survey(call: Call, people: Mapping[str, Person]) -> Taken:
    total = Taken()
    for page in _pages(people):
        total += await call.desk.database.run(survey_people(call.row.workspace_id, page))
    return total


def _doubts(about: About) -> list[Template]:
    """Return what the file was read as where that was a guess, and what its status columns are taken for."""
    says = [Template("operator_add_status", _status_values(status)) for status in about.statuses]
    if about.encoding is not None:
        values = {"encoding": title_of(about.encoding.name), "samples": list(about.encoding.sample)}
        says.insert(0, Template("operator_add_encoding", {**values, "doubtful": not about.encoding.is_sure}))
    return says


def _status_values(status: StatusColumn) -> dict[str, object]:
    return {
        "column": status.heading,
        "words": [_word_values(word) for word in status.words],
        "doubtful": not status.is_sure,
    }


def _word_values(word: Word) -> dict[str, object]:
    marks = {name: word.standing is standing for standing, name in _MARKS.items()}
    return {"text": word.text, "count": word.count, "unknown": not word.is_known, **marks}


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
            "inactive": expected.inactive,
            "repeated": row_count - len(refused) - expected.new - known,
            "refused": len(refused),
            "rows": [f"{one.place}: {one.text} - {one.reason}" for one in refused[:SHOWN]],
        },
    )
