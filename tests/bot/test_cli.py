"""The command line about operators."""

from __future__ import annotations

import asyncio
import csv
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.clock import wall_clock
from bot.times import day_text
from flows.values import OperatorSource, Workspace
from storage.channels import save_workspace
from storage.commands import CommandRow, add_command
from storage.database import open_database
from storage.keys import new_key
from storage.migrate import newest_revision, upgrade
from storage.operators import Grant, all_operators, remove_operator, save_admin_phones, save_operator
from storage.people import ensure_contacts
from storage.schema import messages, operators

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


def test_templates_come_and_go(database_path: Path) -> None:
    """A template is added with its content SID, listed, replaced and removed; what is wrong with one is said."""
    sid, text = "HX" + "0" * 32, "Hi {{1}}, order {{2}}"
    assert "no templates yet" in rollcall(database_path, "template", "list").output
    added = rollcall(database_path, "template", "add", "ready", "--sid", sid, "--text", text, "--number", "2")
    assert added.output == (
        f"Template ready (1, 2)  approved  {sid}: added. "
        "To send it: BLAST community: template ready: {name} | value\n"
    )
    again = rollcall(database_path, "template", "add", "ready", "--sid", sid, "--text", "Hi {{name}}")
    assert "replaced" in again.output
    assert rollcall(database_path, "template", "list").output == f"ready (name)  approved  {sid}\n"
    for words, said in (
        (("a b", "--sid", sid, "--text", "x"), "cannot be a name"),
        (("a", "--sid", "HX1", "--text", "x"), "is not a content SID"),
        (("a", "--sid", sid, "--text", "{{1}} {{3}}"), "leave one out"),
        (("a", "--sid", sid, "--text", "{{1}} {{name}}"), "mixes numbered and named gaps"),
        (("a", "--sid", sid, "--text", "{{1}}", "--number", "2"), "the text has no gap {{2}}"),
    ):
        refused = rollcall(database_path, "template", "add", *words)
        assert (refused.exit_code, said in refused.output) == (1, True), refused.output
    assert rollcall(database_path, "template", "remove", "ready").output == "Template ready is removed.\n"
    assert "There is no template ready" in rollcall(database_path, "template", "remove", "ready").output


def test_operators_come_and_go(database_path: Path) -> None:
    """A phone is added in a role, listed, changed and removed; who is no operator cannot be removed."""
    added = rollcall(database_path, "operator", "add", "(555) 010-0101", "admin", "--name", "Ada")
    assert added.output == "Operator 1: +15550100101 is admin.\n"
    assert rollcall(database_path, "operator", "add", "+15550100102", "viewer").exit_code == 0
    assert rollcall(database_path, "operator", "add", "+15550100102", "manager").exit_code == 0
    listed = rollcall(database_path, "operator", "list").output
    today = day_text(wall_clock())
    assert listed == (
        f"1  +15550100101  admin  Ada  (rollcall operator add on {today})\n"
        f"2  +15550100102  manager  (rollcall operator add on {today})\n"
    )
    assert rollcall(database_path, "operator", "remove", "+15550100102").exit_code == 0
    refused = rollcall(database_path, "operator", "remove", "+15550100102")
    assert refused.exit_code == 1
    assert "is no operator's phone" in refused.output


async def test_where_each_right_comes_from(database_path: Path) -> None:
    """The list names the way of each right, and the phones of the setting to which it does not apply any more."""
    setting = {"+15550100101": "admin", "+15550100102": "admin", "+15550100103": "admin"}
    database = await open_database(f"sqlite:///{database_path}")
    now_at = wall_clock()
    await database.run(save_admin_phones(WORKSPACE.id, {**setting, "+15550100104": "admin"}, now_at))
    await database.run(remove_operator(WORKSPACE.id, "+15550100102", now_at))
    (ada, *_others) = await database.run(all_operators(WORKSPACE.id))
    grant = Grant(OperatorSource.COMMAND, ada.id)
    await database.run(save_operator(WORKSPACE.id, "+15550100103", None, "viewer", now_at, grant=grant))
    await database.run(save_operator(WORKSPACE.id, "+15550100105", None, "viewer", now_at))
    await database.close()
    phones = ",".join(f"{phone}:{role}" for phone, role in setting.items())
    environment = {"DB_PATH": str(database_path), "ROLLCALL_ADMIN_PHONES": phones}
    listed = await asyncio.to_thread(CliRunner().invoke, main, ["operator", "list"], env=environment)
    today = day_text(now_at)
    assert listed.output.splitlines() == [
        f"1  +15550100101  admin  (ROLLCALL_ADMIN_PHONES on {today})",
        f"3  +15550100103  viewer  (OPERATOR ADD by admin 1 on {today})",
        f"4  +15550100104  admin  (ROLLCALL_ADMIN_PHONES on {today}, which does not name this phone any more)",
        "5  +15550100105  viewer  (an earlier version)",
        f"+15550100102 was removed on {today}, so ROLLCALL_ADMIN_PHONES (admin) does not apply: "
        "`rollcall operator add +15550100102 admin` changes it.",
        "+15550100103 is viewer, so ROLLCALL_ADMIN_PHONES (admin) does not apply: "
        "`rollcall operator add +15550100103 admin` changes it.",
    ]


def test_bad_words_are_refused_in_words(database_path: Path, tmp_path: Path) -> None:
    """A wrong role, a wrong phone and a new database are said, without a traceback."""
    assert "is not one of" in rollcall(database_path, "operator", "add", "+15550100101", "boss").output
    assert "Error: " in rollcall(database_path, "operator", "add", "12", "admin").output


def test_a_missing_database_is_named_and_not_made(tmp_path: Path) -> None:
    """`rollcall operator list` from another folder left an empty file and did not say where: it names the place."""
    path = tmp_path / "new.db"
    for words in (("operator", "list"), ("contacts", "show", "+15550100101"), ("audit",), ("db", "doctor")):
        refused = rollcall(path, *words)
        assert refused.exit_code == 1
        assert f"There is no database at {path}." in refused.output
        assert not path.exists()
    made = rollcall(path, "db", "upgrade")
    assert made.output.startswith(f"Created the database {path}.\n")
    assert f"The database {path} is new" in rollcall(path, "operator", "list").output


def test_an_error_names_the_database_in_use(tmp_path: Path) -> None:
    """A file that is no database, and a server that is away, are named by the command that met them."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, and longer than a hundred bytes " * 4, "utf-8")
    assert f"Database in use: {path}" in rollcall(path, "operator", "list").output


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


async def test_people_are_shown_and_forgotten(database_path: Path) -> None:
    """All that is held is a document; a forgotten person is unknown, an operator has to be removed first."""
    database = await open_database(f"sqlite:///{database_path}")
    await database.run(ensure_contacts(WORKSPACE.id, {"+15550100101": "Ada"}, wall_clock()))
    await database.close()

    def run(*words: str) -> Result:
        # The program has a loop of its own.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(rollcall, database_path, *words).result()

    assert json.loads(run("contacts", "show", "(555) 010-0101").output)["contacts"][0]["name"] == "Ada"
    assert run("operator", "add", "+15550100101", "admin").exit_code == 0
    assert "is an operator's phone" in run("contacts", "forget", "+15550100101", "--yes").output
    assert run("operator", "remove", "+15550100101").exit_code == 0
    assert run("contacts", "forget", "+15550100101").exit_code == 1
    assert run("contacts", "forget", "+15550100101", "--yes").output == "+15550100101 is forgotten.\n"
    assert "Nobody here has the phone" in run("contacts", "forget", "+15550100101", "--yes").output
    assert json.loads(run("contacts", "show", "+15550100101").output)["contacts"] == []


async def test_what_is_forgotten_is_not_in_the_file(database_path: Path) -> None:
    """After `contacts forget` no byte of the database's files holds the phone or the name; the others are there."""
    database = await open_database(f"sqlite:///{database_path}")
    phones = {"+15550147963": "Zebulon Quince", "+15550147964": "Ottoline Fig"}
    ids = await database.run(ensure_contacts(WORKSPACE.id, phones, 1))
    stamps = {"workspace_id": WORKSPACE.id, "channel_id": b"c" * 16, "created_at": 1, "updated_at": 1}
    async with database.engine.begin() as connection:
        for number, (phone, contact_id) in enumerate(ids.items()):
            row = {"id": bytes([number]) * 16, "contact_id": contact_id, "address": phone, "direction": "inbound"}
            said = f"I am {phones[phone]}, call {phone}"
            await connection.execute(messages.insert().values(**row, **stamps, status="received", body=said))
    await database.close()

    def held() -> bytes:
        return b"".join(one.read_bytes() for one in database_path.parent.glob(f"{database_path.name}*"))

    assert all(word in held() for word in (b"+15550147963", b"Zebulon", b"Ottoline"))
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(rollcall, database_path, "contacts", "forget", "+15550147963", "--yes").result()
    assert done.exit_code == 0
    assert [word for word in (b"5550147963", b"Zebulon", b"Quince") if word in held()] == []
    assert b"Ottoline" in held()


async def test_the_messages(database_path: Path) -> None:
    """Newest first with their status and error, all or of one status, for people and for other programs."""
    database = await open_database(f"sqlite:///{database_path}")
    stamps = {"workspace_id": WORKSPACE.id, "channel_id": b"c" * 16, "address": "+15550100102", "updated_at": 1}
    rows: list[dict[str, object]] = [
        {"id": b"1" * 16, "direction": "inbound", "status": "received", "body": "hi\nthere", "error_code": None},
        {"id": b"2" * 16, "direction": "outbound", "status": "failed", "body": "=1+1", "error_code": "30005"},
    ]
    async with database.engine.begin() as connection:
        await connection.execute(messages.insert(), [{**row, **stamps, "created_at": 1} for row in rows])
    await database.close()

    def run(*words: str) -> list[str]:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(rollcall, database_path, "messages", *words).result().output.splitlines()

    assert run() == [
        "1970-01-01T00:00:00+00:00\toutbound\t+15550100102\tfailed 30005\t=1+1",
        "1970-01-01T00:00:00+00:00\tinbound\t+15550100102\treceived\thi there",
    ]
    assert len(run("--count", "1")) == len(run("--status", "failed")) == 1
    assert "'=1+1" in run("--format", "csv", "--status", "failed")[1]
    assert json.loads(run("--format", "json")[0])["error_code"] == "30005"
    assert "'lost' is none of received, queued" in " ".join(run("--status", "lost"))


def test_the_database_is_looked_after(database_path: Path, tmp_path: Path) -> None:
    """Status, doctor with its verdict and code, a copy and back, the schema as JSON."""
    assert f"revision {newest_revision()}" in rollcall(database_path, "db", "status").output
    sound = rollcall(database_path, "db", "doctor")
    assert (sound.output.splitlines()[-1], sound.exit_code) == ("The database is sound.", 0)
    copy = tmp_path / "copy.db"
    assert "found sound" in rollcall(database_path, "db", "backup", str(copy)).output
    assert "MB  contacts" in rollcall(database_path, "db", "usage").output
    assert " MB now." in rollcall(database_path, "db", "tidy").output
    table = tmp_path / "groups.csv"
    assert rollcall(database_path, "db", "export", "groups", str(table)).output == f"{table}: 1 rows of groups.\n"
    assert "--force replaces it" in rollcall(database_path, "db", "restore", str(copy)).output
    assert rollcall(database_path, "db", "restore", str(copy), "--force").exit_code == 0
    assert json.loads(rollcall(database_path, "db", "snapshot").output)["engine"] == "sqlite"
    missing = rollcall(tmp_path / "new.db", "db", "doctor")
    assert ("There is no database at" in missing.output, missing.exit_code) == (True, 1)
    (tmp_path / "new.db").touch()
    behind = rollcall(tmp_path / "new.db", "db", "doctor")
    assert (behind.output.splitlines()[-1], behind.exit_code) == ("Not sound: schema.", 1)
    assert "Created the database" in rollcall(tmp_path / "new.db", "db", "upgrade").output


def test_lists_go_in_and_out(database_path: Path, tmp_path: Path) -> None:
    """A dry run changes nothing; refused rows are shown and reported; what goes out comes in again unchanged."""
    table, report, out = tmp_path / "in.csv", tmp_path / "report.csv", tmp_path / "out.csv"
    table.write_text("name,phone,part\nBo,555-010-0102,tenor\nCy,12,bass\nDee,+44 20 7946 0123,alto\n")
    would = rollcall(database_path, "contacts", "import", str(table), "--dry-run")
    assert "3 rows: 2 would be new" in would.output
    done = rollcall(
        database_path,
        "contacts",
        "import",
        str(table),
        "--group",
        "#choir",
        "--map",
        "part=voice",
        "--report",
        str(report),
    )
    assert "row 3: Cy, 12, bass - '12' is no possible phone number" in done.output
    assert "3 rows: 2 new, 0 filled up, 0 known already, 0 named twice, 1 refused." in done.output
    (refused,) = csv.DictReader(report.read_text().splitlines())
    assert (refused["place"], refused["text"]) == ("row 3", "Cy, 12, bass")
    assert rollcall(database_path, "contacts", "export", str(out)).output == f"2 people are in {out}.\n"
    assert "0 new, 0 filled up, 2 known already" in rollcall(database_path, "contacts", "import", str(out)).output
    assert (
        "1 people are in"
        in rollcall(database_path, "contacts", "export", str(out), "--audience", "#choir and voice=tenor").output
    )
    stops = rollcall(database_path, "contacts", "import", str(out), "--opted-out").output
    assert "1 of them get no messages." in stops


def test_lists_that_cannot_be_taken(database_path: Path, tmp_path: Path) -> None:
    """Each says in one sentence what is wrong, and no half-made file stays."""
    table = tmp_path / "in.csv"
    table.write_text("a,b\n1,2\n")
    assert "No column is known to hold phones" in rollcall(database_path, "contacts", "import", str(table)).output
    wrong = rollcall(database_path, "contacts", "import", str(table), "--map", "phone")
    assert "'phone' is not COLUMN=MEANING" in wrong.output
    assert (
        "There is no group 'nope'"
        in rollcall(database_path, "contacts", "export", str(tmp_path / "out.csv"), "--audience", "#nope").output
    )
    assert "say the format" in rollcall(database_path, "contacts", "export", str(tmp_path / "out.txt")).output
    many = ["phone", *(str(number) for number in range(25))]
    table.write_text("\n".join(many))
    assert (
        "... and 5 more: --report FILE lists them all."
        in rollcall(database_path, "contacts", "import", str(table)).output
    )
    assert sorted(one.name for one in tmp_path.iterdir() if "out" in one.name) == []


async def test_passwords_are_asked_for_and_never_shown(database_path: Path) -> None:
    """A login is checked without its password on the command line; a wrong one is refused in a sentence."""
    database = await open_database(f"sqlite:///{database_path}")
    row = {"id": new_key(), "workspace_id": WORKSPACE.id, "number": 9, "role": "manager", "username": "social"}
    async with database.engine.begin() as connection:
        await connection.execute(operators.insert().values(**row, created_at=1, updated_at=1))
    await database.close()

    def run(*words: str, typed: str) -> Result:
        with ThreadPoolExecutor(1) as pool:
            environment = {"DATABASE_URL": f"sqlite:///{database_path}"}
            return pool.submit(CliRunner().invoke, main, words, typed, environment).result()

    changed = run("operator", "password", "social", typed="a long password\na long password\n")
    assert changed.output.endswith("The password of social is changed.\n")
    told = run("operator", "check", "social", typed="a long password\n")
    assert told.output.endswith("social is manager.\n")
    assert "a long password" not in changed.output + told.output
    wrong = run("operator", "check", "social", typed="another password\n")
    assert (wrong.exit_code, wrong.output.splitlines()[-1]) == (1, "Error: The name or the password is wrong.")
    assert "Error: This key is not known" in run("operator", "check-key", typed="nonsense\n").output


def test_flows_check_warns_of_choices_that_unsubscribe(tmp_path: Path) -> None:
    """The definition is sound, and its author hears that "alto" is a stop word to some; import says so, too."""
    path = tmp_path / "choir.yaml"
    path.write_text(
        "name: Choir\nkeywords: [CHOIR]\nquestions:\n"
        "  - {id: voice, type: choice, text: 'Which?', choices: [soprano, alto]}\n"
    )
    checked = CliRunner().invoke(main, ["flows", "check", str(path)])
    assert checked.exit_code == 0
    assert "all sound\n  Warning: Survey 'Choir', questions[0] (voice): the choice 'alto' is a stop" in checked.output


async def test_flows_import_warns_of_them_as_well(database_path: Path, tmp_path: Path) -> None:
    """Whoever imports without a check hears it then."""
    path = tmp_path / "choir.yaml"
    path.write_text(
        "name: Choir\nkeywords: [CHOIR]\nquestions:\n"
        "  - {id: voice, type: choice, text: 'Which?', choices: [soprano, cancel]}\n"
    )
    with ThreadPoolExecutor() as threads:
        imported = threads.submit(rollcall, database_path, "flows", "import", str(path)).result()
    assert imported.exit_code == 0, imported.output
    assert "Survey 'Choir' version 1: CHOIR\nWarning: Survey 'Choir', questions[0] (voice): the" in imported.output
