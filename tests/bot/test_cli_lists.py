"""`rollcall contacts import` of lists that are not clear, or odd."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import wall_clock
from flows.values import Workspace
from storage.channels import save_workspace
from storage.database import open_database
from storage.keys import new_key
from storage.migrate import upgrade
from tests.bot.contact_files.odd import SHEET, row, sheet, with_parts
from tests.bot.test_cli import rollcall

BO, CY, DEE = "+15550100102", "+15550100103", "+15550100104"


@pytest.fixture
async def database_path(tmp_path: Path) -> Path:
    """Return a database with a workspace."""
    path = tmp_path / "rollcall.db"
    await upgrade(f"sqlite:///{path}")
    database = await open_database(f"sqlite:///{path}")
    await database.run(save_workspace(Workspace(new_key(), "Harbor Choir"), wall_clock()))
    await database.close()
    return path


def written(path: Path, content: str | bytes) -> str:
    """Write a list; gives its name."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def statuses(path: Path) -> dict[str, tuple[str, bool]]:
    """Read how everybody stands: the status, and whether they opted out."""
    query = "SELECT address, status, EXISTS (SELECT 1 FROM opt_outs o WHERE o.address = contacts.address) FROM contacts"
    with closing(sqlite3.connect(path)) as connection:
        return {address: (status, bool(stopped)) for address, status, stopped in connection.execute(query)}


def test_a_list_of_rapidpro(database_path: Path, tmp_path: Path) -> None:
    """People who had stopped were taken in as ones to write to; now they are opted out, and the summary says so."""
    name = written(tmp_path / "list.csv", f"Name,URN:Tel,Status\nBo,{BO},Active\nCy,{CY},Stopped\nDee,{DEE},Archived\n")
    done = rollcall(database_path, "contacts", "import", name)
    assert "'Status' says who gets messages: Stopped (1) opted out, Archived (1) inactive, Active (1)" in done.output
    assert "3 rows: 3 new" in done.output
    assert "1 of them get no messages." in done.output
    assert "1 of them are not active: campaigns leave them out." in done.output
    assert statuses(database_path) == {BO: ("active", False), CY: ("active", True), DEE: ("inactive", False)}
    again = written(tmp_path / "again.csv", f"phone,status\n{BO},active\n{CY},active\n{DEE},active\n")
    rollcall(database_path, "contacts", "import", again, "--overwrite")
    assert statuses(database_path)[CY] == ("active", True)
    assert statuses(database_path)[DEE] == ("inactive", False)


def test_a_status_that_is_not_clear(database_path: Path, tmp_path: Path) -> None:
    """The column is refused with its words and the options; each of them is a way on."""
    name = written(tmp_path / "list.csv", f"phone,Status\n{BO},Member\n{CY},Gone away\n{DEE},Stopped\n")
    refused = rollcall(database_path, "contacts", "import", name)
    assert refused.exit_code == 1
    assert "The column 'Status' seems to say who gets messages" in refused.output
    for part in ("Member (1), Gone away (1)", "--status-column Status", "--status Member=active", "--map Status=field"):
        assert part in refused.output
    assert statuses(database_path) == {}
    looked = rollcall(database_path, "contacts", "import", name, "--dry-run")
    assert "3 would be new" in looked.output
    words = ("--status", "member=active", "--status", "Gone away=opted-out")
    assert rollcall(database_path, "contacts", "import", name, *words).exit_code == 0
    assert statuses(database_path) == {BO: ("active", False), CY: ("active", True), DEE: ("active", True)}
    assert "WORD=MEANING" in rollcall(database_path, "contacts", "import", name, "--status", "Member=maybe").output


@pytest.mark.parametrize(
    ("words", "expected"),
    [(("--status-column", "Status"), ("inactive", False)), (("--map", "Status=field"), ("active", False))],
)
def test_ways_on(words: tuple[str, ...], expected: tuple[str, bool], database_path: Path, tmp_path: Path) -> None:
    """A status column keeps the people of an unclear word out of campaigns; a field is only a field."""
    name = written(tmp_path / "list.csv", f"phone,Status\n{BO},Member\n")
    assert rollcall(database_path, "contacts", "import", name, *words).exit_code == 0
    assert statuses(database_path) == {BO: expected}


def test_an_encoding_that_is_not_clear(database_path: Path, tmp_path: Path) -> None:
    """ "Иван Петров" came in as "Èâàí Ïåòðîâ" without a word; now the list is refused with a sample of how it reads."""
    name = written(tmp_path / "list.csv", f"name,phone\nИван Петров,{BO}\n".encode("cp1251"))
    refused = rollcall(database_path, "contacts", "import", name)
    assert "The file is not Unicode. Read as Windows-1251 it says: Иван Петров." in refused.output
    assert "--encoding cp1251" in refused.output
    assert statuses(database_path) == {}
    assert rollcall(database_path, "contacts", "import", name, "--encoding", "cp1251").exit_code == 0
    with closing(sqlite3.connect(database_path)) as connection:
        assert connection.execute("SELECT name FROM contacts").fetchall() == [("Иван Петров",)]


def test_a_usual_encoding_is_shown(database_path: Path, tmp_path: Path) -> None:
    """Excel's own is taken, and its reading shown."""
    name = written(tmp_path / "list.csv", f"name,phone\nBego Núñez,{BO}\n".encode("cp1252"))
    done = rollcall(database_path, "contacts", "import", name)
    assert "Read as Windows-1252: Bego Núñez." in done.output
    assert done.exit_code == 0


def test_odd_files(database_path: Path, tmp_path: Path) -> None:
    """What would have ended the import in a long error ends in one line."""
    wide = with_parts({SHEET: sheet(row(1, A="phone", XFD="odd") + row(2, A=BO))})
    for content, line in (
        (b"PK\x03\x04nonsense", "The spreadsheet is damaged"),
        (wide, "Row 1 of the file has more than 2000 columns"),
        (b"phone," * 2_500, "more than 2000 columns"),
        (b'phone\n"' + b"x" * 200_000, "is a quotation mark left open?"),
    ):
        refused = rollcall(database_path, "contacts", "import", written(tmp_path / "odd.xlsx", content))
        assert refused.exit_code == 1
        assert line in refused.output
        assert len(refused.output.strip().splitlines()) == 1


def test_how_somebody_stands(database_path: Path, tmp_path: Path) -> None:
    """The owner brings back whom a list made inactive; an opt-out stays, and a stranger is named."""
    name = written(tmp_path / "list.csv", f"phone,Status\n{BO},Inactive\n{CY},Stopped\n")
    rollcall(database_path, "contacts", "import", name)
    assert rollcall(database_path, "contacts", "status", BO).output == f"{BO} is inactive.\n"
    assert rollcall(database_path, "contacts", "status", BO, "blocked").output == f"{BO} is blocked.\n"
    assert rollcall(database_path, "contacts", "status", BO, "active").output == f"{BO} is active.\n"
    stopped = f"{CY} is active. They opted out: nothing is sent until they text START.\n"
    assert rollcall(database_path, "contacts", "status", CY, "active").output == stopped
    assert statuses(database_path) == {BO: ("active", False), CY: ("active", True)}
    assert "Nobody here has the phone" in rollcall(database_path, "contacts", "status", DEE, "active").output
    rollcall(database_path, "operator", "add", BO, "admin")
    refused = rollcall(database_path, "contacts", "status", BO, "blocked")
    assert (refused.exit_code, "operator's phone" in refused.output) == (1, True)
