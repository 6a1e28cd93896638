"""Lists of contacts into and out of the database, for the command line."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, aclosing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import ColumnElement, true

from bot.actions.audiences import understand
from bot.cells import guarded
from bot.clock import wall_clock
from bot.contact_files.bounds import BY_SHELL
from bot.contact_files.children import read_in_child
from bot.contact_files.entries import Read, Refused
from bot.contact_files.intake import Sum, Wish, take_file
from bot.contact_files.lines import Ended
from bot.contact_files.reading import About, ReadOptions
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
    standings: Mapping[str, str] = field(default_factory=dict)
    """What words of a status column mean."""


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who hears what a list brings while it is taken in."""

    approve: Callable[[About], None]
    """Looks at what was found out about the file; raises `CommandError` where it is not to be taken in so."""
    progress: Callable[[int], None]
    """Hears of every row."""
    refuse: Callable[[Refused], None]


async def import_list(settings: Settings, source: ListFile, wish: Wish, watcher: Watcher) -> Sum:
    """Take in a file; raises `CommandError`, `StorageError`."""
    async with AsyncExitStack() as stack:
        try:
            file = stack.enter_context(source.path.open("rb"))
        except OSError as error:
            raise CommandError(f"{source.path} cannot be read: {error.strerror or error}.") from error
        note = stack.enter_context(_report(source.report)) if source.report else None
        country = source.country or settings.country
        options = ReadOptions(country, source.mapping, source.encoding, source.standings)
        lines = await stack.enter_async_context(aclosing(read_in_child(file, options, BY_SHELL)))

        def told(one: Refused) -> None:
            watcher.refuse(one)
            if note is not None:
                note(one)

        async with opened(settings) as (database, workspace):
            return await take_file(database, workspace.id, _rows(lines, watcher), wish, wall_clock, told)


async def _rows(lines: AsyncIterator[About | Read | Ended], watcher: Watcher) -> AsyncIterator[Read]:
    async for line in lines:
        if isinstance(line, About):
            watcher.approve(line)
        elif not isinstance(line, Ended):
            watcher.progress(1)
            yield line


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
