"""Lists of contacts into and out of the database, for the command line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, true

from bot.actions.audiences import understand
from bot.cells import guarded
from bot.clock import wall_clock
from bot.contact_files.entries import Read, Refused
from bot.contact_files.intake import Sum, Wish, take_file
from bot.contact_files.reading import read_contacts
from bot.contact_files.writing import format_of, writing
from bot.offline import opened
from bot.settings import Settings
from flows.errors import CommandError
from storage.catalogue import load_catalogue
from storage.export import field_names, people


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file to take in, and how it is read."""

    path: Path
    mapping: Mapping[str, str]
    country: str | None = None
    encoding: str | None = None
    report: Path | None = None
    """Where a line is written about every row that is refused."""


async def import_list(
    settings: Settings, source: ListFile, wish: Wish, progress: Callable[[int], None], refuse: Callable[[Refused], None]
) -> Sum:
    """Take in a file; `progress` hears of every row. Raises `CommandError`, `StorageError`."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context(source.path.open("rb"))
        except OSError as error:
            raise CommandError(f"{source.path} cannot be read: {error.strerror or error}.") from error
        note = stack.enter_context(_report(source.report)) if source.report else None
        country = source.country or settings.country
        reads = read_contacts(file, country=country, mapping=source.mapping, encoding=source.encoding)
        stack.enter_context(closing(reads))

        def told(one: Refused) -> None:
            refuse(one)
            if note is not None:
                note(one)

        async with opened(settings) as (database, workspace):
            return await take_file(database, workspace.id, _watched(reads, progress), wish, wall_clock, told)


def _watched(reads: Iterator[Read], progress: Callable[[int], None]) -> Iterator[Read]:
    for one in reads:
        progress(1)
        yield one


@contextmanager
def _report(path: Path) -> Iterator[Callable[[Refused], None]]:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(("place", "text", "reason"))
            yield lambda one: table.writerows([map(guarded, (one.place, one.text, one.reason))])
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}.") from error


async def export_list(settings: Settings, path: Path, form: str | None, audience: str | None) -> int:
    """Write the contacts of an audience (everybody without one) into a file; gives how many there are.

    Raises `CommandError` for an audience or a format that is not known, and where the file cannot be written.
    """
    chosen = format_of(path, form)
    async with opened(settings) as (database, workspace):
        wanted: ColumnElement[bool] = true()
        if audience:
            catalogue = await database.run(load_catalogue(workspace.id))
            wanted = (await understand(database, workspace, catalogue, audience)).condition
        count = 0
        async with database.read() as connection:
            names = await field_names(connection, workspace.id, wanted)
            with writing(path, chosen, names) as write:
                async for page in people(connection, workspace.id, wanted):
                    for one in page:
                        write(one)
                    count += len(page)
    return count
