"""A file of contacts, page by page, on its way into the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field

from bot.contact_files.entries import Entry, Read, Refused
from flows.values import Key
from storage.database import Database
from storage.intake import Person, Taken, merged, survey_people, take_in

PAGE = 500
"""People per transaction: some 20 ms of the writer."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a list is taken in."""

    groups: tuple[str, ...] = ()
    """Everybody is put into these, besides those that the file names."""
    opted_out: bool = False
    """The file is a list of people who want no messages."""
    overwrite: bool = False
    """Where the file and what is known differ, the file is right."""
    dry_run: bool = False


@dataclass(slots=True)
class Sum:
    """What became of a file; rows = people + repeated + refused."""

    row_count: int = 0
    repeated_count: int = 0
    """Rows of a page with the phone of another one, joined with it."""
    refused_count: int = 0
    taken: Taken = field(default_factory=Taken)


def person_of(entry: Entry, wish: Wish) -> Person:
    """Say what is written down about somebody."""
    return Person(
        entry.phone,
        entry.name,
        entry.language,
        entry.time_zone,
        entry.fields,
        tuple(dict.fromkeys((*wish.groups, *entry.groups))),
        entry.opted_out or wish.opted_out,
        entry.status,
    )


async def take_file(
    database: Database,
    workspace_id: Key,
    reads: AsyncIterator[Read],
    wish: Wish,
    clock: Callable[[], int],
    refuse: Callable[[Refused], None],
) -> Sum:
    """Take in what a file names, each page at once or not at all; raises `CommandError`, `StorageError`."""
    total = Sum()
    async for page in _pages(reads):
        people = merged(person_of(one, wish) for one in page if isinstance(one, Entry))
        refused = [one for one in page if isinstance(one, Refused)]
        _tell(refused, refuse)
        if wish.dry_run:
            plan = survey_people(workspace_id, people, overwrite=wish.overwrite)
        else:
            plan = take_in(workspace_id, people, clock(), overwrite=wish.overwrite)
        total.taken += await database.run(plan)
        total.row_count += len(page)
        total.refused_count += len(refused)
        total.repeated_count += len(page) - len(refused) - len(people)
    return total


async def _pages(reads: AsyncIterator[Read]) -> AsyncIterator[list[Read]]:
    page: list[Read] = []
    async for one in reads:
        page.append(one)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _tell(refused: Iterable[Refused], refuse: Callable[[Refused], None]) -> None:
    for one in refused:
        refuse(one)
