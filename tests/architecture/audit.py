"""Whether a pinned package has a known weakness: `make audit`, and `make check` where the list can be reached.

pip-audit ends with code 1 for a weakness and for a list that cannot be reached alike, and with 0 where the list knows
none of the packages: only its report tells these apart.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COMMAND = (
    *(sys.executable, "-m", "uv", "tool", "run", "pip-audit==2.9.0", "--progress-spinner=off", "--format=json"),
    *("--disable-pip", "--require-hashes", "--requirement=requirements.lock"),
)
IF_REACHABLE = "--if-reachable"
"""The argument of `make check`: a list that cannot be reached in a while is said and passed over."""
WAIT_SECONDS, SHORT_WAIT_SECONDS = 300.0, 20.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an audit found."""

    checked_count: int = 0
    weaknesses: tuple[str, ...] = ()
    problem: str = ""
    """Why not every package was checked."""


def judge(report: str, complaints: str) -> Verdict:
    """Read pip-audit's report; where there is none, what it complained of last says why."""
    try:
        packages: list[Mapping[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = complaints.strip().rpartition("\n")[2].strip().removeprefix("cause: ")
        return Verdict(problem=last[:200] or "pip-audit gave no report")
    skipped = [package["name"] for package in packages if "vulns" not in package]
    checked_count = len(packages) - len(skipped)
    if not checked_count:
        return Verdict(problem=f"the list of weaknesses knows none of the {len(packages)} packages")
    found = tuple(_describe(package, one) for package in packages for one in package.get("vulns", ()))
    return Verdict(checked_count, found, f"the list does not know {', '.join(skipped)}" if skipped else "")


def _describe(package: Mapping[str, Any], weakness: Mapping[str, Any]) -> str:
    names = ", ".join((weakness["id"], *weakness.get("aliases", ())))
    mended = ", ".join(weakness["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {names}; mended in {mended}"


def run(command: Sequence[str], seconds: float) -> Verdict:
    """Let pip-audit look, for so long at most."""
    with subprocess.Popen(  # noqa: S603 - the command is ours
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            report, complaints = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # also what it started itself
            return Verdict(problem=f"no answer within {seconds:g} seconds")
    return judge(report.decode(errors="replace"), complaints.decode(errors="replace"))


def tell(verdict: Verdict, *, if_reachable: bool) -> int:
    """Print what was found; gives the exit code, 1 also where packages had to be checked and were not."""
    for line in verdict.weaknesses:
        print(line)
    if verdict.problem:
        print(f"not checked: {verdict.problem}; run `make audit` where there is an internet connection")
    if verdict.weaknesses:
        print("Known weaknesses: raise the versions in pyproject.toml, then `make lock`.")
    elif not verdict.problem:
        print(f"{verdict.checked_count} pinned packages, no known weakness")
    return 1 if verdict.weaknesses or (verdict.problem and not if_reachable) else 0


if __name__ == "__main__":
    quick = IF_REACHABLE in sys.argv[1:]
    sys.exit(tell(run(COMMAND, SHORT_WAIT_SECONDS if quick else WAIT_SECONDS), if_reachable=quick))
