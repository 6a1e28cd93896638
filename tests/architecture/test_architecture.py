"""The whole source keeps the rules: who imports whom, how long things are, what they are called."""

from __future__ import annotations

import ast
import re
import statistics
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Integer

from storage.schema import metadata
from tests.architecture.rules import (
    Module,
    Rule,
    catches_narrowly,
    cycle,
    documented,
    honest_tests,
    imports_only,
    is_pure,
    length,
    named_well,
    never_imports,
    short_file,
    short_functions,
)

ROOT = Path(__file__).parent.parent.parent
STANDARD = tuple(sys.stdlib_module_names)
GENERATED = "storage/migrations/versions/"
"""Written by Alembic, one statement a table: sizes are not its own."""
BROAD = {
    "bot/app.py": 1,  # the web edge
    "bot/batcher.py": 1,  # each caller learns what happened
    "bot/inbox.py": 1,  # a row that the database refuses must not hurt its neighbours
    "bot/turns.py": 1,  # a step that raises is stored as failed
    "bot/sender.py": 1,  # a worker loop
    "bot/channel_sender.py": 1,  # a worker loop
}
"""Worker loops and the web edge, with how often each may catch everything."""


def read(*folders: str) -> list[Module]:
    """Read every module below these folders."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [_module(path.relative_to(ROOT)) for path in paths]


def _module(path: Path) -> Module:
    parts = path.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path.as_posix(), (ROOT / path).read_text("utf-8"))


FLOWS, STORAGE, BOT, TESTS = read("flows"), read("storage"), read("bot"), read("tests", "benchmarks")
SOURCE = [*FLOWS, *STORAGE, *BOT]
WRITTEN = [module for module in SOURCE if not module.path.startswith(GENERATED)]
PROVIDERS = {path.name for path in (ROOT / "bot" / "providers").iterdir() if path.is_dir() and path.name[0] != "_"}


def check(rule: Rule, modules: list[Module]) -> None:
    """Fail with every finding of a rule."""
    findings = [finding for module in modules for finding in rule(module)]
    assert not findings, "\n" + "\n".join(findings)


def test_flows_are_pure() -> None:
    """The core needs the standard library, state machines, phone numbers and dates, and never waits or looks around."""
    check(imports_only(("flows", "statemachine", "phonenumbers", "dateutil", *STANDARD)), FLOWS)
    check(is_pure, FLOWS)


def test_storage_knows_nothing_of_the_shell() -> None:
    """Storage needs flows, SQLAlchemy, Alembic and the drivers."""
    allowed = ("flows", "storage", "sqlalchemy", "alembic", "aiosqlite", "asyncpg", "orjson", "uuid_utils", *STANDARD)
    check(imports_only(allowed), STORAGE)


def test_providers_stand_alone() -> None:
    """A provider knows flows, the providers' base and itself; neither storage nor another provider."""
    for module in BOT:
        if not module.path.startswith("bot/providers/"):
            continue
        own = module.path.split("/")[2].removesuffix(".py")
        others = [f"bot.providers.{name}" for name in PROVIDERS - {own}]
        check(never_imports(["storage", *others]), [module])
        inside = imports_only(("flows", "bot.providers.base", f"bot.providers.{own}", *_third_party(), *STANDARD))
        check(inside, [module])


def test_nobody_imports_the_shell() -> None:
    """Only the shell imports the shell, and only the command line and the benchmarks construct a service."""
    check(never_imports(("bot", "tests", "benchmarks")), [*FLOWS, *STORAGE])
    check(never_imports(("tests", "benchmarks")), BOT)
    openers = {m.path for m in BOT if any(name == "bot.service.open_service" for _line, name in m.imports)}
    assert openers <= {"bot/serve.py"}, openers


def test_there_are_no_cycles() -> None:
    """The graph of modules is a tree with shared leaves."""
    known = {module.name for module in SOURCE}
    arrows = {
        module.name: {name for name in _runtime(module) if name in known and name != module.name} for module in SOURCE
    }
    assert cycle(arrows) == []


def _runtime(module: Module) -> Iterator[str]:
    """Name what a module imports; of a package from which a module is taken, that module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = {f"{node.module}.{alias.name}" for alias in node.names} & {one.name for one in SOURCE}
            yield from below or {node.module}


def test_functions_are_short() -> None:
    """Half have at most 8 lines, nine in ten fewer than 25, none more than 50."""
    lengths = [length(function) for module in WRITTEN for function in module.functions]
    assert statistics.median(lengths) <= 8
    assert sum(lines < 25 for lines in lengths) / len(lengths) >= 0.9
    check(short_functions, WRITTEN)


def test_files_are_short() -> None:
    """No file has more than 400 lines."""
    check(short_file, [*WRITTEN, *TESTS])


def test_what_is_public_is_documented() -> None:
    """Modules, classes and functions say in a sentence what they are."""
    check(documented, SOURCE)


def test_names_say_something() -> None:
    """No manager, helper, util, handler, data, info or process."""
    check(named_well, SOURCE)


def test_errors_are_caught_narrowly() -> None:
    """Everything is caught only in the worker loops and at the web edge."""
    check(catches_narrowly(BROAD), SOURCE)


def test_tests_are_honest() -> None:
    """Every test says what it shows, and none patches anything."""
    check(honest_tests, TESTS)


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_columns_are_named_by_what_they_hold(table: object) -> None:
    """A time ends in `_at` and only a time does; a count ends in `_count`, and is a whole number."""
    for column in table.columns:  # type: ignore[attr-defined]
        assert isinstance(column.type, BigInteger) == column.name.endswith("_at"), column
        assert not column.name.endswith("_count") or isinstance(column.type, Integer), column


def test_texts_have_no_logic_beyond_if_and_for() -> None:
    """A text shows values, asks whether they are there, and repeats over them."""
    for path in sorted((ROOT / "templates_msg").rglob("*.txt")):
        words = re.findall(r"{%-?\s*(\w+)", path.read_text("utf-8"))
        assert set(words) <= {"if", "elif", "else", "endif", "for", "endfor"}, path


def _third_party() -> tuple[str, ...]:
    return ("twilio", "aiohttp", "yarl", "structlog", "multidict")


def test_what_is_imported_is_declared() -> None:
    """Every package that the source imports stands in pyproject.toml, and every one that stands there is imported."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.split(r"[\[<>=~]", line)[0] for line in project["dependencies"]}
    names = {
        "dotenv": "python-dotenv",
        "yaml": "pyyaml",
        "statemachine": "python-statemachine",
        "dateutil": "python-dateutil",
    }
    ours = {"bot", "flows", "storage", "templates_msg", "tests", "benchmarks", "__future__"}
    tops = {name.partition(".")[0] for module in SOURCE for _line, name in module.imports} - ours - set(STANDARD)
    used = {names.get(top, top.replace("_", "-")) for top in tops}
    by_others = {"yarl", "multidict"}  # parts of aiohttp
    by_name = {"tzdata", "aiosqlite", "python-dateutil"}  # found by zoneinfo, named in the database's URL
    assert used - by_others <= declared, used - by_others - declared
    assert declared - by_name <= used, declared - by_name - used
