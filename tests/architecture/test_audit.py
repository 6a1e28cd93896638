"""The audit of the pinned packages tells weaknesses from a list that cannot be reached."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from tests.architecture.audit import COMMAND, Verdict, judge, run, tell

SOUND = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
WEAK = {
    "name": "jinja2",
    "version": "3.1.5",
    "vulns": [{"id": "PYSEC-2025-1", "aliases": ["CVE-2025-1"], "fix_versions": ["3.1.6"], "description": "..."}],
}
UNMENDED = {"name": "yarl", "version": "1.25", "vulns": [{"id": "PYSEC-2026-2", "fix_versions": []}]}
UNKNOWN = {"name": "rich", "skip_reason": "Dependency not found on PyPI and could not be audited: rich (15.0)"}
TROUBLE = """Traceback (most recent call last):
requests.exceptions.ConnectionError: Failed to resolve 'pypi.org'
"""


def report_of(*packages: object) -> str:
    """Write a report as pip-audit 2.9.0 does."""
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    ("report", "complaints", "verdict"),
    [
        (report_of(SOUND), "No known vulnerabilities found", Verdict(1)),
        (
            report_of(SOUND, WEAK, UNMENDED),
            "Found 2 known vulnerabilities in 2 packages",
            Verdict(
                3,
                (
                    "jinja2 3.1.5: PYSEC-2025-1, CVE-2025-1; mended in 3.1.6",
                    "yarl 1.25: PYSEC-2026-2; mended in no version yet",
                ),
            ),
        ),
        (
            report_of(WEAK, UNKNOWN),
            "",
            Verdict(1, ("jinja2 3.1.5: PYSEC-2025-1, CVE-2025-1; mended in 3.1.6",), "the list does not know rich"),
        ),
        # What pip-audit calls "No known vulnerabilities found", with code 0.
        (report_of(UNKNOWN, UNKNOWN), "", Verdict(problem="the list of weaknesses knows none of the 2 packages")),
        (report_of(), "", Verdict(problem="the list of weaknesses knows none of the 0 packages")),
        ("", TROUBLE, Verdict(problem="requests.exceptions.ConnectionError: Failed to resolve 'pypi.org'")),
        ("", "error: no\n  cause: Connection refused\n\n", Verdict(problem="Connection refused")),
        ("", "x" * 5_000, Verdict(problem="x" * 200)),
        *((broken, "", Verdict(problem="pip-audit gave no report")) for broken in ("", "[]", "{}", "<html>", "3")),
    ],
)
def test_a_report_is_judged(report: str, complaints: str, verdict: Verdict) -> None:
    """Weaknesses are named with what mends them; no report, or one that knows no package, is no good news."""
    assert judge(report, complaints) == verdict


@pytest.mark.parametrize(
    ("verdict", "alone", "in_check", "lines"),
    [
        (Verdict(66), 0, 0, ["66 pinned packages, no known weakness"]),
        (Verdict(66, ("a 1: X; mended in 2",)), 1, 1, ["a 1: X; mended in 2", "Known weaknesses: raise"]),
        (Verdict(problem="away"), 1, 0, ["not checked: away; run `make audit` where there is an internet connection"]),
        (Verdict(1, ("a 1: X; mended in 2",), "part"), 1, 1, ["a 1: X", "not checked: part", "Known weaknesses"]),
    ],
)
def test_what_is_told(
    verdict: Verdict, alone: int, in_check: int, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Weaknesses fail both; what could not be checked fails `make audit`, and `make check` says it in a line."""
    assert tell(verdict, if_reachable=False) == alone
    capsys.readouterr()
    assert tell(verdict, if_reachable=True) == in_check
    told = capsys.readouterr().out.splitlines()
    assert [line.startswith(begin) for line, begin in zip(told, lines, strict=True)] == [True] * len(lines)


@pytest.mark.parametrize("code", [0, 1])
def test_the_report_counts_and_not_the_exit_code(code: int) -> None:
    """A program that prints a report is judged by that, one that prints none by its complaint."""
    script = f"import sys; sys.stdout.write({report_of(WEAK)!r}); sys.exit({code})"
    assert len(run((sys.executable, "-c", script), 20).weaknesses) == 1
    script = f"import sys; sys.stderr.write('no network'); sys.exit({code})"
    assert run((sys.executable, "-c", script), 20) == Verdict(problem="no network")


def test_an_audit_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    """After its time it is over, and what it started does not go on."""
    sign = tmp_path / "sign"
    inner = f"import time; time.sleep(1); open({str(sign)!r}, 'w')"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    assert run((sys.executable, "-c", outer), 0.5) == Verdict(problem="no answer within 0.5 seconds")
    time.sleep(1.5)
    assert not sign.exists()


def test_the_audit_looks_at_what_is_pinned() -> None:
    """The file that the service is installed from is there, and every package of it has its hashes."""
    (path,) = [word.removeprefix("--requirement=") for word in COMMAND if word.startswith("--requirement=")]
    pinned = (Path(__file__).parents[2] / path).read_text("utf-8").split("\n")
    names = [line for line in pinned if "==" in line]
    assert len(names) > 50
    assert all(line.endswith("\\") for line in names)
