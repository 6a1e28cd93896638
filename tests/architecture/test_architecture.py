"""The whole source keeps the rules: who imports whom, how long things are, what they are called."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

from sqlalchemy import BigInteger, Integer

from storage.schema import metadata
from tests.architecture import arrows, shape, words
from tests.architecture.module import Module, Rule

ROOT = Path(__file__).parent.parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
STANDARD = tuple(sys.stdlib_module_names)
GENERATED = "storage/migrations/versions/"
"""Written by Alembic, one statement a table: sizes are not its own."""
OPENERS = {"bot/serve.py", "bot/offline.py", "bot/adopting.py"}
"""Where the command line opens the service, or only the database."""
BROAD = {
    "bot/app.py": 1,  # the web edge
    "bot/commands.py": 1,  # one command must not stop the worker
    "bot/batcher.py": 1,  # each caller learns what happened
    "bot/inbox.py": 2,  # a row that the database refuses must not hurt its neighbours
    "bot/sweep.py": 1,  # what one provider answers must not keep the other channels from being read
    "bot/turns.py": 1,  # a step that raises is stored as failed
    "bot/runtime/loop.py": 1,  # the worker loops
    "bot/runtime/one_by_one.py": 2,  # one bad row must not stop the others, nor that it cannot be set aside
    "bot/runtime/failed_commands.py": 1,  # a command comes to its end, whatever its letters do
}
"""Worker loops and the web edge, with how often each may catch everything."""
OTHERS_WORDS = {
    "data_received",  # asyncio's protocol calls it so
    "test_process",  # an operating system's process, and nothing vaguer
}
OTHERS_SIGNATURES = {"bot/providers/twilio/transport.py"}
"""Where an outside package says how many arguments there are."""
NO_COUNTS = {
    "search_entries.id",  # what FTS5 calls a row by
    "numbers.last",  # the last short number given away
    "campaigns.retry_of",  # the number of another campaign
    "messages.attempt",  # which try this is
    "messages.segments",  # a count that is named otherwise
    "spending.segments",  # a count that is named otherwise
    "spending.told_segments",  # a count that is named otherwise
    "commands.tries",  # a count that is named otherwise
    "sessions.tries",  # a count that is named otherwise
}
"""Whole numbers that are named by no unit."""


def read(*folders: str) -> list[Module]:
    """Read every module below these folders."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert paths, f"nothing in {folders}: the rules look at the wrong place"
    return [_module(path.relative_to(ROOT)) for path in paths]


def _module(path: Path) -> Module:
    parts = path.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path.as_posix(), (ROOT / path).read_text("utf-8"))


FLOWS, STORAGE, BOT, TEXTS, TESTS = map(read, ("flows", "storage", "bot", "templates_msg", "tests"))
TESTS += read("benchmarks")
SOURCE = [*FLOWS, *STORAGE, *BOT, *TEXTS]
WRITTEN = [module for module in SOURCE if not module.path.startswith(GENERATED)]
SERVICE = next(module for module in BOT if module.name == "bot.service")


def check(findings: Iterable[str]) -> None:
    """Fail with every finding."""
    found = list(findings)
    assert not found, "\n" + "\n".join(found)


def keep(rule: Rule, modules: Iterable[Module]) -> None:
    """Fail with every finding of a rule."""
    check(finding for module in modules for finding in rule(module))


def test_flows_are_pure() -> None:
    """The core needs the standard library, state machines, phone numbers and dates, and never waits or looks around."""
    keep(arrows.imports_only(("flows", "statemachine", "phonenumbers", "dateutil", *arrows.PURE)), FLOWS)
    keep(arrows.is_pure, FLOWS)


def test_storage_knows_nothing_of_the_shell() -> None:
    """Storage needs flows, SQLAlchemy, Alembic and the drivers."""
    allowed = ("flows", "storage", "sqlalchemy", "alembic", "aiosqlite", "asyncpg", "orjson", "uuid_utils", *STANDARD)
    keep(arrows.imports_only(allowed), STORAGE)


def test_providers_stand_alone() -> None:
    """A provider knows flows, the providers' base, itself and what it calls with; no storage, no other provider."""
    for module in BOT:
        if module.path.startswith("bot/providers/"):
            own = ".".join(module.name.split(".")[:3])
            allowed = ("flows", "bot.providers.base", own, "twilio", "aiohttp", "yarl", "structlog", *STANDARD)
            keep(arrows.imports_only(allowed), [module])


def test_nobody_imports_the_shell() -> None:
    """Only the shell, the tests and the benchmarks import the shell, and texts import nothing."""
    keep(arrows.never_imports(("bot", "tests", "benchmarks")), [*FLOWS, *STORAGE])
    keep(arrows.never_imports(("tests", "benchmarks")), BOT)
    keep(arrows.imports_only(()), TEXTS)
    keep(arrows.imports_openly, SOURCE)


def test_the_service_is_constructed_in_one_place() -> None:
    """What the service is made of is made by `bot/service.py`, and only the command line opens one."""
    parts = arrows.constructed(SERVICE)
    assert {"Inbox", "Sender", "Receipts", "Reconciler"} <= parts
    keep(arrows.constructs_none(parts), [module for module in BOT if module is not SERVICE])
    others = [module for module in BOT if module is not SERVICE and module.path not in OPENERS]
    keep(arrows.constructs_none({"open_service", "open_database", "Service", "Database"}), others)


def test_there_are_no_cycles() -> None:
    """The graph of modules is a tree with shared leaves."""
    assert arrows.cycle(arrows.arrows(SOURCE)) == [], "move what both need to a module below them"


def test_what_the_owner_asked_for_is_used() -> None:
    """The packages that were asked for are imported by what runs, and pytest-aiohttp is there for the tests."""
    used = _distributions(SOURCE).keys()
    assert {"aiohttp", "twilio", "jinja2", "python-statemachine", "apscheduler"} <= used
    assert "sqlite+aiosqlite" in (ROOT / "storage" / "database.py").read_text("utf-8")  # SQLAlchemy opens it by name
    assert "pytest-aiohttp" in _declared(PYPROJECT["dependency-groups"]["dev"])


def test_what_is_imported_is_declared() -> None:
    """Every package that is imported stands in pyproject.toml, and every one that stands there is imported."""
    needed = PYPROJECT["project"]["dependencies"]
    extras = PYPROJECT["project"]["optional-dependencies"].values()
    project = _declared([*needed, *(one for extra in extras for one in extra)])
    development = _declared(PYPROJECT["dependency-groups"]["dev"])
    by_name = {"tzdata", "aiosqlite"}  # found by zoneinfo; named in the database's URL
    check(arrows.undeclared(_distributions(SOURCE), project))
    check(arrows.undeclared(_distributions(TESTS), project | development))
    check(arrows.unused(_distributions(SOURCE), project - by_name))


def _declared(lines: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~;\s]", line)[0] for line in lines}


def _distributions(modules: list[Module]) -> dict[str, str]:
    """Give the distribution of every package that these modules import, with the first place."""
    ours = ("bot", "flows", "storage", "templates_msg", "tests", "benchmarks", *STANDARD)
    made_by = packages_distributions()
    used = arrows.packages(modules, ours)
    return {re.sub(r"[_.]", "-", made_by.get(top, [top])[0]).lower(): place for top, place in used.items()}


def test_functions_are_short() -> None:
    """Half have at most 8 lines, nine in ten fewer than 25, none more than 50."""
    check(shape.mostly_short(WRITTEN))
    keep(shape.short_functions, WRITTEN)


def test_files_are_short() -> None:
    """No file has more than 400 lines."""
    keep(shape.short_file, [*WRITTEN, *TESTS])


def test_ruff_limits_complexity_and_arguments() -> None:
    """Complexity is at most 10 and arguments are at most 6, and no comment lifts that."""
    check(shape.limits_are_set(PYPROJECT["tool"]["ruff"]))
    keep(shape.keeps_limits(OTHERS_SIGNATURES), WRITTEN)


def test_what_is_public_is_documented() -> None:
    """Modules, classes and functions say in a sentence what they are."""
    keep(shape.documented, [*SOURCE, *TESTS])


def test_names_say_something() -> None:
    """No manager, helper, util, handler, data, info or process."""
    keep(words.named_well(OTHERS_WORDS), [*SOURCE, *TESTS])


def test_errors_are_caught_narrowly() -> None:
    """Everything is caught only in the worker loops and at the web edge."""
    keep(shape.catches_narrowly(BROAD), SOURCE)


def test_tests_are_honest() -> None:
    """Every test says what it shows, and none patches anything."""
    keep(shape.honest_tests, TESTS)


def test_columns_are_named_by_what_they_hold() -> None:
    """A time ends in `_at` and only a time does; a count ends in `_count`, and is a whole number."""
    columns = {str(column): column for table in metadata.sorted_tables for column in table.columns}
    assert columns.keys() >= NO_COUNTS
    for name, column in columns.items():
        is_time = isinstance(column.type, BigInteger)
        is_whole = isinstance(column.type, Integer) and not is_time and name not in NO_COUNTS
        check(words.well_named_column(name, is_time=is_time, is_whole=is_whole))


def test_texts_are_there_in_every_language() -> None:
    """English and Spanish have the same texts."""
    english, spanish = ([path.name for path in (ROOT / "templates_msg" / name).iterdir()] for name in ("en", "es"))
    check(words.same_files("templates_msg/en", english, "templates_msg/es", spanish))


def test_texts_have_no_logic_beyond_if_and_for() -> None:
    """A text shows values, asks whether they are there, and repeats over them."""
    for path in sorted((ROOT / "templates_msg").rglob("*.txt")):
        check(words.plain_text(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")))
