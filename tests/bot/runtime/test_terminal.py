"""What commands print: no name, text or file commands the terminal; every command is tried with poisoned rows."""

from __future__ import annotations

import asyncio
import io
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from sqlalchemy import Table, insert

from bot import chat
from bot.cli import main
from bot.clock import wall_clock
from bot.keyring import audit_key, unlock
from bot.runtime.terminal import echo, one_line, visible
from flows.values import Key, Transport, Workspace
from storage.audit.entries import begin
from storage.channels import all_channels, save_channels, save_workspace
from storage.database import open_database
from storage.keys import new_key
from storage.migrate import upgrade
from storage.schema import (
    campaigns,
    commands,
    contacts,
    events,
    flow_versions,
    flows,
    group_members,
    groups,
    messages,
    operators,
    records,
    templates,
)
from tests.fakes.twilio import FakeTwilio

ROOT = Path(__file__).parents[3]
OLD = ROOT / "tests/storage/adopt/old/watest.sql"
POISON = "Eve\x1b[31m\x07\x9b2J\u202etxt\u2066\x7f"
SHOWN = r"Eve\u001b[31m\u0007\u009b2J\u202etxt\u2066\u007f"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
WRITTEN = re.compile(r"\\(?:u00|x)1b")
"""ESC written out, by us or by Python's own repr()."""
ADA, BO = "+15550100101", "+15550100102"
WORKSPACE = Workspace(id=b"w" * 16, name=POISON)


def test_visible() -> None:
    """Escapes, bells, the second set of controls, line ends in disguise and turns of direction are written out."""
    assert visible(POISON) == SHOWN
    assert visible("a\rb\u2028c\ufeffd\ud800") == r"a\u000db\u2028c\ufeffd\ud800"
    plain = "Zoë\t😀 👩\u200d👩\u200d👧 עברית می\u200cخواهم\nnext"
    assert visible(plain) == plain
    assert json.loads(visible(json.dumps([POISON], ensure_ascii=False))) == [POISON]
    assert one_line("a\nb\t c\x1b") == "a b c\x1b"


def test_echo(capsys: pytest.CaptureFixture[str]) -> None:
    """Both streams show the same, with a line end or another."""
    echo(POISON)
    echo(POISON, err=True, end="!")
    assert capsys.readouterr() == (f"{SHOWN}\n", f"{SHOWN}!")


async def insert_row(path: Path, table: Table, **values: object) -> Key:
    """Insert a row; gives its key."""
    made = {"id": new_key(), "workspace_id": WORKSPACE.id, "created_at": 1, "updated_at": 1, **values}
    database = await open_database(f"sqlite:///{path}")
    async with database.engine.begin() as connection:
        await connection.execute(insert(table).values({name: made[name] for name in made if name in table.c}))
    await database.close()
    return made["id"]  # type: ignore[return-value]


@pytest.fixture
async def poisoned(tmp_path: Path) -> Path:
    """Return a database in which every name and text is poisoned."""
    path = tmp_path / "rollcall.db"
    await upgrade(f"sqlite:///{path}")
    database = await open_database(f"sqlite:///{path}")
    await database.run(save_workspace(WORKSPACE, wall_clock()))
    await unlock(database, WORKSPACE.id, "")
    await database.run(begin(audit_key(database), WORKSPACE.id, 1))
    await database.run(save_channels([("twilio", Transport.SMS, "+15550100000", 1.0)], WORKSPACE.id, 1))
    (channel,) = await database.run(all_channels())
    await database.close()
    operator = await insert_row(path, operators, number=1, address=ADA, name=f"{POISON}\n9  forged", role="admin")
    eve = await insert_row(path, contacts, address=BO, phone=BO, name=POISON, fields={"city": POISON}, number=1)
    await insert_row(path, records, contact_id=eve, kind="vehicle", fields={"make": POISON})
    choir = await insert_row(path, groups, name=POISON)
    await insert_row(path, group_members, group_id=choir, contact_id=eve, added_at=1)
    usual = {"operator_id": operator, "channel_id": channel.id, "audience": POISON, "status": "running"}
    campaign = await insert_row(
        path, campaigns, number=1, text=POISON, name=POISON, time_zone="UTC", started_at=1, **usual
    )
    text = {"channel_id": channel.id, "contact_id": eve, "body": POISON, "error_text": POISON, "purpose": "reply"}
    await insert_row(path, messages, direction="inbound", status="received", address=BO, priority=1, **text)
    await insert_row(
        path,
        messages,
        **{**text, "purpose": "campaign", "priority": 5, "campaign_id": campaign, "address": POISON},
        direction="outbound",
        status="sent",
        provider_id="SM1",
    )
    said = {"operator_id": operator, "verb": "BLAST", "text": POISON, "answer": POISON, "status": "done"}
    await insert_row(path, commands, address=ADA, door="chat", arguments={}, **said)
    await insert_row(path, events, number=1, title=POISON, starts_at=2, time_zone="UTC")
    flow = await insert_row(path, flows, name=POISON, version=1)
    await insert_row(path, flow_versions, flow_id=flow, version=1, definition={})
    values = {"language": "en", "category": "utility", "status": "approved", "content": POISON, "parameters": []}
    await insert_row(path, templates, name=POISON, content_sid=POISON, **values)
    return path


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Name every command below one."""
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from leaves(below, (*path, name))
    else:
        yield " ".join(path)


COMMANDS: dict[str, tuple[str, bool]] = {
    "audit": ("", True),
    "campaign list": ("", True),
    "campaign settle": ("1 sent", False),
    "campaign verify": ("1", True),
    "chat": ("--url {poison}", True),
    "config": ("", True),
    "contacts export": ("{folder}/{poison}.csv", True),
    "contacts forget": (f"{BO} --yes", False),
    "contacts import": ("{folder}/list.csv", True),
    "contacts show": (BO, True),
    "contacts status": (f"{BO} inactive", False),
    "db adopt": ("sqlite:///{folder}/old.db --yes --report {folder}/report.json", True),
    "db backup": ("{folder}/{poison}.copy", True),
    "db doctor": ("", False),
    "db export": ("contacts {folder}/{poison}.csv", True),
    "db restore": ("{folder}/{poison}.gone", True),
    "db snapshot": ("", False),
    "db status": ("", False),
    "db tidy": ("", False),
    "db upgrade": ("", False),
    "db usage": ("", False),
    "demo remove": ("--yes", False),
    "flows check": ("{folder}/bad.yaml", True),
    "flows diagram": ("{poison}", True),
    "flows import": ("{folder}/flow.yaml", True),
    "flows list": ("", True),
    "flows off": ("{poison}", True),
    "flows on": ("{poison}", True),
    "messages": ("", True),
    "operator add": ("{poison} admin", True),
    "operator check": ("{poison} --password x", False),
    "operator check-key": ("--key {poison}", False),
    "operator list": ("", True),
    "operator password": ("{poison} --password {poison}", True),
    "operator pin": (f"{ADA} --pin {{poison}}", False),
    "operator remove": ("{poison}", True),
    "serve": ("", True),
    "template add": ("{poison} --sid x --text x", True),
    "template list": ("", True),
    "template remove": ("{poison}", True),
}
"""What follows each command, and whether something poisoned is to be read in what it prints."""


def test_no_command_is_left_out() -> None:
    """A new command has to be tried here as well."""
    assert sorted(COMMANDS) == sorted(leaves(main))


def settle_files(folder: Path) -> None:
    """Write a list, a definition and an old database with poison in them."""
    (folder / "list.csv").write_text(f'name,phone\n"{POISON}","12{POISON}"\n', "utf-8")
    (folder / "flow.yaml").write_text('title: "Eve\\e[31m"\nkeywords: ["\\e[31m"]\n', "utf-8")
    (folder / "bad.yaml").write_text('title: Eve\n"col\\e[31mour": 1\n', "utf-8")
    feedback = (ROOT / "bot/demo/feedback.yaml").read_text("utf-8")
    poisoned = re.sub("(?m)^name: .*$", 'name: "Eve\\\\e[31m"', feedback, count=1)
    (folder / "survey.yaml").write_text(poisoned.replace("event:GALA", "end"), "utf-8")
    with closing(sqlite3.connect(folder / "old.db")) as old:
        old.executescript(OLD.read_text("utf-8"))
        old.execute("UPDATE contacts SET status = ?, name = ? WHERE id = 1", (POISON, POISON))
        old.commit()


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_with_poisoned_rows(poisoned: Path, command: str) -> None:
    """`rollcall messages` set a colour, rang the bell and cleared the screen; names went into lists the same way."""
    folder = poisoned.parent
    settle_files(folder)
    words, is_poisoned = COMMANDS[command]
    if command == "flows list":
        first = ["flows", "import", str(folder / "survey.yaml")]
        await asyncio.to_thread(CliRunner().invoke, main, first, env={"DB_PATH": str(poisoned)})
    given = [word.format(folder=folder, poison=POISON) for word in words.split(" ") if word]
    place = {"serve": folder / POISON, "db adopt": folder / "new.db"}.get(command, poisoned)
    if command == "serve":
        place.mkdir()
    async with FakeTwilio() as twilio:
        environment = {
            "DB_PATH": str(place),
            "ROLLCALL_ORGANISATION": POISON,
            "TWILIO_ACCOUNT_SID": twilio.account_sid,
            "TWILIO_AUTH_TOKEN": twilio.auth_token,
            "TWILIO_FROM": "+15550100000",
            "TWILIO_API_BASE_URL": twilio.url,
        }
        done: Result = await asyncio.to_thread(CliRunner().invoke, main, [*command.split(), *given], env=environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert OBEYED.findall(done.output) == [], done.output
    assert bool(WRITTEN.search(done.output)) is is_poisoned, done.output
    if command == "operator list":
        assert len(done.output.splitlines()) == 1  # a name with a line end makes no second row
    if command == "db adopt":
        report = (folder / "report.json").read_text("utf-8")
        assert OBEYED.findall(report) == []
        assert json.loads(report)
    for form in ("csv", "json") if command in ("audit", "messages", "campaign list") else ():
        words_ = [*command.split(), "--format", form]
        listed = await asyncio.to_thread(CliRunner().invoke, main, words_, env={"DB_PATH": str(poisoned)})
        assert OBEYED.findall(listed.output) == []
        assert r"\u001b" in listed.output


def test_the_chat() -> None:
    """What the service says in the terminal, and its choices, are shown and not obeyed."""
    said = io.StringIO()
    phone = chat._Phone(None, Console(file=said), ADA, "Ada", [])  # type: ignore[arg-type]
    chat._show(phone, {"text": POISON, "choices": [[POISON, "1"]], "silence": None, "id": "1"})
    assert OBEYED.findall(said.getvalue()) == []
    assert said.getvalue().count(SHOWN) == 2
    assert phone.script[-1].startswith(f"Ada < {POISON}")  # the file is data


def test_the_log() -> None:
    """A line of the log is JSON in ASCII, whatever stands in it."""
    program = (
        "import structlog; from bot.logs import set_up_logs; set_up_logs('INFO'); "
        f"structlog.get_logger('x').info('event', path={POISON!r})"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603
    assert json.loads(done.stderr)["path"] == POISON
    assert OBEYED.findall(done.stderr.replace("\x7f", "")) == []
