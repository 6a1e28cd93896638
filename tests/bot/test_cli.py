"""The command line about operators."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.clock import wall_clock
from flows.values import Workspace
from storage.channels import save_workspace
from storage.commands import CommandRow, add_command
from storage.database import open_database
from storage.keys import new_key
from storage.migrate import upgrade

WORKSPACE = Workspace(id=b"w" * 16, name="Harbor Choir")


@pytest.fixture
async def database_path(tmp_path: Path) -> Path:
    """Give a database that a service has used, with one command in it."""
    path = tmp_path / "rollcall.db"
    await upgrade(f"sqlite:///{path}")
    database = await open_database(f"sqlite:///{path}")
    await database.run(save_workspace(WORKSPACE, wall_clock()))
    asked = CommandRow(new_key(), WORKSPACE.id, None, "+15550100101", "BLAST", "BLAST all:\nhi", created_at=0)
    await database.run(add_command(asked))
    await database.close()
    return path


def rollcall(path: Path, *words: str) -> Result:
    """Run the program."""
    return CliRunner().invoke(main, words, env={"DB_PATH": str(path)})


def test_operators_come_and_go(database_path: Path) -> None:
    """A phone is added in a role, listed, changed and removed; who is no operator cannot be removed."""
    added = rollcall(database_path, "operator", "add", "(555) 010-0101", "admin", "--name", "Ada")
    assert added.output == "Operator 1: +15550100101 is admin.\n"
    assert rollcall(database_path, "operator", "add", "+15550100102", "viewer").exit_code == 0
    assert rollcall(database_path, "operator", "add", "+15550100102", "manager").exit_code == 0
    listed = rollcall(database_path, "operator", "list").output
    assert listed == "1  +15550100101  admin  Ada\n2  +15550100102  manager\n"
    assert rollcall(database_path, "operator", "remove", "+15550100102").exit_code == 0
    refused = rollcall(database_path, "operator", "remove", "+15550100102")
    assert refused.exit_code == 1
    assert "is no operator's phone" in refused.output


def test_bad_words_are_refused_in_words(database_path: Path, tmp_path: Path) -> None:
    """A wrong role, a wrong phone and a new database are said, without a traceback."""
    assert "is not one of" in rollcall(database_path, "operator", "add", "+15550100101", "boss").output
    assert "Error: " in rollcall(database_path, "operator", "add", "12", "admin").output
    assert "This database is new" in rollcall(tmp_path / "new.db", "operator", "list").output


def test_the_audit(database_path: Path) -> None:
    """Every command is a line: when, who, which door, what, how it ended."""
    line = rollcall(database_path, "audit").output.rstrip("\n").split("\t")
    assert line == ["1970-01-01T00:00:00+00:00", "+15550100101", "chat", "BLAST all: hi", "queued", ""]


def test_the_audit_for_other_programs(database_path: Path) -> None:
    """As CSV with its columns, whose cells are no formulas to a spreadsheet, and as a JSON document a line."""
    head, row = csv.reader(rollcall(database_path, "audit", "--format", "csv").output.splitlines())
    assert dict(zip(head, row, strict=True))["who"] == "'+15550100101"
    (document,) = rollcall(database_path, "audit", "--format", "json", "--count", "1").output.splitlines()
    assert json.loads(document)["text"] == "BLAST all: hi"
    assert rollcall(database_path, "audit", "--since", "1970-01-02").output == ""
    assert "'yesterday' is no day" in rollcall(database_path, "audit", "--since", "yesterday").output
