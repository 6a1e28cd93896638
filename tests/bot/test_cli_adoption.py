"""`rollcall db adopt` as an owner uses it, and what comes after it."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import main
from tests.bot.test_cli import database_path, rollcall

__all__ = ["database_path"]


def adopt(path: Path, *words: str, simulator: str = "true") -> Result:
    """Run `rollcall db adopt`."""
    return CliRunner().invoke(
        main, ["db", "adopt", *words], env={"DB_PATH": str(path), "ROLLCALL_SIMULATOR": simulator}
    )


def test_people_are_never_bound_to_the_simulator_unasked(tmp_path: Path) -> None:
    """A takeover before Twilio was configured bound everybody to the simulator: nobody was reached later."""
    script = Path(__file__).parents[1] / "storage" / "adopt" / "old" / "watest.sql"
    with closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.executescript(script.read_text("utf-8"))
    url, ours = f"sqlite:///{tmp_path / 'old.db'}", tmp_path / "new.db"
    assert adopt(ours, url, "--dry-run", simulator="").exit_code == 0
    refused = adopt(ours, url, "--yes", simulator="")
    assert refused.exit_code == 1
    assert "Name the number to write from first" in refused.output
    assert not ours.exists()


async def test_an_old_database_is_taken_over(database_path: Path, tmp_path: Path) -> None:
    """The plan is shown and asked about, and rehearsed without making a file; a second time writes nothing."""
    script = Path(__file__).parents[1] / "storage" / "adopt" / "old" / "watest.sql"
    with closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.executescript(script.read_text("utf-8"))

    def run(*words: str, ours: Path = database_path) -> Result:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(adopt, ours, *words).result()

    url, report = f"sqlite:///{tmp_path / 'old.db'}", tmp_path / "report.json"
    missing = tmp_path / "missing.db"
    asked = run(url, ours=missing)
    assert "This is the database of watest." in asked.output
    assert "Aborted" in asked.output
    assert "refused: contacts 5: '7.86E+11' was rounded by a spreadsheet" in run(url, "--dry-run", ours=missing).output
    assert not missing.exists()
    done = run(url, "--yes", "--report", str(report))
    assert done.exit_code == 0
    document = json.loads(report.read_text("utf-8"))
    assert (document["system"], document["adds_up"]) == ("watest", True)
    assert document["tables"]["contacts"]["written"] == 8
    run(url, "--yes", "--report", str(report))
    assert {one["written"] for one in json.loads(report.read_text("utf-8"))["tables"].values()} == {0}
    assert "is not of waqtor" in run(url, "--as", "waqtor").output
    assert "held: contacts 8: status 'prospect': not known" in done.output
    assert "merged: contacts 4: the same as row 3: +15550100103" in done.output


async def test_a_survey_that_came_in_switched_off(database_path: Path, tmp_path: Path) -> None:
    """An adopted survey whose keyword was reserved is listed as off, and switched on with a good one."""
    script = Path(__file__).parents[1] / "storage" / "adopt" / "old" / "sms_admin.sql"
    with closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.executescript(script.read_text("utf-8"))

    def run(*words: str) -> Result:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(rollcall, database_path, *words).result()

    with ThreadPoolExecutor(1) as pool:
        adopted = pool.submit(adopt, database_path, f"sqlite:///{tmp_path / 'old.db'}", "--yes").result()
    assert "rollcall flows on 'Sign up for tenors'" in adopted.output
    assert "off  Sign up for tenors: SIGN" in run("flows", "list").output
    assert "'JOIN' is a word of joining" in run("flows", "on", "Sign up for tenors", "--keyword", "JOIN").output
    assert "starts another" in run("flows", "on", "Sign up for tenors", "--keyword", "HELPER").output
    assert "There is no survey 'Nothing'. The surveys here: Empty" in run("flows", "on", "Nothing").output
    assert run("flows", "on", "sign up for tenors", "--keyword", "TENORS").output == (
        "Sign up for tenors is on: TENORS starts it.\n"
    )
    assert "on   Sign up for tenors: TENORS" in run("flows", "list").output
    assert run("flows", "off", "Volunteers").output == "Volunteers is off: HELPER starts nothing now.\n"
